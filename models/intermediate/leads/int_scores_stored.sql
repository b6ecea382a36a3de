-- The views of scores speak for any instant; this is what they say of the one that is built, asked
-- once for all who need it.
with scores as (

    select * from {{ ref('int_reasons_worded') }}

)

select * from scores
