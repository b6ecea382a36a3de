"""Bring one framed part of a file into the raw tables, and count what became of it.

Nothing is believed that can be counted: what was framed is held against what the engine read, and
accepted are the records that the raw tables themselves hold.
"""

from typing import NamedTuple

import duckdb

from lead_warehouse.landing.conservation import REPORT
from lead_warehouse.landing.header import LINE_COLUMN
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.landed_files import of_files
from lead_warehouse.landing.reader import Tally
from lead_warehouse.landing.typed_tables import ArchivedFile, TypedTable
from lead_warehouse.sql import identifier, literal


class Lines(NamedTuple):
    """The first and the last record of a part, by number."""

    first: int
    last: int


class Part:
    """A part of a file, in the temporary tables that its reader made."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: list[TypedTable],
        file: ArchivedFile,
        tally: Tally,
    ):
        self._connection = connection
        self._tables = tables
        self._file = file
        self._tally = tally

    def check_framed(self) -> None:
        """Hold the engine's count of what it read against the framer's.

        Raises:
            HeldFile: they differ.
        """
        records, blank, extent = self._tally
        read = self._count("framed") + self._count("malformed")
        if read + blank != records:
            raise HeldFile(f"{extent}: {records - blank:,} records framed, {read:,} read; {REPORT}")

    def insert(self) -> bool:
        """Insert the records without a problem; returns whether there are others.

        Those are then in ``bad_records``, and no table has taken any of them.
        """
        is_any_bad = False
        for table in self._tables:
            columns = ", ".join(map(identifier, table.columns))
            ((inserted,),) = self._connection.execute(
                f"insert into landed.{identifier(table.table)} ({columns}) "
                f"select {columns} from ({table.select}) where problem_count = 0"
            ).fetchall()
            is_any_bad |= inserted < self._count("framed", table.condition)
        if is_any_bad:
            self._connection.execute(_bad_records(self._tables))
            self._delete_bad_siblings()
        return is_any_bad

    def settle(self, quarantined: int) -> int:
        """Count the accepted records in the raw tables themselves.

        Args:
            quarantined: records of the part that the quarantine holds.

        Raises:
            HeldFile: a record is neither there nor in quarantine nor blank, or is there twice.
        """
        records, blank, extent = self._tally
        lines = self._lines()
        accepted = self._accepted(lines) if lines else 0
        if accepted + quarantined + blank != records:
            raise HeldFile(
                f"{extent}: {records:,} records, but {accepted:,} accepted + "
                f"{quarantined:,} quarantined + {blank:,} blank; {REPORT}"
            )
        return accepted

    def _accepted(self, lines: Lines) -> int:
        names = sorted({table.table for table in self._tables})
        rows_of = {name: self._rows_in(name, lines) for name in names}
        for name, rows in rows_of.items():
            due = " union all ".join(
                f"(select {LINE_COLUMN} from framed where ({table.condition}) and {self._is_good})"
                for table in self._tables
                if table.table == name
            )
            # The sum of hashes tells one row lost and another doubled from nothing amiss.
            (wanted, wanted_sum), (found, found_sum) = map(self._count_and_sum, (due, rows))
            if (found, found_sum) != (wanted, wanted_sum):
                raise HeldFile(
                    f"{self._tally.extent}: {wanted:,} rows were due in raw.{name}, it holds "
                    f"{found:,}{' others' if found == wanted else ''}; {REPORT}"
                )
        if [table.condition for table in self._tables] == ["true"]:
            return found
        everywhere = " union all ".join(rows_of.values())
        ((accepted,),) = self._connection.execute(
            f"select count(distinct {LINE_COLUMN}) from ({everywhere})"
        ).fetchall()
        # A record that feeds no table is accepted, though nothing of it is kept.
        feeds_any = " or ".join(f"coalesce({table.condition}, false)" for table in self._tables)
        return int(accepted) + self._count("framed", f"not ({feeds_any}) and {self._is_good}")

    def _count_and_sum(self, rows: str) -> tuple[int, int]:
        ((count, total),) = self._connection.execute(
            f"select count(*), coalesce(sum(hash({LINE_COLUMN})), 0) from ({rows})"
        ).fetchall()
        return int(count), int(total)

    @property
    def _is_good(self) -> str:
        return f"{LINE_COLUMN} not in (select {LINE_COLUMN} from bad_records)"

    def _lines(self) -> Lines | None:
        ((first, last),) = self._connection.execute(
            f"select min({LINE_COLUMN}), max({LINE_COLUMN}) from ("
            f"select {LINE_COLUMN} from framed union all select {LINE_COLUMN} from malformed)"
        ).fetchall()
        return None if first is None else Lines(first, last)

    def _rows_in(self, table: str, lines: Lines) -> str:
        """SQL of the rows that a raw table holds of the part."""
        return (
            f"(select {LINE_COLUMN} from raw.{identifier(table)} "
            f"where {LINE_COLUMN} between {lines.first} and {lines.last} "
            f"and input_name = {literal(self._file.input_name)} "
            f"and file_digest = {literal(self._file.file_digest)})"
        )

    def _delete_bad_siblings(self) -> None:
        """Take back what one table took of a record that another could not take."""
        lines = self._lines()
        if len(self._tables) > 1 and lines:
            for table in sorted({table.table for table in self._tables}):
                self._connection.execute(
                    f"delete from landed.{identifier(table)} "
                    f"where {LINE_COLUMN} between {lines.first} and {lines.last} "
                    f"and {LINE_COLUMN} in (select {LINE_COLUMN} from bad_records) "
                    f"and {of_files('input_name = ? and file_digest = ?')}",
                    [self._file.input_name, self._file.file_digest],
                )

    def _count(self, rows: str, condition: str = "true") -> int:
        ((count,),) = self._connection.execute(
            f"select count(*) from {rows} where {condition}"
        ).fetchall()
        return int(count)


def _bad_records(tables: list[TypedTable]) -> str:
    """One row per record with a problem: its first one, tables in the mapping's order."""
    problems = " union all ".join(
        f"select {LINE_COLUMN}, {i} as position, {literal(table.table)} as table_name, problem, "
        f"problem_count from ({table.select}) where problem_count > 0"
        for i, table in enumerate(tables)
    )
    return f"""
        insert into bad_records
        with problems as ({problems}),
        ranked as (
            select
                {LINE_COLUMN}, table_name, problem,
                row_number() over (partition by {LINE_COLUMN} order by position) as place,
                cast(sum(problem_count) over (partition by {LINE_COLUMN}) as bigint)
                    as problem_count
            from problems
        )
        select * exclude (place) from ranked where place = 1
    """
