with entries as (

    select * from {{ ref('int_stage_entries_owned') }}

),

meetings as (

    select * from {{ ref('fct_meetings') }}
    where held_at is not null

),

deals as (

    select
        deals.*,
        sales_users.team
    from {{ ref('fct_opportunities') }} as deals
    left join {{ ref('int_sales_users_resolved') }} as sales_users
        on deals.owner_id = sales_users.sales_user_id
    where deals.status = 'won'

),

reporting as (

    select * from {{ ref('reporting') }}

),

deal_measures as (

    select 'won_deals' as measure
    union all
    select 'won_amount' as measure

),

counted as (

    select
        'stage_entries' as measure,
        stage,
        basis,
        entered_month as actual_month,
        team,
        1.0 as actual_value
    from entries
    union all
    select
        'meetings_held' as measure,
        '' as stage,
        '' as basis,
        {{ month_of('meetings.held_at', 'reporting.time_zone') }} as actual_month,
        meetings.team,
        1.0 as actual_value
    from meetings
    cross join reporting
    union all
    select
        deal_measures.measure,
        '' as stage,
        '' as basis,
        {{ month_of('deals.closed_at', 'reporting.time_zone') }} as actual_month,
        deals.team,
        case deal_measures.measure
            when 'won_deals' then 1.0
            else cast(deals.reporting_amount as double)
        end as actual_value
    from deals
    cross join reporting
    cross join deal_measures

),

actuals as (

    select
        measure,
        stage,
        basis,
        actual_month,
        team,
        sum(actual_value) as actual_value,
        count(*) - count(actual_value) as unknown_amount_count
    from counted
    group by measure, stage, basis, actual_month, team

),

final as (

    select
        {{ surrogate_key(['actual_month', 'team', 'measure', 'stage', 'basis']) }}
            as team_result_id,
        actual_month,
        team,
        measure,
        nullif(stage, '') as stage,
        nullif(basis, '') as basis,
        cast(actual_value as double) as actual_value,
        cast(unknown_amount_count as bigint) as unknown_amount_count
    from actuals

)

select * from final
