"""What a generation was built from, so that a refresh that finds the same need not build.

What models make follows from what has landed, the instant they speak for, rules, models, checks and
the program. The manifest of a generation names each by a digest, taken before anything was built.
The next refresh takes them again once it has landed and checked: where all are the same, it would
build what readers have. Whatever is in doubt counts as another.

No setting of the environment is among them: those change what may land, which is told by what has
landed, or how much memory is used.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

import duckdb

from lead_warehouse import PROJECT_DIR
from lead_warehouse.contract.raw_schema import ACCOUNTS
from lead_warehouse.mapping import Mapping
from lead_warehouse.refresh.base import Base
from lead_warehouse.refresh.context import RefreshContext
from lead_warehouse.refresh.project import PARTS
from lead_warehouse.sql import identifier
from lead_warehouse.state.engine import STORAGE_VERSION
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.hold import Hold

Premises = dict[str, str]
"""Each thing that a build follows from, by name, as a digest or in words."""

KEY = "premises"
"""In a manifest."""

CHANGED = {
    "landed": "what has landed is not the same (files, or what readers were first shown)",
    "instant": "it speaks for another instant",
    "mapping": "the mapping changed",
    "rules": "rules or reference data changed",
    "models": "models, macros or tests of the project changed",
    "checks": "expectations or limits of change changed",
    "program": "the program or an engine is another one",
    "erasures": "persons were erased",
}
"""Why to build, by the premise that is not what it was."""

OF_THE_PROJECT = ("rules", "models", "program")
"""Premises that seeds and views follow from: neither holds anything of what has landed."""

SAID_ELSEWHERE = ("refresh_context", "rule_families", "new_files")
"""Accounts left out of the digest of what has landed: the instant and the models are premises of
their own, and which files are new says how tables are carried on, never what they hold."""

COLUMNS = {
    # A held file is looked at anew by each refresh.
    "landed_files": "* replace (case when status = 'landed' then received_at end as received_at)",
    # File and line tell the bytes, which may be many.
    "quarantined_rows": "* exclude (raw_record)",
}
"""What is taken of an account, where that is not all."""

PACKAGES = ("dbt-core", "dbt-adapters", "dbt-duckdb", "duckdb", "great-expectations")


def landed_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """Digest of every account of landing.

    Landed records are told by them, so none of those is read: each file by its digest, the digest
    of its mapping and its counts; each record that is out, and each table's rows.
    """
    digest = hashlib.sha256()
    accounts = [("raw", name) for name in sorted(set(ACCOUNTS) - set(SAID_ELSEWHERE))]
    for schema, name in [*accounts, ("landed", "files")]:
        row = connection.execute(
            "select count(*), coalesce(sum(cast(hash(account) as hugeint)), 0) "
            f"from (select {COLUMNS.get(name, '*')} from {schema}.{identifier(name)}) as account"
        ).fetchone()
        digest.update(f"{schema}.{name} {row}\n".encode())
    return digest.hexdigest()


def premises_of(
    project: Path,
    mapping: Mapping,
    context: RefreshContext,
    *,
    landed: str,
    erasures: Iterable[str],
    checkout: Path = PROJECT_DIR,
) -> Premises:
    """All that a build follows from.

    Args:
        project: the dbt project of the run, with the rules in force.
        landed: digest of what has landed.
        erasures: ids of the erasures asked for so far.
        checkout: where the program and the expectations lie.
    """
    given = "given" if context.is_as_of_given else "latest"
    return {
        "landed": landed,
        "instant": f"{context.as_of} {given}, known by {context.known_by}",
        "mapping": _digest([mapping.model_dump_json()]),
        "rules": _digest(_files(project, ["seeds"])),
        "models": _digest(_files(project, PARTS)),
        "checks": _digest(_files(checkout, ["quality"])),
        "program": _digest([*_versions(), *_files(checkout, ["lead_warehouse"])]),
        "erasures": _digest(sorted(erasures)),
    }


def why_build(
    premises: Premises,
    base: Base,
    generations: Generations,
    *,
    context: RefreshContext,
    hold: Hold | None,
    accepted: Sequence[str] = (),
    is_full: bool = False,
) -> list[str]:
    """Why a refresh has to build, a sentence each; nothing where readers have what it would build.

    Args:
        base: what the build at hand is a copy of.
        hold: the hold on publishing: what readers were returned to is not to be left standing
            without a person's word.
        accepted: tables whose change is let through, which only a build can show.
        is_full: whether somebody asks to build all the same.
    """
    reasons = []
    if is_full:
        reasons.append("a full refresh was asked for")
    if accepted:
        reasons.append("changes were let through")
    if context.is_past:
        reasons.append("it is a rebuild of the past")
    if hold is not None:
        reasons.append("publishing is on hold")
    current = generations.current_id()
    if current is None:
        return [*reasons, "nothing was published"]
    if base.passed_over or base.run_id != current:
        return [*reasons, "what readers see could not be built upon"]
    before = generations.find(current).manifest.get(KEY)
    if not isinstance(before, dict):
        return [*reasons, f"{current} does not say what it was built from"]
    return reasons + differences(before, premises)


def is_same_project(manifest: dict[str, Any], now: Premises) -> bool:
    """Whether a generation was built by the rules, models and program of now."""
    before = manifest.get(KEY)
    return isinstance(before, dict) and all(before.get(one) == now[one] for one in OF_THE_PROJECT)


def differences(before: Premises, now: Premises) -> list[str]:
    """What is not as it was, a sentence each; a premise that only one of them knows counts too."""
    names = [name for name in {**now, **before} if before.get(name) != now.get(name)]
    return [CHANGED.get(name, f"{name} is not the same") for name in names]


def _files(folder: Path, parts: Iterable[str]) -> Iterator[str | bytes]:
    """Name and content of every file of some parts of a folder."""
    for part in parts:
        path = folder / part
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(folder).as_posix()
                yield file.read_bytes()


def _versions() -> list[str]:
    packages = [f"{name} {version(name)}" for name in PACKAGES]
    return [f"python {python_version()}", f"storage {STORAGE_VERSION}", *packages]


def _digest(told: Iterable[str | bytes]) -> str:
    digest = hashlib.sha256()
    for one in told:
        content = one if isinstance(one, bytes) else one.encode()
        # With its length, so that no two lists run into the same bytes.
        digest.update(f"{len(content)}\n".encode() + content)
    return digest.hexdigest()
