with measured as (

    select * from {{ ref('int_backtests_measured') }}

),

standings as (

    select * from {{ ref('int_backtest_standings_counted') }}

),

methods as (

    select distinct
        horizon,
        outcome,
        method
    from measured

),

-- A month whose leads are all immature is a row all the same.
final as (

    select
        {{ surrogate_key([
            'standings.horizon', 'standings.outcome', 'standings.scope',
            'standings.scoring_month', 'methods.method',
        ]) }} as score_backtest_id,
        standings.horizon,
        standings.outcome,
        standings.scope,
        standings.scoring_month,
        methods.method,
        cast(standings.judged_count as bigint) as judged_count,
        cast(standings.immature_count as bigint) as immature_count,
        cast(standings.reached_before_count as bigint) as reached_before_count,
        cast(standings.unknown_count as bigint) as unknown_count,
        cast(standings.assumed_count as double)
        / nullif(standings.judged_count, 0) as assumed_rate,
        cast(coalesce(measured.ranked_count, 0) as bigint) as ranked_count,
        cast(coalesce(measured.reached_count, 0) as bigint) as reached_count,
        measured.reached_count / nullif(measured.ranked_count, 0) as reached_rate,
        cast(measured.auc as double) as auc,
        case
            when measured.auc_error is not null
                then greatest(measured.auc - measured.confidence_z * measured.auc_error, 0)
        end as auc_from,
        case
            when measured.auc_error is not null
                then least(measured.auc + measured.confidence_z * measured.auc_error, 1)
        end as auc_to,
        cast(measured.top_count as bigint) as top_count,
        cast(measured.capacity_count as bigint) as capacity_count,
        cast(measured.reached_at_capacity as double) / nullif(measured.capacity_count, 0)
            as precision_at_capacity,
        cast(measured.reached_at_top as double) / nullif(measured.top_count, 0)
            as precision_at_top,
        cast(measured.reached_at_top as double) / nullif(measured.top_count, 0)
        / nullif(measured.reached_count / nullif(measured.ranked_count, 0), 0)
            as lift_at_top,
        cast(coalesce(measured.foretold_count, 0) as bigint) as foretold_count,
        cast(measured.squared_error as double) / nullif(measured.foretold_count, 0)
            as brier_score
    from standings
    inner join methods
        on
            standings.horizon = methods.horizon
            and standings.outcome = methods.outcome
    left join measured
        on
            standings.horizon = measured.horizon
            and standings.outcome = measured.outcome
            and standings.scope = measured.scope
            and standings.scoring_month is not distinct from measured.scoring_month
            and methods.method = measured.method

)

select * from final
