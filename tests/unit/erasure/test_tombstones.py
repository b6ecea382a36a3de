"""Marks of erased persons: the same person in any spelling, and nobody else."""

from pathlib import Path

import pytest

from lead_warehouse.erasure.key import KEY_FILE_VARIABLE, KEY_VARIABLE, read_key
from lead_warehouse.erasure.tombstones import Kind, Tombstones
from lead_warehouse.errors import UserError

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("kind", "value", "is_known"),
    [
        ("email", "jane@firm.example", True),
        ("email", " JANE@Firm.Example ", True),
        ("email", "jane+fair@firm.example", True),
        ("email", "+jane@firm.example", False),
        ("email", "jane@other.example", False),
        ("lead", " L-1 ", True),
        ("lead", "l-1", False),
        ("lead", "L-1+2", False),
        ("contact", "L-1", False),
    ],
)
def test_a_person_is_known_however_they_are_spelled(kind: Kind, value: str, is_known: bool) -> None:
    empty = Tombstones(KEY)
    marks = [empty.mark("email", "Jane@firm.example"), empty.mark("lead", "L-1")]
    assert Tombstones(KEY, marks).is_erased(kind, value) is is_known
    assert not Tombstones(b"another key of thirty-two letters", marks).is_erased(kind, value)
    assert not empty.is_erased(kind, value)


def test_a_mark_tells_neither_key_nor_person() -> None:
    kind, mark = Tombstones(KEY).mark("email", "jane@firm.example")
    assert kind == "email"
    assert len(mark) == 64
    assert Tombstones(KEY).check != Tombstones(KEY + b"x").check


def test_the_key_comes_from_the_environment_or_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (KEY_VARIABLE, KEY_FILE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UserError, match="is not set"):
        read_key()
    monkeypatch.setenv(KEY_VARIABLE, "k" * 31)
    with pytest.raises(UserError, match="shorter than 32 characters"):
        read_key()
    monkeypatch.setenv(KEY_VARIABLE, "k" * 32)
    assert read_key() == KEY
    monkeypatch.setenv(KEY_FILE_VARIABLE, str(tmp_path / "key"))
    with pytest.raises(UserError, match="both set"):
        read_key()
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(UserError, match="cannot be read"):
        read_key()
    (tmp_path / "key").write_text(f"{'k' * 32}\n")
    assert read_key() == KEY
