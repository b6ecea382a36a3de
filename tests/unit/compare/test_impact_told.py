"""What is told of a change, and what of it is kept."""

from datetime import datetime
from pathlib import Path

import duckdb

from lead_warehouse.compare.impact import Figure, Impact
from lead_warehouse.compare.markdown import as_markdown, limit_in_words
from lead_warehouse.contract import load_contract
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.query import Rows
from lead_warehouse.state.comparisons import Comparison, Comparisons
from lead_warehouse.state.layout import StateDirectory

AT = datetime(2026, 6, 1)
PASSED = Figure("limit", "stage_changed_rate", None, 0.25, 0.1, True)
FIGURES = [
    PASSED,
    Figure("limit", "rep_utilization", 0.5, 0.6, 1.0, False),
    Figure("mql_now", "entered", None, 3, None, False),
    Figure("mql_now", "left", 1, None, None, False),
    Figure("mql_ever", "gained", 0, 5, None, False),
    Figure("sql_of_gained", "leads", 4, None, None, False),
    Figure("sql_of_gained", "reached", 1, None, None, False),
    Figure("grade", "A1 -> A2", 7, 7, None, False),
    Figure("load_per_week", "", 1, 2, None, False),
]


def impact(names: Rows | None = None) -> Impact:
    return Impact(AT, "run", "digest", ["signals"], FIGURES, names)


def test_a_report_tells_limits_groups_grades_and_loads_and_no_names_unasked() -> None:
    text = as_markdown(impact(), "new|rules")
    assert "| leads whose stage changes | 25.0% | 10.0% | **passed** |" in text
    assert "3 leads would enter MQL now, 1 would leave it." in text
    assert "| gained | 5 | 1 of 4 (25.0%) | 0 of 0 (–) |" in text
    assert "| A1 | 7 |" in text
    assert "| nobody | 1.00 | 2.00 | – |" in text
    assert "enter or leave MQL\n" not in text
    named = as_markdown(impact(Rows(["lead_id"], [("L|1",), (None,)])), "rules")
    assert "| L\\|1 |" in named
    assert impact().beyond == [PASSED]
    assert limit_in_words(PASSED) == (
        "leads whose stage changes: 25.0%, at most 10.0% (change_limits.csv)"
    )


def test_comparisons_are_landed_once_each(tmp_path: Path) -> None:
    comparisons = Comparisons(StateDirectory(tmp_path))
    rows = [("limit", "stage_changed_rate", None, 0.25, 0.1, True), ("x", "y", 1, 2, None, False)]
    for number in ("1", "2"):
        comparisons.record(
            Comparison(number, AT, "run", "rules", "digest", ["signals", "scoring"], rows)
        )
    with duckdb.connect() as connection:
        ensure_raw_schema(connection, load_contract())
        comparisons.land(connection)
        comparisons.land(connection)
        assert connection.execute(
            "select comparison_id, compared_at, changed_seeds, measure, after, is_beyond_limit "
            "from raw.rule_changes where measure = 'limit' order by all"
        ).fetchall() == [
            ("1", AT, "signals scoring", "limit", 0.25, True),
            ("2", AT, "signals scoring", "limit", 0.25, True),
        ]
        assert connection.execute("select count(*) from raw.rule_changes").fetchone() == (4,)
