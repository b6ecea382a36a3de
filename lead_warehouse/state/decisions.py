"""What people decided of files and records, and which records came in later, in SQLite.

Nothing here is ever overwritten: the last decision counts, the earlier ones stay to be read.
"""

import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from lead_warehouse.clock import utc_now
from lead_warehouse.state.control import SCHEMA as RUNS
from lead_warehouse.state.sqlite_file import reading, writing

SCHEMA = (
    RUNS
    + """
create table if not exists accepted_files (
    input_name text not null,
    file_digest text not null,
    file_name text not null,
    because text not null,
    run_id text not null,
    decided_by text not null,
    decided_at text not null
);
create table if not exists quarantine_decisions (
    input_name text not null,
    file_digest text not null,
    file_line integer not null,
    decision text not null,
    reason text,
    decided_by text not null,
    decided_at text not null
);
create table if not exists replayed_records (
    input_name text not null,
    file_digest text not null,
    file_line integer not null,
    file_name text not null,
    table_name text,
    column_name text,
    reason text not null,
    run_id text not null
);
"""
)

RecordKey = tuple[str, str, int]
"""Input, file digest and line: what tells records apart."""

Verdict = Literal["dismissed", "open"]


@dataclass(frozen=True)
class Decision:
    """What someone decided of a record in quarantine."""

    verdict: Verdict
    reason: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class Replayed:
    """A record that was in quarantine and came in; ``reason`` is what had kept it out."""

    key: RecordKey
    file_name: str
    table_name: str | None
    column_name: str | None
    reason: str
    run_id: str
    published_at: datetime


class Decisions:
    """The decisions in ``control.sqlite``."""

    def __init__(self, path: Path):
        self.path = path

    def accept_file(
        self, input_name: str, file_digest: str, file_name: str, because: str, run_id: str
    ) -> None:
        """Record that an incomplete file may land; its content is not asked about again."""
        with writing(self.path, SCHEMA) as connection:
            connection.execute(
                "insert into accepted_files values (?, ?, ?, ?, ?, ?, ?)",
                (*(input_name, file_digest, file_name, because, run_id), *_who_and_when()),
            )

    def accepted_files(self) -> set[tuple[str, str]]:
        """Input and digest of every file let through."""
        with reading(self.path, SCHEMA) as connection:
            rows = connection.execute("select input_name, file_digest from accepted_files")
            return {(name, digest) for name, digest in rows.fetchall()}

    def decide(self, keys: Iterable[RecordKey], verdict: Verdict, reason: str | None) -> None:
        """Record a decision on records, all of them or none."""
        who_and_when = _who_and_when()
        with writing(self.path, SCHEMA) as connection:
            connection.executemany(
                "insert into quarantine_decisions values (?, ?, ?, ?, ?, ?, ?)",
                [(*key, verdict, reason, *who_and_when) for key in keys],
            )

    def of_records(self) -> dict[RecordKey, Decision]:
        """The last decision on each record that anyone decided on."""
        with reading(self.path, SCHEMA) as connection:
            rows = connection.execute(
                "select input_name, file_digest, file_line, decision, reason, decided_by, "
                "decided_at from quarantine_decisions order by rowid"
            ).fetchall()
        return {
            (name, digest, line): Decision(verdict, reason, by, datetime.fromisoformat(at))
            for name, digest, line, verdict, reason, by, at in rows
        }

    def record_replayed(
        self,
        run_id: str,
        records: Iterable[tuple[RecordKey, str, str | None, str | None, str]],
    ) -> None:
        """Record which records a run brought in: key, file name, table, column and old reason.

        They count once the run is published, so a run that dies says nothing.
        """
        with writing(self.path, SCHEMA) as connection:
            connection.execute("delete from replayed_records where run_id = ?", (run_id,))
            connection.executemany(
                "insert into replayed_records values (?, ?, ?, ?, ?, ?, ?, ?)",
                [(*key, *rest, run_id) for key, *rest in records],
            )

    def replayed(self) -> list[Replayed]:
        """Records that published runs brought in, the latest runs first."""
        with reading(self.path, SCHEMA) as connection:
            rows = connection.execute(
                "select input_name, file_digest, file_line, file_name, table_name, column_name, "
                "reason, run_id, min(at) from replayed_records join run_states using (run_id) "
                "where state = 'published' "
                "group by run_id, input_name, file_digest, file_line "
                "order by min(at) desc, input_name, file_name, file_digest, file_line"
            ).fetchall()
        return [
            Replayed(
                (name, digest, line), file, table, column, reason, run, datetime.fromisoformat(at)
            )
            for name, digest, line, file, table, column, reason, run, at in rows
        ]


def _who_and_when() -> tuple[str, str]:
    return user_name(), utc_now().isoformat()


def user_name() -> str:
    """The operating system's name for whoever runs this; a number where it has none."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
