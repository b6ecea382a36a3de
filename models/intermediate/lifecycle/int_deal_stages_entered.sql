-- Deals with customers are expansion: they are no step of the lead's way to its first purchase.
with new_deals as (

    select * from {{ ref('int_opportunities_resolved') }}
    where opportunity_type = 'new' and lead_id is not null

),

deals_opened as (

    select
        lead_id,
        'opportunity' as stage,
        created_at as entered_at,
        cast(null as varchar) as reason,
        'deal opened' as evidence,
        opportunity_id as evidence_id
    from new_deals
    where created_at is not null

),

deals_won as (

    select
        lead_id,
        'customer' as stage,
        closed_at as entered_at,
        cast(null as varchar) as reason,
        'deal won' as evidence,
        opportunity_id as evidence_id
    from new_deals
    where status = 'won' and closed_at is not null

),

-- A lead with another deal still open, or won before, is not lost by losing this one.
deals_lost as (

    select
        lost_deals.lead_id,
        'lost' as stage,
        lost_deals.closed_at as entered_at,
        lost_deals.lost_reason as reason,
        'deal lost' as evidence,
        lost_deals.opportunity_id as evidence_id
    from new_deals as lost_deals
    where
        lost_deals.status = 'lost'
        and lost_deals.closed_at is not null
        and not exists (
            select 1
            from new_deals as other_deals
            where
                other_deals.lead_id = lost_deals.lead_id
                and other_deals.opportunity_id <> lost_deals.opportunity_id
                and (
                    (
                        other_deals.status = 'won'
                        and other_deals.closed_at <= lost_deals.closed_at
                    )
                    or (
                        -- A deal whose opening nobody recorded may have been open all along.
                        coalesce(other_deals.created_at, lost_deals.closed_at)
                        <= lost_deals.closed_at
                        and (
                            other_deals.closed_at is null
                            or other_deals.closed_at > lost_deals.closed_at
                        )
                    )
                )
        )

),

final as (

    select * from deals_opened
    union all
    select * from deals_won
    union all
    select * from deals_lost

)

select * from final
