-- not people: record_count
select input_name, coalesce(column_name, '') as column_name, reason, count(*) as record_count
from raw.quarantined_rows
where status = 'open'
group by all
order by record_count desc, input_name
