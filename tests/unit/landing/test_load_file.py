import codecs
import csv
import gzip
import hashlib
import io
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.landing import bytestream, delivered_bytes
from lead_warehouse.landing.load_file import FileAccount, FileLoader
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.mapping import Input

RECEIVED = datetime(2024, 6, 1, 12)

PAIRS = Contract.model_validate(
    {
        "version": 1,
        "tables": {
            "pairs": {
                "grain": "One row per pair.",
                "key": ["a"],
                "known_at_from": [],
                "columns": {
                    "a": {"type": "string", "required": True, "description": "-"},
                    "b": {"type": "string", "description": "-"},
                    "n": {"type": "bigint", "description": "-"},
                },
            }
        },
    }
)
"""A contract of one narrow table, for tests that load many files."""


def an_input(*tables: dict[str, Any], **settings: Any) -> Input:
    return Input.model_validate({"name": "crm", "files": "*", "tables": list(tables), **settings})


LEADS = an_input(
    {
        "table": "leads",
        "columns": {"lead_id": "id", "email": "mail", "employee_count": "staff"},
    }
)
HEAD = b"id,mail,staff\n"


class Warehouse:
    """A raw schema that files are loaded into."""

    def __init__(self, scratch: Path, contract: Contract | None = None) -> None:
        contract = contract or load_contract()
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        ensure_raw_schema(self.connection, contract)
        self.loader = FileLoader(self.connection, contract, scratch / "scratch")
        self._path = scratch / "file"

    def load(self, content: bytes, one: Input = LEADS) -> FileAccount:
        digest = hashlib.sha256(content).hexdigest()
        self._path.write_bytes(content)
        file = ArchivedFile(one.name, "input digest", digest, "in/crm.csv", RECEIVED, True)
        return self.loader.load(one, file, self._path)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def column(self, query: str) -> list[Any]:
        return [value for (value,) in self.rows(query)]

    @property
    def lead_ids(self) -> list[str]:
        return self.column("select lead_id from raw.leads order by file_line")

    @property
    def quarantine(self) -> list[tuple[Any, ...]]:
        """Line, offset, column, value, reason and bytes of each record in quarantine."""
        return self.rows(
            "select file_line, byte_offset, column_name, value, reason, raw_record "
            "from raw.quarantined_rows order by file_line"
        )


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    made = Warehouse(tmp_path)
    yield made
    made.connection.close()


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    made = Warehouse(tmp_path_factory.mktemp("pairs"), PAIRS)
    yield made
    made.connection.close()


def figures(account: FileAccount) -> tuple[int, int, int, int]:
    return account.records, account.accepted, account.quarantined, account.blank


# Accounts


def test_every_record_is_accepted_quarantined_or_blank(warehouse: Warehouse) -> None:
    account = warehouse.load(
        HEAD + b'1,a@b.example,10\n\n2,"x,3\n3,c@d.example,1.6\n \n4,e@f.example,\n5,x\n'
    )
    assert figures(account) == (7, 2, 3, 2)
    assert account.held_because is None
    assert warehouse.lead_ids == ["1", "4"]


def test_the_account_of_a_file_is_kept(warehouse: Warehouse) -> None:
    account = warehouse.load(b"staff,id,new,newer\n1,1,,\nx,2,,\n\n")
    assert account.unmapped_columns == ("new", "newer")
    assert account.missing_columns == ("mail",)
    (row,) = warehouse.rows(
        "select columns(c -> not regexp_matches(c, '_event_at|late')) from raw.landed_files"
    )
    assert row == (
        "crm",
        "input digest",
        account.file.file_digest,
        "in/crm.csv",
        RECEIVED,
        "landed",
        None,
        3,
        1,
        1,
        1,
        0,
        "new, newer",
        "mail",
    )


def test_rows_say_which_file_and_line_they_come_from(warehouse: Warehouse) -> None:
    account = warehouse.load(b"\n" + HEAD + b'1,"a\nb",1\n\n2,,2\n')
    assert warehouse.rows(
        "select lead_id, input_name, file_digest, file_name, file_line from raw.leads order by all"
    ) == [
        ("1", "crm", account.file.file_digest, "in/crm.csv", 3),
        ("2", "crm", account.file.file_digest, "in/crm.csv", 6),
    ]


