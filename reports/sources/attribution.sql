-- not people: won_count
with shares as (
    select dimension, segment, attribution_model, sum(won_count) as won_count,
        sum(won_amount) as won_amount
    from marts.rpt_attribution
    where dimension in ('channel', 'campaign')
    group by dimension, segment, attribution_model
)

select
    shares.dimension,
    case when shares.segment is null then '?' else replace(shares.segment, '_', ' ') end as segment,
    models.label_en as model_en,
    models.label_fr as model_fr,
    models.is_chosen,
    shares.won_count,
    cast(shares.won_amount as double) as won_amount
from shares
inner join seeds.attribution_models as models
    on shares.attribution_model = models.attribution_model
order by shares.dimension, segment, models.attribution_model
