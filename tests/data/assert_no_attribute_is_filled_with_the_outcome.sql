-- A first load shows today's values: one that tells nearly all of what came of a lead was filled then
-- and must not score leads of the past. Where it is known at last, map its known-at column; where it
-- is not, say `outcome` in backtest_attributes.csv, or `verified` after having made sure.
select
    attribute,
    outcome,
    auc,
    purest_rate_from,
    assumed_rate
from {{ ref('rpt_attribute_leaks') }}
where is_leak
