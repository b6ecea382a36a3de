-- Of each lead what is known of it last: a corrected address takes back what the wrong one said.
with versions as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

),

contacts as (

    select * from {{ ref('int_contacts_historized') }}
    where valid_to is null

),

enriched as (

    select * from {{ ref('int_leads_enriched') }}
    where valid_to is null

),

rules as (

    select traffic_leads.*
    from {{ ref('traffic_leads') }} as traffic_leads
    inner join {{ ref('traffic_reasons') }} as traffic_reasons
        on traffic_leads.zero_because = traffic_reasons.zero_because
    where traffic_leads.is_active and traffic_reasons.is_active

),

known as (

    select
        versions.lead_id,
        {{ normalized_text('enriched.email_domain') }} as mail_domain,
        {{ normalized_text('enriched.company_domain') }} as company_domain,
        {{ normalized_text('enriched.company_name') }} as company_name,
        {{ normalized_text('coalesce(versions.first_name, contacts.first_name)') }} as first_name,
        {{ normalized_text('coalesce(versions.last_name, contacts.last_name)') }} as last_name,
        {{ normalized_text(
            dbt.split_part('coalesce(versions.email, contacts.email)', "'@'", 1)
        ) }} as mail_name
    from versions
    left join contacts
        on versions.contact_id = contacts.contact_id
    left join enriched
        on versions.lead_id = enriched.lead_id

),

attributes as (

    select
        lead_id,
        'mail_domain' as attribute,
        mail_domain as value
    from known
    union all
    select
        lead_id,
        'company_domain' as attribute,
        company_domain as value
    from known
    union all
    select
        lead_id,
        'company_name' as attribute,
        company_name as value
    from known
    union all
    select
        lead_id,
        'first_name' as attribute,
        first_name as value
    from known
    union all
    select
        lead_id,
        'last_name' as attribute,
        last_name as value
    from known
    union all
    select
        lead_id,
        'mail_name' as attribute,
        mail_name as value
    from known

),

values_matched as (

    select distinct
        attributes.attribute,
        attributes.value,
        rules.lead_rule,
        rules.zero_because
    from attributes
    inner join rules
        on attributes.attribute = rules.attribute
    where
        case rules.match
            -- A domain has its sub-domains with it, as an account has.
            when 'equals'
                then
                    attributes.value = rules.operand
                    or (
                        attributes.attribute in ('mail_domain', 'company_domain')
                        and right(attributes.value, length(rules.operand) + 1)
                        = '.' || rules.operand
                    )
            when 'starts_with' then position(rules.operand in attributes.value) = 1
            when 'ends_with'
                then right(attributes.value, length(rules.operand)) = rules.operand
            when 'contains' then position(rules.operand in attributes.value) > 0
        end

),

final as (

    select distinct
        attributes.lead_id,
        values_matched.lead_rule,
        values_matched.zero_because
    from attributes
    inner join values_matched
        on
            attributes.attribute = values_matched.attribute
            and attributes.value = values_matched.value

)

select * from final
