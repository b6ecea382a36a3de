"""Bring one archived file into the raw tables, and account for each of its records."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.erasure.landing import ErasedOnArrival
from lead_warehouse.landing.delivered_bytes import restore_delivered
from lead_warehouse.landing.formats import open_file
from lead_warehouse.landing.header import LINE_COLUMN
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.landed_files import add_file
from lead_warehouse.landing.load_part import Part
from lead_warehouse.landing.typed_tables import ArchivedFile, typed_tables
from lead_warehouse.mapping import Input
from lead_warehouse.memory import exhausted
from lead_warehouse.sql import literal

Progress = Callable[[str], None]
"""Called with what has landed so far, in words."""

EMPTY_BAD_RECORDS = f"""
    create or replace temp table bad_records (
        {LINE_COLUMN} bigint,
        table_name varchar,
        problem struct(column_name varchar, "value" varchar, reason varchar),
        problem_count bigint
    );
    create or replace temp table originals ({LINE_COLUMN} bigint, byte_offset bigint, record blob)
"""


@dataclass(frozen=True)
class FileAccount:
    """What became of a file's records: ``records = accepted + quarantined + blank + erased``.

    Attributes:
        erased: records of persons erased by law, which are in the file no more.
        held_because: why no record was taken, with the remedy; none when the file landed.
    """

    file: ArchivedFile
    records: int = 0
    accepted: int = 0
    quarantined: int = 0
    blank: int = 0
    erased: int = 0
    unmapped_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    held_because: str | None = None


Judge = Callable[[FileAccount], None]
"""Raises ``HeldFile`` for a file that must wait, by what it holds."""


class FileLoader:
    """Loads files of a mapping into the raw tables of a database being built."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        scratch: Path,
        progress: Progress = lambda _: None,
        erased: ErasedOnArrival | None = None,
    ) -> None:
        self._connection = connection
        self._contract = contract
        self._scratch = scratch
        self._progress = progress
        self._erased = erased
        scratch.mkdir(parents=True, exist_ok=True)

    def load(
        self, one: Input, file: ArchivedFile, path: Path, judge: Judge | None = None
    ) -> FileAccount:
        """Land a file in one transaction: every record is accounted for, or none is taken.

        Raises:
            RunFailed: memory or disk ran out.
        """
        self._connection.begin()
        try:
            account = self._load(one, file, path)
            if self._erased and (rewritten := self._erased.take_out(self._connection, one, file)):
                self._connection.rollback()
                self._connection.begin()
                file = rewritten
                account = self._load(one, file, self._erased.path_of(file))
            account = self._with_erased(account)
            if judge:
                judge(account)
            self._connection.commit()
        except HeldFile as held:
            self._connection.rollback()
            account = FileAccount(file, held_because=str(held))
        except (duckdb.Error, OSError) as error:
            self._connection.rollback()
            if failed := exhausted(str(error), f"landing {file.file_name}"):
                raise failed from error
            raise
        except BaseException:
            self._connection.rollback()
            raise
        self.record(account)
        return account

    def _load(self, one: Input, file: ArchivedFile, path: Path) -> FileAccount:
        reader = open_file(one, self._contract, path, file.before)
        header = reader.header
        account = FileAccount(file, missing_columns=header.missing)
        file_id = partial(add_file, self._connection, file)
        tables = typed_tables(self._contract, one, header, file, file_id)
        for tally in reader.frame(self._connection, self._scratch):
            part = Part(self._connection, tables, file, tally)
            part.check_framed()
            self._execute(EMPTY_BAD_RECORDS)
            if part.insert():
                reader.find_originals(self._connection, self._scratch)
            quarantined = self._quarantine(file)
            accepted = part.settle(quarantined)
            account = replace(
                account,
                records=account.records + tally.records,
                accepted=account.accepted + accepted,
                quarantined=account.quarantined + quarantined,
                blank=account.blank + tally.blank,
            )
            self._progress(f"{one.name}: {file.file_name}, {account.records:,} records")
        if account.quarantined and one.form in ("csv", "json"):
            restore_delivered(self._connection, file, path, one.encoding)
        # Some formats know all their columns only once the whole file was read.
        return replace(account, unmapped_columns=reader.header.unmapped)

    def _with_erased(self, account: FileAccount) -> FileAccount:
        """Count records of erased persons as what they were, not as the lines left blank."""
        gone = self._erased.counts(account.file.file_digest) if self._erased else None
        if gone is None or account.held_because:
            return account
        return replace(
            account,
            records=account.records - gone.blank_lines + gone.erased,
            blank=account.blank - gone.blank_lines,
            erased=gone.erased,
        )

    def _quarantine(self, file: ArchivedFile) -> int:
        """Write the quarantine rows of a part, with their bytes; returns how many there are."""
        before = self._quarantined(file)
        identity = ", ".join(map(literal, (file.input_name, file.file_digest, file.file_name)))
        self._execute(
            f"""
            insert into raw.quarantined_rows
            select
                {identity}, bad.{LINE_COLUMN}, original.byte_offset, bad.table_name,
                bad.problem.column_name, bad.problem.value, bad.problem.reason,
                bad.problem_count, original.record, 'utf-8', 'open'
            from bad_records as bad
            left join originals as original using ({LINE_COLUMN})
            union all
            select
                {identity}, {LINE_COLUMN}, byte_offset, null, null, null, reason, 1, record,
                'utf-8', 'open'
            from malformed
            """
        )
        return self._quarantined(file) - before

    def _quarantined(self, file: ArchivedFile) -> int:
        ((count,),) = self._connection.execute(
            "select count(*) from raw.quarantined_rows where input_name = ? and file_digest = ?",
            [file.input_name, file.file_digest],
        ).fetchall()
        return int(count)

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
            "erased_count": account.erased,
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
