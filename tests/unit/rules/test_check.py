import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import UserError
from lead_warehouse.rules import RulesError, check_rules
from lead_warehouse.rules.declared import read_declared
from lead_warehouse.rules.operators import OPERATORS
from tests.changed_rules import ChangedRules

SEEDS = PROJECT_DIR / "seeds"
TABLES = sorted(read_declared(SEEDS / "rules"))
EXAMPLES = sorted((PROJECT_DIR / "examples").glob("*/rules"))


def test_the_shipped_rules_are_good() -> None:
    checked = check_rules(SEEDS)
    assert sorted(checked.files.rules) == TABLES
    assert checked.rule_count > 300


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.parent.name)
def test_the_rules_of_an_example_are_good_on_top_of_them(folder: Path) -> None:
    assert check_rules(SEEDS, folder).files.own == sorted(folder.glob("*.csv"))


def test_there_are_examples() -> None:
    assert EXAMPLES


def test_all_problems_are_told_by_file_as_given_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = Path("own")
    own.mkdir()
    (own / "reporting.csv").write_text("time_zone,currency_code\nMoon,EUR\n")
    (own / "funnel_steps.csv").write_text(
        "from_stage,to_stage,window_days\nmql,sql,x\nlead,mql\nmql,custmer,0\n"
    )
    (own / "funnel_stps.csv").write_text("x\n")
    with pytest.raises(RulesError) as error:
        check_rules(SEEDS, own)
    assert [line.split(": ")[0] for line in error.value.problems] == [
        "own/funnel_stps.csv:1",
        "own/funnel_steps.csv:2",
        "own/funnel_steps.csv:3",
        "own/funnel_steps.csv:4",
        "own/funnel_steps.csv:4",
        "own/reporting.csv:2",
    ]
    assert "did you mean 'funnel_steps.csv'" in error.value.problems[0]


def test_a_file_of_ones_own_can_break_a_default_one(rules: ChangedRules, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    shutil.copy(rules.path("lifecycle_stages"), own)
    rules.change("lifecycle_stages", "mql", stage="qualified")
    assert len(rules.problems()) > 1
    assert check_rules(rules.seeds, own).rule_count


def test_files_of_the_project_are_named_from_where_one_stands(
    rules: ChangedRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules.change("scoring", "100", reference_points="0")
    monkeypatch.chdir(rules.seeds.parent)
    with pytest.raises(RulesError, match=r"^seeds/rules/scoring\.csv:2: reference_points '0' must"):
        check_rules(rules.seeds)


@pytest.mark.parametrize("name", ["FUNNEL_STEPS.csv", "funnel_steps.CSV", "fit_attributes.csv"])
def test_a_file_that_replaces_no_rule_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x\n")
    with pytest.raises(RulesError, match=f"{name}:1: replaces no rule of .*rules; ") as error:
        check_rules(SEEDS, tmp_path)
    assert len(error.value.problems) == 1


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no folder .*nowhere; name one that holds rule CSVs"):
        check_rules(SEEDS, tmp_path / "nowhere")


def test_files_and_declarations_belong_together(rules: ChangedRules) -> None:
    rules.path("free_mail_domains").unlink()
    rules.path("scoring").rename(rules.seeds / "rules" / "scorings.csv")
    assert rules.problems() == [
        "scorings.csv:1: is not declared; describe it in _rules__seeds.yml",
        "scoring.csv:1: there is no such file; restore it",
        "free_mail_domains.csv:1: there is no such file; restore it",
    ]


@pytest.mark.parametrize("table", TABLES)
def test_a_file_with_a_header_only_is_never_more_than_told(rules: ChangedRules, table: str) -> None:
    rules.write(table, rules.rows(table)[:1])
    assert isinstance(rules.problems(), list)


# Whatever stands in a cell, the answer is a list of lines.

GARBAGE = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["NaN", "1e9", "-0", "5..", "..", "|", "a|b", "50..500", "true", *OPERATORS]),
    st.decimals().map(str),
)


@settings(max_examples=40)
@given(st.data())
def test_garbage_in_cells_is_told_and_never_raised(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    rules = ChangedRules(tmp_path_factory.mktemp("garbage"))
    for table in data.draw(st.lists(st.sampled_from(TABLES), max_size=3)):
        rows = rules.rows(table)
        if len(rows) > 1:
            row = data.draw(st.sampled_from(rows[1:]))
            for _ in range(data.draw(st.integers(1, 3))):
                row[data.draw(st.integers(0, len(row) - 1))] = data.draw(GARBAGE)
            rules.write(table, rows)
    assert all(line.count("\n") == 0 and ".csv:" in line for line in rules.problems())


@settings(max_examples=30)
@given(st.sampled_from(TABLES), st.binary(max_size=40), st.integers(0, 200))
def test_garbage_in_bytes_is_told_and_never_raised(
    tmp_path_factory: pytest.TempPathFactory, table: str, garbage: bytes, place: int
) -> None:
    rules = ChangedRules(tmp_path_factory.mktemp("garbage"))
    content = rules.path(table).read_bytes()
    rules.path(table).write_bytes(content[:place] + garbage + content[place:])
    assert all(".csv:" in line for line in rules.problems())
