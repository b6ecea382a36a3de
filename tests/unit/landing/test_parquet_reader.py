import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.landing import parquet_reader
from lead_warehouse.landing.load_file import FileAccount, FileLoader
from lead_warehouse.landing.parquet_file import ParquetFile
from lead_warehouse.landing.raw_tables import ensure_raw_schema
from lead_warehouse.landing.typed_tables import ArchivedFile
from lead_warehouse.mapping import Input

RECEIVED = datetime(2024, 6, 1, 12)
TYPES = ("string", "bigint", "double", "decimal", "boolean", "date", "timestamp")

VALUES = Contract.model_validate(
    {
        "version": 1,
        "tables": {
            "values": {
                "grain": "One row per value.",
                "key": [],
                "known_at_from": [],
                "columns": {f"a_{kind}": {"type": kind, "description": "-"} for kind in TYPES},
            }
        },
    }
)
"""A contract of one column of each type, none of them required."""


def an_input(*tables: dict[str, Any], files: str = "*.parquet", **settings: Any) -> Input:
    return Input.model_validate({"name": "crm", "files": files, "tables": list(tables), **settings})


LEADS = an_input(
    {
        "table": "leads",
        "columns": {"lead_id": "id", "email": "mail", "employee_count": "staff"},
    }
)


class Warehouse:
    """A raw schema that Parquet files are loaded into."""

    def __init__(self, scratch: Path, contract: Contract | None = None) -> None:
        contract = contract or load_contract()
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'")
        ensure_raw_schema(self.connection, contract)
        self.loader = FileLoader(self.connection, contract, scratch / "scratch")
        self.path = scratch / "file"

    def write(self, select: str, options: str = "") -> bytes:
        """A Parquet file of the rows of a query."""
        self.connection.execute(f"copy ({select}) to '{self.path}' (format parquet{options})")
        return self.path.read_bytes()

    def load(self, content: bytes, one: Input = LEADS) -> FileAccount:
        self.path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        file = ArchivedFile(one.name, "input digest", digest, "in/crm", RECEIVED, True)
        return self.loader.load(one, file, self.path)

    def load_rows(self, select: str, one: Input = LEADS) -> FileAccount:
        return self.load(self.write(select), one)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    @property
    def quarantine(self) -> list[tuple[Any, ...]]:
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
def values(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    made = Warehouse(tmp_path_factory.mktemp("values"), VALUES)
    yield made
    made.connection.close()


def figures(account: FileAccount) -> tuple[int, int, int, int]:
    return account.records, account.accepted, account.quarantined, account.blank


def cast(values: Warehouse, kind: str, value: str, source: Any = "c", **settings: Any) -> Any:
    """What a value of a Parquet column lands as; the reason if it is quarantined."""
    values.connection.execute('delete from landed."values"; delete from raw.quarantined_rows')
    one = an_input({"table": "values", "columns": {f"a_{kind}": source}}, **settings)
    account = values.load_rows(f"select {value} as c", one)
    assert account.held_because is None
    if account.quarantined:
        ((reason,),) = values.rows("select reason from raw.quarantined_rows")
        return f"! {reason}"
    ((found,),) = values.rows(f'select a_{kind} from raw."values"')
    return found


# Accounts


def test_every_row_is_accepted_or_quarantined(warehouse: Warehouse) -> None:
    account = warehouse.load_rows(
        "from (values ('1', 'a@b.example', 10.0), ('2', null, 1.6), (null, 'x', 3), "
        "('4', '', null), (null, null, null)) as t(id, mail, staff)"
    )
    assert figures(account) == (5, 2, 3, 0)
    assert warehouse.rows("select lead_id, email, employee_count, file_line from raw.leads") == [
        ("1", "a@b.example", 10, 1),
        ("4", None, None, 4),
    ]


def test_a_quarantined_row_is_kept_as_json_with_its_number(warehouse: Warehouse) -> None:
    warehouse.load_rows(
        "from (values ('1', 'é\"', 1.5::double, ['x'], date '2024-01-05'), "
        "('2', null, 'inf'::double, null, null)) as t(id, mail, staff, tags, on_day)"
    )
    found = warehouse.quarantine
    assert [row[:5] for row in found] == [
        (1, None, "employee_count", "1.5", "not an integer"),
        (2, None, "employee_count", "inf", "not an integer"),
    ]
    assert [json.loads(row[5]) for row in found] == [
        {"id": "1", "mail": 'é"', "staff": 1.5, "tags": ["x"], "on_day": "2024-01-05"},
        {"id": "2", "mail": None, "staff": "inf", "tags": None, "on_day": None},
    ]


def test_a_row_that_cannot_be_text_is_kept_too(warehouse: Warehouse) -> None:
    account = warehouse.load_rows(
        "from (values ('1', 'a'), ('2', 'b' || chr(0)), (null, 'c')) as t(id, mail)"
    )
    assert figures(account) == (3, 1, 2, 0)
    assert warehouse.quarantine == [
        (2, None, None, None, "a NUL byte in column 'mail'", b'{"id":"2","mail":"b\\u0000"}'),
        (3, None, "lead_id", None, "required but empty", b'{"id":null,"mail":"c"}'),
    ]


def test_the_account_of_a_file_is_kept(warehouse: Warehouse) -> None:
    account = warehouse.load_rows("select 7 as staff, 'a' as id, {'x': 1} as new, 1 as newer")
    assert account.unmapped_columns == ("new", "newer")
    assert account.missing_columns == ("mail",)
    assert warehouse.rows(
        "select status, record_count, accepted_count, quarantined_count, blank_count, "
        "unmapped_columns, missing_columns from raw.landed_files"
    ) == [("landed", 1, 1, 0, 0, "new, newer", "mail")]
    assert warehouse.rows("select mapped_columns from raw.leads") == [("|employee_count|lead_id|",)]


def test_rows_are_counted_by_the_file_s_own_footer(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = ParquetFile.row_count
    monkeypatch.setattr(ParquetFile, "row_count", lambda file: count(file) + 1)
    account = warehouse.load_rows("select 'a' as id")
    assert "rows 1–2: the file's footer counts 2 rows, 1 can be read" in str(account.held_because)
    assert warehouse.rows("select * from raw.leads") == []


def test_rows_of_many_row_groups_keep_their_numbers(warehouse: Warehouse) -> None:
    content = warehouse.write(
        "select i as id, case when i = 250001 then 'x' else '7' end as staff "
        "from range(1, 300001) as r(i)",
        ", row_group_size 20000",
    )
    assert figures(warehouse.load(content)) == (300_000, 299_999, 1, 0)
    assert [row[0] for row in warehouse.quarantine] == [250_001]
    (counts,) = warehouse.rows(
        "select count(*), count(*) filter (lead_id = cast(file_line as varchar)) from raw.leads"
    )
    assert counts == (299_999, 299_999)


# Files as a whole


def test_fault_25_columns_are_mapped_by_name(warehouse: Warehouse) -> None:
    warehouse.load_rows("select 10 as staff, 'x' as new, 1 as id, 'a@b.example' as mail")
    rows = warehouse.rows("select lead_id, email, employee_count from raw.leads")
    assert rows == [("1", "a@b.example", 10)]


def test_fault_25_a_missing_required_column_holds_the_file(warehouse: Warehouse) -> None:
    one = an_input({"table": "leads", "columns": {"lead_id": "Contact ID"}})
    account = warehouse.load_rows('select 1 as "Contact Id", 2 as "Mail"', one)
    assert str(account.held_because).startswith(
        "required column missing: 'Contact ID' (nearest: Contact Id); name the new column"
    )


def test_fault_25_a_repeated_column_holds_the_file(warehouse: Warehouse) -> None:
    content = warehouse.write("select 1 as id, 2 as xx")
    account = warehouse.load(content.replace(b"xx", b"ID"))
    assert "column 'id' stands twice" in str(account.held_because)


@pytest.mark.parametrize("name", ["file_row_number", "File_Row_Number", "(given) id"])
def test_a_column_named_like_one_of_ours_holds_the_file(warehouse: Warehouse, name: str) -> None:
    account = warehouse.load_rows(f'select 1 as id, 2 as "{name}"')
    assert account.held_because == f"a column may not be named '{name}'; rename it"


def test_names_of_columns_may_be_anything(warehouse: Warehouse) -> None:
    name = "\"; drop table raw.leads; -- it's {{ x }}"
    one = an_input({"table": "leads", "columns": {"lead_id": name, "email": "Ünïcode 漢"}})
    quoted = '"' + name.replace('"', '""') + '"'
    account = warehouse.load_rows(
        f"from (values ('1', 'x'), (null, 'y')) as t({quoted}, \"Ünïcode 漢\")", one
    )
    assert figures(account) == (2, 1, 1, 0)
    assert warehouse.rows("select lead_id, email from raw.leads") == [("1", "x")]
    assert json.loads(warehouse.quarantine[0][5]) == {name: None, "Ünïcode 漢": "y"}


def test_fault_26_an_empty_file_lands_with_no_records(warehouse: Warehouse) -> None:
    for content in (warehouse.write("select 1 as id where false"), b""):
        account = warehouse.load(content)
        assert (figures(account), account.held_because) == ((0, 0, 0, 0), None)


def test_a_file_that_is_no_parquet_is_held(warehouse: Warehouse) -> None:
    account = warehouse.load(b"id,mail\n1,a@b.example\n")
    assert str(account.held_because).startswith("not a Parquet file, whatever its name; ")
    assert figures(account) == (0, 0, 0, 0)


def test_a_truncated_file_is_held(warehouse: Warehouse) -> None:
    content = warehouse.write("select i as id, 'x' || i as mail from range(5000) as r(i)")
    for end in (4, 5, 12, len(content) // 2, len(content) - 1):
        account = warehouse.load(content[:end])
        reason = str(account.held_because)
        assert reason.startswith("damaged Parquet file (")
        assert reason.endswith("); deliver the file again")
        assert "\n" not in reason
        assert str(warehouse.path) not in reason
    assert warehouse.rows("select * from raw.leads") == []


def test_a_damaged_page_holds_the_file_and_leaves_the_warehouse_usable(
    warehouse: Warehouse,
) -> None:
    content = bytearray(warehouse.write("select i as id, hash(i) as mail from range(5000) as r(i)"))
    content[2000:2400] = b"\xff" * 400
    account = warehouse.load(bytes(content))
    assert str(account.held_because).startswith("damaged Parquet file (")
    assert warehouse.rows("select * from raw.leads") == []
    assert figures(warehouse.load_rows("select 1 as id")) == (1, 1, 0, 0)


def test_an_engine_that_cannot_write_is_not_the_file_s_fault(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.write("select 1 as id")
    with pytest.raises(duckdb.IOException):
        ParquetFile(warehouse.path).copy("select 1", tmp_path / "gone" / "x.parquet")


def test_nothing_is_read_from_the_names_of_folders(tmp_path: Path) -> None:
    folder = tmp_path / "staff=7" / "a[1]"
    folder.mkdir(parents=True)
    warehouse = Warehouse(folder)
    warehouse.load_rows("from (values (1, 10), (2, 20)) as t(id, staff)")
    assert warehouse.rows("select employee_count from raw.leads order by 1") == [(10,), (20,)]


@given(st.data())
@settings(max_examples=150)
def test_no_damage_breaks_a_landing(values: Warehouse, data: st.DataObject) -> None:
    codec = data.draw(st.sampled_from(["snappy", "zstd", "gzip", "uncompressed"]))
    content = bytearray(
        values.write(
            "select i as c, 'text ' || i as s, [i::varchar] as l from range(300) as r(i)",
            f", compression {codec}",
        )
    )
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    columns = {"a_bigint": "c", "a_string": {"join": ["s", "l"]}}
    account = values.load(bytes(content), an_input({"table": "values", "columns": columns}))
    if account.held_because is None:
        assert account.accepted + account.quarantined == account.records
    else:
        assert len(account.held_because.splitlines()) == 1


# Types


@pytest.mark.parametrize(
    ("kind", "value", "landed"),
    [
        ("bigint", "12::tinyint", 12),
        ("bigint", "9223372036854775807", 2**63 - 1),
        ("bigint", "9223372036854775808::ubigint", "! not an integer"),
        ("bigint", "100.0::double", 100),
        ("bigint", "1.6::double", "! not an integer"),
        ("bigint", "1.6::decimal(9, 2)", "! not an integer"),
        ("bigint", "7.00::decimal(9, 2)", 7),
        ("bigint", "'nan'::double", "! not an integer"),
        ("bigint", "true", "! not an integer"),
        ("decimal", "12.3400::decimal(18, 6)", Decimal("12.34")),
        ("decimal", "0.1::float", Decimal("0.1")),
        ("decimal", "5", Decimal(5)),
        ("decimal", "0.00005::double", "! not a number with at most 4 decimals"),
        ("decimal", "'-inf'::double", "! not a number"),
        ("decimal", "'nan'::float", "! not a number"),
        ("double", "2.5::double", 2.5),
        ("double", "1e300::double", 1e300),
        ("double", "'nan'::double", "! not a number"),
        ("double", "'inf'::float", "! not a number"),
        ("boolean", "true", True),
        ("boolean", "0", False),
        ("boolean", "2", "! not true or false"),
        ("date", "date '2024-02-29'", date(2024, 2, 29)),
        ("date", "timestamp '2024-02-29 00:00:00'", date(2024, 2, 29)),
        ("date", "timestamp '2024-02-29 00:00:01'", "! not a date"),
        ("date", "timestamptz '2024-02-29 00:00:00+00'", "! not a date"),
        ("date", "20240229", "! not a date"),
        (
            "timestamp",
            "timestamp '2024-01-05 10:20:30.25'",
            datetime(2024, 1, 5, 10, 20, 30, 250000),
        ),
        (
            "timestamp",
            "timestamp_ns '2024-01-05 10:20:30.000001'",
            datetime(2024, 1, 5, 10, 20, 30, 1),
        ),
        ("timestamp", "timestamp_ns '2024-01-05 10:20:30.000000001'", "! not a timestamp"),
        ("timestamp", "timestamp_s '2024-01-05 10:20:30'", datetime(2024, 1, 5, 10, 20, 30)),
        ("timestamp", "timestamptz '2024-01-05 10:00:00+02'", datetime(2024, 1, 5, 8)),
        ("timestamp", "date '2024-01-05'", datetime(2024, 1, 5)),
        ("timestamp", "timestamp 'infinity'", "! not a timestamp"),
        ("timestamp", "1704448800", "! not a timestamp"),
        ("string", "'text'", "text"),
        ("string", "12", "12"),
        ("string", "true", "true"),
        ("string", "date '2024-01-05'", "2024-01-05"),
        ("string", "'a'::enum('a', 'b')", "a"),
        ("string", "['a', 'b c', null, 'd']", "a;b c;d"),
        ("string", "[]::varchar[]", None),
        ("string", "['a;b', 'c']", "! an item of the list in column 'c' holds a semicolon"),
        ("string", "'a' || chr(0)", "! a NUL byte in column 'c'"),
        ("string", "['a' || chr(0)]", "! a NUL byte in column 'c'"),
        ("string", "''", None),
        ("string", "' '", None),
    ],
)
def test_fault_33_a_typed_value_lands_by_rule(
    values: Warehouse, kind: str, value: str, landed: Any
) -> None:
    found = cast(values, kind, value)
    if isinstance(landed, str) and landed.startswith("!"):
        assert str(found).startswith(landed)
    else:
        assert (found, type(found)) == (landed, type(landed))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    "sql_type", ["varchar", "bigint", "double", "boolean", "date", "timestamptz", "varchar[]"]
)
def test_a_null_is_an_empty_cell(values: Warehouse, kind: str, sql_type: str) -> None:
    assert cast(values, kind, f"null::{sql_type}", empty_values=["x"]) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("{'x': 1}", "is of type struct, "),
        ("[1, 2]", "is of type list, "),
        ("[['a']]", "is of type list, "),
        ("map {'a': 1}", "is of type map, "),
        ("[{'a': 1}]", "is of type list, "),
        ("interval 1 day", "is of type interval, "),
        ("'a'::blob", "is bytes, not text; write it as a string (UTF8)"),
    ],
)
def test_a_nested_column_that_is_read_holds_the_file(
    warehouse: Warehouse, value: str, told: str
) -> None:
    account = warehouse.load_rows(f"select 1 as id, {value} as mail")
    assert f"column 'mail' {told}" in str(account.held_because)


def test_local_times_are_in_the_declared_zone_and_others_exact(values: Warehouse) -> None:
    paris: dict[str, Any] = {"time_zone": "Europe/Paris"}
    local, exact = "timestamp '2024-07-05 10:00:00'", "timestamptz '2024-07-05 10:00:00+00'"
    assert cast(values, "timestamp", local, **paris) == datetime(2024, 7, 5, 8)
    assert cast(values, "timestamp", exact, **paris) == datetime(2024, 7, 5, 10)
    assert cast(values, "timestamp", "date '2024-07-05'", **paris) == datetime(2024, 7, 4, 22)
    tokyo = {"column": "c", "time_zone": "Asia/Tokyo"}
    assert cast(values, "timestamp", local, tokyo, **paris) == datetime(2024, 7, 5, 1)


DECLARED = {
    "date_format": "%d/%m/%Y",
    "timestamp_format": "%d/%m/%Y %H:%M",
    "decimal_mark": ",",
    "empty_values": ["1", "2.5", "true", "2024-01-05"],
}


@pytest.mark.parametrize(
    ("kind", "typed", "text", "landed"),
    [
        ("bigint", "1", "' 1,00 '", 1),
        ("double", "2.5::double", "'2,50'", 2.5),
        ("boolean", "true", "'yes'", True),
        ("date", "date '2024-01-05'", "'05/01/2024'", date(2024, 1, 5)),
        ("timestamp", "date '2024-01-05'", "'05/01/2024 00:00'", datetime(2024, 1, 5)),
        (
            "timestamp",
            "timestamp '2024-01-05 00:00:00'",
            "'05/01/2024 00:00'",
            datetime(2024, 1, 5),
        ),
    ],
)
def test_what_the_mapping_declares_is_for_text(
    values: Warehouse, kind: str, typed: str, text: str, landed: Any
) -> None:
    assert cast(values, kind, typed, **DECLARED) == landed
    assert cast(values, kind, text, **DECLARED) == landed


def test_empty_values_are_texts(values: Warehouse) -> None:
    assert cast(values, "string", "'N/A'", empty_values=["N/A", "1"]) is None
    assert cast(values, "string", "1", empty_values=["N/A", "1"]) == "1"


# What a mapping may say


def test_value_maps_joins_when_and_known_at_are_as_for_csv(warehouse: Warehouse) -> None:
    one = an_input(
        {
            "table": "opportunities",
            "when": {"column": "kind", "values": ["1"]},
            "columns": {
                "opportunity_id": {"join": [{"constant": "o"}, "id", "kind"]},
                "status": {
                    "column": "is_won",
                    "values": {"true": "won", "false": "lost"},
                    "other_values": "reject",
                },
                "amount": "amount",
            },
        },
        known_at="seen",
        timestamp_format="%d/%m/%Y",
        empty_values=["1", "true"],
    )
    account = warehouse.load_rows(
        "from (values (1, 1, true, 2.5, timestamp '2024-01-05 10:00:00'), "
        "(2, 2, null, 1, null), (3, 1, null, 1, null), (4, 1, false, null, null)) "
        "as t(id, kind, is_won, amount, seen)",
        one,
    )
    assert figures(account) == (4, 3, 1, 0)
    assert warehouse.rows(
        "select opportunity_id, status, amount, known_at, file_line from raw.opportunities "
        "order by file_line"
    ) == [
        ("o-1-1", "won", Decimal("2.5"), datetime(2024, 1, 5, 10), 1),
        ("o-4-1", "lost", None, RECEIVED, 4),
    ]
    assert [row[2:5] for row in warehouse.quarantine] == [("status", None, "required but empty")]


# As CSV


texts = st.none() | st.text(
    st.sampled_from(list("abN1,;.\"' -\té漢%{}$")), min_size=1, max_size=8
).filter(lambda text: bool(text.strip()))
numbers = st.none() | st.integers(-(2**63), 2**63 - 1)
doubles = st.none() | st.floats(width=64)
moments = st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))
days = st.none() | st.dates()
Row = tuple[Any, ...]

