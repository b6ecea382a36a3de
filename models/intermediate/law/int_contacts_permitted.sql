with people as (

    select * from {{ ref('int_people_classified') }}

),

clocks as (

    select * from {{ ref('int_retention_clocks_dated') }}

),

policies as (

    select * from {{ ref('int_policies_matched') }}

),

statements as (

    select * from {{ ref('int_statements_summed') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

put_together as (

    select
        people.lead_id,
        policies.purpose,
        policies.channel,
        people.country_code,
        people.address_kind,
        policies.policy,
        policies.ground_needed,
        statements.objected_at,
        statements.consented_at,
        statements.contracted_at,
        statements.requested_at,
        {{ days_after('statements.requested_at', 'policies.request_days') }} as request_until,
        people.deleted_at,
        clocks.due_at,
        clocks.is_due,
        clocks.notice_due_at,
        clocks.is_notice_overdue and clocks.is_contact_held_without_notice as is_notice_awaited,
        case
            when policies.channel = 'email' then people.has_email
            when policies.channel = 'phone' then people.has_phone
            else true
        end as has_address
    from people
    inner join policies
        on
            coalesce(people.country_code, '*') = policies.country_code
            and people.address_kind = policies.address_kind
    left join clocks
        on people.lead_id = clocks.lead_id
    left join statements
        on
            people.lead_id = statements.lead_id
            and policies.purpose = statements.purpose
            and policies.channel = statements.channel

),

-- At the same instant the objection counts. What was asked after it may be answered all the same.
reasoned as (

    select
        put_together.*,
        case
            when put_together.is_due then 'retention_over'
            when put_together.deleted_at <= refresh_context.as_of then 'deleted_at_source'
            when
                put_together.purpose = 'answering'
                and put_together.requested_at > put_together.objected_at
                and put_together.request_until >= refresh_context.as_of
                then 'requested'
            when
                put_together.objected_at is not null
                and put_together.objected_at
                >= coalesce(
                    put_together.consented_at, cast('0001-01-01 00:00:00' as timestamp)
                )
                then 'objected'
            when put_together.is_notice_awaited and put_together.purpose = 'prospecting'
                then 'notice_overdue'
            when put_together.consented_at is not null then 'consented'
            when put_together.contracted_at is not null and put_together.purpose = 'answering'
                then 'contract'
            when put_together.policy is null then 'policy_missing'
            when put_together.ground_needed = 'legitimate_interest' then 'silence_allows'
            when put_together.ground_needed = 'request'
                then
                    case
                        when put_together.requested_at is null then 'request_missing'
                        when put_together.request_until >= refresh_context.as_of then 'requested'
                        else 'request_over'
                    end
            else 'consent_missing'
        end as legal_reason
    from put_together
    cross join refresh_context

),

final as (

    select
        lead_id,
        purpose,
        channel,
        country_code,
        address_kind,
        case
            when legal_reason = 'consented' then 'consent'
            when legal_reason = 'contract' then 'contract'
            when legal_reason = 'requested' then 'request'
            when legal_reason = 'silence_allows' then 'legitimate_interest'
        end as ground,
        has_address,
        policy,
        legal_reason,
        case
            when
                legal_reason in ('consented', 'contract', 'requested', 'silence_allows')
                and not has_address
                then 'address_missing'
            else legal_reason
        end as reason,
        case
            when legal_reason in ('objected', 'consented', 'contract', 'requested', 'request_over')
                then 'person'
            when legal_reason = 'retention_over' then 'retention'
            when legal_reason = 'deleted_at_source' then 'source'
            when legal_reason = 'notice_overdue' then 'notice'
            else 'policy'
        end as decided_by,
        case
            when legal_reason = 'objected' then objected_at
            when legal_reason = 'consented' then consented_at
            when legal_reason = 'contract' then contracted_at
            when legal_reason in ('requested', 'request_over') then requested_at
            when legal_reason = 'retention_over' then due_at
            when legal_reason = 'deleted_at_source' then deleted_at
            when legal_reason = 'notice_overdue' then notice_due_at
        end as decided_at,
        case when legal_reason = 'requested' then request_until end as permitted_until
    from reasoned

)

select * from final
