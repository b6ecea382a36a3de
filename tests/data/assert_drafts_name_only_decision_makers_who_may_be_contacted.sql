-- Nobody is named without a ground: not the decision makers of a draft either.
with drafts as (

    select * from {{ ref('sync_proposals__drafts') }}

),

contactability as (

    select * from {{ ref('fct_contactability') }}

),

contactable as (

    select lead_id
    from contactability
    where is_contactable and purpose in ('answering', 'prospecting')
    group by lead_id

),

named as (

    select
        draft_id,
        {{ split_to_rows('decision_maker_lead_ids', ';') }} as lead_id
    from drafts
    where decision_maker_lead_ids is not null

)

select named.*
from named
left join contactable
    on named.lead_id = contactable.lead_id
where contactable.lead_id is null
