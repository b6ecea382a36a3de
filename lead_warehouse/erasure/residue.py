"""Look through a state directory for words: the bytes of each file, and what is packed in it."""

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

from lead_warehouse.sql import identifier, literal

_PARQUET, _GZIP, _DUCKDB = b"PAR1", b"\x1f\x8b", b"DUCK"


def find_residue(root: Path, words: Iterable[str]) -> list[str]:
    """Files below ``root`` in which a word is found, in whatever way it is stored; the file's place
    and where in it, not the word.

    Looked at are plain bytes in UTF-8 and UTF-16, unpacked gzip, rows of Parquet files and every
    table of databases, whose pages hold text compressed.
    """
    told = sorted({word for word in words if word})
    found: list[str] = []
    if not told:
        return found
    forms = [form for word in told for form in _forms(word)]
    pattern = re.compile(b"|".join(re.escape(form) for form in forms), re.IGNORECASE)
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        name = path.relative_to(root).as_posix()
        if pattern.search(content) or pattern.search(name.encode()):
            found.append(name)
            continue
        if content.startswith(_GZIP):
            try:
                if pattern.search(gzip.decompress(content)):
                    found.append(f"{name} (unpacked)")
            except (OSError, EOFError):
                pass
        elif content.startswith(_PARQUET):
            with duckdb.connect() as engine:
                source = f"read_parquet({literal(str(path))})"
                if _in_rows(engine, source, told):
                    found.append(f"{name} (rows)")
        elif content[8:12] == _DUCKDB:
            found += [f"{name} ({table})" for table in _in_database(path, told)]
    return found


def _forms(word: str) -> list[bytes]:
    return [word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")]


def _in_database(path: Path, words: list[str]) -> list[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        return [
            f"{schema}.{table}"
            for schema, table in tables
            if _in_rows(connection, f"{identifier(schema)}.{identifier(table)}", words)
        ]


def _in_rows(connection: duckdb.DuckDBPyConnection, source: str, words: list[str]) -> bool:
    """Whether a row has a word; bytes are looked at as the text they are."""
    described = connection.execute(f"describe select * from {source}").fetchall()
    texts = [
        f"cast({identifier(name)} as varchar)"
        for name, kind, *_ in described
        if "VARCHAR" in kind or kind in ("JSON", "BLOB")
    ]
    if not texts:
        return False
    pattern = literal("|".join(re.escape(word) for word in words))
    tests = " or ".join(f"regexp_matches({text}, {pattern}, 'i')" for text in texts)
    return bool(connection.execute(f"select 1 from {source} where {tests} limit 1").fetchone())
