"""Quarantined records as they were delivered: framing reads UTF-8, files may be in other encodings.

Places found in the text are carried back to the unpacked file, and records to its encoding, so that
what quarantine shows can be found in the file that somebody sent.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from lead_warehouse.landing.bytestream import UTF8_BOM, unpacked
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.sql import literal

BYTE_ORDER_MARK = "\ufeff"
RECORDS_AT_ONCE = 10_000


class _Stretch(NamedTuple):
    """A stretch of the file, in UTF-8, with where it starts in the text and in the file."""

    in_text: int
    in_file: int
    text: bytes

    @property
    def end(self) -> int:
        return self.in_text + len(self.text)


def restore_delivered(
    connection: duckdb.DuckDBPyConnection, file: ArchivedFile, path: Path, encoding: str
) -> None:
    """Give the quarantine rows of a file their place in it, and their bytes in its encoding."""
    of_file = (
        f"input_name = {literal(file.input_name)} and file_digest = {literal(file.file_digest)} "
        "and byte_offset is not null"
    )
    if encoding == "utf-8":
        if next(unpacked(path), b"").startswith(UTF8_BOM):
            connection.execute(
                "update raw.quarantined_rows set byte_offset = byte_offset + "
                f"{len(UTF8_BOM)} where {of_file}"
            )
        return
    connection.execute(
        "create or replace temp table delivered (in_text bigint, in_file bigint, record blob)"
    )
    codec = _codec(path, encoding)
    stretches = _stretches(path, encoding, codec)
    stretch = next(stretches)
    last = -1
    while found := connection.execute(
        f"select distinct byte_offset, raw_record from raw.quarantined_rows where {of_file} "
        f"and byte_offset > {last} order by byte_offset limit {RECORDS_AT_ONCE}"
    ).fetchall():
        places, records = [], []
        for offset, record in found:
            while offset >= stretch.end:
                stretch = next(stretches)
            before = stretch.text[: offset - stretch.in_text].decode("utf-8")
            places.append(stretch.in_file + len(before.encode(codec)))
            records.append(record.decode("utf-8").encode(codec))
        offsets = [offset for offset, _ in found]
        connection.execute(
            "insert into delivered select unnest(cast(? as bigint[])), "
            "unnest(cast(? as bigint[])), unnest(cast(? as blob[]))",
            [offsets, places, records],
        )
        last = offsets[-1]
    connection.execute(
        "update raw.quarantined_rows set byte_offset = in_file, raw_record = record, "
        f"encoding = {literal(codec)} "
        f"from delivered where {of_file} and byte_offset = in_text"
    )
    connection.execute("drop table delivered")


def _codec(path: Path, encoding: str) -> str:
    """The encoding without a mark of its own, since a record in the middle of a file has none."""
    if encoding != "utf-16":
        return encoding
    is_big = next(unpacked(path), b"").startswith(codecs.BOM_UTF16_BE)
    return "utf-16-be" if is_big else "utf-16-le"


def _stretches(path: Path, encoding: str, codec: str) -> Iterator[_Stretch]:
    decoder = codecs.getincrementaldecoder(encoding)()
    # The mark of UTF-16 is no text: its decoder takes it away.
    in_text, in_file = 0, len(codecs.BOM_UTF16) if encoding == "utf-16" else 0
    for chunk in unpacked(path):
        text = decoder.decode(chunk)
        if in_text == 0 and text.startswith(BYTE_ORDER_MARK):  # As framing passes over one, too.
            text = text.removeprefix(BYTE_ORDER_MARK)
            in_file += len(BYTE_ORDER_MARK.encode(codec))
        stretch = _Stretch(in_text, in_file, text.encode("utf-8"))
        yield stretch
        in_text, in_file = stretch.end, in_file + len(text.encode(codec))
