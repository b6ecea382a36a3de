with scores as (

    select * from {{ ref('int_scores_stored') }}

),

matches as (

    select * from {{ ref('int_leads_matched_to_accounts') }}

),

attributes as (

    select * from {{ ref('int_leads_enriched') }}

),

objections as (

    select * from {{ ref('int_profiling_objections_dated') }}

),

customers as (

    select * from {{ ref('int_customer_leads_dated') }}

),

stages as (

    select * from {{ ref('int_stages_sequenced') }}
    where basis = 'rules' and is_effective

),

rules as (

    select * from {{ ref('account_rules') }}

),

refresh_context as (

    select
        *,
        case when is_as_of_given then as_of else known_by end as known_until
    from {{ ref('stg_files__refresh_context') }}

),

matches_now as (

    select matches.*
    from matches
    inner join refresh_context
        on
            matches.valid_from <= refresh_context.known_until
            and {{ open_end('matches.valid_to') }} > refresh_context.known_until
    where matches.account_id is not null

),

attributes_now as (

    select
        attributes.lead_id,
        attributes.job_function,
        attributes.job_seniority
    from attributes
    inner join refresh_context
        on
            attributes.valid_from <= refresh_context.known_until
            and {{ open_end('attributes.valid_to') }} > refresh_context.known_until

),

objecting as (

    select distinct objections.lead_id
    from objections
    inner join refresh_context
        on
            objections.objected_at <= refresh_context.as_of
            and {{ open_end('objections.objected_until') }} > refresh_context.as_of

),

of_customers as (

    select distinct customers.lead_id
    from customers
    inner join refresh_context
        on
            customers.customer_from <= refresh_context.as_of
            and {{ open_end('customers.customer_until') }} > refresh_context.as_of

),

stages_ranked as (

    select
        stages.lead_id,
        stages.to_stage,
        row_number() over (
            partition by stages.lead_id
            order by stages.transition_number desc
        ) as place_from_last
    from stages
    inner join refresh_context
        on stages.transitioned_at <= refresh_context.as_of

),

stages_now as (

    select * from stages_ranked
    where place_from_last = 1

),

-- Nobody's account is scored by people whom no profile takes or who objected to being profiled.
final as (

    select
        matches_now.account_id,
        scores.lead_id,
        scores.scored_at,
        matches_now.matched_by,
        matches_now.is_ambiguous,
        matches_now.is_account_known,
        not scores.is_excluded and objecting.lead_id is null as is_counted,
        not scores.is_excluded
        and objecting.lead_id is null
        and scores.intent_score >= rules.min_engaged_intent_score as is_engaged,
        of_customers.lead_id is not null as is_of_customer,
        scores.profile,
        scores.fit_score,
        scores.intent_score,
        scores.priority,
        scores.is_hand_raised,
        scores.last_signal_at,
        stages_now.to_stage as stage,
        attributes_now.job_function,
        attributes_now.job_seniority,
        scores.rules_digest
    from scores
    inner join matches_now
        on scores.lead_id = matches_now.lead_id
    cross join rules
    left join attributes_now
        on scores.lead_id = attributes_now.lead_id
    left join objecting
        on scores.lead_id = objecting.lead_id
    left join of_customers
        on scores.lead_id = of_customers.lead_id
    left join stages_now
        on scores.lead_id = stages_now.lead_id

)

select * from final
