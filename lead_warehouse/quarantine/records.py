"""Records in quarantine, with what was decided of them since the generation was published."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from lead_warehouse.errors import UserError
from lead_warehouse.query import Rows
from lead_warehouse.state.decisions import Decisions, RecordKey
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

ID_DIGITS = 8
"""Digits of the file's digest in a record's id; more may be written."""

STATUSES = ("open", "dismissed", "replayed")

_ID = re.compile(r"([0-9a-f]{4,64}):([0-9]{1,18})")

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


@dataclass(frozen=True)
class Record:
    """A record in quarantine, or one that came in later."""

    id: str
    input_name: str
    file_digest: str
    file_name: str
    file_line: int
    byte_offset: int | None
    table_name: str | None
    column_name: str | None
    value: str | None
    reason: str
    problem_count: int | None
    status: str
    note: str | None
    decided_by: str | None
    decided_at: datetime | None
    run_id: str | None

    @property
    def key(self) -> RecordKey:
        return self.input_name, self.file_digest, self.file_line


@dataclass(frozen=True)
class Wanted:
    """Which records are meant.

    Attributes:
        ids: as ``3fa9c2d1:1042``: the first digits of the file's digest, and the line.
        reason: a part of what is wrong, in any case.
    """

    ids: tuple[str, ...] = ()
    input_name: str | None = None
    reason: str | None = None
    status: str | None = None

    @property
    def says_something(self) -> bool:
        return bool(self.ids or self.input_name or self.reason)


class Quarantine:
    """The quarantine of the published generation, as decided on until now."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, decisions: Decisions):
        self._connection = connection
        lay_records(connection, decisions)

    def groups(self, wanted: Wanted) -> Rows:
        """One row per kind of problem, the most frequent first."""
        return self._rows(
            "select status, input_name as input, coalesce(column_name, '(record)') as column, "
            "reason, count(*) as records, arg_min(id, (file_name, file_line)) as first_id, "
            "arg_min(value, (file_name, file_line)) as first_value",
            wanted,
            "group by all order by records desc, all",
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

    def inputs(self) -> list[str]:
        rows = self._connection.execute("select distinct input_name from records order by 1")
        return [name for (name,) in rows.fetchall()]

    def _rows(self, select: str, wanted: Wanted, rest: str) -> Rows:
        conditions, parameters = ["true"], []
        if wanted.status:
            conditions.append("status = ?")
            parameters.append(wanted.status)
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
                parameters += [digits, str(line)]
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
            kind = f"{wanted.status} " if wanted.status else ""
            raise UserError(
                f"no {kind}record {written} in quarantine; `lead-warehouse quarantine list "
                "--status all` lists them"
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
        found = quarantine.groups(Wanted(status="open"))
        kept = [found.columns.index(name) for name in found.columns if name != "status"]
        values = [tuple(row[place] for place in kept) for row in found.values]
        return Rows([found.columns[place] for place in kept], values)


def parse_id(written: str) -> tuple[str, int]:
    """A record's id as digits of the file's digest and a line.

    Raises:
        UserError: it is none.
    """
    match = _ID.fullmatch(written.strip().lower())
    if match is None:
        raise UserError(
            f"'{written}' is no record; write it like 3fa9c2d1:1042, as "
            "`lead-warehouse quarantine list` does"
        )
    return match[1], int(match[2])


def lay_records(connection: duckdb.DuckDBPyConnection, decisions: Decisions) -> None:
    """Make the temporary table ``records``: quarantine, decisions and what came in, together."""
    decided = decisions.of_records()
    _fill(
        connection,
        "decided (input_name varchar, file_digest varchar, file_line bigint, verdict varchar, "
        "note varchar, decided_by varchar, decided_at timestamp)",
        [(*key, one.verdict, one.reason, one.by, one.at) for key, one in decided.items()],
    )
    _fill(
        connection,
        "replayed (input_name varchar, file_digest varchar, file_line bigint, file_name varchar, "
        "table_name varchar, column_name varchar, reason varchar, run_id varchar, "
        "decided_at timestamp)",
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
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]
) -> None:
    connection.execute(f"create or replace temp table {table}")
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        unnested = ", ".join("unnest(?)" for _ in columns)
        connection.execute(f"insert into {table.split(' ')[0]} select {unnested}", columns)
