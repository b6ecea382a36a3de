-- Of all records of a person one survives: not merged away, else created first. Each record tells
-- those it is linked with the best that it has heard of, until nobody hears news.
with recursive links as (

    select * from {{ ref('int_leads_linked') }}

),

lead_versions as (

    select * from {{ ref('int_lead_records_historized') }}

),

linked_leads as (

    select lead_id from links
    union
    select other_lead_id as lead_id from links

),

merged_away as (

    select distinct lead_id from links
    where link_reason = 'merge'

),

creations as (

    select
        lead_versions.lead_id,
        min(lead_versions.created_at) as created_at
    from lead_versions
    inner join linked_leads
        on lead_versions.lead_id = linked_leads.lead_id
    group by lead_versions.lead_id

),

candidates as (

    select
        linked_leads.lead_id,
        row_number() over (
            order by
                case when merged_away.lead_id is null then 0 else 1 end,
                case when creations.created_at is null then 1 else 0 end,
                creations.created_at,
                linked_leads.lead_id
        ) as place
    from linked_leads
    left join merged_away
        on linked_leads.lead_id = merged_away.lead_id
    left join creations
        on linked_leads.lead_id = creations.lead_id

),

ways as (

    select
        lead_id,
        other_lead_id,
        0 as is_own
    from links
    union
    select
        other_lead_id as lead_id,
        lead_id as other_lead_id,
        0 as is_own
    from links
    union
    select
        lead_id,
        lead_id as other_lead_id,
        1 as is_own
    from linked_leads

),

heard as (

    select
        lead_id,
        place as best_place,
        1 as news_count
    from candidates
    union all
    select
        told.lead_id,
        told.best_place,
        max(case when told.best_place < told.place_before then 1 else 0 end) over ()
            as news_count
    from (
        select
            ways.other_lead_id as lead_id,
            min(heard.best_place) as best_place,
            min(case when ways.is_own = 1 then heard.best_place end) as place_before
        from heard
        inner join ways
            on heard.lead_id = ways.lead_id
        where heard.news_count > 0
        group by ways.other_lead_id
    ) as told

),

final as (

    select
        heard.lead_id,
        candidates.lead_id as surviving_lead_id
    from heard
    inner join candidates
        on heard.best_place = candidates.place
    where heard.news_count = 0

)

select * from final
