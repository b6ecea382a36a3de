"""The command ``compare``: what a change of rules would do, before anybody makes it."""

from dataclasses import asdict, astuple
from enum import StrEnum
from typing import Annotated

import typer

from lead_warehouse.cli import show
from lead_warehouse.cli.console import complain, readers_may_leave
from lead_warehouse.cli.options import DEFAULT_STATE, State
from lead_warehouse.clock import utc_now
from lead_warehouse.compare.build import side_by_side
from lead_warehouse.compare.impact import NEEDED_FOR_IMPACT, Impact, measure_impact
from lead_warehouse.compare.markdown import as_markdown, limit_in_words
from lead_warehouse.compare.revision import rules_of
from lead_warehouse.refresh.pipeline import new_run_id
from lead_warehouse.state.comparisons import Comparison, Comparisons
from lead_warehouse.state.layout import StateDirectory

LIMIT_PASSED = 3
"""What ends a comparison that passes a limit; a pipeline stops at it."""


class ReportFormat(StrEnum):
    """How a comparison is printed."""

    markdown = "markdown"
    json = "json"


def compare_command(
    rules: Annotated[
        str,
        typer.Option("--rules", help="Folder of rule CSVs, or a git revision of the project's."),
    ],
    state: State = DEFAULT_STATE,
    names: Annotated[
        bool, typer.Option("--names", help="Also the leads that would enter or leave MQL.")
    ] = False,
    keep: Annotated[
        bool,
        typer.Option("--keep/--no-keep", help="Keep the figures for the mart rpt_rule_changes."),
    ] = True,
    format: Annotated[ReportFormat, typer.Option("--format", help="How to print.")] = (
        ReportFormat.markdown
    ),
) -> None:
    """Say what other rules would change; code 3 when it passes a limit of change_limits.csv."""
    directory = StateDirectory(state)
    with (
        rules_of(rules) as folder,
        side_by_side(
            directory, folder, lambda step, detail: None, needed=NEEDED_FOR_IMPACT
        ) as sides,
    ):
        impact = measure_impact(sides, with_names=names)
    if keep:
        _keep(directory, impact, rules)
    with readers_may_leave():
        if format is ReportFormat.json:
            show.as_json(_as_json(impact))
        else:
            typer.echo(as_markdown(impact, rules), nl=False)
    if impact.beyond:
        for one in impact.beyond:
            complain(f"limit passed: {limit_in_words(one)}")
        raise typer.Exit(LIMIT_PASSED)


def _keep(directory: StateDirectory, impact: Impact, rules: str) -> None:
    Comparisons(directory).record(
        Comparison(
            new_run_id(),
            utc_now(),
            impact.run_id,
            rules,
            impact.rules_digest,
            impact.changed,
            [astuple(one) for one in impact.figures],
        )
    )


def _as_json(impact: Impact) -> dict[str, object]:
    names = impact.names
    return {
        "as_of": impact.as_of,
        "run_id": impact.run_id,
        "rules_digest": impact.rules_digest,
        "changed": impact.changed,
        "figures": [asdict(one) for one in impact.figures],
        "names": [dict(zip(names.columns, row, strict=True)) for row in names.values]
        if names
        else None,
    }
