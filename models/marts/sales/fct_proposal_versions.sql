with versions as (

    select * from {{ ref('int_proposals_resolved') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

-- An amount is compared with the version before only in the same currency.
in_order as (

    select
        *,
        lag(amount) over by_version as previous_amount,
        lag(currency) over by_version as previous_currency,
        row_number() over (
            partition by proposal_id
            order by version_number desc
        ) as place_from_last
    from versions
    window by_version as (partition by proposal_id order by version_number)

),

final as (

    select
        {{ surrogate_key(['in_order.proposal_id', 'in_order.version_number']) }}
            as proposal_version_id,
        in_order.proposal_id,
        in_order.version_number,
        in_order.place_from_last = 1 as is_latest,
        in_order.opportunity_id,
        opportunities.lead_id,
        opportunities.account_id,
        in_order.status,
        cast(in_order.amount as decimal(18, 4)) as amount,
        in_order.currency,
        cast(
            case
                when in_order.currency = in_order.previous_currency
                    then in_order.amount - in_order.previous_amount
            end as decimal(18, 4)
        ) as amount_change,
        in_order.created_at,
        in_order.sent_at,
        in_order.decided_at,
        cast({{ days_between('in_order.created_at', 'in_order.sent_at') }} as double)
            as drafting_days,
        cast({{ days_between('in_order.sent_at', 'in_order.decided_at') }} as double)
            as decision_days,
        opportunities.opportunity_id is null as is_orphan,
        coalesce(in_order.sent_at < in_order.created_at, false)
        or coalesce(in_order.decided_at < in_order.sent_at, false) as is_out_of_order
    from in_order
    left join opportunities
        on in_order.opportunity_id = opportunities.opportunity_id

)

select * from final
