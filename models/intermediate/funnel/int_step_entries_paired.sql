with entries as (

    select
        *,
        coalesce(lead_id, erased_key) as member_key
    from {{ ref('int_stage_entries_dated') }}

),

steps as (

    select * from {{ ref('funnel_steps') }}

),

entries_into_first as (

    select
        entries.basis,
        entries.member_key,
        entries.entered_month,
        steps.from_stage,
        steps.to_stage,
        true as is_into_first,
        false as is_via_first
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
        false as is_into_first,
        coalesce(
            earlier.entered_at <= entries.entered_at
            or (
                earlier.erased_key is not null
                and earlier.entered_month <= entries.entered_month
            ),
            false
        ) as is_via_first
    from entries
    inner join steps
        on entries.stage = steps.to_stage
    left join entries as earlier
        on
            entries.basis = earlier.basis
            and entries.member_key = earlier.member_key
            and steps.from_stage = earlier.stage

),

final as (

    select * from entries_into_first
    union all
    select * from entries_into_second

)

select * from final
