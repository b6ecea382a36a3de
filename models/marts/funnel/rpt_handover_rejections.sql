with handovers as (

    select * from {{ ref('fct_handovers') }}
    where rejected_at is not null

),

leads_segmented as (

    select * from {{ ref('int_leads_segmented') }}

),

dimensions as (

    select * from {{ ref('report_dimensions') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

segmented as (

    select
        handovers.basis,
        {{ month_of('handovers.qualified_at', 'reporting.time_zone') }} as qualified_month,
        dimensions.dimension,
        {{ segment_of_record('handovers', 'dimensions', 'leads_segmented') }} as segment,
        lower(handovers.rejection_reason) as rejection_reason,
        handovers.rejected_to,
        handovers.rejection_label_en,
        handovers.rejection_label_fr,
        handovers.accepted_at is not null as is_accepted
    from handovers
    cross join reporting
    cross join dimensions
    left join leads_segmented
        on
            handovers.lead_id = leads_segmented.lead_id
            and dimensions.dimension = leads_segmented.dimension

),

counted as (

    select
        basis,
        qualified_month,
        dimension,
        segment,
        rejection_reason,
        max(rejection_label_en) as rejection_label_en,
        max(rejection_label_fr) as rejection_label_fr,
        count(*) as rejected_count,
        count(case when is_accepted then 1 end) as accepted_before_count,
        count(case when rejected_to = 'recycled' then 1 end) as recycled_count
    from segmented
    group by basis, qualified_month, dimension, segment, rejection_reason

),

final as (

    select
        {{ surrogate_key([
            'basis', 'qualified_month', 'dimension', 'segment', 'rejection_reason',
        ]) }} as handover_rejection_id,
        basis,
        qualified_month,
        dimension,
        segment,
        rejection_reason,
        rejection_label_en,
        rejection_label_fr,
        cast(rejected_count as bigint) as rejected_count,
        cast(accepted_before_count as bigint) as accepted_before_count,
        cast(recycled_count as bigint) as recycled_count,
        cast(
            sum(rejected_count) over (
                partition by basis, qualified_month, dimension, segment
            ) as bigint
        ) as rejected_total_count,
        cast(rejected_count as double) / nullif(
            sum(rejected_count) over (
                partition by basis, qualified_month, dimension, segment
            ), 0
        ) as rejection_share
    from counted

)

select * from final
