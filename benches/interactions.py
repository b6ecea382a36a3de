"""Interactions in files of any length, the same ones each time."""

from pathlib import Path

import duckdb

from lead_warehouse.sql import literal

KINDS = {
    "id": "varchar",
    "contact": "varchar",
    "visitor": "varchar",
    "event": "varchar",
    "occurred": "timestamp",
    "channel": "varchar",
    "campaign": "varchar",
    "asset": "varchar",
    "depth": "double",
}
"""Columns of the file, as DuckDB's own read types them."""

COLUMNS = {
    "interaction_id": "id",
    "lead_id": "contact",
    "visitor_id": "visitor",
    "interaction_type": "event",
    "occurred_at": "occurred",
    "channel": "channel",
    "campaign_id": "campaign",
    "asset": "asset",
    "depth": "depth",
}
"""How the mapping reads them."""

PLAIN_ASSET = "'/pages/' || hash(i, 9) % 5000"

QUOTED_ASSET = """
    case hash(i, 9) % 20
        when 0 then 'A "note" of' || chr(10) || 'two lines, no. ' || i
        else 'Pricing, "part" ' || hash(i, 9) % 5000
    end
"""
"""Commas and quotes in every cell, a newline in one of twenty."""

_INTERACTIONS = """
    select
        'i' || i as id,
        'l' || hash(i) % 200000 as contact,
        case when hash(i, 1) % 3 = 0 then 'v' || hash(i, 2) % 500000 end as visitor,
        ['page', 'webinar', 'download', 'email', 'form'][cast(1 + hash(i, 3) % 5 as int)] as event,
        timestamp '2023-01-01' + to_seconds(cast(i * 3 + hash(i, 4) % 1000 as bigint)) as occurred,
        ['web', 'email', 'event', 'social'][cast(1 + hash(i, 5) % 4 as int)] as channel,
        case when hash(i, 6) % 2 = 0 then 'c' || hash(i, 7) % 300 end as campaign,
        {asset} as asset,
        cast(hash(i, 8) % 10000 as double) / 100 as depth
    from range({rows}) as numbers(i)
"""


OPTIONS = {"csv": "format csv, header", "parquet": "format parquet", "jsonl": "format json"}
"""How DuckDB writes a file, by its suffix."""


def write(folder: Path, form: str, rows: int) -> Path:
    """Write ``rows`` interactions as ``csv``, ``csv, quoted``, ``parquet`` or ``jsonl``."""
    suffix, *how = form.split(", ")
    file = folder / f"interactions.{suffix}"
    select = _INTERACTIONS.format(asset=QUOTED_ASSET if how else PLAIN_ASSET, rows=rows)
    options = OPTIONS[suffix]
    with duckdb.connect() as connection:
        connection.execute("set threads = 2; set memory_limit = '1GB'")
        connection.execute(f"copy ({select}) to {literal(str(file))} ({options})")
    return file


def write_small_files(folder: Path, files: int, rows: int) -> None:
    """Write CSV files of ``rows`` interactions each, no interaction twice."""
    select = _INTERACTIONS.format(asset=PLAIN_ASSET, rows=files * rows)
    with duckdb.connect() as connection:
        connection.execute(f"create table all_of_them as {select}")
        for number in range(files):
            path = literal(str(folder / f"interactions_{number:05}.csv"))
            connection.execute(
                f"copy (from all_of_them limit {rows} offset {number * rows}) to {path} "
                f"({OPTIONS['csv']})"
            )
