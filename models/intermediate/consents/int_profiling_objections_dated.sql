with consents as (

    select * from {{ ref('int_consents_attributed') }}
    where purpose = 'profiling'

),

-- An objection stands until the person's own, proven consent.
said as (

    select
        lead_id,
        recorded_at,
        max(case when is_objection then 1 else 0 end) as objected_count,
        max(case when is_proven_consent then 1 else 0 end) as consented_count
    from consents
    group by lead_id, recorded_at

),

-- What is said at the same instant both ways counts as an objection.
turns as (

    select
        lead_id,
        recorded_at,
        objected_count = 1 as is_objection,
        lag(objected_count) over (partition by lead_id order by recorded_at) as objected_before
    from said
    where objected_count = 1 or consented_count = 1

),

changes as (

    select
        lead_id,
        recorded_at,
        is_objection,
        lead(recorded_at) over (partition by lead_id order by recorded_at) as next_change_at
    from turns
    where
        (is_objection and coalesce(objected_before, 0) = 0)
        or (not is_objection and coalesce(objected_before, 0) = 1)

),

final as (

    select
        lead_id,
        recorded_at as objected_at,
        next_change_at as objected_until
    from changes
    where is_objection

)

select * from final
