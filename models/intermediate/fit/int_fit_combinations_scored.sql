with evaluated as (

    select * from {{ ref('int_fit_criteria_evaluated') }}

),

profiles as (

    select * from {{ ref('icp_profiles') }}

),

told_apart as (

    select
        *,
        outcome = 'unknown' or (outcome = 'not_matched' and not is_attribute_known) as is_open,
        outcome = 'matched' and not is_attribute_known and points < 0 as is_attribute_lacked
    from evaluated

),

in_groups as (

    select
        verdicts,
        profile,
        criterion_group,
        greatest(max(points), 0) as best_points,
        coalesce(max(case when is_best_match then points end), 0) as matched_points,
        -- What is known only to be unknown need not stay so.
        coalesce(
            max(case when outcome = 'matched' and not is_attribute_lacked then points end), 0
        ) as lasting_points,
        coalesce(max(case when is_open and points > 0 then points end), 0) as open_points,
        min(case when is_required and outcome = 'not_matched' then criterion end)
            as excluding_criterion,
        min(case when is_required and outcome = 'unknown' then criterion end)
            as blocking_criterion
    from told_apart
    group by verdicts, profile, criterion_group

),

added_up as (

    select
        verdicts,
        profile,
        sum(best_points) as full_points,
        sum(matched_points) as floor_points,
        -- What is unknown may yet be a better match than what is known of the group.
        sum(
            case
                when open_points > 0 then greatest(matched_points, lasting_points, open_points)
                else greatest(matched_points, lasting_points)
            end
        ) as ceiling_points,
        sum(case when open_points > greatest(matched_points, 0) then 0 else best_points end)
            as known_points,
        min(excluding_criterion) as excluding_criterion,
        min(blocking_criterion) as blocking_criterion
    from in_groups
    group by verdicts, profile

),

scored as (

    select
        added_up.*,
        profiles.priority,
        {{ score_of('added_up.floor_points', 'added_up.full_points') }} as fit_score,
        {{ score_of('added_up.ceiling_points', 'added_up.full_points') }} as fit_ceiling,
        {{ score_of('added_up.known_points', 'added_up.full_points') }} as fit_coverage,
        added_up.excluding_criterion is not null as is_excluded
    from added_up
    inner join profiles
        on added_up.profile = profiles.profile

),

final as (

    select
        verdicts,
        profile,
        fit_score,
        fit_ceiling,
        fit_coverage,
        floor_points,
        full_points,
        is_excluded,
        excluding_criterion,
        not is_excluded and blocking_criterion is not null as is_mql_blocked_by_unknown,
        blocking_criterion,
        row_number() over (
            partition by verdicts
            order by is_excluded asc, fit_score desc, priority asc
        ) as place
    from scored

)

select * from final
