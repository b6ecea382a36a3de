"""What a refresh does about quarantine: decisions into the rows, and what came in into the ledger.

``remember`` before anything lands, ``settle`` after: between them a record may come in.
"""

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.sql import identifier
from lead_warehouse.state.decisions import Decisions

Replays = list[tuple[tuple[str, str, int], str, str | None, str | None, str]]
"""Key, file name, table, column and old reason of each record that came in."""


def remember(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep the quarantine of the generation that the build starts from, in a temporary table."""
    columns = {
        name
        for (name,) in connection.execute(
            "select column_name from information_schema.columns "
            "where table_schema = 'raw' and table_name = 'quarantined_rows'"
        ).fetchall()
    }
    if not columns:
        connection.execute(
            "create or replace temp table quarantine_before (input_name varchar, "
            "file_digest varchar, file_line bigint, file_name varchar, table_name varchar, "
            "column_name varchar, reason varchar, status varchar)"
        )
        return
    status = "status" if "status" in columns else "'open'"
    connection.execute(
        "create or replace temp table quarantine_before as select input_name, file_digest, "
        f"file_line, file_name, table_name, column_name, reason, {status} as status "
        "from raw.quarantined_rows"
    )


def settle(
    connection: duckdb.DuckDBPyConnection, contract: Contract, decisions: Decisions
) -> Replays:
    """Write decisions into ``raw.quarantined_rows`` and find the records that came in."""
    _write_status(connection, decisions)
    replays = [
        ((name, digest, line), *rest)
        for name, digest, line, *rest in connection.execute(
            f"""
            with gone as (
                select * from quarantine_before
                anti join raw.quarantined_rows using (input_name, file_digest, file_line)
            )
            select input_name, file_digest, file_line, file_name, table_name, column_name, reason
            from gone
            semi join ({accepted_lines(contract, "gone")})
                using (input_name, file_digest, file_line)
            order by input_name, file_name, file_digest, file_line
            """
        ).fetchall()
    ]
    connection.execute("drop table quarantine_before")
    return replays


def accepted_lines(contract: Contract, among: str) -> str:
    """SQL of input, digest and line of each record of the relation ``among`` that gave a row."""
    return " union ".join(
        f"select input_name, file_digest, file_line from raw.{identifier(table)} "
        f"semi join {among} using (input_name, file_digest, file_line)"
        for table in contract.tables
    )


def _write_status(connection: duckdb.DuckDBPyConnection, decisions: Decisions) -> None:
    """The last decision counts. Where the ledger has none, because it was lost, what the rows said
    before does."""
    decided = [(*key, one.verdict) for key, one in decisions.of_records().items()]
    connection.execute(
        "create or replace temp table decided (input_name varchar, file_digest varchar, "
        "file_line bigint, verdict varchar)"
    )
    if decided:
        columns = [list(column) for column in zip(*decided, strict=True)]
        connection.execute(
            "insert into decided select unnest(?), unnest(?), unnest(?), unnest(?)", columns
        )
    connection.execute(
        """
        update raw.quarantined_rows as quarantined
        set status = told.status
        from (
            select input_name, file_digest, file_line,
                coalesce(decided.verdict, before.status, 'open') as status
            from raw.quarantined_rows as present
            left join decided using (input_name, file_digest, file_line)
            left join quarantine_before as before using (input_name, file_digest, file_line)
        ) as told
        where quarantined.input_name = told.input_name
            and quarantined.file_digest = told.file_digest
            and quarantined.file_line = told.file_line
            and quarantined.status is distinct from told.status
        """
    )
    connection.execute("drop table decided")
