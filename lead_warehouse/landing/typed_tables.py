"""SQL that turns framed records into rows of the canonical tables an input feeds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from lead_warehouse.contract import Contract, Table
from lead_warehouse.contract.raw_schema import landed_columns
from lead_warehouse.landing.casting import Cast, cast_column, cast_known_at, cell
from lead_warehouse.landing.header import LINE_COLUMN, Header
from lead_warehouse.mapping import Input, TableMapping, When
from lead_warehouse.mapping.schema import source_columns
from lead_warehouse.sql import identifier, literal, literals

FUTURE_TOLERANCE = timedelta(days=1)
"""How far past the landing clock an event may lie: a wrong time zone is not a wrong event."""

EARLIEST_EVENT = "1970-01-01"
"""No CRM recorded anything before; such a date was read by the wrong format or is a stand-in."""


@dataclass(frozen=True)
class ArchivedFile:
    """A file in the archive, on its way into the raw tables.

    Attributes:
        input_digest: digest of the input's mapping and of the contract it aims at.
        is_first_load: whether its input had landed nothing before, so that records carry the
            past and count as known since their own time rather than since landing.
        before: of a table, the snapshot that landed before this one.
    """

    input_name: str
    input_digest: str
    file_digest: str
    file_name: str
    received_at: datetime
    is_first_load: bool
    before: Path | None = None


@dataclass(frozen=True)
class TypedTable:
    """One canonical table fed by a file.

    Attributes:
        table: the canonical table.
        condition: over framed records: whether one feeds the table.
        columns: columns of the table as it is stored, in order.
        select: one row per record that feeds the table: ``columns``, the first ``problem``
            (column_name, value, reason) and ``problem_count``.
    """

    table: str
    condition: str
    columns: list[str]
    select: str


FileId = Callable[[str], int]
"""The number of a file by which of a table's columns the mapping reads from it, as |a|b|."""


def typed_tables(
    contract: Contract, one: Input, header: Header, file: ArchivedFile, file_id: FileId
) -> list[TypedTable]:
    """The tables that a file feeds, in the mapping's order.

    Args:
        file_id: asked once for each of them.
    """
    return [
        TypedTable(
            table=mapped.table,
            condition=_condition(mapped.when, one, header),
            columns=list(landed_columns(contract.tables[mapped.table])),
            select=_select(
                contract.tables[mapped.table], mapped, one, header, file, file_id=file_id
            ),
        )
        for mapped in one.tables
    ]


def _select(
    table: Table,
    mapped: TableMapping,
    one: Input,
    header: Header,
    file: ArchivedFile,
    *,
    file_id: FileId,
) -> str:
    casts = {
        name: cast_column(name, table.columns[name], source, one, header.kinds)
        for name, source in mapped.columns.items()
        if set(source_columns(source)) <= set(header.columns)
    }
    reads = list(casts.values())
    if one.known_at:
        reads.append(cast_known_at(one.known_at, one, header.kinds))
    received = f"timestamp {literal(file.received_at.isoformat(' '))}"
    problems = [
        (condition, read, reason) for read in reads for condition, reason in read.problems()
    ]
    problems += _impossible_events(table, {read.name: read for read in reads}, received)
    first_problem = " ".join(
        f"when {condition} then {{'column_name': {literal(read.name)}, "
        f"'value': {read.text_name}, 'reason': {literal(reason)}}}"
        for condition, read, reason in problems
    )
    problem_count = _count_columns(problems) or "0"
    outputs = {
        name: casts[name].value_name if name in casts else f"cast(null as {column.sql_type})"
        for name, column in table.columns.items()
    } | _provenance(table, casts, one, file, received)
    outputs["ambiguous_columns"] = _ambiguous_columns(reads)
    mapped_columns = "|" + "|".join(sorted(casts)) + "|"
    outputs["file_id"] = f"cast({file_id(mapped_columns)} as bigint)"
    selected = ", ".join(f"{sql} as {identifier(name)}" for name, sql in outputs.items())
    texts = [f"{read.text} as {read.text_name}" for read in reads]
    texts += [f"{r.is_unlisted} as {r.unlisted_name}" for r in reads if r.is_unlisted]
    texts += [f"{read.given} as {read.given_name}" for read in reads if read.given]
    values = [f"{read.value} as {read.value_name}" for read in reads]
    flags = [flag for read in reads for flag in read.flags()]
    return f"""
        with texts as (
            select {LINE_COLUMN}, {", ".join(texts)} from framed
            where {_condition(mapped.when, one, header)}
        ),
        typed as (select *, {", ".join(values)} from texts),
        settled as (select {", ".join(["*", *flags])} from typed)
        select
            {selected},
            {f"case {first_problem} end" if problems else "null"} as problem,
            {problem_count} as problem_count
        from settled
    """


def _ambiguous_columns(reads: list[Cast]) -> str:
    """SQL of the columns whose local time the clock showed twice, as |a|b|."""
    named = [
        f"case when {read.ambiguous_name} then {literal(f'|{read.name}')} else '' end"
        for read in reads
        if read.time is not None
    ]
    return f"nullif({' || '.join(named)}, '') || '|'" if named else "cast(null as varchar)"


def _count_columns(problems: list[tuple[str, Cast, str]]) -> str:
    """SQL of how many columns have a problem, however many ways each is wrong."""
    by_column: dict[str, list[str]] = {}
    for condition, read, _ in problems:
        by_column.setdefault(read.name, []).append(f"coalesce({condition}, false)")
    return " + ".join(f"cast({' or '.join(found)} as bigint)" for found in by_column.values())


def _condition(when: When | None, one: Input, header: Header) -> str:
    if when is None:
        return "true"
    text = cell(when.column, one, header.kinds)
    return f"{text} " + (f"in {literals(when.values)}" if when.values else "is not null")


def _impossible_events(
    table: Table, casts: dict[str, Cast], received: str
) -> list[tuple[str, Cast, str]]:
    """Events later than the clock that landed them, or before anyone kept records.

    Expectations may lie ahead.
    """
    latest = f"{received} + interval {int(FUTURE_TOLERANCE.total_seconds())} second"
    told = [
        (casts[name], spec.event_when)
        for name, spec in table.event_columns.items()
        if name in casts
    ]
    if "known_at" in casts:
        told.append((casts["known_at"], None))
    found = []
    for cast, event_when in told:
        found.append(
            (f"{cast.value_name} < date '{EARLIEST_EVENT}'", cast, f"before {EARLIEST_EVENT}")
        )
        condition = f"{cast.value_name} > {latest}"
        if event_when:
            if event_when.column not in casts:
                continue
            is_event = f"{casts[event_when.column].value_name} in {literals(event_when.values)}"
            condition += f" and {is_event}"
        found.append((condition, cast, "in the future: later than the clock of the landing"))
    return found


def _provenance(
    table: Table, casts: dict[str, Cast], one: Input, file: ArchivedFile, received: str
) -> dict[str, str]:
    named = ['"value known_at"'] if one.known_at else []
    own_times = [
        f"cast({casts[name].value_name} as timestamp)"
        for name in table.known_at_from
        if name in casts and file.is_first_load
    ]
    # A record that has arrived is known, though it may speak of a later day.
    own_time = [f"least(coalesce({', '.join(own_times)}), {received})"] if own_times else []
    is_assumed = (f"{named[0]} is null and " if named else "") + (
        f"coalesce({', '.join(own_times)}) is not null" if own_times else "false"
    )
    return {
        "known_at": f"coalesce({', '.join([*named, *own_time, received])})",
        "is_known_at_assumed": is_assumed,
        "file_line": LINE_COLUMN,
    }
