"""Changes between generations and deliveries, on tables made by hand."""

from collections.abc import Iterator
from datetime import datetime
from math import log2, sqrt
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lead_warehouse.contract import load_contract
from lead_warehouse.gates.changes import Checked, compare, why_not_compared
from lead_warehouse.gates.limits import Limit
from lead_warehouse.landing.landed_files import add_file
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.landing.typed_tables import ArchivedFile

AT = datetime(2026, 1, 1)
ROWS = [
    Limit("generation", "marts.t", "", "rows_lost", None, 20, 0.2, 0.5),
    Limit("generation", "marts.t", "", "emptied", None, 1, None, 0),
    Limit("generation", "marts.t", "", "rows_gained", None, 20, 2, None),
]
SHARES = [Limit("generation", "marts.t", "kind", "shares", None, 30, 0.15, None)]


@pytest.fixture
def build() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        ensure_raw_schema(connection, load_contract())
        connection.execute("create schema marts")
        connection.execute("create table marts.t (kind varchar, score double)")
        context(connection)
        yield connection


def context(connection: duckdb.DuckDBPyConnection, rules: str = "r1") -> None:
    connection.execute("delete from raw.refresh_context")
    connection.execute(
        "insert into raw.refresh_context (as_of, known_by, rules_digest) values (?, ?, ?)",
        [AT, AT, rules],
    )


def deliver(
    connection: duckdb.DuckDBPyConnection,
    digest: str,
    count: int,
    country: str | None = "FR",
    year: int = 2025,
) -> None:
    """A file of leads that are all alike."""
    connection.execute(
        "insert into raw.landed_files (input_name, input_digest, file_digest, file_name, status, "
        "accepted_count) values ('crm', 'm', ?, ?, 'landed', ?)",
        [digest, digest, count],
    )
    file = ArchivedFile("crm", "m", digest, digest, AT, False)
    connection.execute(
        "insert into landed.leads (lead_id, country_code, created_at, file_id) "
        "select ? || i, ?, ?, ? from range(?) as r(i)",
        [digest, country, datetime(year, 1, 1), add_file(connection, file, "|"), count],
    )


def fill(connection: duckdb.DuckDBPyConnection, kinds: dict[str | None, int]) -> None:
    connection.execute("delete from marts.t")
    for kind, count in kinds.items():
        connection.execute(f"insert into marts.t select ?, i from range({count}) as r(i)", [kind])


def refresh(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    limits: list[Limit],
    **asked: Any,
) -> dict[tuple[str, str | None, str], tuple[Any, ...]]:
    """The gates of a run; (table, column, metric) to verdict, change and reason."""
    checked = Checked(run_id, AT, **asked)
    for gate in ("raw_gate", "marts_audit"):
        compare(connection, gate, checked, limits)
    rows = connection.execute(
        "select table_name, column_name, metric, verdict, change, because from quality.changes"
    ).fetchall()
    return {(table, column, metric): tuple(rest) for table, column, metric, *rest in rows}


LOST, EMPTIED = ("marts.t", None, "rows_lost"), ("marts.t", None, "emptied")
GAINED, KINDS = ("marts.t", None, "rows_gained"), ("marts.t", "kind", "shares")


def test_the_first_generation_has_nothing_to_compare_with_and_says_so(
    build: duckdb.DuckDBPyConnection,
) -> None:
    fill(build, {"a": 100})
    found = refresh(build, "1", ROWS)
    assert {verdict for verdict, *_ in found.values()} == {"not judged"}
    assert found[LOST][2] == "first generation: nothing to compare with"
    assert "nothing to be compared with" in str(why_not_compared(build, "1"))


@pytest.mark.parametrize(
    ("left", "verdict"),
    [(100, "ok"), (80, "ok"), (79, "warn"), (50, "warn"), (49, "stop"), (0, "stop")],
)
def test_a_loss_is_told_above_one_limit_and_stops_above_the_other(
    build: duckdb.DuckDBPyConnection, left: int, verdict: str
) -> None:
    fill(build, {"a": 100})
    refresh(build, "1", ROWS)
    fill(build, {"a": left})
    found = refresh(build, "2", ROWS)
    assert found[LOST][:2] == (verdict, pytest.approx(1 - left / 100))
    assert found[EMPTIED][0] == ("stop" if left == 0 else "ok")
    assert found[GAINED][0] == "ok"
    assert why_not_compared(build, "2") is None


