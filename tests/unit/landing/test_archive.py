import errno
import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.landing import archive as archive_module
from lead_warehouse.landing.archive import Archive, DeliveredFile, find_files
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.mapping import Input


def an_input(pattern: str) -> Input:
    mapped = {"table": "leads", "columns": {"lead_id": "id"}}
    return Input.model_validate({"name": "leads", "files": pattern, "tables": [mapped]})


def deliver(folder: Path, name: str, content: bytes = b"id\n1\n") -> DeliveredFile:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return DeliveredFile(path, name)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files_below(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


# Finding files


def names(pattern: str, folder: Path) -> list[str]:
    return [found.name for found in find_files(an_input(pattern), folder)]


def test_files_are_found_by_pattern_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.txt", "sub/d.csv", "sub/deep/e.csv"):
        deliver(tmp_path, name)
    assert names("*.csv", tmp_path) == ["a.csv", "b.csv"]
    assert names("a.csv", tmp_path) == ["a.csv"]
    assert names("sub/*.csv", tmp_path) == ["sub/d.csv"]
    assert names("**/*.csv", tmp_path) == ["a.csv", "b.csv", "sub/d.csv", "sub/deep/e.csv"]
    assert names("*.parquet", tmp_path) == []


def test_many_files_are_found_in_order_of_name(tmp_path: Path) -> None:
    expected = [f"{number:02}.csv" for number in range(30)]
    for name in reversed(expected):
        deliver(tmp_path, name)
    assert names("*.csv", tmp_path) == expected


def test_a_folder_that_matches_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "old.csv").mkdir()
    assert names("*.csv", tmp_path) == []


def test_fault_52_a_symlink_that_leads_outside_is_refused(tmp_path: Path) -> None:
    secret = deliver(tmp_path, "secret.csv")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "leads.csv").symlink_to(secret.path)
    with pytest.raises(UserError, match=r"leads\.csv leads outside .*; copy the file there"):
        names("*.csv", folder)


def test_fault_52_a_folder_that_leads_outside_is_refused(tmp_path: Path) -> None:
    deliver(tmp_path, "secret/leads.csv")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "sub").symlink_to(tmp_path / "secret")
    with pytest.raises(UserError, match="leads outside"):
        names("sub/*.csv", folder)


def test_a_folder_whose_name_starts_like_the_input_folder_s_is_outside(tmp_path: Path) -> None:
    neighbour = deliver(tmp_path, "in-other/leads.csv")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "leads.csv").symlink_to(neighbour.path)
    with pytest.raises(UserError, match="leads outside"):
        names("*.csv", folder)


def test_a_symlink_that_stays_inside_is_followed(tmp_path: Path) -> None:
    target = deliver(tmp_path, "2024/leads.csv")
    (tmp_path / "latest.csv").symlink_to(target.path)
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    assert names("*.csv", tmp_path) == ["latest.csv"]


def test_the_input_folder_itself_may_be_a_symlink(tmp_path: Path) -> None:
    deliver(tmp_path, "real/leads.csv")
    (tmp_path / "in").symlink_to(tmp_path / "real")
    assert names("*.csv", tmp_path / "in") == ["leads.csv"]


# Keeping files


def test_a_file_is_kept_by_the_digest_of_its_content(tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    archive = Archive(tmp_path / "landing")
    digest = archive.keep(deliver(tmp_path, "leads.csv", content))
    assert digest == digest_of(content)
    assert archive.path(digest) == tmp_path / "landing" / digest[:2] / digest
    assert archive.path(digest).read_bytes() == content
    assert files_below(archive.folder) == [f"{digest[:2]}/{digest}"]


def test_a_kept_file_cannot_be_written_to(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "landing")
    kept = archive.path(archive.keep(deliver(tmp_path, "leads.csv")))
    assert stat.S_IMODE(kept.stat().st_mode) == 0o444


def test_the_delivered_file_stays_as_it_is(tmp_path: Path) -> None:
    delivered = deliver(tmp_path, "leads.csv")
    before = delivered.path.stat()
    Archive(tmp_path / "landing").keep(delivered)
    after = delivered.path.stat()
    assert (after.st_mode, after.st_mtime_ns, after.st_ino) == (
        before.st_mode,
        before.st_mtime_ns,
        before.st_ino,
    )


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "landing")
    first = archive.keep(deliver(tmp_path, "a.csv"))
    inode = archive.path(first).stat().st_ino
    assert archive.keep(deliver(tmp_path, "b.csv")) == first
    assert archive.path(first).stat().st_ino == inode
    assert len(files_below(archive.folder)) == 1


def test_an_empty_file_is_kept(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "landing")
    digest = archive.keep(deliver(tmp_path, "leads.csv", b""))
    assert archive.path(digest).read_bytes() == b""


def test_a_kept_file_that_was_cut_short_is_replaced(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "landing")
    delivered = deliver(tmp_path, "leads.csv")
    kept = archive.path(archive.keep(delivered))
    kept.chmod(0o644)
    kept.write_bytes(b"id")
    archive.keep(delivered)
    assert kept.read_bytes() == delivered.path.read_bytes()


def change_during_copy(monkeypatch: pytest.MonkeyPatch, path: Path, change: Any) -> None:
    copy = archive_module._copy_and_digest

    def copy_and_change(file: BufferedReader, target: Path) -> str:
        digest = copy(file, target)
        change(path)
        return digest

    monkeypatch.setattr(archive_module, "_copy_and_digest", copy_and_change)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"2\n")


