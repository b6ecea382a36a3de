with opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

leads_segmented as (

    select * from {{ ref('int_leads_segmented') }}

),

dimensions as (

    select * from {{ ref('report_dimensions') }}

),

owned as (

    select
        opportunities.opportunity_id,
        opportunities.lead_id,
        opportunities.owner_id,
        users.team
    from opportunities
    left join users
        on opportunities.owner_id = users.sales_user_id

),

final as (

    select
        owned.opportunity_id,
        dimensions.dimension,
        {{ segment_of_record('owned', 'dimensions', 'leads_segmented') }} as segment
    from owned
    cross join dimensions
    left join leads_segmented
        on
            owned.lead_id = leads_segmented.lead_id
            and dimensions.dimension = leads_segmented.dimension

)

select * from final
