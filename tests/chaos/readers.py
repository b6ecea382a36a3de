"""Readers at work while one generation after the other is published."""

import time
from concurrent.futures import ProcessPoolExecutor
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


def read_all_the_time(root: str, last: int, reads_to_a_connection: int) -> int:
    """Read until the last generation is seen; returns how many reads there were.

    Raises:
        Broken: rows of two generations at once, or an older one after a newer.
    """
    generations = Generations(StateDirectory(Path(root)))
    reads = newest = 0
    while newest < last:
        with generations.reading() as connection:
            opened = _number_on(connection)
            for _ in range(reads_to_a_connection - 1):
                if (number := _number_on(connection)) != opened:
                    raise Broken(f"a connection saw {opened}, then {number}")
                reads += 1
                time.sleep(0.002)
        if opened < newest:
            raise Broken(f"generation {opened} after {newest}")
        newest = opened
        reads += 1
    return reads


def _number_on(connection: duckdb.DuckDBPyConnection) -> int:
    rows = connection.execute(NUMBERS).fetchall()
    numbers = {number for number, _ in rows}
    if len(numbers) != 1 or {count for _, count in rows} != {ROWS, -ROWS}:
        raise Broken(f"a torn read: {rows}")
    return int(numbers.pop())


def read_during_publishes(folder: Path, publishes: int, say: Say) -> Tally:
    """Publish again and again under the eyes of readers that loop and of one that lingers."""
    tally = Tally(f"readers during {publishes:,} publishes")
    state = StateDirectory(folder / "readers")
    generations = Generations(state)
    generations.publish(make_generation(state, 1))
    last = publishes + 1
    with ProcessPoolExecutor(LOOPING + LINGERING, mp_context=get_context("spawn")) as pool:
        readers = [pool.submit(read_all_the_time, str(state.root), last, 1) for _ in range(LOOPING)]
        readers += [
            pool.submit(read_all_the_time, str(state.root), last, LINGERS_FOR)
            for _ in range(LINGERING)
        ]
        for number in range(2, last + 1):
            generations.publish(make_generation(state, number))
            generations.retain()
            if number % 200 == 0:
                say(f"{tally.fault}: {number}")
        tally.tries = publishes
        for reader in readers:
            with tally.watch("a reader"):
                tally.outcomes["reads, none torn, none older after newer"] += reader.result(60)
    if len(kept := generations.all()) > 5 + LOOPING + LINGERING:
        tally.failures.append(f"{len(kept)} generations are kept")
    return tally
