{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched_leads',
    tags=['all_interactions']
) }}

{%- set touched = ref('int_leads_touched') %}

-- Kept for all interactions, so it has no column that nothing further on needs.
with joined_leads as (

    select * from {{ ref('int_lead_identities_resolved') }}
    where surviving_lead_id <> lead_id

),

visitors as (

    select * from {{ ref('int_visitors_identified') }}

),

leads as (

    select distinct lead_id
    from {{ ref('int_leads_historized') }}

),

{% if is_incremental() %}
    -- Whoever a touched lead was before it was joined is touched as well, so nearly all interactions
    -- are passed over before anything else is asked of them.
    touched_visitors as (

        select visitor_id
        from visitors
        where lead_id in (select lead_id from {{ touched }})

    ),

    interactions as (

        select *
        from {{ ref('int_interactions_resolved') }}
        where {{ of_touched_leads('lead_id') }}
        union all
        select *
        from {{ ref('int_interactions_resolved') }}
        where
            lead_id is null
            and visitor_id in (select touched_visitors.visitor_id from touched_visitors)

    ),

    leads_named as (

        select lead_id from {{ touched }}

    ),

{% else %}
    interactions as (

        select * from {{ ref('int_interactions_resolved') }}

    ),

    leads_named as (

        select lead_id
        from {{ ref('stg_files__interactions') }}
        union
        select surviving_lead_id as lead_id
        from joined_leads

    ),

{% endif %}

-- Few are named of whom no record speaks: to look them up takes a tenth of looking up everybody.
unknown_leads as (

    select leads_named.lead_id
    from leads_named
    left join leads
        on leads_named.lead_id = leads.lead_id
    where leads_named.lead_id is not null and leads.lead_id is null

),

-- Only what nobody is named for is looked up by its visitor.
with_visitors as (

    select
        interactions.*,
        coalesce(interactions.lead_id, visitors.lead_id) as told_lead_id,
        visitors.identified_at
    from interactions
    left join visitors
        on
            case when interactions.lead_id is null then interactions.visitor_id end
            = visitors.visitor_id
            and interactions.occurred_at
            > coalesce(visitors.anonymous_after, cast('0001-01-01 00:00:00' as timestamp))
            and interactions.occurred_at <= {{ open_end('visitors.anonymous_until') }}

),

attributed as (

    select
        with_visitors.interaction_id,
        coalesce(joined_leads.surviving_lead_id, with_visitors.told_lead_id) as lead_id,
        case when joined_leads.lead_id is not null then with_visitors.told_lead_id end
            as joined_lead_id,
        with_visitors.lead_id is null as is_anonymous,
        with_visitors.visitor_id,
        with_visitors.interaction_type,
        with_visitors.occurred_at,
        greatest(
            with_visitors.occurred_at,
            coalesce(joined_leads.linked_at, with_visitors.occurred_at),
            coalesce(with_visitors.identified_at, with_visitors.occurred_at)
        ) as counts_from,
        with_visitors.asset,
        with_visitors.depth,
        with_visitors.depth_unit,
        with_visitors.user_agent,
        with_visitors.first_known_at,
        with_visitors.is_first_known_at_assumed
    from with_visitors
    left join joined_leads
        on with_visitors.told_lead_id = joined_leads.lead_id

),

-- What nobody is known to have done waits until somebody is.
final as (

    select
        attributed.*,
        unknown_leads.lead_id is null as is_lead_known
    from attributed
    left join unknown_leads
        on attributed.lead_id = unknown_leads.lead_id
    where
        attributed.lead_id is not null
        and {{ of_touched_leads('attributed.lead_id') }}

)

select * from final
