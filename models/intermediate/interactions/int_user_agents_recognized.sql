with interactions as (

    select * from {{ ref('int_interactions_attributed') }}

),

rules as (

    select traffic_agents.*
    from {{ ref('traffic_agents') }} as traffic_agents
    inner join {{ ref('traffic_reasons') }} as traffic_reasons
        on traffic_agents.zero_because = traffic_reasons.zero_because
    where traffic_agents.is_active and traffic_reasons.is_active

),

crawlers as (

    select * from {{ ref('crawler_agents') }}

),

user_agents as (

    select distinct user_agent
    from interactions
    where user_agent is not null

),

listed as (

    select distinct user_agents.user_agent
    from user_agents
    inner join crawlers
        on
            (
                crawlers.match = 'contains'
                and position(crawlers.term in user_agents.user_agent) > 0
            )
            or (
                crawlers.match = 'starts_with'
                and position(crawlers.term in user_agents.user_agent) = 1
            )

),

final as (

    select
        user_agents.user_agent,
        rules.agent,
        rules.interaction_type,
        rules.zero_because
    from user_agents
    inner join rules
        on
            (
                rules.match = 'contains'
                and position(rules.term in lower(user_agents.user_agent)) > 0
            )
            or (
                rules.match = 'starts_with'
                and position(rules.term in lower(user_agents.user_agent)) = 1
            )
            or (rules.match = 'equals' and rules.term = lower(trim(user_agents.user_agent)))
    union all
    select
        listed.user_agent,
        rules.agent,
        rules.interaction_type,
        rules.zero_because
    from listed
    inner join rules
        on rules.match = 'listed'

)

select * from final
