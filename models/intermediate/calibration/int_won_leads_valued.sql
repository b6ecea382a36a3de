-- Leads won within reach of the backtest: their profile at the time, and the worth of their deals
-- in the reporting currency.
with reached as (

    select * from {{ ref('int_outcomes_reached') }}
    where outcome = 'won'

),

fit_scores as (

    select * from {{ ref('int_fit_scored') }}
    where place = 1

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}
    where status = 'won' and lead_id is not null

),

amounts as (

    select * from {{ ref('int_amounts_converted') }}
    where table_name = 'opportunities'

),

settings as (

    select * from {{ ref('calibration') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- What has no exchange rate is worth nothing known, rather than added up as if it were of another.
deals as (

    select
        opportunities.lead_id,
        sum(amounts.reporting_amount) as won_amount
    from opportunities
    left join amounts
        on opportunities.opportunity_id = amounts.record_id
    group by opportunities.lead_id

),

final as (

    select
        reached.lead_id,
        reached.reached_at as won_at,
        fit_scores.profile,
        cast(deals.won_amount as decimal(18, 4)) as won_amount
    from reached
    cross join refresh_context
    cross join settings
    left join fit_scores
        on
            reached.lead_id = fit_scores.lead_id
            and reached.reached_at >= fit_scores.valid_from
            and reached.reached_at < {{ open_end('fit_scores.valid_to') }}
    left join deals
        on reached.lead_id = deals.lead_id
    where
        reached.reached_at <= refresh_context.as_of
        and reached.reached_at
        >= {{ dbt.dateadd('month', '-settings.months_back', 'refresh_context.as_of') }}

)

select * from final
