with rule_changes as (

    select * from {{ ref('stg_files__rule_changes') }}

),

final as (

    select
        {{ surrogate_key(['comparison_id', 'measure', 'component']) }} as rule_change_id,
        comparison_id,
        compared_at,
        run_id,
        rules,
        rules_digest,
        changed_seeds,
        measure,
        component,
        value_before,
        value_after,
        value_after - value_before as difference,
        limit_value,
        is_beyond_limit
    from rule_changes

)

select * from final
