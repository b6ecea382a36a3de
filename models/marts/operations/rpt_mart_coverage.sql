with mart_inputs as (

    select * from {{ ref('mart_inputs') }}

),

landed_tables as (

    select * from {{ ref('stg_files__landed_tables') }}

),

final as (

    select
        mart_inputs.mart_name,
        mart_inputs.table_name,
        mart_inputs.is_required,
        landed_tables.input_count,
        landed_tables.row_count,
        case
            when landed_tables.row_count > 0 then null
            when landed_tables.input_count = 0
                then 'no input of the mapping feeds ' || mart_inputs.table_name
            else 'inputs feed ' || mart_inputs.table_name || ', but no row has landed'
        end as missing_because
    from mart_inputs
    inner join landed_tables
        on mart_inputs.table_name = landed_tables.table_name

)

select * from final
