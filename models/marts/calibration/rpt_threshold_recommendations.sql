with evaluated as (

    select * from {{ ref('int_thresholds_evaluated') }}

),

-- Among the pairs that the team can handle the one that is worth most, and of those worth the same
-- the one with the least work; where no pair fits, the one with the least work.
placed as (

    select
        *,
        row_number() over (
            partition by evaluated_at, is_current, profile
            order by
                case when utilization_rate <= 1 then 0 else 1 end asc,
                case when utilization_rate <= 1 then coalesce(won_value, 0) else 0 end desc,
                mql_count asc,
                min_fit_score desc,
                min_intent_score desc
        ) as place
    from evaluated

),

best as (

    select * from placed
    where place = 1

),

in_force as (

    select * from placed
    where is_in_force

),

weighed as (

    select
        best.*,
        in_force.min_fit_score as min_fit_score_in_force,
        in_force.min_intent_score as min_intent_score_in_force,
        in_force.won_value as won_value_in_force,
        in_force.mqls_per_week as mqls_per_week_in_force,
        in_force.utilization_rate as utilization_rate_in_force,
        in_force.won_count as known_won_count,
        in_force.won_judged_count as known_judged_count,
        best.won_value - in_force.won_value as value_gain,
        best.confidence_z * coalesce(best.value_of_one_won, 0)
        * sqrt(best.gained_won_count + best.lost_won_count) as value_gain_margin
    from best
    inner join in_force
        on
            best.evaluated_at = in_force.evaluated_at
            and best.is_current = in_force.is_current
            and best.profile = in_force.profile

),

decided as (

    select
        *,
        case
            when known_won_count < min_positives then 'too_few'
            when utilization_rate_in_force is null then 'no_capacity_known'
            when
                min_fit_score = min_fit_score_in_force
                and min_intent_score = min_intent_score_in_force
                then 'same'
            when utilization_rate_in_force > 1 then 'over_capacity'
            when value_gain > value_gain_margin then 'more_value'
            else 'within_noise'
        end as reason
    from weighed

),

final as (

    select
        {{ surrogate_key(['profile', 'evaluated_at', 'is_current']) }}
            as threshold_recommendation_id,
        profile,
        cast(evaluated_at as timestamp) as evaluated_at,
        is_current,
        case when reason in ('over_capacity', 'more_value') then 'change' else 'keep' end
            as recommendation,
        reason,
        case
            when reason in ('over_capacity', 'more_value') then min_fit_score
            else min_fit_score_in_force
        end as recommended_fit_score,
        case
            when reason in ('over_capacity', 'more_value') then min_intent_score
            else min_intent_score_in_force
        end as recommended_intent_score,
        min_fit_score as best_fit_score,
        min_intent_score as best_intent_score,
        min_fit_score_in_force,
        min_intent_score_in_force,
        cast(known_judged_count as bigint) as known_judged_count,
        cast(known_won_count as bigint) as known_won_count,
        cast(greatest(min_positives - known_won_count, 0) as bigint) as missing_won_count,
        mqls_per_week as best_mqls_per_week,
        mqls_per_week_in_force,
        utilization_rate as best_utilization_rate,
        utilization_rate_in_force,
        won_value as best_won_value_per_week,
        won_value_in_force as won_value_per_week_in_force,
        cast(gained_won_count as bigint) as gained_won_count,
        cast(lost_won_count as bigint) as lost_won_count,
        value_gain as value_gain_per_week,
        value_gain - value_gain_margin as value_gain_per_week_from,
        value_gain + value_gain_margin as value_gain_per_week_to
    from decided

)

select * from final
