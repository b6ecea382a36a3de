"""Bring every delivered file that the warehouse does not hold yet into the raw tables.

The raw schema is a function of the archive and the mapping: when an input's mapping or the
contract behind it changes, the input's files are landed again from the archive.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.erasure.landing import ErasedOnArrival
from lead_warehouse.landing.ambiguous import count_ambiguous
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.completeness import LetThrough
from lead_warehouse.landing.database_snapshot import deliver_tables
from lead_warehouse.landing.deliveries import collect
from lead_warehouse.landing.event_spans import LateFile, record_event_spans
from lead_warehouse.landing.freshness import InputFreshness, record_freshness
from lead_warehouse.landing.land_input import InputLander
from lead_warehouse.landing.load_file import FileAccount, FileLoader
from lead_warehouse.landing.new_columns import (
    NewColumn,
    RenamedIn,
    record_columns,
    renamed_columns,
)
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.landing.reverted import RevertedFile, reverted_files
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.landing.withdraw import withdraw_if_changed, withdraw_unnamed
from lead_warehouse.mapping import Input, Mapping
from lead_warehouse.mapping.expectations import Completeness
from lead_warehouse.mapping.schema import SAYS_WHETHER
from lead_warehouse.sql import identifier
from lead_warehouse.state.control import ReceivedInput
from lead_warehouse.state.engine import use_utc
from lead_warehouse.state.seen_files import SeenFiles

LANDING_VERSION = 6
"""Raised when landing reads or stores the same file differently, so that all files land again."""

Progress = Callable[[str], None]


@dataclass
class Landing:
    """What a landing did.

    Attributes:
        accounts: one for each file landed or held in this refresh.
        unchanged: how many files, delivered now or earlier, the warehouse held already.
        without_files: inputs of which no file lies in the folder now.
        withdrawn: inputs that the mapping no longer names; their rows are gone, their files kept.
        ambiguous: file name to rows landed now whose local time the clock showed twice.
        let_through: files that a person let land now, with what would have held each.
        new_columns: columns nobody maps that earlier files of their input did not have.
        renames: columns that seem to have a new name.
        late_files: files with events far older than what was known.
        reverted: files that hold again what they held before other content came.
        freshness: how long ago each input last delivered anything new.
        took_rows_out: whether rows that the warehouse had were withdrawn, to land again or not.
    """

    accounts: list[FileAccount] = field(default_factory=list)
    unchanged: int = 0
    without_files: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    let_through: list[tuple[ArchivedFile, str]] = field(default_factory=list)
    new_columns: list[NewColumn] = field(default_factory=list)
    renames: list[RenamedIn] = field(default_factory=list)
    late_files: list[LateFile] = field(default_factory=list)
    reverted: list[RevertedFile] = field(default_factory=list)
    freshness: list[InputFreshness] = field(default_factory=list)
    ambiguous: dict[str, int] = field(default_factory=dict)
    took_rows_out: bool = False

    @property
    def held(self) -> list[FileAccount]:
        return [account for account in self.accounts if account.held_because]


def land(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    mapping: Mapping,
    *,
    input_dir: Path | None,
    archive: Archive,
    received: Iterable[ReceivedInput],
    now: datetime,
    scratch: Path,
    progress: Progress,
    seen: SeenFiles | None = None,
    let_through: LetThrough | None = None,
    erased: ErasedOnArrival | None = None,
) -> Landing:
    """Land what is new for each input of the mapping.

    Args:
        input_dir: none to land what the archive holds and to look at no folder and no database.
        received: files that published generations held, so that what a rollback or a changed
            mapping took out comes back from the archive with the time it was first received.
        now: the clock of this landing, in UTC.
        seen: what delivered files held when they were last looked at; none to read them all.
        let_through: files that may land although they look incomplete.
        erased: takes out who was erased; none where nobody was.
    """
    use_utc(connection)
    ensure_raw_schema(connection, contract)
    loader = FileLoader(connection, contract, scratch, progress, erased)
    let_through = let_through or LetThrough()
    landing = Landing()
    # A held file is looked for in its folder again; gone from there, it was withdrawn.
    connection.execute("delete from raw.landed_files where status = 'held'")
    known = [*received, *_landed_inputs(connection)]
    landing.withdrawn = withdraw_unnamed(connection, contract, mapping)
    landing.took_rows_out = bool(landing.withdrawn)
    deliveries = collect(mapping, input_dir, archive, seen, progress) if input_dir else {}
    for one in mapping.inputs:
        digest = input_digest(one, contract)
        landing.took_rows_out |= withdraw_if_changed(connection, contract, one, digest)
        earlier = {r.file_digest: r for r in known if r.input_name == one.name}
        delivered = deliveries.get(one.name, [])
        if one.form == "table" and input_dir:
            delivered = deliver_tables(
                one,
                contract,
                input_dir=input_dir,
                folder=scratch / "snapshots" / one.name,
                archive=archive,
                received=earlier.values(),
            )
        if not delivered:
            landing.without_files.append(one.name)
        expected = mapping.completeness_of(one)
        lander = InputLander(
            connection, loader, archive, one, digest, expected, let_through, now, progress
        )
        accounts = lander.land(delivered, earlier)
        landing.accounts += accounts
        landing.unchanged += lander.unchanged
        landing.reverted += reverted_files(connection, one, delivered, earlier.values())
        _tell_news(
            connection,
            contract,
            one,
            accounts,
            expected=expected,
            earlier=set(earlier),
            landing=landing,
        )
    _count_tables(connection, contract, mapping)
    landing.ambiguous = count_ambiguous(connection, contract, landing.accounts)
    landing.let_through = let_through.used
    landing.freshness = record_freshness(connection, mapping, now)
    return landing


def _tell_news(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    one: Input,
    accounts: list[FileAccount],
    *,
    expected: Completeness,
    earlier: set[str],
    landing: Landing,
) -> None:
    """Columns that are new or renamed, and events far older than what was known."""
    taken = [account for account in accounts if not account.held_because]
    news = record_columns(connection, one.name, taken, earlier)
    landing.new_columns += news
    landing.renames += renamed_columns(one, taken, {column.column_name for column in news})
    landing.late_files += record_event_spans(connection, contract, one, expected, taken)


def _landed_inputs(connection: duckdb.DuckDBPyConnection) -> list[ReceivedInput]:
    """What the generation itself says of its files, should the ledger be lost."""
    rows = connection.execute(
        "select input_name, file_digest, file_name, received_at from raw.landed_files"
    ).fetchall()
    return [ReceivedInput(*row) for row in rows]


def input_digest(one: Input, contract: Contract) -> str:
    """Digest of all that decides how an input's files become rows."""
    tables = [contract.tables[mapped.table].model_dump_json() for mapped in one.tables]
    text = "\n".join([str(LANDING_VERSION), one.model_dump_json(exclude=SAYS_WHETHER), *tables])
    return hashlib.sha256(text.encode()).hexdigest()


def _count_tables(
    connection: duckdb.DuckDBPyConnection, contract: Contract, mapping: Mapping
) -> None:
    connection.execute("delete from raw.landed_tables")
    for table in contract.tables:
        feeding = sum(any(m.table == table for m in one.tables) for one in mapping.inputs)
        connection.execute(
            f"insert into raw.landed_tables "
            f"select ?, ?, (select count(*) from raw.{identifier(table)})",
            [table, feeding],
        )
