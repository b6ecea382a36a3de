with answers as (

    select * from {{ ref('int_answers_attributed') }}
    where dimension is not null and status in ('confirmed', 'denied')

),

-- Of answers at the same instant the denial stands: it comes last in the alphabet.
at_instants as (

    select
        lead_id,
        counts_from as answered_at,
        max(case when dimension = 'need' then status end) as need,
        max(case when dimension = 'priority' then status end) as priority,
        max(case when dimension = 'budget' then status end) as budget,
        max(case when dimension = 'authority' then status end) as authority,
        max(qualification_id) as qualification_id,
        max(case when status = 'confirmed' and is_own then 1 else 0 end) as own_count
    from answers
    group by lead_id, counts_from

),

standing as (

    select
        lead_id,
        answered_at,
        qualification_id,
        last_value(need ignore nulls) over so_far as need,
        last_value(priority ignore nulls) over so_far as priority,
        last_value(budget ignore nulls) over so_far as budget,
        last_value(authority ignore nulls) over so_far as authority,
        max(own_count) over so_far as own_count
    from at_instants
    window
        so_far as (
            partition by lead_id
            order by answered_at
            rows between unbounded preceding and current row
        )

),

counted as (

    select
        *,
        own_count = 1
        and coalesce(need = 'confirmed', false)
        and coalesce(priority = 'confirmed', false)
        and coalesce(budget = 'confirmed', false)
        and coalesce(authority = 'confirmed', false) as is_all_confirmed
    from standing

),

final as (

    select
        lead_id,
        answered_at,
        qualification_id,
        need,
        priority,
        budget,
        authority,
        is_all_confirmed,
        not is_all_confirmed
        and coalesce(
            lag(is_all_confirmed) over (partition by lead_id order by answered_at), false
        ) as is_taken_back
    from counted

)

select * from final
