from datetime import datetime
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.contract.raw_schema import (
    ACCOUNT_GRAINS,
    ACCOUNTS,
    FILE_COLUMNS,
    PROVENANCE,
    PROVENANCE_DESCRIPTIONS,
    raw_columns,
)
from lead_warehouse.landing.landed_files import add_file
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.landing.typed_tables import ArchivedFile

TYPES = ["string", "bigint", "double", "decimal", "boolean", "date", "timestamp"]


def a_contract(**columns_by_table: dict[str, str]) -> Contract:
    tables = {
        table: {
            "grain": "-",
            "key": [],
            "known_at_from": [],
            "columns": {n: {"type": kind, "description": "-"} for n, kind in columns.items()},
        }
        for table, columns in columns_by_table.items()
    }
    return Contract.model_validate({"version": 1, "tables": tables})


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def add_row(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """A row of a canonical table, and the file it came with."""
    file = ArchivedFile("crm", "", "ab12", "crm.csv", datetime(2026, 1, 1), True)
    number = add_file(connection, file, "|a|")
    connection.execute(f"insert into landed.{table} (file_id) values (?)", [number])


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    rows = connection.execute(
        "select column_name, lower(data_type) from information_schema.columns "
        "where table_schema = 'raw' and table_name = ? order by ordinal_position",
        [table],
    ).fetchall()
    return {name: kind.replace(",", ", ") for name, kind in rows}


def count(connection: duckdb.DuckDBPyConnection, table: str) -> Any:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return row[0] if row else None


def test_every_canonical_table_is_made_as_declared(connection: duckdb.DuckDBPyConnection) -> None:
    contract = load_contract()
    ensure_raw_schema(connection, contract)
    for name, table in contract.tables.items():
        assert columns_of(connection, name) == raw_columns(table)


def test_every_account_table_is_made_as_declared(connection: duckdb.DuckDBPyConnection) -> None:
    ensure_raw_schema(connection, load_contract())
    for name, columns in ACCOUNTS.items():
        assert columns_of(connection, name) == {c: kind for c, (kind, _) in columns.items()}


def test_accounts_and_provenance_are_described() -> None:
    assert set(ACCOUNT_GRAINS) == set(ACCOUNTS)
    assert set(PROVENANCE_DESCRIPTIONS) == set(PROVENANCE)


def test_a_raw_table_has_a_sql_type_for_every_contract_type() -> None:
    table = a_contract(t={f"a_{kind}": kind for kind in TYPES}).tables["t"]
    assert list(raw_columns(table).values()) == [
        "varchar",
        "bigint",
        "double",
        "decimal(18, 4)",
        "boolean",
        "date",
        "timestamp",
        *PROVENANCE.values(),
    ]


def test_making_the_schema_again_keeps_all_rows(connection: duckdb.DuckDBPyConnection) -> None:
    contract = a_contract(t={f"a_{kind}": kind for kind in TYPES}, u={"a": "string"})
    ensure_raw_schema(connection, contract)
    for table in ("t", "u"):
        add_row(connection, table)
    for table in ACCOUNTS:
        width = len(columns_of(connection, table))
        connection.execute(f"insert into raw.{table} values ({', '.join(['null'] * width)})")
    ensure_raw_schema(connection, contract)
    assert [count(connection, f"raw.{table}") for table in ["t", "u", *ACCOUNTS]] == [1] * (
        2 + len(ACCOUNTS)
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"a": "string", "z": "date", "b": "bigint"},
        {"a": "bigint", "z": "date"},
        {"b": "string", "z": "date"},
        {"z": "date", "a": "string"},
        {"a": "string"},
    ],
    ids=["added", "other type", "renamed", "reordered", "removed"],
)
def test_a_table_whose_columns_changed_is_made_anew_and_others_are_kept(
    connection: duckdb.DuckDBPyConnection, changed: dict[str, str]
) -> None:
    before = a_contract(t={"a": "string", "z": "date"}, u={"a": "string"})
    ensure_raw_schema(connection, before)
    add_row(connection, "t")
    add_row(connection, "u")
    contract = a_contract(t=changed, u={"a": "string"})
    ensure_raw_schema(connection, contract)
    assert columns_of(connection, "t") == raw_columns(contract.tables["t"])
    assert (count(connection, "raw.t"), count(connection, "raw.u")) == (0, 1)


@pytest.mark.parametrize(
    ("account", "column"),
    [
        ("raw.landed_files", "reason"),
        ("raw.quarantined_rows", "reason"),
        ("landed.files", "file_name"),
    ],
)
def test_where_the_accounts_changed_all_tables_are_made_anew(
    connection: duckdb.DuckDBPyConnection, account: str, column: str
) -> None:
    contract = a_contract(t={"a": "string"})
    ensure_raw_schema(connection, contract)
    add_row(connection, "t")
    connection.execute("insert into raw.landed_files (input_name) values ('leads')")
    connection.execute("insert into raw.quarantined_rows (input_name) values ('leads')")
    connection.execute(f"alter table {account} drop column {column}")
    ensure_raw_schema(connection, contract)
    relations = ("raw.t", "raw.landed_files", "raw.quarantined_rows", "landed.t", "landed.files")
    assert [count(connection, name) for name in relations] == [0] * 5


def test_a_table_new_to_the_contract_is_added(connection: duckdb.DuckDBPyConnection) -> None:
    ensure_raw_schema(connection, a_contract(t={"a": "string"}))
    add_row(connection, "t")
    ensure_raw_schema(connection, a_contract(t={"a": "string"}, u={"a": "date"}))
    assert (count(connection, "raw.t"), count(connection, "raw.u")) == (1, 0)


def test_a_row_says_what_its_file_tells(connection: duckdb.DuckDBPyConnection) -> None:
    ensure_raw_schema(connection, a_contract(t={"a": "string"}, u={"a": "string"}))
    for table in ("t", "u"):
        add_row(connection, table)
    rows = connection.execute("select * from raw.t").fetchall()
    columns = [column[0] for column in connection.description or []]
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [{name: row[name] for name in FILE_COLUMNS} for row in told] == [
        {
            "input_name": "crm",
            "file_digest": "ab12",
            "file_name": "crm.csv",
            "mapped_columns": "|a|",
        }
    ]


def test_a_table_of_an_earlier_version_gives_way_to_a_view(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    contract = a_contract(t={"a": "string"})
    body = ", ".join(f"{name} {kind}" for name, kind in raw_columns(contract.tables["t"]).items())
    connection.execute(f"create schema raw; create table raw.t ({body})")
    connection.execute("insert into raw.t (a) values ('1')")
    ensure_raw_schema(connection, contract)
    assert columns_of(connection, "t") == raw_columns(contract.tables["t"])
    assert count(connection, "raw.t") == 0
    add_row(connection, "t")
    ensure_raw_schema(connection, contract)
    assert count(connection, "raw.t") == 1


def test_columns_may_have_any_name(connection: duckdb.DuckDBPyConnection) -> None:
    contract = a_contract(t={"order": "string", 'it\'s "x"': "date"})
    ensure_raw_schema(connection, contract)
    ensure_raw_schema(connection, contract)
    assert columns_of(connection, "t") == raw_columns(contract.tables["t"])
