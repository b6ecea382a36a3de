"""A table of a database as a file: every row of it as of one instant, always in the same bytes.

A table that did not change gives the bytes of its last snapshot, so nothing new lands. One that
went back to what it was in an older snapshot gives bytes of its own: they name the snapshot that
they follow, or the archive would take the return for the older file.
"""

import hashlib
import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.archive import Archive, DeliveredFile, find_files
from lead_warehouse.landing.completeness import Earlier
from lead_warehouse.landing.database_cells import UNREADABLE
from lead_warehouse.landing.database_engine import DatabaseEngine
from lead_warehouse.landing.database_source import DatabaseSource, file_source, named_source
from lead_warehouse.landing.deliveries import Delivery
from lead_warehouse.landing.header import Header, fit_header, read_columns
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.parquet_columns import kind_of
from lead_warehouse.landing.parquet_file import ParquetFile
from lead_warehouse.landing.parquet_reader import is_reserved
from lead_warehouse.landing.table_reader import NUMBERS
from lead_warehouse.mapping import Input
from lead_warehouse.sql import literal
from lead_warehouse.state.control import ReceivedInput

FOLLOWS = "follows"
"""Name, among what a snapshot says of itself, of the digest of the snapshot before it."""

TABLE = "of_table"
"""And of the table that is in that place, or two tables alike would give one file."""


@dataclass(frozen=True)
class DeliveredTable:
    """A table that an input names, with where its database is or why nobody knows."""

    name: str
    source: DatabaseSource | HeldFile


def find_tables(one: Input, input_dir: Path) -> list[DeliveredTable]:
    """The tables of an input: of the database it names, or of each database file it matches.

    Raises:
        UserError: a match leads outside the input folder through a symlink.
    """
    if one.database:
        return [DeliveredTable(f"{one.database}:{one.table}", _or_reason(one.database))]
    return [
        DeliveredTable(f"{found.name}:{one.table}", _or_reason(found))
        for found in find_files(one, input_dir)
    ]


def _or_reason(where: str | DeliveredFile) -> DatabaseSource | HeldFile:
    try:
        if isinstance(where, str):
            return named_source(where)
        return file_source(where.path, where.name)
    except HeldFile as reason:
        return reason


