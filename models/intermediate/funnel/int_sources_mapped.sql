with lead_versions as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

),

erased as (

    select * from {{ ref('stg_files__erased_conversions') }}

),

mappings as (

    select * from {{ ref('source_mappings') }}

),

-- Of who was erased by law only the recorded source is left.
recorded as (

    select
        source,
        utm_source,
        utm_medium
    from lead_versions
    union
    select
        source,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium
    from erased

),

named as (

    select
        *,
        {{ surrogate_key(['source', 'utm_source', 'utm_medium']) }} as source_mapping_id,
        {{ named_segment('source') }} as source_name,
        {{ named_segment('utm_source') }} as utm_source_name,
        {{ named_segment('utm_medium') }} as utm_medium_name
    from recorded

),

conditions as (

    select
        precedence,
        source,
        channel,
        {{ named_segment('recorded_source') }} as source_name,
        {{ named_segment('utm_source') }} as utm_source_name,
        {{ named_segment('utm_medium') }} as utm_medium_name
    from mappings

),

matched as (

    select
        named.source_mapping_id,
        conditions.source,
        conditions.channel,
        row_number() over (
            partition by named.source_mapping_id
            order by conditions.precedence
        ) as place
    from named
    inner join conditions
        on
            coalesce(named.source_name = conditions.source_name, conditions.source_name is null)
            and coalesce(
                named.utm_source_name = conditions.utm_source_name,
                conditions.utm_source_name is null
            )
            and coalesce(
                named.utm_medium_name = conditions.utm_medium_name,
                conditions.utm_medium_name is null
            )

),

final as (

    select
        named.source_mapping_id,
        named.source as recorded_source,
        named.utm_source,
        named.utm_medium,
        named.source_name,
        named.utm_source_name,
        named.utm_medium_name,
        coalesce(
            {{ named_segment('matched.source') }}, named.source_name, named.utm_source_name
        ) as source,
        coalesce(
            {{ named_segment('matched.channel') }},
            case
                when
                    named.source_name is not null
                    or named.utm_source_name is not null
                    or named.utm_medium_name is not null
                    then 'unmapped'
            end
        ) as channel,
        matched.channel is not null as is_mapped
    from named
    left join matched
        on
            named.source_mapping_id = matched.source_mapping_id
            and matched.place = 1

)

select * from final