def rewrite(path: Path) -> None:
    status = path.stat()
    path.write_bytes(bytes(status.st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


@pytest.mark.parametrize("change", [grow, rewrite])
def test_fault_20_a_file_that_changes_while_it_is_copied_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    archive = Archive(tmp_path / "landing")
    delivered = deliver(tmp_path, "leads.csv")
    with monkeypatch.context() as patched:
        change_during_copy(patched, delivered.path, change)
        with pytest.raises(HeldFile, match="still being written"):
            archive.keep(delivered)
    assert files_below(archive.folder) == []
    assert archive.keep(delivered) == digest_of(delivered.path.read_bytes())


def test_fault_17_a_failed_copy_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise OSError("no space left on device")

    archive = Archive(tmp_path / "landing")
    delivered = deliver(tmp_path, "leads.csv")
    change_during_copy(monkeypatch, delivered.path, fail)
    with pytest.raises(OSError, match="no space left"):
        archive.keep(delivered)
    assert files_below(archive.folder) == []


def test_no_warehouse_lands_what_it_wrote(tmp_path: Path) -> None:
    for name in ("leads.csv", "sub/more.csv", ".warehouse/runs/a.csv", "state/runs/b.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("id\n")
    (tmp_path / "state" / "control.sqlite").touch()
    table = {"table": "leads", "columns": {"lead_id": "id"}}
    one = Input.model_validate({"name": "all", "files": "**/*.csv", "tables": [table]})
    assert [file.name for file in find_files(one, tmp_path)] == ["leads.csv", "sub/more.csv"]


# Files at rest


def test_a_file_that_changed_at_rest_is_set_aside_and_taken_again(tmp_path: Path) -> None:
    delivered = deliver(tmp_path, "leads.csv", b"id\n12345\n")
    digest = Archive(tmp_path / "landing").keep(delivered)
    kept = Archive(tmp_path / "landing").path(digest)
    assert Archive(tmp_path / "landing").whole(digest) == kept
    kept.chmod(0o644)
    kept.write_bytes(b"id\n12346\n")
    archive = Archive(tmp_path / "landing")
    assert archive.keep(delivered) == digest
    with pytest.raises(HeldFile, match=r"damaged in the archive .*; restore it or deliver"):
        archive.whole(digest)
    assert kept.with_name(f"{digest}.damaged").read_bytes() == b"id\n12346\n"
    with pytest.raises(HeldFile, match="missing from the archive"):
        archive.whole(digest)
    assert archive.keep(delivered) == digest
    assert archive.whole(digest).read_bytes() == b"id\n12345\n"


@pytest.mark.parametrize("name", ["../../secret.csv", "/etc/passwd", "", "a" * 63, "A" * 64])
def test_fault_52_a_name_in_the_archive_that_is_no_digest_is_refused(
    tmp_path: Path, name: str
) -> None:
    """Such as a ledger might hold that somebody wrote to."""
    with pytest.raises(LeadWarehouseError, match="is no digest of a file; move control"):
        Archive(tmp_path / "landing").whole(name)


# What cannot be taken costs nothing but itself


def held(pattern: str, folder: Path) -> dict[str, str | None]:
    return {found.name: found.held_because for found in find_files(an_input(pattern), folder)}


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"leads\xff.csv", "leads\\xff.csv"), (b"sub\xe9/leads.csv", "sub\\xe9/leads.csv")],
)
def test_a_file_whose_name_is_no_text_is_held(tmp_path: Path, name: bytes, shown: str) -> None:
    deliver(tmp_path, "leads.csv")
    deliver(tmp_path, os.fsdecode(name))
    because = "its name, or that of its folder, is not UTF-8; rename it"
    assert held("**/*.csv", tmp_path) == {"leads.csv": None, shown: because}


def test_a_name_that_is_no_text_is_not_taken_for_its_spelling(tmp_path: Path) -> None:
    for name in (b"leads\xff.csv", b"leads\\xff.csv"):
        deliver(tmp_path, os.fsdecode(name))
    found = find_files(an_input("*.csv"), tmp_path)
    assert [one.name for one in found] == ["leads\\xff.csv"] * 2
    assert sorted(one.held_because is None for one in found) == [False, True]


@pytest.mark.parametrize(
    ("pattern", "is_told"),
    [("**/*.csv", True), ("*/*.csv", True), ("shut/*.csv", True), ("*.csv", False)],
)
def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, is_told: bool
) -> None:
    for name in ("a.csv", "open/b.csv", "shut/c.csv", ".hidden/d.csv"):
        deliver(tmp_path, name)
    shut_folders(monkeypatch, tmp_path / "shut", tmp_path / ".hidden")
    found = held(pattern, tmp_path)
    because = found.pop("shut/", None)
    assert (because is not None) is is_told
    if because:
        assert because.startswith("the folder cannot be listed (Permission denied), nor what lies")
    assert all(reason is None for reason in found.values())


def test_an_input_folder_that_cannot_be_listed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut_folders(monkeypatch, tmp_path)
    with pytest.raises(UserError, match=r"cannot be listed \(Permission denied\); let the user"):
        find_files(an_input("*.csv"), tmp_path)


def shut_folders(patch: pytest.MonkeyPatch, *folders: Path) -> None:
    """As for a user without the right to read them; the superuser may read all."""
    listed = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path) in folders:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return listed(path)

    patch.setattr(os, "scandir", scandir)
