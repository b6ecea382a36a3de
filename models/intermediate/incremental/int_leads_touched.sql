-- Leads that this landing concerns: in the tables that are kept, all of their rows are replaced.
-- Time alone touches nobody, since nothing that decays is kept. Where no table is carried on nobody
-- asks, and finding them would cost as much as scoring them.
{% if is_carried_on() -%}
    with new_files as (

        select * from {{ ref('stg_files__new_files') }}

    ),

    lead_records as (

        select * from {{ ref('stg_files__leads') }}

    ),

    repeated as (

        select * from {{ ref('int_interactions_repeated') }}

    ),

    identities as (

        select * from {{ ref('int_lead_identities_resolved') }}

    ),

    relinked as (

        select * from {{ ref('int_leads_relinked') }}
        where is_relinked

    ),

    rejudged as (

        select * from {{ ref('int_leads_rejudged') }}
        where is_rejudged

    ),

    -- Records are read anew for each question: an engine that keeps what is read twice would copy
    -- all of them.
    new_interactions as (

        select
            interaction_records.interaction_id,
            interaction_records.lead_id,
            interaction_records.visitor_id
        from {{ ref('stg_files__interactions') }} as interaction_records
        inner join new_files
            on
                interaction_records.input_name = new_files.input_name
                and interaction_records.file_digest = new_files.file_digest

    ),

    repeated_records as (

        select
            interaction_records.interaction_id,
            interaction_records.lead_id,
            interaction_records.visitor_id
        from {{ ref('stg_files__interactions') }} as interaction_records
        inner join repeated
            on interaction_records.interaction_id = repeated.interaction_id

    ),

    -- A later record may give an interaction to another lead, whose rows change too.
    new_and_repeated as (

        select distinct new_interactions.interaction_id
        from new_interactions
        inner join repeated
            on new_interactions.interaction_id = repeated.interaction_id

    ),

    corrected as (

        select
            repeated_records.lead_id,
            repeated_records.visitor_id
        from repeated_records
        inner join new_and_repeated
            on repeated_records.interaction_id = new_and_repeated.interaction_id

    ),

    new_leads as (

        select lead_records.lead_id
        from lead_records
        inner join new_files
            on
                lead_records.input_name = new_files.input_name
                and lead_records.file_digest = new_files.file_digest

    ),

    relinked_leads as (

        select lead_id from relinked
        union
        select surviving_lead_id as lead_id from relinked
        union
        select surviving_lead_id_before as lead_id from relinked

    ),

    repeated_leads as (

        select distinct
            interaction_id,
            lead_id
        from repeated_records
        where lead_id is not null

    ),

    repeated_visitors as (

        select distinct
            interaction_id,
            visitor_id
        from repeated_records
        where visitor_id is not null

    ),

    -- Of several records of an interaction one may name the lead and another the visitor.
    leads_with_visitors as (

        select
            lead_id,
            visitor_id
        from {{ ref('stg_files__interactions') }}
        where lead_id is not null and visitor_id is not null
        union all
        select
            repeated_leads.lead_id,
            repeated_visitors.visitor_id
        from repeated_leads
        inner join repeated_visitors
            on repeated_leads.interaction_id = repeated_visitors.interaction_id

    ),

    -- Whom a visitor is identified as decides on all that it did anonymously.
    visitors as (

        select visitor_id from new_interactions
        union
        select visitor_id from corrected
        union
        select leads_with_visitors.visitor_id
        from leads_with_visitors
        inner join relinked_leads
            on leads_with_visitors.lead_id = relinked_leads.lead_id

    ),

    leads_of_visitors as (

        select distinct leads_with_visitors.lead_id
        from leads_with_visitors
        inner join visitors
            on leads_with_visitors.visitor_id = visitors.visitor_id

    ),

    unioned as (

        select lead_id from new_interactions
        union
        select lead_id from corrected
        union
        select lead_id from new_leads
        union
        select lead_id from relinked_leads
        union
        select lead_id from rejudged
        union
        select lead_id from leads_of_visitors

    ),

    with_survivors as (

        select lead_id
        from unioned
        where lead_id is not null
        union
        select identities.surviving_lead_id as lead_id
        from unioned
        inner join identities
            on unioned.lead_id = identities.lead_id

    ),

    -- With whoever they were before they were joined: their interactions name those.
    final as (

        select lead_id from with_survivors
        union
        select identities.lead_id
        from with_survivors
        inner join identities
            on with_survivors.lead_id = identities.surviving_lead_id

    )

    select * from final
{%- else -%}
    select lead_id
    from {{ ref('stg_files__leads') }}
    where false
{%- endif %}
