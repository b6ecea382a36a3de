"""Generations: sealed databases, and the pointer that says which one readers see."""

import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from lead_warehouse.errors import LeadWarehouseError, RunFailed, UserError
from lead_warehouse.failpoints import failpoint
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.state.engine import open_read_only
from lead_warehouse.state.hold import sync_folder
from lead_warehouse.state.layout import WAREHOUSE_FILE, StateDirectory
from lead_warehouse.state.readers import is_being_read

MANIFEST_FILE = "manifest.json"
RETAINED = 5
"""Published generations kept for rollback and for readers that still have one open."""

CURRENT = "current"
"""Names the published generation where an id is asked for."""

SET_ASIDE = ".removing-"
"""Begins the name of a generation that is being removed; nobody finds it any more."""


ROLL_BACK = "`lead-warehouse rollback` returns readers to the generation before"


@dataclass(frozen=True)
class Generation:
    """A sealed database with its manifest."""

    run_id: str
    folder: Path
    manifest: dict[str, Any]

    @property
    def database(self) -> Path:
        return self.folder / WAREHOUSE_FILE

    @property
    def as_of(self) -> datetime:
        return datetime.fromisoformat(self.manifest["as_of"])

    @property
    def digest(self) -> str:
        return str(self.manifest["digest"])


