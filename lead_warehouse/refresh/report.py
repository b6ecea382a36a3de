"""What a refresh did, kept as ``runs/<id>/report.json`` and, to be read, ``report.md``."""

import json
import shutil
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lead_warehouse.landing.event_spans import LateFile
from lead_warehouse.landing.freshness import InputFreshness
from lead_warehouse.landing.land import Landing
from lead_warehouse.landing.load_file import FileAccount
from lead_warehouse.landing.new_columns import NewColumn, RenamedIn
from lead_warehouse.landing.reverted import RevertedFile
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.redaction import redact
from lead_warehouse.refresh.build import NodeResult
from lead_warehouse.refresh.compact import Compaction
from lead_warehouse.refresh.findings import Finding
from lead_warehouse.refresh.kept_tables import BuiltWhole
from lead_warehouse.refresh.report_text import in_markdown

REPORT_FILE = "report.json"
SLOWEST_MODELS = 10

KEPT_RUNS = 100
"""Runs whose logs, results and failing rows are kept."""


def forget_old_runs(runs: Path, keep: int = KEPT_RUNS, spare: Collection[str] = ()) -> None:
    """Remove what all but the newest runs left behind; the ledger still lists them.

    Args:
        spare: runs whose generations are kept: many may have found nothing new since.
    """
    folders = sorted((path for path in runs.iterdir() if path.is_dir()), reverse=True)
    for folder in folders[keep:]:
        if folder.name in spare:
            continue
        shutil.rmtree(folder, ignore_errors=True)


def note_rollback(folder: Path) -> None:
    """Have the report of a run say that readers were taken from it, should the ledger be lost."""
    path = folder / REPORT_FILE
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # The report may be kept no longer, and the run was none of the newest then.
        return
    partial = path.with_suffix(".partial")
    partial.write_text(
        json.dumps({**report, "state": "rolled back"}, indent=2) + "\n", encoding="utf-8"
    )
    partial.replace(path)


@dataclass
class RefreshReport:
    """Filled as the run goes on.

    Attributes:
        state: the state the run ended in.
        seconds: wall time of each step.
        is_published: whether readers see it.
        held_because: why a good generation was not published, none otherwise.
        stands: the published generation that this run found nothing new for, none otherwise;
            ``digest`` and ``database`` are that one's then.
        built_because: why models were built; empty where nothing new was found.
        by: user of the system who ran it.
        base: generation the build is a copy of; none for a build from nothing.
        rules_files: rule files that replace the project's own.
        quarantine: records in quarantine now, by input and reason.
        tables: rows and digest of each mart and export.
        models: the slowest models with their seconds.
        accepted_changes: tables whose change was let through, as asked for.
        comparison: what keeps volumes and distributions from being held against the generation
            before as usual; none where nothing does.
        checks: of each gate, how many checks ran, failed and warned.
        let_through: files that landed by a person's word, with what would have held each.
        useless_names: names to let through that no file needed.
        replayed: records that were in quarantine and came in.
        built_whole: kept tables built from all that has landed, rather than for the leads that
            something new concerns, each with the reason.
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
    reverted: list[RevertedFile] = field(default_factory=list)
    freshness: list[InputFreshness] = field(default_factory=list)
    replayed: int = 0
    warnings: list[Finding] = field(default_factory=list)
    failures: list[Finding] = field(default_factory=list)
    accepted_changes: list[str] = field(default_factory=list)
    comparison: str | None = None
    reconciled: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    message: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    by: str | None = None
    base: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    rules_files: list[str] = field(default_factory=list)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    checks: dict[str, dict[str, int]] = field(default_factory=dict)
    models: list[dict[str, Any]] = field(default_factory=list)
    compaction: Compaction | None = None
    removed_generations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    held_because: str | None = None
    stands: str | None = None
    built_because: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    built_whole: list[BuiltWhole] = field(default_factory=list)

    def time_models(self, results: list[NodeResult]) -> None:
        """Keep the slowest of what dbt built."""
        slowest = sorted(results, key=lambda one: one.seconds, reverse=True)[:SLOWEST_MODELS]
        self.models = [{"name": one.name, "seconds": round(one.seconds, 2)} for one in slowest]

    def take_landing(self, landing: Landing) -> None:
        """Take over what landed, what was held, and what was noticed on the way."""
        self.inputs_without_files = landing.without_files
        self.withdrawn_inputs = landing.withdrawn
        self.ambiguous_times = landing.ambiguous
        self.accounts = landing.accounts
        self.unchanged_files = landing.unchanged
        self.new_columns = landing.new_columns
        self.renames = landing.renames
        self.late_files = landing.late_files
        self.reverted = landing.reverted
        self.freshness = landing.freshness

    @property
    def held(self) -> list[FileAccount]:
        return [account for account in self.accounts if account.held_because]

    @property
    def quarantined(self) -> int:
        return sum(account.quarantined for account in self.accounts)

    def write(self, folder: Path) -> None:
        """Write the report beside the run's logs; secrets of the environment stay out."""
        folder.mkdir(parents=True, exist_ok=True)
        told = json.loads(json.dumps(redact(asdict(self)), default=str))
        text = json.dumps(told, indent=2)
        (folder / REPORT_FILE).write_text(text + "\n", encoding="utf-8")
        (folder / "report.md").write_text(in_markdown(told), encoding="utf-8")