EVERY = {
    "a_string": {"join": ["s", {"column": "b", "values": {"true": "yes"}}]},
    "a_bigint": "n",
    "a_double": "d",
    "a_decimal": {"column": "d"},
    "a_boolean": "b",
    "a_date": "on",
    "a_timestamp": "seen",
}


@given(
    st.lists(
        st.tuples(texts, numbers, doubles, st.none() | st.booleans(), days, moments), max_size=6
    )
)
@settings(max_examples=80)
@example([("a", 1, 1.6, True, date(2024, 1, 5), datetime(2024, 7, 5, 10))])
@example([(None, None, float("nan"), None, None, None), (None, None, None, None, None, None)])
def test_the_same_rows_land_equal_through_csv_and_parquet(
    values: Warehouse, table: list[Row]
) -> None:
    values.connection.execute(
        "create or replace temp table t "
        '(s varchar, n bigint, d double, b boolean, "on" date, seen timestamp)'
    )
    if table:
        values.connection.executemany("insert into t values (?, ?, ?, ?, ?, ?)", table)
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(
        [
            ("s", "n", "d", "b", "on", "seen"),
            *values.rows("select columns(*)::varchar from t"),
        ]
    )
    found = []
    for files, content in (
        ("*.csv", written.getvalue().encode()),
        ("*.parquet", values.write("from t")),
    ):
        values.connection.execute('delete from landed."values"; delete from raw.quarantined_rows')
        one = an_input(
            {"table": "values", "columns": EVERY},
            files=files,
            time_zone="Europe/Paris",
            empty_values=["N"],
        )
        account = values.load(content, one)
        assert account.held_because is None
        landed = values.rows(
            'select * exclude (file_line, file_digest) from raw."values" order by file_line'
        )
        problems = values.rows(
            "select column_name, value, reason, problem_count from raw.quarantined_rows "
            "order by file_line"
        )
        found.append((figures(account), landed, problems))
    assert found[0] == found[1]


