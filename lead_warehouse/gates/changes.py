"""What changed since the generation that readers see, and between deliveries.

Before the suites of a gate run, its tables are profiled into ``quality.profiles`` of the build,
which holds the published generation's profile too, since the build starts as its copy. Both are
compared in ``quality.changes``, one row per limit; suites expect things of that table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from lead_warehouse.contract.raw_schema import PROVENANCE
from lead_warehouse.gates.changes_sql import (
    ASKED,
    CHANGES,
    DELIVERED,
    PROFILE,
    REMEMBER_RUN,
    SCHEMA,
)
from lead_warehouse.gates.limits import Limit, limits_of
from lead_warehouse.gates.profile import Figure, insert_columns, profile
from lead_warehouse.sql import identifier, literals
from lead_warehouse.state.digest import FOLLOWS_FROM

SCHEMAS = {"raw_gate": "raw", "marts_audit": "marts"}
"""The schema whose changes a gate looks at."""

KEPT_PROFILES = 30
"""Published generations whose profiles are kept."""


@dataclass(frozen=True)
class Checked:
    """The run that is checked.

    Attributes:
        is_past: a rebuild of the past, whose tables cannot be compared with the present ones.
        accepted: ``schema.table`` whose changes somebody let through.
    """

    run_id: str
    at: datetime
    is_past: bool = False
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Table:
    name: str
    relation: str
    columns: dict[str, str]
    is_view: bool

    @property
    def is_account(self) -> bool:
        """Whether it tells of landing and has no records of its own; ``raw.*`` leaves it out."""
        return self.name.startswith("raw.") and "known_at" not in self.columns


def compare(
    connection: duckdb.DuckDBPyConnection, gate: str, checked: Checked, limits: list[Limit]
) -> None:
    """Profile the tables of a gate and write ``quality.changes``.

    Raises:
        RuntimeError: a limit is about a table or column that is not there.
    """
    connection.execute(SCHEMA)
    tables = _tables(connection, SCHEMAS[gate])
    _refuse_unknown(limits, SCHEMAS[gate], tables)
    if gate == "raw_gate":
        _remember_run(connection, checked)
    asked: list[Limit] = []
    figures: list[Figure] = []
    for table in tables:
        meant = limits if not table.is_account else [x for x in limits if x.table == table.name]
        own = limits_of(meant, "generation", table.name, table.columns, table.is_view)
        figures += profile(connection, table.name, _whole(table, own), own)
        asked += own
    _write_profile(connection, checked.run_id, figures)
    deliveries: list[Figure] = []
    inputs = _inputs_with_news(connection, limits) if gate == "raw_gate" else []
    for table in tables if inputs else []:
        if table.is_account:
            continue
        columns = {name: kind for name, kind in table.columns.items() if name not in PROVENANCE}
        own = limits_of(limits, "delivery", table.name, columns, table.is_view)
        if own:
            found = profile(connection, table.name, _delivered(table, inputs), own)
            deliveries += [figure for figure in found if figure.input_name]
            asked += own
    _compare(connection, gate, checked, asked, deliveries)
    if gate == "raw_gate":
        _remember_files(connection)


def why_not_compared(connection: duckdb.DuckDBPyConnection, run_id: str) -> str | None:
    """What keeps changes of a run from being judged as usual, in a sentence; none for nothing."""
    row = connection.execute(
        "select is_past, explained_by, number = min(number) over () from quality.profiled_runs "
        "qualify run_id = ?",
        [run_id],
    ).fetchone()
    assert row is not None
    is_past, explained_by, is_first = row
    if is_past:
        return "a rebuild of the past is not compared with the published generation"
    if is_first:
        return "the first generation has nothing to be compared with; the next one has"
    if explained_by:
        return f"{explained_by}: changes from the published generation are told and stop nothing"
    return None


def _whole(table: _Table, asked: Sequence[Limit]) -> str:
    relation = table.relation
    if all(limit.figure == "rows" for limit in asked):
        # DuckDB adds running sums up though nobody asks for them, which of the ledger is most of
        # what comparing takes.
        relation = FOLLOWS_FROM.get(table.name, relation)
    own = "* exclude (input_name)" if "input_name" in table.columns else "*"
    return f"(select '' as input_name, true as is_now, {own} from {relation})"


def _delivered(table: _Table, inputs: list[str]) -> str:
    return (
        f"(select rows.*, known.file_digest is null as is_now from {table.relation} as rows "
        "left join quality.profiled_files as known on rows.input_name = known.input_name "
        "and rows.file_digest = known.file_digest "
        f"where rows.input_name in {literals(inputs)})"
    )


def _tables(connection: duckdb.DuckDBPyConnection, schema: str) -> list[_Table]:
    rows = connection.execute(
        "select table_name, table_type = 'VIEW', map(list(column_name), list(data_type)) "
        "from information_schema.columns join information_schema.tables "
        "using (table_catalog, table_schema, table_name) where table_schema = ? "
        "group by all order by table_name",
        [schema],
    ).fetchall()
    return [
        # Rows of raw are stored; its views only say of which file each is.
        _Table(
            f"{schema}.{name}",
            f"{schema}.{identifier(name)}",
            columns,
            is_view=is_view and schema != "raw",
        )
        for name, is_view, columns in rows
    ]


def _refuse_unknown(limits: list[Limit], schema: str, tables: list[_Table]) -> None:
    known = {table.name for table in tables} | {f"{schema}.*"}
    for limit in limits:
        if limit.table.startswith(f"{schema}.") and limit.table not in known:
            raise RuntimeError(f"changes.csv: no table {limit.table}; remove or correct the row")


def _inputs_with_news(connection: duckdb.DuckDBPyConnection, limits: list[Limit]) -> list[str]:
    """Inputs that delivered before and deliver enough now for anything to be judged."""
    least = min(
        (limit.min_rows or 0 for limit in limits if limit.compared == "delivery"), default=0
    )
    rows = connection.execute(
        "select input_name from raw.landed_files "
        "left join quality.profiled_files as known using (input_name, file_digest) "
        "where status = 'landed' group by input_name "
        "having count(known.file_digest) > 0 "
        "and coalesce(sum(accepted_count) filter (known.file_digest is null), 0) >= ? "
        "and count(*) > count(known.file_digest) order by input_name",
        [max(least, 1)],
    ).fetchall()
    return [name for (name,) in rows]


def _remember_run(connection: duckdb.DuckDBPyConnection, checked: Checked) -> None:
    """Note the run, and what of its rules and mapping differs from the generation readers see."""
    connection.execute(
        REMEMBER_RUN,
        {"run_id": checked.run_id, "at": checked.at, "is_past": checked.is_past},
    )


def _remember_files(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("delete from quality.profiled_files")
    connection.execute(
        "insert into quality.profiled_files select distinct input_name, input_digest, file_digest "
        "from raw.landed_files where status = 'landed'"
    )


def _write_profile(
    connection: duckdb.DuckDBPyConnection, run_id: str, figures: list[Figure]
) -> None:
    insert_columns(
        connection,
        "quality.profiles",
        {"run_id": "varchar", **PROFILE},
        [(run_id, *figure[2:]) for figure in figures],
    )
    for table in ("profiles", "profiled_runs"):
        connection.execute(
            f"delete from quality.{table} where run_id not in "
            "(select run_id from quality.profiled_runs order by number desc limit ?)",
            [KEPT_PROFILES],
        )


def _compare(
    connection: duckdb.DuckDBPyConnection,
    gate: str,
    checked: Checked,
    asked: list[Limit],
    deliveries: list[Figure],
) -> None:
    limits = [
        (
            limit.compared,
            limit.table,
            limit.column,
            limit.metric,
            limit.figure,
            limit.min_rows or 0,
            limit.warn_above,
            limit.stop_above,
            limit.table in checked.accepted,
        )
        for limit in asked
    ]
    _fill(connection, "asked", ASKED, limits)
    _fill(connection, "delivered", {**DELIVERED, **PROFILE}, deliveries)
    connection.execute("delete from quality.changes where gate = ?", [gate])
    connection.execute(CHANGES, {"run_id": checked.run_id, "gate": gate})
    connection.execute("drop table asked")
    connection.execute("drop table delivered")


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    types: dict[str, str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    body = ", ".join(f"{name} {sql_type}" for name, sql_type in types.items())
    connection.execute(f"create or replace temp table {table} ({body})")
    insert_columns(connection, table, types, rows)
