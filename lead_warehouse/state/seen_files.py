"""What delivered files held when they were last looked at, so that they need not be read again.

A memory, not a record: whatever is missing or in doubt is read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lead_warehouse.state.sqlite_file import reading, writing

SCHEMA = """
create table if not exists seen_files (
    folder text not null,
    name text not null,
    size integer not null,
    modified_ns integer not null,
    changed_ns integer not null,
    inode integer not null,
    device integer not null,
    file_digest text not null,
    seen_ns integer not null,
    primary key (folder, name)
);
"""

MARGIN_NS = 2_000_000_000
"""A file changed this shortly before it was looked at may have changed again within one tick of its
file system's clock, and nothing about it would show."""


@dataclass(frozen=True)
class Stamp:
    """What tells a file's states apart without reading it."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, path: Path) -> "Stamp":
        status = path.stat()
        return cls(
            status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev
        )


@dataclass(frozen=True)
class SeenFile:
    """A file as it was at ``seen_ns`` (nanoseconds since 1970), just before it was read."""

    stamp: Stamp
    file_digest: str
    seen_ns: int

    def is_still(self, stamp: Stamp) -> bool:
        """Whether a file stamped so now must hold what it held then."""
        settled = max(stamp.modified_ns, stamp.changed_ns) + MARGIN_NS < self.seen_ns
        return stamp == self.stamp and settled


class SeenFiles:
    """The files seen in input folders, in ``control.sqlite``."""

    def __init__(self, path: Path):
        self.path = path

    def of(self, folder: Path) -> dict[str, SeenFile]:
        """Name to file, of those seen below ``folder``."""
        with reading(self.path, SCHEMA) as connection:
            rows = connection.execute(
                "select name, size, modified_ns, changed_ns, inode, device, file_digest, seen_ns "
                "from seen_files where folder = ?",
                (str(folder.resolve()),),
            ).fetchall()
        return {name: SeenFile(Stamp(*stamp), digest, at) for name, *stamp, digest, at in rows}

    def replace(self, folder: Path, files: Mapping[str, SeenFile]) -> None:
        """Remember ``files`` of a folder and forget the others."""
        root = str(folder.resolve())
        rows = [
            (
                *(root, name, one.stamp.size, one.stamp.modified_ns, one.stamp.changed_ns),
                *(one.stamp.inode, one.stamp.device, one.file_digest, one.seen_ns),
            )
            for name, one in files.items()
        ]
        with writing(self.path, SCHEMA) as connection:
            connection.execute("delete from seen_files where folder = ?", (root,))
            connection.executemany(
                "insert into seen_files values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
