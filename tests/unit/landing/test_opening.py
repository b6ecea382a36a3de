"""A file exchanged between the look at its folder and its opening."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lead_warehouse.landing.archive import Archive, DeliveredFile
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.opening import open_delivered

SECRET = b"id\ncanary-of-another\n"


@pytest.fixture
def found(tmp_path: Path) -> Path:
    """A file found two folders down, and a secret of the same name elsewhere."""
    for name, content in (("in/sub", b"id\n1\n"), ("elsewhere", SECRET)):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "leads.csv").write_bytes(content)
    return (tmp_path / "in" / "sub" / "leads.csv").resolve()


def by_a_symlink(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parents[2] / "elsewhere" / "leads.csv")


def by_a_folder_that_is_a_symlink(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.symlink_to(path.parents[2] / "elsewhere")


def by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "exchange", [by_a_symlink, by_a_folder_that_is_a_symlink, by_a_pipe, Path.unlink]
)
def test_fault_52_a_file_exchanged_after_the_look_is_held(
    found: Path, tmp_path: Path, exchange: Callable[[Path], None]
) -> None:
    exchange(found)
    archive = Archive(tmp_path / "landing")
    with pytest.raises(HeldFile, match=r"(since|while) it was looked at"):
        archive.keep(DeliveredFile(found, "sub/leads.csv"))
    assert not list(archive.folder.glob("**/*"))


def test_fault_52_a_folder_exchanged_and_put_back_is_noticed(
    found: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other file was opened, though the path looks well again."""
    opened = os.open

    def exchanged_for_a_moment(path: Path, flags: int) -> int:
        shutil.move(found.parent, tmp_path / "aside")
        found.parent.symlink_to(tmp_path / "elsewhere")
        try:
            return opened(path, flags)
        finally:
            found.parent.unlink()
            shutil.move(tmp_path / "aside", found.parent)

    monkeypatch.setattr("lead_warehouse.landing.opening.os.open", exchanged_for_a_moment)
    with pytest.raises(HeldFile, match="another file"):
        open_delivered(found)


def test_fault_52_what_is_copied_is_what_was_opened(
    found: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exchange between the digest and the copy: no other file is opened in between."""
    archive = Archive(tmp_path / "landing")
    content = found.read_bytes()

    def exchange(self: Archive, digest: str, size: int) -> bool:
        if not found.is_symlink():
            by_a_symlink(found)
        return digest == "0" * 64

    monkeypatch.setattr(Archive, "holds", exchange)
    digest = archive.keep(DeliveredFile(found, "sub/leads.csv"), expected="0" * 64)
    assert archive.path(digest).read_bytes() == content
    assert not any(p.read_bytes() == SECRET for p in archive.folder.glob("**/*") if p.is_file())


def test_a_file_that_stayed_is_read(found: Path) -> None:
    with open_delivered(found) as file:
        assert file.read() == b"id\n1\n"
