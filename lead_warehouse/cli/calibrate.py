"""The commands ``calibrate``: what the past says of the rules, and of columns nobody maps yet."""

from pathlib import Path
from typing import Annotated

import typer

from lead_warehouse import PROJECT_DIR
from lead_warehouse.cli.console import readers_may_leave, say
from lead_warehouse.cli.options import DEFAULT_STATE, State
from lead_warehouse.errors import UserError
from lead_warehouse.explain.at_instant import asking_at
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

calibrate_app = typer.Typer(help="What the past says of points, half-lives and attributes.")

MISSING = (
    "scikit-learn is not installed, and only calibrate needs it; install the project with its "
    "extra calibrate: pip install 'lead-warehouse[calibrate]'"
)


@calibrate_app.callback(invoke_without_command=True)
def calibrate_command(
    context: typer.Context,
    state: State = DEFAULT_STATE,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="New folder for proposed rules and the evidence.", file_okay=False
        ),
    ] = None,
) -> None:
    """Learn half-lives and points from the published leads; propose rules, change none."""
    if context.invoked_subcommand is not None:
        return
    _require_learning()
    from lead_warehouse.calibrate.cases import read_cases
    from lead_warehouse.calibrate.proposal import in_words, too_few_in_words, write_proposal
    from lead_warehouse.calibrate.verdict import TooFew, judge

    generation = Generations(StateDirectory(state)).find(None)
    with asking_at(generation, None) as connection:
        cases = read_cases(connection)
    verdict = judge(cases)
    if isinstance(verdict, TooFew):
        raise UserError(too_few_in_words(verdict))
    with readers_may_leave():
        typer.echo(in_words(verdict), nl=False)
        if out is not None:
            # The project of the last refresh has the rules in force, a company's own on top.
            own = StateDirectory(state).project / "seeds" / "rules"
            rules = own if own.is_dir() else PROJECT_DIR / "seeds" / "rules"
            for path in write_proposal(verdict, rules, out):
                say(f"written: {path}")


@calibrate_app.command("attributes")
def attributes_command(
    file: Annotated[Path, typer.Argument(help="A flat export as CSV.", dir_okay=False)],
    declaration: Annotated[
        Path,
        typer.Option("--declaration", help="What its columns are, as YAML.", dir_okay=False),
    ],
) -> None:
    """Say how well columns of an export foretell its outcome, on leads not learned from."""
    _require_learning()
    from lead_warehouse.calibrate.attributes import judge_groups, read_export
    from lead_warehouse.calibrate.declaration import load_declaration

    declared = load_declaration(declaration)
    found = judge_groups(read_export(file, declared), declared)
    with readers_may_leave():
        how = "on later leads" if found[0].is_out_of_time else "in cross-validation"
        say(f"{found[0].judged:,} leads judged {how}, {found[0].reached:,} reached the outcome")
        say("| foretold by | AUC (95 %) | lift of the first tenth |\n|---|---|---:|")
        for one in found:
            say(f"| {' + '.join(one.groups)} | {one.area} | {one.lift:.2f} |")


def _require_learning() -> None:
    try:
        import sklearn  # noqa: F401
    except ModuleNotFoundError:
        raise UserError(MISSING) from None
