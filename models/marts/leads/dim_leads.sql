with lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

transitions as (

    select * from {{ ref('int_stages_sequenced') }}

),

latest_versions as (

    select * from lead_versions
    where valid_to is null

),

first_known as (

    select
        lead_id,
        min(valid_from) as known_since,
        count(*) as version_count
    from lead_versions
    group by lead_id

),

other_records as (

    select
        surviving_lead_id,
        count(*) as duplicate_count
    from {{ ref('int_lead_identities_resolved') }}
    where surviving_lead_id <> lead_id
    group by surviving_lead_id

),

effective_transitions as (

    select
        *,
        row_number() over (
            partition by basis, lead_id
            order by transition_number desc
        ) as place_from_last
    from transitions
    where is_effective

),

stages_now as (

    select * from effective_transitions
    where place_from_last = 1

),

final as (

    select
        latest_versions.lead_id,
        latest_versions.email,
        {{ email_problem('latest_versions.email') }} as email_problem,
        latest_versions.first_name,
        latest_versions.last_name,
        latest_versions.phone,
        latest_versions.job_title,
        latest_versions.language,
        latest_versions.country_code,
        latest_versions.contact_id,
        latest_versions.account_id,
        latest_versions.company_name,
        latest_versions.company_domain,
        latest_versions.registration_number,
        latest_versions.industry,
        latest_versions.company_type,
        latest_versions.employee_count,
        cast(latest_versions.annual_revenue as decimal(18, 4)) as annual_revenue,
        latest_versions.revenue_currency,
        latest_versions.is_listed,
        latest_versions.tech_stack,
        latest_versions.strategic_issues,
        latest_versions.source,
        latest_versions.utm_source,
        latest_versions.utm_medium,
        latest_versions.utm_campaign,
        latest_versions.utm_term,
        latest_versions.utm_content,
        latest_versions.campaign_id,
        latest_versions.partner_id,
        latest_versions.provenance,
        latest_versions.notice_given_at,
        latest_versions.deleted_at,
        latest_versions.lead_type,
        latest_versions.owner_id,
        latest_versions.created_at,
        latest_versions.updated_at,
        crm_stages.to_stage as crm_stage,
        crm_stages.transitioned_at as crm_stage_entered_at,
        rules_stages.to_stage as rules_stage,
        rules_stages.transitioned_at as rules_stage_entered_at,
        rules_stages.profile as rules_profile,
        first_known.known_since,
        latest_versions.valid_from as last_known_change_at,
        latest_versions.is_known_at_assumed,
        cast(first_known.version_count as bigint) as version_count,
        cast(coalesce(other_records.duplicate_count, 0) as bigint) as duplicate_count
    from latest_versions
    inner join first_known
        on latest_versions.lead_id = first_known.lead_id
    left join other_records
        on latest_versions.lead_id = other_records.surviving_lead_id
    left join stages_now as crm_stages
        on
            latest_versions.lead_id = crm_stages.lead_id
            and crm_stages.basis = 'crm'
    left join stages_now as rules_stages
        on
            latest_versions.lead_id = rules_stages.lead_id
            and rules_stages.basis = 'rules'

)

select * from final
