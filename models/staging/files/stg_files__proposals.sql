with source as (

    select * from {{ source('files', 'proposals') }}

),

final as (

    select
        cast(proposal_id as varchar) as proposal_id,
        cast(version_number as bigint) as version_number,
        cast(opportunity_id as varchar) as opportunity_id,
        cast(amount as decimal(18, 4)) as amount,
        cast(currency as varchar) as currency,
        cast(status as varchar) as status,
        cast(created_at as timestamp) as created_at,
        cast(sent_at as timestamp) as sent_at,
        cast(decided_at as timestamp) as decided_at,
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
