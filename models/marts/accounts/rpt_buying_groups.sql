with roles as (

    select * from {{ ref('int_buying_roles_covered') }}

),

scores as (

    select * from {{ ref('fct_account_scores') }}

),

final as (

    select
        {{ surrogate_key(['roles.account_id', 'roles.profile', 'roles.role']) }}
            as account_role_id,
        roles.account_id,
        roles.profile,
        roles.role,
        roles.scored_at,
        coalesce(roles.profile = scores.profile, false) as is_leading_profile,
        roles.label_en,
        roles.label_fr,
        cast(roles.sort_order as bigint) as sort_order,
        roles.is_required,
        roles.coverage,
        cast(roles.lead_count as bigint) as lead_count,
        cast(roles.engaged_lead_count as bigint) as engaged_lead_count,
        roles.best_lead_id,
        cast(roles.best_intent_score as decimal(18, 12)) as best_intent_score
    from roles
    left join scores
        on roles.account_id = scores.account_id

)

select * from final
