"""Asks every query of every page once, before the slow part of a build, and names what is wrong.

Evidence shows a broken query to its readers and ends with success.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from lead_warehouse.errors import UserError
from lead_warehouse.report.pages import Page
from lead_warehouse.state.engine import CONFINED

TAKEN = {"browser", "data", "dev", "inputs", "page", "params", "props", "query"}
"""Names of Evidence's own in every page."""

PART = re.compile(r"\$\{(?P<name>[^}]+)\}")


def check_queries(pages: Iterable[Page], data: Path) -> None:
    """Run the queries of the pages on the exported data.

    Raises:
        UserError: one does not run; names the page and the query.
    """
    with duckdb.connect(str(data), read_only=True) as connection:
        for name, value in CONFINED.items():
            connection.execute(f"set {name} = {value}")
        for page in pages:
            queries = page.queries()
            for name, sql in queries.items():
                if name in TAKEN:
                    raise UserError(
                        f"query {name} of reports page {page.source.name}: Evidence uses that "
                        "name; take another"
                    )
                try:
                    connection.execute(_filled(sql, queries)).fetchall()
                except duckdb.Error as error:
                    text = " ".join(str(error).split())
                    raise UserError(
                        f"query {name} of reports page {page.source.name} ({page.language}): {text}"
                    ) from None


def _filled(sql: str, queries: dict[str, str]) -> str:
    """A query with the queries it builds on, and with inputs nobody has chosen yet."""

    def part(match: re.Match[str]) -> str:
        name = match["name"].strip()
        return f"({_filled(queries[name], queries)})" if name in queries else "all"

    return PART.sub(part, sql)
