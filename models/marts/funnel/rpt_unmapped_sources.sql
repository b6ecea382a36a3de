with leads as (

    select * from {{ ref('dim_leads') }}

),

sources_mapped as (

    select * from {{ ref('int_sources_mapped') }}
    where not is_mapped and channel is not null

),

final as (

    select
        {{ surrogate_key([
            'sources_mapped.source_name', 'sources_mapped.utm_source_name',
            'sources_mapped.utm_medium_name',
        ]) }} as unmapped_source_id,
        sources_mapped.source_name as recorded_source,
        sources_mapped.utm_source_name as utm_source,
        sources_mapped.utm_medium_name as utm_medium,
        sources_mapped.source as segment,
        count(leads.lead_id) as lead_count,
        min(leads.created_at) as first_created_at,
        max(leads.created_at) as last_created_at
    from sources_mapped
    left join leads
        on
            {{ surrogate_key(['leads.source', 'leads.utm_source', 'leads.utm_medium']) }}
            = sources_mapped.source_mapping_id
    group by
        sources_mapped.source_name,
        sources_mapped.utm_source_name,
        sources_mapped.utm_medium_name,
        sources_mapped.source

)

select * from final
