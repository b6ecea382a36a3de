{{ config(materialized='view') }}

-- What leads are ranked by at a scoring of the past. Each is read by itself: an engine that keeps
-- what is read twice would copy all columns aside.
with ranked_by as (

    {% for name, expression in [
        ('fit_and_intent', 'fit_score + intent_score'),
        ('fit', 'fit_score'),
        ('intent', 'intent_score'),
        ('fit_and_undecayed', 'fit_score + undecayed_score'),
        ('interaction_count', 'interaction_count'),
    ] %}
        select
            lead_id,
            horizon,
            scoring_month,
            as_of,
            '{{ name }}' as name,
            round(cast({{ expression }} as double), 2) as rank_value
        from {{ ref('int_leads_backtested') }}
        where fit_score is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

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