# Quarantine


def test_fault_22_a_value_that_does_not_cast_is_quarantined_with_all_that_helps(
    warehouse: Warehouse,
) -> None:
    record = '2,"é ""x"",\r\ny", 1.6 '.encode()
    warehouse.load(HEAD + b"1,,1\r\n" + record + b"\r\n")
    assert warehouse.quarantine == [
        (3, 20, "employee_count", " 1.6 ", "not an integer", record.replace(b"\r\n", b"\n"))
    ]
    (row,) = warehouse.rows(
        "select input_name, file_name, table_name, problem_count from raw.quarantined_rows"
    )
    assert row == ("crm", "in/crm.csv", "leads", 1)


def test_fault_22_a_record_of_another_width_is_quarantined_as_unread(warehouse: Warehouse) -> None:
    warehouse.load(HEAD + b"1,,1\n2,x\n3,,1,\n")
    assert warehouse.quarantine == [
        (3, 19, None, None, "too few columns: 2, not 3", b"2,x"),
        (4, 23, None, None, "too many columns: 4, not 3", b"3,,1,"),
    ]
    assert warehouse.column("select distinct table_name from raw.quarantined_rows") == [None]
    assert warehouse.lead_ids == ["1"]


@pytest.mark.parametrize("record", [b"2,caf\xe9,1", b"2,a\0b,1", b'2,"\xff,1'])
def test_fault_24_unreadable_bytes_are_kept(warehouse: Warehouse, record: bytes) -> None:
    account = warehouse.load(HEAD + b"1,,1\n" + record + b"\n3,,1\n")
    assert figures(account) == (3, 2, 1, 0)
    ((line, offset, _, _, _, raw),) = warehouse.quarantine
    assert (line, offset, raw) == (3, 19, record)


def test_fault_24_a_field_of_3_megabytes_is_kept(warehouse: Warehouse) -> None:
    record = b"2," + b"x" * 3_000_000 + b",1"
    account = warehouse.load(HEAD + b"1,,1\n" + record + b"\n3,,1\n")
    assert figures(account) == (3, 2, 1, 0)
    assert [row[-1] for row in warehouse.quarantine] == [record]


def test_a_record_of_the_greatest_length_is_taken_or_kept(warehouse: Warehouse) -> None:
    long = b"x" * ((1 << 20) - 4)
    account = warehouse.load(HEAD + b"1," + long + b",1\n" + b"2," + long + b",x\n")
    assert figures(account) == (2, 1, 1, 0)
    assert warehouse.column("select email from raw.leads") == [long.decode()]
    assert [row[-1] for row in warehouse.quarantine] == [b"2," + long + b",x"]


def test_fault_21_a_stray_quote_in_400000_good_rows_quarantines_that_line(
    warehouse: Warehouse,
) -> None:
    lines = [b"%d,a@b.example,7" % n for n in range(400_000)]
    lines[200_000] = b'200000,"a@b.example,7'
    account = warehouse.load(HEAD + b"\n".join(lines) + b"\n")
    assert figures(account) == (400_000, 399_999, 1, 0)
    offset = len(HEAD) + sum(map(len, lines[:200_000])) + 200_000
    ((line, found_offset, _, _, _, raw),) = warehouse.quarantine
    assert (line, found_offset, raw) == (200_002, offset, lines[200_000])
    (count,) = warehouse.rows("select count(*), count(distinct lead_id) from raw.leads")
    assert count == (399_999, 399_999)


# Newlines, marks, packing, encodings


CANONICAL = 'id,mail,staff\n1,é@b.example,10\n\n2,"x\ny",\n3,bad\n'


