-- Summed over months and segments of any dimension, a step's cohorts are the leads that entered its
-- first stage, and those who did and were erased.
with cohorts as (

    select
        basis,
        dimension,
        from_stage,
        to_stage,
        cast(sum(entered_count) as bigint) as entered_count
    from {{ ref('rpt_funnel_cohorts') }}
    group by basis, dimension, from_stage, to_stage

),

erased as (

    select
        basis,
        from_stage,
        to_stage,
        count(*) as erased_count
    from {{ ref('fct_funnel_conversions') }}
    where erased_key is not null
    group by basis, from_stage, to_stage

),

entries as (

    select
        transitions.basis,
        steps.from_stage,
        steps.to_stage,
        count(distinct transitions.lead_id) as lead_count
    from {{ ref('fct_lifecycle_transitions') }} as transitions
    inner join {{ ref('funnel_steps') }} as steps
        on transitions.to_stage = steps.from_stage
    where not transitions.is_orphan
    group by transitions.basis, steps.from_stage, steps.to_stage

)

select
    entries.*,
    dimensions.dimension,
    cohorts.entered_count
from entries
cross join {{ ref('report_dimensions') }} as dimensions
left join cohorts
    on
        dimensions.dimension = cohorts.dimension
        and entries.basis = cohorts.basis
        and entries.from_stage = cohorts.from_stage
        and entries.to_stage = cohorts.to_stage
left join erased
    on
        entries.basis = erased.basis
        and entries.from_stage = erased.from_stage
        and entries.to_stage = erased.to_stage
where
    cohorts.entered_count
    is distinct from entries.lead_count + coalesce(erased.erased_count, 0)
