"""The ratios of scoring: a real refresh, its models by themselves, a day's refresh, scripts."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from benches.measured import Cost
from benches.scripted import TOLERANCE, agreement
from benches.stages import PARTS_OF_THE_PROJECT, RESULTS
from benches.warehouse import Refreshed, Warehouse

PARTS = ("scores", "daily", "scripts")

AIMS = {
    "current scores": (3, 1.5),
    "history and crossings": (12, 6),
    "first build": (40, 20),
    "daily refresh": (0.10, 0.05),
    "daily refresh, longer history": (1.5, 1.25),
}
"""At most now, and the aim."""

MEMORY_AIM = 4e9

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Asked:
    """What to measure, on how many interactions, how often, and on how much longer a history."""

    rows: int
    tries: int
    history: int
    parts: frozenset[str]


@dataclass(frozen=True)
class Line:
    """A line of the table.

    Attributes:
        seconds: as they passed, the median of the tries.
        processor_seconds: of all processes, the median of the tries.
        ratio: to what ``of`` names, of elapsed seconds.
        processor_ratio: the same of processor seconds, which others on the machine change least.
    """

    what: str
    seconds: float | None = None
    processor_seconds: float | None = None
    ratio: float | None = None
    processor_ratio: float | None = None
    of: str = ""
    memory: int | None = None
    aims: tuple[float, float] | None = None


@dataclass
class Found:
    """What a run found.

    Attributes:
        models: seconds and processor seconds of each model by itself.
        in_refresh: seconds of each model in the first refresh, two at a time.
        notes: what the table does not say.
    """

    asked: Asked
    leads: int = 0
    lines: list[Line] = field(default_factory=list)
    models: dict[str, tuple[float, float]] = field(default_factory=dict)
    in_refresh: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def compare(asked: Asked, folder: Path) -> Found:
    """Measure what was asked for."""
    found = Found(asked)
    warehouse = Warehouse(folder / "warehouse")
    days = asked.tries if "daily" in asked.parts else 1
    generated = _told("writing the files", warehouse.generate, asked.rows, 1, days)
    first = _told("first refresh", warehouse.refresh)
    found.in_refresh = first.models
    bare = _measure_stages(found, warehouse)
    _add_first_build(found, first, bare)
    found.lines.append(
        Line(
            "writing these files", generated.seconds, generated.processor_seconds,
            memory=generated.memory,
        )
    )  # fmt: skip
    if "scripts" in asked.parts:
        _measure_scripts(found, warehouse)
    if "daily" in asked.parts:
        daily = _measure_days(found, warehouse, first)
        if asked.history > 1:
            _measure_longer(found, folder, daily)
    return found


def _measure_stages(found: Found, warehouse: Warehouse) -> Line:
    """The bare pass and the models, in turns."""
    passes, built = [], []
    copy = warehouse.copy_of_database()
    for number in range(found.asked.tries):
        if number == 0:
            _bare_pass(warehouse)  # fills the cache of the file system
        passes.append(_told("bare pass", _bare_pass, warehouse))
        if "scores" in found.asked.parts:
            timing = ("benches.stages", copy, warehouse.scratch)
            built.append(_told("models by themselves", warehouse.ask, *timing))
    copy.unlink()
    found.leads = int(passes[0]["leads"])
    bare = Line(
        "bare pass",
        median(one["seconds"] for one in passes),
        median(one["processor_seconds"] for one in passes),
        memory=max(int(one["memory"]) for one in passes),
    )
    found.lines.append(bare)
    if built:
        found.models = {
            name: (
                median(one["models"][name]["seconds"] for one in built),
                median(one["models"][name]["processor_seconds"] for one in built),
            )
            for name in built[0]["models"]
        }
        for stage in (*RESULTS, *PARTS_OF_THE_PROJECT):
            sums = [[found.models[name][i] for name in built[0]["stages"][stage]] for i in (0, 1)]
            found.lines.append(_against(bare, stage, sum(sums[0]), sum(sums[1])))
    return bare


def _bare_pass(warehouse: Warehouse) -> dict[str, Any]:
    asked: dict[str, Any] = warehouse.ask(
        "benches.bare_pass", warehouse.database, warehouse.scratch / "spill"
    )
    return asked


def _add_first_build(found: Found, first: Refreshed, bare: Line) -> None:
    cost = first.cost
    line = _against(bare, "first build", cost.seconds, cost.processor_seconds, cost.memory)
    found.lines.append(line)
    for step, seconds in first.steps.items():
        found.lines.append(_against(bare, f"  of it: {step}", seconds))


def _measure_days(found: Found, warehouse: Warehouse, first: Refreshed) -> tuple[float, float]:
    """A refresh for each day, and one without news after it, which is taken off both sides.

    Returns:
        what the day's news themselves take: seconds, seconds of the processor.
    """
    days, idle = [], []
    for day in range(found.asked.tries):
        warehouse.deliver(day)
        days.append(_told("refresh with a day's news", warehouse.refresh))
        idle.append(_told("refresh without news", warehouse.refresh))
    # What the days' readers were shown first has landed with the last of these.
    unchanged = _told("refresh that finds nothing new", _unchanged, warehouse, found.asked.tries)
    without, without_cpu = _median(idle)
    with_news, with_news_cpu = _median(days)
    own, own_cpu = with_news - without, with_news_cpu - without_cpu
    full, full_cpu = first.cost.seconds - without, first.cost.processor_seconds - without_cpu
    found.lines += [
        Line("refresh with a day's news", with_news, with_news_cpu, memory=_peak(days)),
        *_steps(days),
        Line("refresh without news", without, without_cpu, memory=_peak(idle)),
        *_steps(idle),
        Line(
            "refresh that finds nothing new", *_median(unchanged), memory=_peak(unchanged)
        ),
        *_steps(unchanged),
        Line("  copy of the published file", warehouse.seconds_to_copy()),
        Line(
            "daily refresh", own, own_cpu, own / full, own_cpu / full_cpu, "full rebuild",
            aims=AIMS["daily refresh"],
        ),
    ]  # fmt: skip
    return own, own_cpu


def _unchanged(warehouse: Warehouse, tries: int) -> list[Refreshed]:
    """Refreshes that find nothing new, after one more that may have had to build."""
    warehouse.refresh()
    refreshed = [warehouse.refresh() for _ in range(tries)]
    if built := [one for one in refreshed if one.models]:
        raise AssertionError(f"{len(built)} refreshes without news built models")
    return refreshed


def _measure_longer(found: Found, folder: Path, daily: tuple[float, float]) -> None:
    """The same day on a history that is longer, at as many interactions a day."""
    asked = found.asked
    longer = Warehouse(folder / "longer")
    rows = asked.rows * asked.history
    _told("writing a longer history", longer.generate, rows, asked.history, asked.tries)
    first = _told("first refresh of it", longer.refresh)
    of_it = Found(asked)
    own = _measure_days(of_it, longer, first)
    found.lines += [
        Line(f"{line.what}, {asked.history} times the history", *_rest(line))
        for line in of_it.lines
        if line.what != "daily refresh"
    ]
    found.lines.append(
        Line(
            "daily refresh, longer history",
            *own,
            ratio=own[0] / daily[0],
            processor_ratio=own[1] / daily[1],
            of=f"the same day at {asked.rows:,}",
            aims=AIMS["daily refresh, longer history"],
        )
    )


def _rest(line: Line) -> tuple[Any, ...]:
    return (
        line.seconds, line.processor_seconds, line.ratio, line.processor_ratio, line.of,
        line.memory, line.aims,
    )  # fmt: skip


def _measure_scripts(found: Found, warehouse: Warehouse) -> None:
    """What scripts take for the current intent scores, reading their files included."""
    ours = next((line for line in found.lines if line.what == "current scores"), None)
    out = warehouse.scratch / "scores.parquet"
    for script in ("polars", "pandas"):
        arguments = (f"benches.with_{script}", warehouse.deliveries, warehouse.as_of, out)
        costs: list[Cost] = []
        for _ in range(found.asked.tries):
            costs.append(_told(f"script on {script}", warehouse.run, *arguments)[0])
        agreed = agreement(warehouse.database, warehouse.deliveries, out)
        if not agreed.compared or agreed.largest > TOLERANCE:
            raise AssertionError(f"{script} and the warehouse disagree: {agreed}")
        found.notes.append(
            f"The script on {script} and the warehouse agree on {agreed.compared:,} leads: "
            f"no two scores lie further apart than {agreed.largest:.1e}."
        )
        seconds = median(cost.seconds for cost in costs)
        used = median(cost.processor_seconds for cost in costs)
        found.lines.append(
            Line(
                f"script on {script}",
                seconds,
                used,
                seconds / ours.seconds if ours and ours.seconds else None,
                used / ours.processor_seconds if ours and ours.processor_seconds else None,
                "current scores" if ours else "",
                max(cost.memory for cost in costs),
            )
        )


def _against(
    bare: Line,
    what: str,
    seconds: float,
    processor_seconds: float | None = None,
    memory: int | None = None,
) -> Line:
    assert bare.seconds and bare.processor_seconds
    return Line(
        what,
        seconds,
        processor_seconds,
        seconds / bare.seconds,
        processor_seconds / bare.processor_seconds if processor_seconds is not None else None,
        "bare pass",
        memory,
        AIMS.get(what),
    )


def _median(refreshed: list[Refreshed]) -> tuple[float, float]:
    return (
        median(one.cost.seconds for one in refreshed),
        median(one.cost.processor_seconds for one in refreshed),
    )


def _peak(refreshed: list[Refreshed]) -> int:
    return max(one.cost.memory for one in refreshed)


def _steps(refreshed: list[Refreshed]) -> list[Line]:
    return [
        Line(f"  of it: {step}", median(one.steps[step] for one in refreshed))
        for step in refreshed[0].steps
    ]


def _told(what: str, deed: Callable[..., _Result], *arguments: object) -> _Result:
    started = time.monotonic()
    result = deed(*arguments)
    print(f"{what}: {time.monotonic() - started:.1f} s", flush=True)
    return result
