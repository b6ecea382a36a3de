"""What runs left of persons beside rows: logs, reports, failing rows, dbt's target, the ledger."""

import gzip
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from lead_warehouse.erasure.persons import Persons
from lead_warehouse.erasure.rewriting import LEFT, RIGHT
from lead_warehouse.erasure.tombstones import KIND_NAMES, TOKEN, IsErased
from lead_warehouse.sql import literal
from lead_warehouse.state.generations import remove_folder
from lead_warehouse.state.layout import INTERNAL_REPORT, StateDirectory

IN_PLACE = b"[erased]"


def pattern_of(persons: Persons) -> re.Pattern[bytes] | None:
    """What tells one of the persons in bytes; none where nothing does."""
    words = persons.words()
    if not words:
        return None
    return re.compile(f"{LEFT}(?:{'|'.join(words)}){RIGHT}".encode(), re.IGNORECASE)


def clear_traces(state: StateDirectory, persons: Persons, is_erased: IsErased) -> int:
    """Take persons out of what runs left, and remove what a build that died left.

    Args:
        persons: those known from rows; whoever else was erased is known by tombstones.

    Returns:
        how many files were changed or removed.
    """
    remove_folder(state.building.parent)
    _remove_internal_report(state)
    persons = _with_named(state, persons, is_erased)
    pattern = pattern_of(persons)
    changed = 0
    for path in list(_files(state)):
        changed += _clear_file(path, pattern)
    changed += _clear_publications(state, persons)
    _clear_ledger(state.control, pattern)
    return changed


def _remove_internal_report(state: StateDirectory) -> None:
    """Remove the built sites that show single leads; the next build shows who is left."""
    (state.report / INTERNAL_REPORT).unlink(missing_ok=True)
    for site in (state.report / "sites").glob(f"{INTERNAL_REPORT}-*"):
        remove_folder(site)


def _with_named(state: StateDirectory, persons: Persons, is_erased: IsErased) -> Persons:
    """The persons, and those whose identifiers only a log names."""
    found = Persons()
    found |= persons
    for text in _all_texts(state):
        for token in set(TOKEN.findall(text)):
            for kind in KIND_NAMES:
                if is_erased(kind, token):
                    found.ids[kind].add(token)
    return found


def _all_texts(state: StateDirectory) -> Iterator[str]:
    for path in _files(state):
        yield _unpacked(path.read_bytes()).decode("utf-8", "replace")
    if state.control.exists():
        with closing(sqlite3.connect(state.control, timeout=30)) as connection:
            for table, column in _texts(connection):
                rows = connection.execute(f'select distinct "{column}" from "{table}"').fetchall()
                yield "\n".join(str(value) for (value,) in rows)


def _files(state: StateDirectory) -> Iterator[Path]:
    for folder in (state.root / "runs", state.project):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def _unpacked(content: bytes) -> bytes:
    try:
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError):
        return content


def _clear_file(path: Path, pattern: re.Pattern[bytes] | None) -> int:
    """Failing rows lose the line; other texts the word; what is no text goes as a whole."""
    content = path.read_bytes()
    plain = _unpacked(content)
    if pattern is None or not pattern.search(plain):
        return 0
    if plain is not content or b"\0" in content:
        path.unlink()
        return 1
    if path.suffix == ".csv":
        lines = content.splitlines(keepends=True)
        kept = b"".join(line for line in lines if not pattern.search(line))
    else:
        kept = pattern.sub(IN_PLACE, content)
    mode = path.stat().st_mode
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(kept)
    partial.chmod(mode)
    partial.replace(path)
    return 1


def _clear_publications(state: StateDirectory, persons: Persons) -> int:
    """What readers were told first of the persons' stages; files keep their time, which counts."""
    changed = 0
    leads = sorted(persons.ids["lead"])
    for path in sorted(state.publications.glob("*.parquet")):
        partial = path.with_suffix(".partial")
        with duckdb.connect() as engine:
            source = f"read_parquet({literal(str(path))})"
            found = engine.execute(
                f"select 1 from {source} where list_contains(?, lead_id) limit 1", [leads]
            ).fetchone()
            if not found:
                continue
            engine.execute(
                f"create table kept as select * from {source} "
                "where not list_contains(?, lead_id) order by all",
                [leads],
            )
            engine.execute(f"copy kept to {literal(str(partial))} (format parquet)")
        status = path.stat()
        os.utime(partial, ns=(status.st_atime_ns, status.st_mtime_ns))
        partial.replace(path)
        changed += 1
    return changed


def _clear_ledger(path: Path, pattern: re.Pattern[bytes] | None) -> None:
    """Words in messages and reasons; pages are written anew, or they would keep what was there."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        connection.execute("pragma secure_delete = on")
        with connection:
            for table, column in _texts(connection):
                if pattern is None:
                    break
                rows = connection.execute(
                    f'select rowid, "{column}" from "{table}" where typeof("{column}") = \'text\''
                ).fetchall()
                told = [
                    (pattern.sub(IN_PLACE, value.encode()).decode(), row)
                    for row, value in rows
                    if pattern.search(value.encode())
                ]
                connection.executemany(f'update "{table}" set "{column}" = ? where rowid = ?', told)
        connection.execute("vacuum")


def _texts(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    for (table,) in tables:
        for _, column, kind, *_ in connection.execute(f'pragma table_info("{table}")').fetchall():
            if kind.lower() == "text":
                yield table, column


def name_files_anew(path: Path, renamed: dict[str, str]) -> None:
    """Let the ledger name the files that took the place of others."""
    if not path.exists() or not renamed:
        return
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        tables = {table for table, column in _texts(connection) if column == "file_digest"}
        for table in sorted(tables):
            connection.executemany(
                f'update or replace "{table}" set file_digest = ? where file_digest = ?',
                [(after, before) for before, after in renamed.items()],
            )
