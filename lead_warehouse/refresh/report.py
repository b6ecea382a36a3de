"""What a refresh did, kept as ``runs/<id>/report.json``."""

import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from lead_warehouse.landing.event_spans import LateFile
from lead_warehouse.landing.freshness import InputFreshness
from lead_warehouse.landing.load_file import FileAccount
from lead_warehouse.landing.new_columns import NewColumn, RenamedIn
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.refresh.findings import Finding

KEPT_RUNS = 100
"""Runs whose logs, results and failing rows are kept."""


def forget_old_runs(runs: Path, keep: int = KEPT_RUNS) -> None:
    """Remove what all but the newest runs left behind; the ledger still lists them."""
    folders = sorted((path for path in runs.iterdir() if path.is_dir()), reverse=True)
    for folder in folders[keep:]:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class RefreshReport:
    """Filled as the run goes on.

    Attributes:
        state: the state the run ended in.
        seconds: wall time of each step.
        is_published: whether readers see it.
        let_through: files that landed by a person's word, with what would have held each.
        useless_names: names to let through that no file needed.
        replayed: records that were in quarantine and came in.
    """

    run_id: str
    state: str = "planned"
    as_of: datetime | None = None
    rules_digest: str | None = None
    digest: str | None = None
    database: Path | None = None
    is_published: bool = False
    accounts: list[FileAccount] = field(default_factory=list)
    unchanged_files: int = 0
    inputs_without_files: list[str] = field(default_factory=list)
    withdrawn_inputs: list[str] = field(default_factory=list)
    ambiguous_times: dict[str, int] = field(default_factory=dict)
    let_through: list[tuple[ArchivedFile, str]] = field(default_factory=list)
    useless_names: list[str] = field(default_factory=list)
    new_columns: list[NewColumn] = field(default_factory=list)
    renames: list[RenamedIn] = field(default_factory=list)
    late_files: list[LateFile] = field(default_factory=list)
    freshness: list[InputFreshness] = field(default_factory=list)
    replayed: int = 0
    warnings: list[Finding] = field(default_factory=list)
    failures: list[Finding] = field(default_factory=list)
    reconciled: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    message: str | None = None

    @property
    def held(self) -> list[FileAccount]:
        return [account for account in self.accounts if account.held_because]

    @property
    def quarantined(self) -> int:
        return sum(account.quarantined for account in self.accounts)

    def write(self, folder: Path) -> None:
        """Write the report beside the run's logs."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=2, default=str)
        (folder / "report.json").write_text(text + "\n", encoding="utf-8")
