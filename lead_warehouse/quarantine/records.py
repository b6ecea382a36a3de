"""What a record in quarantine is, and how people name it."""

import re
from dataclasses import dataclass
from datetime import datetime

from lead_warehouse.errors import UserError
from lead_warehouse.state.decisions import RecordKey

ID_DIGITS = 8
"""Digits of the file's digest in a record's id; more may be written."""

STATUSES = ("open", "dismissed", "replayed")

_ID = re.compile(r"([0-9a-f]{4,64}):([0-9]{1,18})")


@dataclass(frozen=True)
class Record:
    """A record in quarantine, or one that came in later."""

    id: str
    input_name: str
    file_digest: str
    file_name: str
    file_line: int
    byte_offset: int | None
    table_name: str | None
    column_name: str | None
    value: str | None
    reason: str
    problem_count: int | None
    status: str
    note: str | None
    decided_by: str | None
    decided_at: datetime | None
    run_id: str | None

    @property
    def key(self) -> RecordKey:
        return self.input_name, self.file_digest, self.file_line


@dataclass(frozen=True)
class Wanted:
    """Which records are meant.

    Attributes:
        ids: as ``3fa9c2d1:1042``: the first digits of the file's digest, and the line.
        reason: a part of what is wrong, in any case.
        statuses: of which any is meant.
    """

    ids: tuple[str, ...] = ()
    input_name: str | None = None
    reason: str | None = None
    statuses: tuple[str, ...] = STATUSES

    @property
    def says_something(self) -> bool:
        return bool(self.ids or self.input_name or self.reason)


def parse_id(written: str) -> tuple[str, int]:
    """A record's id as digits of the file's digest and a line.

    Raises:
        UserError: it is none.
    """
    match = _ID.fullmatch(written.strip().lower())
    if match is None:
        raise UserError(
            f"'{written}' is no record; write it like 3fa9c2d1:1042, as "
            "`lead-warehouse quarantine list` does"
        )
    return match[1], int(match[2])
