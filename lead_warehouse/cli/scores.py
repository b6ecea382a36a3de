"""Commands about scores of all leads: ``scores compare``."""

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated

import typer

from lead_warehouse.cli import show
from lead_warehouse.cli.console import output, readers_may_leave, say
from lead_warehouse.cli.options import DEFAULT_STATE, Format, RowFormat, RulesFolder, State
from lead_warehouse.cli.progress import StepLines
from lead_warehouse.clock import parse_instant
from lead_warehouse.compare.build import side_by_side
from lead_warehouse.compare.scores import ScoresCompared, compare_scores
from lead_warehouse.query import Rows
from lead_warehouse.refresh.kept_tables import BuiltWhole
from lead_warehouse.state.layout import StateDirectory

scores_app = typer.Typer(no_args_is_help=True, help="Scores by the rules in force and by others.")


@scores_app.callback()
def scores_command() -> None:
    """Keep `compare` a command of its own, though it is the only one."""


@scores_app.command("compare")
def compare_command(
    state: State = DEFAULT_STATE,
    rules: RulesFolder = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Instant; by default the warehouse's own.", show_default=False),
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Also leads that nothing changes for.")
    ] = False,
    format: RowFormat = Format.table,
) -> None:
    """Say what other rules would make of the published records; readers notice nothing."""
    instant = parse_instant(at, "--at") if at else None
    directory = StateDirectory(state)
    if format is Format.table:
        with (
            StepLines(output) as progress,
            side_by_side(directory, rules, progress, instant) as sides,
        ):
            progress("compare", "")
            found, whole = compare_scores(sides, instant, everyone=everyone), sides.built_whole
    else:
        with side_by_side(directory, rules, lambda step, detail: None, instant) as sides:
            found, whole = compare_scores(sides, instant, everyone=everyone), sides.built_whole
    with readers_may_leave():
        if format is Format.csv:
            show.rows(found.leads, format.value)
        elif format is Format.json:
            show.as_json(_as_json(found))
        else:
            _show(found, whole)


def _show(found: ScoresCompared, whole: list[BuiltWhole]) -> None:
    counted = found.summary
    say(f"\n{counted.leads:,} leads at {found.at} (UTC), by the published rules and by these")
    if whole:
        say(f"built anew for it: {', '.join(one.table for one in whole)}")
    say(
        f"fit differs for {counted.fit_changed:,}, intent for {counted.intent_changed:,}, "
        f"grade for {counted.grade_changed:,}, stage for {counted.stage_changed:,}"
    )
    show.section("leads by grade, now (down) and by these rules (across)", _matrix(found.grades))
    show.section("leads that differ most first", _rounded(found.leads))


def _rounded(rows: Rows) -> Rows:
    """Scores with as many places as tell two of them apart; files have all."""
    return Rows(
        rows.columns,
        [
            tuple(f"{one:.3f}" if isinstance(one, Decimal) else one for one in row)
            for row in rows.values
        ],
    )


def _matrix(grades: Rows) -> Rows:
    """Leads by grade now (down) and by the other rules (across)."""
    counts = {(one, other): leads for one, other, leads in grades.values}
    before = sorted({str(one) for one, _ in counts})
    after = sorted({str(other) for _, other in counts})
    told = {(str(one), str(other)): leads for (one, other), leads in counts.items()}
    return Rows(
        ["grade", *after],
        [(one, *(told.get((one, other), 0) for other in after)) for one in before],
    )


def _as_json(found: ScoresCompared) -> dict[str, object]:
    return {
        "at": found.at,
        "summary": asdict(found.summary),
        "grades": _records(found.grades),
        "leads": _records(found.leads),
    }


def _records(rows: Rows) -> list[dict[str, object]]:
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.values]
