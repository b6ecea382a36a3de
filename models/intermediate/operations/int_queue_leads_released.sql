-- Leads that need another owner, and the pool of sales users who may have them: those of the role,
-- of the team and territory of the owner, or of the territory of the lead where nobody owns it.
with owned as (

    select * from {{ ref('int_queue_leads_owned') }}
    where is_by_sales

),

places as (

    select * from {{ ref('int_queue_places_counted') }}

),

-- Who has more than there are places for keeps those to be worked on first.
waiting_ranked as (

    select
        owned.lead_id,
        places.places_for_waiting,
        row_number() over (
            partition by owned.owner_id
            order by
                case when owned.is_of_partner or owned.is_of_customer then 1 else 2 end,
                owned.work_order
        ) as place
    from owned
    inner join places
        on owned.owner_id = places.sales_user_id
    where owned.action = 'call' and owned.touch_count = 0 and owned.owner_problem is null

),

released as (

    select
        owned.*,
        coalesce(
            owned.owner_problem,
            case
                when waiting_ranked.place > waiting_ranked.places_for_waiting then 'owner_full'
            end
        ) as problem
    from owned
    left join waiting_ranked
        on owned.lead_id = waiting_ranked.lead_id
    where
        owned.owner_problem is not null
        or (
            waiting_ranked.place > waiting_ranked.places_for_waiting
            and not owned.is_of_partner
            and not owned.is_of_customer
        )

),

pools as (

    select distinct
        role,
        team,
        territory
    from places

),

-- Where several pools may have a lead, they take turns.
pools_possible as (

    select
        released.lead_id,
        pools.team,
        pools.territory,
        row_number() over (
            partition by released.lead_id
            order by pools.team asc, pools.territory asc
        ) as place,
        count(*) over (partition by released.lead_id) as pool_count
    from released
    inner join pools
        on
            released.role = pools.role
            and (
                released.team is null
                or (
                    released.team = pools.team
                    and coalesce(released.territory, '') = coalesce(pools.territory, '')
                )
            )
            and (
                released.team is not null
                or released.territory is null
                or released.territory = pools.territory
            )

),

numbered as (

    select
        released.*,
        row_number() over (partition by released.role order by released.work_order)
            as turn_number
    from released

),

pools_in_turn as (

    select
        pools_possible.lead_id,
        pools_possible.team,
        pools_possible.territory
    from numbered
    inner join pools_possible
        on numbered.lead_id = pools_possible.lead_id
    where numbered.turn_number % pools_possible.pool_count + 1 = pools_possible.place

),

final as (

    select
        numbered.lead_id,
        numbered.owner_id,
        numbered.problem,
        numbered.work_order,
        numbered.role,
        pools_in_turn.team as pool_team,
        pools_in_turn.territory as pool_territory,
        case
            when pools_in_turn.lead_id is not null
                then
                    row_number() over (
                        partition by
                            numbered.role,
                            pools_in_turn.team,
                            pools_in_turn.territory,
                            pools_in_turn.lead_id is not null
                        order by numbered.work_order
                    )
        end as pool_place
    from numbered
    left join pools_in_turn
        on numbered.lead_id = pools_in_turn.lead_id

)

select * from final
