"""Inputs kept as delivered, by the digest of their content."""

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath

from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.opening import GRANT, open_delivered
from lead_warehouse.mapping import Input
from lead_warehouse.state.layout import StateDirectory

COPY_BYTES = 1 << 20
DAMAGED = ".damaged"
"""Behind the name of a file whose content is no longer what it is named for."""

NOT_A_NAME = "its name, or that of its folder, is not UTF-8; rename it"


@dataclass(frozen=True)
class DeliveredFile:
    """What was found for an input: a file, or why one or a whole folder cannot be taken.

    Attributes:
        found_at: without any symlink on its way.
        name: path relative to the input folder, with forward slashes, as it can be printed.
        held_because: none for a file that may be opened.
    """

    found_at: Path
    name: str
    held_because: str | None = None

    @property
    def path(self) -> Path:
        """Where the file lies.

        Raises:
            HeldFile: it cannot be taken.
        """
        if self.held_because:
            raise HeldFile(self.held_because)
        return self.found_at


def find_files(one: Input, input_dir: Path) -> list[DeliveredFile]:
    """Files below ``input_dir`` that match the input's pattern, by name.

    Hidden folders and state directories are passed over, so that no warehouse lands what it wrote.
    What cannot be named or looked into is told, and costs nothing but itself.

    Raises:
        UserError: a match leads outside the input folder through a symlink, or the folder itself
            cannot be listed.
    """
    root = input_dir.resolve()
    found = _closed_folders(one.files, input_dir)
    for path in sorted(input_dir.glob(one.files)):
        if not _answers(Path.is_file, path) or _is_set_apart(path, input_dir):
            continue
        if not (resolved := path.resolve()).is_relative_to(root):
            raise UserError(f"{path} leads outside {input_dir}; copy the file there instead")
        name = path.relative_to(input_dir).as_posix()
        printable = _printable(name)
        found.append(DeliveredFile(resolved, printable, None if printable == name else NOT_A_NAME))
    return found


def _closed_folders(pattern: str, input_dir: Path) -> list[DeliveredFile]:
    """Folders that the pattern leads through and that cannot be looked into; a glob passes them
    over in silence."""
    closed = []
    for folder in sorted(_folders(pattern, input_dir)):
        if _is_set_apart(folder / "any", input_dir) or not (why := _why_closed(folder)):
            continue
        if folder == input_dir:
            raise UserError(f"{input_dir} cannot be listed ({why}); {GRANT}")
        name = f"{_printable(folder.relative_to(input_dir).as_posix())}/"
        reason = f"the folder cannot be listed ({why}), nor what lies in it; {GRANT}"
        closed.append(DeliveredFile(folder.resolve(), name, reason))
    return closed


def _folders(pattern: str, input_dir: Path) -> set[Path]:
    """Folders in which a pattern looks for files or for further folders."""
    parts = PurePosixPath(pattern).parts
    # Behind ** a pattern looks into no folder that ** has not reached.
    count = parts.index("**") + 1 if "**" in parts else len(parts) - 1
    starts = ("/".join(parts[:depth]) for depth in range(1, count + 1))
    below = {path for start in starts for path in input_dir.glob(start)}
    return {input_dir} | {path for path in below if _answers(Path.is_dir, path)}


def _why_closed(folder: Path) -> str | None:
    """Why the files of a folder cannot be listed, or not be reached by their names."""
    try:
        os.scandir(folder).close()
        (folder / StateDirectory.CONTROL).stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return error.strerror
    return None


def _answers(question: Callable[[Path], bool], path: Path) -> bool:
    """The answer of a path; no where its folder keeps it to itself, which is told of the folder."""
    try:
        return question(path)
    except PermissionError:
        return False


