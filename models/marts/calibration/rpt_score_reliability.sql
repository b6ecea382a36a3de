with ranked as (

    select * from {{ ref('int_backtests_ranked') }}
    where probability is not null

),

settings as (

    select * from {{ ref('calibration') }}

),

by_probability as (

    select
        horizon,
        outcome,
        method,
        probability,
        sum(lead_count) as lead_count,
        sum(reached_count) as reached_count
    from ranked
    group by horizon, outcome, method, probability

),

placed as (

    select
        *,
        sum(lead_count) over (
            partition by horizon, outcome, method
            order by probability
        ) - lead_count / 2.0 as middle_place,
        sum(lead_count) over (partition by horizon, outcome, method) as all_count
    from by_probability

),

-- Bins of about as many leads each; who has the same probability is in the same one.
binned as (

    select
        placed.*,
        cast(settings.confidence_z as double) as confidence_z,
        cast(
            least(
                floor(placed.middle_place * settings.reliability_bins / placed.all_count) + 1,
                settings.reliability_bins
            ) as bigint
        ) as bin_number
    from placed
    cross join settings

),

summed as (

    select
        horizon,
        outcome,
        method,
        bin_number,
        max(confidence_z) as confidence_z,
        min(probability) as probability_from,
        max(probability) as probability_to,
        cast(sum(cast(probability * lead_count as decimal(38, 9))) as double)
        / nullif(sum(lead_count), 0) as mean_probability,
        cast(sum(lead_count) as bigint) as lead_count,
        cast(sum(reached_count) as bigint) as reached_count
    from binned
    group by horizon, outcome, method, bin_number

),

final as (

    select
        {{ surrogate_key(['horizon', 'outcome', 'method', 'bin_number']) }}
            as score_reliability_id,
        horizon,
        outcome,
        method,
        bin_number,
        cast(probability_from as double) as probability_from,
        cast(probability_to as double) as probability_to,
        mean_probability,
        lead_count,
        reached_count,
        cast(reached_count as double) / nullif(lead_count, 0) as reached_rate,
        {{ wilson_bound('reached_count', 'lead_count', 'confidence_z', '-') }}
            as reached_rate_from,
        {{ wilson_bound('reached_count', 'lead_count', 'confidence_z', '+') }}
            as reached_rate_to
    from summed

)

select * from final
