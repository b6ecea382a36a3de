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

rankings as (

    select * from {{ ref('int_rankings_backtested') }}

),

-- Attributes are read anew for each question: an engine that keeps what is read twice would copy
-- all.
sources as (

    select
        lead_id,
        horizon,
        source as value
    from {{ ref('int_attributes_backtested') }}
    where source is not null

),

attributes_given as (

    select * from {{ ref('int_attributes_backtested') }}

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

-- Leads are counted by what they are ranked by before rates are looked up, which are the same for
-- all of them.
rankings_counted as (

    select
        taught.horizon,
        taught.outcome,
        taught.scoring_month,
        taught.is_taught,
        taught.average_rate,
        taught.prior_leads,
        'ranking' as kind,
        rankings.name,
        rankings.value,
        rankings.rank_value,
        count(*) as lead_count,
        count(case when taught.is_reached then 1 end) as reached_count
    from taught
    inner join rankings
        on
            taught.lead_id = rankings.lead_id
            and taught.horizon = rankings.horizon
    group by
        taught.horizon,
        taught.outcome,
        taught.scoring_month,
        taught.is_taught,
        taught.average_rate,
        taught.prior_leads,
        rankings.name,
        rankings.value,
        rankings.rank_value

),

-- Of whom no source is known, the average is foretold.
sources_counted as (

    select
        taught.horizon,
        taught.outcome,
        taught.scoring_month,
        taught.is_taught,
        taught.average_rate,
        taught.prior_leads,
        'attribute' as kind,
        'source' as name,
        sources.value,
        cast(null as double) as rank_value,
        count(*) as lead_count,
        count(case when taught.is_reached then 1 end) as reached_count
    from taught
    left join sources
        on
            taught.lead_id = sources.lead_id
            and taught.horizon = sources.horizon
    where taught.is_taught
    group by
        taught.horizon,
        taught.outcome,
        taught.scoring_month,
        taught.is_taught,
        taught.average_rate,
        taught.prior_leads,
        sources.value

),

counted as (

    select * from rankings_counted
    union all
    select * from sources_counted

),

by_rate as (

    select
        counted.*,
        case
            when counted.is_taught and counted.value is not null
                then
                    (
                        coalesce(cast(rates.reached_count as double), 0)
                        + counted.prior_leads * counted.average_rate
                    )
                    / nullif(
                        coalesce(cast(rates.lead_count as double), 0) + counted.prior_leads, 0
                    )
        end as probability
    from counted
    left join rates
        on
            counted.horizon = rates.horizon
            and counted.outcome = rates.outcome
            and counted.kind = rates.kind
            and counted.name = rates.name
            and counted.value = rates.value
            and counted.scoring_month >= rates.valid_from_month
            and counted.scoring_month < rates.valid_to_month

),

taught_with_attributes as (

    select
        taught.outcome,
        taught.all_count,
        taught.all_reached,
        taught.prior_count,
        attributes_given.*
    from taught
    inner join attributes_given
        on
            taught.lead_id = attributes_given.lead_id
            and taught.horizon = attributes_given.horizon
    where taught.is_taught

),

values_of_attributes as (

    {{ attribute_values(
        'taught_with_attributes',
        [
            'lead_id', 'horizon', 'outcome', 'scoring_month', 'all_count', 'all_reached',
            'prior_count',
        ]
    ) }}

),

with_odds as (

    select
        values_of_attributes.lead_id,
        values_of_attributes.horizon,
        values_of_attributes.outcome,
        values_of_attributes.all_count,
        values_of_attributes.all_reached,
        values_of_attributes.prior_count,
        cast(rates.lead_count as double) as value_count,
        cast(rates.reached_count as double) as value_reached
    from values_of_attributes
    inner join attributes
        on values_of_attributes.name = attributes.attribute
    left join rates
        on
            values_of_attributes.horizon = rates.horizon
            and values_of_attributes.outcome = rates.outcome
            and rates.kind = 'attribute'
            and values_of_attributes.name = rates.name
            and values_of_attributes.value = rates.value
            and values_of_attributes.scoring_month >= rates.valid_from_month
            and values_of_attributes.scoring_month < rates.valid_to_month
    where values_of_attributes.value is not null

),

-- As a CRM's predictive scoring has it: each known value speaks for itself, unseen ones do not.
odds as (

    select
        lead_id,
        horizon,
        outcome,
        sum(
            case
                when value_count > 0
                    then
                        cast(
                            ln(
                                (value_reached + prior_count) / (all_reached + 2 * prior_count)
                            )
                            - ln(
                                (value_count - value_reached + prior_count)
                                / (all_count - all_reached + 2 * prior_count)
                            ) as decimal(18, 9)
                        )
            end
        ) as log_odds
    from with_odds
    group by lead_id, horizon, outcome

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

foretold as (

    select
        horizon,
        outcome,
        scoring_month,
        is_taught,
        method,
        round(probability, 9) as probability,
        count(*) as lead_count,
        count(case when is_reached then 1 end) as reached_count
    from by_naive_bayes
    group by horizon, outcome, scoring_month, is_taught, method, round(probability, 9)

),

unioned as (

    select
        horizon,
        outcome,
        scoring_month,
        is_taught,
        name as method,
        rank_value,
        round(probability, 9) as probability,
        lead_count,
        reached_count
    from by_rate
    where kind = 'ranking'
    union all
    select
        horizon,
        outcome,
        scoring_month,
        is_taught,
        'source_rate' as method,
        round(coalesce(probability, average_rate), 9) as rank_value,
        round(coalesce(probability, average_rate), 9) as probability,
        lead_count,
        reached_count
    from by_rate
    where kind = 'attribute'
    union all
    select
        horizon,
        outcome,
        scoring_month,
        is_taught,
        method,
        probability as rank_value,
        probability,
        lead_count,
        reached_count
    from foretold

),

final as (

    select
        horizon,
        outcome,
        scoring_month,
        is_taught,
        method,
        rank_value,
        probability,
        cast(sum(lead_count) as bigint) as lead_count,
        cast(sum(reached_count) as bigint) as reached_count
    from unioned
    group by horizon, outcome, scoring_month, is_taught, method, rank_value, probability

)

select * from final
