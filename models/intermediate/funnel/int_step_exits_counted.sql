with exits as (

    select * from {{ ref('int_step_exits_timed') }}

),

segments as (

    select leads_segmented.*
    from {{ ref('int_leads_segmented') }} as leads_segmented
    inner join {{ ref('report_dimensions') }} as dimensions
        on leads_segmented.dimension = dimensions.dimension
    where dimensions.has_curves

),

steps_cut as (

    select
        {{ surrogate_key([
            'exits.basis', 'exits.from_stage', 'exits.to_stage',
            'segments.dimension', 'segments.segment',
        ]) }} as curve_key,
        exits.basis,
        exits.from_stage,
        exits.to_stage,
        segments.dimension,
        segments.segment,
        exits.window_days,
        exits.left_on_day,
        count(*) as left_count,
        count(case when exits.outcome = 'converted' then 1 end) as converted_count,
        count(case when exits.outcome = 'ended' then 1 end) as ended_count
    from exits
    inner join segments
        on exits.lead_id = segments.lead_id
    group by
        exits.basis,
        exits.from_stage,
        exits.to_stage,
        segments.dimension,
        segments.segment,
        exits.window_days,
        exits.left_on_day

),

curves as (

    select
        curve_key,
        basis,
        from_stage,
        to_stage,
        dimension,
        segment,
        window_days,
        sum(left_count) as entered_count,
        sum(left_count - converted_count - ended_count) as open_count,
        max(left_on_day) as last_day
    from steps_cut
    group by curve_key, basis, from_stage, to_stage, dimension, segment, window_days

),

-- The end of the window has a row of its own, where leads were followed up to it.
days as (

    select
        curve_key,
        left_on_day,
        left_count,
        converted_count,
        ended_count
    from steps_cut
    union all
    select
        curve_key,
        window_days as left_on_day,
        0 as left_count,
        0 as converted_count,
        0 as ended_count
    from curves
    where last_day >= window_days or open_count = 0

),

by_day as (

    select
        curve_key,
        left_on_day as curve_day,
        cast(sum(left_count) as bigint) as left_count,
        cast(sum(converted_count) as bigint) as converted_count,
        cast(sum(ended_count) as bigint) as ended_count
    from days
    group by curve_key, left_on_day

),

-- Who left on a day was at risk on it, open ones included.
at_risk as (

    select
        *,
        sum(left_count) over (
            partition by curve_key
            order by curve_day desc
            rows between unbounded preceding and current row
        ) as at_risk_count
    from by_day

),

final as (

    select
        curves.curve_key,
        curves.basis,
        curves.from_stage,
        curves.to_stage,
        curves.dimension,
        curves.segment,
        cast(curves.window_days as bigint) as window_days,
        cast(curves.entered_count as bigint) as entered_count,
        at_risk.curve_day,
        cast(at_risk.at_risk_count as bigint) as at_risk_count,
        at_risk.converted_count,
        at_risk.ended_count,
        at_risk.left_count
    from at_risk
    inner join curves
        on at_risk.curve_key = curves.curve_key

)

select * from final
