with settings as (

    select * from {{ ref('forecast') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

span as (

    select
        refresh_context.as_of,
        settings.history_months + 1 as origin_count
    from refresh_context
    cross join settings

),

numbers as (

    select
        {{ numbers_up_to('span.origin_count') }} - 1 as origin_number,
        span.as_of
    from span

),

final as (

    select
        cast(origin_number as bigint) as origin_number,
        cast({{ dbt.dateadd('month', '-origin_number', 'as_of') }} as timestamp) as origin_at
    from numbers

)

select * from final
