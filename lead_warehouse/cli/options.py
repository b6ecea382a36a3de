"""Options that several commands share."""

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
MappingFile = Annotated[Path, typer.Option("--mapping", help="Mapping file.", dir_okay=False)]
InputFolder = Annotated[
    Path | None,
    typer.Option(
        "--input", help="Folder of the files; by default the mapping's own.", show_default=False
    ),
]
RulesFolder = Annotated[
    Path | None,
    typer.Option("--rules", help="Folder of rule CSVs that replace the default ones."),
]
DEFAULT_STATE = Path(".warehouse")
DEFAULT_MAPPING = Path("mapping.yml")


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
