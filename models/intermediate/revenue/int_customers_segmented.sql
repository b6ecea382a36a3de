with customer_months as (

    select * from {{ ref('int_customer_months_observed') }}

),

acquired as (

    select * from {{ ref('int_customers_acquired') }}
    where deal_number = 1

),

subscriptions as (

    select * from {{ ref('int_subscriptions_assigned') }}

),

invoices as (

    select * from {{ ref('int_invoices_assigned') }}

),

segments as (

    select * from {{ ref('int_leads_segmented') }}

),

dimensions as (

    select * from {{ ref('report_dimensions') }}

),

customers as (

    select distinct customer_id from customer_months

),

first_revenue as (

    select
        customer_id,
        min(begins_on) as begins_on
    from (
        select
            customer_id,
            starts_on as begins_on
        from subscriptions
        union all
        select
            customer_id,
            issued_on as begins_on
        from invoices
    ) as revenue
    group by customer_id

),

dated as (

    select
        customers.customer_id,
        acquired.lead_id,
        coalesce(acquired.won_month, first_revenue.begins_on) as cohort_date
    from customers
    left join acquired
        on customers.customer_id = acquired.customer_id
    left join first_revenue
        on customers.customer_id = first_revenue.customer_id

),

by_dimension as (

    select
        dated.customer_id,
        dimensions.dimension,
        case when dimensions.dimension = 'all' then 'all' else segments.segment end as segment
    from dated
    cross join dimensions
    left join segments
        on
            dated.lead_id = segments.lead_id
            and dimensions.dimension = segments.dimension

),

by_cohort as (

    select
        customer_id,
        'cohort' as dimension,
        cast(extract(year from cohort_date) as varchar) || '-Q'
        || cast(extract(quarter from cohort_date) as varchar) as segment
    from dated

),

final as (

    select * from by_dimension
    union all
    select * from by_cohort

)

select * from final
