-- The three criteria that say most for whoever has a combination of verdicts, in the words of
-- salespeople. Leads are many and combinations few, so they are ranked here and not for each lead.
with scores as (

    select * from {{ ref('int_fit_combinations_scored') }}
    where place = 1

),

evaluated as (

    select * from {{ ref('int_fit_criteria_evaluated') }}
    where is_best_match and points > 0

),

criteria as (

    select * from {{ ref('icp_criteria') }}

),

ranked as (

    select
        scores.verdicts,
        criteria.label_en,
        criteria.label_fr,
        row_number() over (
            partition by scores.verdicts
            order by evaluated.points desc, evaluated.criterion asc
        ) as place
    from scores
    inner join evaluated
        on scores.verdicts = evaluated.verdicts and scores.profile = evaluated.profile
    inner join criteria
        on evaluated.profile = criteria.profile and evaluated.criterion = criteria.criterion

),

final as (

    select
        verdicts,
        {{ first_three('label_en') }} as words_en,
        {{ first_three('label_fr') }} as words_fr
    from ranked
    where place <= 3
    group by verdicts

)

select * from final
