with people as (

    select * from {{ ref('int_people_classified') }}

),

acts as (

    select * from {{ ref('int_person_acts_dated') }}
    where last_act_at is not null

),

statements as (

    select * from {{ ref('int_statements_attributed') }}
    where evidence = 'consent' and is_proven_consent

),

activities as (

    select * from {{ ref('int_sales_activities_resolved') }}

),

customers as (

    select * from {{ ref('int_customer_leads_dated') }}

),

policies as (

    select * from {{ ref('retention_policies') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- What a person did or said themselves: a call to them is our act, a meeting held is theirs too.
own_acts as (

    select
        lead_id,
        interaction_type as act,
        last_act_at as acted_at
    from acts
    union all
    select
        lead_id,
        'consent' as act,
        said_at as acted_at
    from statements
    union all
    select
        activities.lead_id,
        case when activities.direction = 'inbound' then 'inbound' else 'meeting' end as act,
        activities.occurred_at as acted_at
    from activities
    inner join refresh_context
        on activities.occurred_at <= refresh_context.as_of
    where
        activities.lead_id is not null
        and not coalesce(activities.is_automatic, false)
        and (activities.direction = 'inbound' or activities.meeting_status = 'held')

),

ranked as (

    select
        own_acts.lead_id,
        own_acts.act,
        own_acts.acted_at,
        row_number() over (
            partition by own_acts.lead_id
            order by own_acts.acted_at desc, own_acts.act asc
        ) as place
    from own_acts

),

-- While a person is a customer's, other periods hold than those of prospects.
customers_at as (

    select
        customers.lead_id,
        max(
            case
                when {{ open_end('customers.customer_until') }} > refresh_context.as_of then 1
                else 0
            end
        ) as is_customer,
        max(
            case
                when customers.customer_until <= refresh_context.as_of
                    then customers.customer_until
            end
        ) as customer_until
    from customers
    inner join refresh_context
        on customers.customer_from <= refresh_context.as_of
    group by customers.lead_id

),

started as (

    select
        people.lead_id,
        people.country_code,
        people.collected_at,
        people.source,
        people.provenance,
        people.notice_given_at,
        greatest(
            people.collected_at,
            coalesce(ranked.acted_at, people.collected_at),
            coalesce(customers_at.customer_until, people.collected_at)
        ) as clock_started_at,
        case
            when
                customers_at.customer_until > people.collected_at
                and customers_at.customer_until
                >= coalesce(ranked.acted_at, people.collected_at)
                then 'end_of_customer'
            when ranked.acted_at > people.collected_at then ranked.act
            else 'collection'
        end as started_by,
        coalesce(customers_at.is_customer, 0) = 1 as is_customer
    from people
    left join ranked
        on
            people.lead_id = ranked.lead_id
            and ranked.place = 1
    left join customers_at
        on people.lead_id = customers_at.lead_id

),

with_policy as (

    select
        started.*,
        coalesce(of_country.country_code, elsewhere.country_code) as policy_country,
        coalesce(of_country.retention_days, elsewhere.retention_days) as retention_days,
        coalesce(of_country.notice_days, elsewhere.notice_days) as notice_days,
        coalesce(
            of_country.is_contact_held_without_notice, elsewhere.is_contact_held_without_notice
        ) as is_contact_held_without_notice
    from started
    left join policies as of_country
        on started.country_code = of_country.country_code
    left join policies as elsewhere
        on elsewhere.country_code = '*'

),

dated as (

    select
        *,
        {{ days_after('clock_started_at', 'retention_days') }} as due_at,
        case
            when provenance = 'indirect'
                then {{ days_after('collected_at', 'notice_days') }}
        end as notice_due_at
    from with_policy

),

final as (

    select
        dated.lead_id,
        dated.country_code,
        dated.policy_country,
        dated.collected_at,
        dated.source,
        dated.provenance,
        dated.clock_started_at,
        dated.started_by,
        dated.is_customer,
        dated.retention_days,
        case when not dated.is_customer then dated.due_at end as due_at,
        not dated.is_customer and dated.due_at <= refresh_context.as_of as is_due,
        dated.notice_due_at,
        dated.notice_given_at,
        coalesce(
            dated.notice_due_at < refresh_context.as_of
            and (
                dated.notice_given_at is null
                or dated.notice_given_at > refresh_context.as_of
            ),
            false
        ) as is_notice_overdue,
        dated.is_contact_held_without_notice
    from dated
    cross join refresh_context

)

select * from final
