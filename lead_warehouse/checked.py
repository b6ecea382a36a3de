"""How the checks of a generation or run went, for people and BI tools."""

import json
from dataclasses import dataclass
from pathlib import Path

from lead_warehouse.errors import UserError
from lead_warehouse.gates.results import COLUMNS, RESULTS_FILE
from lead_warehouse.query import Rows, run_query
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

RESULTS = f"""
select {", ".join(COLUMNS)}
from quality.check_results
where run_id = '{{run_id}}'
order by success, severity, gate, table_name, column_name, check_name
"""

CHANGES = """
select verdict, compared, table_name, input_name, column_name, metric,
    round(change, 4) as change, warn_above,
    stop_above, round(before_value, 4) as before_value, round(now_value, 4) as now_value,
    before_rows, now_rows, because, compared_with
from quality.changes
where {shown}
order by list_position(['stop', 'warn', 'ok', 'not judged'], verdict), change desc nulls last,
    table_name, column_name, metric
"""


@dataclass(frozen=True)
class CheckedRun:
    """The checks of one run.

    Attributes:
        results: rows of ``quality.check_results``, what failed first.
        data_docs: first page of its Data Docs; none once the run's folder is removed.
    """

    run_id: str
    results: Rows
    data_docs: Path | None

    def count(self, severity: str | None = None) -> int:
        """Checks that ran, or those of a severity that did not pass."""
        success, level = (self.results.columns.index(name) for name in ("success", "severity"))
        if severity is None:
            return len(self.results.values)
        return sum(not row[success] and row[level] == severity for row in self.results.values)

    def bad(self) -> Rows:
        """Only what did not pass."""
        success = self.results.columns.index("success")
        return Rows(self.results.columns, [row for row in self.results.values if not row[success]])


def read_checks(state: StateDirectory, run_id: str | None) -> CheckedRun:
    """The checks of the published generation, or of any run whose folder is still there.

    Raises:
        UserError: there is no such run, or it came before results were kept.
    """
    generations = Generations(state)
    if run_id is not None and (kept := _find_run(state, run_id)) is not None:
        return _from_folder(kept)
    generation = generations.find(run_id)
    if not _has_results(generations, generation.run_id):
        raise UserError(
            f"generation {generation.run_id} has no results of checks; the next refresh keeps them"
        )
    rows = run_query(generations, RESULTS.format(run_id=generation.run_id), generation.run_id)
    return CheckedRun(generation.run_id, rows, _data_docs(state.run(generation.run_id)))


def read_changes(state: StateDirectory, run_id: str | None, everything: bool) -> Rows:
    """What changed from the generation before, by limit; only what is told unless asked for all.

    Raises:
        UserError: there is no such generation, or it came before changes were kept.
    """
    generations = Generations(state)
    generation = generations.find(run_id)
    if not _has_results(generations, generation.run_id):
        raise UserError(
            f"generation {generation.run_id} compares nothing; the next refresh compares"
        )
    shown = "true" if everything else "verdict in ('stop', 'warn')"
    return run_query(generations, CHANGES.format(shown=shown), generation.run_id)


def _has_results(generations: Generations, run_id: str) -> bool:
    found = run_query(
        generations,
        "select count(*) from information_schema.tables where table_schema = 'quality' "
        "and table_name in ('check_results', 'changes')",
        run_id,
    )
    return bool(found.values[0][0] == 2)


def _find_run(state: StateDirectory, run_id: str) -> Path | None:
    """The folder of a run with results of checks, by its id or its beginning."""
    runs = state.root / "runs"
    found = [path.parent for path in runs.glob(f"*/{RESULTS_FILE}")]
    matching = [folder for folder in found if folder.name.startswith(run_id)]
    return matching[0] if len(matching) == 1 else None


def _from_folder(folder: Path) -> CheckedRun:
    records = json.loads((folder / RESULTS_FILE).read_text(encoding="utf-8"))
    records.sort(key=lambda one: (one["success"], one["severity"]))
    rows = [tuple(record[name] for name in COLUMNS) for record in records]
    return CheckedRun(folder.name, Rows(list(COLUMNS), rows), _data_docs(folder))


def _data_docs(folder: Path) -> Path | None:
    index = folder / "data_docs" / "index.html"
    return index if index.exists() else None
