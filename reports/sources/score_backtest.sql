select
    backtest.horizon,
    backtest.outcome,
    backtest.method,
    masked(backtest.ranked_count, backtest.ranked_count) as ranked_count,
    masked(backtest.reached_rate, backtest.ranked_count) as reached_rate,
    masked(backtest.auc, backtest.ranked_count) as auc,
    masked(backtest.auc_from, backtest.ranked_count) as auc_from,
    masked(backtest.auc_to, backtest.ranked_count) as auc_to,
    masked(backtest.lift_at_top, backtest.ranked_count) as lift_at_top,
    masked(backtest.precision_at_top, backtest.ranked_count) as precision_at_top,
    masked(backtest.brier_score, backtest.ranked_count) as brier_score,
    backtest.assumed_rate
from marts.rpt_score_backtest as backtest
where backtest.scope = 'out_of_time'
order by backtest.horizon, backtest.outcome, backtest.auc desc
