{{ config(materialized='view') }}

{%- set rankings = {
    'fit_and_intent': 'leads.fit_score + leads.intent_score',
    'fit': 'leads.fit_score',
    'intent': 'leads.intent_score',
    'fit_and_undecayed': 'leads.fit_score + leads.undecayed_score',
    'interaction_count': 'leads.interaction_count',
} %}

-- What leads are ranked by at a scoring of the past.
with leads as (

    select * from {{ ref('int_leads_backtested') }}
    where fit_score is not null

),

rankings as (

    {% for name in rankings %}
        select '{{ name }}' as name
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked_by as (

    select
        leads.lead_id,
        leads.horizon,
        leads.scoring_month,
        leads.as_of,
        rankings.name,
        round(
            case rankings.name
                {% for name, expression in rankings.items() -%}
                    when '{{ name }}' then cast({{ expression }} as double)
                {% endfor %}
            end,
            2
        ) as rank_value
    from leads
    cross join rankings

),

final as (

    select
        lead_id,
        horizon,
        scoring_month,
        as_of,
        name,
        cast(
            case
                when name = 'interaction_count' then floor(log2(rank_value + 1))
                else floor(rank_value / 10)
            end as varchar
        ) as value,
        rank_value
    from ranked_by

)

select * from final
