with opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

opportunity_records as (

    select * from {{ ref('stg_files__opportunities') }}

),

amounts as (

    select * from {{ ref('int_amounts_converted') }}
    where table_name = 'opportunities'

),

origins as (

    select * from {{ ref('int_forecast_origins_dated') }}

),

-- Of a first load nobody knows when it was told: it counts as told when it happened.
told as (

    select
        opportunities.opportunity_id,
        min(opportunity_records.known_at) as first_known_at,
        min(
            case
                when opportunity_records.status in ('won', 'lost')
                    then
                        case
                            when opportunity_records.is_known_at_assumed
                                then coalesce(opportunities.closed_at, opportunity_records.known_at)
                            else opportunity_records.known_at
                        end
            end
        ) as close_known_at
    from opportunities
    inner join opportunity_records
        on opportunities.opportunity_id = opportunity_records.opportunity_id
    group by opportunities.opportunity_id

),

dated as (

    select
        opportunities.opportunity_id,
        opportunities.status,
        opportunities.is_known_at_assumed,
        opportunities.created_at,
        opportunities.closed_at,
        amounts.reporting_amount,
        amounts.exchange_rate,
        greatest(opportunities.created_at, told.first_known_at) as opened_known_at,
        case
            when opportunities.status in ('won', 'lost')
                then greatest(opportunities.closed_at, told.close_known_at)
        end as close_known_at
    from opportunities
    inner join told
        on opportunities.opportunity_id = told.opportunity_id
    left join amounts
        on opportunities.opportunity_id = amounts.record_id

),

-- The first origin at which something had happened, or was known.
final as (

    select
        dated.opportunity_id,
        dated.status,
        dated.is_known_at_assumed,
        dated.created_at,
        dated.reporting_amount,
        dated.exchange_rate,
        max(case when dated.opened_known_at <= origins.origin_at then origins.origin_number end)
            as opened_number,
        max(case when dated.closed_at <= origins.origin_at then origins.origin_number end)
            as closed_number,
        max(case when dated.close_known_at <= origins.origin_at then origins.origin_number end)
            as close_known_number
    from dated
    cross join origins
    group by
        dated.opportunity_id,
        dated.status,
        dated.is_known_at_assumed,
        dated.created_at,
        dated.reporting_amount,
        dated.exchange_rate

)

select * from final