def test_a_small_table_may_shrink_but_not_become_empty(build: duckdb.DuckDBPyConnection) -> None:
    fill(build, {"a": 19})
    refresh(build, "1", ROWS)
    fill(build, {"a": 1})
    assert refresh(build, "2", ROWS)[LOST][::2] == ("not judged", "too few rows")
    fill(build, {})
    assert refresh(build, "3", ROWS)[EMPTIED][0] == "stop"


def test_a_table_that_was_empty_may_fill(build: duckdb.DuckDBPyConnection) -> None:
    refresh(build, "1", ROWS)
    fill(build, {"a": 1000})
    assert {verdict for verdict, *_ in refresh(build, "2", ROWS).values()} <= {"ok", "not judged"}


def test_other_rules_or_another_mapping_are_told_and_stop_nothing(
    build: duckdb.DuckDBPyConnection,
) -> None:
    deliver(build, "f1", 1)
    fill(build, {"a": 100})
    refresh(build, "1", ROWS)
    fill(build, {"a": 10})
    context(build, "r2")
    assert refresh(build, "2", ROWS)[LOST][::2] == ("warn", "rules changed")
    fill(build, {})
    build.execute("update raw.landed_files set input_digest = 'other'")
    found = refresh(build, "3", ROWS)
    assert found[EMPTIED][::2] == ("warn", "mapping changed for crm")
    assert "mapping changed for crm" in str(why_not_compared(build, "3"))
    # Told once: the next run is held against this one again.
    fill(build, {"a": 100})
    refresh(build, "4", ROWS)
    fill(build, {"a": 1})
    assert refresh(build, "5", ROWS)[LOST][0] == "stop"


def test_a_new_input_excuses_no_loss_a_withdrawn_one_does(
    build: duckdb.DuckDBPyConnection,
) -> None:
    deliver(build, "f1", 1)
    fill(build, {"a": 100})
    refresh(build, "1", ROWS)
    build.execute(
        "insert into raw.landed_files (input_name, input_digest, file_digest, status, "
        "accepted_count) values ('new', 'm', 'f2', 'landed', 1)"
    )
    fill(build, {"a": 10})
    assert refresh(build, "2", ROWS)[LOST][0] == "stop"
    fill(build, {"a": 1})
    build.execute("delete from raw.landed_files where input_name = 'new'")
    context(build)
    fill(build, {})
    assert refresh(build, "3", ROWS)[EMPTIED][::2] == ("warn", "mapping changed for new")


def test_an_accepted_table_is_let_through_and_only_that_one(
    build: duckdb.DuckDBPyConnection,
) -> None:
    fill(build, {"a": 100})
    refresh(build, "1", ROWS)
    fill(build, {"a": 10})
    assert refresh(build, "2", ROWS, accepted=("marts.u",))[LOST][0] == "stop"
    build.execute("delete from quality.profiled_runs where run_id = '2'")
    build.execute("delete from quality.profiles where run_id = '2'")
    found = refresh(build, "2", ROWS, accepted=("marts.t",))
    assert found[LOST][::2] == ("warn", "accepted for this run")


def test_a_rebuild_of_the_past_is_not_compared(build: duckdb.DuckDBPyConnection) -> None:
    fill(build, {"a": 100})
    refresh(build, "1", ROWS)
    fill(build, {})
    found = refresh(build, "2", ROWS, is_past=True)
    assert found[EMPTIED][::2] == ("not judged", "a rebuild of the past")


