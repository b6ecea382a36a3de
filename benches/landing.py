"""How landing compares with DuckDB's own typed read of the same file, in one run.

Each reading is done in a process of its own, which says how long it took and how much memory it
had at most; ours and DuckDB's take turns, so that another load on the machine meets both.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import duckdb

from benches.interactions import COLUMNS, KINDS, write, write_small_files
from lead_warehouse.contract import load_contract
from lead_warehouse.landing.archive import Archive, DeliveredFile
from lead_warehouse.landing.land import land
from lead_warehouse.landing.load_file import FileLoader
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.mapping import Input, Mapping
from lead_warehouse.memory import limit_memory
from lead_warehouse.sql import literal
from lead_warehouse.state.engine import STORAGE_VERSION
from lead_warehouse.state.seen_files import SeenFiles

AIMS = {"csv": "6", "csv, quoted": "6", "parquet": "2", "jsonl": "-"}
SMALL_FILES, SMALL_ROWS = 1000, 100
MEGABYTE = 1 << 20


class Reading(NamedTuple):
    """One reading of a file: seconds as they passed, those of the processor (which others on the
    machine change least), peak resident memory in bytes, rows."""

    seconds: float
    processor_seconds: float
    memory: int
    rows: int


def an_input(suffix: str) -> dict[str, Any]:
    """The input of a mapping for the files that are written here."""
    mapped = {"table": "interactions", "columns": COLUMNS}
    return {"name": "interactions", "files": f"*{suffix}", "tables": [mapped]}


def read_by_duckdb(file: Path, folder: Path) -> Reading:
    """Create a typed table of the file on two threads, and write it out."""
    source = f"read_parquet({literal(str(file))})"
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in KINDS.items())
    if file.suffix == ".csv":
        source = (
            f"read_csv({literal(str(file))}, auto_detect = false, header = true, delim = ',', "
            f"quote = '\"', escape = '\"', columns = {{{kinds}}})"
        )
    elif file.suffix == ".jsonl":
        source = (
            f"read_json({literal(str(file))}, format = 'newline_delimited', columns = {{{kinds}}})"
        )
    started = _now()
    with _database(folder) as connection:
        connection.execute("set threads = 2")
        connection.execute(f"create table interactions as select * from {source}")
        connection.execute("checkpoint")
        return _reading(started, connection, "interactions")


def read_by_landing(file: Path, folder: Path) -> Reading:
    """Land the file as a refresh does; that it was archived is not counted."""
    one = Input.model_validate(an_input(file.suffix))
    archived = ArchivedFile(one.name, "-", "0" * 64, file.name, datetime(2026, 1, 1), True)
    contract = load_contract()
    started = _now()
    with _database(folder) as connection:
        connection.execute("set timezone = 'UTC'; set threads = 2")
        limit_memory(connection, folder / "spill")
        ensure_raw_schema(connection, contract)
        account = FileLoader(connection, contract, folder / "scratch").load(one, archived, file)
        connection.execute("checkpoint")
        assert account.accepted == account.records, account
        return _reading(started, connection, "raw.interactions")


def keep_in_archive(file: Path, folder: Path) -> float:
    """Seconds to copy the file into the archive and digest it, which a refresh does first."""
    started = time.monotonic()
    Archive(folder / "archive").keep(DeliveredFile(file, file.name))
    return time.monotonic() - started


READERS = {"duckdb": read_by_duckdb, "landing": read_by_landing}


def _database(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(folder / "warehouse.duckdb"),
        config={"storage_compatibility_version": STORAGE_VERSION},
    )


def _now() -> tuple[float, float]:
    return time.monotonic(), time.process_time()


def _reading(
    started: tuple[float, float], connection: duckdb.DuckDBPyConnection, table: str
) -> Reading:
    passed, used = (now - then for now, then in zip(_now(), started, strict=True))
    ((rows,),) = connection.execute(f"select count(*) from {table}").fetchall()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Reading(passed, used, memory, rows)


def _in_a_process(reader: str, file: Path, folder: Path) -> Reading:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        told = subprocess.run(
            [sys.executable, "-m", "benches.landing", "--reader", reader, str(file), scratch],
            check=True,
            capture_output=True,
            text=True,
        )
    return Reading(**json.loads(told.stdout))


def bench(rows: int, tries: int, folder: Path) -> None:
    """Print how long each format takes to land, as a multiple of DuckDB's own read."""
    print(f"{rows:,} interactions, median of {tries}\n")
    head = (
        *("format", "file MB", "DuckDB s", "landing s", "ratio"),
        *("CPU ratio", "aim", "archive s", "peak MB"),
    )
    print("".join(f"{title:>12}" for title in head))
    for form, aim in AIMS.items():
        file = write(folder, form, rows)
        archive_seconds = keep_in_archive(file, folder)
        found: dict[str, list[Reading]] = {reader: [] for reader in READERS}
        for _ in range(tries):
            for reader, readings in found.items():
                readings.append(_in_a_process(reader, file, folder))
        for reading in (reading for readings in found.values() for reading in readings):
            assert reading.rows == rows, f"{form}: {reading.rows} rows, not {rows}"
        duck, ours = (median(one.seconds for one in found[reader]) for reader in READERS)
        duck_used, ours_used = (
            median(one.processor_seconds for one in found[reader]) for reader in READERS
        )
        peak = max(one.memory for one in found["landing"])
        print(
            f"{form:>12}{file.stat().st_size / MEGABYTE:12.0f}{duck:12.1f}{ours:12.1f}"
            f"{ours / duck:12.2f}{ours_used / duck_used:12.2f}{aim:>12}{archive_seconds:12.1f}"
            f"{peak / MEGABYTE:12.0f}",
            flush=True,
        )
        file.unlink()


def bench_small_files(folder: Path) -> None:
    """Print what a file costs by itself: many small ones landed, then looked at again."""
    inputs = folder / "in"
    inputs.mkdir()
    write_small_files(inputs, SMALL_FILES, SMALL_ROWS)
    mapping = Mapping.model_validate({"version": 1, "inputs": [an_input(".csv")]})
    seen, contract = SeenFiles(folder / "control.sqlite"), load_contract()
    with _database(folder) as connection:
        limit_memory(connection, folder / "spill")
        for what in ("landed", "looked at again"):
            started = time.monotonic()
            landing = land(
                connection,
                contract,
                mapping,
                input_dir=inputs,
                archive=Archive(folder / "archive"),
                received=[],
                now=datetime(2026, 1, 1),
                scratch=folder / "scratch",
                progress=lambda text: None,
                seen=seen,
            )
            seconds = time.monotonic() - started
            assert not landing.held, landing.held[0]
            each = 1000 * seconds / SMALL_FILES
            print(f"{SMALL_FILES:,} files of {SMALL_ROWS} rows {what}: {each:.1f} ms a file")


def main() -> None:
    """Run the comparison, or one reading of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--reader", nargs=3, metavar=("READER", "FILE", "FOLDER"))
    given = parser.parse_args()
    if given.reader:
        reader, file, folder = given.reader
        print(json.dumps(READERS[reader](Path(file), Path(folder))._asdict()))
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        bench(given.rows, given.tries, Path(made))
        bench_small_files(Path(made))


if __name__ == "__main__":
    main()
