with populations as (

    select * from {{ ref('int_populations_compared') }}

),

conversions as (

    select * from {{ ref('int_grade_conversions_compared') }}

),

attributes as (

    select * from {{ ref('backtest_attributes') }}

),

criteria as (

    select distinct attribute
    from {{ ref('icp_criteria') }}

),

limits as (

    select * from {{ ref('drift_limits') }}

),

-- An attribute of a great many values is spread another way in each month.
measured as (

    select
        case populations.kind when 'ranking' then 'score_stability' else 'attribute_stability' end
            as measure,
        populations.name as component,
        populations.scoring_month,
        populations.month_total as lead_count,
        populations.reference_total as reference_lead_count,
        cast(populations.stability_index as double) as drift_value,
        populations.index_by_chance as value_by_chance,
        cast(null as double) as month_rate,
        cast(null as double) as reference_rate
    from populations
    left join attributes
        on populations.name = attributes.attribute
    where populations.kind = 'ranking' or attributes.is_in_naive_bayes
    union all
    select
        'unknown_rate' as measure,
        populations.name as component,
        populations.scoring_month,
        populations.month_total as lead_count,
        populations.reference_total as reference_lead_count,
        abs(populations.unknown_rate - populations.reference_unknown_rate) as drift_value,
        0 as value_by_chance,
        populations.unknown_rate as month_rate,
        populations.reference_unknown_rate as reference_rate
    from populations
    inner join criteria
        on populations.name = criteria.attribute
    union all
    select
        'grade_conversion' as measure,
        grade as component,
        scoring_month,
        lead_count,
        reference_lead_count,
        standard_errors as drift_value,
        0 as value_by_chance,
        reached_rate as month_rate,
        reference_reached_rate as reference_rate
    from conversions

),

latest as (

    select
        measure,
        max(scoring_month) as scoring_month
    from measured
    group by measure

),

final as (

    select
        {{ surrogate_key(['measured.measure', 'measured.component', 'measured.scoring_month']) }}
            as score_drift_id,
        measured.measure,
        measured.component,
        measured.scoring_month,
        measured.scoring_month = latest.scoring_month as is_latest,
        cast(measured.lead_count as bigint) as lead_count,
        cast(measured.reference_lead_count as bigint) as reference_lead_count,
        cast(measured.drift_value as double) as drift_value,
        cast(measured.value_by_chance as double) as value_by_chance,
        measured.month_rate,
        measured.reference_rate,
        cast(limits.warn_above as double) as warn_above,
        measured.lead_count >= limits.min_leads
        and measured.reference_lead_count >= limits.min_leads as is_judged,
        coalesce(
            measured.lead_count >= limits.min_leads
            and measured.reference_lead_count >= limits.min_leads
            and measured.drift_value - measured.value_by_chance > limits.warn_above,
            false
        ) as is_beyond_limit
    from measured
    inner join latest
        on measured.measure = latest.measure
    inner join limits
        on measured.measure = limits.measure

)

select * from final
