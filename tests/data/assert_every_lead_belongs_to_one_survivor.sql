-- Survivors survive themselves, and nobody belongs to a lead that belongs to another.
select
    identities.lead_id,
    identities.surviving_lead_id,
    survivors.surviving_lead_id as survivor_of_survivor
from {{ ref('dim_lead_identities') }} as identities
left join {{ ref('dim_lead_identities') }} as survivors
    on identities.surviving_lead_id = survivors.lead_id
where
    survivors.surviving_lead_id is distinct from identities.surviving_lead_id
    or identities.is_survivor <> (identities.linked_at is null)
    or identities.is_survivor <> (identities.link_reason is null)
