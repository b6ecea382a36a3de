"""Who is meant: every identifier of a person in the raw tables of a generation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.erasure.tombstones import KIND_NAMES, IsErased, Kind, plain
from lead_warehouse.sql import identifier

KINDS: dict[str, Kind] = {
    "lead_id": "lead",
    "merged_lead_id": "lead",
    "surviving_lead_id": "lead",
    "contact_id": "contact",
    "visitor_id": "visitor",
    "email": "email",
}
"""Columns of the canonical tables that say who a record is about."""

REFERENCES = frozenset({"opportunities"})
"""Tables of a company's affairs: their records stay, and no longer say whom they came from."""

SHORTEST_TOLD = 5
"""A shorter identifier, or a number below seven digits, is found where a column says what it is,
and not looked for in free text: it would be found in amounts and dates."""


@dataclass
class Persons:
    """Identifiers in clear, in memory only.

    Attributes:
        ids: as they are written, by kind.
        phones, names: as they are written; first with last names.
    """

    ids: dict[Kind, set[str]] = field(default_factory=lambda: {kind: set() for kind in KIND_NAMES})
    phones: set[str] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)

    def __bool__(self) -> bool:
        return any(self.ids.values())

    def __ior__(self, other: "Persons") -> "Persons":
        for kind, values in other.ids.items():
            self.ids[kind] |= values
        self.phones |= other.phones
        self.names |= other.names
        return self

    def pairs(self) -> Iterator[tuple[Kind, str]]:
        for kind, values in self.ids.items():
            for value in values:
                yield kind, value

    def words(self) -> list[str]:
        """What tells a person wherever it is written, longest first; patterns, not plain texts."""
        told = {value.strip() for _, value in self.pairs()} | self.phones
        told |= {plain("email", value) for value in self.ids["email"]}
        words = {re.escape(one) for one in told if is_telling(one)}
        for first, last in self.names:
            if len(first) + len(last) >= SHORTEST_TOLD:
                for one, other in ((first, last), (last, first)):
                    words.add(f'{re.escape(one)}[ ,;|"\t]{{1,5}}{re.escape(other)}')
        return sorted(words, key=len, reverse=True)


def is_telling(text: str) -> bool:
    """Whether a text is long enough to be somebody's wherever it stands."""
    return len(text) >= SHORTEST_TOLD and not (text.isdigit() and len(text) < 7)


def readings(record: bytes) -> str:
    """A record in quarantine as text, in each encoding it may have been delivered in."""
    found = [record.decode("utf-8", "replace"), record.decode("latin-1")]
    if b"\0" in record:
        found += [record.decode(one, "replace") for one in ("utf-16-le", "utf-16-be")]
    return "\n".join(found)


def person_columns(contract: Contract) -> list[tuple[str, str, Kind]]:
    """Table, column and kind of each column that says who a record is about."""
    return [
        (table, column, KINDS[column])
        for table, declared in contract.tables.items()
        for column in declared.columns
        if column in KINDS
    ]


def find_erased(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    is_erased: IsErased,
    within: str = "true",
) -> Persons:
    """Identifiers in raw tables that are those of somebody erased, with phones and names.

    Args:
        within: SQL of which rows are looked at, of all tables.
    """
    found = Persons()
    present = _raw_tables(connection)
    for table, column, kind in person_columns(contract):
        if table in present:
            values = connection.execute(
                f"select distinct {identifier(column)} from raw.{identifier(table)} "
                f"where {identifier(column)} is not null and {within}"
            ).fetchall()
            found.ids[kind] |= {value for (value,) in values if is_erased(kind, value)}
    if found:
        _add_names(connection, found, present)
    return found


def is_subject(contract: Contract, table: str) -> str | None:
    """SQL of whether a row of a raw table is a record of the persons; none for other tables."""
    if table in REFERENCES:
        return None
    tests = [
        f"list_contains($ids_{kind}, {identifier(column)})"
        for name, column, kind in person_columns(contract)
        if name == table
    ]
    return f"coalesce({' or '.join(tests)}, false)" if tests else None


def parameters(persons: Persons, test: str) -> dict[str, list[str]]:
    """Values of the parameters that a test of ``is_subject`` names."""
    return {
        f"ids_{kind}": sorted(values)
        for kind, values in persons.ids.items()
        if f"$ids_{kind}" in test
    }


def subject_lines(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    persons: Persons,
    within: str = "true",
) -> dict[tuple[str, str], set[int]]:
    """Input and digest of a file to the lines of the persons' records, of all raw tables."""
    lines: dict[tuple[str, str], set[int]] = {}
    present = _raw_tables(connection)
    for table in contract.tables:
        test = is_subject(contract, table)
        if test and table in present:
            rows = connection.execute(
                f"select distinct input_name, file_digest, file_line from raw.{identifier(table)} "
                f"where {within} and {test}",
                parameters(persons, test),
            ).fetchall()
            for name, digest, line in rows:
                lines.setdefault((name, digest), set()).add(line)
    return lines


def _add_names(connection: duckdb.DuckDBPyConnection, found: Persons, present: set[str]) -> None:
    """Phones and names of the persons; a phone that others have too is not theirs alone."""
    tables: tuple[tuple[str, str, Kind], ...] = (
        ("leads", "lead_id", "lead"),
        ("contacts", "contact_id", "contact"),
    )
    for table, column, kind in tables:
        if table not in present:
            continue
        ids = sorted(found.ids[kind])
        rows = connection.execute(
            f"select distinct first_name, last_name from raw.{table} "
            f"where list_contains(?, {column}) and first_name is not null "
            "and last_name is not null",
            [ids],
        ).fetchall()
        found.names |= {(first.strip(), last.strip()) for first, last in rows}
        phones = connection.execute(
            f"select phone from raw.{table} where phone is not null group by phone "
            f"having bool_and(list_contains(?, {column}))",
            [ids],
        ).fetchall()
        found.phones |= {phone.strip() for (phone,) in phones if phone.strip()}


def _raw_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'raw' "
        "and table_catalog = current_database()"
    ).fetchall()
    return {name for (name,) in rows}
