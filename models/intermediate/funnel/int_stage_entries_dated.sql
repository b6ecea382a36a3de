with transitions as (

    select * from {{ ref('int_stages_sequenced') }}
    where not is_orphan

),

erased as (

    select * from {{ ref('stg_files__erased_conversions') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

first_entries as (

    select
        basis,
        lead_id,
        to_stage as stage,
        min(transitioned_at) as entered_at
    from transitions
    group by basis, lead_id, to_stage

),

of_leads as (

    select
        first_entries.basis,
        first_entries.lead_id,
        cast(null as varchar) as erased_key,
        first_entries.stage,
        first_entries.entered_at,
        {{ in_time_zone('first_entries.entered_at', 'reporting.time_zone') }} as entered_at_local
    from first_entries
    cross join reporting

),

-- Of who was erased by law the month of each stage is left.
erased_entries as (

    select
        basis,
        erased_key,
        from_stage as stage,
        cohort_month as entered_month
    from erased
    union
    select
        basis,
        erased_key,
        to_stage as stage,
        converted_month as entered_month
    from erased
    where converted_month is not null

),

first_erased_entries as (

    select
        erased_entries.basis,
        erased_entries.erased_key,
        erased_entries.stage,
        min(erased_entries.entered_month) as entered_month
    from erased_entries
    inner join refresh_context
        on erased_entries.entered_month <= refresh_context.as_of
    group by erased_entries.basis, erased_entries.erased_key, erased_entries.stage

),

final as (

    select
        basis,
        lead_id,
        erased_key,
        stage,
        entered_at,
        cast({{ dbt.date_trunc('month', 'entered_at_local') }} as date) as entered_month
    from of_leads
    union all
    select
        basis,
        cast(null as varchar) as lead_id,
        erased_key,
        stage,
        cast(null as timestamp) as entered_at,
        entered_month
    from first_erased_entries

)

select * from final
