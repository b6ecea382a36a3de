"""Take an input's rows and accounts out of the raw tables; its files stay in the archive."""

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.landed_files import of_files
from lead_warehouse.mapping import Input, Mapping
from lead_warehouse.sql import identifier


def withdraw_if_changed(
    connection: duckdb.DuckDBPyConnection, contract: Contract, one: Input, digest: str
) -> bool:
    """Withdraw an input of which files landed by another mapping or contract; returns whether."""
    other = connection.execute(
        "select 1 from raw.landed_files where input_name = ? and input_digest <> ? limit 1",
        [one.name, digest],
    ).fetchone()
    if other is not None:
        _withdraw(connection, contract, one.name)
    return other is not None


def withdraw_unnamed(
    connection: duckdb.DuckDBPyConnection, contract: Contract, mapping: Mapping
) -> list[str]:
    """Withdraw inputs that the mapping does not name, a renamed one for example."""
    landed = connection.execute(
        "select distinct input_name from raw.landed_files order by input_name"
    ).fetchall()
    unnamed = [name for (name,) in landed if name not in {one.name for one in mapping.inputs}]
    for name in unnamed:
        _withdraw(connection, contract, name)
    return unnamed


def _withdraw(connection: duckdb.DuckDBPyConnection, contract: Contract, input_name: str) -> None:
    connection.begin()
    is_of_input = "input_name = ?"
    for table in contract.tables:
        connection.execute(
            f"delete from landed.{identifier(table)} where {of_files(is_of_input)}", [input_name]
        )
    accounts = ("raw.quarantined_rows", "raw.landed_files", "raw.input_columns")
    for relation in ("landed.files", *accounts):
        connection.execute(f"delete from {relation} where {is_of_input}", [input_name])
    connection.commit()
