"""Files that hold again what they held before other content came.

A file is known by its content, so that delivering it twice changes nothing. Where its content goes
back to what it was, nothing lands either, and what came in between stays the newest word: that has
to be told. Snapshots of database tables name what they follow, and land again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from lead_warehouse.landing.deliveries import Delivery
from lead_warehouse.mapping import Input
from lead_warehouse.state.control import ReceivedInput


@dataclass(frozen=True)
class RevertedFile:
    """A file whose content is an earlier one.

    Attributes:
        received_at: when that content came first.
        followed_at: when the newest other content of the file came.
    """

    input_name: str
    file_name: str
    received_at: datetime
    followed_at: datetime

    def __str__(self) -> str:
        return (
            f"{self.file_name} holds again what came on {self.received_at:%Y-%m-%d %H:%M}; records "
            f"that changed on {self.followed_at:%Y-%m-%d %H:%M} stay so. Should it be the newest "
            "word, write it with one byte more, such as an empty line at its end"
        )


def reverted_files(
    connection: duckdb.DuckDBPyConnection,
    one: Input,
    delivered: list[Delivery],
    earlier: Iterable[ReceivedInput],
) -> list[RevertedFile]:
    """Which of the files delivered now went back; files without a record say nothing new."""
    if one.form == "table":
        return []
    by_name: dict[str, list[ReceivedInput]] = {}
    for known in earlier:
        by_name.setdefault(known.file_name, []).append(known)
    found = []
    for file in delivered:
        known_contents = by_name.get(file.name, [])
        was = next((k for k in known_contents if k.file_digest == file.file_digest), None)
        last = max(known_contents, key=lambda known: known.received_at, default=None)
        if was and last and was.received_at < last.received_at and _has_records(connection, was):
            found.append(RevertedFile(one.name, file.name, was.received_at, last.received_at))
    return found


def _has_records(connection: duckdb.DuckDBPyConnection, file: ReceivedInput) -> bool:
    return bool(
        connection.execute(
            "select 1 from raw.landed_files where input_name = ? and file_digest = ? "
            "and record_count > blank_count",
            [file.input_name, file.file_digest],
        ).fetchone()
    )
