with erased as (

    select distinct
        erased_key,
        source
    from {{ ref('stg_files__erased_conversions') }}

),

sources_mapped as (

    select * from {{ ref('int_sources_mapped') }}

),

dimensions as (

    select * from {{ ref('report_dimensions') }}

),

final as (

    select
        erased.erased_key,
        dimensions.dimension,
        case dimensions.dimension
            when 'all' then 'all'
            when 'channel' then sources_mapped.channel
            when 'source' then sources_mapped.source
        end as segment
    from erased
    cross join dimensions
    left join sources_mapped
        on
            {{ surrogate_key(['erased.source', 'null', 'null']) }}
            = sources_mapped.source_mapping_id

)

select * from final
