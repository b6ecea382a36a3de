{{ config(
    materialized='incremental',
    incremental_strategy='append',
    tags=['all_interactions']
) }}
-- depends_on: {{ ref('stg_files__new_files') }}

-- Nearly every interaction has one record. Those with several are few, and found here once, so that
-- nothing downstream ranks all records to be rid of the second ones.
with interaction_records as (

    select * from {{ ref('stg_files__interactions') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

known_records as (

    select
        interaction_records.interaction_id,
        interaction_records.input_name,
        interaction_records.file_digest
    from interaction_records
    cross join refresh_context
    where interaction_records.known_at <= refresh_context.known_by

),

{% if is_incremental() %}
    new_files as (

        select * from {{ ref('stg_files__new_files') }}

    ),

    new_records as (

        select known_records.interaction_id
        from known_records
        inner join new_files
            on
                known_records.input_name = new_files.input_name
                and known_records.file_digest = new_files.file_digest

    ),

    new_ids as (

        select distinct interaction_id from new_records

    ),

    -- Only what is new can repeat anything that did not repeat before.
    candidates as (

        select known_records.interaction_id
        from known_records
        inner join new_ids
            on known_records.interaction_id = new_ids.interaction_id

    ),

{% else %}
    keys as (

        select {{ hashed_text('interaction_id') }} as id_hash
        from known_records

    ),

    hashes_repeated as (

        select id_hash
        from keys
        group by id_hash
        having count(*) > 1

    ),

    -- Text is compared only where its hash says that it may repeat.
    candidates as (

        select known_records.interaction_id
        from known_records
        inner join hashes_repeated
            on {{ hashed_text('known_records.interaction_id') }} = hashes_repeated.id_hash

    ),

{% endif %}

final as (

    select interaction_id
    from candidates
    group by interaction_id
    having count(*) > 1

)

select * from final
{% if is_incremental() %}
    where interaction_id not in (select interaction_id from {{ this }})
{% endif %}
