"""Columns nobody maps: which are news, and which seem to be a mapped one under a new name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from lead_warehouse.landing.load_file import FileAccount
from lead_warehouse.landing.renames import Rename, propose_renames
from lead_warehouse.mapping import Input


@dataclass(frozen=True)
class NewColumn:
    """News: a column that an input's files had never had before."""

    input_name: str
    column_name: str
    file_name: str

    def __str__(self) -> str:
        return f"new column '{self.column_name}' in input {self.input_name} ({self.file_name})"


def record_columns(
    connection: duckdb.DuckDBPyConnection,
    input_name: str,
    accounts: Iterable[FileAccount],
    earlier: set[str],
) -> list[NewColumn]:
    """Keep ``raw.input_columns`` of an input and tell what is news.

    Args:
        accounts: of the files landed now, in the order in which they were received.
        earlier: digests of files received in earlier refreshes; without any, nothing is news.
    """
    rows = connection.execute(
        "select column_name, first_received_at, first_file_name from raw.input_columns "
        "where input_name = ?",
        [input_name],
    ).fetchall()
    first: dict[str, tuple[datetime, str]] = {name: (at, file) for name, at, file in rows}
    before = dict(first)
    news: dict[str, NewColumn] = {}
    for account in accounts:
        file = account.file
        is_new_file = file.file_digest not in earlier
        for name in account.unmapped_columns:
            if is_new_file and earlier and name not in first:
                news[name] = NewColumn(input_name, name, file.file_name)
            # The earliest, whatever the order of files: the same files leave the same rows.
            seen = (file.received_at, file.file_name)
            first[name] = min(first.get(name, seen), seen)
    if first != before:
        connection.execute("delete from raw.input_columns where input_name = ?", [input_name])
        for name, (at, file_name) in sorted(first.items()):
            connection.execute(
                "insert into raw.input_columns values (?, ?, ?, ?)",
                [input_name, name, at, file_name],
            )
    return list(news.values())


@dataclass(frozen=True)
class RenamedIn:
    """A proposal about a file that has landed without an optional column.

    Attributes:
        is_news: whether earlier files of the input did not have the new column.
    """

    input_name: str
    file_name: str
    rename: Rename
    is_news: bool

    def __str__(self) -> str:
        gone, new = ("gone", "new") if self.is_news else ("missing", "mapped by nobody")
        return (
            f"{self.file_name}: column '{self.rename.old}' is {gone} and '{self.rename.new}' is "
            f"{new}: renamed? In input {self.input_name} of the mapping, {self.rename.change}"
        )


def renamed_columns(one: Input, accounts: Iterable[FileAccount], news: set[str]) -> list[RenamedIn]:
    """Proposals about files landed now, each once though many files agree."""
    found: dict[Rename, RenamedIn] = {}
    for account in accounts:
        for rename in propose_renames(one, account.missing_columns, account.unmapped_columns):
            found.setdefault(
                rename, RenamedIn(one.name, account.file.file_name, rename, rename.new in news)
            )
    return list(found.values())
