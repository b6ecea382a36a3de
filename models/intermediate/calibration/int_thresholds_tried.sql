-- Pairs of thresholds of each profile: those of the seed, and those in force.
with steps as (

    select * from {{ ref('threshold_steps') }}

),

thresholds as (

    select * from {{ ref('mql_thresholds') }}

),

scores_tried as (

    select
        score,
        from_score + step_score * (step_number - 1) as min_score
    from (
        select
            steps.*,
            {{ numbers_up_to('cast((to_score - from_score) / step_score as bigint) + 1') }}
                as step_number
        from steps
    ) as counted
    where from_score + step_score * (step_number - 1) <= to_score

),

fits_tried as (

    select
        thresholds.profile,
        cast(scores_tried.min_score as double) as min_fit_score
    from thresholds
    cross join scores_tried
    where scores_tried.score = 'fit'
    union
    select
        profile,
        cast(min_fit_score as double) as min_fit_score
    from thresholds

),

intents_tried as (

    select
        thresholds.profile,
        cast(scores_tried.min_score as double) as min_intent_score
    from thresholds
    cross join scores_tried
    where scores_tried.score = 'intent'
    union
    select
        profile,
        cast(min_intent_score as double) as min_intent_score
    from thresholds

),

final as (

    select
        fits_tried.profile,
        fits_tried.min_fit_score,
        intents_tried.min_intent_score,
        fits_tried.min_fit_score = cast(thresholds.min_fit_score as double)
        and intents_tried.min_intent_score = cast(thresholds.min_intent_score as double)
            as is_in_force
    from fits_tried
    inner join intents_tried
        on fits_tried.profile = intents_tried.profile
    inner join thresholds
        on fits_tried.profile = thresholds.profile

)

select * from final
