{#- What the generation built upon had, as long as this table is not built anew. -#}
{%- set before = load_relation(this) if execute and this -%}

-- When a lead's scores can change follows from its interactions, and from what changes without a
-- word of the lead itself: its company's record tells another fit, a deal makes the company a
-- customer, a person objects.
with leads as (

    select * from {{ ref('int_leads_fitted') }}

),

fit_scores as (

    select * from {{ ref('int_fit_scored') }}

),

objections as (

    select * from {{ ref('int_profiling_objections_dated') }}

),

customers as (

    select * from {{ ref('int_customer_leads_dated') }}

),

changes as (

    select
        lead_id,
        'fit' as kind,
        valid_from as changed_at
    from fit_scores
    union
    select
        lead_id,
        'objected' as kind,
        objected_at as changed_at
    from objections
    union
    select
        lead_id,
        'objected until' as kind,
        objected_until as changed_at
    from objections
    where objected_until is not null
    union
    select
        lead_id,
        'customer' as kind,
        customer_from as changed_at
    from customers
    union
    select
        lead_id,
        'customer until' as kind,
        customer_until as changed_at
    from customers
    where customer_until is not null

),

dated as (

    select changes.*
    from changes
    inner join leads
        on changes.lead_id = leads.lead_id

),

dated_before as (

    {% if before -%}
        select
            lead_id,
            kind,
            changed_at
        from {{ this }}
        where is_dated
    {%- else -%}
        select * from dated
        where false
    {%- endif %}

),

final as (

    select
        coalesce(dated.lead_id, dated_before.lead_id) as lead_id,
        coalesce(dated.kind, dated_before.kind) as kind,
        coalesce(dated.changed_at, dated_before.changed_at) as changed_at,
        dated.lead_id is not null as is_dated,
        dated.lead_id is null or dated_before.lead_id is null as is_redated
    from dated
    full outer join dated_before
        on
            dated.lead_id = dated_before.lead_id
            and dated.kind = dated_before.kind
            and dated.changed_at = dated_before.changed_at

)

select * from final
