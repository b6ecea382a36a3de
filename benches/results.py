"""A bench's results as a table, and the page that keeps them."""

import os
import platform
import subprocess
from pathlib import Path

import duckdb
import psutil

from benches.comparison import MEMORY_AIM, Found, Line
from lead_warehouse import PROJECT_DIR
from lead_warehouse.memory import DEFAULT_MEMORY, MEMORY_VARIABLE

BEGIN = "<!-- written by `make bench`, newest first -->"
SLOWEST = 15

_HEAD = ("", "seconds", "CPU s", "ratio", "of CPU s", "÷", "at most", "aim", "peak GB")


def table(found: Found) -> str:
    """The results in Markdown."""
    rows = [_HEAD, ("---", *["---:"] * 4, "---", *["---:"] * 3), *map(_cells, found.lines)]
    parts = ["\n".join(f"| {' | '.join(row)} |" for row in rows)]
    if found.models:
        parts.append("The slowest models, each by itself (in the first refresh, two at a time):")
        slowest = sorted(found.models.items(), key=lambda one: one[1], reverse=True)[:SLOWEST]
        rows = [("model", "seconds", "CPU s", "in the refresh"), ("---", *["---:"] * 3)]
        rows += [
            (f"`{name}`", f"{s:.1f}", f"{used:.1f}", f"{found.in_refresh.get(name, 0):.1f}")
            for name, (s, used) in slowest
        ]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
    return "\n\n".join([*parts, *found.notes])


def record(found: Found, page: Path) -> None:
    """Put the results before those that the page has already."""
    text = page.read_text("utf-8")
    before, mark, after = text.partition(BEGIN)
    entry = f"\n\n### {found.asked.rows:,} interactions, {_commit()}\n\n{_machine(found)}\n\n"
    page.write_text(before + mark + entry + table(found) + "\n\n" + after.lstrip("\n"), "utf-8")


def _cells(line: Line) -> tuple[str, ...]:
    at_most, aim = line.aims or (None, None)
    return (
        line.what.replace("  of it: ", "… ").strip(),
        _number(line.seconds, 1),
        _number(line.processor_seconds, 1),
        _number(line.ratio, 2),
        _number(line.processor_ratio, 2),
        line.of,
        _number(at_most, 2),
        _number(aim, 2),
        _number(line.memory / 1e9 if line.memory else None, 2),
    )


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:,.{places}f}"


def _machine(found: Found) -> str:
    """What the figures depend on, and nothing that tells which machine it is."""
    total = psutil.virtual_memory().total / 1e9
    load = psutil.getloadavg()[2]
    return (
        f"{found.leads:,} leads, median of {found.asked.tries}; "
        f"{os.cpu_count()} cores ({platform.machine()}), {total:.0f} GB of memory, load of "
        f"{load:.1f} in the last quarter of an hour, {platform.system()}, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, "
        f"{MEMORY_VARIABLE} {os.environ.get(MEMORY_VARIABLE) or f'unset ({DEFAULT_MEMORY})'}; "
        f"peak memory asked for: at most {MEMORY_AIM / 1e9:.0f} GB."
    )


def _commit() -> str:
    told = subprocess.run(
        ["git", "-C", str(PROJECT_DIR), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip() or "unknown commit"
