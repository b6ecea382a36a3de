with proposals as (

    select * from {{ ref('fct_proposals') }}
    where outcome <> 'draft' and first_sent_at is not null

),

reporting as (

    select * from {{ ref('reporting') }}

),

months as (

    select
        proposals.*,
        coalesce(proposals.opportunity_type, 'unknown') as deal_type,
        {{ in_time_zone('proposals.first_sent_at', 'reporting.time_zone') }} as sent_at_local
    from proposals
    cross join reporting

),

cohorts as (

    select
        cast({{ dbt.date_trunc('month', 'sent_at_local') }} as date) as sent_month,
        deal_type as opportunity_type,
        count(*) as sent_count,
        count(case when outcome = 'accepted' then 1 end) as accepted_count,
        count(case when outcome in ('rejected', 'expired') then 1 end) as refused_count,
        count(case when outcome = 'open' then 1 end) as open_count,
        count(case when decided_by = 'deal' then 1 end) as decided_by_deal_count,
        sum(version_count) as version_count,
        {{ median("case when outcome = 'accepted' and cycle_days >= 0 then cycle_days end") }}
            as median_accepted_cycle_days,
        {{ median(
            "case when outcome in ('rejected', 'expired') and cycle_days >= 0 then cycle_days end"
        ) }} as median_refused_cycle_days,
        count(case when cycle_days < 0 then 1 end) as negative_cycle_count
    from months
    group by cast({{ dbt.date_trunc('month', 'sent_at_local') }} as date), deal_type

),

final as (

    select
        {{ surrogate_key(['sent_month', 'opportunity_type']) }} as proposal_outcome_id,
        sent_month,
        opportunity_type,
        cast(sent_count as bigint) as sent_count,
        cast(accepted_count as bigint) as accepted_count,
        cast(refused_count as bigint) as refused_count,
        cast(open_count as bigint) as open_count,
        cast(accepted_count + refused_count as bigint) as decided_count,
        cast(accepted_count as double) / nullif(accepted_count + refused_count, 0) as win_rate,
        cast(decided_by_deal_count as bigint) as decided_by_deal_count,
        cast(version_count as double) / nullif(sent_count, 0) as versions_per_proposal,
        cast(median_accepted_cycle_days as double) as median_accepted_cycle_days,
        cast(median_refused_cycle_days as double) as median_refused_cycle_days,
        cast(negative_cycle_count as bigint) as negative_cycle_count
    from cohorts

)

select * from final
