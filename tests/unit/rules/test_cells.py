from decimal import Decimal
from pathlib import Path

import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.rules.cells import Table, kind_of, read_table
from lead_warehouse.rules.declared import Column, Declared
from tests.changed_rules import ChangedRules

KINDS = {"name": "varchar", "count": "integer", "share": "decimal(5, 2)", "day": "date"}
DECLARED = Declared("seeds", {name: Column(kind) for name, kind in KINDS.items()})
HEADER = b"name,count,share,day\n"


def read(folder: Path, content: bytes) -> Table:
    (folder / "x.csv").write_bytes(content)
    return read_table("x", folder / "x.csv", DECLARED)


def problems(table: Table) -> list[tuple[int, str]]:
    return [(one.line, one.text) for one in table.problems]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", ["0", "-7", "007", "999999999"], ["1.0", "+1", "1e3", "٣", "1234567890", "x"]),
        ("boolean", ["true", "false"], ["True", "yes", "1", "t"]),
        ("date", ["2026-01-31", "2024-02-29"], ["2026-02-30", "20260131", "31/01/2026", "2026"]),
        (
            "decimal(5, 2)",
            ["0", "-0.5", "999.99", "000999.9", "1.20"],
            ["1000", "0.001", "1.200", "NaN", "inf", "1e2", "1,5", ".5", "5.", "+1", "٣", "--1"],
        ),
        ("decimal(2, 2)", ["0.99", "-0.01", "0"], ["1", "1.00"]),
        ("decimal(3,0)", ["999"], ["1000", "9.0"]),
        ("varchar", ["x", "1", "…"], []),
    ],
)
def test_a_type_reads_what_every_engine_reads_alike(
    kind: str, good: list[str], bad: list[str]
) -> None:
    assert all(kind_of(kind).read(cell) is not None for cell in good)
    assert [cell for cell in bad if kind_of(kind).read(cell) is not None] == []


def test_a_type_that_rules_cannot_have_is_refused() -> None:
    with pytest.raises(UserError, match=r"type hugeint; declare varchar, .* or decimal"):
        kind_of("hugeint")


def test_cells_are_read_as_their_type_and_empty_ones_as_none(tmp_path: Path) -> None:
    table = read(tmp_path, HEADER + b'"a, ""b""",1,2.50,2026-01-31\n,,,\n')
    first, second = table.lines
    assert problems(table) == []
    assert first.cells["name"] == 'a, "b"'
    assert (first.cells["count"], first.cells["share"]) == (1, Decimal("2.50"))
    assert set(second.cells.values()) == {None}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_blank_lines_are_passed_over(tmp_path: Path, end: bytes) -> None:
    content = b"\xef\xbb\xbf" + HEADER + b"\na,1,2,\n\n\nb,x,2,\n"
    table = read(tmp_path, content.replace(b"\n", end))
    assert problems(table) == [(6, "count 'x' is not a whole number")]


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (b"", 1, "columns must be name,count,share,day, not ''; write them so"),
        (b"name;count\n", 1, "columns must be name,count,share,day, not 'name;count'; write"),
        (b"count,name,share,day\n", 1, "columns must be name,count,share,day, not 'count,name,"),
        (HEADER + b"a,1\n", 2, "2 values for 4 columns"),
        (HEADER + b"a,1,2,,\n", 2, "5 values for 4 columns"),
        (HEADER + b"a,1,2,\n\xe9,1,2,\n", 3, "is not UTF-8; save the file as UTF-8"),
        ("name".encode("utf-16"), 1, "is not UTF-8"),
        (HEADER + b'a,1,2,\n"a,1,2,\nb,1,2,\n', 3, "is not CSV: unexpected end of data; mend"),
        (HEADER + b'"a"x,1,2,\n', 2, "is not CSV: "),
        (HEADER + b'"a\nb",x,2,\n', 2, "count 'x' is not a whole number"),
        (HEADER + b'a,1,2,\n\n"a\nb",1,2,\nb,x,2,\n', 6, "count 'x' is not a whole number"),
        (HEADER + b" a,1,2,\n", 2, "name ' a' has blanks around it; remove them"),
        (HEADER + b"NULL,1,2,\n", 2, "name 'NULL' reads as empty; leave the cell empty"),
        (HEADER + b"a\x1b[31m,1,2,\n", 2, "name 'a�[31m' has a control character; remove it"),
        (HEADER + b"a" * 200_000 + b",1,2,\n", 2, "is not CSV: field larger than field limit"),
    ],
)
def test_what_cannot_be_read_is_told_by_line(
    tmp_path: Path, content: bytes, line: int, text: str
) -> None:
    [(number, said)] = problems(read(tmp_path, content))
    assert number == line
    assert said.startswith(text)


def test_every_bad_cell_is_told_not_only_the_first(tmp_path: Path) -> None:
    table = read(tmp_path, HEADER + b"a,x,y,z\nb,1\nc,1,1000,\n")
    assert [line for line, _ in problems(table)] == [2, 2, 2, 3, 4]
    assert not table.is_complete


def test_a_cell_is_repeated_on_one_line_and_cut(tmp_path: Path) -> None:
    [(_, said)] = problems(read(tmp_path, HEADER + b'a,"1\n' + b"x" * 900 + b'",2,\n'))
    assert said == f"count '1 {'x' * 57}…' is not a whole number"


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    table = read_table("x", tmp_path / "x.csv", DECLARED)
    assert problems(table) == [
        (1, "cannot be read: Is a directory; check the path and its permissions")
    ]


def test_a_blank_line_in_a_file_of_one_column_is_an_empty_cell(rules: ChangedRules) -> None:
    # The database reads it as a row.
    rules.path("role_mailboxes").write_text("local_part\ninfo\n\n")
    assert rules.problems() == ["role_mailboxes.csv:3: local_part is empty; fill it"]
