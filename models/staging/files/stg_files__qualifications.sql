with source as (

    select * from {{ source('files', 'qualifications') }}

),

final as (

    select
        cast(qualification_id as varchar) as qualification_id,
        cast(lead_id as varchar) as lead_id,
        cast(account_id as varchar) as account_id,
        cast(opportunity_id as varchar) as opportunity_id,
        cast(framework as varchar) as framework,
        cast(criterion as varchar) as criterion,
        cast(answer as varchar) as answer,
        cast(status as varchar) as status,
        cast(evidence as varchar) as evidence,
        cast(answered_by as varchar) as answered_by,
        cast(answered_at as timestamp) as answered_at,
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
