"""Commands about what readers see: ``generations``, ``rollback``, ``release``."""

from typing import Annotated

import typer

from lead_warehouse.cli import show
from lead_warehouse.cli.console import readers_may_leave, say
from lead_warehouse.cli.options import DEFAULT_STATE, Format, RowFormat, State
from lead_warehouse.errors import UserError
from lead_warehouse.query import Rows
from lead_warehouse.refresh.rollback import release, roll_back
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.differences import TableDifference, compare, list_rows
from lead_warehouse.state.generations import Generation, Generations
from lead_warehouse.state.layout import StateDirectory

PREVIOUS = "previous"
COLUMNS_SHOWN = 6

generations_app = typer.Typer(help="The generations kept, and what differs between them.")


@generations_app.callback(invoke_without_command=True)
def generations_command(context: typer.Context, state: State = DEFAULT_STATE) -> None:
    """List the generations kept, newest first; `diff` compares two."""
    if context.invoked_subcommand is None:
        list_command(state)


@generations_app.command("list")
def list_command(state: State = DEFAULT_STATE) -> None:
    """List the generations kept, newest first."""
    generations = Generations(StateDirectory(state))
    show.generations(generations.all(), generations.current_id())


@generations_app.command("diff")
def diff_command(
    earlier: Annotated[str, typer.Argument(help="Run id, its beginning, `previous`.")] = PREVIOUS,
    later: Annotated[str, typer.Argument(help="Likewise; `current` by default.")] = "current",
    state: State = DEFAULT_STATE,
    mart: Annotated[
        str | None,
        typer.Option("--mart", help="List the rows of this one.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows of a mart to list.")] = 100,
    format: RowFormat = Format.table,
) -> None:
    """Say which rows and columns of each mart differ between two generations."""
    directory = StateDirectory(state)
    one, other = _find(directory, earlier), _find(directory, later)
    with readers_may_leave():
        if format is Format.table:
            say(f"from {one.run_id} to {other.run_id}")
        if mart is not None:
            found = list_rows(one, other, mart, limit)
            show.rows(Rows(found.columns, found.values), format.value)
            return
        differences = compare(one, other)
        changed = [each for each in differences if not each.is_equal]
        if format is Format.table:
            say(f"{len(differences) - len(changed)} of {len(differences)} tables are equal")
        shown = changed if format is Format.table else differences
        if shown:
            show.rows(_as_rows(shown), format.value)


def _find(directory: StateDirectory, name: str) -> Generation:
    generations = Generations(directory)
    if name != PREVIOUS:
        return generations.find(name)
    current = generations.current_id()
    kept = {one.run_id for one in generations.all()}
    for run_id in ControlLedger(directory.control).last_published():
        if run_id != current and run_id in kept:
            return generations.find(run_id)
    raise UserError("no earlier published generation is kept; name two of `generations list`")


def _as_rows(differences: list[TableDifference]) -> Rows:
    columns = ["table", "added", "removed", "changed", "by", "columns", "shape"]
    return Rows(
        columns,
        [
            (
                one.name,
                one.added,
                one.removed,
                one.changed,
                ", ".join(one.key) or "whole rows",
                _columns(one),
                _shape(one),
            )
            for one in differences
        ],
    )


def _columns(one: TableDifference) -> str:
    most = sorted(one.columns.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{name} ({count:,})" for name, count in most[:COLUMNS_SHOWN])
    more = len(most) - COLUMNS_SHOWN
    return named + (f" and {more} more" if more > 0 else "")


def _shape(one: TableDifference) -> str:
    if one.is_new or one.is_gone:
        return "new table" if one.is_new else "table is gone"
    return "; ".join(one.schema_changes)


def rollback_command(
    run_id: Annotated[
        str | None,
        typer.Argument(
            help="Generation to return to; by default the one before.", show_default=False
        ),
    ] = None,
    state: State = DEFAULT_STATE,
    no_hold: Annotated[
        bool, typer.Option("--no-hold", help="Let the next refresh publish again at once.")
    ] = False,
) -> None:
    """Point readers to an earlier generation, and hold publishing until `release`."""
    done = roll_back(StateDirectory(state), run_id, with_hold=not no_hold)
    say(f"rolled back from {done.left} to {done.now.run_id}, as of {done.now.as_of}")
    for name in done.forgotten:
        say(f"note: {name} came later; the next refresh takes it again if it is still delivered")
    if done.hold is not None:
        say(
            "publishing is on hold: refreshes build and audit, and readers keep this one until "
            "`lead-warehouse release`"
        )


def release_command(
    state: State = DEFAULT_STATE,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Also show the newest good generation built meanwhile."),
    ] = False,
) -> None:
    """Lift the hold on publishing that a rollback placed."""
    directory = StateDirectory(state)
    # Before the lock, which would make the directory that a mistyped path names.
    if (generations := Generations(directory)).current_id() is None:
        generations.find(None)
    done = release(directory, publish=publish)
    say(f"publishing is free again; it was {done.hold}")
    if done.published is not None:
        say(f"published {done.published.run_id}, as of {done.published.as_of}")
    else:
        say("the next refresh publishes")