@pytest.mark.parametrize(
    "content",
    [
        CANONICAL.encode("utf-8-sig"),
        CANONICAL.replace("\n", "\r\n").encode(),
        CANONICAL.replace("\n", "\r").encode(),
        CANONICAL.replace("\n", "\r\n", 3).encode(),
        CANONICAL.replace("\n", "\r\n").encode("utf-8-sig"),
        CANONICAL.removesuffix("\n").encode(),
        gzip.compress(CANONICAL.replace("\n", "\r\n").encode("utf-8-sig")),
    ],
    ids=["BOM", "CRLF", "CR", "mixed", "BOM and CRLF", "no last newline", "gzip"],
)
def test_fault_23_marks_newlines_and_packing_change_no_row(
    warehouse: Warehouse, content: bytes
) -> None:
    def landed() -> list[list[tuple[Any, ...]]]:
        return [
            warehouse.rows("select * exclude (file_digest) from raw.leads order by file_line"),
            warehouse.rows("select file_line, reason, raw_record from raw.quarantined_rows"),
        ]

    first = warehouse.load(CANONICAL.encode())
    expected = landed()
    warehouse.connection.execute("delete from landed.leads; delete from raw.quarantined_rows")
    assert figures(warehouse.load(content)) == figures(first) == (4, 2, 1, 1)
    assert landed() == expected


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_a_declared_encoding_changes_no_row(warehouse: Warehouse, encoding: str) -> None:
    content = CANONICAL.encode(encoding)
    one = LEADS.model_copy(update={"encoding": encoding})
    assert figures(warehouse.load(content, one)) == (4, 2, 1, 1)
    assert warehouse.column("select email from raw.leads order by file_line") == [
        "é@b.example",
        "x\ny",
    ]


# Headers


def test_fault_25_columns_are_mapped_by_name(warehouse: Warehouse) -> None:
    warehouse.load(b"staff,new,id,mail\n10,x,1,a@b.example\n")
    rows = warehouse.rows("select lead_id, email, employee_count from raw.leads")
    assert rows == [("1", "a@b.example", 10)]


def test_fault_25_a_missing_optional_column_does_not_count_as_empty(warehouse: Warehouse) -> None:
    account = warehouse.load(b"id,mail\n1,a@b.example\n")
    assert account.missing_columns == ("staff",)
    rows = warehouse.rows("select employee_count, mapped_columns from raw.leads")
    assert rows == [(None, "|email|lead_id|")]


def test_names_of_columns_may_be_anything(warehouse: Warehouse) -> None:
    name = "\"; drop table raw.leads; -- it's {{ x }}"
    one = an_input({"table": "leads", "columns": {"lead_id": name, "email": "Ünïcode 漢"}})
    header = io.StringIO()
    csv.writer(header).writerow([name, "Ünïcode 漢", "(column 3)", ""])
    account = warehouse.load(header.getvalue().encode() + b"1,x,y,z\n", one)
    assert account.unmapped_columns == ("(column 3)", "(column 4)")
    assert warehouse.lead_ids == ["1"]


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", HEAD, HEAD.strip(), gzip.compress(b"", mtime=0)]
)
def test_fault_26_an_empty_file_lands_with_no_records(warehouse: Warehouse, content: bytes) -> None:
    account = warehouse.load(content)
    assert (figures(account), account.held_because) == ((0, 0, 0, 0), None)
    assert warehouse.column("select status from raw.landed_files") == ["landed"]


def test_fault_26_a_file_of_blank_lines_lands_with_those(warehouse: Warehouse) -> None:
    assert figures(warehouse.load(b"\n \n\r\n")) == (3, 0, 0, 3)
    assert figures(warehouse.load(HEAD + b"\n\n")) == (2, 0, 0, 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"mail,staff\n1,2\n", "required column missing: 'id'"),
        (b"id,mail,ID\n1,2,3\n", "stands twice"),
        (b"\xff\n1\n", "the header cannot be read"),
        (gzip.compress(HEAD + b"1,,1\n" * 9, mtime=0)[:-9], "damaged gzip stream"),
    ],
)
def test_a_held_file_leaves_nothing_behind(
    warehouse: Warehouse, content: bytes, reason: str
) -> None:
    warehouse.load(HEAD + b"0,,x\n1,,1\n")
    account = warehouse.load(content)
    assert reason in str(account.held_because)
    assert figures(account) == (0, 0, 0, 0)
    assert warehouse.lead_ids == ["1"]
    assert len(warehouse.quarantine) == 1
    assert warehouse.rows(
        "select status, reason, record_count from raw.landed_files where status <> 'landed'"
    ) == [("held", account.held_because, 0)]


