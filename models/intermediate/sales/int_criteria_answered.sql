with answers as (

    select * from {{ ref('int_answers_attributed') }}

),

questions as (

    select * from {{ ref('qualification_questions') }}

),

qualifications as (

    select * from {{ ref('int_qualifications_resolved') }}

),

opportunities as (

    select * from {{ ref('int_opportunities_resolved') }}

),

-- Need, priority, budget and authority are the same in every framework.
answers_to_questions as (

    select
        answers.lead_id,
        answers.qualification_id,
        answers.counts_from,
        answers.status,
        answers.is_own,
        questions.framework,
        questions.criterion,
        questions.dimension
    from answers
    inner join questions
        on answers.dimension = questions.dimension
    union all
    select
        answers.lead_id,
        answers.qualification_id,
        answers.counts_from,
        answers.status,
        answers.is_own,
        questions.framework,
        questions.criterion,
        questions.dimension
    from answers
    inner join questions
        on
            answers.framework = questions.framework
            and answers.criterion = questions.criterion
    where answers.dimension is null

),

-- The last clear answer stands, whatever was said without proof since; of two at the same instant
-- the denial.
ranked as (

    select
        *,
        row_number() over (
            partition by lead_id, framework, criterion
            order by
                case status when 'unproven' then 2 when 'unknown' then 3 else 1 end asc,
                counts_from desc,
                status desc,
                case when is_own then 1 else 2 end asc,
                qualification_id desc
        ) as place
    from answers_to_questions

),

final as (

    select
        ranked.lead_id,
        ranked.framework,
        ranked.criterion,
        ranked.dimension,
        ranked.status,
        ranked.qualification_id,
        qualifications.answer,
        qualifications.evidence,
        qualifications.answered_by,
        qualifications.answered_at,
        ranked.counts_from,
        ranked.is_own,
        coalesce(qualifications.lead_id, opportunities.lead_id) as asked_lead_id,
        qualifications.framework as answered_framework
    from ranked
    inner join qualifications
        on ranked.qualification_id = qualifications.qualification_id
    left join opportunities
        on qualifications.opportunity_id = opportunities.opportunity_id
    where ranked.place = 1

)

select * from final
