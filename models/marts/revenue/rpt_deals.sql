with deals as (

    select * from {{ ref('fct_opportunities') }}

),

deals_dated as (

    select * from {{ ref('int_opportunities_dated') }}

),

deals_segmented as (

    select * from {{ ref('int_opportunities_segmented') }}

),

in_periods as (

    select
        deals.*,
        deals_dated.period_basis,
        deals_dated.deal_month,
        deals_dated.is_stale,
        deals_dated.is_month_over,
        deals_segmented.dimension,
        deals_segmented.segment
    from deals
    inner join deals_dated
        on deals.opportunity_id = deals_dated.opportunity_id
    inner join deals_segmented
        on deals.opportunity_id = deals_segmented.opportunity_id

),

counted as (

    select
        period_basis,
        deal_month,
        is_month_over,
        opportunity_type,
        dimension,
        segment,
        count(*) as deal_count,
        count(case when status = 'won' then 1 end) as won_count,
        count(case when status = 'lost' then 1 end) as lost_count,
        count(case when status = 'open' then 1 end) as open_count,
        count(case when is_stale then 1 end) as stale_count,
        count(case when status = 'won' then reporting_amount end) as valued_won_count,
        count(case when status = 'lost' then reporting_amount end) as valued_lost_count,
        count(case when status <> 'open' and reporting_amount is null then amount end)
            as unconverted_count,
        sum(case when status = 'won' then reporting_amount end) as won_amount,
        sum(case when status = 'lost' then reporting_amount end) as lost_amount,
        {{ median("case when status = 'won' then reporting_amount end") }}
            as median_deal_amount
    from in_periods
    group by
        period_basis,
        deal_month,
        is_month_over,
        opportunity_type,
        dimension,
        segment

),

final as (

    select
        {{ surrogate_key([
            'period_basis', 'deal_month', 'opportunity_type', 'dimension', 'segment',
        ]) }} as deal_report_id,
        period_basis,
        deal_month,
        opportunity_type,
        dimension,
        segment,
        cast(deal_count as bigint) as deal_count,
        cast(won_count as bigint) as won_count,
        cast(lost_count as bigint) as lost_count,
        cast(won_count + lost_count as bigint) as closed_count,
        cast(open_count as bigint) as open_count,
        cast(stale_count as bigint) as stale_count,
        cast(won_count as double) / nullif(won_count + lost_count, 0) as win_rate,
        cast(won_amount as decimal(38, 4)) as won_amount,
        cast(lost_amount as decimal(38, 4)) as lost_amount,
        cast(valued_won_count as bigint) as valued_won_count,
        cast(valued_lost_count as bigint) as valued_lost_count,
        cast(won_count + lost_count - valued_won_count - valued_lost_count as bigint)
            as unknown_amount_count,
        cast(unconverted_count as bigint) as unconverted_count,
        -- Where no loss has an amount, all that is known was won, which says nothing.
        case
            when
                (won_count = 0 or valued_won_count > 0)
                and (lost_count = 0 or valued_lost_count > 0)
                then
                    cast(coalesce(won_amount, 0) as double)
                    / nullif(
                        cast(coalesce(won_amount, 0) + coalesce(lost_amount, 0) as double), 0
                    )
        end as value_win_rate,
        cast(won_amount as double) / nullif(valued_won_count, 0) as mean_deal_amount,
        cast(median_deal_amount as double) as median_deal_amount,
        case
            when period_basis = 'created' then open_count = 0
            else is_month_over
        end as is_mature
    from counted

)

select * from final
