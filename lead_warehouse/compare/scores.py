"""Scores by the rules readers see beside scores by other rules, lead by lead."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from lead_warehouse.compare.build import SideBySide
from lead_warehouse.explain.at_instant import asking_at
from lead_warehouse.query import Rows
from lead_warehouse.sql import literal
from lead_warehouse.state.engine import confine
from lead_warehouse.state.generations import Generation

STANDINGS = """
select scores.lead_id, scores.fit_score, scores.intent_score, scores.grade, stages.to_stage as stage
from intermediate.int_leads_scored as scores
left join (
    select lead_id, max_by(to_stage, transition_number) as to_stage
    from marts.fct_lifecycle_transitions
    where
        basis = 'rules'
        and is_effective
        and transitioned_at <= (select as_of from raw.refresh_context)
    group by lead_id
) as stages using (lead_id)
"""

COMPARED = """
create table compared as
select
    coalesce(present.lead_id, other.lead_id) as lead_id,
    present.fit_score, other.fit_score as other_fit_score,
    other.fit_score - present.fit_score as fit_difference,
    present.intent_score, other.intent_score as other_intent_score,
    other.intent_score - present.intent_score as intent_difference,
    present.grade, other.grade as other_grade,
    present.stage, other.stage as other_stage,
    present.fit_score is distinct from other.fit_score as is_fit_changed,
    present.intent_score is distinct from other.intent_score as is_intent_changed,
    present.grade is distinct from other.grade as is_grade_changed,
    present.stage is distinct from other.stage as is_stage_changed,
    is_fit_changed or is_intent_changed or is_grade_changed or is_stage_changed as is_changed
from read_parquet($present) as present
full join read_parquet($other) as other
    on present.lead_id = other.lead_id
"""

LEADS = """
select * exclude (
    is_fit_changed, is_intent_changed, is_grade_changed, is_stage_changed, is_changed
)
from compared
where is_changed or $everyone
order by
    greatest(abs(fit_difference), abs(intent_difference)) desc nulls first, lead_id
"""

SUMMARY = """
select
    count(*), count(*) filter (is_fit_changed), count(*) filter (is_intent_changed),
    count(*) filter (is_grade_changed), count(*) filter (is_stage_changed),
    max(abs(fit_difference)), max(abs(intent_difference))
from compared
"""

GRADES = """
select grade, other_grade, count(*) as leads from compared group by all order by all
"""


@dataclass(frozen=True)
class Summary:
    """How many leads other rules see differently, and by how much at most."""

    leads: int
    fit_changed: int
    intent_changed: int
    grade_changed: int
    stage_changed: int
    largest_fit_difference: Decimal | None
    largest_intent_difference: Decimal | None


@dataclass(frozen=True)
class ScoresCompared:
    """Scores by two rule sets.

    Attributes:
        at: the instant (UTC).
        leads: a lead each: fit, intent, grade and stage by the present and by the other rules, with
            the differences; those that differ most first.
        grades: leads by the grade they have and the one that the other rules give.
    """

    at: datetime
    summary: Summary
    leads: Rows
    grades: Rows


def compare_scores(
    sides: SideBySide, at: datetime | None = None, *, everyone: bool = False
) -> ScoresCompared:
    """Compare the scores and stages of all leads.

    Args:
        at: instant (UTC) up to the one the generation speaks for, which is the default.
        everyone: list also leads that nothing changes for.

    Raises:
        UserError: ``at`` lies after it.
    """
    files = {
        "present": _write(sides.present, at, sides.scratch / "present.parquet"),
        "other": _write(sides.other, at, sides.scratch / "other.parquet"),
    }
    with duckdb.connect(":memory:") as connection:
        confine(connection, sides.scratch)
        connection.execute(COMPARED, files)
        row = connection.execute(SUMMARY).fetchone()
        return ScoresCompared(
            at or sides.present.as_of,
            Summary(*(row or ())),
            _rows(connection, LEADS, {"everyone": everyone}),
            _rows(connection, GRADES, {}),
        )


def _write(generation: Generation, at: datetime | None, file: Path) -> str:
    """Standings as a file: two databases of the same name cannot be open in one connection."""
    with asking_at(generation, at, file.parent) as connection:
        connection.execute(f"copy ({STANDINGS}) to {literal(str(file))} (format parquet)")
    return str(file)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, object]) -> Rows:
    cursor = connection.execute(sql, parameters)
    return Rows([column[0] for column in cursor.description or []], cursor.fetchall())
