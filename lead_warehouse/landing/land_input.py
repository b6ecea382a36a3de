"""Land the files of one input, oldest first, each content once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial

import duckdb

from lead_warehouse.failpoints import failpoint
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.completeness import Earlier, LetThrough, judge
from lead_warehouse.landing.database_snapshot import Predecessors
from lead_warehouse.landing.deliveries import Delivery
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.load_file import FileAccount, FileLoader, Judge
from lead_warehouse.landing.parquet_file import ParquetFile
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.mapping import Input
from lead_warehouse.mapping.expectations import Completeness
from lead_warehouse.state.control import ReceivedInput

ByDigest = dict[str, ReceivedInput]
"""Files of an input that earlier refreshes received."""


@dataclass
class InputLander:
    """Lands what one input delivered, and what of it the archive holds and the tables do not.

    Attributes:
        input_digest: of all that decides how files become rows.
        unchanged: how many files the tables held already.
    """

    connection: duckdb.DuckDBPyConnection
    loader: FileLoader
    archive: Archive
    one: Input
    input_digest: str
    expected: Completeness
    let_through: LetThrough
    now: datetime
    progress: Callable[[str], None]
    unchanged: int = 0

    def land(self, delivered: list[Delivery], earlier: ByDigest) -> list[FileAccount]:
        """Land what is new; the accounts of files that could not be taken come first."""
        waiting, accounts = self._waiting(delivered, earlier)
        for account in accounts:
            self.loader.record(account)
        landed = self._landed_digests()
        predecessors = Predecessors(self.archive)
        # What landed before was judged when it came, and a first delivery has no measure.
        judged = self._judge(earlier, predecessors) if earlier else None
        for file in waiting:
            if file.file_digest in landed:
                self.unchanged += 1
                predecessors.add(file.file_name, file.file_digest)
                continue
            self.progress(f"{self.one.name}: {file.file_name}")
            is_new = file.file_digest not in earlier
            accounts.append(self._load(file, predecessors, judged if is_new else None))
            if not accounts[-1].held_because:
                # Of a file with somebody erased, what took its place has landed.
                predecessors.add(file.file_name, accounts[-1].file.file_digest)
            failpoint("landing")
        return accounts

    def _load(
        self, file: ArchivedFile, predecessors: Predecessors, judged: Judge | None
    ) -> FileAccount:
        try:
            path = self.archive.whole(file.file_digest)
            if self.one.form == "table":
                file = replace(file, before=predecessors.of(file.file_name, file.file_digest))
        except HeldFile as reason:
            account = FileAccount(file, held_because=str(reason))
            self.loader.record(account)
            return account
        return self.loader.load(self.one, file, path, judged)

    def _judge(self, earlier: ByDigest, predecessors: Predecessors) -> Judge:
        """Holds what is empty or far smaller than usual: all rows of a table, which lands only
        those that differ, or the records of a file."""
        if self.one.form == "table":
            return partial(self._judge_table, sizes=partial(predecessors.sizes, earlier))
        # Asked for once the first new file is read: by then the earlier ones have landed again,
        # should the mapping have changed.
        return partial(self._judge_file, usual=cache(partial(self._usual, earlier)))

    def _judge_file(self, account: FileAccount, *, usual: Callable[[], list[Earlier]]) -> None:
        judge(account, usual(), self.expected, self.let_through)

    def _judge_table(self, account: FileAccount, *, sizes: Callable[[], list[Earlier]]) -> None:
        rows = ParquetFile(self.archive.path(account.file.file_digest)).row_count()
        judge(account, sizes(), self.expected, self.let_through, rows)

    def _usual(self, earlier: ByDigest) -> list[Earlier]:
        rows = self.connection.execute(
            "select file_name, record_count - blank_count from raw.landed_files "
            "where input_name = ? and status = 'landed' and file_digest in (select unnest(?)) "
            "order by received_at desc, file_name desc, file_digest",
            [self.one.name, list(earlier)],
        ).fetchall()
        return [Earlier(name, records) for name, records in rows]

    def _landed_digests(self) -> set[str]:
        rows = self.connection.execute(
            "select file_digest from raw.landed_files where input_name = ? and status = 'landed'",
            [self.one.name],
        ).fetchall()
        return {digest for (digest,) in rows}

    def _waiting(
        self, delivered: list[Delivery], earlier: ByDigest
    ) -> tuple[list[ArchivedFile], list[FileAccount]]:
        """The input's files, oldest first; and those that could not be taken."""
        first_received = min((r.received_at for r in earlier.values()), default=self.now)

        def archived(file_digest: str, name: str, received_at: datetime) -> ArchivedFile:
            is_first_load = received_at == first_received
            return ArchivedFile(
                self.one.name, self.input_digest, file_digest, name, received_at, is_first_load
            )

        files = {
            r.file_digest: archived(r.file_digest, r.file_name, r.received_at)
            for r in earlier.values()
        }
        held = []
        for found in delivered:
            file = archived(found.file_digest, found.name, self.now)
            if found.held_because:
                held.append(FileAccount(file, held_because=found.held_because))
            else:
                files.setdefault(found.file_digest, file)
        in_order = sorted(files.values(), key=lambda f: (f.received_at, f.file_name, f.file_digest))
        return in_order, held
