select
    handover.basis,
    strftime(handover.qualified_month, '%Y-%m') as month,
    handover.dimension,
    coalesce(handover.segment, '') as segment,
    masked(handover.handover_count, handover.handover_count) as handover_count,
    masked(handover.accepted_count, handover.accepted_count) as accepted_count,
    masked(handover.rejected_count, handover.rejected_count) as rejected_count,
    masked(handover.waiting_count, handover.waiting_count) as waiting_count,
    masked_rate(handover.acceptance_rate, handover.accepted_count, handover.handover_count)
        as acceptance_rate,
    masked_rate(handover.rejection_rate, handover.rejected_count, handover.handover_count)
        as rejection_rate,
    masked(handover.p50_first_touch_business_minutes, handover.handover_count)
        as p50_first_touch_business_minutes,
    masked(handover.p50_acceptance_business_minutes, handover.handover_count)
        as p50_acceptance_business_minutes,
    masked(handover.p50_decision_business_minutes, handover.handover_count)
        as p50_decision_business_minutes,
    masked(handover.p50_first_touch_minutes, handover.handover_count) as p50_first_touch_minutes,
    handover.is_mature
from marts.rpt_handover as handover
where handover.dimension in ('all', 'channel', 'source', 'profile', 'country', 'team')
order by handover.basis, handover.dimension, segment, month
