with refresh_context as (

    select
        as_of,
        cast('1999-12-31' as timestamp) as day_before
    from {{ ref('stg_files__refresh_context') }}

),

spans as (

    select
        day_before,
        {{ dbt.datediff('day_before', 'as_of', 'day') }} + 366 as day_count
    from refresh_context

),

days as (

    select
        day_before,
        {{ numbers_up_to('day_count') }} as day_number
    from spans

),

final as (

    select cast({{ dbt.dateadd('day', 'day_number', 'day_before') }} as date) as date_day
    from days

)

select * from final
