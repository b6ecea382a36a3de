"""dbt's connection, as ``profiles.yml`` asks for it: seeds are read, nothing else is reached."""

import os
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from lead_warehouse import PROJECT_DIR
from lead_warehouse.state.engine import confine

SEEDS_VARIABLE = "LEAD_WAREHOUSE_SEEDS"
"""Names the folder of the seeds in force to dbt's process; by hand, it is the checkout's.

It is read here and not in ``profiles.yml``: a changed path there makes dbt parse everything again.
"""


class Plugin(BasePlugin):
    """Confines each database that dbt opens, before its first statement."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        seeds = os.environ.get(SEEDS_VARIABLE) or PROJECT_DIR / "seeds"
        # A temporary directory may be set on each cursor, so settings stay open.
        confine(conn, Path(seeds), is_final=False)
