select
    stays.lead_id,
    stays.basis,
    stays.entered_at,
    stages.label_en as stage_en,
    stages.label_fr as stage_fr,
    stays.stayed_days
from marts.fct_stage_intervals as stays
inner join marts.fct_work_queue as queue on stays.lead_id = queue.lead_id
left join seeds.lifecycle_stages as stages on stays.stage = stages.stage
order by stays.lead_id, stays.basis, stays.entered_at
