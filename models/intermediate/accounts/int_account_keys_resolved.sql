with holders as (

    select * from {{ ref('int_account_keys_held') }}

),

instants as (

    select
        key_type,
        key_value,
        valid_from as held_at
    from holders
    union
    select
        key_type,
        key_value,
        valid_to as held_at
    from holders
    where valid_to is not null

),

held_at_instants as (

    select
        instants.key_type,
        instants.key_value,
        instants.held_at,
        holders.account_id,
        holders.is_customer,
        holders.parent_account_id,
        holders.created_at
    from instants
    left join holders
        on
            instants.key_type = holders.key_type
            and instants.key_value = holders.key_value
            and instants.held_at >= holders.valid_from
            and instants.held_at < {{ open_end('holders.valid_to') }}

),

owners as (

    select distinct
        owned.key_type,
        owned.key_value,
        owned.held_at,
        owned.account_id as owned_account_id,
        owner.account_id as owner_account_id
    from held_at_instants as owned
    inner join held_at_instants as owner
        on
            owned.key_type = owner.key_type
            and owned.key_value = owner.key_value
            and owned.held_at = owner.held_at
            and owned.parent_account_id = owner.account_id
            and owned.account_id <> owner.account_id

),

owning_accounts as (

    select distinct
        key_type,
        key_value,
        held_at,
        owner_account_id
    from owners

),

-- Of several companies with one domain: a customer, then the one that owns others of them and is
-- owned by none, then the earliest.
ranked as (

    select
        held.key_type,
        held.key_value,
        held.held_at,
        held.account_id,
        count(*) over (partition by held.key_type, held.key_value, held.held_at) > 1
            as is_ambiguous,
        row_number() over (
            partition by held.key_type, held.key_value, held.held_at
            order by
                case when held.is_customer then 0 else 1 end,
                case
                    when owning.owner_account_id is not null and owned.owned_account_id is null
                        then 0
                    else 1
                end,
                case when held.created_at is null then 1 else 0 end,
                held.created_at,
                held.account_id
        ) as place
    from held_at_instants as held
    left join owning_accounts as owning
        on
            held.key_type = owning.key_type
            and held.key_value = owning.key_value
            and held.held_at = owning.held_at
            and held.account_id = owning.owner_account_id
    left join owners as owned
        on
            held.key_type = owned.key_type
            and held.key_value = owned.key_value
            and held.held_at = owned.held_at
            and held.account_id = owned.owned_account_id

),

-- What stays the same is one stretch; an instant at which nobody holds the key ends it.
with_previous as (

    select
        *,
        lag(account_id) over by_time as previous_account_id,
        lag(is_ambiguous) over by_time as was_ambiguous
    from ranked
    where place = 1
    window by_time as (partition by key_type, key_value order by held_at)

),

stretches as (

    select
        *,
        lead(held_at) over (partition by key_type, key_value order by held_at) as valid_to
    from with_previous
    where
        coalesce(account_id, '') <> coalesce(previous_account_id, '')
        or is_ambiguous <> coalesce(was_ambiguous, not is_ambiguous)

),

final as (

    select
        key_type,
        key_value,
        held_at as valid_from,
        valid_to,
        account_id,
        is_ambiguous
    from stretches
    where account_id is not null

)

select * from final
