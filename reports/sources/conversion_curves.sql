select
    curves.basis,
    curves.from_stage || ' → ' || curves.to_stage as step,
    curves.dimension,
    coalesce(curves.segment, '') as segment,
    curves.curve_day,
    masked(curves.at_risk_count, curves.at_risk_count) as at_risk_count,
    masked(curves.incidence, curves.entered_count) as incidence,
    masked(curves.incidence_lower, curves.entered_count) as incidence_lower,
    masked(curves.incidence_upper, curves.entered_count) as incidence_upper
from marts.rpt_conversion_curves as curves
where
    curves.dimension in ('all', 'profile', 'channel')
    and curves.curve_day <= curves.window_days
order by curves.basis, step, curves.dimension, segment, curves.curve_day
