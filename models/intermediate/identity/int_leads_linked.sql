with latest_merges as (

    select * from {{ ref('int_lead_merges_resolved') }}

),

addresses as (

    select * from {{ ref('int_lead_addresses_shared') }}
    where joins_nobody_because is null

),

by_merge as (

    select
        merged_lead_id as lead_id,
        surviving_lead_id as other_lead_id,
        merged_at as linked_at,
        -- It takes nobody away any more, and is still when the two became one.
        case when is_end_of_circle then 'circle' else 'merge' end as link_reason
    from latest_merges
    where not is_taken_back

),

-- Somebody said that these are not who they were taken for: an address does not say otherwise.
taken_apart as (

    select merged_lead_id as lead_id
    from latest_merges
    where is_taken_back

),

addresses_that_join as (

    select
        addresses.email,
        addresses.lead_id,
        addresses.had_from,
        row_number() over (
            partition by addresses.email
            order by addresses.place
        ) as place
    from addresses
    left join taken_apart
        on addresses.lead_id = taken_apart.lead_id
    where taken_apart.lead_id is null

),

-- Each with the first who had the address: as many links as leads, and any two of them are linked
-- since the later of them had it.
by_address as (

    select
        later_ones.lead_id,
        first_one.lead_id as other_lead_id,
        min(later_ones.had_from) as linked_at,
        'same_email' as link_reason
    from addresses_that_join as later_ones
    inner join addresses_that_join as first_one
        on
            later_ones.email = first_one.email
            and first_one.place = 1
    where later_ones.place > 1
    group by later_ones.lead_id, first_one.lead_id

),

final as (

    select * from by_merge
    union all
    select * from by_address

)

select * from final
