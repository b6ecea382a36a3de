"""Read the quarantine of what is published, with what was decided of it since."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import duckdb

from lead_warehouse.errors import UserError
from lead_warehouse.quarantine.records import ID_DIGITS, STATUSES, Record, Wanted, parse_id
from lead_warehouse.query import Rows
from lead_warehouse.state.decisions import Decisions, RecordKey
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

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
from replayed
"""

LIST_COLUMNS = (
    "id, status, input_name as input, file_name as file, file_line as line, "
    "column_name as column, value, reason, note, decided_by, decided_at, run_id"
)


class Quarantine:
    """The quarantine of the published generation, as decided on until now."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, decisions: Decisions):
        self._connection = connection
        _lay_records(connection, decisions)

    def groups(self, wanted: Wanted) -> Rows:
        """One row per kind of problem, the most frequent first."""
        return self._rows(
            "select status, input_name as input, coalesce(column_name, '(record)') as column, "
            "reason, count(*) as records, arg_min(id, (file_name, file_line)) as first_id, "
            "arg_min(value, (file_name, file_line)) as first_value",
            wanted,
            'group by all order by records desc, status, input, "column", reason',
        )

    def rows(self, wanted: Wanted, limit: int | None = None) -> Rows:
        """One row per record, by input, file and line."""
        return self._rows(
            f"select {LIST_COLUMNS}",
            wanted,
            "order by input_name, file_name, file_digest, file_line, run_id"
            + (f" limit {limit}" if limit is not None else ""),
        )

    def records(self, wanted: Wanted) -> list[Record]:
        """The records meant, each once.

        Raises:
            UserError: an id is unknown, ambiguous or none at all.
        """
        found = self._rows("select *", wanted, "order by input_name, file_name, file_line")
        records = [Record(**dict(zip(found.columns, row, strict=True))) for row in found.values]
        for written in wanted.ids:
            self._refuse_ambiguous(written, records, wanted)
        return records

    def raw_record(self, record: Record) -> bytes | None:
        """The record as it was delivered; none where its bytes were not kept."""
        row = self._connection.execute(
            "select raw_record from raw.quarantined_rows "
            "where input_name = ? and file_digest = ? and file_line = ?",
            list(record.key),
        ).fetchone()
        return None if row is None or row[0] is None else bytes(row[0])

    def all_keys(self) -> list[RecordKey]:
        """Every record in quarantine, whatever was decided of it."""
        return self._connection.execute(
            "select input_name, file_digest, file_line from raw.quarantined_rows"
        ).fetchall()

    def landed_files(self) -> list[tuple[str, str, str, str, datetime]]:
        """Input digest, input, file digest, file name and receipt of every file that landed."""
        return self._connection.execute(
            "select input_digest, input_name, file_digest, file_name, received_at "
            "from raw.landed_files where status = 'landed'"
        ).fetchall()

    def input_names(self) -> list[str]:
        """Inputs of which anything landed or was held."""
        rows = self._connection.execute(
            "select distinct input_name from raw.landed_files order by 1"
        )
        return [name for (name,) in rows.fetchall()]

    def _rows(self, select: str, wanted: Wanted, rest: str) -> Rows:
        conditions = ["list_contains(?, status)"]
        parameters: list[object] = [list(wanted.statuses)]
        if wanted.input_name:
            conditions.append("input_name = ?")
            parameters.append(wanted.input_name)
        if wanted.reason:
            conditions.append("contains(lower(reason), lower(?))")
            parameters.append(wanted.reason)
        if wanted.ids:
            any_of = []
            for written in wanted.ids:
                digits, line = parse_id(written)
                any_of.append("(starts_with(file_digest, ?) and file_line = ?)")
                parameters += [digits, line]
            conditions.append(f"({' or '.join(any_of)})")
        cursor = self._connection.execute(
            f"{select} from records where {' and '.join(conditions)} {rest}", parameters
        )
        return Rows([column[0] for column in cursor.description or []], cursor.fetchall())

    def _refuse_ambiguous(self, written: str, records: list[Record], wanted: Wanted) -> None:
        digits, line = parse_id(written)
        same = {
            record.key: record
            for record in records
            if record.file_digest.startswith(digits) and record.file_line == line
        }
        if not same:
            everywhere = wanted.statuses == STATUSES
            what = "known to quarantine" if everywhere else " or ".join(wanted.statuses)
            raise UserError(
                f"no record {written} is {what}; "
                "`lead-warehouse quarantine list --status all` lists them"
            )
        if len(same) > 1:
            told = "; ".join(
                f"{record.file_digest[:16]}:{line} of input {record.input_name} "
                f"({record.file_name})"
                for record in same.values()
            )
            raise UserError(
                f"{written} is ambiguous: {told}; write more digits, or name the input with --input"
            )


@contextmanager
def reading_quarantine(state: StateDirectory) -> Iterator[Quarantine]:
    """The quarantine of what readers see now.

    Raises:
        UserError: nothing is published.
    """
    with Generations(state).reading() as connection:
        yield Quarantine(connection, Decisions(state.control))


def open_quarantine(state: StateDirectory) -> Rows:
    """What waits for someone, by kind, the most frequent first."""
    with reading_quarantine(state) as quarantine:
        found = quarantine.groups(Wanted(statuses=("open",)))
        kept = [found.columns.index(name) for name in found.columns if name != "status"]
        values = [tuple(row[place] for place in kept) for row in found.values]
        return Rows([found.columns[place] for place in kept], values)


def _lay_records(connection: duckdb.DuckDBPyConnection, decisions: Decisions) -> None:
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
