with deals as (

    select * from {{ ref('fct_opportunities') }}

),

deals_followed as (

    select * from {{ ref('int_opportunities_followed') }}

),

deals_segmented as (

    select * from {{ ref('int_opportunities_segmented') }}

),

in_months as (

    select
        deals_followed.pipeline_month,
        deals_followed.is_month_over,
        deals_segmented.dimension,
        deals_segmented.segment,
        deals.opportunity_type,
        deals_followed.is_open,
        deals_followed.is_stale,
        not deals_followed.is_open and deals.status = 'won' as is_won,
        deals.reporting_amount,
        case when deals.cycle_days >= 0 then deals.cycle_days end as cycle_days
    from deals_followed
    inner join deals
        on deals_followed.opportunity_id = deals.opportunity_id
    inner join deals_segmented
        on deals_followed.opportunity_id = deals_segmented.opportunity_id

),

-- All four factors come from the deals of one month and segment.
counted as (

    select
        pipeline_month,
        is_month_over,
        opportunity_type,
        dimension,
        segment,
        count(case when is_open and not is_stale then 1 end) as open_count,
        count(case when is_stale then 1 end) as stale_count,
        count(case when is_won then 1 end) as won_count,
        count(case when not is_open then 1 end) as closed_count,
        -- Of decimals, so that the number of threads changes nothing.
        avg(case when is_won then reporting_amount end) as mean_deal_amount,
        {{ median('case when is_won then cycle_days end') }} as median_cycle_days
    from in_months
    group by pipeline_month, is_month_over, opportunity_type, dimension, segment

),

with_rate as (

    select
        *,
        cast(won_count as double) / nullif(closed_count, 0) as win_rate
    from counted

),

final as (

    select
        {{ surrogate_key(['pipeline_month', 'opportunity_type', 'dimension', 'segment']) }}
            as pipeline_velocity_id,
        pipeline_month,
        opportunity_type,
        dimension,
        segment,
        cast(open_count as bigint) as open_count,
        cast(stale_count as bigint) as stale_count,
        cast(won_count as bigint) as won_count,
        cast(closed_count as bigint) as closed_count,
        win_rate,
        cast(mean_deal_amount as double) as mean_deal_amount,
        cast(median_cycle_days as double) as median_cycle_days,
        cast(
            open_count * mean_deal_amount * win_rate / nullif(median_cycle_days, 0) as double
        ) as daily_velocity_amount,
        is_month_over as is_mature
    from with_rate

)

select * from final
