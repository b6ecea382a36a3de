with answers as (

    select * from {{ ref('int_qualifications_resolved') }}

),

criteria as (

    select * from {{ ref('qualification_criteria') }}

),

leads as (

    select * from {{ ref('int_leads_matched_to_accounts') }}

),

first_known as (

    select
        lead_id,
        min(valid_from) as known_from
    from leads
    group by lead_id

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

-- A confirmation is one only with its answer, its evidence and the person who got it; what is not
-- known says nothing against what was.
answers_that_count as (

    select
        answers.qualification_id,
        answers.answered_at,
        answers.status,
        criteria.dimension,
        coalesce(answers.lead_id, opportunities.lead_id) as lead_id,
        coalesce(answers.account_id, opportunities.account_id) as account_id
    from answers
    inner join criteria
        on
            lower(answers.framework) = lower(criteria.framework)
            and lower(answers.criterion) = lower(criteria.criterion)
    left join opportunities
        on answers.opportunity_id = opportunities.opportunity_id
    where
        answers.status = 'denied'
        or (
            answers.status = 'confirmed'
            and answers.answer is not null
            and answers.evidence is not null
            and answers.answered_by is not null
        )

),

own_answers as (

    select
        lead_id,
        qualification_id,
        answered_at,
        status,
        dimension,
        1 as own_count
    from answers_that_count
    where lead_id is not null

),

-- Where a person worked when the answer was given, or when first known if that was later.
accounts_told as (

    select
        answers_that_count.qualification_id,
        answers_that_count.dimension,
        answers_that_count.lead_id,
        answers_that_count.answered_at,
        answers_that_count.status,
        coalesce(leads.account_id, answers_that_count.account_id) as account_id
    from answers_that_count
    left join first_known
        on answers_that_count.lead_id = first_known.lead_id
    left join leads
        on
            answers_that_count.lead_id = leads.lead_id
            and greatest(answers_that_count.answered_at, first_known.known_from)
            >= leads.valid_from
            and greatest(answers_that_count.answered_at, first_known.known_from)
            < {{ open_end('leads.valid_to') }}

),

-- What a colleague confirmed, or was told of the account, completes what a lead confirmed itself,
-- from when the lead is known; what a colleague denied does not count.
colleagues_answers as (

    select
        leads.lead_id,
        accounts_told.qualification_id,
        greatest(accounts_told.answered_at, first_known.known_from) as answered_at,
        accounts_told.status,
        accounts_told.dimension,
        0 as own_count
    from accounts_told
    inner join leads
        on accounts_told.account_id = leads.account_id
    inner join first_known
        on
            leads.lead_id = first_known.lead_id
            and greatest(accounts_told.answered_at, first_known.known_from) >= leads.valid_from
            and greatest(accounts_told.answered_at, first_known.known_from)
            < {{ open_end('leads.valid_to') }}
    where
        (accounts_told.lead_id is null or accounts_told.lead_id <> leads.lead_id)
        and (accounts_told.lead_id is null or accounts_told.status = 'confirmed')

),

about_leads as (

    select * from own_answers
    union all
    select * from colleagues_answers

),

-- Of answers at the same instant the denial stands: it comes last in the alphabet.
at_instants as (

    select
        lead_id,
        answered_at,
        max(case when dimension = 'need' then status end) as need,
        max(case when dimension = 'priority' then status end) as priority,
        max(case when dimension = 'budget' then status end) as budget,
        max(case when dimension = 'authority' then status end) as authority,
        max(qualification_id) as qualification_id,
        max(case when status = 'confirmed' then own_count else 0 end) as own_count
    from about_leads
    group by lead_id, answered_at

),

standing as (

    select
        lead_id,
        answered_at,
        qualification_id,
        last_value(need ignore nulls) over so_far as need,
        last_value(priority ignore nulls) over so_far as priority,
        last_value(budget ignore nulls) over so_far as budget,
        last_value(authority ignore nulls) over so_far as authority,
        max(own_count) over so_far as own_count
    from at_instants
    window
        so_far as (
            partition by lead_id
            order by answered_at
            rows between unbounded preceding and current row
        )

),

counted as (

    select
        *,
        own_count = 1
        and coalesce(need = 'confirmed', false)
        and coalesce(priority = 'confirmed', false)
        and coalesce(budget = 'confirmed', false)
        and coalesce(authority = 'confirmed', false) as is_all_confirmed
    from standing

),

final as (

    select
        lead_id,
        answered_at,
        qualification_id,
        need,
        priority,
        budget,
        authority,
        is_all_confirmed,
        not is_all_confirmed
        and coalesce(
            lag(is_all_confirmed) over (partition by lead_id order by answered_at), false
        ) as is_taken_back
    from counted

)

select * from final
