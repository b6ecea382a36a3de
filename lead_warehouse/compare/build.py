"""Build the published generation a second time by other rules, in a folder that goes away.

What the folder holds is a generation like any other, so whatever asks one can ask both.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from textwrap import shorten

import duckdb

from lead_warehouse import PROJECT_DIR
from lead_warehouse.compare.changed_rules import changed_seeds, same_logic, selection
from lead_warehouse.errors import RunFailed
from lead_warehouse.explain.at_instant import refuse_later
from lead_warehouse.memory import exhausted, limit_memory, memory_bytes
from lead_warehouse.refresh.build import DATABASE_VARIABLE, run_dbt
from lead_warehouse.refresh.kept_tables import BuiltWhole, prepare_for_rules
from lead_warehouse.refresh.parsed import PARSED
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.room import in_megabytes, room_left, room_needed
from lead_warehouse.refresh.worker import run_in_worker, start_importing
from lead_warehouse.rules import check_rules
from lead_warehouse.rules.families import Families
from lead_warehouse.state.engine import confine, use_utc
from lead_warehouse.state.generations import Generation, Generations
from lead_warehouse.state.layout import StateDirectory

NEEDED = ("fct_lead_scores", "fct_lifecycle_transitions", "int_instants_scored")
"""Models that are compared; whoever compares more names more."""

MESSAGE_WIDTH = 400

Progress = Callable[[str, str], None]


@dataclass(frozen=True)
class SideBySide:
    """A generation, and what other rules make of the same records.

    Attributes:
        present: what readers see.
        other: the same by the other rules; gone when the comparison ends.
        changed: seeds whose rows are others.
        rules_digest: digest of the other rules.
        built_whole: kept tables that the other rules made stale, with the reason.
        scratch: folder for what the comparison writes.
    """

    present: Generation
    other: Generation
    changed: list[str]
    rules_digest: str
    built_whole: list[BuiltWhole]
    scratch: Path


@contextmanager
def side_by_side(
    state: StateDirectory,
    rules_dir: Path | None,
    progress: Progress,
    at: datetime | None = None,
    needed: Sequence[str] = NEEDED,
) -> Iterator[SideBySide]:
    """The published generation beside one built by the rules of ``rules_dir``.

    Nothing is written into the state directory. Whatever does not follow from a changed rule is
    taken as it is, unless models changed as well: then all is built.

    Args:
        at: instant that will be asked for; none for the generation's own.
        needed: models that are compared; they are built, with all that they follow from.

    Raises:
        UserError: the rules are wrong, nothing is published, or ``at`` lies after it; nothing was
            copied.
        RunFailed: there is no room, or dbt could not build.
    """
    check_rules(PROJECT_DIR / "seeds", rules_dir)
    memory_bytes()
    present = Generations(state).find(None)
    refuse_later(present, at)
    with tempfile.TemporaryDirectory(prefix="lead-warehouse-compare-") as folder:
        scratch = StateDirectory(Path(folder).resolve())
        _require_room(scratch.root, present)
        progress("copy", present.run_id)
        scratch.building.parent.mkdir()
        shutil.copyfile(present.database, scratch.building)
        if (state.project / PARSED).exists():
            shutil.copytree(state.project / PARSED, scratch.project / PARSED)
        digest = compose_project(scratch.project, rules_dir)
        start_importing()
        changed, whole, is_by_rules = _prepare(scratch, Families(scratch.project), digest)
        if is_by_rules and same_logic(state.project, scratch.project):
            selected = selection(changed, whole, needed)
        else:
            selected = [f"+{name}" for name in needed]
        if selected:
            _build(scratch, selected, progress)
        other = Generation(f"{present.run_id}-compared", scratch.building.parent, present.manifest)
        yield SideBySide(present, other, changed, digest, whole, scratch.root)


def _require_room(folder: Path, present: Generation) -> None:
    needed, free = room_needed(present.database), room_left(folder)
    if needed > free:
        raise RunFailed(
            f"a comparison needs about {in_megabytes(needed)} on the disk of {folder.parent}, and "
            f"{in_megabytes(free)} are free; make room, or name another folder in TMPDIR"
        )


def _prepare(
    scratch: StateDirectory, families: Families, rules_digest: str
) -> tuple[list[str], list[BuiltWhole], bool]:
    """The seeds that changed, the kept tables that are built whole, and whether changed seeds
    account for every family of models that is another one now."""
    with duckdb.connect(str(scratch.building)) as connection:
        use_utc(connection)
        limit_memory(connection, scratch.root / "spill")
        confine(connection, scratch.project)
        changed = changed_seeds(connection, scratch.project / "seeds")
        before = dict(connection.execute("select family, digest from raw.rule_families").fetchall())
        is_by_rules = families.changed(before) <= families.reading(changed)
        whole = prepare_for_rules(connection, families, rules_digest)
        connection.execute("checkpoint")
    return changed, whole, is_by_rules


def _build(scratch: StateDirectory, selected: Sequence[str], progress: Progress) -> None:
    log = scratch.root / "build.log"
    command = ["build", "--exclude-resource-types", "test", "unit_test", "--select"]
    results = run_in_worker(
        run_dbt,
        scratch.project.relative_to(scratch.root),
        Path("runs"),
        [[*command, *selected]],
        log=log,
        report=lambda text: progress("build", text),
        folder=scratch.root,
        environment={DATABASE_VARIABLE: str(scratch.building.relative_to(scratch.root))},
    )
    bad = [result for result in results if result.is_bad]
    if bad:
        first = next((one for one in bad if one.status != "skipped"), bad[0])
        # The log goes with the folder, so what matters of it is said here.
        raise exhausted(str(first.message), f"building {first.name}") or RunFailed(
            f"dbt could not build {first.name} by these rules: "
            f"{shorten(str(first.message), MESSAGE_WIDTH)}; readers keep what they see"
        )
