with customer_months as (

    select * from {{ ref('int_customer_months_observed') }}

),

acquired as (

    select * from {{ ref('int_customers_acquired') }}
    where deal_number = 1

),

mql_grades as (

    select * from {{ ref('fct_mql_grades') }}
    where basis = 'rules'

),

segments as (

    select
        customer_id,
        dimension,
        segment
    from {{ ref('int_customers_segmented') }}

    union all

    -- The grade of today would tell of the sale and not of the lead.
    select
        customers.customer_id,
        'mql_grade' as dimension,
        mql_grades.grade as segment
    from (select distinct customer_id from customer_months) as customers
    left join acquired
        on customers.customer_id = acquired.customer_id
    left join mql_grades
        on acquired.lead_id = mql_grades.lead_id

),

cac as (

    select * from {{ ref('rpt_cac') }}

),

settings as (

    select * from {{ ref('clv') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

summed as (

    select
        customer_months.basis,
        segments.dimension,
        segments.segment,
        count(distinct customer_months.customer_id) as customer_count,
        count(*) as customer_months,
        sum(cast(customer_months.is_churned as integer)) as churned_count,
        {{ exact_sum('customer_months.revenue_amount') }} as revenue_amount,
        count(customer_months.revenue_amount) as revenue_months,
        {{ exact_sum('customer_months.margin_amount') }} as margin_amount,
        {{ exact_sum('customer_months.net_of_known_margin') }} as margin_revenue_amount
    from customer_months
    inner join segments
        on customer_months.customer_id = segments.customer_id
    group by customer_months.basis, segments.dimension, segments.segment

),

period as (

    select
        min(revenue_month) as first_month,
        max(revenue_month) as last_month
    from customer_months

),

-- The same months; of a cohort those in which it was won.
acquisition as (

    select
        cac.dimension,
        cac.segment,
        cac.cost_amount,
        cac.new_customer_count
    from cac
    inner join period
        on cac.acquisition_month between period.first_month and period.last_month
    where cac.cac_kind in ('blended', 'marketing', 'graded')

    union all

    select
        'cohort' as dimension,
        cast(extract(year from acquisition_month) as varchar) || '-Q'
        || cast(extract(quarter from acquisition_month) as varchar) as segment,
        cost_amount,
        new_customer_count
    from cac
    where cac_kind = 'blended'

),

cac_of_segment as (

    select
        dimension,
        segment,
        cast(sum(cost_amount) as double) / nullif(sum(new_customer_count), 0) as cac_amount
    from acquisition
    group by dimension, segment

),

rates as (

    select
        summed.*,
        cac_of_segment.cac_amount,
        summed.churned_count / nullif(cast(summed.customer_months as double), 0) as churn_rate,
        summed.revenue_amount / nullif(summed.revenue_months, 0) as arpa_amount,
        summed.margin_amount / nullif(summed.margin_revenue_amount, 0) as gross_margin_rate,
        settings.horizon_months,
        power(1.0 + settings.annual_discount_rate, 1.0 / 12) - 1.0 as discount_rate
    from summed
    left join cac_of_segment
        on
            summed.dimension = cac_of_segment.dimension
            and coalesce(summed.segment, '') = coalesce(cac_of_segment.segment, '')
    cross join settings

),

lifetimes as (

    select
        rates.*,
        rates.arpa_amount * rates.gross_margin_rate as monthly_margin,
        least(1.0 / nullif(rates.churn_rate, 0), rates.horizon_months) as capped_lifetime,
        rates.churn_rate = 0
        or 1.0 / nullif(rates.churn_rate, 0) > rates.horizon_months as is_horizon_capped,
        -- What of a month's margin is left a month later: who stays, at what money is worth then.
        (1.0 - rates.churn_rate) / (1.0 + rates.discount_rate) as kept_share
    from rates

),

valued as (

    select
        lifetimes.*,
        coalesce(lifetimes.capped_lifetime, lifetimes.horizon_months) as lifetime_months,
        coalesce(
            (1.0 - power(lifetimes.kept_share, lifetimes.horizon_months))
            / nullif(1.0 - lifetimes.kept_share, 0),
            lifetimes.horizon_months
        ) as discounted_months
    from lifetimes

),

final as (

    select
        {{ surrogate_key(['valued.basis', 'valued.dimension', 'valued.segment']) }} as clv_id,
        valued.dimension,
        valued.segment,
        valued.basis,
        period.first_month as period_first_month,
        period.last_month as period_last_month,
        reporting.currency_code as reporting_currency,
        cast(valued.customer_count as bigint) as customer_count,
        cast(valued.customer_months as bigint) as customer_months,
        cast(valued.churned_count as bigint) as churned_count,
        cast(round(valued.churn_rate, 9) as double) as churn_rate,
        cast(round(1.0 - valued.churn_rate, 9) as double) as retention_rate,
        cast(round(valued.revenue_amount, 2) as decimal(38, 2)) as revenue_amount,
        cast(valued.revenue_months as bigint) as revenue_months,
        cast(round(valued.arpa_amount, 2) as decimal(38, 2)) as arpa_amount,
        cast(round(valued.margin_amount, 2) as decimal(38, 2)) as margin_amount,
        cast(round(valued.margin_revenue_amount, 2) as decimal(38, 2)) as margin_revenue_amount,
        cast(round(valued.gross_margin_rate, 9) as double) as gross_margin_rate,
        cast(round(valued.lifetime_months, 9) as double) as lifetime_months,
        valued.is_horizon_capped,
        cast(round(valued.monthly_margin * valued.lifetime_months, 2) as decimal(38, 2))
            as clv_amount,
        cast(round(valued.monthly_margin * valued.discounted_months, 2) as decimal(38, 2))
            as discounted_clv_amount,
        cast(round(valued.cac_amount, 2) as decimal(38, 2)) as cac_amount,
        cast(
            round(
                valued.monthly_margin * valued.lifetime_months / nullif(valued.cac_amount, 0), 9
            ) as double
        ) as clv_to_cac_ratio,
        cast(
            case
                when valued.monthly_margin > 0
                    then round(valued.cac_amount / valued.monthly_margin, 9)
            end as double
        ) as payback_months
    from valued
    cross join period
    cross join reporting

)

select * from final
