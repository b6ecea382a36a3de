with published_ever as (

    select * from {{ ref('stg_files__published_transitions') }}

),

transitions as (

    select * from {{ ref('int_stages_sequenced') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

identities as (

    select * from {{ ref('int_lead_identities_resolved') }}

),

-- A rebuild of the past knows what readers had been shown by then. What they were shown of a record
-- that was merged away since, they were shown of the person.
published as (

    select
        published_ever.basis,
        coalesce(identities.surviving_lead_id, published_ever.lead_id) as lead_id,
        published_ever.to_stage,
        published_ever.transitioned_at,
        min(published_ever.first_published_at) as first_published_at,
        min(
            case when identities.surviving_lead_id <> published_ever.lead_id then 1 else 0 end
        ) as is_of_other_record
    from published_ever
    left join identities
        on published_ever.lead_id = identities.lead_id
    cross join refresh_context
    where
        not refresh_context.is_as_of_given
        or published_ever.first_published_at <= refresh_context.known_by
    group by
        published_ever.basis,
        coalesce(identities.surviving_lead_id, published_ever.lead_id),
        published_ever.to_stage,
        published_ever.transitioned_at

),

of_own_record as (

    select * from published
    where is_of_other_record = 0

),

-- What was shown at its present instant is the same; what is left on both sides has moved.
paired as (

    select
        coalesce(transitions.basis, of_own_record.basis) as basis,
        coalesce(transitions.lead_id, of_own_record.lead_id) as lead_id,
        coalesce(transitions.to_stage, of_own_record.to_stage) as to_stage,
        transitions.transitioned_at,
        of_own_record.transitioned_at as shown_at,
        of_own_record.first_published_at
    from transitions
    full join of_own_record
        on
            transitions.basis = of_own_record.basis
            and transitions.lead_id = of_own_record.lead_id
            and transitions.to_stage = of_own_record.to_stage
            and transitions.transitioned_at = of_own_record.transitioned_at

),

told_anew as (

    select
        *,
        row_number() over (
            partition by basis, lead_id, to_stage
            order by transitioned_at
        ) as place
    from paired
    where shown_at is null

),

told_no_more as (

    select
        *,
        row_number() over (
            partition by basis, lead_id, to_stage
            order by shown_at
        ) as place
    from paired
    where transitioned_at is null

),

told as (

    select
        basis,
        lead_id,
        to_stage,
        transitioned_at,
        shown_at as first_published_transitioned_at,
        first_published_at
    from paired
    where shown_at is not null and transitioned_at is not null
    union all
    select
        told_no_more.basis,
        told_no_more.lead_id,
        told_no_more.to_stage,
        told_anew.transitioned_at,
        told_no_more.shown_at as first_published_transitioned_at,
        told_no_more.first_published_at
    from told_no_more
    left join told_anew
        on
            told_no_more.basis = told_anew.basis
            and told_no_more.lead_id = told_anew.lead_id
            and told_no_more.to_stage = told_anew.to_stage
            and told_no_more.place = told_anew.place

),

-- What was shown of another record of the person is the same where nothing of its own is; the rest
-- went with the record, and nobody takes it back.
told_of_other_records as (

    select
        published.basis,
        published.lead_id,
        published.to_stage,
        case when told.lead_id is null then transitions.transitioned_at end as transitioned_at,
        published.transitioned_at as first_published_transitioned_at,
        published.first_published_at
    from published
    left join transitions
        on
            published.basis = transitions.basis
            and published.lead_id = transitions.lead_id
            and published.to_stage = transitions.to_stage
            and published.transitioned_at = transitions.transitioned_at
    left join told
        on
            transitions.basis = told.basis
            and transitions.lead_id = told.lead_id
            and transitions.to_stage = told.to_stage
            and transitions.transitioned_at = told.transitioned_at
    where published.is_of_other_record = 1

),

final as (

    select
        basis,
        lead_id,
        to_stage,
        transitioned_at,
        first_published_transitioned_at,
        first_published_at,
        false as is_of_other_record
    from told
    union all
    select
        basis,
        lead_id,
        to_stage,
        transitioned_at,
        first_published_transitioned_at,
        first_published_at,
        true as is_of_other_record
    from told_of_other_records

)

select * from final
