with owned as (

    select * from {{ ref('int_handovers_owned') }}

),

stretches as (

    select * from {{ ref('int_working_stretches_dated') }}

),

spans as (

    select
        *,
        'first_touch' as clock,
        started_at as from_at,
        first_touched_at as until_at
    from owned
    union all
    select
        *,
        'acceptance' as clock,
        started_at as from_at,
        answered_at as until_at
    from owned
    union all
    select
        *,
        'decision' as clock,
        accepted_at as from_at,
        decided_at as until_at
    from owned

),

measured as (

    select
        spans.*,
        cast(
            {{ dbt.datediff(
                'spans.from_at',
                'spans.until_at',
                'second'
            ) }} as double
        ) / 60 as elapsed_minutes,
        {{ worked_at('start_stretches', 'spans.from_at') }} as worked_at_start,
        {{ worked_at('end_stretches', 'spans.until_at') }} as worked_at_end
    from spans
    left join stretches as start_stretches
        on {{ stretch_at('start_stretches', 'spans.calendar', 'spans.from_at') }}
    left join stretches as end_stretches
        on {{ stretch_at('end_stretches', 'spans.calendar', 'spans.until_at') }}

),

-- Whoever acted before readers were shown the lead took no time.
not_negative as (

    select
        *,
        case when elapsed_minutes < 0 then 0 else elapsed_minutes end as minutes,
        case
            when worked_at_end < worked_at_start then 0
            else cast(worked_at_end - worked_at_start as double) / 60000000
        end as business_minutes
    from measured

),

final as (

    select
        basis,
        lead_id,
        transition_number,
        started_at,
        owner_id,
        team,
        max(case when clock = 'first_touch' then minutes end) as first_touch_minutes,
        max(case when clock = 'first_touch' then business_minutes end)
            as first_touch_business_minutes,
        max(case when clock = 'acceptance' then minutes end) as acceptance_minutes,
        max(case when clock = 'acceptance' then business_minutes end)
            as acceptance_business_minutes,
        max(case when clock = 'decision' then minutes end) as decision_minutes,
        max(case when clock = 'decision' then business_minutes end)
            as decision_business_minutes
    from not_negative
    group by basis, lead_id, transition_number, started_at, owner_id, team

)

select * from final
