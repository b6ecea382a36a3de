"""Lay decisions and replays over the quarantine of a generation that nothing can change."""

from typing import Any

import duckdb

from lead_warehouse.quarantine.records import ID_DIGITS
from lead_warehouse.state.decisions import Decisions

_RECORDS = """
create or replace temp table records as
with quarantined as (
    select input_name, file_digest, file_name, file_line, byte_offset, table_name, column_name,
        value, reason, problem_count, {status} as status
    from raw.quarantined_rows
)
select substr(file_digest, 1, {digits}) || ':' || file_line as id,
    quarantined.* exclude (status), coalesce(verdict, status, 'open') as status,
    decided.note, decided.decided_by, decided.decided_at, cast(null as varchar) as run_id
from quarantined left join decided using (input_name, file_digest, file_line)
union all by name
select substr(file_digest, 1, {digits}) || ':' || file_line as id, *, 'replayed' as status
from replayed anti join quarantined using (input_name, file_digest, file_line)
qualify row_number() over (
    partition by input_name, file_digest, file_line order by decided_at desc, run_id desc
) = 1
"""
"""Each record once: what lies in quarantine now did not come in for good, whatever it did before;
and one that came in several times came in last by its last run."""


def lay_records(connection: duckdb.DuckDBPyConnection, decisions: Decisions) -> None:
    """Make the temporary table ``records``: quarantine, decisions and what came in, together."""
    key = {"input_name": "varchar", "file_digest": "varchar", "file_line": "bigint"}
    decided = decisions.of_records()
    who_and_when = {"note": "varchar", "decided_by": "varchar", "decided_at": "timestamp"}
    _fill(
        connection,
        "decided",
        {**key, "verdict": "varchar", **who_and_when},
        [(*one, made.verdict, made.reason, made.by, made.at) for one, made in decided.items()],
    )
    texts = ("file_name", "table_name", "column_name", "reason", "run_id")
    _fill(
        connection,
        "replayed",
        {**key, **dict.fromkeys(texts, "varchar"), "decided_at": "timestamp"},
        [
            (
                *(*one.key, one.file_name, one.table_name, one.column_name, one.reason),
                *(one.run_id, one.published_at),
            )
            for one in decisions.replayed()
        ],
    )
    has_status = connection.execute(
        "select 1 from information_schema.columns where table_schema = 'raw' "
        "and table_name = 'quarantined_rows' and column_name = 'status'"
    ).fetchone()
    # A generation of an older version knows of no decision.
    status = "status" if has_status else "'open'"
    connection.execute(_RECORDS.format(status=status, digits=ID_DIGITS))


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: dict[str, str],
    rows: list[tuple[Any, ...]],
) -> None:
    """Make a temporary table of rows, however many, in one statement each way."""
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"create or replace temp table {table} ({declared})")
    if rows:
        lists = [list(column) for column in zip(*rows, strict=True)]
        unnested = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
        connection.execute(f"insert into {table} select {unnested}", lists)
