-- When leads are handed over, and how long the first touch takes then, in UTC.
with hours as (
    select
        basis,
        isodow(started_at) as weekday,
        hour(started_at) // 4 * 4 as from_hour,
        count(*) as handover_count,
        median(first_touch_minutes) as median_minutes
    from marts.fct_handovers
    group by basis, weekday, from_hour
)

select
    hours.basis,
    hours.weekday,
    list_value('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')[
        hours.weekday
    ] as weekday_en,
    list_value('Lundi', 'Mardi', 'Mercredi', 'Jeudi', 'Vendredi', 'Samedi', 'Dimanche')[
        hours.weekday
    ] as weekday_fr,
    hours.from_hour,
    lpad(cast(hours.from_hour as varchar), 2, '0') || '–'
        || lpad(cast(hours.from_hour + 4 as varchar), 2, '0') || ' h' as span,
    masked(hours.handover_count, hours.handover_count) as handover_count,
    masked(hours.median_minutes, hours.handover_count) as median_minutes
from hours
order by hours.basis, hours.weekday, hours.from_hour
