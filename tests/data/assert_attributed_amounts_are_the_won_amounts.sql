-- Every deal won, under every model: weights are 1 and amounts the deal's to the last digit.
with won as (

    select
        opportunities.opportunity_id,
        models.attribution_model,
        opportunities.reporting_amount
    from {{ ref('fct_opportunities') }} as opportunities
    cross join {{ ref('attribution_models') }} as models
    where opportunities.status = 'won'

),

attributed as (

    select
        opportunity_id,
        attribution_model,
        sum(weight) as weight,
        sum(attributed_amount) as attributed_amount
    from {{ ref('fct_attributed_touches') }}
    group by opportunity_id, attribution_model

)

select
    won.opportunity_id,
    won.attribution_model,
    won.reporting_amount,
    attributed.attributed_amount,
    attributed.weight
from won
full outer join attributed
    on
        won.opportunity_id = attributed.opportunity_id
        and won.attribution_model = attributed.attribution_model
where
    won.opportunity_id is null
    or attributed.opportunity_id is null
    or coalesce(won.reporting_amount, -1) <> coalesce(attributed.attributed_amount, -1)
    or abs(coalesce(attributed.weight, 0) - 1) > 1e-9
