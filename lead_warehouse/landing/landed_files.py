"""What all rows of a file have in common, stored once: rows name it by a number.

Four texts in each row took longer to write than all else that landing adds to it. Readers have them
all the same: ``raw.<table>`` is a view that joins them to the rows, see ``raw_tables``.
"""

import duckdb

from lead_warehouse.landing.typed_tables import ArchivedFile


def add_file(connection: duckdb.DuckDBPyConnection, file: ArchivedFile, mapped_columns: str) -> int:
    """Note a file as one mapping of it reads it.

    Returns:
        the number that its rows carry.
    """
    ((number,),) = connection.execute(
        "insert into landed.files select coalesce(max(file_id), 0) + 1, ?, ?, ?, ? "
        "from landed.files returning file_id",
        [file.input_name, file.file_digest, file.file_name, mapped_columns],
    ).fetchall()
    return int(number)


def of_files(condition: str) -> str:
    """SQL of whether a stored row is of a file for which a condition holds."""
    return f"file_id in (select file_id from landed.files where {condition})"
