-- Leads whose history of scores this landing concerns: those it speaks of, and those that something
-- else changes. None where no table is carried on.
{% if is_carried_on() -%}
    with touched as (

        select * from {{ ref('int_leads_touched') }}

    ),

    redated as (

        select * from {{ ref('int_leads_redated') }}
        where is_redated

    ),

    final as (

        select lead_id from touched
        union
        select lead_id from redated

    )

    select * from final
{%- else -%}
    select lead_id
    from {{ ref('int_leads_touched') }}
    where false
{%- endif %}
