{%- set touched = ref('int_leads_touched') %}
{%- set traced = ref('int_interactions_traced') %}

{%- set is_looked_at -%}
    {% if is_full_build() -%}
        true
    {%- else -%}
        (
            lead_id in (select lead_id from {{ touched }})
            or visitor_id in (select visitor_id from {{ traced }})
        )
    {%- endif %}
{%- endset %}

-- A trap marks all that its visitor did around it, also as another lead than the one that hit
-- it. So where kept tables are carried on, the visitors of the leads looked at are followed to
-- other leads.
with rules as (

    select traffic_honeypots.*
    from {{ ref('traffic_honeypots') }} as traffic_honeypots
    inner join {{ ref('traffic_reasons') }} as traffic_reasons
        on traffic_honeypots.zero_because = traffic_reasons.zero_because
    where traffic_honeypots.is_active and traffic_reasons.is_active

),

assets as (

    select * from {{ ref('int_assets_normalized') }}

),

traps as (

    select
        rules.*,
        assets.text as asset
    from rules
    inner join assets as patterns
        on
            rules.interaction_type = patterns.interaction_type
            and rules.pattern = patterns.text
    inner join assets
        on rules.interaction_type = assets.interaction_type
    where {{ asset_matches('rules.match', 'assets', 'patterns') }}

),

-- Each kind of trap reads the interactions by itself, narrowed as they are read: an engine that
-- keeps what is read twice would copy all of them.
typed as (

    select
        interaction_id,
        lead_id,
        visitor_id,
        lower(trim(interaction_type)) as interaction_type,
        occurred_at,
        asset
    from {{ ref('int_interactions_attributed') }}
    where
        lower(trim(interaction_type)) in (
            select rules.interaction_type from rules
            where rules.pattern is null
        )
        and {{ is_looked_at }}

),

trapped as (

    select
        interaction_id,
        lead_id,
        visitor_id,
        lower(trim(interaction_type)) as interaction_type,
        occurred_at,
        asset
    from {{ ref('int_interactions_attributed') }}
    where
        asset in (select traps.asset from traps)
        and {{ is_looked_at }}

),

hits as (

    select
        typed.*,
        rules.honeypot,
        rules.before_seconds,
        rules.after_seconds,
        rules.zero_because
    from typed
    inner join rules
        on typed.interaction_type = rules.interaction_type
    where rules.pattern is null
    union all
    select
        trapped.*,
        traps.honeypot,
        traps.before_seconds,
        traps.after_seconds,
        traps.zero_because
    from trapped
    inner join traps
        on
            trapped.interaction_type = traps.interaction_type
            and trapped.asset = traps.asset

),

final as (

    select
        honeypot,
        interaction_id,
        lead_id,
        visitor_id,
        {{ dbt.dateadd('second', '-before_seconds', 'occurred_at') }} as from_at,
        {{ dbt.dateadd('second', 'after_seconds', 'occurred_at') }} as until_at,
        zero_because
    from hits

)

select * from final
