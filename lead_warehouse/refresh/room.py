"""Whether the disk has room for a refresh, and errors that say it has not."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lead_warehouse.errors import RunFailed, UserError

FACTOR_VARIABLE = "LEAD_WAREHOUSE_ROOM"
"""How many times the published file must fit; 0 looks at nothing."""

DEFAULT_FACTOR = 2.0
LEAST_BYTES = 32 << 20
"""For what a refresh writes beside the build: logs, reports, the project."""

_FULL = ("no space left on device", "disk is full", "disk quota exceeded")


def require_room(root: Path, published: Path | None) -> None:
    """Refuse to start what would only fill the disk.

    Raises:
        RunFailed: with the figures.
        UserError: ``LEAD_WAREHOUSE_ROOM`` is no number.
    """
    needed, free = room_needed(published), room_left(root)
    if needed > free:
        raise RunFailed(
            f"a refresh needs about {in_megabytes(needed)} on the disk of {root}, and "
            f"{in_megabytes(free)} are free; make room (`lead-warehouse generations` lists what is "
            f"kept, refresh --keep keeps fewer), or set {FACTOR_VARIABLE} to less than "
            f"{_factor():,}; readers keep the published generation"
        )


def require_room_to_erase(root: Path, databases: Iterable[Path]) -> None:
    """Refuse to start an erasure that would only fill the disk: generations are written anew one
    after the other, a copy and what is made of it at a time.

    Raises:
        RunFailed: with the figures.
        UserError: ``LEAD_WAREHOUSE_ROOM`` is no number.
    """
    largest = max(databases, key=lambda one: one.stat().st_size, default=None)
    needed, free = room_needed(largest), room_left(root)
    if needed > free:
        raise RunFailed(
            f"an erasure needs about {in_megabytes(needed)} on the disk of {root}, and "
            f"{in_megabytes(free)} are free; nothing was changed: make room (refresh --keep keeps "
            f"fewer generations), or set {FACTOR_VARIABLE} to less than {_factor():,}, and erase "
            "again"
        )


def room_needed(published: Path | None) -> int:
    """Bytes a refresh is expected to write: the copy, and what it grows to."""
    return _bytes_for(published, _factor())


def _bytes_for(published: Path | None, factor: float) -> int:
    if factor == 0:
        return 0
    size = published.stat().st_size if published is not None and published.exists() else 0
    return int(size * factor) + LEAST_BYTES


def room_left(root: Path) -> int:
    """Bytes that may still be written below a folder."""
    return shutil.disk_usage(root).free


@contextmanager
def full_disk_in_words(
    root: Path, published: Path | None, remedy: str | None = None
) -> Iterator[None]:
    """Turn an error of a full disk, whoever raised it, into a line with the remedy.

    Args:
        remedy: what to do once there is room; by default what a refresh says.

    Raises:
        RunFailed: the disk is full.
    """
    try:
        yield
    except Exception as error:
        if not is_disk_full(error):
            raise
        needed = in_megabytes(_bytes_for(published, DEFAULT_FACTOR))
        remedy = remedy or (
            f"a refresh needs about {needed}: make room and refresh again; "
            "readers keep the published generation"
        )
        raise RunFailed(
            f"the disk of {root} is full ({in_megabytes(room_left(root))} free after clearing up); "
            f"{remedy}"
        ) from error


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, of the system, DuckDB, SQLite or a step's process, says so."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(words in str(error).lower() for words in _FULL)


def in_megabytes(size: int) -> str:
    """A number of bytes as people read it."""
    return f"{size / 1e6:,.0f} MB"


def _factor() -> float:
    told = os.environ.get(FACTOR_VARIABLE)
    try:
        factor = DEFAULT_FACTOR if told is None else float(told)
    except ValueError:
        factor = -1
    if not 0 <= factor < float("inf"):
        raise UserError(f"{FACTOR_VARIABLE}: '{told}' is not a number such as 2 or 0.5")
    return factor
