"""The console script ``lead-warehouse``; the only place that prints."""

from lead_warehouse.cli.app import main

__all__ = ["main"]
