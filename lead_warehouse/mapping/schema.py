"""What a mapping file may say. It can express no SQL: names, constants and declared formats."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lead_warehouse.mapping.expectations import Completeness, Freshness
from lead_warehouse.mapping.strict import Strict
from lead_warehouse.time_zones import time_zones

TIME_DIRECTIVES = "YymdHMSfpIbBz"
"""strftime directives allowed in formats; each reads the same in every engine."""

Encoding = Literal["utf-8", "latin-1", "cp1252", "utf-16"]


def _known_time_zone(name: str) -> str:
    if name not in time_zones():
        raise ValueError(f"'{name}' is not a time zone; use an IANA name such as Europe/Paris")
    return name


def _known_directives(text: str) -> str:
    for directive in re.findall(r"%(.?)", text):
        if not directive or directive not in TIME_DIRECTIVES:
            raise ValueError(f"'%{directive}' is not allowed; use %{', %'.join(TIME_DIRECTIVES)}")
    if "%" not in text:
        raise ValueError(f"'{text}' has no directive; write it like %d/%m/%Y")
    return text


TimeZone = Annotated[str, AfterValidator(_known_time_zone)]
TimeFormat = Annotated[str, AfterValidator(_known_directives)]
DecimalMark = Literal[".", ","]
ThousandsMark = Literal[".", ",", " ", "'", "_"]
Form = Literal["csv", "json", "parquet", "table"]
"""What an input is read as; a table is one of a database."""

DATABASE_ENDINGS = (".sqlite", ".sqlite3", ".db", ".duckdb")
_JSON_ENDINGS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"


class FromColumn(Strict):
    """A column of the file, with the rules that read it."""

    column: str = Field(min_length=1)
    values: dict[str, str | None] | None = None
    other_values: Literal["keep", "reject"] = "keep"
    format: TimeFormat | None = None
    time_zone: TimeZone | None = None
    decimal_mark: DecimalMark | None = None
    thousands_mark: ThousandsMark | None = None
    list_separator: str | None = None
    list_format: Literal["json", "postgres"] | None = None

    @property
    def is_list(self) -> bool:
        return bool(self.list_separator or self.list_format)

    @field_validator("list_separator")
    @classmethod
    def _separates(cls, separator: str | None) -> str | None:
        if separator is not None and not re.fullmatch(r"[^\w\s\"']|\t", separator):
            raise ValueError(f"{separator!r} cannot separate items; use '|', ',', '/' or a tab")
        return separator


class Constant(Strict):
    """The same value in every row."""

    constant: str = Field(min_length=1)

    @field_validator("constant", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, int | float) else value


def _join_part(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class Join(Strict):
    """A key joined from columns and constants; empty as soon as one part is empty."""

    join: list[Annotated[FromColumn | Constant, BeforeValidator(_join_part)]] = Field(min_length=1)
    separator: str = "-"


def _column_source(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _kind_of_source(value: Any) -> str:
    """The union's tag; in brackets, so that it is no key of the file."""
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", ())
    return next((f"<{kind}>" for kind in ("constant", "join") if kind in keys), "<column>")


ColumnSource = Annotated[
    Annotated[FromColumn, Tag("<column>")]
    | Annotated[Constant, Tag("<constant>")]
    | Annotated[Join, Tag("<join>")],
    Discriminator(_kind_of_source),
    BeforeValidator(_column_source),
]


class When(Strict):
    """A record feeds a table only where ``column`` is filled, or has one of ``values``."""

    column: str
    values: list[str] | None = None


class TableMapping(Strict):
    """One canonical table that an input feeds."""

    table: str
    when: When | None = None
    columns: dict[str, ColumnSource] = Field(min_length=1)


