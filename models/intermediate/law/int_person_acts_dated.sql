-- One pass over all interactions for all that the law asks of them.
with interactions as (

    select * from {{ ref('int_interactions_weighted') }}

),

person_acts as (

    select * from {{ ref('person_acts') }}

),

refresh_context as (

    select * from {{ ref('stg_files__refresh_context') }}

),

-- A machine may have followed the link to unsubscribe: in doubt objections count, and acts do not.
final as (

    select
        interactions.lead_id,
        interactions.interaction_type,
        max(
            case
                when person_acts.resets_retention and interactions.zero_because is null
                    then interactions.occurred_at
            end
        ) as last_act_at,
        max(case when interactions.is_hand_raise then interactions.occurred_at end)
            as last_request_at,
        max(
            case when person_acts.objects_to_purpose is not null then interactions.occurred_at end
        ) as last_objection_at,
        max(person_acts.objects_to_purpose) as objects_to_purpose,
        max(person_acts.objects_to_channel) as objects_to_channel
    from interactions
    inner join refresh_context
        on interactions.counts_from <= refresh_context.as_of
    left join person_acts
        on interactions.interaction_type = person_acts.interaction_type
    where person_acts.interaction_type is not null or interactions.is_hand_raise
    group by interactions.lead_id, interactions.interaction_type

)

select * from final
