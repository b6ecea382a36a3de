-- not people: unexpected_count
select
    results.gate,
    results.suite,
    results.table_name,
    coalesce(results.column_name, '') as column_name,
    results.description,
    said_en(results.severity) as severity_en,
    said_fr(results.severity) as severity_fr,
    results.success,
    results.unexpected_count
from quality.check_results as results
order by results.success, results.severity, results.suite
