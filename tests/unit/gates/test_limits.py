from pathlib import Path

import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.contract.raw_schema import raw_tables
from lead_warehouse.gates.limits import LIMITS_FILE, Limit, limits_of, load_limits

HEADER = LIMITS_FILE.read_text().splitlines()[0]


def written(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "changes.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def limit(table: str, column: str = "", metric: str = "rows_lost", warn: float = 0.2) -> Limit:
    return Limit("generation", table, column, metric, None, 20, warn, None)


def test_the_limits_of_the_project_can_be_read_and_name_tables_there_are() -> None:
    tables = raw_tables(load_contract())
    for one in load_limits():
        schema, table = one.table.split(".")
        if schema == "raw" and table != "*":
            assert one.column in ("", "*", *tables[table]), one


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "generation,raw.*,,rows_lots,,20,0.2,0.5",
            r":2: .rows_lots. is not known; did",
        ),
        ("generations,raw.*,,rows_lost,,20,0.2,0.5", r"'generations' is not known"),
        ("generation,raw.*,,rows_lost,,twenty,0.2,0.5", "could not convert"),
        ("generation,raw.*,source,rows_lost,,20,0.2,0.5", "about a table"),
        ("generation,raw.leads,,shares,,20,0.2,0.5", "about a column"),
        ("generation,raw.leads", "a column is missing"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_line(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(RuntimeError, match=told):
        load_limits(written(tmp_path, row))


def test_fault_15_no_limits_or_two_for_the_same_are_refused(tmp_path: Path) -> None:
    row = "generation,raw.*,,rows_lost,,20,0.2,0.5"
    with pytest.raises(RuntimeError, match="has no row"):
        load_limits(written(tmp_path))
    with pytest.raises(RuntimeError, match=r"changes.csv:3: .* has a limit already"):
        load_limits(written(tmp_path, row, row))


def test_the_nearest_row_holds_and_one_without_limits_takes_out() -> None:
    out = Limit("generation", "raw.x", "", "rows_lost", None, None, None, None)
    limits = [limit("raw.*"), limit("raw.leads", warn=0.9), out]
    assert [one.warn_above for one in limits_of(limits, "generation", "raw.leads", {}, False)] == [
        0.9
    ]
    assert [one.warn_above for one in limits_of(limits, "generation", "raw.y", {}, False)] == [0.2]
    assert limits_of(limits, "generation", "raw.x", {}, False) == []
    assert limits_of(limits, "delivery", "raw.leads", {}, False) == []


def test_every_column_of_a_table_but_of_no_view() -> None:
    columns = {"a": "VARCHAR", "b": "TIMESTAMP"}
    limits = [
        limit("marts.*", "*", "null_share"),
        limit("marts.t", "b", "null_share", 0.7),
        limit("marts.*", "*", "moved_back"),
    ]
    found = limits_of(limits, "generation", "marts.t", columns, False)
    assert {(one.column, one.metric, one.warn_above) for one in found} == {
        ("a", "null_share", 0.2),
        ("b", "null_share", 0.7),
        ("b", "moved_back", 0.2),
    }
    found = limits_of(limits, "generation", "marts.t", columns, True)
    assert [(one.column, one.metric) for one in found] == [("b", "null_share")]


def test_a_column_that_is_not_there_is_told() -> None:
    with pytest.raises(RuntimeError, match=r"no column sourse; did you mean 'source'"):
        limits_of(
            [limit("marts.t", "sourse", "shares")], "generation", "marts.t", {"source": "x"}, False
        )
