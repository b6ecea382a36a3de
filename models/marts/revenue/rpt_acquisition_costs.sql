with costs as (

    select * from {{ ref('int_costs_allocated') }}

),

summed as (

    select
        cost_month,
        cost_category,
        channel,
        campaign,
        team,
        is_paid_media,
        count(*) as booking_count,
        count(*) - count(booked_amount) as unconverted_count,
        sum(booked_amount) as booked_amount,
        sum(new_business_amount) as new_business_amount,
        sum(expansion_amount) as expansion_amount
    from costs
    group by cost_month, cost_category, channel, campaign, team, is_paid_media

),

final as (

    select
        {{ surrogate_key([
            'cost_month', 'cost_category', 'channel', 'campaign', 'team', 'is_paid_media',
        ]) }} as acquisition_cost_id,
        cost_month,
        cost_category,
        channel,
        campaign,
        team,
        is_paid_media,
        cast(booking_count as bigint) as booking_count,
        cast(unconverted_count as bigint) as unconverted_count,
        cast(booked_amount as decimal(38, 4)) as booked_amount,
        cast(new_business_amount as decimal(38, 4)) as new_business_amount,
        cast(expansion_amount as decimal(38, 4)) as expansion_amount
    from summed

)

select * from final
