"""How the engine would build the models: no join that holds every row against every other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

KEYS = re.compile(r"\(\w+ = \w+\)")


def compiled(root: Path) -> dict[str, str]:
    """SQL of each model as dbt built it."""
    [run] = root.glob("runs/*/dbt_build_results.json")
    results = json.loads(run.read_text(encoding="utf-8"))["results"]
    return {
        result["unique_id"].split(".")[-1]: result["compiled_code"]
        for result in results
        if result["unique_id"].startswith("model.")
    }


def joins(plan: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Operator, type and condition of the joins of a plan."""
    told = plan.get("extra_info", {})
    if "Join Type" in told:
        yield plan["name"].strip(), str(told["Join Type"]), str(told.get("Condition", ""))
    for part in plan.get("children", []):
        yield from joins(part)


def wasteful(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    """Conditions of outer joins that could have gone by a key and do not.

    A condition on one side alone, or on both in one expression, beside an equality makes the engine
    hold all rows of an outer join against each other: what one side says belongs into its key.
    """
    ((_, plan),) = connection.execute(f"explain (format json) {sql}").fetchall()
    return [
        condition
        for top in json.loads(plan)
        for operator, kind, condition in joins(top)
        if operator == "BLOCKWISE_NL_JOIN" and kind != "INNER"
        if KEYS.search(condition) and " OR " not in condition and "COALESCE" not in condition
    ]


def test_no_outer_join_holds_every_row_against_every_other(published_sample: Path) -> None:
    database = published_sample / "current" / "warehouse.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        found = {
            name: conditions
            for name, sql in compiled(published_sample).items()
            if (conditions := wasteful(connection, sql))
        }
    assert found == {}


@pytest.mark.parametrize(
    ("condition", "is_wasteful"),
    [
        ("events.kind = 'a' and events.id = others.id", True),
        ("case when events.kind = 'a' then events.id end = others.id", False),
    ],
)
def test_a_condition_on_one_side_of_an_outer_join_is_seen(
    condition: str, is_wasteful: bool
) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table events as select range as id, 'b' as kind from range(3000);"
            "create table others as select range as id from range(2000)"
        )
        sql = f"select others.id from events left join others on {condition}"
        assert bool(wasteful(connection, sql)) is is_wasteful
