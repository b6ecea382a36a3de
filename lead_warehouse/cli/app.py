"""Commands of the console script. Each reads its options, calls the package, shows the result."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lead_warehouse import PROJECT_DIR, __version__
from lead_warehouse.checked import read_changes, read_checks
from lead_warehouse.cli import show, show_quality, show_series
from lead_warehouse.cli.calibrate import calibrate_app
from lead_warehouse.cli.compare import compare_command
from lead_warehouse.cli.console import complain, output, readers_may_leave, say
from lead_warehouse.cli.erasures import erase_command, purge_command
from lead_warehouse.cli.generations import generations_app, release_command, rollback_command
from lead_warehouse.cli.options import (
    DEFAULT_MAPPING,
    DEFAULT_STATE,
    Format,
    InputFolder,
    MappingFile,
    RowFormat,
    RulesFolder,
    State,
)
from lead_warehouse.cli.progress import StepLines
from lead_warehouse.cli.quarantine import quarantine_app
from lead_warehouse.cli.report import report_command
from lead_warehouse.cli.runs import doctor_command, runs_app, status_command
from lead_warehouse.cli.scores import scores_app
from lead_warehouse.clock import parse_instant
from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.explain.explanation import explain
from lead_warehouse.explain.hottest import hottest
from lead_warehouse.explain.series import score_series
from lead_warehouse.explain.work_queue import work_queue
from lead_warehouse.landing.preview import preview
from lead_warehouse.query import run_query
from lead_warehouse.refresh.pipeline import RefreshOptions, refresh
from lead_warehouse.rules import check_rules
from lead_warehouse.simulate.company import simulate
from lead_warehouse.state.generations import RETAINED, Generations
from lead_warehouse.state.layout import StateDirectory

_UsageError = typer.BadParameter.__bases__[0]

app = typer.Typer(
    name="lead-warehouse",
    help="Lead qualification as a warehouse: refresh it, look at it, ask it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
mapping_app = typer.Typer(no_args_is_help=True, help="Mapping files.")
app.add_typer(mapping_app, name="mapping")
rules_app = typer.Typer(no_args_is_help=True, help="The rules in force.")
app.add_typer(rules_app, name="rules")
app.add_typer(generations_app, name="generations")
app.add_typer(runs_app, name="runs")
app.add_typer(scores_app, name="scores")
app.add_typer(calibrate_app, name="calibrate")
app.add_typer(quarantine_app, name="quarantine")
for name, command in (
    ("status", status_command),
    ("doctor", doctor_command),
    ("rollback", rollback_command),
    ("release", release_command),
    ("erase", erase_command),
    ("purge", purge_command),
    ("report", report_command),
    ("compare", compare_command),
):
    app.command(name)(command)


class Languages(StrEnum):
    """Languages of labels and sentences."""

    en = "en"
    fr = "fr"


class Step(StrEnum):
    """At which instants a series tells scores."""

    day = "day"
    change = "change"


class ExplainFormat(StrEnum):
    """How words and series are printed."""

    text = "text"
    table = "table"
    csv = "csv"
    json = "json"


Language = Annotated[Languages, typer.Option("--language", help="Language of the words.")]
Generation = Annotated[
    str | None,
    typer.Option("--generation", help="Run id; by default the published one.", show_default=False),
]


def show_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        say(__version__)
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback on errors.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=show_version),
    ] = False,
) -> None:
    """Read what stands before the command; ``--debug`` counts anywhere, see ``main``."""


@app.command("refresh")
def refresh_command(
    state: State = DEFAULT_STATE,
    mapping: MappingFile = DEFAULT_MAPPING,
    input_folder: InputFolder = None,
    rules: RulesFolder = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="Instant to speak for, or `now`; by default the latest event known. "
            "A past one is built and kept, not published.",
            show_default=False,
        ),
    ] = None,
    accept_change: Annotated[
        list[str] | None,
        typer.Option(
            "--accept-change",
            metavar="TABLE",
            help="Let a change of this table from the published generation through, for example "
            "a loss of rows; may be given again.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        int,
        typer.Option(
            "--keep", envvar="LEAD_WAREHOUSE_KEEP", min=2, help="Published generations to keep."
        ),
    ] = RETAINED,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            help="File that may land although it looks incomplete, as its hold names it; "
            "repeatable, and recorded.",
            show_default=False,
        ),
    ] = None,
    full_refresh: Annotated[
        bool,
        typer.Option(
            "--full-refresh",
            help="Build everything anew, though nothing new may have come; kept tables too.",
        ),
    ] = False,
) -> None:
    """Land new files, rebuild, audit and publish; readers see all of it or nothing.

    Where nothing new came, what is published stands and nothing is built.
    """
    asked = RefreshOptions(
        StateDirectory(state),
        mapping,
        input_folder or mapping.parent,
        rules,
        as_of,
        keep=keep,
        accept_changes=tuple(accept_change or ()),
        accept=tuple(accept or ()),
        full_refresh=full_refresh,
    )
    with StepLines(output) as progress:
        report = refresh(asked, progress)
    show.refresh_report(report, asked.state)


@app.command("query")
def query_command(
    sql: Annotated[str, typer.Argument(help="One SELECT statement.")],
    state: State = DEFAULT_STATE,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
    raw: Annotated[
        bool,
        typer.Option(
            "--raw", help="CSV as it is, for programs; else formulas of spreadsheets are escaped."
        ),
    ] = False,
    generation: Generation = None,
) -> None:
    """Ask the warehouse, read-only; for example `select * from marts.dim_leads limit 5`."""
    rows = run_query(Generations(StateDirectory(state)), sql, generation)
    with readers_may_leave():
        show.rows(rows, format.value, raw)


@app.command("explain")
def explain_command(
    lead: Annotated[str, typer.Argument(help="Lead, by its identifier.")],
    state: State = DEFAULT_STATE,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            help="Instant, for example 2026-01-31T09:00; by default the warehouse's own.",
            show_default=False,
        ),
    ] = None,
    series: Annotated[
        bool, typer.Option("--series", help="Its scores over time instead, for a chart.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--from", help="Where the series begins.", show_default=False),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", help="Where the series ends.", show_default=False),
    ] = None,
    step: Annotated[
        Step | None,
        typer.Option(
            "--step",
            help="`change`: each change of the series; `day`, the default: each day's end too.",
            show_default=False,
        ),
    ] = None,
    language: Language = Languages.en,
    format: Annotated[
        ExplainFormat | None,
        typer.Option(
            "--format",
            help="`text` or `json`; of a series `table`, `csv` or `json`.",
            show_default=False,
        ),
    ] = None,
    generation: Generation = None,
) -> None:
    """Say why a lead has its score and stage, at any instant."""
    generations, form = Generations(StateDirectory(state)), format.value if format else None
    if series:
        if at is not None:
            raise UserError("--at is one instant, --series many; leave one of them out")
        if form == "text":
            raise UserError("--format text is for words; a series is a table, csv or json")
        found = score_series(
            generations,
            lead,
            since=parse_instant(since, "--from") if since else None,
            until=parse_instant(until, "--until") if until else None,
            is_daily=step is not Step.change,
            run_id=generation,
        )
        with readers_may_leave():
            show_series.series(found, form or "table")
        return
    if since or until or step:
        raise UserError("--from, --until and --step are about a series; add --series")
    if form in ("table", "csv"):
        raise UserError(f"--format {form} is for a series; add --series, or take text or json")
    explanation = explain(
        generations,
        lead,
        at=parse_instant(at, "--at") if at else None,
        language=language.value,
        run_id=generation,
    )
    with readers_may_leave():
        show.explanation(explanation, form or "text")


@app.command("hottest")
def hottest_command(
    state: State = DEFAULT_STATE,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Leads to list.")] = 10,
    language: Language = Languages.en,
    generation: Generation = None,
) -> None:
    """List the leads to work on first, each with its reason."""
    found = hottest(Generations(StateDirectory(state)), limit, language.value, generation)
    with readers_may_leave():
        show.hottest(found, language.value)


@app.command("queue")
def queue_command(
    state: State = DEFAULT_STATE,
    owner: Annotated[
        str | None,
        typer.Option("--owner", help="Only leads of this sales user.", show_default=False),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="Leads to list; by default all.", show_default=False),
    ] = None,
    later: Annotated[bool, typer.Option("--all", help="Also what is planned for later.")] = False,
    language: Language = Languages.en,
    format: RowFormat = Format.table,
    generation: Generation = None,
) -> None:
    """List the leads to act on now, hot first: what comes next, by when, by whom, and why."""
    found = work_queue(
        Generations(StateDirectory(state)),
        limit,
        owner,
        language.value,
        generation,
        with_later=later,
    )
    with readers_may_leave():
        show.rows(found, format.value)


@app.command("quality")
def quality_command(
    state: State = DEFAULT_STATE,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what passed; by default only what did not.")
    ] = False,
    changes: Annotated[
        bool,
        typer.Option("--changes", help="What changed from the generation before, by its limit."),
    ] = False,
    run: Annotated[
        str | None,
        typer.Option(
            "--run",
            help="Run id, also of a rejected run; by default the published one's.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.table,
) -> None:
    """Say how the checks of the published generation went, what failed first."""
    where = StateDirectory(state)
    with readers_may_leave():
        if changes:
            show_quality.changes(read_changes(where, run, everything), format.value)
        else:
            show_quality.checks(read_checks(where, run), format.value, everything)


@mapping_app.command("check")
def mapping_check_command(
    mapping: MappingFile = DEFAULT_MAPPING,
    input_folder: InputFolder = None,
) -> None:
    """Hold a mapping against the canonical tables and the headers of the files it finds."""
    show.mapping_check(preview(mapping, input_folder or mapping.parent))


@rules_app.command("check")
def rules_check_command(rules: RulesFolder = None) -> None:
    """Refuse rules that cannot be read or make no sense, each by file, line and reason."""
    show.rules_check(check_rules(PROJECT_DIR / "seeds", rules), rules)


@app.command("simulate")
def simulate_command(
    out: Annotated[Path, typer.Option("--out", help="Folder to write.", file_okay=False)],
    leads: Annotated[int, typer.Option("--leads", min=1, help="Leads to make.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same bytes.")] = 42,
) -> None:
    """Make the files of a sample company, with the mapping that lands them."""
    for path, rows in simulate(out, leads, seed).items():
        say(f"{path}: {rows:,} rows" if rows is not None else f"{path}")


def main() -> None:
    """Run the console script; errors are one line, with a traceback only under ``--debug``."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    try:
        code = app(arguments, prog_name="lead-warehouse", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except SystemExit:
        raise
    except KeyboardInterrupt:
        complain("interrupted; readers keep the published generation")
        sys.exit(130)
    except Exception as error:
        if debug:
            raise
        sys.exit(_explain(error))


def _explain(error: Exception) -> int:
    """Print an error as a line and return the exit code."""
    if isinstance(error, _UsageError):
        message = " ".join(error.format_message().split())  # type: ignore[attr-defined]
        complain(f"error: {message} `lead-warehouse --help` lists commands and options")
        return UserError.exit_code
    if isinstance(error, LeadWarehouseError):
        complain(f"error: {error}")
        return error.exit_code
    if isinstance(error, OSError) and error.filename:
        complain(f"error: {error.filename}: {error.strerror}; check the path and its permissions")
        return 1
    kind = type(error).__name__
    complain(f"error: {kind}: {' '.join(str(error).split())}; run again with --debug for more")
    return 1
