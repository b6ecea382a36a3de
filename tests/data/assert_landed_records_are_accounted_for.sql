-- Records in a file = accepted + quarantined + blank + erased by law, and the quarantine holds as
-- many rows.
with quarantined as (

    select
        input_name,
        file_digest,
        count(*) as row_count
    from {{ source('files', 'quarantined_rows') }}
    group by input_name, file_digest

)

select landed_files.*
from {{ source('files', 'landed_files') }} as landed_files
left join quarantined
    on
        landed_files.input_name = quarantined.input_name
        and landed_files.file_digest = quarantined.file_digest
where
    landed_files.record_count
    <> landed_files.accepted_count
    + landed_files.quarantined_count
    + landed_files.blank_count
    + landed_files.erased_count
    or landed_files.quarantined_count <> coalesce(quarantined.row_count, 0)
