with crm_stages as (

    select * from {{ ref('int_crm_stages_sequenced') }}

),

final as (

    select
        'crm' as basis,
        crm_stages.*
    from crm_stages

)

select * from final
