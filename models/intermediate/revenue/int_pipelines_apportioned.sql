with snapshots as (

    select * from {{ ref('int_open_deals_snapshotted') }}

),

origins as (

    select * from {{ ref('int_forecast_origins_dated') }}

),

settings as (

    select * from {{ ref('forecast') }}

),

looks as (

    select
        origins.origin_number,
        origins.origin_at
    from origins
    cross join settings
    where origins.origin_number <= settings.backtest_months

),

closed_by_then as (

    select distinct
        looks.origin_number,
        snapshots.stage,
        snapshots.opportunity_id,
        snapshots.status,
        snapshots.final_amount
    from looks
    inner join snapshots
        on
            looks.origin_number < snapshots.origin_number
            and looks.origin_number <= snapshots.close_known_number

),

stage_rates as (

    select
        origin_number,
        stage,
        avg(case when status = 'won' then 1.0 else 0.0 end) as win_rate
    from closed_by_then
    group by origin_number, stage

),

-- Without regard to the stage, for stages that nothing has closed from yet.
all_rates as (

    select
        origin_number,
        avg(case when status = 'won' then 1.0 else 0.0 end) as win_rate,
        avg(case when status = 'won' then final_amount end) as mean_amount
    from (
        select distinct
            origin_number,
            opportunity_id,
            status,
            final_amount
        from closed_by_then
    ) as closed
    group by origin_number

),

weighted as (

    select
        snapshots.origin_number,
        looks.origin_at,
        snapshots.expected_close_date,
        coalesce(snapshots.amount_then, all_rates.mean_amount)
        * coalesce(stage_rates.win_rate, all_rates.win_rate) as weighted_amount
    from looks
    inner join snapshots
        on looks.origin_number = snapshots.origin_number
    inner join all_rates
        on looks.origin_number = all_rates.origin_number
    left join stage_rates
        on
            snapshots.origin_number = stage_rates.origin_number
            and snapshots.stage = stage_rates.stage

),

periods as (

    select {{ numbers_up_to(3) }} as period_number

),

-- What is overdue is expected in the first month; without a date, a third in each.
final as (

    select
        weighted.origin_number,
        periods.period_number,
        sum(
            case
                when weighted.expected_close_date is null then weighted.weighted_amount / 3
                when
                    weighted.expected_close_date
                    < {{ dbt.dateadd('month', 'periods.period_number', 'weighted.origin_at') }}
                    and (
                        periods.period_number = 1
                        or weighted.expected_close_date
                        >= {{ dbt.dateadd(
                            'month', 'periods.period_number - 1', 'weighted.origin_at'
                        ) }}
                    )
                    then weighted.weighted_amount
                else 0.0
            end
        ) as weighted_amount
    from weighted
    cross join periods
    group by weighted.origin_number, periods.period_number

)

select * from final
