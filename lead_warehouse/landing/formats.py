"""The reader of a file's format, which is what the mapping's pattern ends in."""

import os
from pathlib import Path

from lead_warehouse.contract import Contract
from lead_warehouse.landing.csv_reader import CsvReader
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.json_reader import JsonReader
from lead_warehouse.landing.parquet_reader import ParquetReader
from lead_warehouse.landing.reader import Reader
from lead_warehouse.landing.table_reader import TableReader
from lead_warehouse.mapping import Input

PARQUET_MAGIC = b"PAR1"
"""What a Parquet file starts and ends with."""


def open_file(one: Input, contract: Contract, path: Path, before: Path | None = None) -> Reader:
    """Open a file of an input and hold its columns against the mapping.

    Args:
        before: of a table, the snapshot that this one follows.

    Raises:
        HeldFile: it is not in the input's format, or its columns do not fit.
    """
    if one.form == "table":
        return TableReader(one, contract, path, before)
    first, last = _ends(path)
    # A file of no bytes holds no records in any format.
    if one.form != "parquet" or not first:
        if first == last == PARQUET_MAGIC:
            read_as = "JSON lines" if one.form == "json" else "CSV"
            raise HeldFile(
                f"a Parquet file, read as {read_as}; end 'files' in the mapping with .parquet and "
                "name the file so"
            )
        reader = JsonReader if one.form == "json" else CsvReader
        return reader(one, contract, path)
    if first != PARQUET_MAGIC:
        raise HeldFile(
            "not a Parquet file, whatever its name; deliver it as Parquet, or as CSV under a "
            "pattern that does not end in .parquet"
        )
    return ParquetReader(one, contract, path)


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first and the last four bytes."""
    with path.open("rb") as file:
        first = file.read(len(PARQUET_MAGIC))
        file.seek(-min(len(first), len(PARQUET_MAGIC)), os.SEEK_END)
        return first, file.read()
