"""Files as UTF-8 text in bytes, whatever their compression and declared encoding."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from lead_warehouse.landing.held import HeldFile

CHUNK_BYTES = 1 << 22
GZIP_MAGIC = b"\x1f\x8b"
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LOOKED_AT = 4096
"""Bytes from the start that tell UTF-16 without a mark: of Latin text, every other one is NUL."""

SHORTEST_UTF16 = 16
"""Fewer bytes tell nothing."""


def read_chunks(path: Path, encoding: str) -> Iterator[bytes]:
    """Chunks of the file, unpacked if gzipped, as UTF-8 without a byte-order mark.

    A file declared UTF-8 passes through untouched: its bad bytes belong to single lines and are
    found there. In other encodings a bad byte leaves no safe line to go on with.

    Raises:
        HeldFile: the gzip stream is damaged, the text is not in the declared encoding, or it is
            UTF-16 and nobody said so.
    """
    try:
        yield from _without_mark(_as_utf8(unpacked(path), encoding))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise HeldFile(f"damaged gzip stream ({error}); deliver the file again") from None
    except UnicodeError:
        raise HeldFile(
            "UTF-16 needs a byte-order mark, which tells the order of its bytes; deliver the file "
            "with one, or as UTF-8"
        ) from None


def unpacked(path: Path) -> Iterator[bytes]:
    """Chunks of the file, unpacked if gzipped, as they were delivered."""
    with path.open("rb") as raw:
        is_gzip = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if is_gzip else raw
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _as_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        start = next(chunks, b"")
        _refuse_utf16(start[:LOOKED_AT])
        yield start
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    taken = 0
    for chunk in chain(chunks, [b""]):
        if taken == 0 and chunk.startswith(UTF8_BOM):
            # Read as declared, the mark would be part of a name and every accent another letter.
            raise HeldFile("UTF-8 by its byte-order mark; set `encoding: utf-8` in the mapping")
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            at = taken - waiting + error.start
            raise HeldFile(_not_as_declared(encoding, error, at)) from None
        taken += len(chunk)
        yield text.encode("utf-8")


def _refuse_utf16(start: bytes) -> None:
    """UTF-16 read as UTF-8 would be a header or records that nobody can make sense of.

    Raises:
        HeldFile: the start of a text has the mark of UTF-16, or every other byte of it is NUL.
    """
    if start.startswith(UTF16_MARKS):
        raise HeldFile("UTF-16 by its byte-order mark; set `encoding: utf-16` in the mapping")
    shares = sorted(start[at::2].count(0) / max(len(start[at::2]), 1) for at in (0, 1))
    if len(start) >= SHORTEST_UTF16 and shares[0] < 0.1 and shares[1] > 0.7:
        raise HeldFile(
            "UTF-16 by its NUL bytes, without a byte-order mark; deliver it with one and set "
            "`encoding: utf-16` in the mapping, or deliver it as UTF-8"
        )


def _not_as_declared(encoding: str, error: UnicodeDecodeError, at: int) -> str:
    found = error.object[error.start : error.end].hex(" ")
    return (
        f"not {encoding} ({error.reason}: {found} at byte {at:,} of the unpacked file), as "
        "'encoding' in the mapping says; correct it there"
    )


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= len(UTF8_BOM):
            break
    yield start.removeprefix(UTF8_BOM)
    yield from chunks
