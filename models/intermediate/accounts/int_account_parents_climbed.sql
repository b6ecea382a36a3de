{{ config(materialized='view') }}

with recursive account_versions as (

    select * from {{ ref('int_accounts_historized') }}

),

refresh_context as (

    select
        *,
        case when is_as_of_given then as_of else known_by end as known_until
    from {{ ref('stg_files__refresh_context') }}

),

accounts_now as (

    select account_versions.*
    from account_versions
    inner join refresh_context
        on
            account_versions.valid_from <= refresh_context.known_until
            and {{ open_end('account_versions.valid_to') }} > refresh_context.known_until

),

-- Ten steps are more than a group of companies has, and end what goes round in a circle.
climbed as (

    select
        account_id,
        parent_account_id as ancestor_account_id,
        1 as steps
    from accounts_now
    where parent_account_id is not null and parent_account_id <> account_id
    union all
    select
        climbed.account_id,
        accounts_now.parent_account_id as ancestor_account_id,
        climbed.steps + 1 as steps
    from climbed
    inner join accounts_now
        on climbed.ancestor_account_id = accounts_now.account_id
    where
        accounts_now.parent_account_id is not null
        and accounts_now.parent_account_id <> accounts_now.account_id
        and climbed.steps < 10

),

tops as (

    select
        climbed.account_id,
        min(climbed.ancestor_account_id) as ultimate_parent_account_id
    from climbed
    left join accounts_now
        on climbed.ancestor_account_id = accounts_now.account_id
    where
        accounts_now.parent_account_id is null
        or accounts_now.parent_account_id = accounts_now.account_id
    group by climbed.account_id

),

final as (

    select
        accounts_now.account_id,
        accounts_now.account_name,
        accounts_now.account_status,
        accounts_now.account_tier,
        accounts_now.owner_id,
        accounts_now.parent_account_id,
        coalesce(tops.ultimate_parent_account_id, accounts_now.account_id)
            as ultimate_parent_account_id
    from accounts_now
    left join tops
        on accounts_now.account_id = tops.account_id

)

select * from final
