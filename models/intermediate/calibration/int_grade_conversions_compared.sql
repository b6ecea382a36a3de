-- What share of a grade becomes sales-qualified, month by month beside the months before.
with leads as (

    select * from {{ ref('int_leads_backtested') }}
    where fit_score is not null

),

outcomes as (

    select * from {{ ref('int_outcomes_backtested') }}
    where outcome = 'sql'

),

horizons as (

    select * from {{ ref('backtest_horizons') }}

),

bands as (

    select * from {{ ref('score_bands') }}

),

settings as (

    select * from {{ ref('calibration') }}

),

-- Soon after leads came: later most of the good ones are no cases any more.
watched as (

    select min(days_after_creation) as days_after_creation
    from horizons
    where days_after_creation > 0

),

graded as (

    select
        leads.scoring_month,
        fit_bands.band || intent_bands.band as grade,
        outcomes.standing,
        outcomes.is_reached
    from leads
    inner join outcomes
        on
            leads.lead_id = outcomes.lead_id
            and leads.horizon = outcomes.horizon
    inner join horizons
        on leads.horizon = horizons.horizon
    inner join watched
        on horizons.days_after_creation = watched.days_after_creation
    inner join bands as fit_bands
        on
            fit_bands.score = 'fit'
            and {{ is_in_band('leads.fit_score', 'fit_bands') }}
    inner join bands as intent_bands
        on
            intent_bands.score = 'intent'
            and {{ is_in_band('leads.intent_score', 'intent_bands') }}

),

-- Months in which every lead has had its whole window.
mature_months as (

    select scoring_month
    from graded
    group by scoring_month
    having count(case when standing = 'immature' then 1 end) = 0

),

counted as (

    select
        graded.scoring_month,
        graded.grade,
        cast(count(*) as double) as lead_count,
        cast(count(case when graded.is_reached then 1 end) as double) as reached_count
    from graded
    inner join mature_months
        on graded.scoring_month = mature_months.scoring_month
    where graded.standing = 'judged'
    group by graded.scoring_month, graded.grade

),

before as (

    select
        counted.scoring_month,
        counted.grade,
        counted.lead_count,
        counted.reached_count,
        sum(earlier.lead_count) as reference_lead_count,
        sum(earlier.reached_count) as reference_reached_count
    from counted
    cross join settings
    inner join counted as earlier
        on
            counted.grade = earlier.grade
            and counted.scoring_month > earlier.scoring_month
            and earlier.scoring_month
            >= {{ dbt.dateadd('month', '-settings.reference_months', 'counted.scoring_month') }}
    group by
        counted.scoring_month, counted.grade, counted.lead_count, counted.reached_count

),

pooled as (

    select
        *,
        reached_count / nullif(lead_count, 0) as reached_rate,
        reference_reached_count / nullif(reference_lead_count, 0) as reference_reached_rate,
        (reached_count + reference_reached_count)
        / nullif(lead_count + reference_lead_count, 0) as pooled_rate
    from before

),

final as (

    select
        scoring_month,
        grade,
        lead_count,
        reference_lead_count,
        reached_rate,
        reference_reached_rate,
        abs(reached_rate - reference_reached_rate)
        / nullif(
            sqrt(
                pooled_rate * (1 - pooled_rate)
                * (1 / nullif(lead_count, 0) + 1 / nullif(reference_lead_count, 0))
            ),
            0
        ) as standard_errors
    from pooled

)

select * from final
