"""The leads to work on first."""

from dataclasses import dataclass
from decimal import Decimal

from lead_warehouse.state.generations import Generations

HOTTEST = """
select
    scores.lead_id, leads.job_title, leads.company_name, scores.grade,
    temperatures.label_{language}, scores.fit_score, scores.intent_score,
    stages.label_{language}, scores.reason_{language}
from marts.fct_lead_scores as scores
inner join marts.dim_leads as leads using (lead_id)
inner join seeds.temperatures as temperatures using (temperature)
inner join seeds.lifecycle_stages as stages on leads.rules_stage = stages.stage
cross join raw.refresh_context as context
where
    leads.rules_stage not in ('customer', 'lost', 'disqualified', 'recycled')
    and coalesce(leads.deleted_at > context.as_of, true)
    and not exists (
        select 1
        from intermediate.int_profiling_objections_dated as objections
        where
            objections.lead_id = scores.lead_id
            and coalesce(objections.objected_until > context.as_of, true)
    )
    and not exists (
        select 1
        from intermediate.int_customer_leads_dated as customers
        where
            customers.lead_id = scores.lead_id
            and customers.customer_from <= context.as_of
            and coalesce(customers.customer_until > context.as_of, true)
    )
order by
    temperatures.sort_order, scores.priority, scores.intent_score desc, scores.fit_score desc,
    scores.lead_id
limit ?
"""


@dataclass(frozen=True)
class HotLead:
    """A lead still in play, with the reason why it comes first.

    Attributes:
        fit_score, intent_score: from 0 to 100.
        temperature, stage, reason: in the language asked for.
    """

    lead_id: str
    job_title: str | None
    company_name: str | None
    grade: str
    temperature: str
    fit_score: Decimal
    intent_score: Decimal
    stage: str
    reason: str


def hottest(
    generations: Generations, limit: int, language: str = "en", run_id: str | None = None
) -> list[HotLead]:
    """The leads still in play that come first by temperature, priority, intent and fit.

    Left out are those who rest, whose record was deleted at its source, who objected to profiling,
    and contacts of customers.

    Args:
        limit: how many.
        language: ``en`` or ``fr``, of the labels and the reason.

    Raises:
        UserError: there is no such generation.
    """
    with generations.reading(run_id) as connection:
        rows = connection.execute(HOTTEST.format(language=language), [limit]).fetchall()
    return [HotLead(*row) for row in rows]
