with ranked as (

    select * from {{ ref('int_queue_leads_ranked') }}

),

decided as (

    select * from {{ ref('int_queue_actions_decided') }}

),

owners as (

    select * from {{ ref('int_lead_owners_historized') }}
    where valid_to is null

),

lead_records as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

),

leads as (

    select * from {{ ref('int_leads_enriched') }}
    where valid_to is null

),

accounts as (

    select * from {{ ref('int_accounts_historized') }}
    where valid_to is null

),

customers as (

    select * from {{ ref('int_customer_leads_dated') }}

),

users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

stage_roles as (

    select * from {{ ref('stage_roles') }}

),

territories as (

    select * from {{ ref('territory_countries') }}

),

calendars as (

    select * from {{ ref('working_calendars') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

teams as (

    select count(*) as user_count
    from users

),

customers_now as (

    select distinct customers.lead_id
    from customers
    cross join refresh_context
    where
        customers.customer_from <= refresh_context.as_of
        and {{ open_end('customers.customer_until') }} > refresh_context.as_of

),

-- Contacts of a customer are its owner's; whom a partner brought stays with whom he came to.
put_together as (

    select
        ranked.lead_id,
        ranked.work_order,
        ranked.is_by_sales,
        ranked.is_broken_for_long,
        decided.touch_count,
        decided.action,
        stage_roles.role,
        leads.country_code,
        coalesce(lead_records.partner_id, '') <> '' as is_of_partner,
        customers_now.lead_id is not null as is_of_customer,
        case
            when customers_now.lead_id is not null and accounts.owner_id is not null
                then accounts.owner_id
            else owners.owner_id
        end as owner_id,
        case
            when customers_now.lead_id is not null and accounts.owner_id is not null
                then 'account'
            when owners.owner_id is not null then owners.told_by
        end as owner_told_by,
        owners.valid_from as owned_since
    from ranked
    inner join decided
        on ranked.lead_id = decided.lead_id
    left join owners
        on ranked.lead_id = owners.lead_id
    left join lead_records
        on ranked.lead_id = lead_records.lead_id
    left join leads
        on ranked.lead_id = leads.lead_id
    left join customers_now
        on ranked.lead_id = customers_now.lead_id
    left join accounts
        on leads.account_id = accounts.account_id
    left join stage_roles
        on decided.stage = stage_roles.stage

),

-- A country without a row of its own belongs to the territory that takes the others.
territories_of_countries as (

    select
        put_together.lead_id,
        territories.territory,
        row_number() over (
            partition by put_together.lead_id
            order by
                case when territories.country_code is not null then 1 else 2 end,
                territories.territory
        ) as place
    from put_together
    inner join territories
        on
            territories.country_code is null
            or put_together.country_code = territories.country_code
    where put_together.country_code is not null

),

final as (

    select
        put_together.lead_id,
        put_together.work_order,
        put_together.is_by_sales,
        put_together.action,
        put_together.touch_count,
        put_together.role,
        put_together.is_of_partner,
        put_together.is_of_customer,
        put_together.owner_id,
        put_together.owner_told_by,
        put_together.owned_since,
        users.team,
        case
            when users.sales_user_id is not null then users.territory
            else territories_of_countries.territory
        end as territory,
        coalesce(users.calendar, default_calendars.calendar) as calendar,
        case
            when teams.user_count = 0 or not put_together.is_by_sales then null
            when put_together.owner_id is null then 'owner_missing'
            when put_together.is_of_partner then null
            when users.sales_user_id is null then 'owner_unlisted'
            when not users.is_active then 'owner_gone'
            when users.is_absent then 'owner_absent'
            when put_together.is_broken_for_long then 'sla_broken'
        end as owner_problem
    from put_together
    cross join teams
    inner join calendars as default_calendars
        on default_calendars.is_default
    left join users
        on put_together.owner_id = users.sales_user_id
    left join territories_of_countries
        on
            put_together.lead_id = territories_of_countries.lead_id
            and territories_of_countries.place = 1

)

select * from final
