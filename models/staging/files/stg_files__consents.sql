with source as (

    select * from {{ source('files', 'consents') }}

),

final as (

    select
        cast(consent_id as varchar) as consent_id,
        cast(lead_id as varchar) as lead_id,
        cast(email as varchar) as email,
        cast(purpose as varchar) as purpose,
        cast(channel as varchar) as channel,
        cast(legal_ground as varchar) as legal_ground,
        cast(status as varchar) as status,
        cast(proof as varchar) as proof,
        cast(form_version as varchar) as form_version,
        cast(recorded_at as timestamp) as recorded_at,
        known_at,
        is_known_at_assumed,
        mapped_columns,
        input_name,
        file_name,
        file_digest,
        file_line
    from source

)

select * from final
