"""What is wrong with a rule, where, and what to do about it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean

CELL_WIDTH = 60
"""Characters of a cell that an error repeats."""
NAMES_LISTED = 15


class RulesError(UserError):
    """Rules that cannot be used; one line for each problem.

    Attributes:
        problems: the lines, each ``file:line: what is wrong; remedy``.
    """

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, order=True)
class Problem:
    """One problem of a rule file; line 1, the header, stands for the file as a whole."""

    table: str
    line: int
    text: str


def quoted(cell: object) -> str:
    """A cell as an error shows it: in quotes, on one line, nothing a terminal would obey."""
    text = re.sub(r"[\r\n\t]", " ", str(cell))
    text = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
    return f"'{text if len(text) <= CELL_WIDTH else text[: CELL_WIDTH - 1] + '…'}'"


def remedy(name: str, known: Iterable[str]) -> str:
    """What to write in place of a name that is not known: the nearest, or else one of them."""
    names = sorted(set(known))
    if hint := did_you_mean(name, names):
        return hint
    if not names:
        return "; nothing is declared there yet"
    more = ", …" if len(names) > NAMES_LISTED else ""
    listed = ", ".join(" ".join(name.split()) for name in names[:NAMES_LISTED])
    return f"; use one of {listed}{more}"
