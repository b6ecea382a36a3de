"""Files as they lie in the folder: settled, read once, and not read again; row 20 of the matrix."""

import errno
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from lead_warehouse.clock import file_clock_ns
from lead_warehouse.errors import UserError
from lead_warehouse.landing import archive as archive_module
from lead_warehouse.landing import deliveries as deliveries_module
from lead_warehouse.landing.archive import Archive, DeliveredFile
from lead_warehouse.landing.deliveries import SETTLE_VARIABLE, Delivery, collect
from lead_warehouse.mapping import Mapping
from lead_warehouse.state.seen_files import SeenFiles
from tests.unit.landing.test_land import a_mapping, an_input

SECOND = 1_000_000_000


def _name_of(file: IO[bytes]) -> str:
    """Opened by its descriptor, a file does not know its name."""
    return Path(os.readlink(f"/proc/self/fd/{file.fileno()}")).name


class Folder:
    """An input folder with a clock and a sleep of its own, and a count of what is read."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.inputs = root / "in"
        self.inputs.mkdir()
        self.archive = Archive(root / "landing")
        self.seen = SeenFiles(root / "control.sqlite")
        self.read: list[str] = []
        self.slept: list[float] = []
        self.lines: list[str] = []
        self.while_asleep: Callable[[], object] = lambda: None
        self._later = 0
        patch.setattr(deliveries_module, "file_clock_ns", self.now)
        patch.setattr(time, "sleep", self._sleep)
        copy, digest = archive_module._copy_and_digest, hashlib.file_digest
        patch.setattr(
            archive_module,
            "_copy_and_digest",
            lambda file, target: self._note(_name_of(file)) or copy(file, target),
        )
        patch.setattr(
            hashlib,
            "file_digest",
            lambda file, kind: self._note(_name_of(file)) or digest(file, kind),
        )

    def deliver(self, name: str, content: str = "id\n1\n", age: float = 3600) -> Path:
        path = self.inputs / name
        path.write_text(content, encoding="utf-8")
        at = self.now() - int(age * SECOND)
        os.utime(path, ns=(at, at))
        return path

    def collect(self, mapping: Mapping | None = None) -> list[Delivery]:
        found = collect(
            mapping or a_mapping(), self.inputs, self.archive, self.seen, self.lines.append
        )
        return [delivery for each in found.values() for delivery in each]

    def now(self) -> int:
        return file_clock_ns() + self._later

    def wait(self, seconds: float) -> None:
        self._later += int(seconds * SECOND)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.wait(seconds)
        self.while_asleep()

    def _note(self, name: str) -> bool:
        self.read.append(name)
        return False


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.delenv(SETTLE_VARIABLE)
    return Folder(tmp_path, monkeypatch)


def held(found: list[Delivery]) -> dict[str, str]:
    return {one.name: one.held_because for one in found if one.held_because}


# Settling


def test_fault_20_a_file_that_grows_while_it_is_watched_is_held(folder: Folder) -> None:
    growing = folder.deliver("leads1.csv", "id\n1\n", age=0.5)
    folder.deliver("leads2.csv", "id\n2\n", age=0.5)
    folder.while_asleep = lambda: folder.deliver("leads1.csv", "id\n1\n3\n", age=0)
    found = folder.collect()
    assert list(held(found)) == ["leads1.csv"]
    assert "still being written (5 bytes, then 7 bytes 1." in held(found)["leads1.csv"]
    assert folder.read == ["leads2.csv"]
    folder.while_asleep = lambda: None
    assert held(folder.collect()) == {}
    assert growing.exists()


def test_fault_20_one_wait_for_all_and_no_longer_than_the_youngest_needs(folder: Folder) -> None:
    for number, age in enumerate((0.5, 1.0, 1.5, 60)):
        folder.deliver(f"leads{number}.csv", f"id\n{number}\n", age=age)
    folder.collect()
    (slept,) = folder.slept
    assert slept == pytest.approx(1.5, abs=0.2)
    assert folder.lines == ["waiting for 3 fresh files to settle"]


def test_fault_20_a_file_rewritten_with_as_many_bytes_is_held(folder: Folder) -> None:
    folder.deliver("leads.csv", "id\n1\n", age=0.5)
    folder.while_asleep = lambda: folder.deliver("leads.csv", "id\n2\n", age=0)
    assert list(held(folder.collect())) == ["leads.csv"]


def test_fault_20_a_file_that_grows_right_after_it_was_copied_is_held(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.deliver("leads.csv", "id\n1\n")
    keep = folder.archive.keep

    def keep_and_grow(file: DeliveredFile, expected: str | None = None) -> str:
        digest = keep(file, expected)
        with path.open("a", encoding="utf-8") as growing:
            growing.write("2\n")
        return digest

    monkeypatch.setattr(folder.archive, "keep", keep_and_grow)
    assert list(held(folder.collect())) == ["leads.csv"]
    assert folder.seen.of(folder.inputs) == {}


def test_old_files_wait_for_nothing(folder: Folder) -> None:
    folder.deliver("leads.csv", age=2.5)
    assert held(folder.collect()) == {}
    assert folder.slept == []


def test_a_time_that_lies_ahead_is_watched_for_the_whole_span(folder: Folder) -> None:
    folder.deliver("leads.csv", age=-86_400)
    assert held(folder.collect()) == {}
    assert folder.slept == [pytest.approx(2, abs=0.01)]


def test_a_file_taken_away_while_it_is_watched_is_told(folder: Folder) -> None:
    path = folder.deliver("leads.csv", age=0)
    folder.while_asleep = path.unlink
    assert held(folder.collect()) == {"leads.csv": "gone while it was looked at; deliver it again"}


def test_each_input_has_its_own_span_and_the_environment_comes_before_all(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = a_mapping(an_input(completeness={"settle_seconds": "10"}))
    folder.deliver("leads.csv", age=5)
    folder.collect(slow)
    assert folder.slept == [pytest.approx(5, abs=0.2)]
    monkeypatch.setenv(SETTLE_VARIABLE, "0")
    folder.deliver("leads.csv", "id\n5\n", age=5)
    folder.collect(slow)
    assert len(folder.slept) == 1


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "1e9", ""])
def test_a_wrong_environment_is_refused(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv(SETTLE_VARIABLE, text)
    with pytest.raises(UserError, match="is no number of seconds"):
        folder.collect()


# Reading


def test_a_new_file_is_read_once(folder: Folder) -> None:
    folder.deliver("leads1.csv", "id\n1\n")
    folder.deliver("leads2.csv", "id\n2\n")
    (first, second) = folder.collect()
    assert folder.read == ["leads1.csv", "leads2.csv"]
    assert first.file_digest == hashlib.sha256(b"id\n1\n").hexdigest()
    assert folder.archive.path(second.file_digest).read_bytes() == b"id\n2\n"


def test_files_that_have_not_changed_are_not_read_again(folder: Folder) -> None:
    folder.deliver("leads1.csv", "id\n1\n")
    folder.deliver("leads2.csv", "id\n2\n")
    folder.wait(10)
    first = folder.collect()
    folder.read.clear()
    folder.deliver("leads3.csv", "id\n3\n")
    folder.wait(10)
    again = folder.collect()
    assert again[:2] == first
    assert folder.read == ["leads3.csv"]
    assert folder.slept == []


def test_a_file_seen_within_two_seconds_of_its_change_is_read_again(folder: Folder) -> None:
    folder.deliver("leads.csv", "id\n1\n")
    folder.wait(1)
    folder.collect()
    folder.read.clear()
    # As many bytes at the same tick of a coarse clock: nothing but the content differs.
    folder.wait(60)
    folder.collect()
    assert folder.read == ["leads.csv"]
    folder.read.clear()
    folder.collect()
    assert folder.read == []


def test_a_rewrite_that_keeps_size_and_time_is_read_again(folder: Folder) -> None:
    path = folder.deliver("leads.csv", "id\n1\n")
    at = path.stat().st_mtime_ns
    folder.wait(10)
    (before,) = folder.collect()
    with path.open("r+", encoding="utf-8") as file:
        file.write("id\n7\n")
    os.utime(path, ns=(at, at))
    (after,) = folder.collect()
    assert after.file_digest == hashlib.sha256(b"id\n7\n").hexdigest() != before.file_digest


def test_a_file_put_in_place_of_another_is_read_again(folder: Folder) -> None:
    path = folder.deliver("leads.csv", "id\n1\n")
    folder.wait(10)
    folder.collect()
    at = path.stat().st_mtime_ns
    other = folder.deliver("new", "id\n8\n")
    os.utime(other, ns=(at, at))
    other.replace(path)
    (after,) = folder.collect()
    assert after.file_digest == hashlib.sha256(b"id\n8\n").hexdigest()


def test_a_touched_file_is_read_but_not_copied(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.deliver("leads.csv")
    folder.wait(10)
    (before,) = folder.collect()
    os.utime(path)
    folder.wait(10)
    monkeypatch.setattr(archive_module, "_copy_and_digest", None)
    assert folder.collect() == [before]


def test_what_the_archive_lost_is_kept_again(folder: Folder) -> None:
    folder.deliver("leads.csv")
    folder.wait(10)
    (before,) = folder.collect()
    folder.archive.path(before.file_digest).unlink()
    assert folder.collect() == [before]
    assert folder.archive.path(before.file_digest).exists()


def test_files_gone_from_the_folder_are_forgotten(folder: Folder) -> None:
    folder.deliver("leads1.csv").rename(folder.inputs / "leads2.csv")
    folder.collect()
    assert set(folder.seen.of(folder.inputs)) == {"leads2.csv"}
    (folder.inputs / "leads2.csv").unlink()
    folder.collect()
    assert folder.seen.of(folder.inputs) == {}


def test_two_inputs_may_read_the_same_file(folder: Folder) -> None:
    folder.deliver("leads.csv")
    both = folder.collect(a_mapping(an_input("one"), an_input("two")))
    assert len(both) == 2
    assert both[0] == both[1]
    assert folder.read == ["leads.csv"]


# What cannot be taken


def test_a_file_that_may_not_be_read_is_held_alone(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.deliver("leads_a.csv")
    shut = folder.deliver("leads_b.csv")
    opened = os.open

    def refuse(path: Path, flags: int) -> int:
        if path == shut.resolve():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, flags)

    monkeypatch.setattr("lead_warehouse.landing.opening.os.open", refuse)
    taken, held = folder.collect()
    assert (taken.name, taken.held_because) == ("leads_a.csv", None)
    because = "cannot be opened (Permission denied); let the user who refreshes read it"
    assert (held.name, held.file_digest, held.held_because) == ("leads_b.csv", "", because)


def test_a_file_whose_name_is_no_text_is_held_alone(folder: Folder) -> None:
    folder.deliver("leads_a.csv")
    folder.deliver(os.fsdecode(b"leads_b\xff.csv"), age=0)
    taken, held = folder.collect()
    assert (taken.name, taken.held_because) == ("leads_a.csv", None)
    assert (held.name, held.file_digest) == ("leads_b\\xff.csv", "")
    assert "is not UTF-8; rename it" in str(held.held_because)
    assert folder.slept == []
