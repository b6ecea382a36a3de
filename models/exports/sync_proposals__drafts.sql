with criteria as (

    select * from {{ ref('fct_lead_criteria') }}
    where is_framework_in_use and dimension is not null

),

authorities as (

    select * from {{ ref('int_criteria_answered') }}
    where dimension = 'authority' and status = 'confirmed' and is_own

),

leads as (

    select * from {{ ref('dim_leads') }}

),

accounts as (

    select * from {{ ref('int_leads_matched_to_accounts') }}
    where valid_to is null

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where opportunity_type = 'new' and status = 'open'

),

proposals as (

    select * from {{ ref('fct_proposals') }}

),

contactability as (

    select * from {{ ref('fct_contactability') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- Nobody leaves the warehouse without a ground to be written to or called.
contactable as (

    select lead_id
    from contactability
    where is_contactable and purpose in ('answering', 'prospecting')
    group by lead_id

),

validated as (

    select
        lead_id,
        max(case when dimension = 'need' then answer end) as need,
        max(case when dimension = 'need' then answered_at end) as need_confirmed_at,
        max(case when dimension = 'priority' then answer end) as priority,
        max(case when dimension = 'priority' then answered_at end) as priority_confirmed_at,
        max(case when dimension = 'budget' then answer end) as budget,
        max(case when dimension = 'budget' then answered_at end) as budget_confirmed_at,
        max(case when dimension = 'authority' then answer end) as authority,
        max(case when dimension = 'authority' then answered_at end) as authority_confirmed_at
    from criteria
    where rules_stage in ('sql', 'opportunity')
    group by lead_id
    having
        count(*) = count(case when is_confirmed then 1 end)
        and count(case when is_own then 1 end) > 0

),

-- Who said of themselves, with proof, that they decide: the lead, and people of the same account.
deciders as (

    select
        validated.lead_id,
        authorities.lead_id as decider_id
    from validated
    inner join authorities
        on validated.lead_id = authorities.lead_id
    union distinct
    select
        validated.lead_id,
        authorities.lead_id as decider_id
    from validated
    inner join accounts as own_accounts
        on validated.lead_id = own_accounts.lead_id
    inner join accounts as their_accounts
        on own_accounts.account_id = their_accounts.account_id
    inner join authorities
        on their_accounts.lead_id = authorities.lead_id

),

people as (

    select
        lead_id,
        job_title,
        nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '')
            as full_name
    from leads

),

named as (

    select
        deciders.lead_id,
        deciders.decider_id,
        contactable.lead_id is not null as is_contactable,
        case
            when people.full_name is null then people.job_title
            else people.full_name || coalesce(' (' || people.job_title || ')', '')
        end as decider
    from deciders
    inner join people
        on deciders.decider_id = people.lead_id
    left join contactable
        on deciders.decider_id = contactable.lead_id

),

decision_makers as (

    select
        lead_id,
        {{ dbt.listagg(
            'case when is_contactable then decider_id end', "';'", 'order by decider_id'
        ) }} as decision_maker_lead_ids,
        {{ dbt.listagg(
            'case when is_contactable then decider end', "', '", 'order by decider_id'
        ) }} as decision_makers,
        count(case when not is_contactable then 1 end) as withheld_count
    from named
    group by lead_id

),

deals_with_proposals as (

    select opportunity_id
    from proposals
    where sent_version_count > 0
    group by opportunity_id

),

deals as (

    select
        opportunities.lead_id,
        opportunities.opportunity_id,
        opportunities.owner_id,
        deals_with_proposals.opportunity_id is not null as has_proposal
    from opportunities
    left join deals_with_proposals
        on opportunities.opportunity_id = deals_with_proposals.opportunity_id

),

final as (

    select
        {{ surrogate_key(['validated.lead_id', 'deals.opportunity_id']) }} as draft_id,
        'draft' as status,
        validated.lead_id,
        deals.opportunity_id,
        leads.account_id,
        leads.company_name,
        leads.language,
        coalesce(deals.owner_id, leads.owner_id) as owner_id,
        validated.need,
        validated.need_confirmed_at,
        validated.priority,
        validated.priority_confirmed_at,
        validated.budget,
        validated.budget_confirmed_at,
        validated.authority,
        validated.authority_confirmed_at,
        decision_makers.decision_maker_lead_ids,
        decision_makers.decision_makers,
        cast(coalesce(decision_makers.withheld_count, 0) as bigint)
            as withheld_decision_maker_count,
        refresh_context.as_of as prepared_as_of
    from validated
    inner join contactable
        on validated.lead_id = contactable.lead_id
    inner join leads
        on validated.lead_id = leads.lead_id
    left join deals
        on validated.lead_id = deals.lead_id
    left join decision_makers
        on validated.lead_id = decision_makers.lead_id
    cross join refresh_context
    where
        not coalesce(deals.has_proposal, false)
        and (deals.opportunity_id is not null or leads.rules_stage = 'sql')

)

select * from final
