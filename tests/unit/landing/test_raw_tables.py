from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.contract.raw_schema import (
    ACCOUNT_GRAINS,
    ACCOUNTS,
    PROVENANCE,
    PROVENANCE_DESCRIPTIONS,
    raw_columns,
)
from lead_warehouse.landing.raw_tables import ensure_raw_schema

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


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    rows = connection.execute(
        "select column_name, lower(data_type) from information_schema.columns "
        "where table_schema = 'raw' and table_name = ? order by ordinal_position",
        [table],
    ).fetchall()
    return {name: kind.replace(",", ", ") for name, kind in rows}


def count(connection: duckdb.DuckDBPyConnection, table: str) -> Any:
    row = connection.execute(f"select count(*) from raw.{table}").fetchone()
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
    for table in ["t", "u", *ACCOUNTS]:
        width = len(columns_of(connection, table))
        connection.execute(f"insert into raw.{table} values ({', '.join(['null'] * width)})")
    ensure_raw_schema(connection, contract)
    assert [count(connection, table) for table in ["t", "u", *ACCOUNTS]] == [1] * (
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
    connection.execute("insert into raw.t (a) values ('1')")
    connection.execute("insert into raw.u (a) values ('1')")
    contract = a_contract(t=changed, u={"a": "string"})
    ensure_raw_schema(connection, contract)
    assert columns_of(connection, "t") == raw_columns(contract.tables["t"])
    assert (count(connection, "t"), count(connection, "u")) == (0, 1)


@pytest.mark.parametrize("account", ["landed_files", "quarantined_rows"])
def test_where_the_accounts_changed_all_tables_are_made_anew(
    connection: duckdb.DuckDBPyConnection, account: str
) -> None:
    contract = a_contract(t={"a": "string"})
    ensure_raw_schema(connection, contract)
    connection.execute("insert into raw.t (a) values ('1')")
    connection.execute("insert into raw.landed_files (input_name) values ('leads')")
    connection.execute("insert into raw.quarantined_rows (input_name) values ('leads')")
    connection.execute(f"alter table raw.{account} drop column reason")
    ensure_raw_schema(connection, contract)
    assert [count(connection, name) for name in ("t", "landed_files", "quarantined_rows")] == [
        0
    ] * 3


def test_a_table_new_to_the_contract_is_added(connection: duckdb.DuckDBPyConnection) -> None:
    ensure_raw_schema(connection, a_contract(t={"a": "string"}))
    connection.execute("insert into raw.t (a) values ('1')")
    ensure_raw_schema(connection, a_contract(t={"a": "string"}, u={"a": "date"}))
    assert (count(connection, "t"), count(connection, "u")) == (1, 0)


def test_columns_may_have_any_name(connection: duckdb.DuckDBPyConnection) -> None:
    contract = a_contract(t={"order": "string", 'it\'s "x"': "date"})
    ensure_raw_schema(connection, contract)
    ensure_raw_schema(connection, contract)
    assert columns_of(connection, "t") == raw_columns(contract.tables["t"])
