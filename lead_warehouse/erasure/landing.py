"""Persons who were erased do not come back with a file delivered again."""

from dataclasses import replace
from pathlib import Path

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.contract.raw_schema import ACCOUNTS
from lead_warehouse.erasure.persons import find_erased, readings, subject_lines
from lead_warehouse.erasure.rewriting import Rewriter, Wanted
from lead_warehouse.erasure.tombstones import KIND_NAMES, TOKEN, Tombstones
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.mapping import Input
from lead_warehouse.sql import literal
from lead_warehouse.state.erasures import Erasures, Rewritten


class ErasedOnArrival:
    """Takes records of erased persons out of files as they arrive.

    Args:
        tombstones: of everybody erased so far.
    """

    def __init__(
        self, erasures: Erasures, tombstones: Tombstones, archive: Archive, contract: Contract
    ) -> None:
        self._erasures = erasures
        self._tombstones = tombstones
        self._archive = archive
        self._contract = contract
        self._taken_out = erasures.taken_out()

    def counts(self, digest: str) -> Rewritten | None:
        """What was taken out of a file that is there now."""
        return self._taken_out.get(digest)

    def path_of(self, file: ArchivedFile) -> Path:
        """Where a file lies."""
        return self._archive.whole(file.file_digest)

    def take_out(
        self, connection: duckdb.DuckDBPyConnection, one: Input, file: ArchivedFile
    ) -> ArchivedFile | None:
        """Rewrite a file that has just been read and holds somebody who was erased.

        Args:
            connection: raw tables with the file's rows.

        Returns:
            the file that took its place; none where nobody was found.
        """
        if not self._tombstones:
            return None
        within = (
            f"input_name = {literal(file.input_name)} and file_digest = {literal(file.file_digest)}"
        )
        fed = {mapped.table: self._contract.tables[mapped.table] for mapped in one.tables}
        contract = self._contract.model_copy(update={"tables": fed})
        persons = find_erased(connection, contract, self._tombstones.is_erased, within)
        lines = subject_lines(connection, contract, persons, within) if persons else {}
        for token in self._tokens_of_quarantine(connection, file):
            for kind in KIND_NAMES:
                if self._tombstones.is_erased(kind, token):
                    persons.ids[kind].add(token)
        if not persons:
            return None
        key = (file.input_name, file.file_digest)
        wanted = Wanted(
            frozenset(lines.get(key, ())),
            tuple(persons.words()),
            is_landed=True,
            quarantined=frozenset(_quarantined_lines(connection, file)),
        )
        renamed = {old: new.digest for old, new in self._erasures.latest().items()}
        after = Rewriter(self._archive, self._contract).rewrite(
            one, file.file_digest, wanted, renamed
        )
        if after is None or after.digest == file.file_digest:
            return None
        self._erasures.note_rewritten(file.file_digest, after)
        self._taken_out = self._erasures.taken_out()
        self._archive.forget(file.file_digest, after.digest)
        return replace(file, file_digest=after.digest)

    def _tokens_of_quarantine(
        self, connection: duckdb.DuckDBPyConnection, file: ArchivedFile
    ) -> set[str]:
        rows = connection.execute(
            "select raw_record from raw.quarantined_rows "
            "where input_name = ? and file_digest = ? and raw_record is not null",
            [file.input_name, file.file_digest],
        ).fetchall()
        texts = (readings(record) for (record,) in rows)
        return {token for text in texts for token in TOKEN.findall(text)}


def _quarantined_lines(connection: duckdb.DuckDBPyConnection, file: ArchivedFile) -> list[int]:
    rows = connection.execute(
        "select file_line from raw.quarantined_rows where input_name = ? and file_digest = ?",
        [file.input_name, file.file_digest],
    ).fetchall()
    return [line for (line,) in rows]


def land_conversions(connection: duckdb.DuckDBPyConnection, erasures: Erasures) -> None:
    """What cohorts go on counting of erased persons, as input of the models."""
    connection.execute("delete from raw.erased_conversions")
    rows = [row for one in erasures.all() for row in one.anonymised]
    columns = list(ACCOUNTS["erased_conversions"])
    if rows:
        connection.executemany(
            f"insert into raw.erased_conversions ({', '.join(columns)}) "
            f"values ({', '.join('?' * len(columns))})",
            [[row.get(column) for column in columns] for row in rows],
        )
