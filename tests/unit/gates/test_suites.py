import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from lead_warehouse import PROJECT_DIR
from lead_warehouse.gates.suites import load_suites

GATES = ("raw_gate", "marts_audit")
GOOD = {
    "name": "g.t",
    "meta": {"schema": "s", "table": "t", "key": ["id"]},
    "expectations": [{"type": "x", "kwargs": {}, "severity": "critical", "description": "x"}],
}


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "gate").mkdir()
    (tmp_path / "gate" / "t.json").write_text(text)
    return tmp_path


def without(*path: str, **changes: Any) -> str:
    document = json.loads(json.dumps(GOOD))
    part = document["expectations"][0] if path and path[0] == "expectation" else document
    for name in path[-1:]:
        part.pop(name, None)
    part.update(changes)
    return json.dumps(document)


def test_fault_15_a_gate_without_suites_lets_nothing_through(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="has no suite"):
        load_suites("gate", tmp_path)
    (tmp_path / "gate").mkdir()
    with pytest.raises(RuntimeError, match="has no suite"):
        load_suites("gate", tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", r"gate/t\.json does not parse"),
        ("[]", "lacks"),
        (without("meta"), "lacks 'meta'"),
        (without("expectations"), "lacks 'expectations'"),
        (without(expectations=[]), "expects nothing"),
        (without("expectation", "severity"), "severity of x must be one of"),
        (without("expectation", "severity", severity="critcal"), "severity of x must be one of"),
        (without("expectation", "description"), "x has no description"),
    ],
)
def test_fault_15_a_suite_that_cannot_be_read_fails(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RuntimeError, match=told) as error:
        load_suites("gate", written(tmp_path, text))
    assert "\n" not in str(error.value)


def test_every_suite_can_be_read_and_no_mart_is_without() -> None:
    audited = {suite.table for suite in load_suites("marts_audit")}
    marts = {path.stem for path in (PROJECT_DIR / "models" / "marts").rglob("*.sql")}
    # Computed anew for each question, which costs as much as the whole audit; their rows are
    # counted and their sums are dbt tests.
    assert marts - audited == {"fct_score_contributions", "fct_score_history"}
    for gate in GATES:
        for suite in load_suites(gate):
            assert suite.document["name"] == f"{gate}.{suite.name}"


KINDS = {
    "unique": "key",
    "unique_combination": "key",
    "expect_column_values_to_be_unique": "key",
    "expect_compound_columns_to_be_unique": "key",
    "expect_select_column_values_to_be_unique_within_record": "key",
    "primary_key": "key",
    "not_null": "known",
    "known_columns": "known",
    "expect_column_values_to_not_be_null": "known",
    "accepted_values": "set",
    "expect_column_values_to_be_in_set": "set",
    "expect_column_distinct_values_to_be_in_set": "set",
    "in_range": "range",
    "expect_column_values_to_be_between": "range",
    "expect_column_min_to_be_between": "range",
    "expect_column_max_to_be_between": "range",
    "row_count_is": "volume",
    "expect_table_row_count_to_be_between": "volume",
    "expect_table_row_count_to_equal": "volume",
    "relationships": "relation",
}
"""Checks of both tools by what they check."""

OWN_TO_EXPECTATIONS = {
    "unexpected_rows_expectation",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_column_value_lengths_to_be_between",
}

Check = tuple[str, str | None, str]


def expected() -> set[Check]:
    """(table, column, kind) of every expectation; a share of columns known is a share."""
    found = set()
    for gate in GATES:
        for suite in load_suites(gate):
            for one in suite.document["expectations"]:
                if one["type"] in OWN_TO_EXPECTATIONS:
                    continue
                kind = KINDS[one["type"]]
                if kind == "known" and one["kwargs"].get("mostly", 1) < 1:
                    kind = "share"
                found.add((suite.table, one["kwargs"].get("column"), kind))
    return found


def checked_by_dbt() -> set[Check]:
    """(table, column, kind) of every dbt test and constraint; staging counts as its raw table."""
    found: set[Check] = set()
    for path in (PROJECT_DIR / "models").rglob("*.yml"):
        document = yaml.safe_load(path.read_text())
        models = document.get("models", [])
        for source in document.get("sources", []):
            models = models + source["tables"]
        for model in models:
            table = model["name"].removeprefix("stg_files__")
            for test in model.get("data_tests", []):
                found |= of_test(table, None, test)
            for column in model.get("columns", []):
                for test in column.get("data_tests", []):
                    found |= of_test(table, column["name"], test)
                for constraint in column.get("constraints", []):
                    found.add((table, column["name"], KINDS[constraint["type"]]))
    return found


def of_test(table: str, column: str | None, test: Any) -> set[Check]:
    name, settings = next(iter(test.items())) if isinstance(test, dict) else (test, {})
    arguments = (settings or {}).get("arguments", {})
    columns = [column or arguments.get("column_name"), *arguments.get("columns", [])]
    return {(table, one, KINDS[name]) for one in columns if one or name == "row_count_is"}


def test_no_check_stands_in_both_places() -> None:
    assert ("dim_leads", "lead_id", "key") in checked_by_dbt()
    assert ("fct_lead_scores", "fit_score", "range") in expected()
    assert expected() & checked_by_dbt() == set()


def test_keys_and_relations_are_no_expectations_and_ranges_of_marts_no_dbt_tests() -> None:
    assert not [one for one in expected() if one[2] in ("key", "relation")]
    marts = {path.stem for path in (PROJECT_DIR / "models" / "marts").rglob("*.sql")}
    assert not [
        one for one in checked_by_dbt() if one[0] in marts and one[2] in ("range", "volume")
    ]
