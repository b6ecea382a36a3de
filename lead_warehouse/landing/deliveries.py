"""What lies in the input folder now: each file looked at, settled, and kept in the archive.

A file that has not changed since it was last looked at is not read again, however many there are.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lead_warehouse.clock import file_clock_ns
from lead_warehouse.errors import UserError
from lead_warehouse.landing.archive import Archive, DeliveredFile, find_files
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.mapping import Mapping
from lead_warehouse.state.seen_files import SeenFile, SeenFiles, Stamp

SETTLE_VARIABLE = "LEAD_WAREHOUSE_SETTLE_SECONDS"
"""Takes the place of every ``settle_seconds`` of a mapping."""

GONE = "gone while it was looked at; deliver it again"
NS = 1_000_000_000


@dataclass(frozen=True)
class Delivery:
    """What an input delivers, a file or a snapshot: its digest, or why it cannot be taken now."""

    name: str
    file_digest: str = ""
    held_because: str | None = None


@dataclass
class _Look:
    """A file as it was looked at, and what became of it.

    Attributes:
        at: when, by the clock that stamps files; before ``stamp`` was read.
    """

    file: DeliveredFile
    settle_ns: int
    at: int
    stamp: Stamp | None
    held_because: str | None = None

    def again(self) -> None:
        """Look once more; a file that changed meanwhile, or went, is held."""
        first, seconds = self.stamp, self.at
        self.at, self.stamp = file_clock_ns(), _stamp(self.file.path)
        if first is None or self.stamp is None:
            self.held_because = GONE
        elif first != self.stamp:
            self.held_because = (
                f"still being written ({first.size:,} bytes, then {self.stamp.size:,} bytes "
                f"{(self.at - seconds) / NS:.1f} seconds later); it is taken once it no longer "
                "changes"
            )


def collect(
    mapping: Mapping,
    input_dir: Path,
    archive: Archive,
    seen: SeenFiles | None,
    progress: Callable[[str], None],
) -> dict[str, list[Delivery]]:
    """Look at the files of every input of files, and keep what is new in the archive.

    Args:
        seen: what they held when they were last looked at; none to read them all.

    Returns:
        input name to its files, in order of name.

    Raises:
        UserError: a file leads outside the folder, or a setting is wrong.
    """
    inputs = [one for one in mapping.inputs if one.form != "table"]
    found = {one.name: find_files(one, input_dir) for one in inputs}
    known = seen.of(input_dir) if seen else {}
    looks: dict[DeliveredFile, _Look] = {}
    for one in inputs:
        settle_ns = int(settle_seconds(mapping.completeness_of(one).settle_seconds) * NS)
        for file in found[one.name]:
            if file.held_because:
                continue
            look = looks.setdefault(
                file, _Look(file, settle_ns, file_clock_ns(), _stamp(file.path))
            )
            look.settle_ns = max(look.settle_ns, settle_ns)
    _settle([look for look in looks.values() if not _is_known(look, known)], progress)
    kept = {file: _keep(look, known.get(file.name), archive) for file, look in looks.items()}
    if seen:
        seen.replace(
            input_dir,
            {
                file.name: _as_seen(look, kept[file])
                for file, look in looks.items()
                if look.stamp and kept[file].file_digest
            },
        )
    return {
        name: [
            kept.get(file) or Delivery(file.name, held_because=file.held_because) for file in files
        ]
        for name, files in found.items()
    }


def settle_seconds(declared: float) -> float:
    """Seconds a file must have lain unchanged; the environment's where it says so.

    Raises:
        UserError: the environment does not name a number of seconds.
    """
    text = os.environ.get(SETTLE_VARIABLE)
    if text is None:
        return declared
    try:
        seconds = float(text)
        if not 0 <= seconds <= 3600:
            raise ValueError
    except ValueError:
        raise UserError(
            f"{SETTLE_VARIABLE}: '{text}' is no number of seconds from 0 to 3600"
        ) from None
    return seconds


def _settle(looks: list[_Look], progress: Callable[[str], None]) -> None:
    """Wait, once for all, until the youngest has lain long enough; then look at the young again."""
    now = file_clock_ns()
    waits = {}
    for index, look in enumerate(looks):
        # A time that lies ahead tells no age: such a file is watched for the whole span.
        age = max(now - look.stamp.modified_ns, 0) if look.stamp else 0
        if age < look.settle_ns:
            waits[index] = look.settle_ns - age
    if not waits:
        return
    progress(f"waiting for {len(waits)} fresh files to settle")
    time.sleep(max(waits.values()) / NS)
    for index in waits:
        looks[index].again()


def _keep(look: _Look, known: SeenFile | None, archive: Archive) -> Delivery:
    name = look.file.name
    if look.held_because or look.stamp is None:
        return Delivery(name, held_because=look.held_because or GONE)
    if known and known.is_still(look.stamp) and archive.holds(known.file_digest, look.stamp.size):
        return Delivery(name, known.file_digest)
    try:
        expected = known.file_digest if known and known.stamp.size == look.stamp.size else None
        digest = archive.keep(look.file, expected)
        if _stamp(look.file.path) != look.stamp:
            look.again()
            return Delivery(name, held_because=look.held_because)
        return Delivery(name, digest)
    except HeldFile as held:
        return Delivery(name, held_because=str(held))
    except FileNotFoundError as error:
        if error.filename and Path(error.filename) == look.file.path:
            return Delivery(name, held_because=GONE)
        raise


def _as_seen(look: _Look, delivery: Delivery) -> SeenFile:
    assert look.stamp is not None
    return SeenFile(look.stamp, delivery.file_digest, look.at)


def _is_known(look: _Look, known: dict[str, SeenFile]) -> bool:
    before = known.get(look.file.name)
    return bool(before and look.stamp and before.is_still(look.stamp))


def _stamp(path: Path) -> Stamp | None:
    try:
        return Stamp.of(path)
    except (FileNotFoundError, PermissionError):
        return None
