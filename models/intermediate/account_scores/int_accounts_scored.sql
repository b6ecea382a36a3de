{{ config(materialized='view') }}

with people as (

    select * from {{ ref('int_account_people_scored') }}

),

signals as (

    select * from {{ ref('int_account_signals_capped') }}

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

profiles as (

    select * from {{ ref('icp_profiles') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}

),

scoring as (

    select * from {{ ref('scoring') }}

),

bands as (

    select * from {{ ref('score_bands') }}

),

grades as (

    select * from {{ ref('grades') }}

),

ranked as (

    select
        people.*,
        row_number() over (
            partition by people.account_id
            order by
                case when people.is_counted then 0 else 1 end asc,
                people.priority asc,
                people.intent_score desc,
                people.fit_score desc,
                people.lead_id asc
        ) as place_by_priority,
        row_number() over (
            partition by people.account_id
            order by
                case when people.is_counted then 0 else 1 end asc,
                people.fit_score desc,
                coalesce(profiles.priority, 2147483647) asc,
                people.lead_id asc
        ) as place_by_fit,
        row_number() over (
            partition by people.account_id
            order by
                coalesce(stages.position, 0) desc,
                coalesce(stages.sort_order, 2147483647),
                people.lead_id
        ) as place_by_stage
    from people
    left join profiles
        on people.profile = profiles.profile
    left join stages
        on people.stage = stages.stage

),

together as (

    select
        account_id,
        max(scored_at) as scored_at,
        max(case when is_account_known then 1 else 0 end) = 1 as is_account_known,
        max(case when is_of_customer then 1 else 0 end) = 1 as is_customer,
        max(case when is_counted then 1 else 0 end) = 0 as is_excluded,
        max(case when is_counted and place_by_fit = 1 then profile end) as profile,
        max(case when is_counted and place_by_fit = 1 then fit_score end) as fit_score,
        max(case when is_counted and place_by_fit = 1 then lead_id end) as best_fit_lead_id,
        max(case when is_counted and place_by_priority = 1 then lead_id end) as best_lead_id,
        max(case when place_by_stage = 1 then stage end) as furthest_stage,
        max(case when is_counted then intent_score end) as best_intent_score,
        max(case when is_counted then last_signal_at end) as last_signal_at,
        max(case when is_counted and is_hand_raised then 1 else 0 end) = 1 as is_hand_raised,
        count(*) as lead_count,
        count(case when is_engaged then 1 end) as engaged_lead_count,
        count(case when not is_counted then 1 end) as uncounted_lead_count,
        count(case when is_ambiguous then 1 end) as ambiguous_lead_count,
        max(rules_digest) as rules_digest
    from ranked
    group by account_id

),

signals_ranked as (

    select
        signals.account_id,
        signals.points,
        signal_groups.label_en,
        signal_groups.label_fr,
        row_number() over (
            partition by signals.account_id
            order by signals.points desc, signals.signal_group asc
        ) as place
    from signals
    inner join signal_groups
        on signals.signal_group = signal_groups.signal_group

),

intents as (

    select
        account_id,
        sum(points) as intent_points
    from signals_ranked
    group by account_id

),

main_signals as (

    select
        account_id,
        {{ dbt.listagg('label_en', "', '", 'order by place') }} as main_signals_en,
        {{ dbt.listagg('label_fr', "', '", 'order by place') }} as main_signals_fr
    from signals_ranked
    where place <= 2 and points > 0
    group by account_id

),

scored as (

    select
        together.*,
        coalesce(together.fit_score, 0) as known_fit_score,
        coalesce(intents.intent_points, 0) as intent_points,
        {{ score_of('coalesce(intents.intent_points, 0)', 'scoring.reference_points') }}
            as intent_score,
        main_signals.main_signals_en,
        main_signals.main_signals_fr
    from together
    cross join scoring
    left join intents
        on together.account_id = intents.account_id
    left join main_signals
        on together.account_id = main_signals.account_id

),

final as (

    select
        scored.account_id,
        scored.scored_at,
        scored.is_account_known,
        scored.is_customer,
        scored.is_excluded,
        scored.profile,
        scored.known_fit_score as fit_score,
        scored.best_fit_lead_id,
        scored.intent_score,
        scored.intent_points,
        coalesce(scored.best_intent_score, 0) as best_intent_score,
        scored.best_lead_id,
        scored.lead_count,
        scored.engaged_lead_count,
        scored.uncounted_lead_count,
        scored.ambiguous_lead_count,
        scored.furthest_stage,
        scored.last_signal_at,
        scored.is_hand_raised,
        fit_bands.band as fit_band,
        intent_bands.band as intent_band,
        fit_bands.band || intent_bands.band as grade,
        case
            when scored.is_hand_raised then grades.hand_raise_temperature
            else grades.temperature
        end as temperature,
        case when scored.is_hand_raised then grades.hand_raise_priority else grades.priority end
            as priority,
        scored.main_signals_en,
        scored.main_signals_fr,
        scored.rules_digest
    from scored
    inner join bands as fit_bands
        on
            fit_bands.score = 'fit'
            and {{ is_in_band('scored.known_fit_score', 'fit_bands') }}
    inner join bands as intent_bands
        on
            intent_bands.score = 'intent'
            and {{ is_in_band('scored.intent_score', 'intent_bands') }}
    inner join grades
        on
            fit_bands.band = grades.fit_band
            and intent_bands.band = grades.intent_band

)

select * from final
