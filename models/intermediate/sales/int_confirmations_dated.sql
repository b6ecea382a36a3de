with answers as (

    select * from {{ ref('int_qualifications_resolved') }}

),

criteria as (

    select * from {{ ref('qualification_criteria') }}

),

leads as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

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

about_leads as (

    select
        lead_id,
        qualification_id,
        answered_at,
        status,
        dimension
    from answers_that_count
    where lead_id is not null
    union
    select
        leads.lead_id,
        answers_that_count.qualification_id,
        answers_that_count.answered_at,
        answers_that_count.status,
        answers_that_count.dimension
    from answers_that_count
    inner join leads
        on answers_that_count.account_id = leads.account_id
    where answers_that_count.lead_id is null
    union
    -- What a colleague confirmed counts for the account; what a colleague denied does not.
    select
        leads.lead_id,
        answers_that_count.qualification_id,
        answers_that_count.answered_at,
        answers_that_count.status,
        answers_that_count.dimension
    from answers_that_count
    inner join leads as colleagues
        on answers_that_count.lead_id = colleagues.lead_id
    inner join leads
        on colleagues.account_id = leads.account_id
    where answers_that_count.status = 'confirmed'

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
        max(qualification_id) as qualification_id
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
        last_value(authority ignore nulls) over so_far as authority
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
        coalesce(need = 'confirmed', false)
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
