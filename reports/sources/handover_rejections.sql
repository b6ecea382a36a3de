-- Why sales returned leads, over all months.
with reasons as (
    select basis, rejection_reason, rejection_label_en, rejection_label_fr,
        sum(rejected_count) as rejected_count, sum(recycled_count) as recycled_count
    from marts.rpt_handover_rejections
    where dimension = 'all'
    group by basis, rejection_reason, rejection_label_en, rejection_label_fr
)

select
    reasons.basis,
    coalesce(reasons.rejection_label_en, reasons.rejection_reason, 'no reason given') as reason_en,
    coalesce(reasons.rejection_label_fr, reasons.rejection_reason, 'sans raison') as reason_fr,
    masked(reasons.rejected_count, reasons.rejected_count) as rejected_count,
    masked(reasons.recycled_count, reasons.recycled_count) as recycled_count,
    masked(
        reasons.rejected_count / nullif(sum(reasons.rejected_count) over (partition by basis), 0),
        reasons.rejected_count
    ) as rejection_share
from reasons
order by reasons.basis, reasons.rejected_count desc
