"""Imported once by the fork server, so that every step starts with all that it needs loaded.

Each fork first imports the program that it serves, the command line with all its parts.
"""

import dbt.adapters.duckdb
import dbt.cli.main
import great_expectations

import lead_warehouse.cli.app
from lead_warehouse.refresh.spared_dbt import make_schemas

__all__ = ["dbt", "great_expectations", "lead_warehouse"]

make_schemas()
