with days as (

    select
        *,
        cast(at_risk_count as double) as n,
        cast(converted_count as double) as events,
        cast(converted_count + ended_count as double) as exits
    from {{ ref('int_step_exits_counted') }}

),

-- Share of leads still on their way just before a day, and what of them converts on it.
steps_down as (

    select
        *,
        exp(coalesce(sum(ln(nullif(1 - exits / nullif(n, 0), 0))) over before_day, 0))
            as share_before
    from days
    window
        before_day as (
            partition by curve_key
            order by curve_day
            rows between unbounded preceding and 1 preceding
        )

),

steps_up as (

    select
        *,
        sum(coalesce(share_before * events / nullif(n, 0), 0)) over so_far as incidence,
        sum(coalesce(share_before * (exits - events) / nullif(n, 0), 0)) over so_far
            as ended_incidence
    from steps_down
    window
        so_far as (
            partition by curve_key
            order by curve_day
            rows between unbounded preceding and current row
        )

),

-- Greenwood's terms; on a day that all at risk leave, the first weighs nothing any more.
terms as (

    select
        *,
        coalesce(exits / nullif(n * (n - exits), 0), 0) as left_term,
        coalesce(share_before * events / nullif(n * n, 0), 0) as converted_term,
        coalesce(
            share_before * share_before * events * (n - events) / nullif(n * n * n, 0), 0
        ) as own_term
    from steps_up

),

-- Σ (I(t) − I(tᵢ))² · left − 2 Σ (I(t) − I(tᵢ)) · converted + Σ own, each square multiplied out.
varied as (

    select
        *,
        incidence * incidence * sum(left_term) over so_far
        - 2 * incidence * sum(left_term * incidence) over so_far
        + sum(left_term * incidence * incidence) over so_far
        - 2 * incidence * sum(converted_term) over so_far
        + 2 * sum(converted_term * incidence) over so_far
        + sum(own_term) over so_far as variance
    from terms
    window
        so_far as (
            partition by curve_key
            order by curve_day
            rows between unbounded preceding and current row
        )

),

-- The band is one of ln(−ln I), so that it stays between 0 and 1: 1.96 covers 95 %.
banded as (

    select
        *,
        sqrt(greatest(variance, 0)) as standard_error,
        1.959963984540054 * sqrt(greatest(variance, 0))
        / nullif(incidence * ln(nullif(least(incidence, 1), 0)), 0) as reach
    from varied

),

-- Rounded, so that the last bits of a sum over threads do not change from run to run.
final as (

    select
        {{ surrogate_key(['curve_key', 'curve_day']) }} as conversion_curve_id,
        basis,
        from_stage,
        to_stage,
        dimension,
        segment,
        curve_day,
        window_days,
        curve_day = window_days as is_window_end,
        entered_count,
        at_risk_count,
        converted_count,
        ended_count,
        round(incidence, 12) as incidence,
        round(ended_incidence, 12) as ended_incidence,
        round(standard_error, 9) as standard_error,
        round(power(incidence, exp(-reach)), 9) as incidence_lower,
        round(power(incidence, exp(reach)), 9) as incidence_upper
    from banded
    where exits > 0 or curve_day = window_days or left_count = at_risk_count

)

select * from final