class Generations:
    """The generations of a state directory."""

    def __init__(self, state: StateDirectory):
        self.state = state

    def seal(self, run_id: str, manifest: dict[str, Any]) -> Generation:
        """Move the finished build to its place; readers do not see it yet.

        Raises:
            RunFailed: a write-ahead log lies beside the build, so the file is not whole.
        """
        building = self.state.building
        refuse_stale_log(building)
        (building.parent / MANIFEST_FILE).write_text(
            json.dumps(manifest, indent=2, default=str) + "\n", encoding="utf-8"
        )
        building.chmod(0o444)
        (building.parent / MANIFEST_FILE).chmod(0o444)
        sync_folder(building)
        sync_folder(building.parent / MANIFEST_FILE)
        folder = self.state.generation(run_id)
        folder.parent.mkdir(parents=True, exist_ok=True)
        failpoint("sealing")
        building.parent.rename(folder)
        sync_folder(folder.parent)
        return Generation(run_id, folder, manifest)

    def publish(self, run_id: str) -> None:
        """Point readers to a generation, atomically.

        Raises:
            RunFailed: a write-ahead log lies beside it; DuckDB would replay it into the file.
        """
        folder = self.state.generation(run_id)
        refuse_stale_log(folder / WAREHOUSE_FILE)
        failpoint("publish")
        partial = self.state.root / f".current-{os.getpid()}"
        partial.unlink(missing_ok=True)
        partial.symlink_to(folder.relative_to(self.state.root))
        failpoint("pointing")
        os.replace(partial, self.state.current)
        sync_folder(self.state.root)

    def current_id(self) -> str | None:
        """Run id of the published generation."""
        try:
            return self.state.current.readlink().name
        except FileNotFoundError:
            return None

    def all(self) -> list[Generation]:
        """Every sealed generation, newest first."""
        if not self.state.generations.exists():
            return []
        found = []
        for folder in sorted(self.state.generations.iterdir(), reverse=True):
            # One that retention removes meanwhile is no longer there to be listed.
            with suppress(FileNotFoundError, NotADirectoryError, LeadWarehouseError):
                if not folder.name.startswith("."):
                    found.append(self._read(folder))
        return found

    def find(self, run_id: str | None) -> Generation:
        """A generation by id or its beginning; the published one for none or ``current``.

        Raises:
            UserError: there is none.
        """
        if run_id is None or run_id == CURRENT:
            current = self.current_id()
            if current is None:
                raise UserError(
                    f"nothing is published in {self.state.root}; run `lead-warehouse refresh` first"
                )
            return self._read(self.state.generation(current))
        known = {generation.run_id: generation for generation in self.all()}
        matching = [generation for name, generation in known.items() if name.startswith(run_id)]
        if len(matching) != 1:
            hint = did_you_mean(run_id, known)
            raise UserError(
                f"no generation '{run_id}'{hint}; `lead-warehouse generations` lists them"
            )
        return matching[0]

    def retain(self, newest: int = RETAINED, never_shown: Collection[str] = ()) -> list[str]:
        """Remove generations beyond the newest; the current one and any being read stay.

        Rebuilds of the past, and what was built while publishing was on hold, are counted apart,
        so that none of them costs a rollback.

        Args:
            never_shown: run ids that readers were never pointed to.

        Returns:
            the run ids removed.
        """
        removed = []
        current = self.current_id()
        known = self.all()
        rebuilds = [one for one in known if one.manifest["is_past"]]
        others = [one for one in known if not one.manifest["is_past"]]
        held = [one for one in others if one.run_id in never_shown]
        published = [one for one in others if one.run_id not in never_shown]
        for generation in published[newest:] + rebuilds[newest:] + held[newest:]:
            if generation.run_id != current and self._remove(generation):
                removed.append(generation.run_id)
        return removed

    def _remove(self, generation: Generation) -> bool:
        """Remove a generation unless somebody reads it; whoever comes now no longer finds it."""
        if is_being_read(generation.database):
            return False
        aside = self.state.generations / f"{SET_ASIDE}{generation.run_id}"
        remove_folder(aside)
        generation.folder.rename(aside)
        failpoint("retaining")
        # A reader may have opened it between the question and the new name.
        if is_being_read(aside / WAREHOUSE_FILE):
            aside.rename(generation.folder)
            return False
        remove_folder(aside)
        return True

    def refuse_unerased(self, generation: Generation) -> None:
        """Refuse a generation from before an erasure that was carried out: somebody restored it.

        Raises:
            LeadWarehouseError: it may hold persons who were erased since.
        """
        done = {path.stem for path in self.state.erasures.glob("*.done")}
        if done - set(generation.manifest.get("erasures", ())):
            raise LeadWarehouseError(
                f"generation {generation.run_id} is a copy from before an erasure and may hold "
                "persons erased since; `lead-warehouse erase --resume` takes them out"
            )

    @contextmanager
    def reading(self, run_id: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection to one generation, which it keeps however often others follow.

        The connection reaches no file, network or setting outside the database.

        Raises:
            UserError: there is no such generation.
            LeadWarehouseError: the file cannot be opened.
        """
        connection = self._open(run_id)
        try:
            yield connection
        finally:
            connection.close()

    def _open(self, run_id: str | None) -> duckdb.DuckDBPyConnection:
        tried = None
        for _ in range(RETAINED):
            try:
                generation = self.find(run_id)
                self.refuse_unerased(generation)
                return open_read_only(generation.database)
            except FileNotFoundError as error:
                # Between reading the pointer and following it, retention may remove its target.
                tried, before = error.filename, tried
            except duckdb.Error as error:
                if generation.database.exists():
                    raise LeadWarehouseError(
                        f"{generation.database} cannot be opened ({error}); {ROLL_BACK}"
                    ) from None
                tried, before = str(generation.database), tried
            if tried == before:
                raise LeadWarehouseError(f"{tried} is gone; {ROLL_BACK}")
        raise LeadWarehouseError("the published generation changes too fast; try again")

    def _read(self, folder: Path) -> Generation:
        try:
            text = (folder / MANIFEST_FILE).read_text(encoding="utf-8")
            return Generation(folder.name, folder, json.loads(text))
        except ValueError:
            raise LeadWarehouseError(
                f"{folder / MANIFEST_FILE} cannot be read; {ROLL_BACK}"
            ) from None


def refuse_stale_log(database: Path) -> None:
    """Raise when a write-ahead log lies beside a database that should be whole.

    Raises:
        RunFailed: naming the log.
    """
    log = database.with_name(database.name + ".wal")
    if log.exists():
        raise RunFailed(
            f"{log} lies beside the database and would be replayed into it; "
            "remove it once you know where it comes from, and refresh again"
        )


def remove_folder(folder: Path) -> None:
    """Remove a folder of the state directory, read-only files included."""
    shutil.rmtree(folder, ignore_errors=True)