def deliver_tables(
    one: Input,
    contract: Contract,
    *,
    input_dir: Path,
    folder: Path,
    archive: Archive,
    received: Iterable[ReceivedInput],
) -> list[Delivery]:
    """Keep snapshots, made in ``folder``, of the tables of an input; what cannot be read is told.

    Args:
        received: the input's snapshots that the archive holds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    earlier = sorted(received, key=lambda r: (r.received_at, r.file_name, r.file_digest))
    known = {r.file_digest for r in earlier}
    deliveries = []
    for i, table in enumerate(find_tables(one, input_dir)):
        target = folder / f"{i}.parquet"
        try:
            with open_table(table, folder) as engine:
                _copy(engine, one, contract, target)
            own = [r.file_digest for r in earlier if r.file_name == table.name]
            _tell_apart(table.name, target, own, known, archive)
            digest = archive.keep(DeliveredFile(target, table.name))
        except HeldFile as reason:
            deliveries.append(Delivery(table.name, held_because=str(reason)))
        else:
            known.add(digest)
            deliveries.append(Delivery(table.name, digest))
    return deliveries


def open_table(table: DeliveredTable, folder: Path) -> DatabaseEngine:
    """The database of a table.

    Raises:
        HeldFile: it cannot be found or opened.
    """
    if isinstance(table.source, HeldFile):
        raise table.source
    return DatabaseEngine(table.source, folder)


@dataclass(frozen=True)
class FittingTable:
    """A table whose columns fit the mapping.

    Attributes:
        select: reads the columns that are cells.
        numbers: those of them that are numbers, though they come as text.
    """

    header: Header
    select: str
    numbers: list[str]


def fit_table(engine: DatabaseEngine, one: Input, contract: Contract) -> FittingTable:
    """Hold the columns of an input's table against the mapping.

    Columns that the input ignores stay where they are, and so do those that hold no cells.

    Raises:
        HeldFile: there is no such table, or a column that the mapping reads does not fit.
    """
    schema, table = engine.find_table(str(one.table))
    cells = engine.columns(schema, table)
    for name in cells:
        if is_reserved(name) or name.casefold() == UNREADABLE:
            raise HeldFile(f"a column may not be named '{name}'; rename it, or read a view")
    header = fit_header(one, contract, tuple(cells))
    read = read_columns(one, contract)
    types = engine.types(engine.select(schema, table, cells))
    kept = {}
    for name, cell in cells.items():
        if name in read:
            kind_of(name, types[name])
        elif name in one.ignore_columns or not _is_cell(name, types[name]):
            continue
        kept[name] = cell
    for name in engine.columns_of_bytes(schema, table, list(kept)):
        if name in read:
            raise HeldFile(f"column '{name}' holds bytes, not text; store it as text")
        del kept[name]
    numbers = [name for name, cell in kept.items() if cell.is_number]
    return FittingTable(header, engine.select(schema, table, kept), numbers)


def _is_cell(name: str, sql_type: str) -> bool:
    try:
        kind_of(name, sql_type)
    except HeldFile:
        return False
    return True


def _copy(engine: DatabaseEngine, one: Input, contract: Contract, target: Path) -> None:
    table = fit_table(engine, one, contract)
    said = {NUMBERS: json.dumps(table.numbers)} if table.numbers else {}
    there = engine.copy(table.select, target, _saying(said))
    here = ParquetFile(target).row_count()
    if here != there:
        raise HeldFile(
            f"the table has {there:,} rows and its snapshot {here:,}; no row was taken, please "
            "report the table"
        )


def _tell_apart(name: str, target: Path, own: list[str], known: set[str], archive: Archive) -> None:
    """Let a snapshot name the one before it where its bytes are those of another one.

    The first snapshot of a table may be that of a table alike; it follows that one.

    Args:
        own: digests of the table's snapshots so far, oldest first.
        known: digests of all snapshots of the input.
    """
    plain = _digest(target)
    earlier = ParquetFile(archive.whole(own[-1])).says(FOLLOWS) if own else None
    if own and plain == own[-1] and not earlier:
        return
    if earlier:
        again = _following(target, earlier, name)
        if _digest(again) == own[-1]:
            again.replace(target)
            return
        again.unlink()
    if plain in known:
        _following(target, own[-1] if own else plain, name).replace(target)


def _following(snapshot: Path, digest: str, name: str) -> Path:
    """The rows of a snapshot in another file, which names the snapshot before it."""
    target = snapshot.with_suffix(".following")
    numbers = ParquetFile(snapshot).says(NUMBERS)
    said = ({NUMBERS: numbers} if numbers else {}) | {FOLLOWS: digest, TABLE: name}
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute(
            f"copy (from read_parquet({literal(str(snapshot))})) to {literal(str(target))} "
            f"(format parquet{_saying(said)})"
        )
    return target


def _saying(said: dict[str, str]) -> str:
    """The option that writes what a snapshot says of itself."""
    pairs = ", ".join(f"{key}: {literal(value)}" for key, value in said.items())
    return f", kv_metadata {{{pairs}}}" if said else ""


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Predecessors:
    """Which snapshot of an input each one follows, while they land in order."""

    def __init__(self, archive: Archive):
        self._archive = archive
        self._last_of: dict[str, str] = {}
        self._landed: set[str] = set()

    def of(self, table: str, digest: str) -> Path | None:
        """The snapshot of the table that landed last, or the one of a table alike.

        Raises:
            HeldFile: the snapshot cannot be read.
        """
        if table in self._last_of:
            return self._archive.path(self._last_of[table])
        followed = ParquetFile(self._archive.whole(digest)).says(FOLLOWS)
        return self._archive.path(followed) if followed and followed in self._landed else None

    def add(self, table: str, digest: str) -> None:
        """Note that a snapshot has landed."""
        self._last_of.pop(table, None)
        self._last_of[table] = digest
        self._landed.add(digest)

    def sizes(self, known: Container[str]) -> list[Earlier]:
        """How many rows the last snapshot of each table has, of those known; the latest first."""
        return [
            Earlier(table, ParquetFile(self._archive.path(digest)).row_count())
            for table, digest in reversed(self._last_of.items())
            if digest in known
        ]
