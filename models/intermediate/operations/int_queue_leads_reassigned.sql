-- Round robin: lead after lead, in the order of work, to whoever of its pool was given fewest and
-- has a place left. Nobody is given what is taken from them.
with recursive released as (

    select
        lead_id,
        owner_id,
        pool_place,
        {{ surrogate_key(['role', 'pool_team', 'pool_territory']) }} as pool
    from {{ ref('int_queue_leads_released') }}
    where pool_place is not null

),

free_users as (

    select
        sales_user_id,
        free_places,
        {{ surrogate_key(['role', 'team', 'territory']) }} as pool
    from {{ ref('int_queue_places_counted') }}
    where free_places > 0

),

turns as (

    select
        pool,
        sales_user_id,
        free_places,
        cast(0 as bigint) as turn,
        cast(0 as bigint) as given_count,
        cast(null as varchar) as lead_id
    from free_users
    union all
    select
        chosen.pool,
        chosen.sales_user_id,
        chosen.free_places,
        chosen.turn,
        chosen.given_count + case when chosen.is_given then 1 else 0 end as given_count,
        case when chosen.is_given then chosen.lead_id end as lead_id
    from (
        select
            turns.pool,
            turns.sales_user_id,
            turns.free_places,
            turns.turn + 1 as turn,
            turns.given_count,
            released.lead_id,
            sum(turns.free_places - turns.given_count) over (partition by turns.pool)
                as places_left,
            turns.given_count < turns.free_places
            and turns.sales_user_id <> coalesce(released.owner_id, '')
            and row_number() over (
                partition by turns.pool
                order by
                    case
                        when
                            turns.given_count < turns.free_places
                            and turns.sales_user_id <> coalesce(released.owner_id, '')
                            then 1
                        else 2
                    end,
                    turns.given_count,
                    turns.sales_user_id
            ) = 1 as is_given
        from turns
        inner join released
            on
                turns.pool = released.pool
                and turns.turn + 1 = released.pool_place
    ) as chosen
    where chosen.places_left > 0

),

final as (

    select
        lead_id,
        sales_user_id as proposed_owner_id
    from turns
    where lead_id is not null

)

select * from final
