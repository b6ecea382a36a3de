"""JSON lines, from bytes to the raw tables."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lead_warehouse.contract import load_contract
from lead_warehouse.landing import json_reader as json_reader_module
from lead_warehouse.landing.blocks import read_blocks
from lead_warehouse.landing.conservation import CountedText
from lead_warehouse.landing.json_reader import JsonReader
from lead_warehouse.landing.json_scan import scan
from lead_warehouse.landing.load_file import FileAccount, FileLoader
from lead_warehouse.landing.preview import preview
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.mapping import Input

COLUMNS = {
    "lead_id": "id",
    "email": "mail",
    "company_name": "company.name",
    "annual_revenue": "revenue",
    "is_listed": "listed",
    "tech_stack": "tech",
}


def an_input(columns: Any = None, files: str = "*.jsonl", **settings: Any) -> Input:
    table = {"table": "leads", "columns": columns or COLUMNS}
    return Input.model_validate({"name": "crm", "files": files, "tables": [table], **settings})


class Warehouse:
    def __init__(self, folder: Path) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        ensure_raw_schema(self.connection, load_contract())
        self.scratch = folder / "scratch"
        self.loader = FileLoader(self.connection, load_contract(), self.scratch)
        self.path = folder / "file"

    def load(self, content: bytes, one: Input | None = None) -> FileAccount:
        self.path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        file = ArchivedFile("crm", "-", digest, "crm.jsonl", datetime(2024, 6, 1), True)
        for table in ("landed.leads", "raw.quarantined_rows", "raw.landed_files"):
            self.connection.execute(f"delete from {table}")
        return self.loader.load(one or an_input(), file, self.path)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    @property
    def leads(self) -> list[tuple[Any, ...]]:
        return self.rows(f"select {', '.join(COLUMNS)} from raw.leads order by file_line")

    @property
    def bad(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "select file_line, byte_offset, reason, raw_record from raw.quarantined_rows "
            "order by file_line"
        )


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_records_land_by_key(warehouse: Warehouse) -> None:
    account = warehouse.load(
        b'{"id": 1, "mail": "a@b.example", "company": {"name": "ACME", "size": 3}, '
        b'"revenue": 1.10, "listed": true, "tech": ["SAP", "Kafka"]}\n'
        b'{"listed":false,"id":"2","company":null,"tech":"one;two"}\n'
        b' { "revenue" : null , "id" : "3" , "tech" : [ ] } \n'
    )
    assert (account.records, account.accepted, account.held_because) == (3, 3, None)
    assert (account.unmapped_columns, account.missing_columns) == (("company.size",), ())
    assert warehouse.leads == [
        ("1", "a@b.example", "ACME", Decimal("1.1000"), True, "SAP;Kafka"),
        ("2", None, None, None, False, "one;two"),
        ("3", None, None, None, None, None),
    ]
    assert warehouse.rows("select file_line, mapped_columns from raw.leads limit 1") == [
        (1, "|annual_revenue|company_name|email|is_listed|lead_id|tech_stack|")
    ]


def test_items_without_text_are_none(warehouse: Warehouse) -> None:
    lists = (b'["", "y"]', b'["a", " ", null, "b"]', b'["", null]')
    warehouse.load(b"".join(b'{"id":%d,"tech":%b}\n' % one for one in enumerate(lists)))
    assert [row[-1] for row in warehouse.leads] == ["y", "a;b", None]


def test_a_list_that_is_also_read_as_one_value_is_none(warehouse: Warehouse) -> None:
    one = an_input({"lead_id": "id", "tech_stack": "tech", "company_name": "tech"})
    account = warehouse.load(b'{"id":1,"tech":["a","b"]}\n{"id":2,"tech":"a"}\n', one)
    assert (account.accepted, account.quarantined) == (1, 1)


@pytest.mark.parametrize(
    "number",
    [
        "12345678901234567890",
        "1.10",
        "-0",
        "0.1000000000000000055",
        "1E5",
        "1e-7",
        "100000000000000000000.0",
    ],
)
def test_fault_33_numbers_are_read_as_they_are_written(warehouse: Warehouse, number: str) -> None:
    warehouse.load(f'{{"id":{number},"tech":[{number},"x"]}}\n'.encode())
    assert warehouse.rows("select lead_id, tech_stack from raw.leads") == [(number, f"{number};x")]


def test_fault_33_a_number_that_is_no_integer_is_quarantined(warehouse: Warehouse) -> None:
    columns = {"lead_id": "id", "employee_count": "staff"}
    content = (
        b'{"id":1,"staff":1.6}\n{"id":2,"staff":7.0}\n{"id":3,"staff":"8"}\n{"id":4,"staff":1e2}\n'
    )
    account = warehouse.load(content, an_input(columns))
    assert (account.accepted, account.quarantined) == (2, 2)
    assert warehouse.rows("select value, reason from raw.quarantined_rows order by 1") == [
        ("1.6", "not an integer"),
        ("1e2", "not an integer"),
    ]


GOOD = b'{"id":1,"mail":"a"}'

MALFORMED = {
    b'{"id":1,"mail":}': "not JSON",
    b'{"id":1,}': "not JSON",
    b'{"id":1': "not JSON",
    b'{"id":1}}': "not JSON",
    b'{"id":1} {"id":2}': "not JSON",
    b'{"id":NaN}': "not JSON",
    b'{"id":-Infinity}': "not JSON",
    b'{"id":01}': "not JSON",
    b'{"id":.5}': "not JSON",
    b'{"id":1.}': "not JSON",
    b'{"id":+1}': "not JSON",
    b"{'id':1}": "not JSON",
    b'{"id":True}': "not JSON",
    b'{"id":1 // x\n}'.replace(b"\n", b" "): "not JSON",
    b'{"id":"a\tb"}': "not JSON",
    b'{"id":"a\x01b"}': "not JSON",
    b'{"id":"\\x41"}': "not JSON",
    b'{"id":"\\u12"}': "not JSON",
    b'{"id":"\\ud800"}': "not JSON",
    b'{"id":"a}': "not JSON",
    b"{id:1}": "not JSON",
    b'{"id" 1}': "not JSON",
    b"id,mail": "not JSON",
    b"[1,2]": "not a JSON object",
    b'"id"': "not a JSON object",
    b"1": "not a JSON object",
    b"null": "not a JSON object",
    b'{"id":1,"id":2}': "key 'id' stands twice",
    b'{"id":1,"\\u0069d":2}': "key 'id' stands twice",
    b'{"id":1,"x":{"y":1,"y":2}}': "key 'x.y' stands twice",
    b'{"id":1,"x":{},"x":{"y":1}}': "key 'x' stands twice",
    b'{"id":1,"x":[{"y":1,"y":2}]}': "key 'y' stands twice",
    b'{"id":1,"company":{"name":1},"company.name":2}': "key 'company.name' stands twice",
    b'{"id":"a\\u0000b"}': "a NUL byte",
    b'{"id":1,"x":["\\u0000"]}': "a NUL byte",
    b'{"id":"a\x00b"}': "a NUL byte",
    b'{"id":"\xff"}': "not UTF-8",
    b'{"id":{"a":1}}': "an object in 'id', which is read as one value; map a key of it",
    b'{"id":[[1]]}': "a list in 'id' holds more than plain values",
    b'{"id":[1,2]}': "a list in 'id', which is read as one value",
    b'{"id":1,"company":{"name":[]}}': "a list in 'company.name', which is read as one value",
    b'{"id":1,"tech":[{"a":1}]}': "a list in 'tech' holds more than plain values",
    b'{"id":1,"tech":["a;b"]}': "an item of the list in 'tech' holds a semicolon",
    b'{"id":1,"company":"ACME"}': "'company' is no object, and 'company.name' is read from it",
    b'{"id":1,"company":["ACME"]}': "'company' is no object, and 'company.name' is read from it",
    b'{"id":' + b"[" * 5000 + b"]" * 5000 + b"}": "nested deeper than 100 levels",
    b'{"id":1,"x":' + b'{"a":' * 150 + b"1" + b"}" * 151: "nested deeper than 100 levels",
    b'{"id":1,"x":' + b'[{"a":' * 60 + b"1" + b"}]" * 60 + b"}": "nested deeper than 100 levels",
    b'{"id":"' + b"x" * (1 << 20) + b'"}': "longer than 1,048,576 bytes",
}


@pytest.mark.parametrize(("line", "reason"), MALFORMED.items(), ids=lambda one: str(one)[:40])
def test_fault_24_one_bad_line_costs_one_line(
    warehouse: Warehouse, line: bytes, reason: str
) -> None:
    before = (GOOD + b"\n") * 3 + b"\n"
    account = warehouse.load(before + line + b"\n" + GOOD)
    assert (account.accepted, account.quarantined, account.blank) == (4, 1, 1)
    assert account.records == 6
    assert warehouse.bad == [(5, len(before), reason, line)]


def test_fault_21_all_bad_lines_at_once_cost_themselves(warehouse: Warehouse) -> None:
    lines = [one for bad in MALFORMED for one in (GOOD, bad)]
    account = warehouse.load(b"\n".join(lines))
    assert (account.accepted, account.quarantined) == (len(MALFORMED), len(MALFORMED))
    assert [(reason, raw) for _, _, reason, raw in warehouse.bad] == [
        (reason, line) for line, reason in MALFORMED.items()
    ]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b'\xef\xbb\xbf{"id":1}\n{"id":2}\n', [1, 2]),
        (b'{"id":1}\r\n{"id":2}\r\n', [1, 2]),
        (b'{"id":1}\r{"id":2}', [1, 2]),
        (b'{"id":1}\n\r\n \t\n{"id":2}\r', [1, 4]),
        (gzip.compress(b'{"id":1}\n{"id":2}', mtime=0), [1, 2]),
    ],
)
def test_fault_23_marks_newlines_and_gzip_change_nothing(
    warehouse: Warehouse, content: bytes, lines: list[int]
) -> None:
    warehouse.load(content)
    rows = warehouse.rows("select lead_id, file_line from raw.leads order by 2")
    assert rows == [("1", lines[0]), ("2", lines[1])]


def test_other_encodings_are_declared(warehouse: Warehouse) -> None:
    warehouse.load('{"id":"é"}\n'.encode("utf-16"), an_input(encoding="utf-16"))
    assert warehouse.rows("select lead_id from raw.leads") == [("é",)]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_fault_26_a_file_without_records_lands_none(warehouse: Warehouse, content: bytes) -> None:
    account = warehouse.load(content)
    assert (account.held_because, account.accepted) == (None, 0)
    assert account.records == account.blank


def test_fault_25_a_key_that_no_record_has_holds_the_file(warehouse: Warehouse) -> None:
    account = warehouse.load(b'{"idd":1,"mail":"x"}\n{"Id":2}\n')
    assert account.held_because == (
        "required column missing: 'id' (nearest: Id, idd); name the new column in the mapping or "
        "deliver the file again; renamed? `lead_id: id` becomes `lead_id: Id`"
    )


def test_fault_25_a_key_that_some_record_has_is_a_column(warehouse: Warehouse) -> None:
    account = warehouse.load(b'{"new":1}\n{"id":2}\n{"id":""}\n')
    assert (account.accepted, account.quarantined) == (1, 2)
    assert account.unmapped_columns == ("new",)
    assert account.missing_columns == ("company.name", "listed", "mail", "revenue", "tech")
    reasons = warehouse.rows("select distinct column_name, reason from raw.quarantined_rows")
    assert reasons == [("lead_id", "required but empty")]


@pytest.mark.parametrize("content", [b'[\n{"id":1},\n{"id":2}\n]\n', b"id,mail\n1,a\n", b"{\n"])
def test_a_file_without_an_object_on_any_line_is_held(warehouse: Warehouse, content: bytes) -> None:
    held = warehouse.load(content.replace(b'\n{"id"', b'{"id"')).held_because
    assert held == "no line of it is a JSON object; write one on each line"


def test_parquet_under_another_name_is_held(warehouse: Warehouse, tmp_path: Path) -> None:
    duckdb.sql("select 1 as id").write_parquet(str(tmp_path / "x"))
    held = warehouse.load((tmp_path / "x").read_bytes()).held_because
    assert str(held).startswith("a Parquet file, read as JSON lines; end 'files'")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"lead_id": "a", "email": "a.b"}, "'a.b' is read from inside 'a', which is read too"),
        ({"lead_id": "id", "email": "Id"}, "'Id' and 'id' differ in case only; map one of them"),
        ({"lead_id": "a.x", "email": "A.y"}, "'A' and 'a' differ in case only; map one of them"),
    ],
)
def test_columns_that_cannot_be_told_apart_hold_the_file(
    warehouse: Warehouse, columns: dict[str, str], reason: str
) -> None:
    assert reason in str(warehouse.load(b'{"id":1}\n', an_input(columns)).held_because)


@pytest.mark.parametrize(
    "name",
    ["line", "LINE", "file number", 'a"b', "a'b", "(reason)", "read_json", "é", "x; drop table y"],
)
def test_fault_50_any_key_can_be_read(warehouse: Warehouse, name: str) -> None:
    record = {name: "v", "line": 7, "line_": 8, "in": {name: "w"}} | {name: "v"}
    columns = {"lead_id": name, "email": f"in.{name}"}
    account = warehouse.load(json.dumps(record).encode(), an_input(columns))
    assert account.held_because is None
    assert warehouse.rows("select lead_id, email, file_line from raw.leads") == [("v", "w", 1)]


def test_a_key_may_hold_a_point_itself(warehouse: Warehouse) -> None:
    warehouse.load(b'{"id":1,"company.name":"A","company":null}\n{"id":2,"company":{"name":"B"}}\n')
    assert [row[2] for row in warehouse.leads] == ["A", "B"]


def test_what_a_mapping_declares_holds_for_the_texts(warehouse: Warehouse) -> None:
    columns = {"lead_id": "id", "is_listed": {"column": "l", "values": {"true": "no"}}}
    one = an_input(columns, empty_values=["-"])
    warehouse.load(b'{"id":1,"l":true}\n{"id":2,"l":"-"}\n', one)
    assert warehouse.rows("select is_listed from raw.leads order by file_line") == [
        (False,),
        (None,),
    ]


def test_a_file_in_parts_lands_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [b'{"id":%d,"tech":["a"%s]}' % (i, b"" if i % 7 else b',"b;c"') for i in range(900)]
    lines += [b"", b"{"] * 50 + [b'{"id":1,"mail":"late"}']
    path = tmp_path / "file"
    path.write_bytes(b"\n".join(lines))
    monkeypatch.setattr("lead_warehouse.landing.bytestream.CHUNK_BYTES", 1000)
    found: list[list[Any]] = []
    for size in (1, 5000, 1 << 26):
        reader = JsonReader(an_input(), load_contract(), path)
        connection = duckdb.connect()
        framed: list[Any] = []
        parts = 0
        monkeypatch.setattr(json_reader_module, "PART_BYTES", size)
        for tally in reader.frame(connection, tmp_path):
            rows = connection.execute("select * from framed order by 1").fetchall()
            bad = connection.execute("select * from malformed order by 1").fetchall()
            assert tally.records == len(rows) + len(bad) + tally.blank
            framed += [rows, bad]
            parts += 1
        assert parts > 2 or size > 5000
        found.append([[row for part in framed[i::2] for row in part] for i in (0, 1)])
        assert reader.header.columns == ("id", "tech", "mail")
    assert found[0] == found[1] == found[2]
    assert len(found[0][1]) == 50 + 129


def test_lines_that_get_lost_hold_the_file(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:

    def pass_over_one(chunks: Any) -> Iterator[Any]:
        blocks = list(read_blocks(chunks))
        yield from blocks[:1]

    monkeypatch.setattr("lead_warehouse.landing.bytestream.CHUNK_BYTES", 12)
    monkeypatch.setattr(json_reader_module, "read_blocks", pass_over_one)
    account = warehouse.load(b'{"id":1}\n{"id":2}\n{"id":3}\n', an_input({"lead_id": "id"}))
    assert account.held_because == (
        "3 lines and 27 bytes, but 1 lines and 9 bytes read; "
        "no row was taken, please report the file"
    )
    assert warehouse.leads == []


@given(st.lists(st.sampled_from([b"\n", b"\r", b"a", b"\r\n", b"\n\n"]), max_size=30), st.data())
def test_lines_are_counted_whatever_the_chunks_are(parts: list[bytes], data: st.DataObject) -> None:
    text = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    counted = CountedText(chunks)
    assert b"".join(counted) == text
    assert counted.lines == len(text.splitlines())


def test_the_mapping_s_preview_tells_keys(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(b'{"id":1,"x":{"y":2}}\n')
    (tmp_path / "mapping.yml").write_text(
        "version: 1\ninputs:\n- name: crm\n  files: '*.ndjson'\n"
        "  tables:\n  - {table: leads, columns: {lead_id: id, email: x.z}}\n",
        encoding="utf-8",
    )
    (checked,) = preview(tmp_path / "mapping.yml", tmp_path)
    assert (checked.unmapped, checked.missing, checked.held_because) == (("x.y",), ("x.z",), None)


# Against Python's own reader


WORDS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(['"', "\\", '\\"', "a: 1,", "{", "]", "\n", "\t", "é", "\U0001f600", "null"]),
)
NUMBERS = st.one_of(
    st.integers().map(str), st.decimals(allow_nan=False, allow_infinity=False).map(str)
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), WORDS, st.integers(), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.one_of(WORDS, st.sampled_from(["id", "mail"])), VALUES, max_size=5)


def damaged(line: bytes, draw: st.DataObject) -> bytes:
    at = draw.draw(st.integers(0, len(line)))
    replaced = draw.draw(
        st.sampled_from([b"", b'"', b"\\", b",", b"}", b"1", b"\xff", b"\0", b"u"])
    )
    return (line[:at] + replaced + line[at + draw.draw(st.integers(0, 2)) :]).replace(b"\n", b" ")


def as_python_reads(line: bytes) -> Any:
    """The record as Python reads it, numbers as they are written; none where it is malformed."""
    twice = False

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        twice |= len(dict(pairs)) < len(pairs)
        return dict(pairs)

    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        record = json.loads(
            line.decode(),
            parse_int=str,
            parse_float=str,
            parse_constant=refuse,
            object_pairs_hook=unique,
        )
        json.dumps(record, ensure_ascii=False).encode()
    except ValueError:
        return None
    is_good = isinstance(record, dict) and not twice and "\\u0000" not in json.dumps(record)
    return record if is_good else None


def flattened(record: Any, above: str = "") -> Iterator[str]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{above}{key}.")
        else:
            yield above + key


@given(st.lists(RECORDS, min_size=1, max_size=6), st.booleans(), st.data())
@example([{"id": "\\", "mail": 'x"'}], True, None)
def test_lines_are_scanned_as_python_reads_them(
    records: list[Any], is_ascii: bool, draw: Any
) -> None:
    lines = [json.dumps(one, ensure_ascii=is_ascii).encode() for one in records]
    if draw is not None:
        lines = [damaged(line, draw) if draw.draw(st.booleans()) else line for line in lines]
    lines = [line for line in lines if line.strip()]
    found = scan(lines)
    assert len(found.shapes) == len(found.records) == len(lines)
    for line, shape, record in zip(lines, found.shapes, found.records, strict=True):
        expected = as_python_reads(line)
        if expected is not None:
            names = list(flattened(expected))
            if len(names) != len(set(names)):
                expected = None
        assert (shape.problem is None) == (expected is not None), line
        if expected is not None:
            assert json.loads(record) == expected
            assert sorted(shape.names) == sorted(flattened(expected))


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(tmp_path_factory.mktemp("fuzz"))


@given(lines=st.lists(st.one_of(RECORDS, NUMBERS, WORDS), max_size=8), draw=st.data())
def test_every_line_is_accounted_for(
    fuzzed: Warehouse, lines: list[Any], draw: st.DataObject
) -> None:
    newline = draw.draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
    written = [b'{"id":"first"}']
    for value in lines:
        text = json.dumps(value) if isinstance(value, dict) else value
        line = damaged(text.encode(errors="replace"), draw)
        written.append(re.sub(rb"[\r\n]", b" ", line))
    account = fuzzed.load(newline.join(written))
    assert account.held_because is None
    # An empty last line is no line.
    count = len(written) - (not written[-1])
    assert account.records == account.accepted + account.quarantined + account.blank == count
    assert account.blank == sum(not line.strip() for line in written[:count])
    accepted = dict(fuzzed.rows("select file_line, lead_id from raw.leads"))
    assert len(accepted) == account.accepted
    for number, lead_id in accepted.items():
        value = as_python_reads(written[number - 1])["id"]
        if isinstance(value, str):
            assert lead_id == value.strip()
    for line, _, _, raw in fuzzed.bad:
        assert raw == written[line - 1]
