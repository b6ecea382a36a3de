"""What a build starts from: a copy of the published file, read whole and found unharmed."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from lead_warehouse.failpoints import failpoint
from lead_warehouse.state.generations import Generation, Generations, refuse_stale_log

COPY_BYTES = 1 << 23


@dataclass(frozen=True)
class Base:
    """What a build starts from.

    Attributes:
        run_id: the generation copied; none for a build from nothing, all files landing again.
        passed_over: damaged generations that were not used, a sentence each.
    """

    run_id: str | None
    passed_over: list[str]


def copy_base(
    generations: Generations,
    good_runs: Collection[str],
    building: Path,
    progress: Callable[[str], None],
) -> Base:
    """Copy the published generation, or the newest good one before it, to ``building``.

    What a rollback took from readers is passed over. What a damaged generation had lands again from
    the archive, so that even a build from nothing ends with the same rows.

    Args:
        good_runs: runs that readers were pointed to, and that no rollback took from them.

    Raises:
        RunFailed: a write-ahead log lies beside the published file.
    """
    passed_over: list[str] = []
    current = generations.current_id()
    if current is not None:
        refuse_stale_log(generations.state.current / building.name)
        for generation in _candidates(generations, current, good_runs):
            progress(f"copying {generation.run_id}")
            damage = _copy(generation, building)
            if damage is None:
                return Base(generation.run_id, passed_over)
            building.unlink(missing_ok=True)
            passed_over.append(
                f"generation {generation.run_id} is damaged and not built upon: {damage}"
            )
        if not passed_over:
            passed_over.append(f"the published generation {current} is gone or cannot be read")
    return Base(None, passed_over)


def file_digest(database: Path) -> str:
    """SHA-256 of a file."""
    with database.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _candidates(
    generations: Generations, current: str, good_runs: Collection[str]
) -> Iterator[Generation]:
    for one in generations.all():
        if one.run_id == current or (
            one.run_id < current and one.run_id in good_runs and not one.manifest["is_past"]
        ):
            yield one


def _copy(generation: Generation, building: Path) -> str | None:
    """Copy a file and say what is wrong with it; none when it is what its manifest says."""
    digest = hashlib.sha256()
    try:
        source = generation.database.open("rb")
    except OSError as error:
        return f"{generation.database}: {error.strerror}"
    with source, building.open("wb") as target:
        while block := source.read(COPY_BYTES):
            digest.update(block)
            target.write(block)
            failpoint("copying")
    told = generation.manifest.get("file", {}).get("sha256")
    # Generations of earlier versions have no digest of their file.
    if told is not None and told != digest.hexdigest():
        return f"{generation.database} is not what its manifest says (SHA-256)"
    return None
