with source as (

    select * from {{ source('files', 'erased_conversions') }}

),

final as (

    select
        erased_key,
        basis,
        from_stage,
        to_stage,
        cast(cohort_month as date) as cohort_month,
        source,
        cast(days_to_convert as double) as days_to_convert,
        is_converted,
        is_reached_before_entry,
        is_fully_observed,
        cast(converted_month as date) as converted_month,
        is_stepwise,
        is_via_mql
    from source

)

select * from final
