"""What landing asks of a file, whatever its format."""

from pathlib import Path
from typing import NamedTuple, Protocol

import duckdb

from lead_warehouse.landing.header import Header


class Tally(NamedTuple):
    """How many records a file has by its own account, and how many of them are blank."""

    records: int
    blank: int


class Reader(Protocol):
    """The records of one file, on their way into temporary tables.

    Attributes:
        header: the file's columns as they fit the mapping.
    """

    header: Header

    def frame(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> Tally:
        """Make the tables ``framed`` and ``malformed``; no record is in both.

        ``framed`` holds the number of each well-formed record and the text of its cells;
        ``malformed`` the number, byte offset, reason and bytes of each of the others.

        Raises:
            HeldFile: the file is damaged.
        """

    def find_originals(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        """Make the table ``originals``: number, byte offset and bytes of each of ``bad_records``.

        Raises:
            HeldFile: the file is damaged.
        """
