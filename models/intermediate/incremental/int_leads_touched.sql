-- Leads that this landing concerns: in the tables that are kept, all of their rows are replaced.
-- Time alone touches nobody, since nothing that decays is kept.
with landed_files as (

    select * from {{ ref('stg_files__landed_files') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

interaction_records as (

    select * from {{ ref('stg_files__interactions') }}

),

lead_records as (

    select * from {{ ref('stg_files__leads') }}

),

repeated as (

    select * from {{ ref('int_interactions_repeated') }}

),

new_files as (

    select
        landed_files.input_name,
        landed_files.file_digest
    from landed_files
    inner join refresh_context
        on landed_files.landing_number = refresh_context.landing_number

),

new_interactions as (

    select
        interaction_records.interaction_id,
        interaction_records.lead_id
    from interaction_records
    inner join new_files
        on
            interaction_records.input_name = new_files.input_name
            and interaction_records.file_digest = new_files.file_digest

),

-- A later record may give an interaction to another lead, whose rows change too.
new_and_repeated as (

    select distinct new_interactions.interaction_id
    from new_interactions
    inner join repeated
        on new_interactions.interaction_id = repeated.interaction_id

),

corrected as (

    select interaction_records.lead_id
    from interaction_records
    inner join new_and_repeated
        on interaction_records.interaction_id = new_and_repeated.interaction_id

),

new_leads as (

    select lead_records.lead_id
    from lead_records
    inner join new_files
        on
            lead_records.input_name = new_files.input_name
            and lead_records.file_digest = new_files.file_digest

),

unioned as (

    select lead_id from new_interactions
    union
    select lead_id from corrected
    union
    select lead_id from new_leads

),

final as (

    select lead_id
    from unioned
    where lead_id is not null

)

select * from final
