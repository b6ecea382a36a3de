-- Of one cohort no more leads get to a stage, every stage in between entered in its turn, than to
-- the stage before. Steps of the main path only, and those that are reported.
with cohorts as (

    select * from {{ ref('rpt_funnel_cohorts') }}

),

stages as (

    select * from {{ ref('lifecycle_stages') }}
    where position is not null

),

in_order as (

    select
        cohorts.*,
        lag(cohorts.stepwise_count) over along_the_path as stepwise_count_before
    from cohorts
    inner join stages as from_stages
        on cohorts.from_stage = from_stages.stage
    inner join stages as to_stages
        on
            cohorts.to_stage = to_stages.stage
            and from_stages.position < to_stages.position
    window
        along_the_path as (
            partition by
                cohorts.basis,
                cohorts.cohort_month,
                cohorts.dimension,
                cohorts.segment,
                cohorts.from_stage
            order by to_stages.position
        )

)

select *
from in_order
where
    stepwise_count > coalesce(stepwise_count_before, entered_count)
    or converted_to_date_count > entered_count
    or via_mql_count > converted_to_date_count
