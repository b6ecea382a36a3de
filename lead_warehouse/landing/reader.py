"""What landing asks of a file, whatever its format."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import duckdb

from lead_warehouse.landing.header import Header


class Tally(NamedTuple):
    """How many records a part of a file has by the file's own account.

    Attributes:
        blank: how many of them hold nothing.
        extent: what part of the file it is, for people: its bytes, lines or rows.
    """

    records: int
    blank: int
    extent: str = "the file"


class Reader(Protocol):
    """The records of one file, on their way into temporary tables.

    Attributes:
        header: the file's columns as they fit the mapping. Columns that nobody maps may be known
            in full only once the whole file was framed.
    """

    header: Header

    def frame(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> Iterator[Tally]:
        """Make the tables ``framed`` and ``malformed`` of one part of the file after the other.

        Parts come in order, so that no two have a number in common; small files are one part.
        No record is in both tables: ``framed`` holds the number of each well-formed record and the
        text of its cells; ``malformed`` number, byte offset, reason and bytes of each other one.

        Raises:
            HeldFile: the file is damaged.
        """

    def find_originals(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        """Make the table ``originals``: number, byte offset and bytes of each of ``bad_records``.

        Those are records of the part that was framed last.

        Raises:
            HeldFile: the file is damaged.
        """
