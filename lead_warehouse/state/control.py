"""The ledger of runs and published inputs, in SQLite.

It follows the pointer, never the other way round: after a crash it is mended from what is
published, see ``refresh.reconcile``.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lead_warehouse.clock import utc_now
from lead_warehouse.state.sqlite_file import reading, writing

OPEN_STATES = ("planned", "locked", "landed", "built", "audited", "sealed")
"""States of a run under way, in order.

A run ends published, unchanged (it found nothing new, and what is published stands), kept (a
rebuild of the past, or good while publishing was on hold), rejected, failed, abandoned (its process
died) or, later, rolled back.
"""

SCHEMA = """
create table if not exists runs (
    run_id text primary key,
    state text not null,
    planned_at text not null,
    changed_at text not null,
    as_of text,
    message text
);
create table if not exists run_states (
    run_id text not null references runs (run_id),
    state text not null,
    at text not null
);
create table if not exists holds (
    placed_at text not null,
    placed_by text not null,
    left_run text not null,
    returned_to text not null,
    released_at text,
    released_by text
);
create table if not exists inputs (
    input_name text not null,
    file_digest text not null,
    file_name text not null,
    received_at text not null,
    run_id text not null,
    primary key (input_name, file_digest)
);
create table if not exists forgotten_inputs (
    input_name text not null,
    file_digest text not null,
    primary key (input_name, file_digest)
);
"""


@dataclass(frozen=True)
class Run:
    """One row of ``runs``."""

    run_id: str
    state: str
    planned_at: datetime
    changed_at: datetime
    as_of: datetime | None
    message: str | None


@dataclass(frozen=True)
class ReceivedInput:
    """A file that a good generation holds; ``received_at`` is when it was first landed."""

    input_name: str
    file_digest: str
    file_name: str
    received_at: datetime


class ControlLedger:
    """Access to ``control.sqlite``; every change is its own transaction."""

    def __init__(self, path: Path):
        self.path = path

    def _connect(self) -> AbstractContextManager[sqlite3.Connection]:
        return writing(self.path, SCHEMA)

    def _read(self) -> AbstractContextManager[sqlite3.Connection]:
        return reading(self.path, SCHEMA)

    def plan(self, run_id: str) -> None:
        """Record a run that is about to start."""
        at = utc_now().isoformat()
        with self._connect() as connection:
            connection.execute(
                "insert into runs values (?, 'planned', ?, ?, null, null)", (run_id, at, at)
            )
            connection.execute("insert into run_states values (?, 'planned', ?)", (run_id, at))

    def move(
        self, run_id: str, state: str, message: str | None = None, as_of: datetime | None = None
    ) -> None:
        """Record that a run reached ``state``."""
        at = utc_now().isoformat()
        with self._connect() as connection:
            connection.execute(
                "update runs set state = ?, changed_at = ?, message = coalesce(?, message), "
                "as_of = coalesce(?, as_of) where run_id = ?",
                (state, at, message, as_of.isoformat() if as_of else None, run_id),
            )
            connection.execute("insert into run_states values (?, ?, ?)", (run_id, state, at))

    def restore(self, run_id: str, state: str, at: datetime, as_of: datetime | None = None) -> None:
        """Record a run again that a lost ledger had known; one already recorded stays."""
        told = at.isoformat()
        with self._connect() as connection:
            inserted = connection.execute(
                "insert or ignore into runs values (?, ?, ?, ?, ?, 'recorded again, the ledger "
                "having been lost')",
                (run_id, state, told, told, as_of.isoformat() if as_of else None),
            ).rowcount
            if inserted:
                # Whatever it is now, readers saw it then.
                states = ["published", state] if state == "rolled back" else [state]
                connection.executemany(
                    "insert into run_states values (?, ?, ?)",
                    [(run_id, one, told) for one in states],
                )

    def record_hold(self, placed_at: str, placed_by: str, left: str, returned_to: str) -> None:
        """Record that a rollback put publishing on hold."""
        with self._connect() as connection:
            connection.execute(
                "insert into holds values (?, ?, ?, ?, null, null)",
                (placed_at, placed_by, left, returned_to),
            )

    def record_release(self, released_by: str) -> None:
        """Record who lets refreshes publish again, on every hold still open."""
        with self._connect() as connection:
            connection.execute(
                "update holds set released_at = ?, released_by = ? where released_at is null",
                (utc_now().isoformat(), released_by),
            )

    def holds(self) -> list[tuple[str | None, ...]]:
        """Holds, newest first: placed at, by, run left, returned to, released at, by."""
        with self._read() as connection:
            known = connection.execute(
                "select 1 from sqlite_master where name = 'holds'"
            ).fetchone()
            if known is None:
                return []
            return connection.execute("select * from holds order by rowid desc").fetchall()

    def publish(self, run_id: str, inputs: Iterable[ReceivedInput]) -> None:
        """Record that readers now see ``run_id`` and the inputs it holds, in one transaction."""
        at = utc_now().isoformat()
        with self._connect() as connection:
            # Of a run that was kept, the message says why readers do not see it.
            connection.execute(
                "update runs set state = 'published', changed_at = ?, message = null "
                "where run_id = ?",
                (at, run_id),
            )
            connection.execute("insert into run_states values (?, 'published', ?)", (run_id, at))
            _receive(connection, run_id, inputs)

    def receive(self, run_id: str, inputs: Iterable[ReceivedInput]) -> None:
        """Record what a good generation holds that a hold keeps from readers.

        Whoever delivered it was told that it landed, and may have moved it away. What a rollback
        took out is not recorded again before a person publishes it.
        """
        with self._connect() as connection:
            forgotten = set(
                connection.execute("select input_name, file_digest from forgotten_inputs")
            )
            new = [one for one in inputs if (one.input_name, one.file_digest) not in forgotten]
            _receive(connection, run_id, new)

    def return_to(self, run_id: str, inputs: Iterable[ReceivedInput]) -> list[str]:
        """Record that readers were returned to a run, which holds ``inputs``.

        Files that later runs were the first to hold are forgotten; a file that the run does not
        hold though an earlier one did, its input having been out of the mapping, is not.

        Returns:
            the names of the files forgotten.
        """
        inputs = list(inputs)
        held = {(one.input_name, one.file_digest) for one in inputs}
        with self._connect() as connection:
            later = connection.execute(
                "select input_name, file_digest, file_name from inputs where run_id > ?", (run_id,)
            ).fetchall()
            gone = [one for one in later if one[:2] not in held]
            connection.executemany(
                "delete from inputs where input_name = ? and file_digest = ?",
                [one[:2] for one in gone],
            )
            connection.executemany(
                "insert or ignore into forgotten_inputs values (?, ?)", [one[:2] for one in gone]
            )
            _receive(connection, run_id, inputs)
        return sorted({name for _, _, name in gone})

    def runs(self) -> list[Run]:
        """All runs, newest first."""
        with self._read() as connection:
            rows = connection.execute(
                "select run_id, state, planned_at, changed_at, as_of, message from runs "
                "order by planned_at desc, run_id desc"
            ).fetchall()
        return [
            Run(
                run_id,
                state,
                datetime.fromisoformat(planned_at),
                datetime.fromisoformat(changed_at),
                datetime.fromisoformat(as_of) if as_of else None,
                message,
            )
            for run_id, state, planned_at, changed_at, as_of, message in rows
        ]

    def published_at(self) -> dict[str, datetime]:
        """Run id to the instant at which readers could first see it, of every published run."""
        with self._read() as connection:
            rows = connection.execute(
                "select run_id, min(at) from run_states where state = 'published' group by run_id"
            ).fetchall()
        return {run_id: datetime.fromisoformat(at) for run_id, at in rows}

    def good_runs(self) -> set[str]:
        """Ids of the runs that readers were pointed to, and that no rollback took from them."""
        left = {run.run_id for run in self.runs() if run.state == "rolled back"}
        return self.published_at().keys() - left

    def last_published(self) -> list[str]:
        """Run ids that readers were pointed to, the latest first."""
        with self._read() as connection:
            rows = connection.execute(
                "select run_id from run_states where state = 'published' "
                "group by run_id order by max(rowid) desc"
            ).fetchall()
        return [run_id for (run_id,) in rows]

    def last_unchanged(self, run_id: str) -> tuple[str, datetime] | None:
        """The latest run that found nothing new since readers were pointed to ``run_id``, with the
        instant; none where there is none, or where they were pointed elsewhere last."""
        with self._read() as connection:
            row = connection.execute(
                "select run_id, at from run_states where state = 'unchanged' and rowid > "
                "(select max(rowid) from run_states where state = 'published') "
                "and ? = (select run_id from run_states where state = 'published' "
                "order by rowid desc limit 1) order by rowid desc limit 1",
                (run_id,),
            ).fetchone()
        return (row[0], datetime.fromisoformat(row[1])) if row else None

    def states_of(self, run_id: str) -> list[tuple[str, datetime]]:
        """The states a run went through, in order, with their instants."""
        with self._read() as connection:
            rows = connection.execute(
                "select state, at from run_states where run_id = ? order by rowid", (run_id,)
            ).fetchall()
        return [(state, datetime.fromisoformat(at)) for state, at in rows]

    def received_inputs(self) -> list[ReceivedInput]:
        """Every file that some good generation held, those that a rollback took out excepted."""
        with self._read() as connection:
            rows = connection.execute(
                "select input_name, file_digest, file_name, received_at from inputs "
                "order by received_at, input_name, file_name, file_digest"
            ).fetchall()
        return [
            ReceivedInput(name, digest, file_name, datetime.fromisoformat(received_at))
            for name, digest, file_name, received_at in rows
        ]


def _receive(connection: sqlite3.Connection, run_id: str, inputs: Iterable[ReceivedInput]) -> None:
    connection.executemany(
        "insert or ignore into inputs values (?, ?, ?, ?, ?)",
        [
            (
                one.input_name,
                one.file_digest,
                one.file_name,
                one.received_at.isoformat(),
                run_id,
            )
            for one in inputs
        ],
    )
