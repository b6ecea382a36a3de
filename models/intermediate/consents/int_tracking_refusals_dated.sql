-- Where the policy of the person's country asks for consent to tracking: the time without it. Without
-- such a policy there are no rows, and nothing that reads them has anything to do.
with policies as (

    select * from {{ ref('tracking_policies') }}

),

consents as (

    select * from {{ ref('int_consents_attributed') }}
    where purpose = 'tracking'

),

leads as (

    select
        lead_id,
        country_code
    from {{ ref('int_leads_enriched') }}
    where valid_to is null

),

countries as (

    select distinct country_code from leads

),

policies_ranked as (

    select
        countries.country_code,
        policies.policy,
        policies.interaction_type,
        policies.channel,
        policies.needs_consent,
        row_number() over (
            partition by countries.country_code, policies.interaction_type
            order by case when policies.country_code = '*' then 1 else 0 end
        ) as place
    from countries
    inner join policies
        on
            policies.country_code = '*'
            or countries.country_code = policies.country_code

),

asked as (

    select
        leads.lead_id,
        policies_ranked.policy,
        policies_ranked.interaction_type,
        policies_ranked.channel
    from leads
    inner join policies_ranked
        on coalesce(leads.country_code, '*') = coalesce(policies_ranked.country_code, '*')
    where policies_ranked.place = 1 and policies_ranked.needs_consent

),

-- An objection that names no channel is one to all; a consent counts for the channel it names.
-- What is said at the same instant both ways counts as an objection.
said as (

    select
        asked.lead_id,
        asked.policy,
        asked.interaction_type,
        consents.recorded_at,
        max(case when consents.is_objection then 1 else 0 end) as refused
    from asked
    inner join consents
        on
            asked.lead_id = consents.lead_id
            and (
                (consents.is_objection and coalesce(consents.channel, 'any') = 'any')
                or asked.channel = consents.channel
            )
    where consents.is_objection or consents.is_proven_consent
    group by asked.lead_id, asked.policy, asked.interaction_type, consents.recorded_at

),

-- Who said nothing yet has not consented.
turns as (

    select
        lead_id,
        policy,
        interaction_type,
        cast('1900-01-01 00:00:00' as timestamp) as said_at,
        1 as refused
    from asked
    union all
    select
        lead_id,
        policy,
        interaction_type,
        recorded_at as said_at,
        refused
    from said

),

spans as (

    select
        lead_id,
        policy,
        interaction_type,
        refused,
        said_at as refused_from,
        lead(said_at) over (partition by lead_id, interaction_type order by said_at)
            as refused_until
    from turns

),

final as (

    select
        lead_id,
        policy,
        interaction_type,
        refused_from,
        refused_until
    from spans
    where refused = 1

)

select * from final
