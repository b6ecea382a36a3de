with account_versions as (

    select * from {{ ref('int_accounts_historized') }}

),

rules as (

    select * from {{ ref('account_rules') }}

),

held_keys as (

    select
        'domain' as key_type,
        {{ domain_of_site('domain') }} as key_value,
        account_versions.*
    from account_versions
    union all
    select
        'registration_number' as key_type,
        {{ registration_key('registration_number') }} as key_value,
        account_versions.*
    from account_versions

),

accounts_of_keys as (

    select
        key_type,
        key_value,
        account_id,
        min(valid_from) as first_held_from
    from held_keys
    where key_value is not null
    group by key_type, key_value, account_id

),

numbered as (

    select
        *,
        row_number() over (
            partition by key_type, key_value
            order by first_held_from, account_id
        ) as account_number
    from accounts_of_keys

),

-- From the account too many on, a key tells nobody apart; before, it did.
crowded as (

    select
        numbered.key_type,
        numbered.key_value,
        min(numbered.first_held_from) as crowded_from
    from numbered
    inner join rules
        on numbered.account_number > rules.max_accounts_per_key
    group by numbered.key_type, numbered.key_value

),

final as (

    select
        held_keys.key_type,
        held_keys.key_value,
        held_keys.account_id,
        held_keys.valid_from,
        case
            when crowded.crowded_from < held_keys.valid_to or held_keys.valid_to is null
                then coalesce(crowded.crowded_from, held_keys.valid_to)
            else held_keys.valid_to
        end as valid_to,
        coalesce(held_keys.account_status = 'customer', false) as is_customer,
        held_keys.parent_account_id,
        held_keys.created_at
    from held_keys
    left join crowded
        on
            held_keys.key_type = crowded.key_type
            and held_keys.key_value = crowded.key_value
    where
        held_keys.key_value is not null
        and (crowded.crowded_from is null or held_keys.valid_from < crowded.crowded_from)

)

select * from final
