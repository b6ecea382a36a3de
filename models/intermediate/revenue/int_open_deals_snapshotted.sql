with outcomes as (

    select * from {{ ref('int_deal_outcomes_dated') }}

),

origins as (

    select * from {{ ref('int_forecast_origins_dated') }}

),

stage_changes as (

    select * from {{ ref('int_opportunity_stage_changes_resolved') }}

),

opportunity_records as (

    select * from {{ ref('stg_files__opportunities') }}
    where position('|amount|' in mapped_columns) > 0 and not is_known_at_assumed

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

ages as (

    select * from {{ ref('forecast_ages') }}

),

open_then as (

    select
        outcomes.*,
        origins.origin_number,
        origins.origin_at
    from outcomes
    inner join origins
        on
            outcomes.opened_number >= origins.origin_number
            and coalesce(outcomes.close_known_number, -1) < origins.origin_number
    where outcomes.created_at is not null

),

last_changes as (

    select
        open_then.opportunity_id,
        open_then.origin_number,
        stage_changes.stage,
        stage_changes.changed_at,
        stage_changes.amount,
        stage_changes.expected_close_date,
        row_number() over (
            partition by open_then.opportunity_id, open_then.origin_number
            order by stage_changes.changed_at desc, stage_changes.stage asc
        ) as place
    from open_then
    inner join stage_changes
        on
            open_then.opportunity_id = stage_changes.opportunity_id
            and open_then.origin_at >= stage_changes.changed_at
            and open_then.origin_at >= stage_changes.known_at

),

last_records as (

    select
        open_then.opportunity_id,
        open_then.origin_number,
        opportunity_records.amount,
        row_number() over (
            partition by open_then.opportunity_id, open_then.origin_number
            order by {{ record_order('desc', 'updated_at') }}
        ) as place
    from open_then
    inner join opportunity_records
        on
            open_then.opportunity_id = opportunity_records.opportunity_id
            and open_then.origin_at >= opportunity_records.known_at

),

-- An export shows today's values: without a history, the amount of a deal that has closed since
-- says how it ended, so only a deal that is open today lends its own.
described as (

    select
        open_then.origin_number,
        open_then.opportunity_id,
        open_then.status,
        open_then.is_known_at_assumed,
        open_then.closed_number,
        open_then.close_known_number,
        open_then.reporting_amount as final_amount,
        coalesce(last_changes.stage, 'open') as stage,
        {{ days_between(
            'coalesce(last_changes.changed_at, open_then.created_at)', 'open_then.origin_at'
        ) }} as days_in_stage,
        cast(
            coalesce(
                last_changes.amount,
                last_records.amount,
                case when opportunities.status = 'open' then opportunities.amount end
            ) as double
        ) * open_then.exchange_rate as amount_then,
        coalesce(
            last_changes.expected_close_date,
            case when opportunities.status = 'open' then opportunities.expected_close_date end
        ) as expected_close_date
    from open_then
    inner join opportunities
        on open_then.opportunity_id = opportunities.opportunity_id
    left join last_changes
        on
            open_then.opportunity_id = last_changes.opportunity_id
            and open_then.origin_number = last_changes.origin_number
            and last_changes.place = 1
    left join last_records
        on
            open_then.opportunity_id = last_records.opportunity_id
            and open_then.origin_number = last_records.origin_number
            and last_records.place = 1

),

final as (

    select
        described.origin_number,
        described.opportunity_id,
        described.status,
        described.is_known_at_assumed,
        described.closed_number,
        described.close_known_number,
        cast(described.final_amount as double) as final_amount,
        described.stage,
        ages.age_band,
        described.amount_then,
        described.expected_close_date
    from described
    inner join ages
        on
            described.days_in_stage >= ages.min_days
            and (ages.max_days is null or described.days_in_stage < ages.max_days)

)

select * from final
