"""A generation without some persons, in a new file: engines keep in pages what they deleted."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from typing import Any

import duckdb

from lead_warehouse.contract import Contract
from lead_warehouse.contract.raw_schema import ACCOUNTS
from lead_warehouse.erasure.persons import Persons, readings
from lead_warehouse.erasure.rewriting import row_pattern
from lead_warehouse.failpoints import failpoint
from lead_warehouse.landing.landed_files import of_files
from lead_warehouse.memory import limit_memory
from lead_warehouse.refresh.base import file_digest
from lead_warehouse.refresh.compact import compact
from lead_warehouse.refresh.verify import verify
from lead_warehouse.sql import identifier, literal
from lead_warehouse.state.digest import combined_digest
from lead_warehouse.state.engine import STORAGE_VERSION, use_utc
from lead_warehouse.state.erasures import Rewritten
from lead_warehouse.state.generations import MANIFEST_FILE, Generation, remove_folder
from lead_warehouse.state.hold import sync_folder
from lead_warehouse.state.layout import WAREHOUSE_FILE

CONVERSIONS = ("marts", "fct_funnel_conversions")
"""What published cohorts are counted from: its rows stay under a random key."""

OF_DEALS = re.compile(r"opportunit|deal")
"""Tables of deals, which stay and no longer name whom they came from."""

ADDRESSES = ("email", "address", "visitor_id", "contact_id")


def anonymised_rows(
    connection: duckdb.DuckDBPyConnection, persons: Persons
) -> list[dict[str, Any]]:
    """What cohorts counted of the persons: month, source and stages, each person under a key that
    follows from nothing."""
    columns = dict(_catalog(connection).get(CONVERSIONS, []))
    if not columns:
        return []
    # An older generation knows less of its conversions.
    kept = [name for name in ACCOUNTS["erased_conversions"] if name in columns]
    texts = ", ".join(
        f"cast({name} as varchar) as {name}" if columns[name] == "DATE" else name
        for name in kept
        if name != "erased_key"
    )
    cursor = connection.execute(
        f"select lead_id, {texts} from marts.fct_funnel_conversions "
        "where list_contains(?, lead_id) order by all",
        [sorted(persons.ids["lead"])],
    )
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    keys: dict[str, str] = {}
    for row in rows:
        lead = row.pop("lead_id")
        row["erased_key"] = keys.setdefault(lead, f"erased-{secrets.token_hex(8)}")
    return sorted(rows, key=lambda row: (row["erased_key"], row["basis"], row["from_stage"]))


class Scrubbing:
    """Takes persons out of generations.

    Args:
        latest: digest of each delivered file that was rewritten, to what took its place.
        steps: the same, one time that it was rewritten after the other.
        erasures: ids of the erasures that a scrubbed generation has been through.
    """

    def __init__(
        self,
        contract: Contract,
        persons: Persons,
        *,
        lines: Mapping[tuple[str, str], set[int]],
        latest: Mapping[str, Rewritten],
        steps: Mapping[str, Rewritten],
        erasures: list[str],
    ) -> None:
        self._contract = contract
        self._persons = persons
        self._lines = lines
        self._latest = latest
        self._steps = steps
        self._erasures = erasures
        self._pattern = row_pattern(tuple(persons.words()))

    def scrub(self, generation: Generation) -> None:
        """Put a file without the persons in the place of a generation's; readers see either."""
        work = generation.folder.parent / f".erasing-{generation.run_id}"
        remove_folder(work)
        work.mkdir()
        database = work / WAREHOUSE_FILE
        try:
            shutil.copyfile(generation.database, database)
            with duckdb.connect(str(database)) as connection:
                use_utc(connection)
                limit_memory(connection, work / "spill")
                connection.begin()
                self._scrub(connection)
                connection.commit()
                connection.execute("checkpoint")
            compact(lambda _: None, database, STORAGE_VERSION)
            tables = verify(lambda _: None, database, work / "spill")
            manifest = dict(generation.manifest)
            manifest["file"] = {"bytes": database.stat().st_size, "sha256": file_digest(database)}
            manifest["tables"] = {name: digest.told() for name, digest in tables.items()}
            manifest["digest"] = combined_digest(tables)
            manifest["erasures"] = self._erasures
            for one in manifest["inputs"]:
                if one["file_digest"] in self._latest:
                    one["file_digest"] = self._latest[one["file_digest"]].digest
            written = work / MANIFEST_FILE
            written.write_text(json.dumps(manifest, indent=2, default=str) + "\n", encoding="utf-8")
            for path in (database, written):
                path.chmod(0o444)
                sync_folder(path)
            os.replace(database, generation.database)
            failpoint("erasing_generation")
            os.replace(written, generation.folder / MANIFEST_FILE)
            sync_folder(generation.folder)
        finally:
            remove_folder(work)

    def _scrub(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._catalog = _catalog(connection)
        self._take_records_out(connection)
        self._anonymise(connection)
        for schema, table in self._catalog:
            if (schema, table) != CONVERSIONS:
                self._take_rows_out(connection, schema, table)
            self._take_words_out(connection, schema, table)
        self._name_files_anew(connection)
        # What nobody else's rows follow from any more is not known: the next build makes all anew.
        if ("raw", "rule_families") in self._catalog:
            connection.execute("delete from raw.rule_families")

    def _take_records_out(self, connection: duckdb.DuckDBPyConnection) -> None:
        """What landed of a record that goes, whichever tables it fed.

        Generations of earlier versions store canonical tables in ``raw``, later ones in ``landed``.
        """
        keys = [(*key, sorted(lines)) for key, lines in self._lines.items() if lines]
        connection.execute("create temp table gone (input_name text, digest text, line bigint)")
        for key in keys:
            connection.execute("insert into gone select ?, ?, unnest(?::bigint[])", key)
        self._take_outdated_out(connection)
        for table in [*self._contract.tables, "quarantined_rows"]:
            if keys and ("raw", table) in self._catalog:
                connection.execute(
                    f"delete from raw.{identifier(table)} where (input_name, file_digest, "
                    "file_line) in (select (input_name, digest, line) from gone)"
                )
            elif keys and ("landed", table) in self._catalog:
                connection.execute(
                    f"delete from landed.{identifier(table)} where (file_id, file_line) in ("
                    "select (file_id, line) from gone inner join landed.files on "
                    "gone.input_name = files.input_name and gone.digest = files.file_digest)"
                )
        connection.execute("drop table gone")
        if ("raw", "quarantined_rows") not in self._catalog or not self._pattern:
            return
        pattern = re.compile(self._pattern, re.IGNORECASE)
        rows = connection.execute(
            "select rowid, coalesce(raw_record, ''::blob), coalesce(value, '') "
            "from raw.quarantined_rows"
        ).fetchall()
        told = [
            row
            for row, record, value in rows
            if pattern.search(readings(record)) or pattern.search(value)
        ]
        if told:
            connection.execute(
                "delete from raw.quarantined_rows where list_contains(?, rowid)", [told]
            )

    def _take_outdated_out(self, connection: duckdb.DuckDBPyConnection) -> None:
        """What was made of interactions whose records go; of persons all goes anyway."""
        if not {("raw", "interactions"), ("landed", "interactions")} & self._catalog.keys():
            return
        connection.execute(
            "create temp table outdated as select distinct interaction_id from raw.interactions "
            "where (input_name, file_digest, file_line) in (from gone)"
        )
        for (schema, table), columns in self._catalog.items():
            if schema not in ("raw", "landed") and "interaction_id" in dict(columns):
                connection.execute(
                    f"delete from {identifier(schema)}.{identifier(table)} "
                    "where interaction_id in (from outdated)"
                )
        connection.execute("drop table outdated")

    def _anonymise(self, connection: duckdb.DuckDBPyConnection) -> None:
        if CONVERSIONS not in self._catalog:
            return
        leads = sorted(self._persons.ids["lead"])
        rows = connection.execute(
            "select distinct lead_id from marts.fct_funnel_conversions "
            "where list_contains(?, lead_id)",
            [leads],
        ).fetchall()
        for (lead,) in rows:
            # A row of its own key: an update of a primary key is refused within a transaction.
            connection.execute(
                "create or replace temp table kept as select * replace ("
                "cast(null as varchar) as lead_id, "
                "md5(funnel_conversion_id || ?) as funnel_conversion_id, "
                "cast(null as timestamp) as entered_at, cast(null as timestamp) as converted_at) "
                "from marts.fct_funnel_conversions where lead_id = ?",
                [secrets.token_hex(16), lead],
            )
            connection.execute("delete from marts.fct_funnel_conversions where lead_id = ?", [lead])
            connection.execute("insert into marts.fct_funnel_conversions select * from kept")
            connection.execute("drop table kept")

    def _take_rows_out(
        self, connection: duckdb.DuckDBPyConnection, schema: str, table: str
    ) -> None:
        """Rows about the persons; a row of a deal stays and forgets them."""
        goes: list[tuple[str, str]] = []
        forgets: list[tuple[str, str]] = []
        for column, kind in self._catalog[schema, table]:
            if kind != "VARCHAR":
                continue
            if column.endswith(("lead_id", "lead_id_before", "person_id")):
                values = self._persons.ids["lead"]
            elif column in ADDRESSES:
                values = set().union(*self._persons.ids.values())
                values |= {value.strip().lower() for value in self._persons.ids["email"]}
            else:
                continue
            test = f"list_contains({_list(values)}, {identifier(column)})"
            is_reference = column.startswith("best_") or OF_DEALS.search(table)
            (forgets if is_reference else goes).append((column, test))
        relation = f"{identifier(schema)}.{identifier(table)}"
        if goes:
            connection.execute(
                f"delete from {relation} where {' or '.join(test for _, test in goes)}"
            )
        for column, test in forgets:
            if connection.execute(f"select 1 from {relation} where {test} limit 1").fetchone():
                _forget(connection, relation, column, test)

    def _take_words_out(
        self, connection: duckdb.DuckDBPyConnection, schema: str, table: str
    ) -> None:
        """What tells a person in any other text."""
        if not self._pattern or schema == "seeds":
            return
        relation = f"{identifier(schema)}.{identifier(table)}"
        tests = {
            column: f"regexp_matches(cast({identifier(column)} as varchar), "
            f"{literal(self._pattern)}, 'i')"
            for column, kind in self._catalog[schema, table]
            if "VARCHAR" in kind or kind == "JSON"
        }
        if not tests:
            return
        asked = ", ".join(f"coalesce(bool_or({test}), false)" for test in tests.values())
        (told,) = connection.execute(f"select {asked} from {relation}").fetchall()
        for (column, test), is_told in zip(tests.items(), told, strict=True):
            if is_told:
                _forget(connection, relation, column, test)

    def _move_lines_up(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Where rows of a file went, those behind them have other numbers in what is there now."""
        for before in self._latest:
            seen, digest = set[str](), before
            while digest in self._steps and digest not in seen:
                seen.add(digest)
                gone = list(self._steps[digest].moved_up)
                for (schema, table), columns in self._catalog.items():
                    is_of_file = "file_digest = $2"
                    if {"file_id", "file_line"} <= dict(columns).keys():
                        is_of_file = of_files(is_of_file)
                    elif not {"file_digest", "file_line"} <= dict(columns).keys():
                        continue
                    if gone:
                        relation = f"{identifier(schema)}.{identifier(table)}"
                        connection.execute(
                            f"update {relation} as moved set file_line = file_line - place from ("
                            f"select rows.rowid as id, place from {relation} as rows asof join ("
                            "select unnest($1::bigint[]) as line, "
                            "generate_subscripts($1::bigint[], 1) as place) as gone "
                            f"on rows.file_line > gone.line where rows.{is_of_file}) "
                            "where moved.rowid = id",
                            [gone, before],
                        )
                digest = self._steps[digest].digest

    def _name_files_anew(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._move_lines_up(connection)
        connection.execute("create temp table renamed (before text, after text)")
        if self._latest:
            connection.executemany(
                "insert into renamed values (?, ?)",
                [(before, after.digest) for before, after in self._latest.items()],
            )
        for (schema, table), columns in self._catalog.items():
            if "file_digest" in dict(columns):
                connection.execute(
                    f"update {identifier(schema)}.{identifier(table)} set file_digest = after "
                    "from renamed where file_digest = before"
                )
        if ("raw", "quarantined_rows") in self._catalog:
            # Bytes before them may be gone: where in the file they are is not known any more.
            connection.execute(
                "update raw.quarantined_rows set byte_offset = null "
                "where file_digest in (select after from renamed)"
            )
        connection.execute("drop table renamed")
        if ("raw", "landed_files") not in self._catalog:
            return
        counted = dict(self._catalog["raw", "landed_files"])
        for after in {one.digest: one for one in self._latest.values()}.values():
            if "erased_count" in counted:
                connection.execute(
                    "update raw.landed_files set erased_count = ? "
                    "where file_digest = ? and status = 'landed'",
                    [after.erased, after.digest],
                )
        erased = "erased_count" if "erased_count" in counted else "0"
        digests = sorted({one.digest for one in self._latest.values()})
        connection.execute(
            f"""
            update raw.landed_files as landed set
                quarantined_count = there.quarantined,
                accepted_count = record_count - blank_count - {erased} - there.quarantined
            from (
                select input_name, file_digest, (
                    select count(*) from raw.quarantined_rows as quarantined
                    where quarantined.input_name = files.input_name
                    and quarantined.file_digest = files.file_digest
                ) as quarantined
                from raw.landed_files as files
            ) as there
            where landed.input_name = there.input_name
            and landed.file_digest = there.file_digest
            and landed.status = 'landed' and list_contains(?, landed.file_digest)
            """,
            [digests],
        )


def _forget(connection: duckdb.DuckDBPyConnection, relation: str, column: str, test: str) -> None:
    """Empty the cells of a column for which a test holds; where none may be empty, rows go."""
    name = identifier(column)
    keyed = connection.execute(
        "select 1 from duckdb_constraints() where schema_name || '.' || table_name = ? "
        "and list_contains(constraint_column_names, ?)",
        [relation.replace('"', ""), column],
    ).fetchone()
    if keyed:
        connection.execute(f"delete from {relation} where {test}")
    else:
        connection.execute(f"update {relation} set {name} = null where {test}")


def _catalog(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Every table with its columns and their types, asked for once."""
    rows = connection.execute(
        "select tables.schema_name, tables.table_name, columns.column_name, columns.data_type "
        "from duckdb_tables() as tables inner join duckdb_columns() as columns "
        "using (database_name, schema_name, table_name) "
        "where database_name = current_database() and not temporary "
        "order by 1, 2, columns.column_index"
    ).fetchall()
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, kind in rows:
        found.setdefault((schema, table), []).append((column, kind))
    return found


def _list(values: set[str]) -> str:
    return "[" + ", ".join(map(literal, sorted(values))) + "]::varchar[]"
