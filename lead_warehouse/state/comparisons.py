"""What changes of rules would have done, kept for whoever decides on the next one.

Each comparison leaves a file of figures, which name no lead; refreshes land them as input.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from lead_warehouse.sql import literal
from lead_warehouse.state.layout import StateDirectory


@dataclass(frozen=True)
class Comparison:
    """One comparison.

    Attributes:
        rules: folder or git revision of the other rules, as it was named.
        changed_seeds: rule files whose rows are others.
        figures: measure, component, before, after, limit, whether it is passed.
    """

    comparison_id: str
    compared_at: datetime
    run_id: str
    rules: str
    rules_digest: str
    changed_seeds: Sequence[str]
    figures: Sequence[tuple[Any, ...]]


class Comparisons:
    """The comparisons of a state directory."""

    def __init__(self, state: StateDirectory):
        self.folder = state.comparisons

    def record(self, comparison: Comparison) -> Path:
        """Keep the figures of a comparison."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{comparison.comparison_id}.parquet"
        partial = path.with_suffix(".partial")
        with duckdb.connect(":memory:") as connection:
            connection.execute(
                "create table figures (measure varchar, component varchar, before double, "
                "after double, limit_value double, is_beyond_limit boolean)"
            )
            connection.executemany(
                "insert into figures values (?, ?, ?, ?, ?, ?)", comparison.figures
            )
            connection.execute(
                "create table kept as select $id as comparison_id, cast($at as timestamp) as "
                "compared_at, $run as run_id, $rules as rules, $digest as rules_digest, "
                "$changed as changed_seeds, * from figures",
                {
                    "id": comparison.comparison_id,
                    "at": comparison.compared_at,
                    "run": comparison.run_id,
                    "rules": comparison.rules,
                    "digest": comparison.rules_digest,
                    "changed": " ".join(comparison.changed_seeds),
                },
            )
            connection.execute(f"copy kept to {literal(str(partial))} (format parquet)")
        os.replace(partial, path)
        return path

    def land(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Add the comparisons that ``raw.rule_changes`` does not have yet."""
        landed = {
            one
            for (one,) in connection.execute(
                "select distinct comparison_id from raw.rule_changes"
            ).fetchall()
        }
        for path in sorted(self.folder.glob("*.parquet")):
            if path.stem not in landed:
                connection.execute(
                    f"insert into raw.rule_changes select * from read_parquet({literal(str(path))})"
                )
