with activities as (

    select * from {{ ref('int_sales_activities_resolved') }}
    where lead_id is not null and coalesce(direction, 'outbound') <> 'inbound'

),

members as (

    select * from {{ ref('int_campaign_members_resolved') }}

),

campaigns as (

    select * from {{ ref('int_campaigns_resolved') }}

),

contact_acts as (

    select * from {{ ref('contact_acts') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- What a machine sent presses too: it is no answer, but it lies in the same mailbox.
contacts as (

    select
        activities.lead_id,
        'activity' as recorded_as,
        activities.sales_activity_id as record_id,
        coalesce(activities.occurred_at, activities.created_at) as contacted_at,
        coalesce(contact_acts.contact_channel, 'other') as contact_channel,
        coalesce(activities.is_automatic, false) as is_automatic
    from activities
    left join contact_acts
        on
            contact_acts.recorded_as = 'activity'
            and lower(trim(activities.activity_type)) = contact_acts.act
    where
        activities.meeting_status is null
        and coalesce(contact_acts.is_contact, true)
    union all
    select
        members.lead_id,
        'campaign' as recorded_as,
        members.campaign_id as record_id,
        members.joined_at as contacted_at,
        coalesce(contact_acts.contact_channel, 'other') as contact_channel,
        true as is_automatic
    from members
    inner join campaigns
        on members.campaign_id = campaigns.campaign_id
    inner join contact_acts
        on
            contact_acts.recorded_as = 'campaign'
            and lower(trim(campaigns.channel)) = contact_acts.act
    where contact_acts.is_contact

),

final as (

    select
        contacts.lead_id,
        contacts.contacted_at,
        contacts.contact_channel,
        contacts.is_automatic,
        contacts.recorded_as,
        contacts.record_id
    from contacts
    cross join refresh_context
    where contacts.contacted_at <= refresh_context.as_of

)

select * from final
