-- A lead that landed and was known in time has its row, or its survivor has; none appears from
-- nowhere.
with landed as (

    select distinct identities.surviving_lead_id as lead_id
    from {{ source('files', 'leads') }} as leads
    left join {{ ref('dim_lead_identities') }} as identities
        on leads.lead_id = identities.lead_id
    cross join {{ source('files', 'refresh_context') }} as refresh_context
    where leads.known_at <= refresh_context.known_by

)

select
    landed.lead_id as landed_lead_id,
    leads.lead_id
from landed
full outer join {{ ref('dim_leads') }} as leads
    on landed.lead_id = leads.lead_id
where landed.lead_id is null or leads.lead_id is null
