select
    strftime(pressure.pressure_month, '%Y-%m') as month,
    masked(pressure.contacts_per_lead_week, pressure.lead_week_count) as contacts_per_lead_week,
    masked_rate(pressure.over_cap_rate, pressure.over_cap_count, pressure.lead_week_count)
        as over_cap_rate,
    masked_rate(
        pressure.unsubscribe_rate, pressure.unsubscribed_mailed_count, pressure.mailed_lead_count
    ) as unsubscribe_rate,
    pressure.is_mature
from marts.rpt_contact_pressure as pressure
where pressure.dimension = 'all'
order by month
