-- Leads of a month as each method ranks them, counted by what it ranks by. Probabilities are those
-- that earlier months had taught.
with cases as (

    select * from {{ ref('int_outcomes_backtested') }}
    where standing = 'judged'

),

attributes as (

    select * from {{ ref('backtest_attributes') }}
    where is_in_naive_bayes

),

values_given as (

    select * from {{ ref('int_values_backtested') }}
    where
        value is not null
        and (
            kind = 'ranking'
            or name = 'source'
            or name in (select attributes.attribute from attributes)
        )

),

rates as (

    select * from {{ ref('int_rates_learned') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

-- Nothing is foretold until enough leads of both kinds have taught something.
taught as (

    select
        cases.lead_id,
        cases.horizon,
        cases.outcome,
        cases.scoring_month,
        cases.is_reached,
        cast(totals.lead_count as double) as all_count,
        cast(totals.reached_count as double) as all_reached,
        cast(totals.reached_count as double) / nullif(totals.lead_count, 0) as average_rate,
        cast(settings.prior_leads as double) as prior_leads,
        cast(settings.naive_bayes_prior as double) as prior_count,
        coalesce(
            totals.reached_count >= settings.min_positives
            and totals.lead_count - totals.reached_count >= settings.min_positives,
            false
        ) as is_taught
    from cases
    cross join settings
    left join rates as totals
        on
            cases.horizon = totals.horizon
            and cases.outcome = totals.outcome
            and totals.kind = 'all'
            and cases.scoring_month >= totals.valid_from_month
            and cases.scoring_month < totals.valid_to_month

),

with_values as (

    select
        taught.*,
        values_given.kind,
        values_given.name,
        values_given.rank_value,
        coalesce(cast(rates.lead_count as double), 0) as value_count,
        coalesce(cast(rates.reached_count as double), 0) as value_reached
    from taught
    inner join values_given
        on
            taught.lead_id = values_given.lead_id
            and taught.horizon = values_given.horizon
    left join rates
        on
            taught.horizon = rates.horizon
            and taught.outcome = rates.outcome
            and values_given.kind = rates.kind
            and values_given.name = rates.name
            and values_given.value = rates.value
            and taught.scoring_month >= rates.valid_from_month
            and taught.scoring_month < rates.valid_to_month

),

by_rate as (

    select
        lead_id,
        horizon,
        outcome,
        scoring_month,
        is_reached,
        is_taught,
        kind,
        name,
        rank_value,
        case
            when is_taught
                then
                    (value_reached + prior_leads * average_rate)
                    / nullif(value_count + prior_leads, 0)
        end as probability
    from with_values
    where kind = 'ranking' or name = 'source'

),

by_source as (

    select
        taught.lead_id,
        taught.horizon,
        taught.outcome,
        taught.scoring_month,
        taught.is_reached,
        taught.is_taught,
        'source_rate' as method,
        round(coalesce(by_rate.probability, taught.average_rate), 9) as rank_value,
        coalesce(by_rate.probability, taught.average_rate) as probability
    from taught
    left join by_rate
        on
            taught.lead_id = by_rate.lead_id
            and taught.horizon = by_rate.horizon
            and taught.outcome = by_rate.outcome
            and by_rate.kind = 'attribute'
    where taught.is_taught

),

-- As a CRM's predictive scoring has it: each known value speaks for itself, unseen ones do not.
odds as (

    select
        with_values.lead_id,
        with_values.horizon,
        with_values.outcome,
        sum(
            cast(
                ln(
                    (with_values.value_reached + with_values.prior_count)
                    / (with_values.all_reached + 2 * with_values.prior_count)
                )
                - ln(
                    (
                        with_values.value_count - with_values.value_reached
                        + with_values.prior_count
                    )
                    / (
                        with_values.all_count - with_values.all_reached
                        + 2 * with_values.prior_count
                    )
                ) as decimal(18, 9)
            )
        ) as log_odds
    from with_values
    inner join attributes
        on with_values.name = attributes.attribute
    where with_values.is_taught and with_values.value_count > 0
    group by with_values.lead_id, with_values.horizon, with_values.outcome

),

by_naive_bayes as (

    select
        taught.lead_id,
        taught.horizon,
        taught.outcome,
        taught.scoring_month,
        taught.is_reached,
        taught.is_taught,
        'naive_bayes' as method,
        1 / (
            1 + exp(
                -(
                    coalesce(cast(odds.log_odds as double), 0)
                    + ln(taught.all_reached / (taught.all_count - taught.all_reached))
                )
            )
        ) as probability
    from taught
    left join odds
        on
            taught.lead_id = odds.lead_id
            and taught.horizon = odds.horizon
            and taught.outcome = odds.outcome
    where taught.is_taught

),

unioned as (

    select
        horizon,
        outcome,
        scoring_month,
        is_reached,
        is_taught,
        name as method,
        rank_value,
        probability
    from by_rate
    where kind = 'ranking'
    union all
    select
        horizon,
        outcome,
        scoring_month,
        is_reached,
        is_taught,
        method,
        rank_value,
        probability
    from by_source
    union all
    select
        horizon,
        outcome,
        scoring_month,
        is_reached,
        is_taught,
        method,
        round(probability, 9) as rank_value,
        probability
    from by_naive_bayes

),

final as (

    select
        horizon,
        outcome,
        scoring_month,
        is_taught,
        method,
        rank_value,
        round(probability, 9) as probability,
        count(*) as lead_count,
        count(case when is_reached then 1 end) as reached_count
    from unioned
    group by
        horizon, outcome, scoring_month, is_taught, method, rank_value, round(probability, 9)

)

select * from final
