with refresh_context as (

    select
        *,
        cast(
            {{ dbt.datediff("cast('1999-12-31' as date)", 'as_of', 'day') }} + 366 as bigint
        ) as day_count
    from {{ ref('stg_files__refresh_context') }}

),

days as (

    select {{ numbers_up_to('day_count') }} as day_number
    from refresh_context

),

final as (

    select
        cast(
            {{ dbt.dateadd('day', 'day_number', "cast('1999-12-31' as date)") }} as date
        ) as date_day
    from days

)

select * from final
