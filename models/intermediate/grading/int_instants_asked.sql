{{ config(materialized='view') }}

-- Whose scores are asked for, and of when. It is empty in every generation; whoever asks lays rows
-- over it, as over the as-of instant (docs/adr/0016). As a view it costs nothing: whatever is made
-- of it is known to be empty before anything is read.
select
    cast(null as varchar) as lead_id,
    cast(null as timestamp) as asked_at
where 1 = 0
