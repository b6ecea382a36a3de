{{ config(materialized='view') }}

with people as (

    select * from {{ ref('int_account_people_scored') }}

),

roles as (

    select * from {{ ref('buying_group_roles') }}

),

members as (

    select * from {{ ref('buying_group_members') }}

),

accounts as (

    select
        account_id,
        max(scored_at) as scored_at
    from people
    group by account_id

),

-- A person has every role that one of its rows gives to their function and seniority.
people_in_roles as (

    select distinct
        people.account_id,
        members.profile,
        members.role,
        people.lead_id,
        people.is_engaged,
        people.intent_score
    from people
    inner join members
        on
            (members.job_function is null or people.job_function = members.job_function)
            and (members.job_seniority is null or people.job_seniority = members.job_seniority)
    where people.is_counted

),

ranked as (

    select
        *,
        row_number() over (
            partition by account_id, profile, role
            order by intent_score desc, lead_id asc
        ) as place
    from people_in_roles

),

coverage as (

    select
        account_id,
        profile,
        role,
        count(*) as lead_count,
        count(case when is_engaged then 1 end) as engaged_lead_count,
        max(case when place = 1 then lead_id end) as best_lead_id,
        max(intent_score) as best_intent_score
    from ranked
    group by account_id, profile, role

),

final as (

    select
        accounts.account_id,
        roles.profile,
        roles.role,
        accounts.scored_at,
        roles.sort_order,
        roles.is_required,
        roles.label_en,
        roles.label_fr,
        case
            when coverage.engaged_lead_count > 0 then 'engaged'
            when coverage.lead_count > 0 then 'known'
            else 'missing'
        end as coverage,
        coalesce(coverage.lead_count, 0) as lead_count,
        coalesce(coverage.engaged_lead_count, 0) as engaged_lead_count,
        coverage.best_lead_id,
        coverage.best_intent_score
    from accounts
    cross join roles
    left join coverage
        on
            accounts.account_id = coverage.account_id
            and roles.profile = coverage.profile
            and roles.role = coverage.role

)

select * from final
