select
    backtest.horizon,
    backtest.outcome,
    backtest.method,
    masked(backtest.ranked_count, backtest.ranked_count) as ranked_count,
    masked_rate(backtest.auc, backtest.reached_count, backtest.ranked_count) as auc,
    masked_rate(backtest.auc_from, backtest.reached_count, backtest.ranked_count) as auc_from,
    masked_rate(backtest.auc_to, backtest.reached_count, backtest.ranked_count) as auc_to,
    masked_rate(
        backtest.lift_at_top,
        round(backtest.precision_at_top * backtest.top_count),
        backtest.ranked_count
    ) as lift_at_top,
    masked_rate(backtest.brier_score, backtest.reached_count, backtest.ranked_count) as brier_score
from marts.rpt_score_backtest as backtest
where backtest.scope = 'out_of_time'
order by backtest.horizon, backtest.outcome, backtest.auc desc
