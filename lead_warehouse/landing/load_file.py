"""Bring one archived file into the raw tables, and account for each of its records."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.bytestream import read_chunks
from lead_warehouse.landing.framing import Counts, Framer, Sink, read_blocks
from lead_warehouse.landing.header import LINE_COLUMN, Header, read_header
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.sinks import (
    Oversized,
    RecordsOnLines,
    SetAside,
    WellFormedRecords,
    read_set_aside,
)
from lead_warehouse.landing.typed_tables import ArchivedFile, TypedTable, typed_tables
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier, literal


@dataclass(frozen=True)
class FileAccount:
    """What became of a file's records: ``records = accepted + quarantined + blank``.

    Attributes:
        held_because: why no record was taken, with the remedy; none when the file landed.
    """

    file: ArchivedFile
    records: int = 0
    accepted: int = 0
    quarantined: int = 0
    blank: int = 0
    unmapped_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    held_because: str | None = None


class FileLoader:
    """Loads files of a mapping into the raw tables of a database being built."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, contract: Contract, scratch: Path
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._records = scratch / "records.csv"
        self._malformed = scratch / "malformed.csv"
        self._originals = scratch / "originals.csv"
        scratch.mkdir(parents=True, exist_ok=True)

    def load(self, one: Input, file: ArchivedFile, path: Path) -> FileAccount:
        """Land a file in one transaction: every record is accounted for, or none is taken."""
        self._connection.begin()
        try:
            account = self._load(one, file, path)
            self._connection.commit()
        except HeldFile as held:
            self._connection.rollback()
            account = FileAccount(file, held_because=str(held))
        except BaseException:
            self._connection.rollback()
            raise
        self.record(account)
        return account

    def _load(self, one: Input, file: ArchivedFile, path: Path) -> FileAccount:
        header = read_header(one, self._contract, read_chunks(path, one.encoding))
        counts, oversized = self._frame(one, header, path)
        self._read_records(one, header)
        tables = typed_tables(self._contract, one, header, file)
        for table in tables:
            self._execute(f"create or replace temp table {table.name} as {table.select}")
        self._execute(_bad_records(tables))
        for table in tables:
            self._insert(table)
        quarantined = self._quarantine(one, header, file, path, oversized)
        accepted = self._count(
            f"select count(*) from framed anti join bad_records using ({LINE_COLUMN})"
        )
        if accepted + quarantined + counts.blank != counts.records:
            raise HeldFile(
                f"{counts.records} records, but {accepted} accepted + {quarantined} quarantined + "
                f"{counts.blank} blank; no row was taken, please report the file"
            )
        return FileAccount(
            file,
            counts.records,
            accepted,
            quarantined,
            counts.blank,
            header.unmapped,
            header.missing,
        )

    def _frame(self, one: Input, header: Header, path: Path) -> tuple[Counts, list[Oversized]]:
        """Write well-formed and malformed records apart; returns counts and what is too long."""
        with (
            self._records.open("wb") as records,
            self._malformed.open("w", encoding="utf-8", newline="") as malformed,
        ):
            aside = SetAside(malformed)
            sink = WellFormedRecords(records, aside, one.delimiter)
            return _frame_into(sink, one, header, path), aside.oversized

    def _read_records(self, one: Input, header: Header) -> None:
        columns = "".join(f", {literal(name)}: 'varchar'" for name in header.columns)
        self._execute(
            f"""
            create or replace temp table framed as
            select * from read_csv(
                {literal(str(self._records))}, auto_detect = false, header = false,
                columns = {{'{LINE_COLUMN}': 'bigint'{columns}}},
                delim = {literal(one.delimiter)}, quote = '"', escape = '"',
                strict_mode = true, null_padding = false, nullstr = ''
            )
            """
        )

    def _insert(self, table: TypedTable) -> None:
        columns = ", ".join(map(identifier, table.columns))
        self._execute(
            f"insert into raw.{identifier(table.table)} ({columns}) select {columns} "
            f"from {table.name} anti join bad_records using ({LINE_COLUMN})"
        )

    def _quarantine(
        self,
        one: Input,
        header: Header,
        file: ArchivedFile,
        path: Path,
        oversized: list[Oversized],
    ) -> int:
        """Write the quarantine rows of a file, with their bytes; returns how many."""
        bad_lines = self._connection.execute(f"select {LINE_COLUMN} from bad_records").fetchall()
        with self._originals.open("w", encoding="utf-8", newline="") as originals:
            if bad_lines:
                sink = RecordsOnLines({line for (line,) in bad_lines}, SetAside(originals))
                _frame_into(sink, one, header, path)
        identity = ", ".join(map(literal, (file.input_name, file.file_digest, file.file_name)))
        self._execute(
            f"""
            insert into raw.quarantined_rows
            select
                {identity}, bad.file_line, original.byte_offset, bad.table_name,
                bad.problem.column_name, bad.problem.value, bad.problem.reason,
                bad.problem_count, unhex(original.record)
            from bad_records as bad
            left join {read_set_aside(str(self._originals))} as original using (file_line)
            union all
            select
                {identity}, file_line, byte_offset, null, null, null, reason, 1, unhex(record)
            from {read_set_aside(str(self._malformed))}
            """
        )
        for line, offset, reason, record in oversized:
            self._execute(
                f"insert into raw.quarantined_rows "
                f"values ({identity}, ?, ?, null, null, null, ?, 1, ?)",
                [line, offset, reason, record],
            )
        return self._count(
            "select count(*) from raw.quarantined_rows where input_name = ? and file_digest = ?",
            [file.input_name, file.file_digest],
        )

    def record(self, account: FileAccount) -> None:
        """Write an account into ``raw.landed_files``."""
        file = account.file
        self._execute(
            "insert into raw.landed_files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                file.input_name,
                file.input_digest,
                file.file_digest,
                file.file_name,
                file.received_at,
                "held" if account.held_because else "landed",
                account.held_because,
                account.records,
                account.accepted,
                account.quarantined,
                account.blank,
                ", ".join(account.unmapped_columns) or None,
                ", ".join(account.missing_columns) or None,
            ],
        )

    def _execute(self, statement: str, parameters: list[object] | None = None) -> None:
        self._connection.execute(statement, parameters)

    def _count(self, query: str, parameters: list[object] | None = None) -> int:
        row = self._connection.execute(query, parameters).fetchone()
        return int(row[0]) if row else 0


def _frame_into(sink: Sink, one: Input, header: Header, path: Path) -> Counts:
    framer = Framer(one.delimiter, header.width, sink)
    return framer.frame(read_blocks(read_chunks(path, one.encoding)), header.line)


def _bad_records(tables: list[TypedTable]) -> str:
    """One row per record with a problem: its first one, tables in the mapping's order."""
    problems = " union all ".join(
        f"select {LINE_COLUMN}, {i} as position, {literal(table.table)} as table_name, problem, "
        f"problem_count from {table.name} where problem_count > 0"
        for i, table in enumerate(tables)
    )
    return f"""
        create or replace temp table bad_records as
        with problems as ({problems}),
        ranked as (
            select
                {LINE_COLUMN}, table_name, problem,
                row_number() over (partition by {LINE_COLUMN} order by position) as place,
                cast(sum(problem_count) over (partition by {LINE_COLUMN}) as bigint)
                    as problem_count
            from problems
        )
        select * exclude (place) from ranked where place = 1
    """
