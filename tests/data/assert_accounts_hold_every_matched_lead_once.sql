-- Every lead that leads to an account now is counted there, and nowhere else.
with matches as (

    select * from {{ ref('int_leads_matched_to_accounts') }}

),

refresh_context as (

    select
        *,
        case when is_as_of_given then as_of else known_by end as known_until
    from {{ ref('stg_files__refresh_context') }}

),

scored_leads as (

    select lead_id from {{ ref('fct_lead_scores') }}

),

accounts as (

    select * from {{ ref('fct_account_scores') }}

),

expected as (

    select
        matches.account_id,
        count(*) as lead_count
    from matches
    inner join scored_leads
        on matches.lead_id = scored_leads.lead_id
    inner join refresh_context
        on
            matches.valid_from <= refresh_context.known_until
            and (matches.valid_to is null or matches.valid_to > refresh_context.known_until)
    where matches.account_id is not null
    group by matches.account_id

)

select
    coalesce(expected.account_id, accounts.account_id) as account_id,
    expected.lead_count,
    accounts.lead_count as lead_count_of_mart
from expected
full outer join accounts
    on expected.account_id = accounts.account_id
where coalesce(expected.lead_count, 0) <> coalesce(accounts.lead_count, 0)
