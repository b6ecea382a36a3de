"""What the commands of quarantine print."""

import json
import sys
from dataclasses import asdict

from lead_warehouse.cli import show
from lead_warehouse.cli.console import counted, say
from lead_warehouse.quarantine.outcome import Replay
from lead_warehouse.quarantine.records import Record
from lead_warehouse.query import Rows

CHARACTERS_SHOWN = 4000


def listed(kinds: Rows, shown: Rows | None, status: str) -> None:
    """Records by kind and one by one."""
    if not kinds.values:
        say("no record is or was in quarantine" if status == "all" else f"no {status} record")
        return
    records = kinds.columns.index("records")
    total = sum(row[records] for row in kinds.values)
    kind = "" if status == "all" else f"{status}, "
    say(f"{counted(total, 'record')} ({kind}{counted(len(kinds.values), 'kind')} of problem)")
    show.section("by kind", kinds)
    if shown is not None:
        empty = [all(row[i] is None for row in shown.values) for i in range(len(shown.columns))]
        kept = [place for place, is_empty in enumerate(empty) if not is_empty]
        values = [tuple(row[place] for place in kept) for row in shown.values]
        show.section("one by one", Rows([shown.columns[place] for place in kept], values))
        if total > len(shown.values):
            say(f"and {total - len(shown.values):,} more; --format csv prints all")


def record(one: Record, delivered: tuple[bytes, str] | None, form: str) -> None:
    """One record; what a terminal would obey in it is shown and not sent."""
    content, encoding = delivered or (None, "utf-8")
    text = None if content is None else content.decode(encoding, errors="backslashreplace")
    facts = {name: value for name, value in asdict(one).items() if value is not None}
    if form == "json":
        json.dump({**facts, "raw_record": text}, sys.stdout, indent=1, default=str)
        sys.stdout.write("\n")
        return
    if form == "csv":
        show.rows(Rows([*facts, "raw_record"], [(*facts.values(), text)]), form)
        return
    for name, value in facts.items():
        say(f"{name:<14} {show.harmless(str(value))}")
    if content is None or text is None:
        return
    say(f"\nraw record, {len(content):,} bytes{'' if encoding == 'utf-8' else f' of {encoding}'}")
    say(show.harmless(text[:CHARACTERS_SHOWN]))
    if len(text) > CHARACTERS_SHOWN:
        say(f"... and {len(text) - CHARACTERS_SHOWN:,} more characters; --raw writes all")


def replayed(told: Replay, alike: list[str], form: str) -> None:
    """What became of records, by group, or record by record as CSV and JSON."""
    if form != "table":
        show.rows(told.rows, form)
        return
    came, asked = told.count("came in"), len(told.asked)
    verb = "would come in" if told.is_trial else "came in"
    say(f"\n{came:,} of {asked:,} records {verb}")
    if told.others:
        say(f"{told.others:,} more records {verb} with them")
    for name in alike:
        say(f"note: the mapping reads input {name} just as when its files landed")
    show.section("what becomes of them" if told.is_trial else "what became of them", told.groups)
    if asked <= show.ROWS_SHOWN:
        show.section("one by one", told.rows)
    if told.lost.values:
        show.section("warning: accepted records that the mapping would take away", told.lost)
