with evaluated as (

    select * from {{ ref('int_thresholds_evaluated') }}
    where is_current

),

final as (

    select
        {{ surrogate_key(['profile', 'min_fit_score', 'min_intent_score']) }}
            as threshold_pair_id,
        profile,
        min_fit_score,
        min_intent_score,
        is_in_force,
        cast(mql_count as bigint) as mql_count,
        week_count,
        mqls_per_week,
        greatest(mql_count - confidence_z * sqrt(mql_count), 0) / nullif(week_count, 0)
            as mqls_per_week_from,
        (mql_count + confidence_z * sqrt(mql_count)) / nullif(week_count, 0)
            as mqls_per_week_to,
        cast(won_judged_count as bigint) as won_judged_count,
        cast(won_count as bigint) as won_count,
        won_rate as won_precision,
        {{ wilson_bound('won_count', 'won_judged_count', 'confidence_z', '-') }}
            as won_precision_from,
        {{ wilson_bound('won_count', 'won_judged_count', 'confidence_z', '+') }}
            as won_precision_to,
        cast(sql_judged_count as bigint) as sql_judged_count,
        cast(sql_count as bigint) as sql_count,
        sql_rate as sql_precision,
        {{ wilson_bound('sql_count', 'sql_judged_count', 'confidence_z', '-') }}
            as sql_precision_from,
        {{ wilson_bound('sql_count', 'sql_judged_count', 'confidence_z', '+') }}
            as sql_precision_to,
        cast(won_lead_count as bigint) as won_lead_count,
        cast(recalled_count as bigint) as recalled_count,
        recalled_count / nullif(won_lead_count, 0) as recall,
        {{ wilson_bound('recalled_count', 'won_lead_count', 'confidence_z', '-') }}
            as recall_from,
        {{ wilson_bound('recalled_count', 'won_lead_count', 'confidence_z', '+') }}
            as recall_to,
        mean_won_amount,
        won_value as expected_won_value_per_week,
        mqls_per_week * mean_won_amount
        * {{ wilson_bound('won_count', 'won_judged_count', 'confidence_z', '-') }}
            as expected_won_value_per_week_from,
        mqls_per_week * mean_won_amount
        * {{ wilson_bound('won_count', 'won_judged_count', 'confidence_z', '+') }}
            as expected_won_value_per_week_to,
        mql_hours as mql_hours_per_week,
        sql_hours as sql_hours_per_week,
        mql_capacity_hours as mql_capacity_hours_per_week,
        sql_capacity_hours as sql_capacity_hours_per_week,
        utilization_rate,
        utilization_rate <= 1 as is_within_capacity
    from evaluated

)

select * from final
