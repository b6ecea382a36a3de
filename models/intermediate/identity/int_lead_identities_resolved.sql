-- Since when a record and its survivor are known to be one person: along the way that was complete
-- first, each step of it as late as it was known.
with recursive lead_versions as (

    select * from {{ ref('int_lead_records_historized') }}

),

latest_merges as (

    select * from {{ ref('int_lead_merges_resolved') }}

),

links as (

    select * from {{ ref('int_leads_linked') }}

),

survivors as (

    select * from {{ ref('int_survivors_elected') }}

),

every_lead as (

    select lead_id from lead_versions
    union
    select merged_lead_id as lead_id from latest_merges
    union
    select surviving_lead_id as lead_id from latest_merges

),

ways as (

    select
        lead_id,
        other_lead_id,
        linked_at,
        0 as is_own
    from links
    union all
    select
        other_lead_id as lead_id,
        lead_id as other_lead_id,
        linked_at,
        0 as is_own
    from links
    union all
    select
        lead_id,
        lead_id as other_lead_id,
        cast('0001-01-01 00:00:00' as timestamp) as linked_at,
        1 as is_own
    from survivors

),

reached as (

    select
        lead_id,
        cast('0001-01-01 00:00:00' as timestamp) as linked_at,
        1 as news_count
    from survivors
    where lead_id = surviving_lead_id
    union all
    select
        told.lead_id,
        told.linked_at,
        max(
            case
                when told.linked_before is null or told.linked_at < told.linked_before then 1
                else 0
            end
        ) over () as news_count
    from (
        select
            ways.other_lead_id as lead_id,
            min(greatest(reached.linked_at, ways.linked_at)) as linked_at,
            min(case when ways.is_own = 1 then reached.linked_at end) as linked_before
        from reached
        inner join ways
            on reached.lead_id = ways.lead_id
        where reached.news_count > 0
        group by ways.other_lead_id
    ) as told

),

final as (

    select
        every_lead.lead_id,
        coalesce(survivors.surviving_lead_id, every_lead.lead_id) as surviving_lead_id,
        case when survivors.surviving_lead_id <> every_lead.lead_id then reached.linked_at end
            as linked_at,
        case
            when survivors.surviving_lead_id = every_lead.lead_id or survivors.lead_id is null
                then null
            when
                latest_merges.merged_lead_id is null
                or latest_merges.is_taken_back
                or latest_merges.is_end_of_circle
                then 'same_email'
            else 'merge'
        end as link_reason
    from every_lead
    left join survivors
        on every_lead.lead_id = survivors.lead_id
    left join reached
        on
            every_lead.lead_id = reached.lead_id
            and reached.news_count = 0
    left join latest_merges
        on every_lead.lead_id = latest_merges.merged_lead_id

)

select * from final
