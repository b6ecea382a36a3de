"""A copy of the project's seeds that a test changes, and what the check then says."""

import csv
import shutil
from pathlib import Path

from lead_warehouse import PROJECT_DIR
from lead_warehouse.rules import RulesError, check_rules

LONG_LISTS = ("free_mail_domains", "public_suffixes")
"""Reference that no rule refers to: a few rows of it are enough, and read sooner."""


class ChangedRules:
    """The shipped rules, to be broken in one place."""

    def __init__(self, folder: Path) -> None:
        self.seeds = folder / "seeds"
        shutil.copytree(PROJECT_DIR / "seeds", self.seeds)
        for name in LONG_LISTS:
            self.write(name, self.rows(name)[:20])

    def path(self, table: str) -> Path:
        folder = "rules" if (self.seeds / "rules" / f"{table}.csv").exists() else "reference"
        return self.seeds / folder / f"{table}.csv"

    def rows(self, table: str) -> list[list[str]]:
        with self.path(table).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def write(self, table: str, rows: list[list[str]]) -> None:
        with self.path(table).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def line(self, table: str, *cells: str) -> int:
        """Line of the first row that holds all these cells."""
        found = (n for n, row in enumerate(self.rows(table), 1) if set(cells) <= set(row) and n > 1)
        return next(found)

    def change(self, table: str, cells: str, **values: str) -> str:
        """Write ``values`` into the first row that has the ``cells`` (blanks part them)."""
        line, rows = self.line(table, *cells.split()), self.rows(table)
        for column, value in values.items():
            rows[line - 1][rows[0].index(column)] = value
        self.write(table, rows)
        return f"{table}.csv:{line}"

    def add(self, table: str, *cells: str) -> str:
        rows = [*self.rows(table), list(cells)]
        self.write(table, rows)
        return f"{table}.csv:{len(rows)}"

    def drop(self, table: str, cells: str) -> None:
        """Remove every row that has the ``cells``."""
        wanted = set(cells.split())
        rows = self.rows(table)
        self.write(table, [rows[0], *(row for row in rows[1:] if not wanted <= set(row))])

    def problems(self) -> list[str]:
        """What the check says, without the folder in front."""
        try:
            check_rules(self.seeds)
        except RulesError as error:
            assert str(error).splitlines() == error.problems
            return [line.split("/seeds/")[1].split("/", 1)[1] for line in error.problems]
        return []

    def said_of(self, place: str) -> list[str]:
        """What the check says; of ``place``, a ``file:line``, without repeating it."""
        return [line.removeprefix(f"{place}: ") for line in self.problems()]
