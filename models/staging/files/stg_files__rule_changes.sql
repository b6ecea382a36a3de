with source as (

    select * from {{ source('files', 'rule_changes') }}

),

final as (

    select
        comparison_id,
        cast(compared_at as timestamp) as compared_at,
        run_id,
        rules,
        rules_digest,
        changed_seeds,
        measure,
        component,
        cast(before as double) as value_before,
        cast(after as double) as value_after,
        cast(limit_value as double) as limit_value,
        cast(is_beyond_limit as boolean) as is_beyond_limit
    from source

)

select * from final
