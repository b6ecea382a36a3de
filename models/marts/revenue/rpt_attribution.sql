with touches as (

    select * from {{ ref('fct_attributed_touches') }}

),

segmented as (

    select
        touches.*,
        'all' as dimension,
        'all' as segment
    from touches
    union all
    select
        touches.*,
        'channel' as dimension,
        touches.channel as segment
    from touches
    union all
    select
        touches.*,
        'campaign' as dimension,
        touches.campaign as segment
    from touches

),

summed as (

    select
        won_month,
        attribution_model,
        is_chosen,
        opportunity_type,
        dimension,
        segment,
        {{ exact_sum('weight') }} as won_count,
        {{ exact_sum('case when attributed_amount is null then weight else 0.0 end') }}
            as unknown_amount_count,
        {{ exact_sum('case when is_unattributed then weight else 0.0 end') }}
            as unattributed_count,
        sum(attributed_amount) as won_amount,
        sum(case when is_unattributed then attributed_amount end) as unattributed_amount,
        count(distinct opportunity_id) as deal_count
    from segmented
    group by won_month, attribution_model, is_chosen, opportunity_type, dimension, segment

),

final as (

    select
        {{ surrogate_key([
            'won_month', 'attribution_model', 'opportunity_type', 'dimension', 'segment',
        ]) }} as attribution_id,
        won_month,
        dimension,
        segment,
        attribution_model,
        is_chosen,
        opportunity_type,
        cast(deal_count as bigint) as deal_count,
        cast(round(won_count, 9) as double) as won_count,
        cast(round(unknown_amount_count, 9) as double) as unknown_amount_count,
        cast(round(unattributed_count, 9) as double) as unattributed_count,
        cast(won_amount as decimal(38, 4)) as won_amount,
        cast(unattributed_amount as decimal(38, 4)) as unattributed_amount
    from summed

)

select * from final