class Input(Strict):
    """A kind of file, or a table of a database: where it lies, how it is written, what it feeds.

    Attributes:
        database: name of a database; where it is, the operator says, not the mapping.
        table: the table of that database, or of the database files that ``files`` finds.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    files: str = ""
    database: str | None = None
    table: str | None = Field(default=None, validate_default=True)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: Encoding = "utf-8"
    empty_values: list[str] = Field(default=[])
    date_format: TimeFormat = "%Y-%m-%d"
    timestamp_format: TimeFormat | None = None
    time_zone: TimeZone = "UTC"
    decimal_mark: DecimalMark = "."
    thousands_mark: ThousandsMark | None = None
    known_at: Annotated[FromColumn, BeforeValidator(_column_source)] | None = None
    ignore_columns: list[str] = Field(default=[])
    tables: list[TableMapping] = Field(min_length=1)
    completeness: Completeness | None = None
    freshness: Freshness | None = None

    @property
    def form(self) -> Form:
        return "table" if self.table else _form_of(self.files)

    @field_validator("files")
    @classmethod
    def _stays_below_the_input_folder(cls, pattern: str) -> str:
        path = PurePosixPath(pattern)
        if path.is_absolute() or ".." in path.parts or not pattern:
            raise ValueError(
                f"'{pattern}' must be relative to the input folder, without '..'; "
                "name the folder with --input"
            )
        if any("**" in part and part != "**" for part in path.parts):
            raise ValueError(f"'{pattern}': ** must stand alone between slashes, as in **/*.csv")
        return pattern

    @field_validator("delimiter")
    @classmethod
    def _delimits(cls, delimiter: str) -> str:
        is_visible = delimiter.isascii() and (delimiter.isprintable() or delimiter == "\t")
        if delimiter == '"' or delimiter.isalnum() or not is_visible:
            raise ValueError(f"{delimiter!r} cannot delimit columns; use ',', ';', '|' or a tab")
        return delimiter

    @field_validator("database")
    @classmethod
    def _is_named_alone(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError(f"'{name}' is no name of a database; use small letters, digits and _")
        if name is not None and info.data.get("files"):
            raise ValueError("'database' and 'files' exclude each other; keep one")
        return name

    @field_validator("table")
    @classmethod
    def _names_a_table(cls, table: str | None, info: ValidationInfo) -> str | None:
        files, database = info.data.get("files", ""), info.data.get("database")
        is_database = bool(database) or files.casefold().endswith(DATABASE_ENDINGS)
        if table is None and is_database:
            raise ValueError("a database needs 'table'; name one, as in table: public.contacts")
        if table is not None and not is_database:
            endings = ", ".join(DATABASE_ENDINGS)
            raise ValueError(
                f"'table' is for databases; name one with 'database', or end 'files' with {endings}"
            )
        if table is not None and not re.fullmatch(rf"{_NAME}(\.{_NAME})?", table):
            raise ValueError(
                f"'{table}' is no name of a table; write table or schema.table, with letters, "
                "digits and _"
            )
        return table

    @model_validator(mode="after")
    def _lies_somewhere(self) -> Self:
        if not self.files and not self.database:
            raise ValueError("'files' is missing; add it, or 'database' and 'table'")
        return self

    @field_validator("delimiter", "encoding")
    @classmethod
    def _is_for_text(cls, value: str, info: ValidationInfo) -> str:
        form = "table" if info.data.get("table") else _form_of(info.data.get("files", ""))
        if form == "parquet":
            raise ValueError(
                f"'{info.field_name}' is for CSV; a Parquet file says it, so remove it"
            )
        if form == "table":
            raise ValueError(f"'{info.field_name}' is for CSV; a database says it, so remove it")
        if form == "json" and info.field_name == "delimiter":
            raise ValueError("'delimiter' is for CSV; JSON has none, so remove it")
        return value


def _form_of(pattern: str) -> Form:
    folded = pattern.casefold()
    if folded.endswith(".parquet"):
        return "parquet"
    return "json" if folded.endswith(_JSON_ENDINGS) else "csv"


def _as_number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


class Mapping(Strict):
    """A mapping file."""

    version: Annotated[Literal[1], BeforeValidator(_as_number)]
    inputs: list[Input] = Field(min_length=1)
    completeness: Completeness = Completeness()

    def completeness_of(self, one: Input) -> Completeness:
        """The settings that hold for an input: its own, then the mapping's, then the defaults."""
        return self.completeness.overridden_by(one.completeness)


SAYS_WHETHER = {"completeness", "freshness"}
"""Settings of an input that decide whether a file is taken, and never how it becomes rows."""


def source_columns(source: ColumnSource) -> list[str]:
    """The file's columns that a canonical column reads."""
    match source:
        case FromColumn(column=column):
            return [column]
        case Join(join=parts):
            return [part.column for part in parts if isinstance(part, FromColumn)]
        case _:
            return []
