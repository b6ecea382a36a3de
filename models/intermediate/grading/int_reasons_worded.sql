{{ config(materialized='view') }}

-- The three signals and the three criteria that say most, in the words of salespeople. Scores come
-- along, so that whoever asks for both asks the interactions once.
with fit_contributions as (

    select * from {{ ref('int_fit_contributions_counted') }}
    where kind = 'criterion' and points > 0

),

criteria as (

    select * from {{ ref('icp_criteria') }}

),

scores as (

    select * from {{ ref('int_leads_scored') }}

),

criteria_ranked as (

    select
        fit_contributions.lead_id,
        criteria.label_en,
        criteria.label_fr,
        row_number() over (
            partition by fit_contributions.lead_id
            order by fit_contributions.points desc, fit_contributions.rule asc
        ) as place
    from fit_contributions
    inner join criteria
        on
            fit_contributions.profile = criteria.profile
            and fit_contributions.rule = criteria.criterion

),

criterion_reasons as (

    select
        lead_id,
        {{ first_three('label_en') }} as words_en,
        {{ first_three('label_fr') }} as words_fr
    from criteria_ranked
    where place <= 3
    group by lead_id

),

final as (

    select
        scores.*,
        case
            when scores.is_excluded then 'No fit with any profile'
            else coalesce(criterion_reasons.words_en, 'Nothing known that fits')
        end
        || '; ' || coalesce(scores.signal_words_en, 'no signal') as reason_en,
        case
            when scores.is_excluded then 'Ne correspond à aucun profil'
            else coalesce(criterion_reasons.words_fr, 'Rien de connu ne correspond')
        end
        || ' ; ' || coalesce(scores.signal_words_fr, 'aucun signal') as reason_fr
    from scores
    left join criterion_reasons
        on scores.lead_id = criterion_reasons.lead_id

)

select * from final
