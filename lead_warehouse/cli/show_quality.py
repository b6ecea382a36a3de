"""How the checks of a run look in a terminal."""

from lead_warehouse.checked import CheckedRun
from lead_warehouse.cli import show
from lead_warehouse.cli.console import say
from lead_warehouse.query import Rows

SHOWN = ("gate", "table_name", "column_name", "description", "observed", "limits")


def checks(found: CheckedRun, form: str, everything: bool) -> None:
    """The checks that did not pass, or all of them, and where the Data Docs are."""
    listed = found.results if everything else found.bad()
    if form != "table":
        show.rows(listed, form)
        return
    say(
        f"{found.count()} checks of run {found.run_id}: {found.count('critical')} failed, "
        f"{found.count('warning')} warned"
    )
    if listed.values:
        say("")
        show.rows(_shortened(listed), form)
    if found.data_docs is not None:
        say(f"\nData Docs   {found.data_docs}")


def _shortened(listed: Rows) -> Rows:
    places = [listed.columns.index(name) for name in SHOWN]
    success, severity = (listed.columns.index(name) for name in ("success", "severity"))
    marks = {"critical": "failed", "warning": "warned"}
    return Rows(
        ["", *(name.removesuffix("_name") for name in SHOWN)],
        [
            ("passed" if row[success] else marks[row[severity]], *(row[place] for place in places))
            for row in listed.values
        ],
    )


def changes(found: Rows, form: str) -> None:
    """What changed from the generation before."""
    if form == "table" and not found.values:
        say("nothing changed beyond its limits; --all lists what was compared, and what was not")
        return
    show.rows(found, form)
