"""What a refresh was asked for, as the one row of ``raw.refresh_context``."""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from lead_warehouse.clock import parse_instant, utc_now
from lead_warehouse.contract import Contract, Table
from lead_warehouse.errors import UserError
from lead_warehouse.landing.typed_tables import FUTURE_TOLERANCE
from lead_warehouse.sql import identifier, literals


@dataclass(frozen=True)
class RefreshContext:
    """The question the models answer.

    Attributes:
        as_of: instant the warehouse speaks for.
        known_by: rows known later are not used.
        is_past: whether something that has landed lies after ``as_of``, so that the result is a
            rebuild of the past and not what readers should see.
    """

    as_of: datetime
    known_by: datetime
    is_as_of_given: bool
    is_past: bool
    rules_digest: str


def parse_as_of(text: str | None) -> datetime | None:
    """``--as-of`` as an instant; none for the default, the latest event known.

    Raises:
        UserError: it is no instant, or one that is still to come.
    """
    if text is None:
        return None
    if text == "now":
        return utc_now()
    instant = parse_instant(text, "--as-of")
    if instant > utc_now() + FUTURE_TOLERANCE:
        raise UserError(f"--as-of: {text} lies ahead, and nothing is known of it; use `now`")
    return instant


def write_context(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    asked_for: datetime | None,
    rules_digest: str,
) -> RefreshContext:
    """Settle the as-of instant from what has landed and write the row."""
    latest_event = _latest(connection, [_events(name, t) for name, t in contract.tables.items()])
    latest_known = _latest(
        connection,
        [f"select max(known_at) from raw.{identifier(name)}" for name in contract.tables],
    )
    latest = (latest_event, latest_known)
    as_of = asked_for or latest_event or latest_known or utc_now()
    context = RefreshContext(
        as_of=as_of,
        known_by=asked_for or max(as_of, latest_known or as_of),
        is_as_of_given=asked_for is not None,
        is_past=asked_for is not None and asked_for < max(filter(None, latest), default=asked_for),
        rules_digest=rules_digest,
    )
    connection.execute("delete from raw.refresh_context")
    connection.execute(
        "insert into raw.refresh_context "
        "(as_of, known_by, is_as_of_given, rules_digest, is_full_build, is_carried_on) "
        "values (?, ?, ?, ?, true, true)",
        [context.as_of, context.known_by, context.is_as_of_given, rules_digest],
    )
    return context


def _events(name: str, table: Table) -> str:
    """SQL of the latest event of a table; expectations are no events."""
    latest = []
    for column, spec in table.event_columns.items():
        value = f"max(cast({identifier(column)} as timestamp))"
        if spec.event_when:
            told_by = identifier(spec.event_when.column)
            value += f" filter ({told_by} in {literals(spec.event_when.values)})"
        latest.append(value)
    return f"select greatest({', '.join(latest)}) from raw.{identifier(name)}" if latest else ""


def _latest(connection: duckdb.DuckDBPyConnection, queries: list[str]) -> datetime | None:
    latest: datetime | None = None
    for query in filter(None, queries):
        row = connection.execute(query).fetchone()
        if row and row[0] is not None and (latest is None or row[0] > latest):
            latest = row[0]
    return latest
