{{ config(materialized='view') }}

-- The three signals and the three criteria that say most, in the words of salespeople.
with intent_contributions as (

    select * from {{ ref('int_intent_contributions_decayed') }}
    where kind = 'signal' and points > 0

),

fit_contributions as (

    select * from {{ ref('int_fit_contributions_counted') }}
    where kind = 'criterion' and points > 0

),

signals as (

    select * from {{ ref('signals') }}

),

criteria as (

    select * from {{ ref('icp_criteria') }}

),

scores as (

    select * from {{ ref('int_leads_scored') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

signal_sums as (

    select
        intent_contributions.lead_id,
        intent_contributions.rule,
        sum(intent_contributions.points) as points,
        count(*) as signal_count,
        {{ dbt.datediff(
            'max(intent_contributions.occurred_at)', 'max(refresh_context.as_of)', 'day'
        ) }} as days_ago
    from intent_contributions
    cross join refresh_context
    group by intent_contributions.lead_id, intent_contributions.rule

),

signals_ranked as (

    select
        signal_sums.*,
        signals.label_en,
        signals.label_fr,
        row_number() over (
            partition by signal_sums.lead_id
            order by signal_sums.points desc, signal_sums.rule asc
        ) as place
    from signal_sums
    inner join signals
        on signal_sums.rule = signals.interaction_type

),

signals_worded as (

    select
        lead_id,
        place,
        label_en
        || case when signal_count > 1 then ' ' || signal_count || ' times, last' else '' end
        || case days_ago
            when 0 then ' today'
            when 1 then ' yesterday'
            else ' ' || days_ago || ' days ago'
        end as words_en,
        label_fr
        || case when signal_count > 1 then ' ' || signal_count || ' fois, la dernière' else '' end
        || case days_ago
            when 0 then ' aujourd''hui'
            when 1 then ' hier'
            else ' il y a ' || days_ago || ' jours'
        end as words_fr
    from signals_ranked
    where place <= 3

),

signal_reasons as (

    select
        lead_id,
        {{ dbt.listagg('words_en', "', '", 'order by place') }} as words_en,
        {{ dbt.listagg('words_fr', "', '", 'order by place') }} as words_fr
    from signals_worded
    group by lead_id

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
        {{ dbt.listagg('label_en', "', '", 'order by place') }} as words_en,
        {{ dbt.listagg('label_fr', "', '", 'order by place') }} as words_fr
    from criteria_ranked
    where place <= 3
    group by lead_id

),

final as (

    select
        scores.lead_id,
        case
            when scores.is_excluded then 'No fit with any profile'
            else coalesce(criterion_reasons.words_en, 'Nothing known that fits')
        end
        || '; ' || coalesce(signal_reasons.words_en, 'no signal') as reason_en,
        case
            when scores.is_excluded then 'Ne correspond à aucun profil'
            else coalesce(criterion_reasons.words_fr, 'Rien de connu ne correspond')
        end
        || ' ; ' || coalesce(signal_reasons.words_fr, 'aucun signal') as reason_fr
    from scores
    left join signal_reasons
        on scores.lead_id = signal_reasons.lead_id
    left join criterion_reasons
        on scores.lead_id = criterion_reasons.lead_id

)

select * from final
