"""Ask a generation a question in SQL, without any way to change or leave it."""

from dataclasses import dataclass
from typing import Any

import duckdb

from lead_warehouse.errors import UserError
from lead_warehouse.state.generations import Generations


@dataclass(frozen=True)
class Rows:
    """A result: column names and rows in order."""

    columns: list[str]
    values: list[tuple[Any, ...]]


def run_query(generations: Generations, sql: str, run_id: str | None = None) -> Rows:
    """Run one statement on a generation, the published one by default.

    Raises:
        UserError: the statement is wrong, is not one, or would change something.
    """
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise UserError(_one_line(error)) from None
    if len(statements) != 1:
        raise UserError(f"{len(statements)} statements; ask one at a time")
    with generations.reading(run_id) as connection:
        try:
            connection.execute(statements[0])
            columns = _distinct([column[0] for column in connection.description or []])
            return Rows(columns, connection.fetchall())
        except duckdb.Error as error:
            raise UserError(_one_line(error)) from None


def _distinct(names: list[str]) -> list[str]:
    """Column names, a repeated one with a number behind it, so that none hides another."""
    seen: list[str] = []
    for name in names:
        number, distinct = 1, name
        while distinct in seen:
            distinct, number = f"{name}_{number}", number + 1
        seen.append(distinct)
    return seen


def _one_line(error: duckdb.Error) -> str:
    return " ".join(str(error).split())
