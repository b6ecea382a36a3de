with assets as (

    select * from {{ ref('int_assets_normalized') }}

),

signal_patterns as (

    select * from {{ ref('signal_patterns') }}

),

ranked as (

    select
        assets.interaction_type,
        assets.text as asset,
        signal_patterns.pattern_name,
        coalesce(signal_patterns.counts_as, assets.interaction_type) as counts_as,
        coalesce(signal_patterns.weight_factor, 1) as weight_factor,
        row_number() over (
            partition by assets.interaction_type, assets.text
            order by signal_patterns.precedence, signal_patterns.pattern_name
        ) as place
    from assets
    inner join signal_patterns
        on assets.interaction_type = signal_patterns.interaction_type
    inner join assets as patterns
        on
            signal_patterns.interaction_type = patterns.interaction_type
            and signal_patterns.pattern = patterns.text
    where {{ asset_matches('signal_patterns.match', 'assets', 'patterns') }}

),

final as (

    select
        interaction_type,
        asset,
        pattern_name,
        counts_as,
        weight_factor
    from ranked
    where place = 1

)

select * from final
