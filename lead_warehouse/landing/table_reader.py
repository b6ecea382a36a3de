"""Snapshots of a table as records: only rows that differ from the snapshot before.

An hourly snapshot repeats nearly all of its rows. One that was there before, equal in every column
that the mapping reads, says nothing new. Which snapshot came before follows from the archive, so
what lands still follows from archive and mapping alone.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from lead_warehouse.contract import Contract
from lead_warehouse.landing.database_cells import UNREADABLE
from lead_warehouse.landing.notation import Kind
from lead_warehouse.landing.parquet_columns import json_of
from lead_warehouse.landing.parquet_file import ROW_COLUMN, ParquetFile, Stretch
from lead_warehouse.landing.parquet_reader import ParquetReader
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier, literal, literals

NUMBERS = "numbers"
"""Name, among what a snapshot says of itself, of its columns of numbers that come as text."""

NO_UTF_8 = "bytes that are no UTF-8"


class TableReader(ParquetReader):
    """The rows of a snapshot, by their number in it, that the one before it does not have."""

    def __init__(self, one: Input, contract: Contract, path: Path, before: Path | None):
        super().__init__(one, contract, path)
        if before is None:
            return
        types = ParquetFile(before).column_types()
        # A column that came, went or changed its type makes all rows say something else.
        if all(types.get(name) == self._types[name] for name in self._read) and not any(
            name in types for name in self.header.missing
        ):
            self._file = ChangedRows(path, before, self._read)

    def _column_names(self) -> tuple[str, ...]:
        return tuple(name for name in super()._column_names() if name != UNREADABLE)

    def _kinds(self) -> dict[str, Kind]:
        numbers = json.loads(self._file.says(NUMBERS) or "[]")
        return super()._kinds() | {name: "number" for name in self._read if name in numbers}

    def _problems(self) -> list[tuple[str, str]]:
        found = super()._problems()
        if UNREADABLE not in self._types:
            return found
        bad = identifier(UNREADABLE)
        return [
            (f"list_contains({bad}, {literal(name)})", f"{NO_UTF_8} in column '{name}'")
            for name in self._read
        ] + found

    def _original(self) -> str:
        """A row with bytes that are no text also says which cells are spelled."""
        if UNREADABLE not in self._types:
            return super()._original()
        plain = {name: kind for name, kind in self._types.items() if name != UNREADABLE}
        return (
            f"case when {identifier(UNREADABLE)} is null then {json_of(plain)} "
            f"else {json_of(self._types)} end"
        )


class ChangedRows(ParquetFile):
    """The rows of a file that another does not have, by some of their columns."""

    def __init__(self, path: Path, before: Path, columns: list[str]):
        super().__init__(path, before)
        self._columns = columns
        self._before = before
        self._marks = {
            side: _marks(side, columns) if UNREADABLE in file.column_types() else "null"
            for side, file in (("now", ParquetFile(path)), ("before", ParquetFile(before)))
        }

    @property
    def rows(self) -> str:
        return f"(select * from {super().rows} as now {self._joined('anti')})"

    def row_count(self) -> int:
        """Rows by the file's footer, less those that were there before."""
        return super().row_count() - self._repeated("true")

    def stretches(self, size: int) -> Iterator[Stretch]:
        """Ranges of all row numbers; rows that were there before are none of those counted."""
        count = super().row_count()
        for start in range(0, max(count, 1), size):
            end = min(start + size, count)
            repeated = self._repeated(f"{ROW_COLUMN} between {start} and {end - 1}")
            yield Stretch(start, end, end - start - repeated)

    def _repeated(self, condition: str) -> int:
        ((repeated,),) = self._ask(
            f"select count(*) from {super().rows} as now {self._joined('semi')} where {condition}"
        )
        return int(repeated)

    def _joined(self, kind: str) -> str:
        before = f"read_parquet({literal(str(self._before))}, hive_partitioning = false) as before"
        listed = ", ".join(map(identifier, self._columns))
        equal = " and ".join(
            f"now.{identifier(name)} is not distinct from before.{identifier(name)}"
            for name in self._columns
        )
        # A text that spells bytes may be what another row says in letters.
        marks = f"{self._marks['now']} is not distinct from before.marks"
        return (
            f"{kind} join (select distinct {listed}, {self._marks['before']} as marks "
            f"from {before}) as before on {equal} and {marks}"
        )


def _marks(side: str, columns: list[str]) -> str:
    """SQL of which of some columns are unreadable; null where none is."""
    column = f"{side}.{identifier(UNREADABLE)}"
    return f"nullif(list_filter({column}, lambda name: name in {literals(columns)}), [])"
