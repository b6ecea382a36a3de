with segments as (

    select
        'lead' as member_kind,
        lead_id as member_key,
        dimension,
        segment
    from {{ ref('int_leads_segmented') }}
    union all
    select
        'erased' as member_kind,
        erased_key as member_key,
        dimension,
        segment
    from {{ ref('int_erased_leads_segmented') }}

),

-- Costs are booked by channel and belong to no lead: a channel is a member of its own.
channels as (

    select distinct segment as channel
    from {{ ref('rpt_cac') }}
    where dimension = 'channel'

),

members as (

    select
        member_kind,
        member_key,
        max(case when dimension = 'channel' then segment end) as channel,
        max(case when dimension = 'source' then segment end) as source,
        max(case when dimension = 'campaign' then segment end) as campaign,
        max(case when dimension = 'profile' then segment end) as profile,
        max(case when dimension = 'country' then segment end) as country,
        max(case when dimension = 'owner' then segment end) as owner_id,
        max(case when dimension = 'team' then segment end) as team
    from segments
    group by member_kind, member_key

),

final as (

    select
        member_key,
        member_kind,
        channel,
        source,
        campaign,
        profile,
        country,
        owner_id,
        team
    from members
    union all
    select
        'channel:' || coalesce(channel, '') as member_key,
        'channel' as member_kind,
        channel,
        channel as source,
        cast(null as varchar) as campaign,
        cast(null as varchar) as profile,
        cast(null as varchar) as country,
        cast(null as varchar) as owner_id,
        cast(null as varchar) as team
    from channels

)

select * from final
