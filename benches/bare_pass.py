"""The least that scoring could be: one pass of DuckDB over the staged interactions on disk.

``sum(points x 2^(-age / half-life))`` for each lead, over the staged table as the warehouse has
it, with the same keys, in doubles, on two threads. It resolves nothing, caps nothing, and keeps no
history: how many times as long the warehouse takes is what exactness and explanation cost.
"""

import json
import resource
import sys
import time

import duckdb

from lead_warehouse.memory import memory_bytes
from lead_warehouse.sql import literal

THREADS = 2

PASS = """
    create or replace temp table scores as
    select
        interactions.lead_id,
        sum(
            cast(signals.points as double) * pow(
                2.0,
                -cast(epoch_us(context.as_of) - epoch_us(interactions.occurred_at) as double)
                / (cast(signal_groups.half_life_days as double) * 86400000000)
            )
        ) as points
    from staging.stg_files__interactions as interactions
    inner join seeds.signals as signals
        on interactions.interaction_type = signals.interaction_type
    inner join seeds.signal_groups as signal_groups
        on signals.signal_group = signal_groups.signal_group
    cross join staging.stg_files__refresh_context as context
    group by interactions.lead_id
"""


def bare_pass(database: str) -> dict[str, float]:
    """Seconds and processor seconds of the pass, and the leads it found."""
    with duckdb.connect(database, read_only=True) as connection:
        connection.execute(f"set threads = {THREADS}; set memory_limit = '{memory_bytes()}B'")
        connection.execute(f"set temp_directory = {literal(sys.argv[2])}")
        started, used = time.monotonic(), time.process_time()
        connection.execute(PASS)
        seconds, processor_seconds = time.monotonic() - started, time.process_time() - used
        ((leads,),) = connection.execute("select count(*) from scores").fetchall()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "seconds": seconds,
        "processor_seconds": processor_seconds,
        "leads": leads,
        "memory": peak,
    }


if __name__ == "__main__":
    print(json.dumps(bare_pass(sys.argv[1])))
