-- Assets and patterns as they are compared: pages by their path, whatever scheme, query, case and
-- accents they were written with; documents by name. Once for each text, never for each event.
with interactions as (

    select * from {{ ref('int_interactions_attributed') }}

),

signal_patterns as (

    select * from {{ ref('signal_patterns') }}

),

honeypots as (

    select * from {{ ref('traffic_honeypots') }}
    where pattern is not null

),

patterns as (

    select
        interaction_type,
        pattern as text
    from signal_patterns
    union
    select
        interaction_type,
        pattern as text
    from honeypots

),

texts as (

    select
        lower(trim(interaction_type)) as interaction_type,
        asset as text
    from interactions
    where
        lower(trim(interaction_type)) in (select patterns.interaction_type from patterns)
        and asset is not null
    union
    select * from patterns

),

routed as (

    select
        interaction_type,
        text,
        -- A site of one page writes its paths behind a hash.
        replace(replace(replace(text, '#!/', '#/'), '/#/', '/'), '#/', '/') as route
    from texts

),

-- What an address encodes is part of its path, a question mark too; where all of it is encoded, its
-- query is.
decoded as (

    select
        interaction_type,
        text,
        case
            when position('/' in route) > 0
                then {{ url_decoded(dbt.split_part(dbt.split_part('route', "'#'", 1), "'?'", 1)) }}
            else
                {{ dbt.split_part(
                    dbt.split_part(url_decoded('route'), "'#'", 1), "'?'", 1
                ) }}
        end as page
    from routed

),

without_query as (

    select
        interaction_type,
        text,
        {{ dbt.split_part(normalized_text('page'), "';jsessionid='", 1) }} as plain
    from decoded

),

without_scheme as (

    select
        *,
        case
            when position('://' in plain) > 0 then substring(plain, position('://' in plain) + 3)
            when plain like '//%' then substring(plain, 3)
            else plain
        end as bare,
        position('://' in plain) > 0 or plain like '//%' as is_address
    from without_query

),

parted as (

    select
        *,
        case
            when
                is_address
                or {{ fully_matches('bare', '([a-z0-9-]+[.])+[a-z]{2,}/.*') }}
                then {{ dbt.split_part('bare', "'/'", 1) }}
        end as full_host
    from without_scheme

),

final as (

    select
        interaction_type,
        text,
        case
            when full_host like 'www.%' then substring(full_host, 5)
            else full_host
        end as host,
        case
            when replace(substring(bare, coalesce(length(full_host), 0) + 1), '/', '') = ''
                then '/'
            else rtrim(substring(bare, coalesce(length(full_host), 0) + 1), '/')
        end as path
    from parted

)

select * from final
