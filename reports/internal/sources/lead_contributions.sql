-- What the scores of the queued leads are made of, the same rule added up.
with labels as (
    select profile, criterion as rule, label_en, label_fr from seeds.icp_criteria
    union all
    select null, interaction_type, label_en, label_fr from seeds.signals
    union all
    select null, interaction_type, label_en, label_fr from seeds.negative_steps
    where interaction_type not in (select signals.interaction_type from seeds.signals)
),

rules as (
    select parts.lead_id, parts.score, parts.kind, parts.rule, parts.profile,
        cast(sum(parts.score_points) as double) as points, count(*) as times
    from marts.fct_score_contributions as parts
    inner join marts.fct_work_queue as queue on parts.lead_id = queue.lead_id
    where parts.score_points <> 0
    group by parts.lead_id, parts.score, parts.kind, parts.rule, parts.profile
)

select
    rules.lead_id,
    rules.score,
    rules.points,
    coalesce(labels.label_en, replace(coalesce(rules.rule, rules.kind), '_', ' '))
        || case when rules.times > 1 then ' × ' || rules.times else '' end as label_en,
    coalesce(labels.label_fr, replace(coalesce(rules.rule, rules.kind), '_', ' '))
        || case when rules.times > 1 then ' × ' || rules.times else '' end as label_fr
from rules
left join labels
    on rules.rule = labels.rule and rules.profile is not distinct from labels.profile
order by rules.lead_id, rules.score, rules.points desc
