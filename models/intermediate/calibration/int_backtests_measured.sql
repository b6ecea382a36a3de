-- How well each method ranks and foretells, by month of scoring and over all months out of time.
with ranked as (

    select * from {{ ref('int_backtests_ranked') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

team as (

    select sum(weekly_places) as weekly_places
    from {{ ref('int_team_hours_counted') }}
    where task = 'mql'

),

-- All months together are judged only where something had been learned before, so that each method
-- is judged on the same leads.
scoped as (

    select
        horizon,
        outcome,
        scoring_month,
        scoring_month as month_scored,
        'month' as scope,
        method,
        rank_value,
        lead_count,
        reached_count,
        probability
    from ranked
    union all
    select
        horizon,
        outcome,
        cast(null as date) as scoring_month,
        scoring_month as month_scored,
        'out_of_time' as scope,
        method,
        rank_value,
        lead_count,
        reached_count,
        probability
    from ranked
    where is_taught

),

values_counted as (

    select
        horizon,
        outcome,
        scope,
        scoring_month,
        method,
        rank_value,
        cast(sum(lead_count) as double) as lead_count,
        cast(sum(reached_count) as double) as reached_count,
        cast(sum(case when probability is not null then lead_count end) as double)
            as foretold_count,
        sum(
            cast(
                reached_count * (1 - probability) * (1 - probability)
                + (lead_count - reached_count) * probability * probability
                as decimal(38, 12)
            )
        ) as squared_error
    from scoped
    group by horizon, outcome, scope, scoring_month, method, rank_value

),

-- Who did not reach it and stands below, with half of those who stand level: the share of them is
-- what a lead that did reach it is worth in the area under the curve.
placed as (

    select
        *,
        sum(lead_count) over all_of_it as ranked_count,
        sum(reached_count) over all_of_it as all_reached,
        sum(lead_count - reached_count) over all_of_it as all_others,
        sum(lead_count) over from_top - lead_count as above_count,
        sum(lead_count - reached_count) over from_bottom
        - (lead_count - reached_count) / 2 as others_below,
        sum(reached_count) over from_top - reached_count / 2 as reached_above
    from values_counted
    window
        all_of_it as (partition by horizon, outcome, scope, scoring_month, method),
        from_top as (
            partition by horizon, outcome, scope, scoring_month, method
            order by rank_value desc
        ),
        from_bottom as (
            partition by horizon, outcome, scope, scoring_month, method
            order by rank_value asc
        )

),

months_scoped as (

    select
        horizon,
        outcome,
        scope,
        scoring_month,
        method,
        count(distinct month_scored) as month_count
    from scoped
    group by horizon, outcome, scope, scoring_month, method

),

with_top as (

    select
        placed.*,
        cast(settings.confidence_z as double) as confidence_z,
        ceil(round(cast(settings.top_rate as double) * placed.ranked_count, 6)) as top_count,
        placed.others_below / nullif(placed.all_others, 0) as worth_of_reached,
        -- What the team has places for in as many months.
        floor(team.weekly_places * months_scoped.month_count * 52 / 12.0) as capacity_count,
        placed.reached_above / nullif(placed.all_reached, 0) as worth_of_others
    from placed
    cross join settings
    cross join team
    inner join months_scoped
        on
            placed.horizon = months_scoped.horizon
            and placed.outcome = months_scoped.outcome
            and placed.scope = months_scoped.scope
            and placed.scoring_month is not distinct from months_scoped.scoring_month
            and placed.method = months_scoped.method

),

summed as (

    select
        horizon,
        outcome,
        scope,
        scoring_month,
        method,
        max(confidence_z) as confidence_z,
        max(ranked_count) as ranked_count,
        max(all_reached) as reached_count,
        max(all_others) as others_count,
        max(top_count) as top_count,
        least(max(capacity_count), max(ranked_count)) as capacity_count,
        -- Of leads that stand level at the cut, as many as one would draw.
        sum(
            cast(
                reached_count * least(greatest(top_count - above_count, 0), lead_count)
                / lead_count as decimal(38, 12)
            )
        ) as reached_at_top,
        sum(
            cast(
                reached_count * least(greatest(capacity_count - above_count, 0), lead_count)
                / lead_count as decimal(38, 12)
            )
        ) as reached_at_capacity,
        sum(cast(reached_count * worth_of_reached as decimal(38, 12)))
        / nullif(max(all_reached), 0) as auc,
        sum(cast(reached_count * worth_of_reached * worth_of_reached as decimal(38, 12)))
            as worth_squared_of_reached,
        sum(
            cast(
                (lead_count - reached_count) * worth_of_others * worth_of_others
                as decimal(38, 12)
            )
        ) as worth_squared_of_others,
        sum(foretold_count) as foretold_count,
        sum(squared_error) as squared_error
    from with_top
    group by horizon, outcome, scope, scoring_month, method

),

-- DeLong's: the spread of what each lead is worth. A single lead of a kind has none.
final as (

    select
        *,
        case
            when reached_count > 1 and others_count > 1
                then
                    round(
                        sqrt(
                            greatest(
                                (
                                    cast(worth_squared_of_reached as double)
                                    - reached_count * auc * auc
                                )
                                / (reached_count - 1) / reached_count
                                + (
                                    cast(worth_squared_of_others as double)
                                    - others_count * auc * auc
                                )
                                / (others_count - 1) / others_count,
                                cast(0 as double)
                            )
                        ),
                        12
                    )
        end as auc_error
    from summed

)

select * from final
