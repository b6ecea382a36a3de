"""What readers were shown first, kept whatever later rules make of the past.

A rule change restates history. So each published run leaves a file of the transitions that it was
the first to show, and the next refresh lands them as input.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from lead_warehouse.clock import utc_now
from lead_warehouse.failpoints import failpoint
from lead_warehouse.sql import literal
from lead_warehouse.state.engine import confine
from lead_warehouse.state.layout import StateDirectory

KEY = ("basis", "lead_id", "to_stage", "transitioned_at")
"""What tells transitions apart."""

COLUMNS = ("basis", "lead_id", "to_stage", "passage_number", "transitioned_at")


class Publications:
    """The publications of a state directory."""

    def __init__(self, state: StateDirectory):
        self.folder = state.publications

    def record(self, run_id: str, database: Path) -> None:
        """Write down the transitions that a generation is the first to show, before it is shown."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._file(run_id)
        partial = path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        with duckdb.connect(str(database), read_only=True) as connection:
            confine(connection, self.folder)
            connection.execute(
                f"""
                copy (
                    select {", ".join(COLUMNS)}
                    from marts.fct_lifecycle_transitions
                    where first_published_at is null
                    order by all
                ) to {literal(str(partial))} (format parquet)
                """
            )
        failpoint("recording")
        at = utc_now().replace(tzinfo=UTC).timestamp()
        os.utime(partial, (at, at))
        os.replace(partial, path)

    def recorded(self) -> dict[str, datetime]:
        """Run id to about the instant it was first shown, should the ledger be lost."""
        return {
            path.stem: datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
            for path in self.folder.glob("*.parquet")
        }

    def forget(self, run_id: str) -> None:
        """Remove what a run wrote down that was never shown after all."""
        self._file(run_id).unlink(missing_ok=True)
        self._file(run_id).with_suffix(".partial").unlink(missing_ok=True)

    def land(
        self, connection: duckdb.DuckDBPyConnection, published_at: Mapping[str, datetime]
    ) -> None:
        """Add what published runs showed first to ``raw.published_transitions``.

        Args:
            published_at: run id to the instant at which readers could first see it.
        """
        landed = {
            run_id
            for (run_id,) in connection.execute(
                "select distinct run_id from raw.published_transitions"
            ).fetchall()
        }
        for run_id in sorted(published_at.keys() - landed):
            path = self._file(run_id)
            if path.exists():
                connection.execute(
                    f"""
                    insert into raw.published_transitions
                    select {", ".join(COLUMNS)}, ?, ?
                    from read_parquet({literal(str(path))}) as shown
                    anti join raw.published_transitions using ({", ".join(KEY)})
                    """,
                    [published_at[run_id], run_id],
                )

    def _file(self, run_id: str) -> Path:
        return self.folder / f"{run_id}.parquet"
