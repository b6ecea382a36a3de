with intent_scores as (

    select * from {{ ref('int_intent_scored') }}

),

days as (

    select * from {{ ref('int_intent_days_projected') }}

),

qualified as (

    select * from {{ ref('int_profiles_qualified') }}
    where is_intent_reached

),

thresholds as (

    select * from {{ ref('mql_thresholds') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

qualified_profiles as (

    select
        lead_id,
        profile,
        min(changed_at) as first_qualified_at
    from qualified
    group by lead_id, profile

),

changes as (

    select
        qualified_profiles.lead_id,
        qualified_profiles.profile,
        thresholds.exit_intent_score,
        thresholds.exit_dwell_days,
        intent_scores.changed_at,
        intent_scores.next_changed_at,
        intent_scores.intent_score >= thresholds.exit_intent_score as is_high
    from qualified_profiles
    inner join thresholds
        on qualified_profiles.profile = thresholds.profile
    inner join intent_scores
        on
            qualified_profiles.lead_id = intent_scores.lead_id
            and qualified_profiles.first_qualified_at <= intent_scores.changed_at

),

with_next as (

    select
        *,
        min(case when is_high then changed_at end) over (
            partition by lead_id, profile order by changed_at
            rows between 1 following and unbounded following
        ) as next_high_at
    from changes

),

first_days_below as (

    select
        with_next.lead_id,
        with_next.profile,
        with_next.changed_at,
        min(days.day_end_at) as day_end_at
    from with_next
    inner join days
        on
            with_next.lead_id = days.lead_id
            and with_next.changed_at = days.changed_at
    where with_next.is_high and days.intent_score < with_next.exit_intent_score
    group by with_next.lead_id, with_next.profile, with_next.changed_at

),

-- A stretch ends low either by decay, within it, or by the change that follows, a negative step.
below as (

    select
        with_next.*,
        coalesce(
            first_days_below.day_end_at,
            {{ day_end('with_next.next_changed_at') }}
        ) as below_since
    from with_next
    left join first_days_below
        on
            with_next.lead_id = first_days_below.lead_id
            and with_next.profile = first_days_below.profile
            and with_next.changed_at = first_days_below.changed_at
    where
        with_next.is_high
        and (
            with_next.next_high_at is null
            or with_next.next_changed_at < with_next.next_high_at
            or first_days_below.day_end_at is not null
        )

),

timed as (

    select
        *,
        {{ dbt.dateadd('day', 'exit_dwell_days', 'below_since') }} as exits_at
    from below

),

-- Touching the threshold within the dwell, its last instant included, starts it anew.
final as (

    select
        timed.lead_id,
        timed.profile,
        timed.changed_at,
        timed.below_since,
        timed.exits_at
    from timed
    cross join refresh_context
    where
        timed.exits_at <= refresh_context.as_of
        and (timed.next_high_at is null or timed.next_high_at > timed.exits_at)

)

select * from final
