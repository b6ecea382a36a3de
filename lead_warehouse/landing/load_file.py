"""Bring one archived file into the raw tables, and account for each of its records."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.formats import open_file
from lead_warehouse.landing.header import LINE_COLUMN
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.reader import Reader
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


Judge = Callable[[FileAccount], None]
"""Raises ``HeldFile`` for a file that must wait, by what it holds."""


class FileLoader:
    """Loads files of a mapping into the raw tables of a database being built."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, contract: Contract, scratch: Path
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)

    def load(
        self, one: Input, file: ArchivedFile, path: Path, judge: Judge | None = None
    ) -> FileAccount:
        """Land a file in one transaction: every record is accounted for, or none is taken."""
        self._connection.begin()
        try:
            account = self._load(one, file, path)
            if judge:
                judge(account)
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
        reader = open_file(one, self._contract, path)
        header = reader.header
        tally = reader.frame(self._connection, self._scratch)
        tables = typed_tables(self._contract, one, header, file)
        for table in tables:
            self._execute(f"create or replace temp table {table.name} as {table.select}")
        self._execute(_bad_records(tables))
        for table in tables:
            self._insert(table)
        quarantined = self._quarantine(reader, file)
        accepted = self._count(
            f"select count(*) from framed anti join bad_records using ({LINE_COLUMN})"
        )
        if accepted + quarantined + tally.blank != tally.records:
            raise HeldFile(
                f"{tally.records} records, but {accepted} accepted + {quarantined} quarantined + "
                f"{tally.blank} blank; no row was taken, please report the file"
            )
        return FileAccount(
            file,
            tally.records,
            accepted,
            quarantined,
            tally.blank,
            header.unmapped,
            header.missing,
        )

    def _insert(self, table: TypedTable) -> None:
        columns = ", ".join(map(identifier, table.columns))
        self._execute(
            f"insert into raw.{identifier(table.table)} ({columns}) select {columns} "
            f"from {table.name} anti join bad_records using ({LINE_COLUMN})"
        )

    def _quarantine(self, reader: Reader, file: ArchivedFile) -> int:
        """Write the quarantine rows of a file, with their bytes; returns how many."""
        reader.find_originals(self._connection, self._scratch)
        identity = ", ".join(map(literal, (file.input_name, file.file_digest, file.file_name)))
        self._execute(
            f"""
            insert into raw.quarantined_rows
            select
                {identity}, bad.{LINE_COLUMN}, original.byte_offset, bad.table_name,
                bad.problem.column_name, bad.problem.value, bad.problem.reason,
                bad.problem_count, original.record, 'open'
            from bad_records as bad
            left join originals as original using ({LINE_COLUMN})
            union all
            select
                {identity}, {LINE_COLUMN}, byte_offset, null, null, null, reason, 1, record, 'open'
            from malformed
            """
        )
        return self._count(
            "select count(*) from raw.quarantined_rows where input_name = ? and file_digest = ?",
            [file.input_name, file.file_digest],
        )

    def record(self, account: FileAccount) -> None:
        """Write an account into ``raw.landed_files``."""
        file = account.file
        written = {
            "input_name": file.input_name,
            "input_digest": file.input_digest,
            "file_digest": file.file_digest,
            "file_name": file.file_name,
            "received_at": file.received_at,
            "status": "held" if account.held_because else "landed",
            "reason": account.held_because,
            "record_count": account.records,
            "accepted_count": account.accepted,
            "quarantined_count": account.quarantined,
            "blank_count": account.blank,
            "unmapped_columns": ", ".join(account.unmapped_columns) or None,
            "missing_columns": ", ".join(account.missing_columns) or None,
        }
        self._execute(
            f"insert into raw.landed_files ({', '.join(written)}) "
            f"values ({', '.join('?' * len(written))})",
            list(written.values()),
        )

    def _execute(self, statement: str, parameters: list[object] | None = None) -> None:
        self._connection.execute(statement, parameters)

    def _count(self, query: str, parameters: list[object] | None = None) -> int:
        row = self._connection.execute(query, parameters).fetchone()
        return int(row[0]) if row else 0


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
