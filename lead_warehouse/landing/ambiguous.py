"""How many records have a local time that the clock showed twice."""

from collections.abc import Iterable

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.landing.load_file import FileAccount
from lead_warehouse.sql import identifier


def count_ambiguous(
    connection: duckdb.DuckDBPyConnection, contract: Contract, accounts: Iterable[FileAccount]
) -> dict[str, int]:
    """File name to how many rows are flagged, of each file that has any."""
    landed = {account.file.file_digest: account.file.file_name for account in accounts}
    if not landed:
        return {}
    flagged = " union all ".join(
        f"select file_digest from raw.{identifier(table)} where ambiguous_columns is not null"
        for table in contract.tables
    )
    rows = connection.execute(
        f"select file_digest, count(*) from ({flagged}) where file_digest in "
        "(select unnest(?)) group by file_digest order by file_digest",
        [list(landed)],
    ).fetchall()
    return {landed[digest]: count for digest, count in rows}
