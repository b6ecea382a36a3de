with clues as (

    select * from {{ ref('int_account_clues_dated') }}

),

account_versions as (

    select * from {{ ref('int_accounts_historized') }}

),

account_keys as (

    select * from {{ ref('int_account_keys_resolved') }}

),

domains as (

    select * from {{ ref('int_domains_matched_to_accounts') }}

),

-- Identifiers name themselves, from the instant at which the account is known.
accounts_found as (

    select
        'account_id' as key_type,
        account_id as key_value,
        account_id,
        false as is_ambiguous,
        min(valid_from) as valid_from,
        cast(null as timestamp) as valid_to
    from account_versions
    group by account_id
    union all
    select
        key_type,
        key_value,
        account_id,
        is_ambiguous,
        valid_from,
        valid_to
    from account_keys
    where key_type <> 'domain'
    union all
    select
        'domain' as key_type,
        domain as key_value,
        account_id,
        is_ambiguous,
        valid_from,
        valid_to
    from domains

),

answers as (

    select
        clues.lead_id,
        clues.matched_by,
        clues.precedence,
        accounts_found.account_id,
        accounts_found.is_ambiguous,
        true as is_account_known,
        greatest(clues.valid_from, accounts_found.valid_from) as valid_from,
        case
            when clues.valid_to < accounts_found.valid_to or accounts_found.valid_to is null
                then clues.valid_to
            else accounts_found.valid_to
        end as valid_to
    from clues
    inner join accounts_found
        on
            clues.key_type = accounts_found.key_type
            and clues.key_value = accounts_found.key_value
            and {{ open_end('clues.valid_to') }} > accounts_found.valid_from
            and clues.valid_from < {{ open_end('accounts_found.valid_to') }}
    union all
    -- An identifier of which there is no record still tells colleagues.
    select
        lead_id,
        matched_by,
        precedence + 100 as precedence,
        key_value as account_id,
        false as is_ambiguous,
        false as is_account_known,
        valid_from,
        valid_to
    from clues
    where key_type = 'account_id' and key_value is not null

),

instants as (

    select
        lead_id,
        valid_from as matched_at
    from clues
    union
    select
        lead_id,
        valid_from as matched_at
    from answers
    union
    select
        lead_id,
        valid_to as matched_at
    from answers
    where valid_to is not null

),

ranked as (

    select
        instants.lead_id,
        instants.matched_at,
        answers.account_id,
        coalesce(answers.matched_by, 'none') as matched_by,
        coalesce(answers.is_ambiguous, false) as is_ambiguous,
        coalesce(answers.is_account_known, false) as is_account_known,
        row_number() over (
            partition by instants.lead_id, instants.matched_at
            order by answers.precedence
        ) as place
    from instants
    left join answers
        on
            instants.lead_id = answers.lead_id
            and instants.matched_at >= answers.valid_from
            and instants.matched_at < {{ open_end('answers.valid_to') }}

),

with_previous as (

    select
        *,
        lag(account_id) over by_time as previous_account_id,
        lag(matched_by) over by_time as previously_matched_by,
        lag(is_ambiguous) over by_time as was_ambiguous,
        lag(is_account_known) over by_time as was_account_known
    from ranked
    where place = 1
    window by_time as (partition by lead_id order by matched_at)

),

final as (

    select
        lead_id,
        matched_at as valid_from,
        lead(matched_at) over (partition by lead_id order by matched_at) as valid_to,
        account_id,
        matched_by,
        is_ambiguous,
        is_account_known
    from with_previous
    where
        previously_matched_by is null
        or matched_by <> previously_matched_by
        or coalesce(account_id, '') <> coalesce(previous_account_id, '')
        or is_ambiguous <> was_ambiguous
        or is_account_known <> was_account_known

)

select * from final
