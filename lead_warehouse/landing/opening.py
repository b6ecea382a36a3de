"""Open a delivered file, and be sure that it is the one that was looked at."""

import os
import stat
from io import BufferedReader
from pathlib import Path

from lead_warehouse.landing.held import HeldFile

GRANT = "let the user who refreshes read it"
SWAPPED = "was exchanged for {} while it was looked at; deliver it again"


def open_delivered(path: Path) -> BufferedReader:
    """Open a file for reading by its resolved path, which lies below the input folder.

    Between a look at a folder and the opening of what was seen there, whoever delivers files could
    put a symlink in place of a file or of a folder on the way, and have any file read that this
    process may read. So no symlink is followed here, and what was opened is compared with what
    lies under the path afterwards.

    Raises:
        HeldFile: the path leads elsewhere now, or to no regular file, or may not be read.
    """
    try:
        # O_NONBLOCK: a pipe without a writer would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise HeldFile("is gone since it was looked at; deliver it again") from None
    except PermissionError as error:
        raise HeldFile(f"cannot be opened ({error.strerror}); {GRANT}") from None
    except OSError:
        if not path.is_symlink():
            raise
        raise HeldFile(SWAPPED.format("a symlink")) from None
    try:
        opened = os.fstat(descriptor)
        if not stat.S_ISREG(opened.st_mode):
            raise HeldFile(SWAPPED.format("what is no file"))
        if path.resolve() != path or not os.path.samestat(opened, path.stat()):
            raise HeldFile(SWAPPED.format("another file"))
    except FileNotFoundError:
        os.close(descriptor)
        raise HeldFile("is gone since it was looked at; deliver it again") from None
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")
