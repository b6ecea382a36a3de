with entries as (

    select
        *,
        coalesce(lead_id, erased_key) as member_key
    from {{ ref('int_stage_entries_dated') }}

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

steps as (

    select * from {{ ref('funnel_steps') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

entries_into_first as (

    select
        entries.basis,
        entries.member_key,
        entries.entered_month,
        steps.from_stage,
        steps.to_stage,
        1 as from_entry,
        0 as to_entry,
        0 as via_entry
    from entries
    inner join steps
        on entries.stage = steps.from_stage

),

-- Of who was erased by law the order within a month is not known any more.
entries_into_second as (

    select
        entries.basis,
        entries.member_key,
        entries.entered_month,
        steps.from_stage,
        steps.to_stage,
        0 as from_entry,
        1 as to_entry,
        case
            when
                earlier.entered_at <= entries.entered_at
                or (earlier.erased_key is not null and earlier.entered_month <= entries.entered_month)
                then 1
            else 0
        end as via_entry
    from entries
    inner join steps
        on entries.stage = steps.to_stage
    left join entries as earlier
        on
            entries.basis = earlier.basis
            and entries.member_key = earlier.member_key
            and steps.from_stage = earlier.stage

),

periods as (

    select
        counted.basis,
        counted.entered_month as period_month,
        segments.dimension,
        segments.segment,
        counted.from_stage,
        counted.to_stage,
        sum(counted.from_entry) as from_entry_count,
        sum(counted.to_entry) as to_entry_count,
        sum(counted.via_entry) as via_entry_count
    from (
        select * from entries_into_first
        union all
        select * from entries_into_second
    ) as counted
    inner join segments
        on counted.member_key = segments.member_key
    group by
        counted.basis,
        counted.entered_month,
        segments.dimension,
        segments.segment,
        counted.from_stage,
        counted.to_stage

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
        cast(periods.from_entry_count as bigint) as from_entry_count,
        cast(periods.to_entry_count as bigint) as to_entry_count,
        cast(periods.via_entry_count as bigint) as via_entry_count,
        cast(periods.to_entry_count - periods.via_entry_count as bigint) as direct_entry_count,
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
