"""Paths inside the state directory."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

WAREHOUSE_FILE = "warehouse.duckdb"
"""Constant name: DuckDB views carry the catalog's name, which is the file's stem."""

INTERNAL_REPORT = "internal"
"""The site that shows single leads, and how the folders of its builds begin."""


@dataclass(frozen=True)
class StateDirectory:
    """Everything a warehouse keeps on disk, below one folder."""

    CONTROL: ClassVar[str] = "control.sqlite"

    root: Path

    @property
    def control(self) -> Path:
        return self.root / self.CONTROL

    @property
    def lock(self) -> Path:
        return self.root / "refresh.lock"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def generations(self) -> Path:
        return self.root / "generations"

    @property
    def publications(self) -> Path:
        """What each published run was the first to show."""
        return self.root / "publications"

    @property
    def comparisons(self) -> Path:
        """What changes of rules would have done; it names nobody."""
        return self.root / "comparisons"

    @property
    def erasures(self) -> Path:
        """What is kept of persons erased by law, which names nobody."""
        return self.root / "erasures"

    @property
    def hold(self) -> Path:
        """Lies here while publishing is on hold."""
        return self.root / "hold.json"

    @property
    def current(self) -> Path:
        """The pointer: a symlink to the published generation."""
        return self.root / "current"

    @property
    def building(self) -> Path:
        """The database being built; the path never changes, so dbt need not parse again."""
        return self.root / "building" / WAREHOUSE_FILE

    @property
    def project(self) -> Path:
        """The dbt project of the run: this checkout's models with the rules in force."""
        return self.root / "project"

    @property
    def report(self) -> Path:
        """The finished sites, and a pointer to each that is served."""
        return self.root / "report"

    def generation(self, run_id: str) -> Path:
        return self.generations / run_id

    def run(self, run_id: str) -> Path:
        """Where a run leaves its logs, results and failing rows."""
        return self.root / "runs" / run_id