def test_an_error_half_way_takes_nothing(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(warehouse.loader, "_quarantine", fail)
        with pytest.raises(OSError, match="no space left"):
            warehouse.load(HEAD + b"1,,1\n")
    assert warehouse.lead_ids == []
    assert warehouse.column("select count(*) from raw.landed_files") == [0]
    assert figures(warehouse.load(HEAD + b"1,,1\n")) == (1, 1, 0, 0)


# Several tables


BOTH = an_input(
    {"table": "leads", "columns": {"lead_id": "id", "employee_count": "staff"}},
    {
        "table": "opportunities",
        "when": {"column": "status"},
        "columns": {"opportunity_id": "id", "status": "status", "amount": "amount"},
    },
)


def test_a_record_that_fails_for_one_of_its_tables_is_taken_by_none(warehouse: Warehouse) -> None:
    account = warehouse.load(
        b"id,staff,status,amount\n"
        b"1,1,won,1\n"  # both
        b"2,x,won,1\n"  # fails as a lead
        b"3,1,won,x\n"  # fails as a deal
        b"4,x,lots,x\n"  # fails as both
        b"5,1,,x\n",  # no deal, so its amount is not looked at
        BOTH,
    )
    assert figures(account) == (5, 2, 3, 0)
    assert warehouse.lead_ids == ["1", "5"]
    assert warehouse.column("select opportunity_id from raw.opportunities") == ["1"]
    assert warehouse.rows(
        "select file_line, table_name, column_name, problem_count from raw.quarantined_rows "
        "order by all"
    ) == [
        (3, "leads", "employee_count", 1),
        (4, "opportunities", "amount", 1),
        (5, "leads", "employee_count", 3),
    ]


def test_a_record_may_feed_one_table_twice(warehouse: Warehouse) -> None:
    one = an_input(
        {"table": "leads", "columns": {"lead_id": "id"}},
        {"table": "leads", "when": {"column": "friend"}, "columns": {"lead_id": "friend"}},
    )
    account = warehouse.load(b"id,friend\n1,2\n3,\n", one)
    assert figures(account) == (2, 2, 0, 0)
    assert sorted(warehouse.lead_ids) == ["1", "2", "3"]


def test_a_record_that_feeds_no_table_is_accepted(warehouse: Warehouse) -> None:
    one = an_input({"table": "leads", "when": {"column": "w"}, "columns": {"lead_id": "id"}})
    assert figures(warehouse.load(b"id,w\n1,\n2,x\n", one)) == (2, 2, 0, 0)
    assert warehouse.lead_ids == ["2"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", " "])
def test_a_file_with_another_delimiter_is_read_by_it(warehouse: Warehouse, delimiter: str) -> None:
    one = LEADS.model_copy(update={"delimiter": delimiter})
    rows = [["id", "mail", "staff"], ["1", f"a,b{delimiter}c", "10"], ["2", 'say "x"', "20"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert figures(warehouse.load(text.getvalue().encode(), one)) == (2, 2, 0, 0)
    emails = warehouse.column("select email from raw.leads order by file_line")
    assert emails == [f"a,b{delimiter}c", 'say "x"']


# Properties


PAIR = an_input({"table": "pairs", "columns": {"a": "a", "b": "b", "n": "n"}})

texts = st.text(
    st.sampled_from(list("ab1,;\"'\n \té漢\u2028\xa0\\%{}$|"))
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"),
    max_size=10,
)


def is_spaces(text: str) -> bool:
    return all(unicodedata.category(character) == "Zs" for character in text)


cells = texts.filter(lambda text: bool(text.strip()) or is_spaces(text))


@given(st.lists(st.tuples(cells.filter(str.strip), cells, st.integers(-99, 99)), max_size=8))
@settings(max_examples=120, deadline=None)
@example([("1", 'say "x",\n\n"y"', 1), ("2", "\\", 2), ("3", " padded ", 3), ("4", "\xa0", 4)])
def test_text_reaches_the_raw_table_as_python_wrote_it(
    pairs: Warehouse, table: list[tuple[str, str, int]]
) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([("a", "b", "n"), *table])
    pairs.connection.execute("delete from landed.pairs; delete from raw.quarantined_rows")
    account = pairs.load(written.getvalue().encode(), PAIR)
    set_aside = pairs.column("select reason from raw.quarantined_rows")
    assert set(set_aside) <= {"a quoted value holds lines that look like records"}
    assert figures(account) == (len(table), len(table) - len(set_aside), len(set_aside), 0)
    found = pairs.rows("select a, b, n from raw.pairs order by file_line")
    expected = [(a, None if is_spaces(b) else b, n) for a, b, n in table]
    if set_aside:
        assert set(found) <= set(expected)
    else:
        assert found == expected


pieces = st.sampled_from(
    [
        b'"',
        b",",
        b"\n",
        b"\r\n",
        b"\r",
        b" ",
        b"a",
        b"1,b,2\n",
        b'2,"d",x\n',
        b"3,,\n",
        b",,1\n",
        b"\x00",
        b"\xff",
        "é".encode(),
        b'3,"f\n',
        b'g",4\n',
        b'"a""b",c,5\n',
        b"\t,\xc2\xa0,6\n",
    ]
)
bodies = st.lists(pieces | st.binary(max_size=3), max_size=30).map(b"".join)


@given(bodies)
@settings(max_examples=150, deadline=None)
@example(b'1,"a,b\n2,c,3\n3,e",f\n4,g,h\n')
def test_records_of_any_bytes_are_all_accounted_for(pairs: Warehouse, body: bytes) -> None:
    pairs.connection.execute("delete from landed.pairs; delete from raw.quarantined_rows")
    account = pairs.load(b"a,b,n\n" + body, PAIR)
    assert account.held_because is None
    assert account.accepted + account.quarantined + account.blank == account.records
    (landed,) = pairs.rows("select count(*), count(distinct file_line) from raw.pairs")
    assert landed == (account.accepted, account.accepted)
    bad = pairs.rows("select file_line, byte_offset, raw_record from raw.quarantined_rows")
    assert len({line for line, _, _ in bad}) == account.quarantined
    for _, offset, record in bad:
        first_line = record.split(b"\n")[0]
        assert (b"a,b,n\n" + body)[offset : offset + len(first_line)] == first_line


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("filling", [1, 3000])
def test_quarantine_keeps_place_and_bytes_of_the_file_in_its_encoding(
    tmp_path: Path, encoding: str, filling: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytestream, "CHUNK_BYTES", 1 << 12)
    monkeypatch.setattr(delivered_bytes, "RECORDS_AT_ONCE", 2)
    good = "".join(f"é{n},a@b.example,1\n" for n in range(filling))
    records = ["ü1,é@ö.example,viele", "ü2,x", '"é\n3",y,wenige', "ü4,x"]
    text = HEAD.decode() + good + "\n".join(records) + "\n"
    content = text.encode(encoding)
    warehouse = Warehouse(tmp_path)
    account = warehouse.load(content, LEADS.model_copy(update={"encoding": encoding}))
    assert (account.held_because, account.quarantined) == (None, len(records))
    found = warehouse.rows(
        "select byte_offset, raw_record, encoding from raw.quarantined_rows order by file_line"
    )
    for (offset, record, codec), wanted in zip(found, records, strict=True):
        assert record.decode(codec) == wanted
        assert content[offset : offset + len(record)] == record


def test_quarantine_counts_the_mark_of_a_utf8_file(warehouse: Warehouse) -> None:
    content = codecs.BOM_UTF8 + HEAD + b"1,a@b.example,many\n"
    warehouse.load(content)
    ((_, offset, *_, record),) = warehouse.quarantine
    assert content[offset:] == record + b"\n"


def test_a_header_over_lines_with_repeated_columns_lands(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    account = warehouse.load(
        b'\nid,"company\nsize",mail,staff,note,Note,file_line\n'
        b"a,1,a@b.example,3,x,y,9\nb,1,,nine,x,y,9\n"
    )
    assert account.held_because is None
    assert (account.records, account.accepted, account.quarantined) == (2, 1, 1)
    assert account.unmapped_columns == (
        *("company size", "note", "Note (column 6)", "file_line (column 7)"),
    )
    assert warehouse.rows("select lead_id, employee_count, file_line from raw.leads") == [
        ("a", 3, 4)
    ]
    assert warehouse.rows("select file_line, value from raw.quarantined_rows") == [(5, "nine")]
