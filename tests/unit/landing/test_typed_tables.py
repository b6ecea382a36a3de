from datetime import datetime
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.contract.raw_schema import landed_columns
from lead_warehouse.landing.header import Header
from lead_warehouse.landing.typed_tables import ArchivedFile, typed_tables
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier

CONTRACT = load_contract()
CONNECTION = duckdb.connect()
CONNECTION.execute("set timezone = 'UTC'")

RECEIVED = datetime(2024, 6, 1, 12)
FUTURE = "in the future: later than the clock of the landing"
BEFORE = "before 1970-01-01"

Cells = dict[str, str | None]


def an_input(*tables: dict[str, Any], **settings: Any) -> Input:
    return Input.model_validate({"name": "crm", "files": "*", "tables": list(tables), **settings})


def typed(one: Input, *records: Cells, is_first_load: bool = True) -> list[dict[str, Any]]:
    """Rows of the first table an input feeds, as its select gives them, from records in order."""
    (first, *_) = all_typed(one, *records, is_first_load=is_first_load)
    return first


def all_typed(
    one: Input, *records: Cells, is_first_load: bool = True
) -> list[list[dict[str, Any]]]:
    names = list(records[0])
    columns = ", ".join(f"{identifier(name)} varchar" for name in names)
    CONNECTION.execute(f"create or replace temp table framed (file_line bigint, {columns})")
    for line, record in enumerate(records, start=2):
        marks = ", ".join("?" * (len(names) + 1))
        CONNECTION.execute(f"insert into framed values ({marks})", [line, *record.values()])
    header = Header(1, tuple(names), (), ())
    file = ArchivedFile("crm", "input digest", "ab12", "in/crm.csv", RECEIVED, is_first_load)
    mapped_columns: list[str] = []

    def file_id(mapped: str) -> int:
        mapped_columns.append(mapped)
        return len(mapped_columns)

    found = []
    for number, table in enumerate(typed_tables(CONTRACT, one, header, file, file_id), start=1):
        query = CONNECTION.execute(f"select * from ({table.select}) order by file_line")
        described = [column[0] for column in query.description or []]
        assert described == [*table.columns, "problem", "problem_count"]
        rows = [dict(zip(described, row, strict=True)) for row in query.fetchall()]
        assert all(row["file_id"] == number for row in rows)
        found.append([row | {"mapped_columns": mapped_columns[number - 1]} for row in rows])
    return found


def reasons(rows: list[dict[str, Any]]) -> list[str | None]:
    return [row["problem"]["reason"] if row["problem"] else None for row in rows]


LEADS = {"table": "leads", "columns": {"lead_id": "id", "created_at": "made", "updated_at": "at"}}
DEALS = {
    "table": "opportunities",
    "columns": {"opportunity_id": "id", "status": "status", "closed_at": "closed"},
}


def lead(created_at: str | None = None, updated_at: str | None = None) -> Cells:
    return {"id": "1", "made": created_at, "at": updated_at}


def deal(status: str, closed_at: str | None) -> Cells:
    return {"id": "1", "status": status, "closed": closed_at}


# Shape


def test_a_table_has_the_contract_s_columns_then_provenance() -> None:
    one = an_input(LEADS, DEALS)
    file = ArchivedFile("", "", "", "", RECEIVED, True)
    tables = typed_tables(CONTRACT, one, Header(1, ("id",), (), ()), file, len)
    assert [table.table for table in tables] == ["leads", "opportunities"]
    for table in tables:
        assert table.columns == list(landed_columns(CONTRACT.tables[table.table]))


def test_a_row_says_where_it_came_from() -> None:
    (row,) = typed(an_input(LEADS), lead())
    assert (row["file_id"], row["file_line"]) == (1, 2)


def test_columns_that_the_mapping_does_not_name_are_null() -> None:
    (row,) = typed(an_input(LEADS), lead("2024-01-05 10:00:00"))
    assert row["created_at"] == datetime(2024, 1, 5, 10)
    assert row["email"] is None
    assert row["employee_count"] is None


def test_mapped_columns_are_those_the_mapping_names() -> None:
    columns = {"lead_id": "id", "source": {"constant": "fair"}, "email": "mail"}
    (row,) = typed(an_input({"table": "leads", "columns": columns}), {"id": "1", "mail": None})
    assert row["mapped_columns"] == "|email|lead_id|source|"


def test_a_column_missing_from_the_file_says_nothing() -> None:
    (row,) = typed(an_input(LEADS), {"id": "1", "at": None})
    assert row["mapped_columns"] == "|lead_id|updated_at|"
    assert (row["created_at"], row["problem"]) == (None, None)


def test_a_join_with_a_part_missing_from_the_file_says_nothing() -> None:
    columns = {"lead_id": "id", "account_id": {"join": ["id", "site"]}}
    (row,) = typed(an_input({"table": "leads", "columns": columns}), {"id": "1"})
    assert row["mapped_columns"] == "|lead_id|"
    assert row["account_id"] is None


# Problems


