"""How the scores of a lead over time look in a terminal."""

import math
from decimal import Decimal

from lead_warehouse.cli import show
from lead_warehouse.cli.console import say
from lead_warehouse.explain.series import Series
from lead_warehouse.query import Rows

BLOCKS = " ▁▂▃▄▅▆▇█"
LINE_WIDTH = 100
BAR_WIDTH = 20
FULL = 100


def series(found: Series, form: str) -> None:
    """A lead's scores over time: a line and its changes as bars, or all of it as CSV or JSON."""
    if form != "table":
        show.rows(found.rows, form)
        return
    values = found.rows.values
    if not values:
        say(f"nothing was known of {show.harmless(found.lead_id)} by then")
        return
    scores = [row[3] for row in values]
    say(f"{show.harmless(found.lead_id)} from {values[0][1]} to {values[-1][1]} (UTC)")
    say(f"intent, 0 to {FULL}, highest {_short(max(scores))}:")
    say(f"|{sparkline(scores)}|")
    # A line a day is for charts; here what happened, and how it ended.
    told = [row for row in values if row[6]]
    if not values[-1][6]:
        told.append(values[-1])
    columns = ["at (UTC)", "fit", "intent", "", "grade", "stage"]
    shown = [
        (at, _short(fit), _short(intent), bar(intent), grade, stage)
        for _, at, fit, intent, grade, stage, _ in told
    ]
    show.section("each change", Rows(columns, shown))


def sparkline(scores: list[Decimal], width: int = LINE_WIDTH) -> str:
    """Scores as a line of blocks; where there are more than fit, the highest of each stretch."""
    stretch = math.ceil(len(scores) / width)
    highest = [max(scores[at : at + stretch]) for at in range(0, len(scores), stretch)]
    return "".join(BLOCKS[_part(score, len(BLOCKS) - 1)] for score in highest)


def bar(score: Decimal) -> str:
    """A score as a bar."""
    return "█" * _part(score, BAR_WIDTH)


def _part(score: Decimal, steps: int) -> int:
    """How many of so many steps a score reaches; anything above 0 is seen."""
    return math.ceil(score * steps / FULL)


def _short(score: Decimal) -> str:
    return f"{score:.1f}"
