-- The state machine of `lifecycle_transitions`, one stage a round for all leads at once: of the
-- ways out of a lead's stage that open, the earliest is taken. A timer is a way that is always open
-- once the stage has lasted long enough. Thresholds that hold on between changes are looked at when
-- something changes and at the end of each day (UTC), so that no later event moves a transition.
-- No stage is entered twice at the same instant, which is what ends every round at last.
-- Each round reads all ways, and few leads go on for long: after these stages only the ways of
-- those still under way are looked at.
{%- set last_steps = [4, 8, none] %}
{%- set waited_until = days_after('walk.entered_at', 'ways.wait_days') %}
with recursive triggers as (

    select * from {{ ref('int_lifecycle_triggers_unioned') }}

),

transitions as (

    select * from {{ ref('lifecycle_transitions') }}

),

trigger_kinds as (

    select * from {{ ref('lifecycle_triggers') }}

),

timers as (

    select * from {{ ref('lifecycle_timers') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

leads as (

    select distinct lead_id from triggers

),

ways_by_trigger as (

    select
        triggers.lead_id,
        transitions.from_stage,
        transitions.to_stage,
        transitions.trigger,
        transitions.precedence,
        transitions.reason as reason_code,
        coalesce(waits.after_days, 0) as wait_days,
        trigger_kinds.is_for_kept_profile,
        triggers.holds_until > triggers.holds_from as is_found_to_the_day,
        triggers.holds_from,
        triggers.holds_until,
        triggers.profile,
        triggers.reason,
        triggers.evidence,
        triggers.evidence_id,
        triggers.stage_entered_after,
        triggers.stage_entered_until
    from triggers
    inner join transitions
        on triggers.trigger = transitions.trigger
    inner join trigger_kinds
        on transitions.trigger = trigger_kinds.trigger
    left join timers as waits
        on
            transitions.from_stage = waits.stage
            and transitions.not_before = waits.trigger

),

ways_by_time as (

    select
        leads.lead_id,
        transitions.from_stage,
        transitions.to_stage,
        transitions.trigger,
        transitions.precedence,
        transitions.reason as reason_code,
        timers.after_days as wait_days,
        false as is_for_kept_profile,
        false as is_found_to_the_day,
        cast('1900-01-01 00:00:00' as timestamp) as holds_from,
        refresh_context.as_of as holds_until,
        cast(null as varchar) as profile,
        cast(null as varchar) as reason,
        'timer' as evidence,
        cast(null as varchar) as evidence_id,
        cast(null as timestamp) as stage_entered_after,
        cast(null as timestamp) as stage_entered_until
    from timers
    inner join transitions
        on
            timers.stage = transitions.from_stage
            and timers.trigger = transitions.trigger
    cross join leads
    cross join refresh_context

),

ways_1 {{ as_kept_aside() }} (

    select * from ways_by_trigger
    union all
    select * from ways_by_time

),

{% for last_step in last_steps -%}
    {%- set walk = 'walk_' ~ loop.index -%}
    {%- set ways = 'ways_' ~ loop.index -%}
    {%- if not loop.first -%}
        leads_under_way_{{ loop.index }} as (

            select * from walk_{{ loop.index0 }}
            where step_number = {{ loop.previtem }}

        ),

        {{ ways }} {{ as_kept_aside() }} (

            select ways_before.*
            from ways_{{ loop.index0 }} as ways_before
            inner join leads_under_way_{{ loop.index }} as leads_under_way
                on
                    ways_before.lead_id = leads_under_way.lead_id
                    and ways_before.holds_until >= leads_under_way.entered_at

        ),

    {% endif -%}

    {{ walk }} as (

        {% if loop.first -%}

            select
                lead_id,
                1 as step_number,
                to_stage as stage,
                holds_from as entered_at,
                cast(null as varchar) as profile,
                trigger,
                coalesce(reason, reason_code) as reason,
                evidence,
                evidence_id,
                '|' || to_stage || '|' as entered_at_instant
            from ways_1
            where from_stage is null
        {%- else -%}
            select * from leads_under_way_{{ loop.index }}
        {%- endif %}
        union all
        select
            chosen.lead_id,
            chosen.step_number,
            chosen.stage,
            chosen.entered_at,
            chosen.profile,
            chosen.trigger,
            chosen.reason,
            chosen.evidence,
            chosen.evidence_id,
            chosen.entered_at_instant
        from (
            select
                opening.*,
                case
                    when opening.entered_at = opening.left_at
                        then opening.left_at_instant || opening.stage || '|'
                    else '|' || opening.stage || '|'
                end as entered_at_instant,
                row_number() over (
                    partition by opening.lead_id
                    order by
                        opening.entered_at asc,
                        opening.precedence asc,
                        opening.holds_from asc,
                        opening.evidence_id asc,
                        opening.reason asc
                ) as place
            from (
                select
                    walk.lead_id,
                    walk.entered_at as left_at,
                    walk.entered_at_instant as left_at_instant,
                    walk.step_number + 1 as step_number,
                    ways.to_stage as stage,
                    case
                        when {{ waited_until }} <= ways.holds_from
                            then ways.holds_from
                        when ways.is_found_to_the_day
                            then {{ day_end(waited_until) }}
                        else {{ waited_until }}
                    end as entered_at,
                    coalesce(ways.profile, walk.profile) as profile,
                    ways.trigger,
                    coalesce(ways.reason, ways.reason_code) as reason,
                    case
                        when
                            ways.is_found_to_the_day
                            and ways.holds_from
                            < {{ waited_until }}
                            then 'timer'
                        else ways.evidence
                    end as evidence,
                    case
                        when
                            not ways.is_found_to_the_day
                            or {{ waited_until }}
                            <= ways.holds_from
                            then ways.evidence_id
                    end as evidence_id,
                    ways.precedence,
                    ways.holds_from,
                    ways.holds_until
                from {{ walk }} as walk
                inner join {{ ways }} as ways
                    on
                        walk.lead_id = ways.lead_id
                        {% if last_step -%}
                            and walk.step_number < {{ last_step }}
                        {%- endif %}
                        and walk.stage = ways.from_stage
                        and walk.entered_at <= ways.holds_until
                        and (not ways.is_for_kept_profile or walk.profile = ways.profile)
                        and coalesce(walk.entered_at > ways.stage_entered_after, true)
                        and coalesce(walk.entered_at <= ways.stage_entered_until, true)
            ) as opening
            where
                opening.entered_at <= opening.holds_until
                and (
                    opening.left_at < opening.entered_at
                    or position('|' || opening.stage || '|' in opening.left_at_instant) = 0
                )
        ) as chosen
        where chosen.place = 1

    ),

{% endfor -%}

unioned as (

    {% for last_step in last_steps -%}
        select * from walk_{{ loop.index }}
        {% if not loop.first -%}
            where step_number > {{ loop.previtem }}
        {%- endif %}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        lead_id,
        stage,
        entered_at,
        step_number,
        trigger,
        profile,
        reason,
        evidence,
        evidence_id
    from unioned

)

select * from final
