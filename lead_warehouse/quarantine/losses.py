"""Records that are accepted and that a mapping would no longer accept.

A replay only ever adds. What a mapping takes away is told before anything changes, and left to a
refresh, whose gates say how much of a table may go.
"""

from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.query import Rows
from lead_warehouse.sql import identifier, literal

LOSS_COLUMNS = ["input", "because", "records", "first_file", "first_line"]
NO_ROW = "gives no row, or not all of its rows"


def find_losses(
    connection: duckdb.DuckDBPyConnection, contract: Contract, published: Path, inputs: list[str]
) -> Rows:
    """Records that gave rows of ``published`` and do not give all of them any more.

    Args:
        connection: raw tables that the mapping has filled from the same files.
        inputs: those that landed there.

    Returns:
        one row per input and reason.
    """
    connection.execute(f"attach {literal(str(published))} as published (read_only)")
    try:
        found = connection.execute(_losses(connection, contract), {"inputs": inputs})
        return Rows(LOSS_COLUMNS, found.fetchall())
    finally:
        connection.execute("detach published")


def _losses(connection: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """SQL of the losses; a record that fed two tables is lost once."""
    known = {
        name
        for (name,) in connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = 'published' and table_schema = 'raw'"
        ).fetchall()
    }
    key = "input_name, file_digest, file_line"
    gone = " union ".join(
        f"(select {key} from published.raw.{table} "
        f"where list_contains($inputs, input_name) except all select {key} from raw.{table})"
        for table in (identifier(name) for name in contract.tables if name in known)
    )
    return f"""
        select gone.input_name,
            case
                when quarantined.reason is not null
                then 'would be in quarantine: ' || coalesce(quarantined.column_name || ': ', '')
                    || quarantined.reason
                when files.status = 'held' then 'its file would be held: ' || files.reason
                else {literal(NO_ROW)}
            end as because,
            count(*) as records,
            arg_min(landed.file_name, (landed.file_name, file_line)),
            arg_min(file_line, (landed.file_name, file_line))
        from ({gone}) as gone
        left join raw.quarantined_rows as quarantined using (input_name, file_digest, file_line)
        left join raw.landed_files as files using (input_name, file_digest)
        left join published.raw.landed_files as landed using (input_name, file_digest)
        group by 1, 2
        order by records desc, 1, 2
    """
