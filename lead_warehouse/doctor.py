"""Look a state directory over: what is damaged, missing, left over, or about to run short."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lead_warehouse.errors import LeadWarehouseError
from lead_warehouse.refresh.base import file_digest
from lead_warehouse.refresh.reconcile import last_shown
from lead_warehouse.refresh.room import in_megabytes, room_left, room_needed
from lead_warehouse.refresh.verify import verify
from lead_warehouse.state.checksums import damaged_blocks
from lead_warehouse.state.control import OPEN_STATES, ControlLedger
from lead_warehouse.state.digest import combined_digest
from lead_warehouse.state.engine import SPILL
from lead_warehouse.state.generations import ROLL_BACK, SET_ASIDE, Generation, Generations
from lead_warehouse.state.hold import read_hold
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import is_locked

SAMPLE = 20
"""Archived files looked at unless all are asked for, the newest first."""

REFRESH = "the next refresh clears it up"


@dataclass(frozen=True)
class Diagnosis:
    """Outcome of one look.

    Attributes:
        remedy: what to do; none when nothing is wrong.
        is_wrong: whether someone has to act; otherwise it is told for information.
    """

    what: str
    sentence: str
    remedy: str | None = None
    is_wrong: bool = False


def examine(state: StateDirectory, *, thoroughly: bool = False) -> Iterator[Diagnosis]:
    """Look at everything, cheap things first; changes nothing.

    Args:
        thoroughly: every generation and every archived file is read, not only the published one
            and a sample.
    """
    looks: list[Callable[[], Iterator[Diagnosis]]] = [
        lambda: _pointer(state),
        lambda: _ledger(state),
        lambda: _hold(state),
        lambda: _leftovers(state),
        lambda: _permissions(state),
        lambda: _room(state),
        lambda: _generations(state, thoroughly),
        lambda: _archive(state, thoroughly),
    ]
    for look in looks:
        yield from look()


def _pointer(state: StateDirectory) -> Iterator[Diagnosis]:
    try:
        current = Generations(state).current_id()
    except OSError:
        yield _wrong(
            "pointer",
            f"{state.current} is no symlink",
            "move it away, and `lead-warehouse rollback` or refresh again",
        )
        return
    if current is None:
        yield _no_pointer(state)
    elif not state.generation(current).is_dir():
        yield _wrong(
            "pointer",
            f"{state.current} leads to {current}, which is gone",
            "`lead-warehouse rollback`, or refresh: it builds anew from what is archived",
        )
    else:
        yield Diagnosis("pointer", f"readers see {current}")


def _no_pointer(state: StateDirectory) -> Diagnosis:
    with suppress(LeadWarehouseError, sqlite3.DatabaseError):
        if last := last_shown(Generations(state), ControlLedger(state.control)):
            return _wrong(
                "pointer",
                f"{state.current} is gone; readers saw {last.run_id}",
                "`lead-warehouse refresh` first returns them there",
            )
    return Diagnosis("pointer", "nothing is published", "run `lead-warehouse refresh`")


def _ledger(state: StateDirectory) -> Iterator[Diagnosis]:
    try:
        with sqlite3.connect(f"{state.control.resolve().as_uri()}?mode=ro", uri=True) as connection:
            [(answer,)] = connection.execute("pragma integrity_check(1)").fetchall()
        if answer != "ok":
            raise sqlite3.DatabaseError(answer)
        runs = ControlLedger(state.control).runs()
    except (sqlite3.DatabaseError, LeadWarehouseError) as error:
        if state.control.exists():
            sentence = f"{state.control} cannot be read ({error})"
            yield _wrong("ledger", sentence, f"move it away; {REFRESH}")
        elif Generations(state).current_id() is not None:
            yield _wrong("ledger", f"{state.control} is gone", "refresh: it is made anew")
        return
    states = {run.run_id: run.state for run in runs}
    current = Generations(state).current_id()
    if current is not None and states.get(current) != "published":
        said = states.get(current, "unknown")
        yield _wrong("ledger", f"readers see {current}, the ledger calls it {said}", REFRESH)
    died = [run for run in runs if run.state in OPEN_STATES]
    if died and not is_locked(state.lock):
        yield _wrong("ledger", f"run {died[0].run_id} died in state '{died[0].state}'", REFRESH)
    yield Diagnosis("ledger", f"{len(runs)} run{'s' * (len(runs) != 1)}")


def _hold(state: StateDirectory) -> Iterator[Diagnosis]:
    hold = read_hold(state)
    if hold is not None:
        yield _wrong("hold", f"publishing is {hold}", "`lead-warehouse release` when it is mended")


def _leftovers(state: StateDirectory) -> Iterator[Diagnosis]:
    if is_locked(state.lock):
        return
    found = [path for path in [state.building.parent] if path.exists()]
    for folder, pattern in (
        (state.root, ".current-*"),
        (state.root, ".hold-*"),
        (state.landing, ".partial-*"),
        (state.publications, "*.partial"),
        (state.generations, f"{SET_ASIDE}*"),
    ):
        found += folder.glob(pattern)
    for path in found:
        yield _wrong("leftover", f"{path} was left by a process that died", REFRESH)


def _permissions(state: StateDirectory) -> Iterator[Diagnosis]:
    folders = [state.root, state.generations, state.landing, state.publications]
    for path in [*folders, *(path for path in [state.control] if path.exists())]:
        if path.exists() and not os.access(path, os.W_OK):
            yield _wrong("permissions", f"{path} cannot be written", "give this user the right to")
    for generation in Generations(state).all():
        if generation.database.exists() and generation.database.stat().st_mode & 0o222:
            yield _wrong(
                "permissions",
                f"{generation.database} can be written, and must never change",
                f"chmod a-w {generation.database}",
            )


def _room(state: StateDirectory) -> Iterator[Diagnosis]:
    if not state.root.exists():
        return
    needed = room_needed(state.current / state.building.name)
    free = room_left(state.root)
    sentence = f"{in_megabytes(free)} free; a refresh needs about {in_megabytes(needed)}"
    if needed > free:
        yield _wrong("room", sentence, "make room, or keep fewer generations: refresh --keep")
    else:
        yield Diagnosis("room", sentence)


def _generations(state: StateDirectory, thoroughly: bool) -> Iterator[Diagnosis]:
    generations = Generations(state)
    current = generations.current_id()
    known = {one.run_id for one in generations.all()}
    if state.generations.exists():
        for folder in sorted(state.generations.iterdir()):
            if folder.name not in known and not folder.name.startswith("."):
                remedy = ROLL_BACK if folder.name == current else f"remove {folder}"
                yield _wrong("generation", f"{folder} has no manifest that can be read", remedy)
    for generation in generations.all():
        is_current = generation.run_id == current
        if is_current or thoroughly:
            remedy = ROLL_BACK if is_current else f"remove {generation.folder}"
            damage = _damage(generation, state.root / SPILL)
            if damage is None:
                sentence = f"{generation.run_id}: every block, row and digest is as it was sealed"
                yield Diagnosis("generation", sentence)
            else:
                yield _wrong("generation", damage, remedy)


def _damage(generation: Generation, spill: Path) -> str | None:
    """What is wrong with a generation's file; none when it is as it was sealed."""
    database = generation.database
    log = database.with_name(database.name + ".wal")
    if log.exists():
        return f"{log} lies beside the database and would be replayed into it"
    try:
        if damaged := damaged_blocks(database):
            return f"{database}: damaged blocks: {len(damaged)}, the first is {damaged[0]}"
        told = generation.manifest.get("file", {}).get("sha256")
        if told is not None and told != file_digest(database):
            return f"{database} is not what its manifest says (SHA-256)"
        # Nothing is written into the folder of a generation.
        told_tables = generation.manifest.get("tables", {})
        found = verify(lambda line: None, database, spill, told_tables)
        if combined_digest(found) != generation.digest:
            return f"{database}: its rows are not those of its manifest"
    except (OSError, duckdb.Error, LeadWarehouseError) as error:
        return f"{database}: {' '.join(str(error).split())}"
    return None