def test_shares_are_compared_by_the_jensen_shannon_distance(
    build: duckdb.DuckDBPyConnection,
) -> None:
    fill(build, {"a": 150, "b": 50, None: 0})
    refresh(build, "1", SHARES)
    fill(build, {"a": 100, "b": 50, None: 50})
    verdict, change, _ = refresh(build, "2", SHARES)[KINDS]
    before, now = [0.75, 0.25, 0.0], [0.5, 0.25, 0.25]
    mixed = [(p + q) / 2 for p, q in zip(before, now, strict=True)]
    divergence = sum(
        0.5 * (p * log2(p / m) if p else 0) + 0.5 * (q * log2(q / m) if q else 0)
        for p, q, m in zip(before, now, mixed, strict=True)
    )
    assert (verdict, change) == ("warn", pytest.approx(sqrt(divergence)))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(st.integers(0, 50), min_size=4, max_size=4),
    now=st.lists(st.integers(0, 50), min_size=4, max_size=4),
)
def test_the_distance_lies_between_nothing_and_one(
    build: duckdb.DuckDBPyConnection, before: list[int], now: list[int]
) -> None:
    limits = [Limit("generation", "marts.t", "kind", "shares", None, 0, 0.15, None)]
    build.execute("drop schema if exists quality cascade")
    for run_id, counts in (("1", before), ("2", now)):
        fill(build, {f"k{i}": count for i, count in enumerate(counts)})
        found = refresh(build, run_id, limits)
    if sum(before) and sum(now):
        change = found[KINDS][1]
        assert -1e-9 <= change <= 1 + 1e-9
        same = [one * sum(now) for one in before] == [one * sum(before) for one in now]
        assert (change < 1e-6) == same


def test_few_rows_for_each_category_are_not_judged(build: duckdb.DuckDBPyConnection) -> None:
    fill(build, {"a": 40, "b": 19})
    refresh(build, "1", SHARES)
    fill(build, {"a": 10, "b": 49})
    assert refresh(build, "2", SHARES)[KINDS][::2] == ("not judged", "too few rows")
    fill(build, {"a": 50, "b": 10})
    refresh(build, "3", SHARES)
    fill(build, {"a": 10, "b": 50})
    assert refresh(build, "4", SHARES)[KINDS][0] == "warn"


def test_rare_categories_count_as_one(build: duckdb.DuckDBPyConnection) -> None:
    often: dict[str | None, int] = {f"k{i:02}": 1000 for i in range(19)}
    fill(build, {**often, **{f"before{i}": 1 for i in range(30)}})
    refresh(build, "1", SHARES)
    fill(build, {**often, **{f"now{i}": 1 for i in range(30)}})
    verdict, change, _ = refresh(build, "2", SHARES)[KINDS]
    assert (verdict, change) == ("ok", pytest.approx(0, abs=0.03))


def test_bands_means_quantiles_and_null_shares(build: duckdb.DuckDBPyConnection) -> None:
    limits = [
        Limit("generation", "marts.t", "score", "shares", 10, 30, 0.15, None),
        Limit("generation", "marts.t", "score", "mean", None, 30, 5, None),
        Limit("generation", "marts.t", "score", "p90", None, 30, 200, None),
        Limit("generation", "marts.t", "*", "null_share", None, 30, 0.2, None),
    ]
    build.execute("insert into marts.t select 'a', 5 from range(200)")
    refresh(build, "1", limits)
    build.execute("update marts.t set score = 9.9, kind = null")
    found = {
        (column, metric): (verdict, change)
        for (_, column, metric), (verdict, change, _) in refresh(build, "2", limits).items()
    }
    assert found["score", "shares"] == ("ok", pytest.approx(0))  # The same band, 0 to 10.
    assert found["score", "mean"] == ("ok", pytest.approx(4.9))
    assert found["kind", "null_share"] == ("warn", 1)
    build.execute("update marts.t set score = 15")
    found = {
        (column, metric): (verdict, change)
        for (_, column, metric), (verdict, change, _) in refresh(build, "3", limits).items()
    }
    assert found["score", "shares"] == ("warn", pytest.approx(1))
    assert found["score", "mean"] == ("warn", pytest.approx(5.1))
    assert found["score", "p90"] == ("ok", pytest.approx(5.1))
    assert found["kind", "null_share"] == ("ok", 0)


DELIVERIES = [
    Limit("delivery", "raw.*", "*", "null_share", None, 50, 0.25, None),
    Limit("delivery", "raw.*", "*", "moved_back", None, 50, 180, None),
    Limit("delivery", "raw.leads", "country_code", "shares", None, 30, 0.35, None),
]


