"""Snapshots of a table as records: only rows that differ from the snapshot before.

An hourly snapshot repeats nearly all of its rows. One that was there before, equal in every column
that the mapping reads, says nothing new. Which snapshot came before follows from the archive, so
what lands still follows from archive and mapping alone.
"""

from collections.abc import Iterator
from pathlib import Path

from lead_warehouse.contract import Contract
from lead_warehouse.landing.parquet_file import ROW_COLUMN, ParquetFile, Stretch
from lead_warehouse.landing.parquet_reader import ParquetReader
from lead_warehouse.mapping import Input
from lead_warehouse.sql import identifier, literal


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


class ChangedRows(ParquetFile):
    """The rows of a file that another does not have, by some of their columns."""

    def __init__(self, path: Path, before: Path, columns: list[str]):
        super().__init__(path, before)
        self._before = before
        self._columns = columns

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
        listed = ", ".join(map(identifier, self._columns))
        equal = " and ".join(
            f"now.{identifier(name)} is not distinct from before.{identifier(name)}"
            for name in self._columns
        )
        return (
            f"{kind} join (select distinct {listed} from read_parquet("
            f"{literal(str(self._before))}, hive_partitioning = false)) as before on {equal}"
        )
