select
    reliability.horizon,
    reliability.outcome,
    reliability.method,
    reliability.bin_number,
    masked(reliability.lead_count, reliability.lead_count) as lead_count,
    masked(reliability.mean_probability, reliability.lead_count) as mean_probability,
    masked_rate(reliability.reached_rate, reliability.reached_count, reliability.lead_count)
        as reached_rate,
    masked_rate(reliability.reached_rate_from, reliability.reached_count, reliability.lead_count)
        as reached_rate_from,
    masked_rate(reliability.reached_rate_to, reliability.reached_count, reliability.lead_count)
        as reached_rate_to
from marts.rpt_score_reliability as reliability
order by reliability.horizon, reliability.outcome, reliability.method, reliability.bin_number
