with opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}
    where status = 'won' and lead_id is not null

),

leads as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

),

segments as (

    select * from {{ ref('int_leads_segmented') }}

),

interactions as (

    select * from {{ ref('int_interactions_attributed') }}

),

interaction_records as (

    select * from {{ ref('int_interactions_resolved') }}

),

screened as (

    select * from {{ ref('int_interactions_screened') }}
    where zero_because is not null

),

signals as (

    select * from {{ ref('signals') }}
    where points = 0

),

negative_steps as (

    select * from {{ ref('negative_steps') }}

),

mappings as (

    select * from {{ ref('source_mappings') }}
    where utm_source is null and utm_medium is null

),

settings as (

    select * from {{ ref('attribution') }}

),

won_deals as (

    select
        opportunities.opportunity_id,
        opportunities.lead_id,
        case settings.touches_until
            when 'won' then opportunities.closed_at
            else
                least(
                    coalesce(opportunities.created_at, opportunities.closed_at),
                    coalesce(opportunities.closed_at, opportunities.created_at)
                )
        end as touches_end_at
    from opportunities
    cross join settings

),

won_leads as (

    select distinct lead_id from won_deals

),

no_touches as (

    select interaction_type from signals
    union
    select interaction_type from negative_steps

),

channel_names as (

    select
        {{ named_segment('recorded_source') }} as recorded_name,
        min({{ named_segment('channel') }}) as channel
    from mappings
    group by {{ named_segment('recorded_source') }}

),

-- What a person did that earns something; an opening, a machine and a withdrawal are no touch.
touching as (

    select
        interactions.lead_id,
        interactions.interaction_id,
        interactions.interaction_type,
        interactions.occurred_at as touched_at,
        coalesce(channel_names.channel, {{ named_segment('interaction_records.channel') }})
            as channel,
        {{ named_segment('interaction_records.campaign_id') }} as campaign
    from won_leads
    inner join interactions
        on won_leads.lead_id = interactions.lead_id
    inner join interaction_records
        on interactions.interaction_id = interaction_records.interaction_id
    left join screened
        on interactions.interaction_id = screened.interaction_id
    left join no_touches
        on interactions.interaction_type = no_touches.interaction_type
    left join channel_names
        on {{ named_segment('interaction_records.channel') }} = channel_names.recorded_name
    where screened.interaction_id is null and no_touches.interaction_type is null

),

arrivals as (

    select
        leads.lead_id,
        leads.created_at,
        max(case when segments.dimension = 'channel' then segments.segment end) as channel,
        max(case when segments.dimension = 'campaign' then segments.segment end) as campaign
    from won_leads
    inner join leads
        on won_leads.lead_id = leads.lead_id
    left join segments
        on leads.lead_id = segments.lead_id
    group by leads.lead_id, leads.created_at

),

numbered as (

    select
        touching.*,
        row_number() over (
            partition by touching.lead_id
            order by touching.touched_at, touching.interaction_id
        ) as place
    from touching

),

-- A lead's source tells how it came: that is its first touch, up to the record's creation. Where
-- nothing is known to have happened by then, the creation is a touch itself.
sourced as (

    select
        numbered.lead_id,
        numbered.interaction_id,
        numbered.interaction_type,
        numbered.touched_at,
        case
            when
                numbered.place = 1
                and {{ dbt.datediff('arrivals.created_at', 'numbered.touched_at', 'second') }}
                <= settings.arrival_minutes * 60
                then coalesce(arrivals.channel, numbered.channel)
            else numbered.channel
        end as channel,
        case
            when
                numbered.place = 1
                and {{ dbt.datediff('arrivals.created_at', 'numbered.touched_at', 'second') }}
                <= settings.arrival_minutes * 60
                then coalesce(arrivals.campaign, numbered.campaign)
            else numbered.campaign
        end as campaign
    from numbered
    left join arrivals
        on numbered.lead_id = arrivals.lead_id
    cross join settings

),

created as (

    select
        arrivals.lead_id,
        cast(null as varchar) as interaction_id,
        'lead_created' as interaction_type,
        arrivals.created_at as touched_at,
        arrivals.channel,
        arrivals.campaign
    from arrivals
    cross join settings
    left join numbered
        on
            arrivals.lead_id = numbered.lead_id
            and numbered.place = 1
    where
        arrivals.created_at is not null
        and coalesce(
            {{ dbt.datediff('arrivals.created_at', 'numbered.touched_at', 'second') }}
            > settings.arrival_minutes * 60,
            true
        )

),

touches as (

    select * from sourced
    union all
    select * from created

),

final as (

    select
        won_deals.opportunity_id,
        row_number() over (
            partition by won_deals.opportunity_id
            order by touches.touched_at, touches.interaction_id nulls first
        ) as touch_number,
        count(*) over (partition by won_deals.opportunity_id) as touch_count,
        touches.interaction_id,
        touches.interaction_type,
        touches.touched_at,
        touches.channel,
        touches.campaign,
        {{ days_between('touches.touched_at', 'won_deals.touches_end_at') }} as days_before
    from won_deals
    inner join touches
        on
            won_deals.lead_id = touches.lead_id
            and won_deals.touches_end_at >= touches.touched_at

)

select * from final
