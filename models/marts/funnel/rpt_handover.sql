with handovers as (

    select * from {{ ref('fct_handovers') }}

),

leads_segmented as (

    select * from {{ ref('int_leads_segmented') }}

),

dimensions as (

    select * from {{ ref('report_dimensions') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

segmented as (

    select
        handovers.*,
        {{ month_of('handovers.qualified_at', 'reporting.time_zone') }} as qualified_month,
        dimensions.dimension,
        {{ segment_of_record('handovers', 'dimensions', 'leads_segmented') }} as segment,
        handovers.accepted_at is not null as is_accepted,
        handovers.accepted_at is not null and not handovers.is_acceptance_implied
            as is_acceptance_recorded
    from handovers
    cross join reporting
    cross join dimensions
    left join leads_segmented
        on
            handovers.lead_id = leads_segmented.lead_id
            and dimensions.dimension = leads_segmented.dimension

),

-- What sales has not done yet counts as the slowest.
counted as (

    select
        basis,
        qualified_month,
        dimension,
        segment,
        count(*) as handover_count,
        count(case when first_touched_at is not null then 1 end) as touched_count,
        count(case when is_accepted then 1 end) as accepted_count,
        count(case when is_accepted and not is_acceptance_recorded then 1 end)
            as implied_acceptance_count,
        count(case when rejected_at is not null then 1 end) as rejected_count,
        count(case when rejected_at is not null and not is_accepted then 1 end)
            as rejected_unaccepted_count,
        count(case when outcome = 'withdrawn' and not is_accepted then 1 end)
            as withdrawn_unaccepted_count,
        count(case when outcome = 'lost' and not is_accepted then 1 end)
            as lost_unaccepted_count,
        count(case when outcome = 'waiting' then 1 end) as waiting_count,
        {{ quantile_reached('first_touch_minutes', 0.5) }} as p50_first_touch_minutes,
        {{ quantile_reached('first_touch_business_minutes', 0.5) }}
            as p50_first_touch_business_minutes,
        {{ quantile_reached('acceptance_minutes', 0.5) }} as p50_acceptance_minutes,
        {{ quantile_reached('acceptance_business_minutes', 0.5) }}
            as p50_acceptance_business_minutes,
        {{ quantile_reached('decision_minutes', 0.5, 'is_acceptance_recorded') }}
            as p50_decision_minutes,
        {{ quantile_reached('decision_business_minutes', 0.5, 'is_acceptance_recorded') }}
            as p50_decision_business_minutes
    from segmented
    group by basis, qualified_month, dimension, segment

),

final as (

    select
        {{ surrogate_key(['basis', 'qualified_month', 'dimension', 'segment']) }}
            as handover_report_id,
        basis,
        qualified_month,
        dimension,
        segment,
        cast(handover_count as bigint) as handover_count,
        cast(touched_count as bigint) as touched_count,
        cast(accepted_count as bigint) as accepted_count,
        cast(implied_acceptance_count as bigint) as implied_acceptance_count,
        cast(rejected_count as bigint) as rejected_count,
        cast(rejected_unaccepted_count as bigint) as rejected_unaccepted_count,
        cast(withdrawn_unaccepted_count as bigint) as withdrawn_unaccepted_count,
        cast(lost_unaccepted_count as bigint) as lost_unaccepted_count,
        cast(waiting_count as bigint) as waiting_count,
        cast(accepted_count as double) / nullif(handover_count, 0) as acceptance_rate,
        cast(rejected_count as double) / nullif(handover_count, 0) as rejection_rate,
        cast(p50_first_touch_minutes as double) as p50_first_touch_minutes,
        cast(p50_first_touch_business_minutes as double) as p50_first_touch_business_minutes,
        cast(p50_acceptance_minutes as double) as p50_acceptance_minutes,
        cast(p50_acceptance_business_minutes as double) as p50_acceptance_business_minutes,
        cast(p50_decision_minutes as double) as p50_decision_minutes,
        cast(p50_decision_business_minutes as double) as p50_decision_business_minutes,
        waiting_count = 0 as is_mature
    from counted

)

select * from final
