-- How many of a stage's leads have gone on by each day since they entered it.
with curves as (
    select
        *,
        sum(converted_count) over (
            partition by basis, from_stage, to_stage, dimension, segment order by curve_day
        ) as converted_by_then_count
    from marts.rpt_conversion_curves
    where dimension in ('all', 'profile', 'channel')
)

select
    curves.basis,
    curves.from_stage || ' → ' || curves.to_stage as step,
    curves.dimension,
    coalesce(curves.segment, '') as segment,
    curves.curve_day,
    masked_rate(curves.incidence, curves.converted_by_then_count, curves.entered_count)
        as incidence,
    masked_rate(curves.incidence_lower, curves.converted_by_then_count, curves.entered_count)
        as incidence_lower,
    masked_rate(curves.incidence_upper, curves.converted_by_then_count, curves.entered_count)
        as incidence_upper
from curves
where curves.curve_day <= curves.window_days
order by curves.basis, step, curves.dimension, segment, curves.curve_day
