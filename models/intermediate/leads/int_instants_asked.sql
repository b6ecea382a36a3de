-- Whose scores are asked for, and of when. It is empty in every generation; whoever asks lays rows
-- over it, as over the as-of instant (docs/adr/0016).
select
    cast(null as varchar) as lead_id,
    cast(null as timestamp) as asked_at
where 1 = 0
