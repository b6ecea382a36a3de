with criteria as (

    select * from {{ ref('fct_lead_criteria') }}

),

summed as (

    select
        lead_id,
        framework,
        is_framework_in_use,
        count(*) as criteria_count,
        count(case when is_confirmed then 1 end) as confirmed_count,
        count(case when status = 'unproven' then 1 end) as unproven_count,
        count(case when status = 'denied' then 1 end) as denied_count,
        count(case when status in ('unknown', 'not_asked') then 1 end) as open_count,
        count(case when is_due then 1 end) as due_count,
        count(case when is_due and is_confirmed then 1 end) as due_confirmed_count,
        max(answered_at) as last_answered_at
    from criteria
    group by lead_id, framework, is_framework_in_use

),

final as (

    select
        {{ surrogate_key(['lead_id', 'framework']) }} as framework_completeness_id,
        lead_id,
        framework,
        is_framework_in_use,
        cast(criteria_count as bigint) as criteria_count,
        cast(confirmed_count as bigint) as confirmed_count,
        cast(unproven_count as bigint) as unproven_count,
        cast(denied_count as bigint) as denied_count,
        cast(open_count as bigint) as open_count,
        cast(confirmed_count as double) / nullif(criteria_count, 0) as completeness_rate,
        cast(due_count as bigint) as due_count,
        cast(due_confirmed_count as bigint) as due_confirmed_count,
        cast(due_confirmed_count as double) / nullif(due_count, 0) as due_completeness_rate,
        last_answered_at
    from summed

)

select * from final
