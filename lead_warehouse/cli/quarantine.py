"""The commands of quarantine: list, show, dismiss, replay."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lead_warehouse.cli import show, show_quarantine
from lead_warehouse.cli.console import counted, output, readers_may_leave, say
from lead_warehouse.cli.options import (
    DEFAULT_MAPPING,
    DEFAULT_STATE,
    Format,
    MappingFile,
    RulesFolder,
    State,
)
from lead_warehouse.cli.progress import StepLines
from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.quarantine.dismiss import dismiss, reopen
from lead_warehouse.quarantine.reading import Quarantine, reading_quarantine
from lead_warehouse.quarantine.records import STATUSES, Wanted
from lead_warehouse.quarantine.replay import refuse_losses, rehearse, replay, select
from lead_warehouse.refresh.pipeline import RefreshOptions
from lead_warehouse.state.layout import StateDirectory

quarantine_app = typer.Typer(no_args_is_help=True, help="Records that could not be accepted.")


class Statuses(StrEnum):
    """What may become of a record in quarantine."""

    open = "open"
    dismissed = "dismissed"
    replayed = "replayed"
    all = "all"


Ids = Annotated[
    list[str] | None,
    typer.Argument(help="Records, as `list` names them: 3fa9c2d1:1042.", show_default=False),
]
InputName = Annotated[
    str | None,
    typer.Option("--input", help="Only records of this input of the mapping.", show_default=False),
]


@quarantine_app.command("list")
def list_command(
    state: State = DEFAULT_STATE,
    status: Annotated[
        Statuses, typer.Option("--status", help="Which records; replayed ones came in later.")
    ] = Statuses.open,
    input_name: InputName = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help="Only where the reason has these words.", show_default=False),
    ] = None,
    groups: Annotated[
        bool, typer.Option("--groups", help="Only the kinds of problems, not each record.")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
) -> None:
    """List records in quarantine by kind and one by one."""
    statuses = STATUSES if status is Statuses.all else (status.value,)
    wanted = Wanted(input_name=input_name, reason=reason, statuses=statuses)
    with reading_quarantine(StateDirectory(state)) as quarantine, readers_may_leave():
        _check_input(quarantine, input_name)
        if format is not Format.table:
            show.rows(
                quarantine.groups(wanted) if groups else quarantine.rows(wanted), format.value
            )
            return
        kinds = quarantine.groups(wanted)
        shown = None if groups else quarantine.rows(wanted, show.ROWS_SHOWN)
        show_quarantine.listed(kinds, shown, status.value)


@quarantine_app.command("show")
def show_command(
    record: Annotated[str, typer.Argument(help="Record, as `list` names it: 3fa9c2d1:1042.")],
    state: State = DEFAULT_STATE,
    input_name: InputName = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Write the record's own bytes, and nothing else.")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
) -> None:
    """Show a record: where it stands, what is wrong with it, and what was delivered."""
    with reading_quarantine(StateDirectory(state)) as quarantine, readers_may_leave():
        (one,) = quarantine.records(Wanted((record,), input_name))
        content = quarantine.raw_record(one)
        if not raw:
            show_quarantine.record(one, content, format.value)
            return
        if content is None:
            raise UserError(
                f"{one.id} is in quarantine no longer; its bytes are in {one.file_name}"
            )
        sys.stdout.buffer.write(content[0])


@quarantine_app.command("dismiss")
def dismiss_command(
    records: Ids = None,
    state: State = DEFAULT_STATE,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why it need not come in.", show_default=False)
    ] = None,
    input_name: InputName = None,
    matching: Annotated[
        str | None,
        typer.Option(
            "--matching",
            help="All records whose problem has these words.",
            show_default=False,
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take a dismissal back.")] = False,
) -> None:
    """Decide that records need not come in; recorded with who, when and why."""
    directory, wanted = StateDirectory(state), Wanted(tuple(records or ()), input_name, matching)
    with reading_quarantine(directory) as quarantine:
        _check_input(quarantine, input_name)
    if undo:
        done = reopen(directory, wanted, reason)
        say(f"{counted(len(done), 'record')} open again")
        return
    done = dismiss(directory, wanted, reason or "")
    say(
        f"{counted(len(done), 'record')} dismissed; still counted as in "
        "quarantine, and marked in raw.quarantined_rows by the next refresh"
    )


@quarantine_app.command("replay")
def replay_command(
    records: Ids = None,
    state: State = DEFAULT_STATE,
    mapping: MappingFile = DEFAULT_MAPPING,
    input_name: InputName = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            help="Folder of the files, as `refresh --input`; by default the mapping's own.",
            show_default=False,
        ),
    ] = None,
    rules: RulesFolder = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come in; publish nothing.")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
) -> None:
    """Refresh with a corrected mapping and tell which records came in; all open ones by default."""
    directory = StateDirectory(state)
    with reading_quarantine(directory) as quarantine:
        _check_input(quarantine, input_name)
    selected = select(directory, mapping, Wanted(tuple(records or ()), input_name))
    if dry_run:
        told = rehearse(directory, selected)
    else:
        asked = RefreshOptions(directory, mapping, folder or mapping.parent, rules)
        if format is Format.table:
            with StepLines(output) as progress:
                report, told = replay(asked, selected, progress)
            show.refresh_report(report, directory)
        else:
            _, told = replay(asked, selected, lambda step, detail: None)
    with readers_may_leave():
        show_quarantine.replayed(told, selected.alike, format.value)
    if dry_run:
        refuse_losses(told, mapping)


def _check_input(quarantine: Quarantine, name: str | None) -> None:
    known = quarantine.input_names()
    if name is not None and name not in known:
        hint = did_you_mean(name, known) or f"; inputs are {', '.join(known) or 'none'}"
        raise UserError(f"no input '{name}' has landed{hint}")
