-- Scores of the past with what was known then: an interaction counts once it had been delivered.
with instants as (

    select * from {{ ref('int_instants_backtested') }}

),

interactions as (

    select * from {{ ref('int_interactions_weighted') }}
    where zero_because is null and kind in ('signal', 'step')

),

signal_groups as (

    select * from {{ ref('signal_groups') }}

),

negative_groups as (

    select * from {{ ref('negative_groups') }}

),

scoring as (

    select * from {{ ref('scoring') }}

),

known_by_then as (

    select
        instants.lead_id,
        instants.horizon,
        interactions.kind,
        coalesce(
            interactions.signal_group,
            interactions.negative_group,
            interactions.interaction_type
        ) as component,
        case
            when interactions.kind = 'signal'
                then
                    interactions.points * pow(
                        2.0,
                        -{{ half_lives_between(
                            'interactions.occurred_at',
                            'instants.scored_at',
                            'interactions.half_life_days'
                        ) }}
                    )
            else interactions.points
        end as points_then,
        interactions.points,
        interactions.first_known_at,
        interactions.is_first_known_at_assumed
    from instants
    inner join interactions
        on
            instants.lead_id = interactions.lead_id
            and instants.scored_at >= interactions.counts_from
            and instants.scored_at >= interactions.first_known_at
    where interactions.kind = 'signal' or interactions.step_until > instants.scored_at

),

components as (

    select
        lead_id,
        horizon,
        kind,
        component,
        count(*) as interaction_count,
        {{ points_of_quanta('sum(' ~ quanta('points_then') ~ ')') }} as points_then,
        {{ points_of_quanta('sum(' ~ quanta('points') ~ ')') }} as points_undecayed,
        max(first_known_at) as known_at,
        max(case when is_first_known_at_assumed then 1 else 0 end) as assumed_count
    from known_by_then
    group by lead_id, horizon, kind, component

),

capped as (

    select
        components.lead_id,
        components.horizon,
        components.kind,
        components.interaction_count,
        components.known_at,
        components.assumed_count,
        {{ within_cap(
            'components.kind',
            'components.points_then',
            'cast(signal_groups.cap_points as double)',
            'cast(negative_groups.cap_points as double)'
        ) }} as points_then,
        case
            when components.kind = 'signal'
                then least(components.points_undecayed, cast(signal_groups.cap_points as double))
            else 0
        end as points_undecayed
    from components
    left join signal_groups
        on
            case when components.kind = 'signal' then components.component end
            = signal_groups.signal_group
    left join negative_groups
        on
            case when components.kind = 'step' then components.component end
            = negative_groups.negative_group

),

added_up as (

    select
        lead_id,
        horizon,
        sum(case when kind = 'signal' then interaction_count else 0 end) as interaction_count,
        -- Of decimals, since sums of doubles differ from run to run.
        sum({{ quantized('points_then') }}) as points_then,
        sum({{ quantized('points_undecayed') }}) as points_undecayed,
        max(known_at) as known_at,
        max(assumed_count) as assumed_count
    from capped
    group by lead_id, horizon

),

final as (

    select
        instants.lead_id,
        instants.horizon,
        instants.scored_at,
        instants.scoring_month,
        instants.as_of,
        instants.profile,
        instants.fit_score,
        case
            when instants.fit_score is not null
                then
                    coalesce(
                        {{ score_of('added_up.points_then', 'scoring.reference_points') }}, 0
                    )
        end as intent_score,
        case
            when instants.fit_score is not null
                then
                    coalesce(
                        {{ score_of('added_up.points_undecayed', 'scoring.reference_points') }}, 0
                    )
        end as undecayed_score,
        cast(coalesce(added_up.interaction_count, 0) as bigint) as interaction_count,
        greatest(
            instants.fit_known_at, coalesce(added_up.known_at, instants.fit_known_at)
        ) as features_known_at,
        instants.is_fit_assumed or coalesce(added_up.assumed_count, 0) > 0
            as is_known_at_assumed
    from instants
    cross join scoring
    left join added_up
        on
            instants.lead_id = added_up.lead_id
            and instants.horizon = added_up.horizon

)

select * from final
