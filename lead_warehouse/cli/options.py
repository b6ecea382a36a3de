"""Options that several commands take."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

State = Annotated[
    Path,
    typer.Option(
        "--state",
        envvar="LEAD_WAREHOUSE_STATE",
        help="State directory: inputs, runs, generations.",
        file_okay=False,
    ),
]
DEFAULT_STATE = Path(".warehouse")


class Format(StrEnum):
    """How rows are printed."""

    table = "table"
    csv = "csv"
    json = "json"


class TextFormat(StrEnum):
    """How what is told in words is printed."""

    text = "text"
    json = "json"


TextOrJson = Annotated[TextFormat, typer.Option("--format", help="How to print.")]
RowFormat = Annotated[Format, typer.Option("--format", help="How to print.")]
