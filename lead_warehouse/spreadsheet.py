"""Cells that a spreadsheet program would run as formulas, made harmless.

Such programs take a cell of a CSV file that begins with ``=``, ``+``, ``-`` or ``@`` for a formula,
which may send other cells away or start a program; and what anybody types into a form ends up in
such files. An apostrophe in front makes it text.

This is for files that people open. What goes to another program, a CRM above all, is sent as it is.
"""

import re
from typing import Any

_SIGN = (
    r"[=+@\-\N{MINUS SIGN}"
    r"\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
    r"\N{FULLWIDTH COMMERCIAL AT}\N{SMALL EQUALS SIGN}\N{SMALL PLUS SIGN}"
    r"\N{SMALL HYPHEN-MINUS}\N{SMALL COMMERCIAL AT}]"
)
"""What begins a formula; East Asian editions read full-width signs as plain ones."""

_UNSEEN = (
    r"(?:(?![\t\r\n])[\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufeff])"
)
"""Blanks and invisible characters, which do not hide a formula behind them."""


def _where_formulas_begin(mark: str) -> re.Pattern[str]:
    """Where ``mark`` stands, or may be put, before a formula.

    Not only where the text begins: where numbers have a decimal comma, a semicolon parts cells, and
    quotes in the midst of a line keep neither cells nor lines together.
    """
    begins = r"(?<![^;\t\r\n])"
    return re.compile(rf"{begins}{mark}(?='*{_UNSEEN}*{_SIGN})|\A{mark}(?='*[\t\r\n])")


_UNESCAPED, _ESCAPED = _where_formulas_begin(""), _where_formulas_begin("'")


def escape_cell(value: Any) -> Any:
    """The value for a cell of a CSV file that people open; text that is a formula is escaped.

    Numbers, instants and all else that is no text stay as they are: -12.5 is no formula.
    """
    return _UNESCAPED.sub("'", value) if isinstance(value, str) else value


def unescape_cell(text: str) -> str:
    """The text that ``escape_cell`` was given."""
    return _ESCAPED.sub("", text)
