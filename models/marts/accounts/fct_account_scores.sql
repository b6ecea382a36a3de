with scores as (

    select * from {{ ref('int_accounts_scored') }}

),

accounts as (

    select * from {{ ref('int_account_parents_climbed') }}

),

roles as (

    select * from {{ ref('int_buying_roles_covered') }}
    where is_required

),

buying_groups as (

    select
        account_id,
        profile,
        count(*) as required_role_count,
        count(case when coverage <> 'missing' then 1 end) as covered_role_count,
        count(case when coverage = 'engaged' then 1 end) as engaged_role_count,
        {{ dbt.listagg(
            "case when coverage = 'missing' then label_en end", "', '", 'order by sort_order'
        ) }} as missing_en,
        {{ dbt.listagg(
            "case when coverage = 'missing' then label_fr end", "', '", 'order by sort_order'
        ) }} as missing_fr
    from roles
    group by account_id, profile

),

final as (

    select
        scores.account_id,
        scores.scored_at,
        accounts.account_name,
        accounts.parent_account_id,
        coalesce(accounts.ultimate_parent_account_id, scores.account_id)
            as ultimate_parent_account_id,
        accounts.owner_id,
        scores.is_account_known,
        scores.is_customer,
        scores.is_excluded,
        scores.profile,
        cast(scores.fit_score as decimal(18, 12)) as fit_score,
        scores.best_fit_lead_id,
        scores.intent_score,
        cast(scores.intent_points as decimal(28, 12)) as intent_points,
        cast(scores.best_intent_score as decimal(18, 12)) as best_intent_score,
        scores.best_lead_id,
        cast(scores.lead_count as bigint) as lead_count,
        cast(scores.engaged_lead_count as bigint) as engaged_lead_count,
        cast(scores.uncounted_lead_count as bigint) as uncounted_lead_count,
        cast(scores.ambiguous_lead_count as bigint) as ambiguous_lead_count,
        scores.furthest_stage,
        scores.last_signal_at,
        scores.is_hand_raised,
        scores.fit_band,
        scores.intent_band,
        scores.grade,
        scores.temperature,
        cast(scores.priority as bigint) as priority,
        cast(coalesce(buying_groups.required_role_count, 0) as bigint) as required_role_count,
        cast(coalesce(buying_groups.covered_role_count, 0) as bigint) as covered_role_count,
        cast(coalesce(buying_groups.engaged_role_count, 0) as bigint) as engaged_role_count,
        cast(buying_groups.covered_role_count as double)
        / nullif(buying_groups.required_role_count, 0) as role_coverage_rate,
        scores.lead_count
        || case when scores.lead_count = 1 then ' person' else ' people' end
        || ' known, ' || scores.engaged_lead_count || ' engaged; '
        || coalesce('most by ' || scores.main_signals_en, 'no signal')
        || coalesce('; missing: ' || buying_groups.missing_en, '') as reason_en,
        scores.lead_count
        || case when scores.lead_count = 1 then ' personne connue' else ' personnes connues' end
        || ', ' || scores.engaged_lead_count
        || case when scores.engaged_lead_count > 1 then ' engagées' else ' engagée' end
        || ' ; ' || coalesce('surtout par ' || scores.main_signals_fr, 'aucun signal')
        || coalesce(' ; il manque : ' || buying_groups.missing_fr, '') as reason_fr,
        scores.rules_digest
    from scores
    left join accounts
        on scores.account_id = accounts.account_id
    left join buying_groups
        on
            scores.account_id = buying_groups.account_id
            and scores.profile = buying_groups.profile

)

select * from final
