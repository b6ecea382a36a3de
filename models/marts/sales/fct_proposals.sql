with versions as (

    select * from {{ ref('fct_proposal_versions') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

summed as (

    select
        proposal_id,
        count(*) as version_count,
        count(case when status <> 'draft' or sent_at is not null then 1 end)
            as sent_version_count,
        min(created_at) as drafted_at,
        min(sent_at) as first_sent_at,
        max(sent_at) as last_sent_at,
        max(case when status = 'accepted' then 1 else 0 end) as accepted_count,
        min(case when status = 'accepted' then decided_at end) as accepted_at,
        min(version_number) as first_version_number
    from versions
    group by proposal_id

),

latest as (

    select * from versions
    where is_latest

),

firsts as (

    select
        versions.proposal_id,
        versions.amount,
        versions.currency
    from versions
    inner join summed
        on
            versions.proposal_id = summed.proposal_id
            and versions.version_number = summed.first_version_number

),

-- Where nobody wrote down what became of a version that was sent, its deal tells it.
decided as (

    select
        latest.proposal_id,
        latest.opportunity_id,
        latest.is_orphan,
        latest.status as latest_status,
        latest.amount,
        latest.currency,
        opportunities.lead_id,
        opportunities.account_id,
        opportunities.opportunity_type,
        opportunities.status as opportunity_status,
        case
            when summed.sent_version_count = 0 then 'draft'
            when summed.accepted_count = 1 then 'accepted'
            when latest.status in ('rejected', 'expired') then latest.status
            when opportunities.status = 'won' then 'accepted'
            when opportunities.status = 'lost' then 'rejected'
            else 'open'
        end as outcome,
        case
            when summed.sent_version_count = 0 then null
            when summed.accepted_count = 1 or latest.status in ('rejected', 'expired')
                then 'proposal'
            when opportunities.status in ('won', 'lost') then 'deal'
        end as decided_by,
        case
            when summed.sent_version_count = 0 then null
            when summed.accepted_count = 1 then summed.accepted_at
            when latest.status in ('rejected', 'expired') then latest.decided_at
            when opportunities.status in ('won', 'lost') then opportunities.closed_at
        end as decided_at
    from latest
    inner join summed
        on latest.proposal_id = summed.proposal_id
    left join opportunities
        on latest.opportunity_id = opportunities.opportunity_id

),

final as (

    select
        decided.proposal_id,
        decided.opportunity_id,
        decided.lead_id,
        decided.account_id,
        decided.opportunity_type,
        decided.opportunity_status,
        decided.outcome,
        decided.decided_by,
        cast(summed.version_count as bigint) as version_count,
        cast(summed.sent_version_count as bigint) as sent_version_count,
        firsts.amount as first_amount,
        decided.amount as last_amount,
        decided.currency,
        case
            when firsts.currency = decided.currency
                then
                    cast(decided.amount - firsts.amount as double)
                    / nullif(cast(firsts.amount as double), 0)
        end as amount_change_rate,
        summed.drafted_at,
        summed.first_sent_at,
        summed.last_sent_at,
        decided.decided_at,
        cast({{ days_between('summed.drafted_at', 'summed.first_sent_at') }} as double)
            as drafting_days,
        cast({{ days_between('summed.first_sent_at', 'decided.decided_at') }} as double)
            as cycle_days,
        decided.is_orphan
    from decided
    inner join summed
        on decided.proposal_id = summed.proposal_id
    inner join firsts
        on decided.proposal_id = firsts.proposal_id

)

select * from final
