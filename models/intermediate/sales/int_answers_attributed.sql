with answers as (

    select * from {{ ref('int_qualifications_resolved') }}

),

criteria as (

    select * from {{ ref('qualification_criteria') }}

),

questions as (

    select * from {{ ref('qualification_questions') }}
    where dimension is null

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

-- A confirmation is one only with its answer, its evidence and the person who got it.
answers_understood as (

    select
        answers.qualification_id,
        answers.answered_at,
        case
            when
                answers.status = 'confirmed'
                and (
                    answers.answer is null
                    or answers.evidence is null
                    or answers.answered_by is null
                )
                then 'unproven'
            else answers.status
        end as status,
        coalesce(criteria.framework, questions.framework) as framework,
        coalesce(criteria.criterion, questions.criterion) as criterion,
        criteria.dimension,
        coalesce(answers.lead_id, opportunities.lead_id) as lead_id,
        coalesce(answers.account_id, opportunities.account_id) as account_id
    from answers
    left join criteria
        on
            lower(answers.framework) = lower(criteria.framework)
            and lower(answers.criterion) = lower(criteria.criterion)
    left join questions
        on
            lower(answers.framework) = lower(questions.framework)
            and lower(answers.criterion) = lower(questions.criterion)
    left join opportunities
        on answers.opportunity_id = opportunities.opportunity_id
    where criteria.criterion is not null or questions.criterion is not null

),

own_answers as (

    select
        lead_id,
        qualification_id,
        answered_at as counts_from,
        status,
        framework,
        criterion,
        dimension,
        true as is_own
    from answers_understood
    where lead_id is not null

),

-- Where a person worked when the answer was given, or when first known if that was later.
accounts_told as (

    select
        answers_understood.qualification_id,
        answers_understood.framework,
        answers_understood.criterion,
        answers_understood.dimension,
        answers_understood.lead_id,
        answers_understood.answered_at,
        answers_understood.status,
        coalesce(leads.account_id, answers_understood.account_id) as account_id
    from answers_understood
    left join first_known
        on answers_understood.lead_id = first_known.lead_id
    left join leads
        on
            answers_understood.lead_id = leads.lead_id
            and greatest(answers_understood.answered_at, first_known.known_from)
            >= leads.valid_from
            and greatest(answers_understood.answered_at, first_known.known_from)
            < {{ open_end('leads.valid_to') }}

),

-- What a colleague confirmed, or was told of the account, completes what a lead confirmed itself,
-- from when the lead is known; what a colleague denied does not count.
colleagues_answers as (

    select
        leads.lead_id,
        accounts_told.qualification_id,
        greatest(accounts_told.answered_at, first_known.known_from) as counts_from,
        accounts_told.status,
        accounts_told.framework,
        accounts_told.criterion,
        accounts_told.dimension,
        false as is_own
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

final as (

    select * from own_answers
    union all
    select * from colleagues_answers

)

select * from final
