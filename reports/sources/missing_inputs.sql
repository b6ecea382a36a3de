select
    coverage.mart_name,
    coverage.table_name,
    coverage.missing_because as because_en,
    case
        when coverage.input_count = 0
            then 'Aucune entrée du fichier de correspondance n''alimente ' || coverage.table_name || '.'
        else 'Des entrées alimentent ' || coverage.table_name || ', mais aucune ligne n''est arrivée.'
    end as because_fr
from marts.rpt_mart_coverage as coverage
where
    coverage.is_required
    and coverage.missing_because is not null
