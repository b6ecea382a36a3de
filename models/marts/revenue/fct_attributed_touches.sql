with opportunities as (

    select * from {{ ref('fct_opportunities') }}
    where status = 'won'

),

customers as (

    select * from {{ ref('int_customers_acquired') }}

),

touches as (

    select * from {{ ref('int_touches_ordered') }}

),

models as (

    select * from {{ ref('attribution_models') }}

),

-- A deal won without any touch has one row, under the number 0, so that nothing is lost.
deal_touches as (

    select
        opportunities.opportunity_id,
        opportunities.lead_id,
        opportunities.opportunity_type,
        opportunities.reporting_amount,
        coalesce(touches.touch_number, 0) as touch_number,
        coalesce(touches.touch_count, 0) as touch_count,
        touches.interaction_id,
        touches.interaction_type,
        touches.touched_at,
        touches.channel,
        touches.campaign,
        touches.days_before
    from opportunities
    left join touches
        on opportunities.opportunity_id = touches.opportunity_id

),

claims as (

    select
        deal_touches.*,
        models.attribution_model,
        models.is_chosen,
        case
            when deal_touches.touch_count <= 1 then 1.0
            when models.method = 'first'
                then case when deal_touches.touch_number = 1 then 1.0 else 0.0 end
            when models.method = 'last'
                then
                    case
                        when deal_touches.touch_number = deal_touches.touch_count then 1.0
                        else 0.0
                    end
            when models.method = 'linear' then 1.0
            when models.method = 'position' and deal_touches.touch_number = 1
                then models.first_share
            when
                models.method = 'position'
                and deal_touches.touch_number = deal_touches.touch_count
                then models.last_share
            when models.method = 'position'
                then
                    (1.0 - models.first_share - models.last_share)
                    / nullif(deal_touches.touch_count - 2, 0)
            when models.method = 'time_decay'
                -- From the last touch, since what all have lost changes no share.
                then
                    power(
                        2.0,
                        (
                            min(deal_touches.days_before) over (
                                partition by deal_touches.opportunity_id, models.attribution_model
                            ) - deal_touches.days_before
                        ) / models.half_life_days
                    )
        end as claim
    from deal_touches
    cross join models

),

weighted as (

    select
        claims.*,
        -- In order, since doubles summed in another order may differ in the last digit.
        claims.claim / nullif(sum(claims.claim) over all_touches, 0) as weight
    from claims
    window
        all_touches as (
            partition by claims.opportunity_id, claims.attribution_model
            order by claims.touch_number
            rows between unbounded preceding and unbounded following
        )

),

-- Amounts are differences of what has been given out so far, which ends at the whole amount.
given_out as (

    select
        weighted.*,
        case
            when weighted.touch_number = weighted.touch_count then weighted.reporting_amount
            else
                cast(round(
                    cast(weighted.reporting_amount as double)
                    * sum(weighted.weight) over touches_so_far,
                    2
                ) as decimal(18, 4))
        end as amount_so_far
    from weighted
    window
        touches_so_far as (
            partition by weighted.opportunity_id, weighted.attribution_model
            order by weighted.touch_number
            rows between unbounded preceding and current row
        )

),

final as (

    select
        {{ surrogate_key([
            'given_out.opportunity_id', 'given_out.attribution_model', 'given_out.touch_number',
        ]) }} as attributed_touch_id,
        given_out.opportunity_id,
        given_out.attribution_model,
        cast(given_out.touch_number as bigint) as touch_number,
        given_out.is_chosen,
        given_out.lead_id,
        given_out.opportunity_type,
        customers.is_new_customer,
        customers.won_month,
        cast(given_out.touch_count as bigint) as touch_count,
        given_out.interaction_id,
        given_out.interaction_type,
        given_out.touched_at,
        given_out.channel,
        given_out.campaign,
        cast(given_out.days_before as double) as days_before,
        cast(round(given_out.weight, 12) as double) as weight,
        cast(
            given_out.amount_so_far - coalesce(
                lag(given_out.amount_so_far) over (
                    partition by given_out.opportunity_id, given_out.attribution_model
                    order by given_out.touch_number
                ), 0
            ) as decimal(18, 4)
        ) as attributed_amount,
        given_out.touch_count = 0 as is_unattributed
    from given_out
    inner join customers
        on given_out.opportunity_id = customers.opportunity_id

)

select * from final
