-- A lead is in one stage at a time on each basis: stays begin where the one before ended, none ends
-- before it begins, and the last one alone is open.
with intervals as (

    select * from {{ ref('fct_stage_intervals') }}

),

in_order as (

    select
        *,
        max(coalesce(left_at, cast('9999-12-31 00:00:00' as timestamp))) over (
            partition by basis, lead_id
            order by transition_number
            rows between unbounded preceding and 1 preceding
        ) as latest_left_before,
        row_number() over (
            partition by basis, lead_id
            order by transition_number
        ) as place,
        count(*) over (partition by basis, lead_id) as interval_count
    from intervals

)

select
    basis,
    lead_id,
    transition_number,
    stage,
    entered_at,
    left_at,
    latest_left_before
from in_order
where
    left_at < entered_at
    or latest_left_before is distinct from case when place > 1 then entered_at end
    or (left_at is null) <> (place = interval_count)
