with snapshots as (

    select * from {{ ref('int_open_deals_snapshotted') }}

),

settings as (

    select * from {{ ref('forecast') }}

),

counted as (

    select
        origin_number,
        stage,
        age_band,
        case when status = 'won' then origin_number - closed_number end as won_in_period,
        close_known_number,
        count(*) as deal_count
    from snapshots
    group by
        origin_number,
        stage,
        age_band,
        case when status = 'won' then origin_number - closed_number end,
        close_known_number

),

origins as (

    select distinct origin_number from snapshots

),

periods as (

    select {{ numbers_up_to(3) }} as period_number

),

looks as (

    select
        origins.origin_number,
        periods.period_number
    from origins
    cross join settings
    cross join periods
    where origins.origin_number <= settings.backtest_months

),

-- A past snapshot teaches once its period is over; a win of which nobody knew yet is none.
learned as (

    select
        looks.origin_number,
        looks.period_number,
        counted.stage,
        counted.age_band,
        sum(counted.deal_count) as deal_count,
        sum(
            case
                when
                    counted.won_in_period = looks.period_number
                    and counted.close_known_number >= looks.origin_number
                    then counted.deal_count
                else 0
            end
        ) as won_count
    from looks
    inner join counted
        on counted.origin_number >= looks.origin_number + looks.period_number
    group by
        looks.origin_number,
        looks.period_number,
        counted.stage,
        counted.age_band

),

overall as (

    select
        origin_number,
        period_number,
        sum(won_count) / nullif(cast(sum(deal_count) as double), 0) as win_rate
    from learned
    group by origin_number, period_number

),

by_stage as (

    select
        learned.origin_number,
        learned.period_number,
        learned.stage,
        (sum(learned.won_count) + max(settings.prior_strength) * max(overall.win_rate))
        / nullif(sum(learned.deal_count) + max(settings.prior_strength), 0) as win_rate
    from learned
    inner join overall
        on
            learned.origin_number = overall.origin_number
            and learned.period_number = overall.period_number
    cross join settings
    group by learned.origin_number, learned.period_number, learned.stage

),

cells as (

    select distinct
        stage,
        age_band
    from counted

),

-- A stage leans on all stages and an age on its stage, the more the fewer deals it has seen.
final as (

    select
        overall.origin_number,
        overall.period_number,
        cells.stage,
        cells.age_band,
        coalesce(learned.deal_count, 0) as deal_count,
        coalesce(learned.won_count, 0) as won_count,
        (
            coalesce(learned.won_count, 0)
            + settings.prior_strength * coalesce(by_stage.win_rate, overall.win_rate)
        )
        / nullif(coalesce(learned.deal_count, 0) + settings.prior_strength, 0)
            as win_chance
    from overall
    cross join cells
    cross join settings
    left join by_stage
        on
            overall.origin_number = by_stage.origin_number
            and overall.period_number = by_stage.period_number
            and cells.stage = by_stage.stage
    left join learned
        on
            overall.origin_number = learned.origin_number
            and overall.period_number = learned.period_number
            and cells.stage = learned.stage
            and cells.age_band = learned.age_band

)

select * from final
