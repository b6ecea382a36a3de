"""Read the quarantine of what is published, with what was decided of it since."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb

from lead_warehouse.errors import UserError
from lead_warehouse.quarantine.overlay import lay_records
from lead_warehouse.quarantine.records import STATUSES, Record, Wanted, parse_id
from lead_warehouse.query import Rows
from lead_warehouse.state.decisions import Decisions, RecordKey
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

LIST_COLUMNS = (
    "id, status, input_name as input, file_name as file, file_line as line, "
    "column_name as column, value, reason, note, decided_by, decided_at, run_id"
)


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
            'group by all order by records desc, status, input, "column", reason',
        )

    def places(self, wanted: Wanted) -> Rows:
        """One row per kind of problem, with where it stands first."""
        return self._rows(
            "select input_name as input, coalesce(column_name, '(record)') as column, reason, "
            "count(*) as records, min(file_name || ':' || file_line) as first_at, "
            "arg_min(value, file_line) as first_value",
            wanted,
            'group by all order by records desc, input, "column", reason',
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

    def raw_record(self, record: Record) -> tuple[bytes, str] | None:
        """The record as it was delivered, and its encoding; none where its bytes were not kept."""
        row = self._connection.execute(
            "select raw_record, encoding from raw.quarantined_rows "
            "where input_name = ? and file_digest = ? and file_line = ?",
            list(record.key),
        ).fetchone()
        return None if row is None or row[0] is None else (bytes(row[0]), str(row[1]))

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
    """What waits for someone, by kind and with its first place, the most frequent first."""
    with reading_quarantine(state) as quarantine:
        return quarantine.places(Wanted(statuses=("open",)))
