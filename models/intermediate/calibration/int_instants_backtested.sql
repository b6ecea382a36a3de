-- The instants at which leads of the past are scored again, and what is known by then of their fit.
with lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

fit_scores as (

    select * from {{ ref('int_fit_scored') }}
    where place = 1

),

transitions as (

    select * from {{ ref('int_stages_sequenced') }}

),

horizons as (

    select * from {{ ref('backtest_horizons') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

reporting as (

    select * from {{ ref('reporting') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

leads_created as (

    select
        lead_id,
        min(created_at) as created_at
    from lead_versions
    where created_at is not null
    group by lead_id

),

first_mqls as (

    select
        lead_id,
        min(transitioned_at) as mql_at
    from transitions
    where basis = 'rules' and to_stage = 'mql' and is_effective
    group by lead_id

),

instants as (

    select
        leads_created.lead_id,
        horizons.horizon,
        case
            when horizons.days_after_creation is null then first_mqls.mql_at
            else {{ days_after('leads_created.created_at', 'horizons.days_after_creation') }}
        end as scored_at
    from leads_created
    cross join horizons
    left join first_mqls
        on leads_created.lead_id = first_mqls.lead_id

),

within_reach as (

    select
        instants.*,
        refresh_context.as_of,
        cast(
            {{ dbt.date_trunc(
                'month', in_time_zone('instants.scored_at', 'reporting.time_zone')
            ) }} as date
        ) as scoring_month
    from instants
    cross join refresh_context
    cross join reporting
    cross join settings
    where
        instants.scored_at <= refresh_context.as_of
        and instants.scored_at
        >= {{ dbt.dateadd('month', '-settings.months_back', 'refresh_context.as_of') }}

),

-- Before anything was known of a lead it has no fit and is not scored.
final as (

    select
        within_reach.lead_id,
        within_reach.horizon,
        within_reach.scored_at,
        within_reach.scoring_month,
        within_reach.as_of,
        fit_scores.profile,
        case when fit_scores.is_excluded then 0 else fit_scores.fit_score end as fit_score,
        fit_scores.valid_from as fit_known_at,
        coalesce(lead_versions.is_known_at_assumed, false) as is_fit_assumed
    from within_reach
    left join fit_scores
        on
            within_reach.lead_id = fit_scores.lead_id
            and within_reach.scored_at >= fit_scores.valid_from
            and within_reach.scored_at < {{ open_end('fit_scores.valid_to') }}
    left join lead_versions
        on
            within_reach.lead_id = lead_versions.lead_id
            and within_reach.scored_at >= lead_versions.valid_from
            and within_reach.scored_at < {{ open_end('lead_versions.valid_to') }}

)

select * from final
