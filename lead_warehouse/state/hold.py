"""A hold on publishing, placed by a rollback: what was taken from readers must not come back by
itself with the next refresh.

It lies in ``hold.json`` beside the pointer and outlives the ledger.
"""

import getpass
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from lead_warehouse.clock import utc_now
from lead_warehouse.state.layout import StateDirectory


@dataclass(frozen=True)
class Hold:
    """Why nothing is published for now.

    Attributes:
        since: ISO instant in UTC.
        by: user of the system who rolled back.
        left: run readers were taken from.
        returned_to: run they were returned to.
    """

    since: str
    by: str
    left: str
    returned_to: str

    def __str__(self) -> str:
        return (
            f"on hold since {self.since[:19].replace('T', ' ')}, when {self.by} rolled back from "
            f"{self.left} to {self.returned_to}"
        )


def read_hold(state: StateDirectory) -> Hold | None:
    """The hold in force; none when publishing is free.

    A file that cannot be read counts as a hold: whoever placed it did not want to publish.
    """
    try:
        told = json.loads(state.hold.read_text(encoding="utf-8"))
        return Hold(told["since"], told["by"], told["left"], told["returned_to"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Hold("(unknown)", "someone", "(unknown)", "(unknown)")


def place_hold(state: StateDirectory, left: str, returned_to: str) -> Hold:
    """Put publishing on hold, atomically; a hold already there is replaced."""
    hold = Hold(utc_now().isoformat(), who(), left, returned_to)
    partial = state.hold.with_name(f".hold-{os.getpid()}")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(asdict(hold), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, state.hold)
    sync_folder(state.root)
    return hold


def lift_hold(state: StateDirectory) -> None:
    """Let refreshes publish again."""
    state.hold.unlink(missing_ok=True)
    sync_folder(state.root)


def who() -> str:
    """The user of the system who runs this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def sync_folder(folder: Path) -> None:
    """Have the disk know a folder's entries, so that a power cut takes none back."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
