"""A run report as a page that people read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

Report = dict[str, Any]


def in_markdown(report: Report) -> str:
    """The report, as ``report.json`` holds it, in Markdown."""
    lines = [f"# Run {report['run_id']}: {report['state']}", ""]
    lines += _opening(report)
    lines += _table("Inputs", ("input", "files", "held", *_COUNTS), _inputs(report))
    lines += _table(
        "Files taken or held",
        ("file", *_COUNTS, "held because"),
        [
            (one["file"]["file_name"], *(one[name] for name in _COUNTS), one["held_because"])
            for one in report["accounts"]
        ],
    )
    lines += _table(
        "In quarantine now",
        ("input", "reason", "records", "of them new"),
        [(q["input"], q["reason"], q["records"], q["new"]) for q in report["quarantine"]],
    )
    lines += _table(
        "Checks",
        ("step", "run", "failed", "warned"),
        [(step, c["run"], c["failed"], c["warned"]) for step, c in report["checks"].items()],
    )
    for title, findings in (("Failures", report["failures"]), ("Warnings", report["warnings"])):
        lines += _table(
            title,
            ("check", "what", "rows"),
            [(one["check"], one["failures"], one["rows_file"]) for one in findings],
        )
    lines += _table(
        "Kept tables built whole",
        ("table", "because"),
        [(one["table"], one["because"]) for one in report["built_whole"]],
    )
    lines += _table("Seconds", ("step", "seconds"), report["seconds"].items())
    lines += _table(
        "Slowest models",
        ("model", "seconds"),
        [(m["name"], m["seconds"]) for m in report["models"]],
    )
    lines += _table(
        "Marts and exports",
        ("table", "rows", "digest"),
        [(name, t["rows"], t["hash_sum"]) for name, t in report["tables"].items()],
    )
    return "\n".join(lines) + "\n"


_COUNTS = ("records", "accepted", "quarantined", "blank")


def _opening(report: Report) -> list[str]:
    told = {
        "as of": report["as_of"],
        "started": report["started_at"],
        "ended": report["ended_at"],
        "by": report["by"],
        "published by this run": "yes" if report["is_published"] else "no",
        "nothing new, stands": report.get("stands"),
        "built because": "; ".join(report.get("built_because") or ()) or None,
        "built upon": report["base"] or "nothing",
        "digest": report["digest"],
        "database": report["database"],
        "mapping": " ".join(report["mapping"].values()),
        "rules": report["rules_digest"],
        "rule files of the company": ", ".join(report["rules_files"]) or "none",
        "files known already": report["unchanged_files"],
        "versions": ", ".join(f"{name} {value}" for name, value in report["versions"].items()),
    }
    lines = [f"- {name}: {_cell(value)}" for name, value in told.items() if value is not None]
    if report["compaction"]:
        sizes = report["compaction"]
        lines.append(f"- rewritten: {sizes['before']:,} bytes became {sizes['after']:,}")
    notes = [*report["reconciled"], *report["notes"]]
    notes += [f"no file of input {name} in the folder" for name in report["inputs_without_files"]]
    notes += [f"input {name} withdrawn" for name in report["withdrawn_inputs"]]
    lines += [f"- note: {_cell(note)}" for note in notes]
    if report["message"]:
        lines += ["", *(f"> {line}" for line in str(report["message"]).splitlines())]
    return [*lines, ""]


def _inputs(report: Report) -> list[tuple[Any, ...]]:
    counted: dict[str, list[int]] = defaultdict(lambda: [0] * (2 + len(_COUNTS)))
    for one in report["accounts"]:
        sums = counted[one["file"]["input_name"]]
        sums[0] += 1
        sums[1] += one["held_because"] is not None
        for position, name in enumerate(_COUNTS, start=2):
            sums[position] += one[name]
    return [(name, *sums) for name, sums in sorted(counted.items())]


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        return []
    lines = [f"## {title}", "", f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in cells), ""]


def _cell(value: Any) -> str:
    """A value that breaks neither the table nor the page."""
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
