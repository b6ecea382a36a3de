{{ config(
    materialized='incremental',
    incremental_strategy='append',
    tags=['all_interactions']
) }}
-- depends_on: {{ ref('stg_files__new_files') }}

-- Nearly every interaction has one record. Those with several are few, and found here once, so that
-- nothing downstream ranks all records to be rid of the second ones.
-- Records are read anew for each question: an engine that keeps what is read twice would copy all.
with refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

{% if is_incremental() %}
    new_files as (

        select * from {{ ref('stg_files__new_files') }}

    ),

    new_ids as (

        select distinct records.interaction_id
        from {{ ref('stg_files__interactions') }} as records
        inner join new_files
            on
                records.input_name = new_files.input_name
                and records.file_digest = new_files.file_digest

    ),

    -- Only what is new can repeat anything that did not repeat before.
    candidates as (

        select
            records.interaction_id,
            records.known_at
        from {{ ref('stg_files__interactions') }} as records
        inner join new_ids
            on records.interaction_id = new_ids.interaction_id

    ),

{% else %}
    hashes_repeated as (

        select {{ hashed_text('interaction_id') }} as id_hash
        from {{ ref('stg_files__interactions') }}
        group by {{ hashed_text('interaction_id') }}
        having count(*) > 1

    ),

    -- Text is compared only where its hash says that it may repeat.
    candidates as (

        select
            records.interaction_id,
            records.known_at
        from {{ ref('stg_files__interactions') }} as records
        inner join hashes_repeated
            on {{ hashed_text('records.interaction_id') }} = hashes_repeated.id_hash

    ),

{% endif %}

final as (

    select candidates.interaction_id
    from candidates
    inner join refresh_context
        on candidates.known_at <= refresh_context.known_by
    group by candidates.interaction_id
    having count(*) > 1

)

select * from final
{% if is_incremental() %}
    where interaction_id not in (select interaction_id from {{ this }})
{% endif %}
