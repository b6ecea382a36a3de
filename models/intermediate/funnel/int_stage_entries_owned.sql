with entries as (

    select * from {{ ref('int_stage_entries_dated') }}
    where lead_id is not null

),

owners as (

    select * from {{ ref('int_lead_owners_historized') }}
    where owner_id is not null

),

sales_users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

-- Whoever had the lead then; where nobody had, whoever got it first afterwards.
ranked as (

    select
        entries.basis,
        entries.lead_id,
        entries.stage,
        owners.owner_id,
        row_number() over (
            partition by entries.basis, entries.lead_id, entries.stage
            order by owners.valid_from
        ) as place
    from entries
    inner join owners
        on
            entries.lead_id = owners.lead_id
            and (owners.valid_to is null or entries.entered_at < owners.valid_to)

),

final as (

    select
        entries.basis,
        entries.lead_id,
        entries.stage,
        entries.entered_at,
        entries.entered_month,
        ranked.owner_id,
        sales_users.team
    from entries
    left join ranked
        on
            entries.basis = ranked.basis
            and entries.lead_id = ranked.lead_id
            and entries.stage = ranked.stage
            and ranked.place = 1
    left join sales_users
        on ranked.owner_id = sales_users.sales_user_id

)

select * from final
