import gzip
from pathlib import Path

import pytest

from lead_warehouse.landing import bytestream
from lead_warehouse.landing.bytestream import read_chunks
from lead_warehouse.landing.held import HeldFile

TEXT = "id,prénom\r\n1,é\n"


def read(folder: Path, content: bytes, encoding: str = "utf-8", name: str = "f.csv") -> bytes:
    path = folder / name
    path.write_bytes(content)
    return b"".join(read_chunks(path, encoding))


def test_a_utf8_file_passes_through_untouched(tmp_path: Path) -> None:
    content = TEXT.encode() + b"\xff\0\r"
    assert read(tmp_path, content) == content


def test_an_empty_file_has_no_text(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == b""
    assert read(tmp_path, b"", "utf-16") == b""


def test_fault_23_a_byte_order_mark_is_taken_off(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + TEXT.encode()) == TEXT.encode()
    assert read(tmp_path, b"\xef\xbb\xbf") == b""


def test_only_the_first_byte_order_mark_is_taken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytestream, "CHUNK_BYTES", 5)
    assert read(tmp_path, b"\xef\xbb\xbfa\n\xef\xbb\xbfb") == b"a\n\xef\xbb\xbfb"


@pytest.mark.parametrize("name", ["f.csv.gz", "f.csv"])
def test_gzip_is_known_by_its_content_not_its_name(tmp_path: Path, name: str) -> None:
    packed = gzip.compress(b"\xef\xbb\xbf" + TEXT.encode())
    assert read(tmp_path, packed, name=name) == TEXT.encode()


def test_a_plain_file_may_be_called_gz(tmp_path: Path) -> None:
    assert read(tmp_path, TEXT.encode(), name="f.csv.gz") == TEXT.encode()


def test_gzip_members_are_read_one_after_the_other(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(b"a\n") + gzip.compress(b"b\n")) == b"a\nb\n"


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_other_encodings_become_utf8(tmp_path: Path, encoding: str) -> None:
    content = TEXT.encode(encoding)
    assert read(tmp_path, content, encoding) == TEXT.encode()
    assert read(tmp_path, gzip.compress(content), encoding) == TEXT.encode()


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf16_is_read_in_the_order_its_mark_says(tmp_path: Path, order: str) -> None:
    assert read(tmp_path, ("\ufeff" + TEXT).encode(order), "utf-16") == TEXT.encode()


def test_characters_may_straddle_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "id,漢😀\n" * 20
    monkeypatch.setattr(bytestream, "CHUNK_BYTES", 3)
    assert read(tmp_path, text.encode("utf-16"), "utf-16") == text.encode()
    assert read(tmp_path, b"\xef\xbb\xbf" + text.encode()) == text.encode()


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-5],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:-8] + bytes(8),
        lambda packed: packed[:12] + b"\xff\xff\xff" + packed[15:],
        lambda packed: packed + b"not gzip",
        lambda packed: packed[:2],
    ],
    ids=["no end", "half", "checksum", "bits", "trailing bytes", "magic only"],
)
def test_a_damaged_gzip_stream_is_held(tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    packed = gzip.compress(b"".join(b"%d,a@b.example\n" % n for n in range(1000)))
    with pytest.raises(HeldFile, match=r"damaged gzip stream \(.*\); deliver the file again"):
        read(tmp_path, damage(packed))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"a\x81b", "cp1252"),
        (b"\xff\xfea\0b", "utf-16"),
        (b"\xff\xfe\0\xd8a\0", "utf-16"),
    ],
)
def test_text_in_another_encoding_than_declared_is_held(
    tmp_path: Path, content: bytes, encoding: str
) -> None:
    with pytest.raises(
        HeldFile, match=f"not {encoding} .* 'encoding' in the mapping says; correct"
    ):
        read(tmp_path, content, encoding)


@pytest.mark.parametrize("chunk", [3, 1 << 22])
@pytest.mark.parametrize(
    ("content", "encoding", "what"),
    [
        (b"id\n1\n2\n" + b"\x81\n", "cp1252", "81 at byte 7"),
        (
            b"\xff\xfe" + "id,mail\n".encode("utf-16-le") + b"\0\xd8a\0",
            "utf-16",
            "00 d8 at byte 18",
        ),
        (b"\xff\xfe" + "id,mail\n".encode("utf-16-le") + b"a", "utf-16", "61 at byte 18"),
    ],
)
def test_what_is_not_as_declared_is_found_by_its_place_in_the_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    encoding: str,
    what: str,
    chunk: int,
) -> None:
    monkeypatch.setattr(bytestream, "CHUNK_BYTES", chunk)
    with pytest.raises(HeldFile, match=f"{what} of the unpacked file"):
        read(tmp_path, content, encoding)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_utf8_by_its_mark_is_held_where_another_encoding_is_declared(
    tmp_path: Path, encoding: str
) -> None:
    marked = b"\xef\xbb\xbf" + TEXT.encode()
    for content in (marked, gzip.compress(marked)):
        with pytest.raises(HeldFile, match="byte-order mark; set `encoding: utf-8` in the mapping"):
            read(tmp_path, content, encoding)


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_that_nobody_declared_is_held_with_the_setting(tmp_path: Path, mark: bytes) -> None:
    with pytest.raises(HeldFile, match=r"byte-order mark; set `encoding: utf-16` in the mapping"):
        read(tmp_path, mark + "id,mail\n".encode("utf-16-le"))


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_held_with_what_helps(tmp_path: Path, order: str) -> None:
    content = "id,mail,made\n1,é,2026\n".encode(order)
    with pytest.raises(HeldFile, match=r"UTF-16 by its NUL bytes, .* deliver it with one and set"):
        read(tmp_path, content)
    with pytest.raises(HeldFile, match=r"UTF-16 needs a byte-order mark, .* or as UTF-8"):
        read(tmp_path, content, "utf-16")


def test_nul_bytes_here_and_there_are_not_utf16(tmp_path: Path) -> None:
    for content in (b"id,mail\n1,\0\0\0\0\0\0\0\0\n", b"\0" * 100, b"i\0d\0"):
        assert read(tmp_path, content) == content
