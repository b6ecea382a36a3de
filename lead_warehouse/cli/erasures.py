"""The commands that take persons out by law: ``erase`` and ``purge``."""

import os
from pathlib import Path
from typing import Annotated

import typer

from lead_warehouse.cli.console import output, say
from lead_warehouse.cli.options import DEFAULT_MAPPING, DEFAULT_STATE, MappingFile, State
from lead_warehouse.cli.progress import StepLines
from lead_warehouse.erasure.erase import Plan, Who, erase, plan, resume
from lead_warehouse.erasure.key import KEY_FILE_VARIABLE, KEY_VARIABLE
from lead_warehouse.errors import UserError
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

Yes = Annotated[
    bool, typer.Option("--yes", help="Carry it out; without it, only what would go is told.")
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        help=f"File of the key of tombstones; by default {KEY_VARIABLE} or {KEY_FILE_VARIABLE}.",
        dir_okay=False,
        show_default=False,
    ),
]


def erase_command(
    lead: Annotated[
        str | None, typer.Option("--lead", help="Identifier of a lead.", show_default=False)
    ] = None,
    email: Annotated[
        str | None, typer.Option("--email", help="Mail address.", show_default=False)
    ] = None,
    state: State = DEFAULT_STATE,
    mapping: MappingFile = DEFAULT_MAPPING,
    yes: Yes = False,
    key_file: KeyFile = None,
    go_on: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Carry on what was interrupted, and take out whom a restored copy brought back.",
        ),
    ] = False,
) -> None:
    """Erase a person, with all that tells who they were; says what would go unless --yes."""
    directory = _known(state)
    _use_key(key_file)
    if go_on:
        if lead or email:
            raise UserError("--resume carries on what was asked before; leave --lead, --email out")
        with StepLines(output) as progress:
            done = resume(directory, mapping, lambda text: progress("erase", text))
        say(done[0] if done else "nothing is left to erase")
        return
    if (lead is None) == (email is None):
        raise UserError("say who: --lead ID or --email ADDRESS, one of the two")
    _carry_out(directory, mapping, Who(lead=lead, email=email), yes)


def purge_command(
    due: Annotated[
        bool,
        typer.Option("--due", help="All whose time is over in rpt_retention_due."),
    ] = False,
    state: State = DEFAULT_STATE,
    mapping: MappingFile = DEFAULT_MAPPING,
    yes: Yes = False,
    key_file: KeyFile = None,
) -> None:
    """Erase persons and single visits that may be kept no longer; says how many unless --yes."""
    if not due:
        raise UserError("say what: --due, everybody whose time is over in marts.rpt_retention_due")
    directory = _known(state)
    _use_key(key_file)
    _carry_out(directory, mapping, Who(is_due=True), yes)


def _carry_out(directory: StateDirectory, mapping: Path, asked: Who, yes: bool) -> None:
    if not yes:
        found = plan(directory, asked, mapping)
        _tell(found, "would go")
        if found:
            say("nothing was changed; add --yes to erase for good")
        return
    with StepLines(output) as progress:
        found = erase(directory, mapping, asked, lambda text: progress("erase", text))
    _tell(found, "erased")
    if found:
        say("the next refresh builds every table anew; files in input folders are not touched")


def _tell(found: Plan, what: str) -> None:
    for name, count in found.left.items():
        say(
            f"note: {count:,} record(s) of tracked interactions of input '{name}' stay "
            "though their time is over, since it tells more than visits or reads "
            "a table; delete them there"
        )
    if not found:
        say("nobody is due; nothing to erase")
        return
    if found.outdated:
        say(
            f"{found.outdated_count:,} record(s) of tracked interactions {what}, whose own time is "
            "over"
        )
    if not found.persons:
        return
    say(
        f"{found.person_count:,} person(s) {what}, with {found.lead_count:,} lead record(s), from "
        f"{found.generations} generation(s)"
    )
    for table, count in found.records.items():
        say(f"  {table}: {count:,} records")
    say(f"  {found.conversions:,} rows of cohorts stay counted, under random keys")
    if found.shared:
        say(
            f"note: {found.shared:,} address(es), contact(s) or visitor(s) that others have too "
            "stay theirs"
        )


def _known(state: Path) -> StateDirectory:
    """The state directory, once it is sure that something is published there."""
    directory = StateDirectory(state)
    # Before the lock, which would make the directory that a mistyped path names.
    Generations(directory).find(None)
    return directory


def _use_key(key_file: Path | None) -> None:
    if key_file is not None:
        os.environ.pop(KEY_VARIABLE, None)
        os.environ[KEY_FILE_VARIABLE] = str(key_file)
