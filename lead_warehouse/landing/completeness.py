"""Whether a newly delivered file is whole, by what its series usually holds."""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.load_file import FileAccount
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.mapping.expectations import Completeness

DELIVERIES = 5
"""How many earlier files say what is usual."""


@dataclass(frozen=True)
class Earlier:
    """A file of the same input that landed in an earlier refresh, the latest first."""

    name: str
    records: int


@dataclass
class LetThrough:
    """What a person said may land although it looks incomplete.

    Attributes:
        names: files by name, as asked for in this refresh.
        contents: input and digest of files let through in earlier refreshes.
        used: file and what would have held it, of each let through now by its name.
    """

    names: frozenset[str] = frozenset()
    contents: set[tuple[str, str]] = field(default_factory=set)
    used: list[tuple[ArchivedFile, str]] = field(default_factory=list)

    def allows(self, file: ArchivedFile, reason: str) -> bool:
        """Whether a file may land, noting that its name was of use."""
        if (file.input_name, file.file_digest) in self.contents:
            return True
        if file.file_name in self.names:
            self.used.append((file, reason))
            return True
        return False


def judge(
    account: FileAccount,
    earlier: Iterable[Earlier],
    expected: Completeness,
    let_through: LetThrough,
    rows: int | None = None,
) -> None:
    """Hold a file that is empty, or far smaller than the files before it in its series.

    Args:
        rows: of a snapshot of a table, all its rows; its account is of those that differ.

    Raises:
        HeldFile: with the figures, and how to let the file through.
    """
    records = account.records - account.blank if rows is None else rows
    reason = incomplete_because(account.file.file_name, records, earlier, expected)
    if reason and not let_through.allows(account.file, reason):
        raise HeldFile(
            f"{reason}; deliver it again, or let it through with "
            f"refresh --accept {shlex.quote(account.file.file_name)}"
        )


def incomplete_because(
    name: str, records: int, earlier: Iterable[Earlier], expected: Completeness
) -> str | None:
    """Why a file does not seem whole, with the figures; none where nothing speaks against it."""
    counts = [one.records for one in in_series(name, earlier)]
    if not counts:
        return None
    usual = median(counts)
    figures = f"where {usual:,.{1 if usual % 1 else 0}f} are usual ({_of(len(counts))})"
    if records == 0:
        if expected.when_empty == "accept":
            return None
        # A series that is small and was empty before may be empty again.
        is_odd = min(counts) > 0 or usual >= expected.from_records
        return f"no records {figures}" if is_odd else None
    if usual >= expected.from_records and records < expected.min_share * usual:
        return f"{records:,} record{'s' * (records != 1)} {figures}"
    return None


def in_series(name: str, earlier: Iterable[Earlier]) -> list[Earlier]:
    """The latest files of the same name; where there are none, of the same name up to digits."""
    known = list(earlier)
    same = [one for one in known if one.name == name]
    alike = [one for one in known if _series(one.name) == _series(name)]
    return (same or alike)[:DELIVERIES]


def _series(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def _of(deliveries: int) -> str:
    return f"median of {deliveries} deliveries" if deliveries > 1 else "1 delivery"
