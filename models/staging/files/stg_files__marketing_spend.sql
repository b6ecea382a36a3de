with source as (

    select * from {{ source('files', 'marketing_spend') }}

),

final as (

    select
        cast(spend_id as varchar) as spend_id,
        cast(spent_on as date) as spent_on,
        cast(channel as varchar) as channel,
        cast(source as varchar) as source,
        cast(campaign_id as varchar) as campaign_id,
        cast(amount as decimal(18, 4)) as amount,
        cast(currency as varchar) as currency,
        cast(is_paid_media as boolean) as is_paid_media,
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
