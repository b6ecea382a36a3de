"""The leads to work on first."""

from lead_warehouse.query import Rows
from lead_warehouse.state.generations import Generations

HOTTEST = """
select
    scores.lead_id as lead,
    leads.job_title as title,
    leads.company_name as company,
    scores.grade,
    temperatures.label_{language} as temperature,
    round(scores.fit_score, 1) as fit,
    round(scores.intent_score, 1) as intent,
    stages.label_{language} as stage,
    scores.reason_{language} as reason
from marts.fct_lead_scores as scores
inner join marts.dim_leads as leads using (lead_id)
inner join seeds.temperatures as temperatures using (temperature)
inner join seeds.lifecycle_stages as stages on leads.rules_stage = stages.stage
where leads.rules_stage not in ('customer', 'lost', 'disqualified')
order by
    temperatures.sort_order, scores.priority, scores.intent_score desc, scores.fit_score desc,
    scores.lead_id
limit ?
"""


def hottest(
    generations: Generations, limit: int, language: str = "en", run_id: str | None = None
) -> Rows:
    """The leads still in play that come first by temperature, priority, intent and fit.

    Args:
        limit: how many.
        language: ``en`` or ``fr``, of the labels and the reason.

    Raises:
        UserError: there is no such generation.
    """
    with generations.reading(run_id) as connection:
        cursor = connection.execute(HOTTEST.format(language=language), [limit])
        names = [column[0] for column in cursor.description or []]
        return Rows(names, cursor.fetchall())
