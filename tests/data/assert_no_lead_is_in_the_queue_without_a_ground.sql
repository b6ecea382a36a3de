-- No lawful ground, no contact: whoever the law lets nobody turn to, by the channel that the queue
-- names, is not in it.
with queue as (

    select * from {{ ref('fct_work_queue') }}

),

permitted as (

    select distinct
        lead_id,
        channel
    from {{ ref('fct_contactability') }}
    where is_contactable and purpose in ('answering', 'prospecting')

)

select
    queue.lead_id,
    queue.next_action,
    queue.channel
from queue
left join permitted
    on
        queue.lead_id = permitted.lead_id
        and queue.channel = permitted.channel
where permitted.lead_id is null
