"""Files that are not what they were: cut short, or with bits turned."""

import gzip
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from lead_warehouse.contract import load_contract
from lead_warehouse.errors import RunFailed
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import Landing, land
from lead_warehouse.mapping import Mapping, load_mapping
from lead_warehouse.refresh.verify import verify
from lead_warehouse.refresh.worker import run_in_worker
from lead_warehouse.sql import literal
from lead_warehouse.state.control import ReceivedInput
from lead_warehouse.state.digest import TableDigest, combined_digest
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.chaos.kills import Say
from tests.chaos.subject import Broken, Subject, copy, digest_of, ended, start
from tests.chaos.tally import Tally

Damage = Callable[[bytes, random.Random], bytes]
NOW = datetime(2027, 3, 2, 8)
ROWS = 3000
MAPPING = """
version: 1
inputs:
  - name: leads
    files: {name}
    tables:
      - table: leads
        columns: {{lead_id: id, created_at: made, email: mail}}
"""


def cut(content: bytes, chance: random.Random) -> bytes:
    """Lose the end."""
    return content[: chance.randrange(len(content))]


def turn_bits(content: bytes, chance: random.Random) -> bytes:
    """Turn one to four bits, anywhere."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


DAMAGES: dict[str, Damage] = {"cut short": cut, "bits turned": turn_bits}


def delivered_files(folder: Path) -> dict[str, bytes]:
    """The same leads in each format."""
    folder.mkdir(parents=True)
    parquet = folder / "leads.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select 'L' || range as id, timestamp '2026-01-01' + interval (range) minute as "
            f"made, 'a' || range || '@example.org' as mail from range({ROWS})) "
            f"to {literal(str(parquet))} (format parquet, row_group_size 1000)"
        )
        rows = connection.execute("from read_parquet(?)", [str(parquet)]).fetchall()
    text = "id,made,mail\n" + "".join(f"{lead},{made},{mail}\n" for lead, made, mail in rows)
    return {
        "leads.csv": text.encode(),
        "leads.csv.gz": gzip.compress(text.encode(), mtime=0),
        "leads.parquet": parquet.read_bytes(),
    }


def _land(
    connection: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    folder: Path,
    received: list[ReceivedInput] | None = None,
) -> Landing:
    return land(
        connection,
        load_contract(),
        mapping,
        input_dir=folder / "inputs",
        archive=Archive(folder / "landing"),
        received=received or [],
        now=NOW,
        scratch=folder / "scratch",
        progress=lambda _: None,
    )


def damage_deliveries(folder: Path, tries: int, chance: random.Random, say: Say) -> list[Tally]:
    """Damage files on their way: every record is accounted for, or the file is held."""
    tallies = []
    for name, content in delivered_files(folder / "made").items():
        mapping_path = folder / f"{name}.yml"
        mapping_path.write_text(MAPPING.format(name=name))
        mapping = load_mapping(mapping_path)
        for kind, damage in DAMAGES.items():
            tally = Tally(f"delivered {name}: {kind}")
            for number in range(tries):
                place = folder / f"{name}_{kind}_{number}".replace(" ", "_")
                (place / "inputs").mkdir(parents=True)
                (place / "inputs" / name).write_bytes(damage(content, chance))
                with tally.watch(f"try {number}"), duckdb.connect() as connection:
                    tally.saw(_account_of(_land(connection, mapping, place), connection))
                shutil.rmtree(place)
            say(f"{tally.fault}: {tally.outcome}")
            tallies.append(tally)
    return tallies


def _account_of(landing: Landing, connection: duckdb.DuckDBPyConnection) -> str:
    [account] = landing.accounts
    counted = connection.execute(
        "select (select count(*) from raw.leads), (select count(*) from raw.quarantined_rows)"
    ).fetchone()
    if counted != (account.accepted, account.quarantined):
        raise Broken(f"{counted} rows where the account says {account}")
    if account.held_because:
        if "\n" in account.held_because or counted != (0, 0):
            raise Broken(f"held, but not cleanly: {account}")
        return "held"
    if account.records != account.accepted + account.quarantined + account.blank:
        raise Broken(f"records do not add up: {account}")
    return "landed with records in quarantine" if account.quarantined else "landed"


def damage_archive(folder: Path, tries: int, chance: random.Random, say: Say) -> Tally:
    """Damage files at rest: what is landed anew from the archive is what was delivered, or held."""
    tally = Tally("archived file: bits turned")
    content = delivered_files(folder / "made_for_archive")["leads.csv"]
    mapping_path = folder / "archived.yml"
    for number in range(tries):
        place = folder / f"archive_{number}"
        (place / "inputs").mkdir(parents=True)
        delivered = place / "inputs" / "leads.csv"
        delivered.write_bytes(content)
        mapping_path.write_text(MAPPING.format(name="leads.csv"))
        with tally.watch(f"try {number}"), duckdb.connect() as connection:
            _land(connection, load_mapping(mapping_path), place)
            before = connection.execute("from raw.leads order by file_line").fetchall()
            [kept] = (place / "landing").glob("??/" + "?" * 64)
            kept.chmod(0o644)
            kept.write_bytes(turn_bits(content, chance))
            if is_gone := chance.random() < 0.5:
                delivered.unlink()
            received = [ReceivedInput("leads", kept.name, "leads.csv", NOW)]
            with duckdb.connect() as anew:
                mapping = load_mapping(mapping_path)
                outcome = ""
                for _ in range(2):
                    landing = _land(anew, mapping, place, received)
                    after = anew.execute("from raw.leads order by file_line").fetchall()
                    outcome = "held" if landing.held else "delivered again and landed as before"
                    if after not in ([], before):
                        raise Broken("altered records landed as if they had been delivered")
                if outcome != "held" and is_gone:
                    raise Broken("landed from nowhere")
            tally.saw(outcome)
        shutil.rmtree(place)
    say(f"{tally.fault}: {tally.outcome}")
    return tally


def damage_databases(
    subject: Subject, folder: Path, tries: int, chance: random.Random, say: Say
) -> Tally:
    """Damage a finished build: the check before the seal fails, or every row is as it was."""
    tally = Tally("build: bits turned before the seal")
    whole = Generations(StateDirectory(subject.state)).find(None).database.read_bytes()
    place = folder / "building"
    place.mkdir(parents=True)
    database = place / "warehouse.duckdb"
    for number in range(tries):
        database.write_bytes(turn_bits(whole, chance))
        with tally.watch(f"try {number}"):
            tally.saw(_verified(database, place, subject.published))
        if number % 50 == 49:
            say(f"{tally.fault}: {number + 1} of {tries}")
    return tally


def _verified(database: Path, folder: Path, digest: str) -> str:
    try:
        tables: dict[str, TableDigest] = _in_worker(verify, database, folder=folder)
    except RunFailed:
        return "found"
    if combined_digest(tables) != digest:
        raise Broken("damaged rows passed the check before the seal")
    return "in bytes that nothing reads"


def _in_worker(step: Callable[..., Any], path: Path, folder: Path) -> Any:
    """Read a damaged file in a process of its own, which it may bring down."""
    log = folder / "worker.log"
    return run_in_worker(step, path, log=log, report=lambda _: None, folder=folder, environment={})


def read_digest(report: Callable[[str], None], state: Path) -> str:
    """What a reader gets, in a process of its own."""
    return digest_of(state)


def damage_published(
    subject: Subject, folder: Path, tries: int, chance: random.Random, say: Say
) -> Tally:
    """Damage the published file: no reader gets other rows, and a rollback gives them back."""
    tally = Tally("published file: bits turned")
    state = StateDirectory(copy(subject.state, folder / "published"))
    current = Generations(state).find(None)
    whole = current.database.read_bytes()
    for number in range(tries):
        current.database.chmod(0o644)
        current.database.write_bytes(turn_bits(whole, chance))
        with tally.watch(f"try {number}"):
            seen = None
            with suppress(RunFailed):
                seen = _in_worker(read_digest, state.root, folder=folder)
            if seen not in (None, subject.published):
                raise Broken("readers get other rows without an error")
            tally.saw("readers get an error" if seen is None else "in bytes that nothing reads")
    with tally.watch("rollback"):
        ended(start(["rollback", "--state", str(state.root)]), 0)
        if digest_of(state.root) != subject.published:
            raise Broken("a rollback does not give the rows back")
        tally.outcomes["then a rollback gave the rows back"] += 1
    say(f"{tally.fault}: {tally.outcome}")
    return tally