def _archive(state: StateDirectory, thoroughly: bool) -> Iterator[Diagnosis]:
    kept = [path for path in state.landing.glob("[0-9a-f][0-9a-f]/*") if path.is_file()]
    kept.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    looked_at = kept if thoroughly else kept[:SAMPLE]
    damaged = [path for path in looked_at if file_digest(path) != path.name]
    for path in damaged:
        yield _wrong(
            "archive",
            f"{path} is not the file that was received",
            "remove it and deliver the file again, or restore it from a backup",
        )
    missing = _missing_inputs(state, {path.name for path in kept})
    for name in missing:
        yield _wrong(
            "archive",
            f"{name} has landed and is not archived any more",
            "deliver the file again, or restore the archive from a backup",
        )
    if not damaged and not missing:
        if len(looked_at) == len(kept):
            sentence = f"all {len(kept)} files were read and are whole"
        else:
            sentence = f"the newest {len(looked_at)} of {len(kept)} files were read and are whole"
            sentence += "; --all reads the rest"
        yield Diagnosis("archive", sentence)


def _missing_inputs(state: StateDirectory, archived: set[str]) -> list[str]:
    try:
        manifest = Generations(state).find(None).manifest
    except (LeadWarehouseError, OSError):
        return []
    return [one["file_name"] for one in manifest["inputs"] if one["file_digest"] not in archived]


def _wrong(what: str, sentence: str, remedy: str) -> Diagnosis:
    return Diagnosis(what, sentence, remedy, is_wrong=True)
