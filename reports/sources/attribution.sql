with shares as (
    select segment, attribution_model, sum(won_amount) as won_amount
    from marts.rpt_attribution
    where dimension = 'channel'
    group by segment, attribution_model
)

select
    coalesce(said_en(shares.segment), 'not known') as segment_en,
    coalesce(said_fr(shares.segment), 'non renseigné') as segment_fr,
    models.label_en as model_en,
    models.label_fr as model_fr,
    models.is_chosen,
    cast(shares.won_amount as double) as won_amount
from shares
inner join seeds.attribution_models as models
    on shares.attribution_model = models.attribution_model
order by segment_en, models.attribution_model
