-- not people: record_count, accepted_count, quarantined_count, blank_count
with files as (
    select input_name, sum(record_count) as record_count, sum(accepted_count) as accepted_count,
        sum(quarantined_count) as quarantined_count, sum(blank_count) as blank_count,
        count(*) filter (where status = 'held') as held_files
    from raw.landed_files
    group by input_name
)

select
    freshness.input_name,
    freshness.status,
    freshness.last_delivered_at,
    freshness.latest_known_at,
    files.record_count,
    files.accepted_count,
    files.quarantined_count,
    files.blank_count,
    files.held_files
from raw.input_freshness as freshness
left join files on freshness.input_name = files.input_name
order by freshness.input_name
