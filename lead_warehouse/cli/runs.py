"""Commands about how things went: ``status``, ``runs``, ``doctor``."""

from dataclasses import asdict
from typing import Annotated

import typer

from lead_warehouse.cli import show
from lead_warehouse.cli.console import readers_may_leave, say
from lead_warehouse.cli.options import (
    DEFAULT_STATE,
    Format,
    RowFormat,
    State,
    TextFormat,
    TextOrJson,
)
from lead_warehouse.doctor import examine
from lead_warehouse.query import Rows
from lead_warehouse.refresh.past_runs import find_run
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.status import as_json, read_status

runs_app = typer.Typer(no_args_is_help=True, help="The runs there were, and their reports.")


def status_command(
    state: State = DEFAULT_STATE,
    format: TextOrJson = TextFormat.text,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when something needs a person.")
    ] = False,
) -> None:
    """Say what is published, how the last runs went, and what waits for someone."""
    found = read_status(StateDirectory(state))
    with readers_may_leave():
        if format is TextFormat.json:
            show.as_json(as_json(found))
        else:
            show.status(found)
    if check and found.needs_person:
        raise typer.Exit(1)


@runs_app.command("list")
def list_command(
    state: State = DEFAULT_STATE,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Runs to list.")] = 20,
    format: RowFormat = Format.table,
) -> None:
    """List runs, newest first."""
    runs = ControlLedger(StateDirectory(state).control).runs()[:limit]
    columns = ["run", "state", "started", "ended", "as_of", "message"]
    values = [
        (
            run.run_id,
            run.state,
            run.planned_at.replace(microsecond=0),
            run.changed_at.replace(microsecond=0),
            run.as_of and run.as_of.replace(microsecond=0),
            (run.message or "").splitlines()[0] if run.message else None,
        )
        for run in runs
    ]
    with readers_may_leave():
        show.rows(Rows(columns, values), format.value)


@runs_app.command("show")
def show_command(
    run: Annotated[str, typer.Argument(help="Run id, its beginning, or `last`.")] = "last",
    state: State = DEFAULT_STATE,
    format: TextOrJson = TextFormat.text,
) -> None:
    """Show the report of a run, and the states it went through."""
    found = find_run(StateDirectory(state), run)
    with readers_may_leave():
        if format is TextFormat.json:
            states = [{"state": name, "at": at} for name, at in found.states]
            show.as_json({"run": vars(found.run), "states": states, "report": found.report})
            return
        say(found.text or f"# Run {found.run.run_id}: {found.run.state}\n\nno report is kept")
        for name, at in found.states:
            say(f"{at.isoformat(' ', 'seconds')}  {name}")


def doctor_command(
    state: State = DEFAULT_STATE,
    thoroughly: Annotated[
        bool, typer.Option("--all", help="Read every generation and archived file.")
    ] = False,
    format: TextOrJson = TextFormat.text,
) -> None:
    """Look for damage, leftovers and want of room; exit with 1 when something is wrong."""
    found = []
    for one in examine(StateDirectory(state), thoroughly=thoroughly):
        found.append(one)
        if format is TextFormat.text:
            remedy = f"; {one.remedy}" if one.remedy else ""
            say(f"{'✗' if one.is_wrong else '✓'} {one.what}: {one.sentence}{remedy}")
    if format is TextFormat.json:
        show.as_json([asdict(one) for one in found])
    if any(one.is_wrong for one in found):
        raise typer.Exit(1)
