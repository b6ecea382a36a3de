-- Every request is answered, below MQL too, as long as the person may be answered.
with waiting as (

    select distinct clocks.lead_id
    from {{ ref('fct_sla_clocks') }} as clocks
    cross join {{ ref('scoring') }} as scoring
    cross join {{ ref('stg_files__refresh_context') }} as refresh_context
    inner join {{ ref('dim_leads') }} as leads
        on clocks.lead_id = leads.lead_id
    where
        clocks.started_by = 'request'
        and clocks.status in ('running', 'overdue')
        and {{ days_after('clocks.started_at', 'scoring.hand_raise_days') }}
        > refresh_context.as_of
        and leads.rules_stage not in ('sal', 'sql', 'opportunity')

),

permitted as (

    select distinct lead_id
    from {{ ref('fct_contactability') }}
    where is_contactable and purpose in ('answering', 'prospecting')

),

queue as (

    select * from {{ ref('fct_work_queue') }}

)

select waiting.lead_id
from waiting
inner join permitted
    on waiting.lead_id = permitted.lead_id
left join queue
    on waiting.lead_id = queue.lead_id
where queue.lead_id is null
