"""Counts made twice, and a hold wherever they differ."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_warehouse.landing import csv_reader, sinks
from lead_warehouse.landing.blocks import MAX_LINE_BYTES
from lead_warehouse.landing.conservation import CountedText, Coverage
from lead_warehouse.landing.framing import Framer
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.landing.load_file import FileLoader
from lead_warehouse.landing.load_part import Part
from lead_warehouse.landing.parquet_file import ParquetFile
from lead_warehouse.landing.whole_blocks import find_whole_records
from tests.unit.landing.test_load_file import HEAD, LEADS, Warehouse, an_input, figures

CONTENT = HEAD + b'1,,1\n2,"a\nb",2\n\n3,,x\n4,,4\n5,"e,5\n6,,6\n'
"""Six records with a bad value, a stray quote, a value over two lines; and a blank line."""


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = Warehouse(tmp_path)
    yield made
    made.connection.close()


def held(warehouse: Warehouse, content: bytes = CONTENT) -> str:
    """Why a file is held; nothing of it may be in any table, and the next file must land."""
    account = warehouse.load(content)
    assert figures(account) == (0, 0, 0, 0)
    assert warehouse.lead_ids == []
    assert warehouse.quarantine == []
    assert warehouse.column("select status from raw.landed_files") == ["held"]
    return str(account.held_because)


def test_without_a_miscount_the_file_lands(warehouse: Warehouse) -> None:
    assert figures(warehouse.load(CONTENT)) == (7, 4, 2, 1)
    assert warehouse.lead_ids == ["1", "2", "4", "6"]


# The text itself


@given(st.lists(st.sampled_from([b"\n", b"\r", b"a", b"\r\n", b"", b"ab\rc"]), max_size=12))
def test_lines_are_counted_wherever_chunks_end(chunks: list[bytes]) -> None:
    counted = CountedText(chunks)
    text = b"".join(counted)
    assert counted.size == len(text)
    assert counted.lines == len(re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", text))


@pytest.mark.parametrize(
    ("stretch", "told"),
    [
        ((2, 1, 6, 8), "bytes 4–6 (lines 2–2): a record starts at byte 6, line 2"),
        ((2, 1, 3, 8), "bytes 3–4 (lines 2–2): a record starts at byte 3, line 2"),
        ((3, 1, 4, 8), "bytes 4–4 (lines 2–3): a record starts at byte 4, line 3"),
        ((1, 1, 4, 8), "a record starts at byte 4, line 1, where byte 4, line 2 is next"),
        ((2, 1, 4, 4), "bytes 4–4"),
        ((2, 0, 4, 8), "bytes 4–4"),
    ],
    ids=["gap", "overlap", "line skipped", "line again", "no byte", "no line"],
)
def test_records_must_follow_one_another(stretch: tuple[int, int, int, int], told: str) -> None:
    coverage = Coverage()
    coverage.cover(1, 1, 0, 4)
    with pytest.raises(HeldFile, match=re.escape(told)):
        coverage.cover(*stretch)


@pytest.mark.parametrize("text", [b"a,b\nc,d\n", b"a,b", b"a,b\n\n", b"a\nb\n", b""])
def test_records_must_reach_to_the_end_of_the_text(text: bytes) -> None:
    counted = CountedText([text])
    list(counted)
    coverage = Coverage()
    coverage.cover(1, 1, 0, 4)
    with pytest.raises(HeldFile, match="1 lines and 4 bytes, the text has"):
        coverage.settle(counted)


# What is framed


def patched(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, make: Callable[[Any], Any]
) -> None:
    monkeypatch.setattr(owner, name, make(getattr(owner, name)))


def test_a_line_that_the_framer_passes_over_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def passing_over(start: Any) -> Any:
        return lambda self, line: [] if line.raw == b"4,,4" else start(self, line)

    monkeypatch.setattr("lead_warehouse.landing.framing.find_whole_records", lambda *_: None)
    patched(monkeypatch, Framer, "_start", passing_over)
    assert held(warehouse).startswith(
        "bytes 35–40 (lines 7–8): a record starts at byte 40, line 8, where byte 35, line 7 is next"
    )


def test_a_last_line_that_the_framer_passes_over_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    patched(monkeypatch, Framer, "finish", lambda finish: lambda self: None)
    reason = held(warehouse, HEAD + b'1,,1\n2,"x\n')
    assert "cover 2 lines and 19 bytes, the text has 3 lines and 24 bytes" in reason


def test_a_block_that_loses_a_record_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shortened(find: Any) -> Any:
        def find_fewer(*arguments: Any) -> Any:
            found = find(*arguments)
            ends, first, last = found.ends[:-1], found.first_lines[:-1], found.last_lines[:-1]
            return found._replace(ends=ends, first_lines=first, last_lines=last)

        return find_fewer

    monkeypatch.setattr(
        "lead_warehouse.landing.framing.find_whole_records",
        shortened(find_whole_records),
    )
    reason = held(warehouse, HEAD + b"1,,1\n2,,2\n3,,3\n")
    assert reason.startswith("bytes 0–29 (lines 1–4): 3 records framed, 4 read")


def test_a_record_that_does_not_reach_the_engine_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dropping(accept: Any) -> Any:
        return lambda self, line, *more: None if line == 3 else accept(self, line, *more)

    patched(monkeypatch, sinks.Batch, "accept", dropping)
    assert held(warehouse).startswith("bytes 0–52 (lines 1–9): 6 records framed, 5 read")


def test_a_malformed_record_that_is_not_kept_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    patched(monkeypatch, sinks.Batch, "malformed", lambda _: lambda *arguments: None)
    assert "6 records framed, 5 read" in held(warehouse)


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ("delete from framed where file_line = 2", 5),
        ("insert into framed select * from framed where file_line = 2", 7),
    ],
)
def test_a_row_more_or_less_than_framed_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, change: str, count: int
) -> None:
    def changing(read: Any) -> Any:
        def read_and_change(self: Any, connection: Any, batch: Any) -> None:
            read(self, connection, batch)
            connection.execute(change)

        return read_and_change

    patched(monkeypatch, csv_reader.CsvReader, "_read", changing)
    assert held(warehouse).startswith(
        f"bytes 0–52 (lines 1–9): 6 records framed, {count} read; no row was taken"
    )


@pytest.mark.parametrize("tail", [b"7,,7\n", b"7,,7,\n"])
def test_what_the_engine_reads_beside_the_framed_records_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, tail: bytes
) -> None:
    def tampering(leave: Any) -> Any:
        def write_more(self: Any, *error: Any) -> None:
            self._target.write(tail)
            leave(self, *error)

        return write_more

    patched(monkeypatch, sinks.Batch, "__exit__", tampering)
    assert re.search("6 records framed, 7 read|does not read what was framed", held(warehouse))


# What lands


def after_insert(warehouse: Warehouse, change: str) -> Callable[[Any], Any]:
    def changing(insert: Any) -> Any:
        def insert_and_change(self: Part) -> bool:
            is_any_bad = insert(self)
            warehouse.connection.execute(change)
            return bool(is_any_bad)

        return insert_and_change

    return changing


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("delete from landed.leads where lead_id = '2'", "it holds 3;"),
        ("insert into landed.leads from landed.leads where lead_id = '2'", "it holds 5;"),
        ("update landed.leads set file_line = 2 where lead_id = '2'", "it holds 4 others;"),
        ("delete from landed.files", "it holds 0;"),
        ("insert into landed.files from landed.files", "it holds 8;"),
    ],
    ids=["lost", "doubled", "one lost, one doubled", "without their file", "of two files"],
)
def test_a_row_lost_or_doubled_on_its_way_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, change: str, told: str
) -> None:
    patched(monkeypatch, Part, "insert", after_insert(warehouse, change))
    reason = held(warehouse)
    assert reason.startswith("bytes 0–52 (lines 1–9): 4 rows were due in raw.leads, ")
    assert told in reason
    assert warehouse.rows("from landed.files") == []


def test_a_record_lost_on_its_way_to_quarantine_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = "delete from bad_records"
    patched(monkeypatch, Part, "insert", after_insert(warehouse, change))
    assert "5 rows were due in raw.leads, it holds 4" in held(warehouse)


def test_a_quarantine_that_keeps_less_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    patched(monkeypatch, FileLoader, "_quarantine", lambda keep: lambda *given: keep(*given) - 1)
    assert "7 records, but 4 accepted + 1 quarantined + 1 blank" in held(warehouse)


def test_rows_of_several_tables_are_counted_in_each(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = an_input(
        {"table": "leads", "columns": {"lead_id": "id"}},
        {"table": "contacts", "when": {"column": "mail"}, "columns": {"contact_id": "id"}},
    )
    content = HEAD + b"1,a,1\n2,,2\n"
    assert figures(warehouse.load(content, one)) == (2, 2, 0, 0)
    warehouse.connection.execute("delete from landed.leads; delete from landed.contacts")
    change = "delete from landed.contacts"
    patched(monkeypatch, Part, "insert", after_insert(warehouse, change))
    account = warehouse.load(content, one)
    assert "1 rows were due in raw.contacts, it holds 0" in str(account.held_because)


# Parquet


def test_a_parquet_row_that_is_not_decoded_holds_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fewer(decode: Any) -> Any:
        return lambda *given: (decode(*given)[0] - 1, 0)

    path = warehouse._path.with_suffix(".parquet")
    warehouse.connection.execute(f"copy (select 'a' as id from range(3)) to '{path}'")
    patched(monkeypatch, ParquetFile, "decode", fewer)
    account = warehouse.load(path.read_bytes(), LEADS.model_copy(update={"files": "*.parquet"}))
    assert "footer counts 3 rows, 2 can be read" in str(account.held_because)
    assert warehouse.lead_ids == []


# Several parts


def test_the_part_that_does_not_add_up_is_named(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinks, "BATCH_RECORDS", 1)
    monkeypatch.setattr("lead_warehouse.landing.bytestream.CHUNK_BYTES", 20)
    content = HEAD + b"".join(b"%d,,%d\n" % (n, n) for n in range(10, 40))
    assert figures(warehouse.load(content)) == (30, 30, 0, 0)
    warehouse.connection.execute("delete from landed.leads; delete from raw.landed_files")

    change = "delete from landed.leads where lead_id = '20'"
    patched(monkeypatch, Part, "insert", after_insert(warehouse, change))
    reason = held(warehouse, content)
    start, end = map(int, re.findall(r"bytes (\d+)–(\d+) ", reason)[0])
    assert b"20,,20\n" in content[start:end]
    assert end - start < 40


def test_a_file_that_never_ends_a_line_is_held_and_not_gathered(warehouse: Warehouse) -> None:
    account = warehouse.load(HEAD + b"1,,1\n" + b"x" * (MAX_LINE_BYTES + 10))
    assert str(account.held_because).startswith("line 3 is longer than 67,108,864 bytes (from ")
    assert warehouse.lead_ids == []
