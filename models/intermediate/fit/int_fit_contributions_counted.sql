{{ config(materialized='view') }}

with fit_scores as (

    select * from {{ ref('int_fit_scored') }}

),

evaluated as (

    select * from {{ ref('int_fit_criteria_evaluated') }}

),

refresh_context as (

    select
        *,
        -- Of now, all that has landed counts, though it may be known later than the latest event.
        case when is_as_of_given then as_of else known_by end as known_until
    from {{ ref('stg_files__refresh_context') }}

),

-- The profile that fits best; where all exclude the lead, the one that would have.
leading_profiles as (

    select fit_scores.*
    from fit_scores
    cross join refresh_context
    where
        fit_scores.place = 1
        and fit_scores.valid_from <= refresh_context.known_until
        and {{ open_end('fit_scores.valid_to') }} > refresh_context.known_until

),

criteria as (

    select
        leading_profiles.lead_id,
        leading_profiles.profile,
        1 as sort_order,
        'criterion' as kind,
        evaluated.criterion as rule,
        evaluated.criterion_group as rule_group,
        evaluated.points as possible_points,
        case when evaluated.is_best_match then evaluated.points else 0 end as points,
        case
            when evaluated.outcome = 'matched' and not evaluated.is_best_match
                then 'better_match_in_group'
            else evaluated.outcome
        end as note,
        leading_profiles.full_points
    from evaluated
    inner join leading_profiles
        on
            evaluated.verdicts = leading_profiles.verdicts
            and evaluated.profile = leading_profiles.profile

),

clamps as (

    select
        lead_id,
        profile,
        2 as sort_order,
        'clamp' as kind,
        case when floor_points < 0 then 'floor' else 'ceiling' end as rule,
        cast(null as varchar) as rule_group,
        cast(null as decimal(18, 6)) as possible_points,
        greatest(0, least(floor_points, full_points)) - floor_points as points,
        cast(null as varchar) as note,
        full_points
    from leading_profiles
    where floor_points < 0 or floor_points > full_points

),

exclusions as (

    select
        lead_id,
        profile,
        3 as sort_order,
        'exclusion' as kind,
        excluding_criterion as rule,
        cast(null as varchar) as rule_group,
        cast(null as decimal(18, 6)) as possible_points,
        -greatest(0, least(floor_points, full_points)) as points,
        cast(null as varchar) as note,
        full_points
    from leading_profiles
    where is_excluded

),

final as (

    select * from criteria
    union all
    select * from clamps
    union all
    select * from exclusions

)

select * from final
