-- What is kept from refresh to refresh has one row per key for the leads that were replaced in it.
with touched as (

    select * from {{ ref('int_leads_touched') }}

),

rescored as (

    select * from {{ ref('int_leads_rescored') }}

),

interactions as (

    select
        'int_interactions_attributed' as model,
        lead_id,
        interaction_id as key_value
    from {{ ref('int_interactions_attributed') }}
    where lead_id in (select touched.lead_id from touched)

),

screened as (

    select
        'int_interactions_screened' as model,
        lead_id,
        interaction_id as key_value
    from {{ ref('int_interactions_screened') }}
    where lead_id in (select touched.lead_id from touched)

),

states as (

    select
        'int_intent_states_historized' as model,
        lead_id,
        signal_group || ' ' || cast(changed_at as {{ dbt.type_string() }}) as key_value
    from {{ ref('int_intent_states_historized') }}
    where lead_id in (select touched.lead_id from touched)

),

scores as (

    select
        'int_intent_scores_historized' as model,
        lead_id,
        cast(changed_at as {{ dbt.type_string() }}) as key_value
    from {{ ref('int_intent_scores_historized') }}
    where lead_id in (select rescored.lead_id from rescored)

),

unioned as (

    select * from interactions
    union all
    select * from screened
    union all
    select * from states
    union all
    select * from scores

)

select
    model,
    lead_id,
    key_value
from unioned
group by model, lead_id, key_value
having count(*) > 1
