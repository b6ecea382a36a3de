"""What became of records that were in quarantine, told from raw tables that landed since."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.quarantine.losses import LOSS_COLUMNS
from lead_warehouse.quarantine.records import Record
from lead_warehouse.quarantine.settle import accepted_lines
from lead_warehouse.query import Rows

Became = Literal["came in", "in quarantine", "file held", "no row"]

NO_LOSSES = Rows(LOSS_COLUMNS, [])


@dataclass(frozen=True)
class Outcome:
    """A record and what became of it.

    Attributes:
        because: what is wrong with it now; none for one that came in.
    """

    record: Record
    became: Became
    because: str | None


@dataclass(frozen=True)
class Replay:
    """What a mapping does to quarantine.

    Attributes:
        asked: outcomes of the records asked for, in order.
        others: how many other records of the same inputs came in along with them.
        lost: records that are accepted and would not be any more, by input and reason.
        is_trial: whether nothing was published.
    """

    asked: list[Outcome]
    others: int
    is_trial: bool
    lost: Rows = NO_LOSSES

    def count(self, became: Became) -> int:
        return sum(outcome.became == became for outcome in self.asked)

    @property
    def groups(self) -> Rows:
        """One row per input, old reason and outcome."""
        counted = Counter(
            (
                *(one.record.input_name, one.record.column_name or "(record)", one.record.reason),
                *(one.became, one.because),
            )
            for one in self.asked
        )
        columns = ["input", "column", "was", "became", "because", "records"]
        return Rows(columns, [(*group, count) for group, count in counted.most_common()])

    @property
    def rows(self) -> Rows:
        """One row per record."""
        columns = ["id", "input", "file", "line", "column", "was", "became", "because"]
        return Rows(
            columns,
            [
                (
                    *(one.record.id, one.record.input_name, one.record.file_name),
                    *(one.record.file_line, one.record.column_name, one.record.reason),
                    *(one.became, one.because),
                )
                for one in self.asked
            ],
        )


def tell(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    asked: list[Record],
    before: list[tuple[str, str, int]],
    *,
    is_trial: bool,
) -> Replay:
    """Compare quarantine as it was with raw tables that the mapping has filled since.

    Args:
        before: every record of the inputs of ``asked`` that was in quarantine.
    """
    connection.execute(
        "create or replace temp table before_replay as select unnest($1::varchar[]) as input_name, "
        "unnest($2::varchar[]) as file_digest, unnest($3::bigint[]) as file_line",
        [list(column) for column in zip(*before, strict=True)] or [[], [], []],
    )
    quarantined = {
        (name, digest, line): (column, reason)
        for name, digest, line, column, reason in connection.execute(
            "select input_name, file_digest, file_line, column_name, reason "
            "from raw.quarantined_rows "
            "semi join before_replay using (input_name, file_digest, file_line)"
        ).fetchall()
    }
    accepted = set(connection.execute(accepted_lines(contract, "before_replay")).fetchall())
    held = {
        (name, digest): reason
        for name, digest, reason in connection.execute(
            "select input_name, file_digest, reason from raw.landed_files where status = 'held'"
        ).fetchall()
    }

    def outcome(record: Record) -> Outcome:
        if record.key in accepted:
            return Outcome(record, "came in", None)
        if record.key in quarantined:
            column, reason = quarantined[record.key]
            return Outcome(record, "in quarantine", f"{column}: {reason}" if column else reason)
        if (reason := held.get((record.input_name, record.file_digest))) is not None:
            return Outcome(record, "file held", reason)
        return Outcome(
            record, "no row", "no table is fed by it, or no record begins on that line any more"
        )

    return Replay(
        [outcome(record) for record in asked],
        len(accepted - {record.key for record in asked}),
        is_trial,
    )