def test_a_good_row_has_no_problem() -> None:
    (row,) = typed(an_input(LEADS), lead("2024-01-05 10:00:00"))
    assert (row["problem"], row["problem_count"]) == (None, 0)


def test_the_first_problem_is_told_and_all_are_counted() -> None:
    columns = {"lead_id": "id", "employee_count": "staff", "is_listed": "listed", "email": "mail"}
    (row,) = typed(
        an_input({"table": "leads", "columns": columns}),
        {"id": "1", "staff": "1.6", "listed": "maybe", "mail": "a@b.example"},
    )
    assert row["problem"] == {
        "column_name": "employee_count",
        "value": "1.6",
        "reason": "not an integer",
    }
    assert row["problem_count"] == 2


def test_a_column_with_two_problems_counts_once() -> None:
    stage = {"column": "stage", "values": {"MQL": "mql"}, "other_values": "reject"}
    columns = {"lead_id": "id", "stage": stage, "changed_at": "at"}
    (row,) = typed(
        an_input({"table": "lead_stage_changes", "columns": columns}),
        {"id": "1", "stage": "Marketing", "at": "2024-01-05 10:00:00"},
    )
    assert row["problem"]["reason"] == "not among the mapped values"
    assert row["problem_count"] == 1


def test_an_empty_required_column_has_no_value_to_tell() -> None:
    (row,) = typed(an_input(LEADS), {"id": " ", "made": None, "at": None})
    assert row["problem"] == {
        "column_name": "lead_id",
        "value": None,
        "reason": "required but empty",
    }


# Impossible times


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("2024-06-01 12:00:00", None),
        ("2024-06-02 12:00:00", None),
        ("2024-06-02 12:00:00.000001", FUTURE),
        ("2042-01-01 00:00:00", FUTURE),
        ("9999-12-31 23:59:59", FUTURE),
    ],
)
def test_fault_31_an_event_beyond_the_clock_and_a_day_is_refused(
    at: str, reason: str | None
) -> None:
    assert reasons(typed(an_input(LEADS), lead(at))) == [reason]


def test_fault_31_the_clock_is_compared_in_utc() -> None:
    ahead = lead("2024-06-02 13:59:00+02:00")
    too_far = lead("2024-06-02 14:01:00+02:00")
    assert reasons(typed(an_input(LEADS), ahead, too_far)) == [None, FUTURE]
    tokyo = an_input(LEADS, time_zone="Asia/Tokyo")
    assert reasons(typed(tokyo, lead("2024-06-02 20:59:00"))) == [None]
    assert reasons(typed(tokyo, lead("2024-06-02 21:01:00"))) == [FUTURE]


def test_an_event_that_is_a_date_may_be_tomorrow_but_not_the_day_after() -> None:
    columns = {"invoice_id": "id", "issued_on": "on"}
    rows = typed(
        an_input({"table": "invoices", "columns": columns}),
        {"id": "1", "on": "2024-06-02"},
        {"id": "2", "on": "2024-06-03"},
    )
    assert reasons(rows) == [None, FUTURE]


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("1970-01-01 00:00:00", None),
        ("1969-12-31 23:59:59", BEFORE),
        ("0024-01-05 00:00:00", BEFORE),
    ],
)
def test_an_event_before_anyone_kept_records_is_refused(at: str, reason: str | None) -> None:
    assert reasons(typed(an_input(LEADS), lead(at))) == [reason]


def test_an_expectation_may_lie_ahead() -> None:
    columns = {"sales_activity_id": "id", "activity_type": "kind", "scheduled_for": "on"}
    rows = typed(
        an_input({"table": "sales_activities", "columns": columns}),
        {"id": "1", "kind": "meeting", "on": "2042-01-01 09:00:00"},
    )
    assert reasons(rows) == [None]


def test_an_open_deal_may_close_in_the_future_but_a_won_or_lost_one_may_not() -> None:
    ahead = "2042-01-01 00:00:00"
    rows = typed(an_input(DEALS), *(deal(status, ahead) for status in ("open", "won", "lost")))
    assert reasons(rows) == [None, FUTURE, FUTURE]


def test_a_status_told_by_a_value_map_decides_whether_a_close_is_an_event() -> None:
    status = {"column": "status", "values": {"Gagnée": "won", "En cours": "open"}}
    one = an_input({"table": "opportunities", "columns": {**DEALS["columns"], "status": status}})  # type: ignore[dict-item]
    ahead = "2042-01-01 00:00:00"
    rows = typed(one, deal("En cours", ahead), deal("Gagnée", ahead))
    assert reasons(rows) == [None, FUTURE]


def test_a_close_before_1970_is_refused_whatever_the_status() -> None:
    rows = typed(an_input(DEALS), deal("open", "1900-01-01 00:00:00"))
    assert reasons(rows) == [BEFORE]


