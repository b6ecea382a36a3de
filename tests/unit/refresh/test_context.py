from datetime import datetime

import duckdb
import pytest

from lead_warehouse.clock import utc_now
from lead_warehouse.contract import load_contract
from lead_warehouse.errors import UserError
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.refresh.context import parse_as_of, write_context

CREATED, CLOSED, KNOWN = datetime(2026, 1, 1), datetime(2026, 2, 1), datetime(2026, 3, 1)


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    ensure_raw_schema(connection, load_contract())
    connection.execute("insert into landed.files (file_id) values (1)")
    return connection


def add_deal(connection: duckdb.DuckDBPyConnection, status: str) -> None:
    connection.execute(
        "insert into landed.opportunities (opportunity_id, status, created_at, closed_at, "
        "expected_close_date, known_at, file_id) values ('d', ?, ?, ?, date '2030-01-01', ?, 1)",
        [status, CREATED, CLOSED, KNOWN],
    )


def test_the_as_of_instant_is_the_latest_event(connection: duckdb.DuckDBPyConnection) -> None:
    add_deal(connection, "won")
    context = write_context(connection, load_contract(), None, "rules")
    assert (context.as_of, context.is_as_of_given, context.is_past) == (CLOSED, False, False)
    # What landed after the event is known all the same.
    assert context.known_by == KNOWN
    assert connection.execute("select as_of, known_by from raw.refresh_context").fetchall() == [
        (CLOSED, KNOWN)
    ]


def test_expectations_are_no_events(connection: duckdb.DuckDBPyConnection) -> None:
    add_deal(connection, "open")
    assert write_context(connection, load_contract(), None, "rules").as_of == CREATED


def test_an_instant_asked_for_limits_what_is_known(connection: duckdb.DuckDBPyConnection) -> None:
    add_deal(connection, "won")
    asked = datetime(2026, 1, 15)
    context = write_context(connection, load_contract(), asked, "rules")
    assert (context.as_of, context.known_by, context.is_past) == (asked, asked, True)
    # The deal landed a month after it closed: as of the close, nobody knew.
    assert write_context(connection, load_contract(), CLOSED, "rules").is_past
    assert not write_context(connection, load_contract(), KNOWN, "rules").is_past


def test_without_events_the_latest_knowledge_counts(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "insert into landed.leads (lead_id, known_at, file_id) values ('a', ?, 1)", [KNOWN]
    )
    assert write_context(connection, load_contract(), None, "rules").as_of == KNOWN


def test_now_is_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_WAREHOUSE_NOW", "2026-05-01T12:00:00+02:00")
    assert parse_as_of("now") == utc_now() == datetime(2026, 5, 1, 10)
    assert parse_as_of(None) is None
    assert parse_as_of("2026-05-01") == datetime(2026, 5, 1)
    with pytest.raises(UserError, match="--as-of"):
        parse_as_of("soon")
    with pytest.raises(UserError, match="lies ahead"):
        parse_as_of("2026-05-02T10:00:01")
