-- Deadlines need days ahead. Make public_holidays anew when its years run out.
with stretches as (

    select * from {{ ref('int_working_stretches_summed') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

)

select
    stretches.calendar,
    max(stretches.closes_at) as last_closes_at
from stretches
cross join refresh_context
group by stretches.calendar, refresh_context.as_of
having max(stretches.closes_at) < {{ dbt.dateadd('day', 90, 'refresh_context.as_of') }}