def test_a_known_at_column_is_held_to_the_clock() -> None:
    one = an_input({"table": "leads", "columns": {"lead_id": "id"}}, known_at="seen")
    rows = typed(
        one,
        {"id": "1", "seen": "2024-06-02 12:00:00"},
        {"id": "2", "seen": "2024-06-02 12:00:01"},
        {"id": "3", "seen": "1969-01-01 00:00:00"},
        {"id": "4", "seen": "soon"},
    )
    assert reasons(rows)[:3] == [None, FUTURE, BEFORE]
    assert rows[3]["problem"]["column_name"] == "known_at"


# Known at


def known(rows: list[dict[str, Any]]) -> list[tuple[datetime, bool]]:
    return [(row["known_at"], row["is_known_at_assumed"]) for row in rows]


MADE = "2024-01-05 10:00:00"
CHANGED = "2024-02-05 10:00:00"


def test_on_a_first_load_a_record_is_assumed_known_at_its_own_time() -> None:
    rows = typed(an_input(LEADS), lead(MADE, CHANGED), lead(None, CHANGED))
    assert known(rows) == [(datetime(2024, 1, 5, 10), True), (datetime(2024, 2, 5, 10), True)]


def test_on_a_first_load_a_record_without_a_time_is_known_when_received() -> None:
    assert known(typed(an_input(LEADS), lead())) == [(RECEIVED, False)]
    bare = an_input({"table": "leads", "columns": {"lead_id": "id"}})
    assert known(typed(bare, {"id": "1"})) == [(RECEIVED, False)]


def test_on_a_later_load_a_record_is_known_when_received() -> None:
    rows = typed(an_input(LEADS), lead(MADE), lead(), is_first_load=False)
    assert known(rows) == [(RECEIVED, False)] * 2


@pytest.mark.parametrize("is_first_load", [True, False])
def test_a_named_known_at_column_comes_first(is_first_load: bool) -> None:
    one = an_input(LEADS, known_at="seen")
    rows = typed(one, {**lead(MADE), "seen": "2024-03-05 10:00:00"}, is_first_load=is_first_load)
    assert known(rows) == [(datetime(2024, 3, 5, 10), False)]


def test_an_empty_known_at_cell_falls_back() -> None:
    one = an_input(LEADS, known_at="seen")
    records: list[Cells] = [{**lead(MADE), "seen": " "}, {**lead(), "seen": None}]
    assert known(typed(one, *records)) == [(datetime(2024, 1, 5, 10), True), (RECEIVED, False)]
    assert known(typed(one, *records, is_first_load=False)) == [(RECEIVED, False)] * 2


def test_a_record_s_own_date_is_known_at_its_midnight() -> None:
    columns = {"invoice_id": "id", "issued_on": "on"}
    one = an_input({"table": "invoices", "columns": columns})
    assert known(typed(one, {"id": "1", "on": "2024-01-05"})) == [(datetime(2024, 1, 5), True)]


def test_a_record_that_has_arrived_is_known_no_later() -> None:
    absence = {"sales_user_id": "id", "starts_on": "from", "ends_on": "to"}
    planned = typed(
        an_input({"table": "sales_absences", "columns": absence}),
        {"id": "1", "from": "2024-08-01", "to": "2024-08-15"},
    )
    expected = typed(an_input(DEALS), deal("open", "2024-12-31 00:00:00"))
    assert [row["known_at"] for row in (*planned, *expected)] == [RECEIVED, RECEIVED]


# Which records feed a table


def fed(when: dict[str, Any], *cells: str | None, **settings: Any) -> list[str]:
    mapped = {"table": "leads", "when": when, "columns": {"lead_id": "id"}}
    records: list[Cells] = [{"id": str(i), "w": cell} for i, cell in enumerate(cells)]
    return [row["lead_id"] for row in typed(an_input(mapped, **settings), *records)]


def test_a_record_feeds_a_table_where_a_column_is_filled() -> None:
    assert fed({"column": "w"}, "x", "", " ", None, "0") == ["0", "4"]
    assert fed({"column": "w"}, "x", "-", empty_values=["-"]) == ["0"]


def test_a_record_feeds_a_table_where_a_column_has_one_of_some_values() -> None:
    assert fed({"column": "w", "values": ["x", "it's"]}, "x", "y", None, "it's", "X") == ["0", "3"]


def test_a_record_may_feed_several_tables() -> None:
    one = an_input(
        {"table": "leads", "columns": {"lead_id": "id"}},
        {
            "table": "opportunities",
            "when": {"column": "status"},
            "columns": {"opportunity_id": "id", "status": "status"},
        },
    )
    leads, deals = all_typed(one, {"id": "1", "status": "won"}, {"id": "2", "status": None})
    assert [row["file_line"] for row in leads] == [2, 3]
    assert [row["file_line"] for row in deals] == [2]


def test_columns_named_like_the_words_of_the_query_are_just_columns() -> None:
    columns = {"lead_id": "text lead_id", "email": "problem", "source": "value email"}
    (row,) = typed(
        an_input({"table": "leads", "columns": columns}),
        {"text lead_id": "1", "problem": "a@b.example", "value email": "fair", "known_at": "x"},
    )
    assert [row[name] for name in columns] == ["1", "a@b.example", "fair"]
