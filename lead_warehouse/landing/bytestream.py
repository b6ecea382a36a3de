"""Files as UTF-8 text in bytes, whatever their compression and declared encoding."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from lead_warehouse.landing.held import HeldFile

CHUNK_BYTES = 1 << 22
GZIP_MAGIC = b"\x1f\x8b"
UTF8_BOM = b"\xef\xbb\xbf"


def read_chunks(path: Path, encoding: str) -> Iterator[bytes]:
    """Chunks of the file, unpacked if gzipped, as UTF-8 without a byte-order mark.

    A file declared UTF-8 passes through untouched: its bad bytes belong to single lines and are
    found there. In other encodings a bad byte leaves no safe line to go on with.

    Raises:
        HeldFile: the gzip stream is damaged or the text is not in the declared encoding.
    """
    try:
        yield from _without_mark(_as_utf8(_unpacked(path), encoding))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise HeldFile(f"damaged gzip stream ({error}); deliver the file again") from None
    except UnicodeError as error:
        raise HeldFile(f"not {encoding} ({error}); set 'encoding' in the mapping") from None


def _unpacked(path: Path) -> Iterator[bytes]:
    with path.open("rb") as raw:
        is_gzip = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if is_gzip else raw
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def _as_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding == "utf-8":
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8")
    yield decoder.decode(b"", final=True).encode("utf-8")


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= len(UTF8_BOM):
            break
    yield start.removeprefix(UTF8_BOM)
    yield from chunks
