-- The other way round: looked up by how much has been worked, in shares of eight hours.
with stretches as (

    select * from {{ ref('int_working_stretches_summed') }}

),

shares_covered as (

    select
        *,
        {{ numbers_up_to(
            "cast(floor((worked_before + stretch_microseconds) / 28800000000.0) as bigint)"
            ~ " - cast(floor(worked_before / 28800000000.0) as bigint) + 1"
        ) }} as place
    from stretches

),

final as (

    select
        calendar,
        cast(floor(worked_before / 28800000000.0) as bigint) + place - 1 as worked_share,
        opens_at,
        worked_before,
        worked_before + stretch_microseconds as worked_until
    from shares_covered

)

select * from final
