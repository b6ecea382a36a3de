"""Whether somebody has a database open, asked without getting in anyone's way."""

import fcntl
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path

_IS_LINUX = sys.platform == "linux"
_FLOCK = "hhqqi4x"
"""Linux's ``struct flock``: type, whence, start, length, process."""


def is_being_read(database: Path) -> bool:
    """Whether any process, this one included, has the database open.

    DuckDB readers hold a POSIX read lock. The question takes no lock itself, so that a reader who
    opens the file at that moment is not turned away.
    """
    try:
        # A process does not see its own locks, and would lose them by closing a second handle.
        if _is_open_here(database):
            return True
        with database.open("rb") as file:
            return _is_locked(file.fileno())
    except FileNotFoundError:
        return False


def _is_open_here(database: Path) -> bool:
    asked = database.stat()
    for handle in Path("/dev/fd").iterdir():
        with suppress(OSError):
            found = os.fstat(int(handle.name))
            if (found.st_dev, found.st_ino) == (asked.st_dev, asked.st_ino):
                return True
    return False


def _is_locked(descriptor: int) -> bool:
    if not _IS_LINUX:
        # The structure differs. Counted as read: what is kept too long costs disk only.
        return True
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    answer = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    return bool(answer[0] != fcntl.F_UNLCK)
