"""What the scripts that the warehouse is compared with share, and whether they agree with it."""

import json
import time
from pathlib import Path
from typing import NamedTuple

import duckdb

from lead_warehouse import PROJECT_DIR
from lead_warehouse.sql import literal

RULES = PROJECT_DIR / "seeds" / "rules"
TOLERANCE = 1e-6

_DIFFERENCES = """
    with interactions as (
        select * from read_parquet({interactions})
    ),
    -- What a script knows nothing of: merges, visitors who turn out to be someone, bursts of bots.
    beyond_a_script as (
        select "Merged" as lead_id from read_parquet({merges})
        union
        select "Kept" from read_parquet({merges})
        union
        select lead from interactions where visitor is not null
        union
        select lead from interactions
        where event = 'click'
        group by lead, date_trunc('minute', occurred)
        having count(*) > 3
    )
    select
        count(*) as compared,
        count(*) filter (warehouse.intent_score > 0) as scored,
        coalesce(max(abs(warehouse.intent_score - coalesce(script.intent_score, 0))), 0) as largest
    from warehouse.marts.fct_lead_scores as warehouse
    left join read_parquet({scores}) as script on warehouse.lead_id = script.lead_id
    anti join beyond_a_script on warehouse.lead_id = beyond_a_script.lead_id
"""


class Agreement(NamedTuple):
    """How many leads were compared, how many have a score, and how far two lie apart at most."""

    compared: int
    scored: int
    largest: float


def report(started: float, used: float) -> None:
    """Print what a script took since the clocks said ``started`` and ``used``."""
    seconds, processor_seconds = time.monotonic() - started, time.process_time() - used
    print(json.dumps({"seconds": seconds, "processor_seconds": processor_seconds}))


def agreement(database: Path, folder: Path, scores: Path) -> Agreement:
    """Hold the scores of a script against those of the warehouse."""
    query = _DIFFERENCES.format(
        interactions=literal(str(folder / "interactions*.parquet")),
        merges=literal(str(folder / "lead_merges*.parquet")),
        scores=literal(str(scores)),
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(database))} as warehouse (read_only)")
        (found,) = connection.execute(query).fetchall()
    return Agreement(*found)
