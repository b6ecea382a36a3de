"""Readers at work while one generation after the other is published."""

import time
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb

from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.chaos.kills import Say
from tests.chaos.subject import Broken
from tests.chaos.tally import Tally

LOOPING, LINGERING = 2, 1
LINGERS_FOR = 25
"""Reads that a lingering reader makes on one connection before it opens another."""
ROWS = 1000
WAIT_SECONDS = 60
NUMBERS = """
select n, count(*) from marts.first group by n
union all
select n, -count(*) from marts.second group by n
"""


def make_generation(state: StateDirectory, number: int) -> str:
    """A small sealed generation of two tables that both carry its number."""
    run_id = f"20260101T{number:06d}-aaaaaa"
    state.building.parent.mkdir(parents=True)
    with duckdb.connect(str(state.building)) as connection:
        connection.execute("create schema marts")
        for table in ("first", "second"):
            connection.execute(
                f"create table marts.{table} as select {number} as n from range({ROWS})"
            )
    Generations(state).seal(run_id, {"as_of": "2026-01-01T00:00:00", "is_past": False})
    return run_id


class Progress:
    """How many reads a reader has made: the bytes of a file that it lengthens by one each time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def made_one(self) -> None:
        with self._path.open("ab") as file:
            file.write(b".")

    @property
    def reads(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0


def read_all_the_time(root: str, progress: str, last: int, reads_to_a_connection: int) -> None:
    """Read until the last generation is seen.

    Raises:
        Broken: rows of two generations at once, or an older one after a newer.
    """
    generations, mine = Generations(StateDirectory(Path(root))), Progress(Path(progress))
    newest = 0
    while newest < last:
        with generations.reading() as connection:
            opened = _number_on(connection)
            mine.made_one()
            for _ in range(reads_to_a_connection - 1):
                if (number := _number_on(connection)) != opened:
                    raise Broken(f"a connection saw {opened}, then {number}")
                mine.made_one()
                time.sleep(0.002)
        if opened < newest:
            raise Broken(f"generation {opened} after {newest}")
        newest = opened


def _number_on(connection: duckdb.DuckDBPyConnection) -> int:
    rows = connection.execute(NUMBERS).fetchall()
    numbers = {number for number, _ in rows}
    if len(numbers) != 1 or {count for _, count in rows} != {ROWS, -ROWS}:
        raise Broken(f"a torn read: {rows}")
    return int(numbers.pop())


def _until_all_have_read_on(progress: list[Progress], readers: list[Future[None]]) -> None:
    before = [one.reads for one in progress]
    deadline = time.monotonic() + WAIT_SECONDS
    while any(one.reads == reads for one, reads in zip(progress, before, strict=True)):
        if any(reader.done() for reader in readers):
            return  # It ended early: its result says why.
        if time.monotonic() > deadline:
            raise Broken(f"a reader has read nothing for {WAIT_SECONDS} seconds")
        time.sleep(0.0005)


def read_during_publishes(folder: Path, publishes: int, say: Say) -> Tally:
    """Publish again and again under the eyes of readers that loop and of one that lingers.

    Each reader reads at least once in two publishes, however busy the machine is.
    """
    tally = Tally(f"readers during {publishes:,} publishes")
    state = StateDirectory(folder / "readers")
    generations = Generations(state)
    generations.publish(make_generation(state, 1))
    last = publishes + 1
    per_connection = [1] * LOOPING + [LINGERS_FOR] * LINGERING
    progress = [Progress(folder / f"reads-{number}") for number in range(len(per_connection))]
    with ProcessPoolExecutor(len(per_connection), mp_context=get_context("spawn")) as pool:
        readers = [
            pool.submit(read_all_the_time, str(state.root), str(folder / f"reads-{n}"), last, reads)
            for n, reads in enumerate(per_connection)
        ]
        for number in range(2, last + 1):
            if number % 2 == 0 and not tally.failures:
                with tally.watch(f"publish {number}"):
                    _until_all_have_read_on(progress, readers)
            generations.publish(make_generation(state, number))
            generations.retain()
            if number % 200 == 0:
                say(f"{tally.fault}: {number}")
        tally.tries = publishes
        for reader, made in zip(readers, progress, strict=True):
            with tally.watch("a reader"):
                reader.result(WAIT_SECONDS)
                tally.outcomes["reads, none torn, none older after newer"] += made.reads
    if len(kept := generations.all()) > 5 + len(readers):
        tally.failures.append(f"{len(kept)} generations are kept")
    if generations.current_id() != kept[0].run_id:
        tally.failures.append(f"{generations.current_id()} is published, not the newest")
    return tally