def told(found: dict[tuple[str, str | None, str], tuple[Any, ...]]) -> set[tuple[str | None, str]]:
    return {key[1:] for key, (verdict, *_) in found.items() if verdict == "warn"}


def test_what_is_new_is_held_against_what_the_input_delivered_before(
    build: duckdb.DuckDBPyConnection,
) -> None:
    deliver(build, "f1", 10_000)
    assert refresh(build, "1", DELIVERIES) == {}
    assert refresh(build, "2", DELIVERIES) == {}  # Nothing was delivered.
    deliver(build, "f2", 60)
    found = refresh(build, "3", DELIVERIES)
    assert told(found) == set()
    assert {table for table, *_ in found} == {"raw.leads"}
    # 60 of 10,120 leads: the marts would hardly move.
    deliver(build, "f3", 60, None, 2024)
    assert told(refresh(build, "4", DELIVERIES)) == {
        ("country_code", "null_share"),
        ("country_code", "shares"),
        ("created_at", "moved_back"),
    }
    # A few records may be anything.
    deliver(build, "f4", 20, None, 2024)
    assert told(refresh(build, "5", DELIVERIES)) == set()


def test_news_are_later_than_before_and_that_is_no_finding(
    build: duckdb.DuckDBPyConnection,
) -> None:
    deliver(build, "f1", 100, "FR", 2020)
    refresh(build, "1", DELIVERIES)
    deliver(build, "f2", 60)
    found = refresh(build, "2", DELIVERIES)
    assert found["raw.leads", "created_at", "moved_back"][:2] == ("ok", 0)


def test_accounts_of_landing_are_looked_at_only_by_name(build: duckdb.DuckDBPyConnection) -> None:
    deliver(build, "f1", 100)
    every = Limit("generation", "raw.*", "", "rows_lost", None, 1, None, 0.5)
    named = Limit("generation", "raw.quarantined_rows", "", "rows_gained", None, 0, 1, None)
    found = refresh(build, "1", [every, named])
    tables = {table for table, *_ in found}
    assert {"raw.leads", "raw.interactions", "raw.quarantined_rows"} <= tables
    assert not tables & {"raw.landed_files", "raw.refresh_context", "raw.published_transitions"}
    assert ("raw.quarantined_rows", None, "rows_lost") not in found


def test_profiles_of_thirty_runs_are_kept(build: duckdb.DuckDBPyConnection) -> None:
    fill(build, {"a": 100})
    for number in range(33):
        refresh(build, f"{number:02}", ROWS)
    kept = build.execute("select min(run_id), count(distinct run_id) from quality.profiles")
    assert kept.fetchone() == ("03", 30)
    fill(build, {"a": 10})
    assert refresh(build, "99", ROWS)[LOST][0] == "stop"


def test_rows_of_the_ledger_are_counted_without_its_running_sums(
    build: duckdb.DuckDBPyConnection,
) -> None:
    build.execute("create schema intermediate")
    build.execute("create table intermediate.int_score_contributions_unioned as from range(30)")
    # Whoever asks it for a row of this view is told so.
    build.execute("create view marts.fct_score_contributions as select error('read') as kind")
    limits = [
        Limit("generation", "marts.fct_score_contributions", "", "rows_lost", None, 20, 0.2, 0.5)
    ]
    refresh(build, "1", limits)
    build.execute("delete from intermediate.int_score_contributions_unioned where range > 11")
    found = refresh(build, "2", limits)
    assert found["marts.fct_score_contributions", None, "rows_lost"][:2] == ("stop", 0.6)
    shares = Limit(
        "generation", "marts.fct_score_contributions", "kind", "shares", None, 1, 0.1, None
    )
    with pytest.raises(duckdb.Error, match="read"):
        refresh(build, "3", [*limits, shares])


def test_a_limit_on_a_table_that_is_not_there_fails(build: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(RuntimeError, match=r"no table marts\.gone"):
        refresh(build, "1", [Limit("generation", "marts.gone", "", "rows_lost", None, 1, 1, 1)])
