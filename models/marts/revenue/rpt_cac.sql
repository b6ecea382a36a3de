with costs as (

    select * from {{ ref('int_costs_allocated') }}

),

customers as (

    select * from {{ ref('int_customers_acquired') }}
    where is_new_customer

),

touches as (

    select * from {{ ref('fct_attributed_touches') }}
    where is_chosen and is_new_customer

),

lags as (

    select * from {{ ref('rpt_acquisition_lags') }}
    where lag_months is not null

),

mql_grades as (

    select * from {{ ref('fct_mql_grades') }}
    where basis = 'rules'

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- What a month cost is shared equally among those it made MQLs, whatever became of them since.
grades_of_months as (

    select
        qualified_month,
        grade,
        cast(count(*) as double) / sum(count(*)) over (partition by qualified_month)
            as mql_share
    from mql_grades
    group by qualified_month, grade

),

-- Marketing that does not say whether it bought media counts as paid.
costs_by_kind as (

    select
        'blended' as cac_kind,
        'all' as dimension,
        'all' as segment,
        cost_month as acquisition_month,
        cast(new_business_amount as double) as cost_amount,
        booked_amount is null as is_unconverted
    from costs

    union all

    select
        'marketing' as cac_kind,
        'channel' as dimension,
        channel as segment,
        cost_month as acquisition_month,
        cast(new_business_amount as double) as cost_amount,
        booked_amount is null as is_unconverted
    from costs
    where cost_category = 'marketing'

    union all

    select
        'paid' as cac_kind,
        'channel' as dimension,
        channel as segment,
        cost_month as acquisition_month,
        cast(new_business_amount as double) as cost_amount,
        booked_amount is null as is_unconverted
    from costs
    where cost_category = 'marketing' and coalesce(is_paid_media, true)

    union all

    select
        'lagged' as cac_kind,
        'all' as dimension,
        'all' as segment,
        cast({{ dbt.dateadd('month', 'lags.lag_months', 'costs.cost_month') }} as date)
            as acquisition_month,
        cast(costs.new_business_amount as double) * lags.lag_share as cost_amount,
        costs.booked_amount is null as is_unconverted
    from costs
    cross join lags

    union all

    select
        'graded' as cac_kind,
        'mql_grade' as dimension,
        grades_of_months.grade as segment,
        costs.cost_month as acquisition_month,
        cast(costs.new_business_amount as double) * coalesce(grades_of_months.mql_share, 1.0)
            as cost_amount,
        costs.booked_amount is null as is_unconverted
    from costs
    left join grades_of_months
        on costs.cost_month = grades_of_months.qualified_month

),

-- Each customer counts once in each kind of its dimension.
kinds as (

    select
        'blended' as cac_kind,
        'all' as dimension
    union all
    select
        'lagged' as cac_kind,
        'all' as dimension
    union all
    select
        'marketing' as cac_kind,
        'channel' as dimension
    union all
    select
        'paid' as cac_kind,
        'channel' as dimension

),

customers_by_kind as (

    select
        kinds.cac_kind,
        'all' as dimension,
        'all' as segment,
        customers.won_month as acquisition_month,
        1.0 as new_customer_count
    from customers
    inner join kinds
        on kinds.dimension = 'all'

    union all

    select
        kinds.cac_kind,
        'channel' as dimension,
        touches.channel as segment,
        touches.won_month as acquisition_month,
        touches.weight as new_customer_count
    from touches
    inner join kinds
        on kinds.dimension = 'channel'
    where touches.weight > 0

    union all

    select
        'graded' as cac_kind,
        'mql_grade' as dimension,
        mql_grades.grade as segment,
        customers.won_month as acquisition_month,
        1.0 as new_customer_count
    from customers
    left join mql_grades
        on customers.lead_id = mql_grades.lead_id

),

both_sides as (

    select
        cac_kind,
        dimension,
        segment,
        acquisition_month,
        cost_amount,
        cast(is_unconverted as integer) as unconverted_count,
        cast(null as double) as new_customer_count
    from costs_by_kind
    union all
    select
        cac_kind,
        dimension,
        segment,
        acquisition_month,
        cast(null as double) as cost_amount,
        0 as unconverted_count,
        new_customer_count
    from customers_by_kind

),

-- Of decimals, since sums of doubles differ from run to run.
summed as (

    select
        cac_kind,
        dimension,
        segment,
        acquisition_month,
        cast(round(sum(cast(cost_amount as decimal(38, 9))), 2) as decimal(38, 4)) as cost_amount,
        sum(unconverted_count) as unconverted_count,
        round(coalesce(sum(new_customer_count), 0), 9) as new_customer_count
    from both_sides
    group by cac_kind, dimension, segment, acquisition_month

),

horizon as (

    select
        {{ in_time_zone('refresh_context.as_of', 'reporting.time_zone') }} as as_of_local,
        reporting.currency_code,
        (select min(costs.cost_month) from costs) as first_cost_month,
        (select max(lags.lag_months) from lags) as max_lag_months
    from refresh_context
    cross join reporting

),

final as (

    select
        {{ surrogate_key([
            'summed.cac_kind', 'summed.dimension', 'summed.segment', 'summed.acquisition_month',
        ]) }} as cac_id,
        summed.acquisition_month,
        summed.dimension,
        summed.segment,
        summed.cac_kind,
        horizon.currency_code as reporting_currency,
        summed.cost_amount,
        cast(summed.new_customer_count as double) as new_customer_count,
        cast(
            cast(summed.cost_amount as double) / nullif(summed.new_customer_count, 0)
            as decimal(38, 2)
        ) as cac_amount,
        cast(summed.unconverted_count as bigint) as unconverted_count,
        case
            when summed.cost_amount <> 0 and summed.new_customer_count = 0
                then 'spend_without_customers'
            when summed.cost_amount is null and summed.new_customer_count > 0
                then 'customers_without_spend'
        end as finding,
        case when summed.cac_kind = 'lagged' then cast(horizon.max_lag_months as bigint) end
            as max_lag_months,
        {{ dbt.dateadd('month', 1, 'summed.acquisition_month') }} <= horizon.as_of_local
        and (
            summed.cac_kind <> 'lagged'
            or {{ dbt.dateadd('month', '-horizon.max_lag_months', 'summed.acquisition_month') }}
            >= horizon.first_cost_month
        ) as is_mature
    from summed
    cross join horizon
    -- What is spread over months to come is not spent on anybody yet.
    where
        summed.acquisition_month <= horizon.as_of_local
        or summed.acquisition_month is null

)

select * from final
