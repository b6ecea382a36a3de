with snapshots as (

    select * from {{ ref('int_open_deals_snapshotted') }}

),

win_chances as (

    select * from {{ ref('int_win_chances_estimated') }}

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

won_by_then as (

    select
        looks.origin_number,
        snapshots.final_amount,
        snapshots.amount_then
    from looks
    inner join snapshots
        on
            looks.origin_number < snapshots.origin_number
            and looks.origin_number <= snapshots.close_known_number
    where snapshots.status = 'won'

),

-- What a deal brought of the amount it had shown, and what one that had shown none brought.
amounts as (

    select
        looks.origin_number,
        sum(case when won_by_then.amount_then > 0 then won_by_then.final_amount end)
        / nullif(
            sum(
                case
                    when won_by_then.final_amount is not null and won_by_then.amount_then > 0
                        then won_by_then.amount_then
                end
            ), 0
        ) as kept_ratio,
        avg(
            case when won_by_then.amount_then is null then coalesce(won_by_then.final_amount, 0) end
        )
            as mean_unshown,
        avg(
            case
                when won_by_then.amount_then is null
                    then power(coalesce(won_by_then.final_amount, 0), 2)
            end
        ) as square_unshown,
        avg(won_by_then.final_amount) as mean_amount
    from looks
    left join won_by_then
        on looks.origin_number = won_by_then.origin_number
    group by looks.origin_number

),

spreads as (

    select
        amounts.origin_number,
        sum(power(won_by_then.final_amount - amounts.kept_ratio * won_by_then.amount_then, 2))
        / nullif(sum(power(won_by_then.amount_then, 2)), 0) as ratio_variance
    from amounts
    inner join won_by_then
        on amounts.origin_number = won_by_then.origin_number
    where won_by_then.amount_then > 0 and won_by_then.final_amount is not null
    group by amounts.origin_number

),

deals as (

    select
        snapshots.origin_number,
        snapshots.stage,
        snapshots.age_band,
        snapshots.is_known_at_assumed,
        case
            when snapshots.amount_then is not null
                then snapshots.amount_then * coalesce(amounts.kept_ratio, 1.0)
            else coalesce(amounts.mean_unshown, amounts.mean_amount)
        end as amount_if_won,
        case
            when snapshots.amount_then is not null
                then
                    power(snapshots.amount_then, 2)
                    * (
                        power(coalesce(amounts.kept_ratio, 1.0), 2)
                        + coalesce(spreads.ratio_variance, 0.0)
                    )
            else coalesce(amounts.square_unshown, 2.0 * power(amounts.mean_amount, 2))
        end as square_if_won
    from snapshots
    inner join amounts
        on snapshots.origin_number = amounts.origin_number
    left join spreads
        on snapshots.origin_number = spreads.origin_number

),

by_state as (

    select
        origin_number,
        stage,
        age_band,
        count(*) as deal_count,
        sum(cast(is_known_at_assumed as integer)) as assumed_count,
        sum(amount_if_won) as amount_if_won,
        sum(square_if_won) as square_if_won,
        sum(power(amount_if_won, 2)) as squared_amount
    from deals
    group by origin_number, stage, age_band

),

-- A deal is won or not, and brings more or less; and the chance itself is an estimate that all
-- deals of a state share.
final as (

    select
        by_state.origin_number,
        win_chances.period_number,
        sum(by_state.deal_count) as deal_count,
        sum(by_state.assumed_count) as assumed_count,
        sum(win_chances.win_chance * by_state.amount_if_won) as expected_amount,
        sum(
            win_chances.win_chance * by_state.square_if_won
            - power(win_chances.win_chance, 2) * by_state.squared_amount
            + power(by_state.amount_if_won, 2)
            * win_chances.win_chance * (1.0 - win_chances.win_chance)
            / (win_chances.deal_count + settings.prior_strength + 1.0)
        ) as variance
    from by_state
    inner join win_chances
        on
            by_state.origin_number = win_chances.origin_number
            and by_state.stage = win_chances.stage
            and by_state.age_band = win_chances.age_band
    cross join settings
    group by by_state.origin_number, win_chances.period_number

)

select * from final
