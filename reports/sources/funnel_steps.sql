select
    steps.basis,
    steps.from_stage,
    steps.to_stage,
    steps.step_number,
    steps.window_days,
    masked(steps.entered_count, steps.entered_count) as entered_count,
    masked(steps.converted_to_date_count, steps.converted_to_date_count) as converted_to_date_count,
    masked_rate(
        steps.conversion_rate, steps.complete_converted_count, steps.complete_entered_count
    ) as conversion_rate,
    masked(steps.median_days_to_convert, steps.converted_to_date_count) as median_days,
    from_stages.label_en as from_en,
    from_stages.label_fr as from_fr,
    to_stages.label_en as to_en,
    to_stages.label_fr as to_fr
from marts.rpt_funnel_steps as steps
inner join seeds.lifecycle_stages as from_stages on steps.from_stage = from_stages.stage
inner join seeds.lifecycle_stages as to_stages on steps.to_stage = to_stages.stage
order by steps.basis, steps.step_number
