with screened as (

    select * from {{ ref('int_attributes_screened') }}

),

attributes as (

    select * from {{ ref('backtest_attributes') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

final as (

    select
        {{ surrogate_key(['screened.outcome', 'screened.attribute']) }} as attribute_leak_id,
        screened.outcome,
        screened.attribute,
        attributes.known_from,
        cast(screened.lead_count as bigint) as lead_count,
        cast(screened.reached_count as bigint) as reached_count,
        cast(screened.assumed_rate as double) as assumed_rate,
        cast(screened.auc as double) as auc,
        cast(screened.purest_rate_from as double) as purest_rate_from,
        coalesce(
            attributes.known_from = 'record'
            and screened.assumed_rate > 0
            and screened.reached_count >= settings.min_positives
            and screened.lead_count - screened.reached_count >= settings.min_positives
            and (
                screened.auc >= settings.max_attribute_auc
                or (
                    screened.purest_rate_from >= settings.max_value_rate
                    and screened.reached_count
                    < settings.max_value_rate / 2 * screened.lead_count
                )
            ),
            false
        ) as is_leak
    from screened
    inner join attributes
        on screened.attribute = attributes.attribute
    cross join settings

)

select * from final