any_value = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(),
    st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),
)


@given(st.lists(any_value, max_size=6))
@settings(max_examples=60, deadline=None)
@example([(None, float("nan"), None), (1, float("-inf"), datetime(1969, 12, 31)), (2, -0.0, None)])
@example([(None, 1e300, datetime(2024, 6, 3)), (-1, 5e-324, datetime(1, 1, 1))])
def test_a_value_of_the_canonical_type_lands_as_its_text_does(
    values: Warehouse, table: list[tuple[Any, ...]]
) -> None:
    columns = {"a_bigint": "i", "a_double": "d", "a_timestamp": "t"}
    one = an_input({"table": "values", "columns": columns})
    kinds = {"i": "bigint", "d": "double", "t": "timestamp"}
    connection = values.connection
    body = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    connection.execute(f"create or replace temp table typed ({body})")
    for row in table:
        connection.execute("insert into typed values (?, ?, ?)", list(row))

    def landed(select: str) -> list[Any]:
        connection.execute('delete from landed."values"; delete from raw.quarantined_rows')
        account = values.load_rows(select, one)
        found = f"file_line, {', '.join(columns)}"
        bad = "file_line, column_name, value, reason, problem_count"
        return [
            figures(account),
            str(values.rows(f'select {found} from raw."values" order by file_line')),
            values.rows(f"select {bad} from raw.quarantined_rows order by file_line"),
        ]

    as_text = ", ".join(f"cast({name} as varchar) as {name}" for name in kinds)
    assert landed("from typed") == landed(f"select {as_text} from typed")


def test_rows_land_in_parts_as_they_do_at_once(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = (
        "select 'l' || i as id, case when i % 7 = 0 then 'a' || chr(0) else 'b' end as mail, "
        "case when i % 5 = 0 then 'x' else '1' end as staff from range(40) t(i)"
    )

    def landed() -> list[Any]:
        return [
            warehouse.rows("select * from raw.leads order by file_line"),
            warehouse.rows("select * from raw.quarantined_rows order by file_line"),
        ]

    whole = figures(warehouse.load_rows(select))
    assert whole == (40, 28, 12, 0)
    expected = landed()
    warehouse.connection.execute("delete from landed.leads; delete from raw.quarantined_rows")
    monkeypatch.setattr(parquet_reader, "BATCH_ROWS", 7)
    assert figures(warehouse.load_rows(select)) == whole
    assert landed() == expected
