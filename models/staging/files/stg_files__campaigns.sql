with source as (

    select * from {{ source('files', 'campaigns') }}

),

final as (

    select
        cast(campaign_id as varchar) as campaign_id,
        cast(campaign_name as varchar) as campaign_name,
        cast(channel as varchar) as channel,
        cast(starts_on as date) as starts_on,
        cast(ends_on as date) as ends_on,
        cast(budget_amount as decimal(18, 4)) as budget_amount,
        cast(currency as varchar) as currency,
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
