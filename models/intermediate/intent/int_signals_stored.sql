-- The view sums all interactions for any instant; this is what it says of the one that is built,
-- asked once for leads, accounts and the ledger. Where another instant is asked for, the view is
-- laid over it (`lead_warehouse/explain/at_instant.py`).
with signals_summed as (

    select * from {{ ref('int_signals_summed') }}

)

select * from signals_summed
