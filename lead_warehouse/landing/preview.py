"""What a refresh would make of the files a mapping finds, told from their headers alone."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.errors import UserError
from lead_warehouse.landing.archive import DeliveredFile, find_files
from lead_warehouse.landing.database_snapshot import (
    DeliveredTable,
    find_tables,
    fit_table,
    open_table,
)
from lead_warehouse.landing.formats import open_file
from lead_warehouse.landing.header import Header
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.renames import Rename, propose_renames
from lead_warehouse.mapping import Input
from lead_warehouse.mapping.load import load_mapping


@dataclass(frozen=True)
class CheckedFile:
    """How a file's header fits its input.

    Attributes:
        renames: columns it lacks that seem to have a new name in it.
        held_because: why a refresh would hold it; none if it would land.
    """

    input_name: str
    file_name: str
    tables: list[str]
    unmapped: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    renames: tuple[Rename, ...] = ()
    held_because: str | None = None


def preview(path: Path, input_dir: Path) -> list[CheckedFile]:
    """Check a mapping and the headers of every file it matches below ``input_dir``.

    Raises:
        UserError: the mapping is wrong, or the folder is missing.
    """
    contract = load_contract()
    mapping = load_mapping(path, contract)
    if not input_dir.is_dir():
        raise UserError(f"no folder {input_dir}; name the folder of the files with --input")
    checked = []
    for one in mapping.inputs:
        tables = [mapped.table for mapped in one.tables]
        for name, read in _headers(one, contract, input_dir):
            try:
                header = read()
            except HeldFile as held:
                checked.append(CheckedFile(one.name, name, tables, held_because=str(held)))
            else:
                unmapped, missing = header.unmapped, header.missing
                renames = propose_renames(one, missing, unmapped)
                checked.append(CheckedFile(one.name, name, tables, unmapped, missing, renames))
        if not any(found.input_name == one.name for found in checked):
            reason = f"no file matches '{one.files}' below {input_dir}"
            checked.append(CheckedFile(one.name, "-", tables, held_because=reason))
    return checked


def _headers(
    one: Input, contract: Contract, input_dir: Path
) -> Iterator[tuple[str, Callable[[], Header]]]:
    """Name of each file or table of an input, and what reads its columns."""
    if one.form == "table":
        for table in find_tables(one, input_dir):
            yield table.name, partial(_header_of_table, table, one, contract)
    else:
        for file in find_files(one, input_dir):
            yield file.name, partial(_header_of_file, file, one, contract)


def _header_of_file(file: DeliveredFile, one: Input, contract: Contract) -> Header:
    return open_file(one, contract, file.path).header


def _header_of_table(table: DeliveredTable, one: Input, contract: Contract) -> Header:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_table(table, Path(folder)) as engine,
    ):
        return fit_table(engine, one, contract).header