def _printable(name: str) -> str:
    """A name as text; bytes that are no UTF-8 are written as ``\\xff``."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _is_set_apart(path: Path, input_dir: Path) -> bool:
    folders = list(path.relative_to(input_dir).parents)[:-1]
    return any(
        folder.name.startswith(".")
        or _answers(Path.exists, input_dir / folder / StateDirectory.CONTROL)
        for folder in folders
    )


class Archive:
    """The landing folder: ``<first two digits>/<sha256>``, never changed once written.

    Args:
        rewritten: digest of each file from which somebody was erased, to what took its place. Such
            a file is known when it is delivered again, and not taken again.
    """

    def __init__(self, folder: Path, rewritten: Mapping[str, str] | None = None):
        self.folder = folder
        self._digested: set[str] = set()
        self._rewritten = dict(rewritten or {})

    def forget(self, digest: str, successor: str) -> None:
        """Remove a file that another one took the place of."""
        self.path(digest).unlink(missing_ok=True)
        self._digested.discard(digest)
        self._rewritten = {
            old: successor if new == digest else new for old, new in self._rewritten.items()
        } | {digest: successor}

    def path(self, digest: str) -> Path:
        """Where the file of a digest lies.

        Raises:
            LeadWarehouseError: it is no digest, so the ledger or manifest it comes from is damaged.
        """
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise LeadWarehouseError(
                f"'{digest[:80]}' is no digest of a file; move control.sqlite away, the next "
                "refresh makes it anew from what is published"
            )
        return self.folder / digest[:2] / digest

    def whole(self, digest: str) -> Path:
        """Where the file of a digest lies, once it is sure that it is that file still.

        A disk may turn bits of a file that was taken long ago; landed anew, it would give records
        that nobody delivered. Such a file is set aside, so that it is taken again when it is
        delivered again.

        Raises:
            HeldFile: it is gone, or its content is not what it was.
        """
        path = self.path(digest)
        if digest in self._digested:
            return path
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise HeldFile(f"missing from the archive ({digest[:12]}); deliver it again") from None
        if found != digest:
            path.rename(path.with_name(f"{digest}{DAMAGED}"))
            raise HeldFile(
                f"damaged in the archive ({digest[:12]}), and set aside; restore it or deliver it "
                "again"
            )
        self._digested.add(digest)
        return path

    def keep(self, delivered: DeliveredFile, expected: str | None = None) -> str:
        """Copy a file into the archive and return its digest.

        Args:
            expected: what the file held when it was last looked at. If it does still, it is read
                and not copied; any other file is read once, while it is copied.

        Raises:
            HeldFile: the file is gone, was exchanged, or changed while it was copied.
        """
        with open_delivered(delivered.path) as file:
            before = os.fstat(file.fileno())
            if (
                expected
                and self.holds(expected, before.st_size)
                and hashlib.file_digest(file, "sha256").hexdigest() == expected
            ):
                return expected
            file.seek(0)
            return self._copy(file, before)

    def _copy(self, file: BufferedReader, before: os.stat_result) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".partial-{os.getpid()}"
        try:
            digest = _copy_and_digest(file, partial)
            after = os.fstat(file.fileno())
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise HeldFile("still being written; it is taken once it no longer changes")
            if digest in self._rewritten:
                return self._rewritten[digest]
            if self.holds(digest, after.st_size):
                return digest
            kept = self.path(digest)
            kept.parent.mkdir(exist_ok=True)
            os.utime(partial, ns=(after.st_atime_ns, after.st_mtime_ns))
            _sync(partial)
            partial.chmod(0o444)
            os.replace(partial, kept)
            self._digested.add(digest)
            return digest
        finally:
            partial.unlink(missing_ok=True)

    def holds(self, digest: str, size: int) -> bool:
        """Whether a file of this digest and size lies here, whole as far as that tells."""
        try:
            # What took a file's place has another size than what is delivered.
            is_other = digest in self._rewritten.values()
            return self.path(digest).stat().st_size == size or is_other
        except FileNotFoundError:
            return False


def _copy_and_digest(file: BufferedReader, target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as writer:
        while block := file.read(COPY_BYTES):
            digest.update(block)
            writer.write(block)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
