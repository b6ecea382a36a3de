with evaluated as (

    select * from {{ ref('int_fit_criteria_evaluated') }}

),

profiles as (

    select * from {{ ref('icp_profiles') }}

),

in_groups as (

    select
        lead_id,
        valid_from,
        valid_to,
        profile,
        criterion_group,
        greatest(max(points), 0) as best_points,
        coalesce(max(case when is_best_match then points end), 0) as matched_points,
        coalesce(max(case when outcome = 'unknown' and points > 0 then points end), 0)
            as unknown_points,
        min(case when is_required and outcome = 'not_matched' then criterion end)
            as excluding_criterion,
        min(case when is_required and outcome = 'unknown' then criterion end)
            as blocking_criterion
    from evaluated
    group by lead_id, valid_from, valid_to, profile, criterion_group

),

added_up as (

    select
        lead_id,
        valid_from,
        valid_to,
        profile,
        sum(best_points) as full_points,
        sum(matched_points) as floor_points,
        -- What is unknown may yet be a better match than what is known of the group.
        sum(
            case
                when unknown_points > 0
                    then greatest(matched_points, unknown_points)
                else matched_points
            end
        ) as ceiling_points,
        sum(case when unknown_points > greatest(matched_points, 0) then 0 else best_points end)
            as known_points,
        min(excluding_criterion) as excluding_criterion,
        min(blocking_criterion) as blocking_criterion
    from in_groups
    group by lead_id, valid_from, valid_to, profile

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
        lead_id,
        valid_from,
        valid_to,
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
            partition by lead_id, valid_from
            order by is_excluded asc, fit_score desc, priority asc
        ) as place
    from scored

)

select * from final
