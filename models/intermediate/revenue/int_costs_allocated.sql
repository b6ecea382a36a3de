with marketing_spend as (

    select * from {{ ref('int_marketing_spend_resolved') }}

),

sales_costs as (

    select * from {{ ref('int_sales_costs_resolved') }}

),

amounts as (

    select * from {{ ref('int_amounts_converted') }}
    where table_name in ('marketing_spend', 'sales_costs')

),

allocation as (

    select * from {{ ref('cost_allocation') }}

),

mappings as (

    select * from {{ ref('source_mappings') }}
    where utm_source is null and utm_medium is null

),

channel_names as (

    select
        {{ named_segment('recorded_source') }} as recorded_name,
        {{ named_segment('channel') }} as channel,
        row_number() over (
            partition by {{ named_segment('recorded_source') }}
            order by precedence
        ) as place
    from mappings

),

bookings as (

    select
        'marketing' as cost_category,
        'marketing_spend' as table_name,
        spend_id as record_id,
        spent_on as booked_on,
        coalesce({{ named_segment('channel') }}, {{ named_segment('source') }}) as channel,
        {{ named_segment('campaign_id') }} as campaign,
        cast(null as varchar) as team,
        is_paid_media,
        cast(null as double) as told_share
    from marketing_spend

    union all

    select
        'sales' as cost_category,
        'sales_costs' as table_name,
        sales_cost_id as record_id,
        cost_month as booked_on,
        cast(null as varchar) as channel,
        cast(null as varchar) as campaign,
        team,
        false as is_paid_media,
        new_business_share as told_share
    from sales_costs

),

-- A share that a booking tells goes before the rule; what is no share tells nothing.
with_share as (

    select
        bookings.cost_category,
        bookings.table_name,
        bookings.record_id,
        cast({{ dbt.date_trunc('month', 'bookings.booked_on') }} as date) as cost_month,
        coalesce(channel_names.channel, bookings.channel) as channel,
        bookings.campaign,
        bookings.team,
        bookings.is_paid_media,
        amounts.reporting_amount,
        case
            when bookings.told_share between 0 and 1 then bookings.told_share
            else allocation.new_business_share
        end as new_business_share
    from bookings
    left join amounts
        on
            bookings.table_name = amounts.table_name
            and bookings.record_id = amounts.record_id
    left join allocation
        on bookings.cost_category = allocation.cost_category
    left join channel_names
        on
            bookings.channel = channel_names.recorded_name
            and channel_names.place = 1

),

split as (

    select
        with_share.*,
        cast(
            round(
                cast(with_share.reporting_amount as double) * with_share.new_business_share, 2
            ) as decimal(18, 4)
        )
            as new_business_amount
    from with_share

),

-- Expansion is what new business leaves, so both are the booking to the last digit.
final as (

    select
        cost_category,
        record_id,
        cost_month,
        channel,
        campaign,
        team,
        is_paid_media,
        new_business_share,
        reporting_amount as booked_amount,
        new_business_amount,
        reporting_amount - new_business_amount as expansion_amount
    from split

)

select * from final
