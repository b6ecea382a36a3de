"""Imported once by the fork server, so that every step starts with dbt and the checker loaded."""

import dbt.adapters.duckdb
import dbt.cli.main
import great_expectations

__all__ = ["dbt", "great_expectations"]
