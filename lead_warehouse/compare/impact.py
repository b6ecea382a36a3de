"""What a change of rules would do: who enters or leaves MQL, volumes, loads, conversions."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from lead_warehouse.compare.build import NEEDED, SideBySide
from lead_warehouse.compare.impact_sql import COMPARED, FIGURES, NAMES, PRESENT, STANDINGS
from lead_warehouse.explain.at_instant import asking_at
from lead_warehouse.query import Rows
from lead_warehouse.sql import literal
from lead_warehouse.state.engine import confine

WEEKS = 12
"""Complete weeks before the as-of instant whose volume and load are told."""

NEEDED_FOR_IMPACT = (*NEEDED, "int_lead_owners_historized")


@dataclass(frozen=True)
class Figure:
    """A figure before and after the change.

    Attributes:
        limit: what `change_limits` allows, of figures that it limits.
    """

    measure: str
    component: str
    before: float | None
    after: float | None
    limit: float | None
    is_beyond_limit: bool


@dataclass(frozen=True)
class Impact:
    """What other rules would change.

    Attributes:
        changed: seeds whose rows are others.
        figures: by measure and component; they name no lead.
        names: leads that would enter or leave MQL, where they were asked for.
    """

    as_of: datetime
    run_id: str
    rules_digest: str
    changed: list[str]
    figures: list[Figure]
    names: Rows | None

    @property
    def beyond(self) -> list[Figure]:
        """Limits that the change passes."""
        return [one for one in self.figures if one.is_beyond_limit]

    def of(self, measure: str) -> list[Figure]:
        """Figures of one measure."""
        return [one for one in self.figures if one.measure == measure]

    def value(self, measure: str, component: str) -> Figure:
        """One figure; nothing before and after where nobody is concerned."""
        nothing = Figure(measure, component, 0, 0, None, False)
        return next((one for one in self.of(measure) if one.component == component), nothing)


def measure_impact(sides: SideBySide, *, with_names: bool = False) -> Impact:
    """Hold two rule sets against each other.

    Args:
        with_names: list also the leads that would enter or leave MQL.
    """
    scratch = sides.scratch
    files = {}
    for name, generation, queries in (
        ("present", sides.present, {"present": STANDINGS, **PRESENT}),
        ("other", sides.other, {"other": STANDINGS}),
    ):
        with asking_at(generation, None, scratch) as connection:
            for query, sql in queries.items():
                files[query] = _write(connection, sql, scratch / f"{name}-{query}.parquet")
    with duckdb.connect(":memory:") as connection:
        confine(connection, scratch)
        connection.execute(COMPARED, {name: files.pop(name) for name in ("present", "other")})
        found = connection.execute(FIGURES, files | {"weeks": WEEKS}).fetchall()
        names = None
        if with_names:
            cursor = connection.execute(NAMES)
            names = Rows([one[0] for one in cursor.description or []], cursor.fetchall())
    return Impact(
        sides.present.as_of,
        sides.present.run_id,
        sides.rules_digest,
        sides.changed,
        [Figure(*row) for row in found],
        names,
    )


def _write(connection: duckdb.DuckDBPyConnection, sql: str, file: Path) -> str:
    connection.execute(f"copy ({sql}) to {literal(str(file))} (format parquet)")
    return str(file)
