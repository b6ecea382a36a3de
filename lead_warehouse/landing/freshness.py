"""How long ago each input last delivered anything new, held against the mapping's limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import duckdb

from lead_warehouse.mapping import Input, Mapping
from lead_warehouse.mapping.expectations import Age
from lead_warehouse.sql import identifier

Standing = Literal["pass", "warn", "error", "never", "unlimited"]


@dataclass(frozen=True)
class InputFreshness:
    """An input as of the clock of a refresh; a row of ``raw.input_freshness``.

    Attributes:
        latest_known_at: of its rows, where the mapping names a known-at column.
        message: what to tell of a standing that is neither pass nor unlimited.
    """

    input_name: str
    last_delivered_at: datetime | None
    latest_known_at: datetime | None
    record_count: int
    warn_after: Age | None
    error_after: Age | None
    status: Standing
    message: str | None = None


def record_freshness(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, now: datetime
) -> list[InputFreshness]:
    """Judge every input of the mapping and write ``raw.input_freshness``.

    Only what landed counts as delivered: a file that is held does not make its input fresh.
    """
    landed = {
        name: (last, records)
        for name, last, records in connection.execute(
            "select input_name, max(received_at), cast(sum(accepted_count) as bigint) "
            "from raw.landed_files where status = 'landed' group by input_name"
        ).fetchall()
    }
    judged = []
    for one in mapping.inputs:
        last, records = landed.get(one.name, (None, 0))
        judged.append(_judge(one, last, records, _latest_known(connection, one), now))
    connection.execute("delete from raw.input_freshness")
    for each in judged:
        connection.execute(
            "insert into raw.input_freshness values (?, ?, ?, ?, ?, ?, ?)",
            [
                each.input_name,
                each.last_delivered_at,
                each.latest_known_at,
                each.record_count,
                _seconds(each.warn_after),
                _seconds(each.error_after),
                each.status,
            ],
        )
    return judged


def _judge(
    one: Input,
    last: datetime | None,
    records: int,
    latest_known: datetime | None,
    now: datetime,
) -> InputFreshness:
    limits = one.freshness
    warn_after = limits.warn_after if limits else None
    error_after = limits.error_after if limits else None
    status: Standing
    message = None
    if last is None:
        status = "never"
        message = f"input {one.name} has never delivered anything" if limits else None
    else:
        age = now - last
        broken: Age | None = None
        if error_after and age > error_after.span:
            status, broken = "error", error_after
        elif warn_after and age > warn_after.span:
            status, broken = "warn", warn_after
        else:
            status = "pass" if limits else "unlimited"
        if broken:
            known = f", which knows of {latest_known}" if latest_known else ""
            message = (
                f"input {one.name} is stale: it last delivered anything new {_ago(age)} ago "
                f"({last:%Y-%m-%d %H:%M}{known}), {status} after {broken}"
            )
    return InputFreshness(
        one.name, last, latest_known, records, warn_after, error_after, status, message
    )


def _latest_known(connection: duckdb.DuckDBPyConnection, one: Input) -> datetime | None:
    if one.known_at is None:
        return None
    latest: list[datetime] = []
    for table in sorted({mapped.table for mapped in one.tables}):
        row = connection.execute(
            f"select max(known_at) from raw.{identifier(table)} where input_name = ?", [one.name]
        ).fetchone()
        if row and row[0] is not None:
            latest.append(row[0])
    return max(latest, default=None)


def _seconds(age: Age | None) -> int | None:
    return int(age.span.total_seconds()) if age else None


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 1:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
