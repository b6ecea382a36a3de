with campaigns as (

    select * from {{ ref('int_campaigns_resolved') }}

),

members as (

    select * from {{ ref('int_campaign_members_resolved') }}

),

campaign_influences as (

    select * from {{ ref('fct_campaign_influences') }}

),

-- A campaign that only its members tell of is shown too.
campaign_ids as (

    select campaign_id from campaigns
    union
    select campaign_id from members

),

members_counted as (

    select
        campaign_id,
        count(*) as member_count,
        count(responded_at) as responded_count
    from members
    group by campaign_id

),

influences as (

    select
        campaign_id,
        count(*) as touched_deal_count,
        count(case when status = 'won' then 1 end) as touched_won_count,
        count(case when status = 'lost' then 1 end) as touched_lost_count,
        count(case when status = 'won' and reporting_amount is null then 1 end)
            as unknown_amount_count,
        sum(case when status = 'won' then reporting_amount end) as influenced_won_amount,
        sum(case when status = 'open' then reporting_amount end) as influenced_open_amount
    from campaign_influences
    group by campaign_id

),

final as (

    select
        campaign_ids.campaign_id,
        campaigns.campaign_name,
        campaigns.channel,
        campaigns.starts_on,
        campaigns.ends_on,
        campaigns.campaign_id is not null as is_described,
        cast(coalesce(members_counted.member_count, 0) as bigint) as member_count,
        cast(coalesce(members_counted.responded_count, 0) as bigint) as responded_count,
        cast(members_counted.responded_count as double)
        / nullif(members_counted.member_count, 0) as response_rate,
        cast(coalesce(influences.touched_deal_count, 0) as bigint) as touched_deal_count,
        cast(coalesce(influences.touched_won_count, 0) as bigint) as touched_won_count,
        cast(coalesce(influences.touched_lost_count, 0) as bigint) as touched_lost_count,
        cast(influences.touched_won_count as double)
        / nullif(influences.touched_won_count + influences.touched_lost_count, 0)
            as touched_win_rate,
        cast(influences.influenced_won_amount as decimal(38, 4)) as influenced_won_amount,
        cast(influences.influenced_open_amount as decimal(38, 4)) as influenced_open_amount,
        cast(coalesce(influences.unknown_amount_count, 0) as bigint) as unknown_amount_count
    from campaign_ids
    left join campaigns
        on campaign_ids.campaign_id = campaigns.campaign_id
    left join members_counted
        on campaign_ids.campaign_id = members_counted.campaign_id
    left join influences
        on campaign_ids.campaign_id = influences.campaign_id

)

select * from final
