with entries as (

    select * from {{ ref('int_step_entries_paired') }}

),

segments as (

    select
        lead_id as member_key,
        dimension,
        segment
    from {{ ref('int_leads_segmented') }}
    union all
    select
        erased_key as member_key,
        dimension,
        segment
    from {{ ref('int_erased_leads_segmented') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

periods as (

    select
        entries.basis,
        entries.entered_month as period_month,
        segments.dimension,
        segments.segment,
        entries.from_stage,
        entries.to_stage,
        count(case when entries.is_into_first then 1 end) as from_entry_count,
        count(case when not entries.is_into_first then 1 end) as to_entry_count,
        count(case when entries.is_via_first then 1 end) as via_entry_count
    from entries
    inner join segments
        on entries.member_key = segments.member_key
    group by
        entries.basis,
        entries.entered_month,
        segments.dimension,
        segments.segment,
        entries.from_stage,
        entries.to_stage

),

final as (

    select
        {{ surrogate_key([
            'periods.basis', 'periods.period_month', 'periods.dimension', 'periods.segment',
            'periods.from_stage', 'periods.to_stage',
        ]) }} as funnel_period_id,
        periods.basis,
        periods.period_month,
        periods.dimension,
        periods.segment,
        periods.from_stage,
        periods.to_stage,
        periods.from_entry_count,
        periods.to_entry_count,
        periods.via_entry_count,
        periods.to_entry_count - periods.via_entry_count as direct_entry_count,
        cast(periods.to_entry_count as double)
        / nullif(periods.from_entry_count, 0) as period_rate,
        cast(periods.via_entry_count as double)
        / nullif(periods.from_entry_count, 0) as via_period_rate,
        refresh_context.as_of >= {{ from_time_zone(
            dbt.dateadd('month', 1, 'periods.period_month'), 'reporting.time_zone'
        ) }} as is_period_over
    from periods
    cross join refresh_context
    cross join reporting

)

select * from final
