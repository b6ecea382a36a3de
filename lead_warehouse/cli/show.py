"""How results look in a terminal."""

import csv
import json
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import shorten
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from lead_warehouse.cli import show_deliveries
from lead_warehouse.cli.console import counted, output, printer, say
from lead_warehouse.clock import utc_now
from lead_warehouse.errors import UserError
from lead_warehouse.explain.explanation import Explanation
from lead_warehouse.explain.hottest import HotLead
from lead_warehouse.explain.wording import in_number, in_words, phrase
from lead_warehouse.landing.load_file import FileAccount
from lead_warehouse.landing.preview import CheckedFile
from lead_warehouse.query import Rows
from lead_warehouse.refresh.kept_tables import BuiltWhole
from lead_warehouse.refresh.report import RefreshReport
from lead_warehouse.rules import CheckedRules
from lead_warehouse.spreadsheet import escape_cell
from lead_warehouse.standing import age_in_words
from lead_warehouse.state.generations import Generation
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.status import Status, read_status

ROWS_SHOWN = 100
RUNS_SHOWN = 5
KINDS_SHOWN = 8
"""Kinds of quarantined records listed, the most frequent first."""

MESSAGE_WIDTH = 120
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WHOLE_WIDTH = 40
"""Columns up to this wide are never broken over lines."""
CELL_PADDING = 3


