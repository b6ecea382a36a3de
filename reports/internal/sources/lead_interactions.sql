-- Interactions of the queued leads that count, with what each was worth when it happened.
select
    parts.lead_id,
    parts.occurred_at,
    coalesce(signals.label_en, steps.label_en, replace(parts.rule, '_', ' ')) as label_en,
    coalesce(signals.label_fr, steps.label_fr, replace(parts.rule, '_', ' ')) as label_fr,
    cast(parts.undecayed_points as double) as points_then,
    cast(parts.score_points as double) as points_now
from marts.fct_score_contributions as parts
inner join marts.fct_work_queue as queue on parts.lead_id = queue.lead_id
left join seeds.signals as signals on parts.rule = signals.interaction_type
left join seeds.negative_steps as steps on parts.rule = steps.interaction_type
where parts.score = 'intent' and parts.kind in ('signal', 'step') and parts.undecayed_points <> 0
order by parts.lead_id, parts.occurred_at desc
