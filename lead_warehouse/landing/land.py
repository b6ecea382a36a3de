"""Bring every delivered file that the warehouse does not hold yet into the raw tables.

The raw schema is a function of the archive and the mapping: when an input's mapping or the
contract behind it changes, the input's files are landed again from the archive.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.failpoints import failpoint
from lead_warehouse.landing.ambiguous import count_ambiguous
from lead_warehouse.landing.archive import Archive, find_files
from lead_warehouse.landing.database_snapshot import Delivery, deliver_tables
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.load_file import FileAccount, FileLoader
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.mapping import Input, Mapping
from lead_warehouse.sql import identifier
from lead_warehouse.state.control import ReceivedInput

LANDING_VERSION = 2
"""Raised when landing reads the same file differently, so that all files are landed again."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Landing:
    """What a landing did.

    Attributes:
        accounts: one for each file landed or held in this refresh.
        unchanged: how many files, delivered now or earlier, the warehouse held already.
        without_files: inputs of which no file lies in the folder now.
        withdrawn: inputs that the mapping no longer names; their rows are gone, their files kept.
        ambiguous: file name to rows landed now whose local time the clock showed twice.
    """

    accounts: list[FileAccount]
    unchanged: int
    without_files: list[str]
    withdrawn: list[str]
    ambiguous: dict[str, int]

    @property
    def held(self) -> list[FileAccount]:
        return [account for account in self.accounts if account.held_because]


def land(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    mapping: Mapping,
    *,
    input_dir: Path,
    archive: Archive,
    received: Iterable[ReceivedInput],
    now: datetime,
    scratch: Path,
    progress: Progress,
) -> Landing:
    """Land what is new for each input of the mapping.

    Args:
        received: files that published generations held, so that what a rollback or a changed
            mapping took out comes back from the archive with the time it was first received.
        now: the clock of this landing, in UTC.
    """
    connection.execute("set timezone = 'UTC'")
    ensure_raw_schema(connection, contract)
    loader = FileLoader(connection, contract, scratch, progress)
    accounts: list[FileAccount] = []
    unchanged = 0
    without_files: list[str] = []
    # A held file is looked for in its folder again; gone from there, it was withdrawn.
    connection.execute("delete from raw.landed_files where status = 'held'")
    known = [*received, *_landed_inputs(connection)]
    withdrawn = _withdraw_unnamed(connection, contract, mapping)
    for one in mapping.inputs:
        digest = input_digest(one, contract)
        _withdraw_if_changed(connection, contract, one, digest)
        landed = _landed_digests(connection, one)
        delivery = _deliver(
            one, contract, input_dir=input_dir, scratch=scratch, archive=archive, received=known
        )
        if not delivery.files and not delivery.failed:
            without_files.append(one.name)
        waiting, held = _waiting_files(
            one, digest, delivery=delivery, archive=archive, received=known, now=now
        )
        before: dict[str, Path] = {}
        accounts += held
        for account in held:
            loader.record(account)
        for file in waiting:
            path = archive.path(file.file_digest)
            if file.file_digest in landed:
                unchanged += 1
                before[file.file_name] = path
                continue
            progress(f"{one.name}: {file.file_name}")
            follower = replace(file, before=before.get(file.file_name))
            accounts.append(loader.load(one, follower, path))
            if not accounts[-1].held_because:
                before[file.file_name] = path
            failpoint("landing")
    _count_tables(connection, contract, mapping)
    ambiguous = count_ambiguous(connection, contract, accounts)
    return Landing(accounts, unchanged, without_files, withdrawn, ambiguous)


def _deliver(
    one: Input,
    contract: Contract,
    *,
    input_dir: Path,
    scratch: Path,
    archive: Archive,
    received: list[ReceivedInput],
) -> Delivery:
    if one.form != "table":
        return Delivery(find_files(one, input_dir), [])
    return deliver_tables(
        one,
        contract,
        input_dir=input_dir,
        folder=scratch / "snapshots" / one.name,
        archive=archive,
        received=(r for r in received if r.input_name == one.name),
    )


def _landed_inputs(connection: duckdb.DuckDBPyConnection) -> list[ReceivedInput]:
    """What the generation itself says of its files, should the ledger be lost."""
    rows = connection.execute(
        "select input_name, file_digest, file_name, received_at from raw.landed_files"
    ).fetchall()
    return [ReceivedInput(*row) for row in rows]


def input_digest(one: Input, contract: Contract) -> str:
    """Digest of all that decides how an input's files become rows."""
    tables = [contract.tables[mapped.table].model_dump_json() for mapped in one.tables]
    text = "\n".join([str(LANDING_VERSION), one.model_dump_json(), *tables])
    return hashlib.sha256(text.encode()).hexdigest()


def _withdraw_if_changed(
    connection: duckdb.DuckDBPyConnection, contract: Contract, one: Input, digest: str
) -> None:
    other = connection.execute(
        "select 1 from raw.landed_files where input_name = ? and input_digest <> ? limit 1",
        [one.name, digest],
    ).fetchone()
    if other is not None:
        _withdraw(connection, contract, one.name)


def _withdraw_unnamed(
    connection: duckdb.DuckDBPyConnection, contract: Contract, mapping: Mapping
) -> list[str]:
    """Withdraw inputs that the mapping does not name, a renamed one for example."""
    landed = connection.execute(
        "select distinct input_name from raw.landed_files order by input_name"
    ).fetchall()
    unnamed = [name for (name,) in landed if name not in {one.name for one in mapping.inputs}]
    for name in unnamed:
        _withdraw(connection, contract, name)
    return unnamed


def _withdraw(connection: duckdb.DuckDBPyConnection, contract: Contract, input_name: str) -> None:
    connection.begin()
    for table in [*contract.tables, "quarantined_rows", "landed_files"]:
        connection.execute(
            f"delete from raw.{identifier(table)} where input_name = ?", [input_name]
        )
    connection.commit()


def _landed_digests(connection: duckdb.DuckDBPyConnection, one: Input) -> set[str]:
    rows = connection.execute(
        "select file_digest from raw.landed_files where input_name = ? and status = 'landed'",
        [one.name],
    ).fetchall()
    return {digest for (digest,) in rows}


def _waiting_files(
    one: Input,
    digest: str,
    *,
    delivery: Delivery,
    archive: Archive,
    received: list[ReceivedInput],
    now: datetime,
) -> tuple[list[ArchivedFile], list[FileAccount]]:
    """An input's files, oldest first, each content once; and those that could not be taken."""
    earlier = {r.file_digest: r for r in received if r.input_name == one.name}
    first_received = min((r.received_at for r in earlier.values()), default=now)

    def archived(file_digest: str, name: str, received_at: datetime) -> ArchivedFile:
        is_first_load = received_at == first_received
        return ArchivedFile(one.name, digest, file_digest, name, received_at, is_first_load)

    files = {
        r.file_digest: archived(r.file_digest, r.file_name, r.received_at) for r in earlier.values()
    }
    held = [
        FileAccount(archived("", name, now), held_because=reason)
        for name, reason in delivery.failed
    ]
    for found in delivery.files:
        try:
            file_digest = archive.keep(found)
        except HeldFile as reason:
            held.append(FileAccount(archived("", found.name, now), held_because=str(reason)))
            continue
        files.setdefault(file_digest, archived(file_digest, found.name, now))
    in_order = sorted(files.values(), key=lambda f: (f.received_at, f.file_name, f.file_digest))
    return in_order, held


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
