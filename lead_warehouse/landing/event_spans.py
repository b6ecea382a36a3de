"""When the events of each file happened, and which files bring events far older than was known.

Such events are flagged, nothing more: every model is rebuilt from all of raw, without a window to
look back over, so they count as if they had come in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb

from lead_warehouse.contract import Contract, Table
from lead_warehouse.landing.load_file import FileAccount
from lead_warehouse.mapping import Input
from lead_warehouse.mapping.expectations import Completeness
from lead_warehouse.sql import identifier, literals


@dataclass(frozen=True)
class LateFile:
    """A file with events far older than what was known when it came."""

    input_name: str
    file_name: str
    records: int
    earliest: datetime
    days: int

    def __str__(self) -> str:
        return (
            f"{self.file_name} brings {self.records:,} new record{'s' * (self.records > 1)} with "
            f"events more than {self.days:,} days older than what was known, the earliest of "
            f"{self.earliest:%Y-%m-%d}; they count as if they had come in time"
        )


def record_event_spans(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    one: Input,
    expected: Completeness,
    landed: Iterable[FileAccount],
) -> list[LateFile]:
    """Write earliest and latest event and the count of late records into ``raw.landed_files``.

    Returns:
        the files of ``landed`` that have late records.
    """
    digests = [account.file.file_digest for account in landed]
    tables = {
        mapped.table: contract.tables[mapped.table]
        for mapped in one.tables
        if contract.tables[mapped.table].event_columns
    }
    if not digests or not tables:
        return []
    connection.execute(
        "create or replace temp table fresh_files as select unnest(?::varchar[]) as file_digest",
        [digests],
    )
    asked = {"input": one.name}
    spans = " union all ".join(
        f"select file_digest, least({events}) as earliest, greatest({events}) as latest "
        f"from raw.{identifier(name)} semi join fresh_files using (file_digest) "
        "where input_name = $input"
        for name, events in ((name, _events(table)) for name, table in tables.items())
    )
    connection.execute(
        f"""
        update raw.landed_files as files
        set earliest_event_at = spans.earliest, latest_event_at = spans.latest
        from (
            select file_digest, min(earliest) as earliest, max(latest) as latest
            from ({spans}) group by file_digest
        ) as spans
        where files.input_name = $input and files.file_digest = spans.file_digest
        """,
        asked,
    )
    # What was known: the latest event of files received before, not of those that came with it.
    connection.execute(
        f"""
        create or replace temp table late_files as
        with files as (
            select file_digest, received_at, earliest_event_at, max(latest_event_at) over (
                order by received_at
                range between unbounded preceding and interval 1 microsecond preceding
            ) - interval {expected.late_after_days} day as late_before
            from raw.landed_files
            where input_name = $input and status = 'landed'
        )
        select * from files semi join fresh_files using (file_digest)
        where earliest_event_at < late_before
        """,
        asked,
    )
    late = " union ".join(_late_lines(name, table) for name, table in tables.items())
    connection.execute(
        f"""
        update raw.landed_files as files set late_record_count = (
            select count(*) from ({late}) as late where late.file_digest = files.file_digest
        )
        where input_name = $input and file_digest in (select file_digest from fresh_files)
        """,
        asked,
    )
    rows = connection.execute(
        "select input_name, file_name, late_record_count, earliest_event_at "
        "from raw.landed_files semi join fresh_files using (file_digest) "
        "where input_name = $input and late_record_count > 0 order by received_at, file_name",
        asked,
    ).fetchall()
    days = expected.late_after_days
    return [LateFile(name, file, late, earliest, days) for name, file, late, earliest in rows]


def _late_lines(name: str, table: Table) -> str:
    """SQL of file and line of late records of a table that no earlier file has.

    An export of everything brings old events each time: what came before is not late.
    """
    raw = f"raw.{identifier(name)}"
    same_key = " and ".join(
        f"earlier.{identifier(key)} = fresh.{identifier(key)}" for key in table.key
    )
    return f"""
        select distinct fresh.file_digest, fresh.file_line
        from {raw} as fresh
        inner join late_files on late_files.file_digest = fresh.file_digest
        where fresh.input_name = $input
            and least({_events(table, "fresh.")}) < late_files.late_before
            and not exists (
                select 1 from {raw} as earlier
                inner join raw.landed_files as landed
                    on landed.input_name = earlier.input_name
                    and landed.file_digest = earlier.file_digest
                where {same_key} and landed.received_at < late_files.received_at
            )
    """


def _events(table: Table, prefix: str = "") -> str:
    """SQL of the events of a row, separated by commas; expectations are no events."""
    events = []
    for name, spec in table.event_columns.items():
        value = f"cast({prefix}{identifier(name)} as timestamp)"
        if spec.event_when:
            told_by = f"{prefix}{identifier(spec.event_when.column)}"
            value = f"case when {told_by} in {literals(spec.event_when.values)} then {value} end"
        events.append(value)
    return ", ".join(events)
