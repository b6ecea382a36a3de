"""Write exports as untidy as real ones: formats, records delivered twice, damaged lines."""

import codecs
import csv
import gzip
import io
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

DAMAGE = 0.003
"""Share of lines damaged on their way out, in the files that are."""


@dataclass(frozen=True)
class Export:
    """A file to write.

    Attributes:
        is_damaged: whether some of its lines are damaged.
        repeated: share of its records delivered twice.
    """

    name: str
    header: list[str]
    rows: Iterable[list[Any]]
    delimiter: str = ","
    encoding: str = "utf-8"
    is_damaged: bool = False
    repeated: float = 0.0


def write_export(out: Path, export: Export, seed: int) -> dict[Path, int | None]:
    """Write one export; returns its path with the number of its records."""
    # A stream of its own, so that a change of one export leaves the others as they are.
    rng = random.Random(f"{seed}:{export.name}")
    rows = list(export.rows)
    if export.repeated:
        rows += [row for row in rows if rng.random() < export.repeated]
    lines = _lines(export.header, rows, export.delimiter)
    if export.is_damaged:
        lines[1:] = _damage(rng, lines[1:], export.delimiter)
    content = _encode("\n".join(lines) + "\n", export.encoding)
    path = out / export.name
    # A gzip header carries a time; zero keeps the same seed at the same bytes.
    path.write_bytes(gzip.compress(content, 6, mtime=0) if path.suffix == ".gz" else content)
    return {path: len(lines) - 1}


def _lines(header: list[str], rows: list[list[Any]], delimiter: str) -> list[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().splitlines()


def _damage(rng: random.Random, lines: list[str], delimiter: str) -> Iterator[str]:
    """Cut lines, put years into the future, lose a closing quote."""
    for line in lines:
        if rng.random() >= DAMAGE:
            yield line
            continue
        kind = rng.randrange(3)
        if kind == 0:
            yield line[: len(line) // 2]
        elif kind == 1:
            # Years only, not the digits of an identifier.
            yield re.sub(r"\b202(?=\d\b|\dT)", "203", line)
        else:
            # Never before an empty cell: two such quotes would swallow all between them.
            yield re.sub(rf"{re.escape(delimiter)}(?=\w)", f'{delimiter}"', line, count=1)


def _encode(text: str, encoding: str) -> bytes:
    if encoding == "utf-16":
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return text.encode(encoding)


def iso(at: datetime | None) -> str:
    """An instant as most APIs give it."""
    return f"{at.isoformat()}Z" if at else ""


def local(at: datetime | None, zone: str, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """An instant as a clock of that place showed it."""
    if at is None:
        return ""
    shown = at + _offset(at.replace(minute=0, second=0), zone)
    if form == "%Y-%m-%d %H:%M:%S":
        return shown.isoformat(" ")
    return shown.strftime(form)


def with_offset(at: datetime | None, zone: str) -> str:
    """A local time that says how far it is from UTC."""
    if at is None:
        return ""
    offset = _offset(at.replace(minute=0, second=0), zone)
    return f"{(at + offset).isoformat(' ')}+{offset.seconds // 3600:02d}:00"


@lru_cache(maxsize=1 << 16)
def _offset(hour: datetime, zone: str) -> timedelta:
    offset = hour.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).utcoffset()
    return offset or timedelta()


def money(cents: int | None, mark: str = ".") -> str:
    """An amount with two decimals; empty where it is unknown."""
    if cents is None:
        return ""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}{mark}{abs(cents) % 100:02d}"