def rows(result: Rows, form: str, is_raw: bool = False) -> None:
    """Print a result as a table (its first rows), as CSV or as JSON (all of them).

    CSV is for people too, so text that a spreadsheet program would run is escaped unless raw.
    """
    if form == "csv":
        as_cell = _as_csv if is_raw else lambda value: escape_cell(_as_csv(value))
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(map(as_cell, result.columns))
        writer.writerows([_in_digits(as_cell(value)) for value in row] for row in result.values)
    elif form == "json":
        records = [
            {name: _as_number(value) for name, value in zip(result.columns, row, strict=True)}
            for row in result.values
        ]
        json.dump(records, sys.stdout, indent=1, default=_as_json, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        _table(result.columns, result.values[:ROWS_SHOWN])
        more = len(result.values) - ROWS_SHOWN
        if more > 0:
            say(f"and {more:,} more rows; --format csv prints all")


def refresh_report(report: RefreshReport, state: StateDirectory) -> None:
    """What a refresh did, where the result is, the funnel and the quarantine."""
    landed = [account for account in report.accounts if not account.held_because]
    accepted = sum(account.accepted for account in landed)
    say(
        f"\n{counted(len(landed), 'file')} landed ({counted(accepted, 'record')} accepted, "
        f"{report.quarantined:,} in quarantine), {report.unchanged_files} known already"
    )
    _notes(report, landed)
    for finding in report.warnings:
        say(f"warning: {finding}")
    if report.is_published:
        status(read_status(state), with_runs=False)
    elif report.stands:
        for account in report.held:
            say(f"held: {account.file.file_name}: {account.held_because}")
        say(f"nothing new: {report.stands} stands, as of {report.as_of}; no model was built")
    elif report.held_because:
        say(
            f"NOT PUBLISHED: {report.run_id} is good, and {report.held_because}. Readers keep what "
            "they had. `lead-warehouse release --publish` shows it, `release` alone lets the next "
            "refresh publish"
        )
    else:
        say(
            f"{report.run_id} is a rebuild of the past as of {report.as_of}; readers keep the "
            f"published generation. Ask it: lead-warehouse query --generation {report.run_id} ..."
        )


def _notes(report: RefreshReport, landed: list[FileAccount]) -> None:
    """What a refresh met on its way that no check speaks of."""
    for name in report.inputs_without_files:
        say(f"note: no file of input {name} is in the folder now")
    for name in report.withdrawn_inputs:
        say(f"note: the mapping no longer names input {name}; its rows are withdrawn")
    for line in report.reconciled:
        say(f"note: {line}")
    for name in report.accepted_changes:
        say(f"note: changes of {name} were let through")
    if report.comparison:
        say(f"note: {report.comparison}")
    for account in landed:
        if account.unmapped_columns:
            columns = ", ".join(account.unmapped_columns)
            say(f"note: {account.file.file_name} has columns nobody maps: {columns}")
        if account.missing_columns:
            columns = ", ".join(account.missing_columns)
            say(f"note: {account.file.file_name} lacks optional columns: {columns}")
    for line in report.notes:
        say(f"note: {line}")
    if report.base:
        for because, tables in _by_reason(report.built_whole).items():
            say(f"note: built from all that has landed, since {because}: {', '.join(tables)}")
    for name, count in report.ambiguous_times.items():
        say(
            f"note: {name}: rows with a local time that the clock showed twice, read as the "
            f"second: {count:,}; their ambiguous_columns is filled"
        )
    show_deliveries.notes(report)


def _by_reason(whole: list[BuiltWhole]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in whole:
        found.setdefault(one.because, []).append(one.table)
    return found


def status(found: Status, with_runs: bool = True) -> None:
    """Where the warehouse stands."""
    for one in found.standings:
        if one.code not in ("published", "unchanged"):
            say(f"{one.code}: {one.sentence}" + (f"; {one.remedy}" if one.remedy else ""))
    if found.current is None:
        say(f"nothing is published in {found.state.root}; run `lead-warehouse refresh` first")
    else:
        age = found.published_at and age_in_words(utc_now() - found.published_at)
        say(f"warehouse   {found.state.current / found.current.database.name}")
        say(
            f"published   {found.current.run_id}, as of {found.current.as_of}"
            + (f", {age} ago" if age else "")
        )
        if found.checked:
            run_id, at = found.checked
            say(f"checked     {run_id}, nothing new, {age_in_words(utc_now() - at)} ago")
    _section(
        "funnel: leads that entered and converted to date; of complete months, within the window",
        found.funnel,
        rates=("rate",),
    )
    if with_runs:
        for line in found.warnings:
            say(f"warning: {line}")
    _section("in quarantine", found.quarantine, first=KINDS_SHOWN)
    _section("files held: no row of them was taken", found.held)
    _section("inputs that are stale", found.stale)
    _section("columns that nobody maps, new since the first delivery", found.new_columns)
    _section("files with events far older than what was known", found.late_files)
    _section("empty marts", found.empty_marts)
    if with_runs and found.runs:
        shown = [
            (
                run.run_id,
                run.state,
                run.planned_at.replace(microsecond=0),
                run.as_of.replace(microsecond=0) if run.as_of else None,
                shorten(run.message or "", MESSAGE_WIDTH),
            )
            for run in found.runs[:RUNS_SHOWN]
        ]
        columns = ["run", "state", "started (UTC)", "as of", "message"]
        _section("last runs", Rows(columns, shown))


def as_json(value: Any) -> None:
    """Print a value for programs."""
    json.dump(value, sys.stdout, indent=1, default=_as_json, ensure_ascii=False)
    sys.stdout.write("\n")


def explanation(found: Explanation, form: str) -> None:
    """Why a lead has its score and stage, in lines or as JSON."""
    if form == "json":
        json.dump(asdict(found), sys.stdout, indent=1, default=_as_json, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        for line in in_words(found):
            say(CONTROL.sub("", line))


def hottest(found: list[HotLead], language: str) -> None:
    """The leads to work on first, two lines each."""
    if not found:
        raise UserError("no lead is in play; `lead-warehouse status` says what has landed")
    for place, lead in enumerate(found, start=1):
        who = ", ".join(filter(None, (lead.job_title, lead.company_name)))
        line = phrase(
            language,
            "hot_lead",
            lead=lead.lead_id,
            temperature=lead.temperature,
            grade=lead.grade,
            fit=in_number(lead.fit_score, language),
            intent=in_number(lead.intent_score, language),
            stage=lead.stage,
        )
        say(CONTROL.sub("", f"{place:>3}. {line}" + (f" · {who}" if who else "")))
        say(CONTROL.sub("", f"     {lead.reason}"))


def generations(known: list[Generation], current_id: str | None) -> None:
    """The generations kept."""
    if not known:
        raise UserError("no generation yet; run `lead-warehouse refresh` first")
    shown = [
        (
            "published" if one.run_id == current_id else "past" if one.manifest["is_past"] else "",
            one.run_id,
            one.manifest["sealed_at"][:19],
            one.as_of,
            f"{one.manifest['tables']['marts.dim_leads']['rows']:,}",
            one.digest[:12],
        )
        for one in known
    ]
    _table(["", "generation", "sealed (UTC)", "as of", "leads", "digest"], shown)


def mapping_check(checked: list[CheckedFile]) -> None:
    """How files fit a mapping.

    Raises:
        UserError: a file would be held, or an input finds none.
    """
    problems = []
    for one in checked:
        if one.held_because:
            problems.append(f"{one.input_name}: {one.file_name}: {one.held_because}")
            continue
        say(f"ok  {one.input_name}: {one.file_name} -> {', '.join(one.tables)}")
        if one.unmapped:
            say(f"    columns nobody maps: {', '.join(one.unmapped)}")
        if one.missing:
            say(f"    optional columns it lacks: {', '.join(one.missing)}")
        for rename in one.renames:
            say(f"    is '{rename.new}' the new name of '{rename.old}'? {rename.change}")
    if problems:
        raise UserError("\n".join(problems))


def rules_check(checked: CheckedRules, rules_dir: Path | None) -> None:
    """Rules that are good, in a line."""
    own = f", {len(checked.files.own)} of them from {rules_dir}" if rules_dir else ""
    say(f"ok  {checked.rule_count:,} rules in {len(checked.files.rules)} files{own}")


def harmless(text: str) -> str:
    """Text without what a terminal would obey: control characters show as such."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def section(title: str, result: Rows) -> None:
    """A table under a title; nothing where it has no rows."""
    _section(title, result)


def _section(
    title: str, result: Rows | None, rates: tuple[str, ...] = (), first: int = ROWS_SHOWN
) -> None:
    if result is None or not result.values:
        return
    say(f"\n{title}")
    _table(result.columns, result.values[:first], rates)
    more = len(result.values) - first
    if more > 0:
        say(f"and {more} more kinds; `lead-warehouse quarantine list` has all")


def _table(
    columns: list[str], values: Sequence[tuple[Any, ...]], rates: tuple[str, ...] = ()
) -> None:
    cells = [[_cell(v, n in rates) for v, n in zip(row, columns, strict=True)] for row in values]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    needed = 0
    for position, name in enumerate(columns):
        shown = [row[position].plain for row in cells]
        is_number = any(isinstance(row[position], int | float | Decimal) for row in values)
        # A number cut short is another number: keys, numbers and names stay whole, sentences wrap.
        widest = max(map(len, [name, *shown]))
        table.add_column(
            Text(name),
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=widest <= WHOLE_WIDTH,
        )
        needed += min(widest, WHOLE_WIDTH) + CELL_PADDING
    for row in cells:
        table.add_row(*row)
    # Where that is wider than the terminal, lines run on rather than lose anything.
    printer(max(output.width, needed)).print(table)


def _cell(value: Any, is_rate: bool) -> Text:
    """A value as shown. Control characters, which a terminal would obey, show as such."""
    text = _text(value, is_rate)
    return Text(harmless(text.plain), style=text.style)


def _text(value: Any, is_rate: bool) -> Text:
    if value is None:
        return Text("null", style="dim")
    if is_rate:
        return Text(f"{value:.1%}")
    if isinstance(value, bool):
        return Text(str(value).lower())
    if isinstance(value, int):
        return Text(f"{value:,}")
    if isinstance(value, datetime):
        return Text(value.isoformat(" ", "auto" if value.microsecond else "seconds"))
    return Text(str(_in_digits(value)))


def _in_digits(value: Any) -> Any:
    """Decimals without an exponent: a zero of 12 places is 0E-12 otherwise."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def _as_csv(value: Any) -> Any:
    return _as_json(value) if isinstance(value, bytes) else value


def _as_number(value: Any) -> Any:
    """JSON knows neither NaN nor infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    return str(value)
