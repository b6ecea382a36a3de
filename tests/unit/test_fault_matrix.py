"""The page of faults names tests that exist, and every row has one."""

from pathlib import Path

import pytest

from tests.fault_matrix import AWAITED, LATER, PAGE, collect, render, rows

REQUIRED = sorted({*range(1, 37), *range(48, 57)})


@pytest.fixture(scope="module")
def tests() -> dict[int, list[str]]:
    return collect()


def test_every_row_of_the_matrix_is_there() -> None:
    assert sorted(rows(PAGE.read_text())) == list(range(1, 57))
    assert sorted({*REQUIRED, *LATER}) == list(range(1, 57))
    assert not LATER.keys() & set(REQUIRED)


@pytest.mark.parametrize("row", REQUIRED)
def test_a_row_has_a_test_that_exists(row: int, tests: dict[int, list[str]]) -> None:
    known = tests.get(row, [])
    if row in AWAITED:
        assert known == [], f"row {row} has its test; take it out of AWAITED"
        return
    named = rows(PAGE.read_text())[row]
    assert named, f"row {row} names no test"
    assert [one for one in named if one not in known] == []


def test_the_page_names_every_test(tests: dict[int, list[str]]) -> None:
    text = PAGE.read_text()
    assert render(text, tests) == text, "write it with `.venv/bin/python -m tests.fault_matrix`"


def test_tests_are_found_by_their_names_alone(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    (folder / "unit").mkdir(parents=True)
    (folder / "unit" / "test_a.py").write_text(
        "import nothing_like_it\n"
        "def test_fault_7_readers(): ...\n"
        "def test_fault_70_other(): ...\n"
        "def fault_7_helper(): ...\n"
        "TEXT = 'def test_fault_7_in_a_text(): ...'\n"
    )
    assert collect(folder) == {
        7: ["tests/unit/test_a.py::test_fault_7_readers"],
        70: ["tests/unit/test_a.py::test_fault_70_other"],
    }
    page = "| 7 | readers | stay whole | `tests/gone.py::test_fault_7_gone` |\n"
    assert rows(page) == {7: ["tests/gone.py::test_fault_7_gone"]}
    assert "test_fault_7_readers" in render(page, collect(folder))
