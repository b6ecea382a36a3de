select
    strftime(velocity.pipeline_month, '%Y-%m') as month,
    velocity.daily_velocity_amount,
    velocity.is_mature
from marts.rpt_pipeline_velocity as velocity
where velocity.dimension = 'all' and velocity.opportunity_type = 'new'
order by month
