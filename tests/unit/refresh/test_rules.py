from pathlib import Path

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import UserError
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.rules import (
    compose_seeds,
    declared_types,
    own_rules,
    rules_digest,
)

SEEDS = PROJECT_DIR / "seeds"


def test_own_rules_lie_on_top_of_the_defaults(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "funnel_steps.csv").write_text("from_stage,to_stage,window_days\nmql,sql,5\n")
    (own / "README.md").write_text("not a rule")
    compose_seeds(SEEDS, own, tmp_path / "seeds")
    rules = tmp_path / "seeds" / "rules"
    assert (rules / "funnel_steps.csv").read_text().endswith("mql,sql,5\n")
    stages = (SEEDS / "rules" / "lifecycle_stages.csv").read_bytes()
    assert (rules / "lifecycle_stages.csv").read_bytes() == stages
    assert not (rules / "README.md").exists()


def test_a_changed_rule_changes_the_digest_and_nothing_else_does(tmp_path: Path) -> None:
    compose_seeds(SEEDS, None, tmp_path / "seeds")
    assert rules_digest(tmp_path / "seeds") == rules_digest(SEEDS)
    (tmp_path / "seeds" / "reference" / "mart_inputs.csv").write_text("x\n")
    assert rules_digest(tmp_path / "seeds") == rules_digest(SEEDS)
    with (tmp_path / "seeds" / "rules" / "funnel_steps.csv").open("a") as file:
        file.write("lead,sal,9\n")
    assert rules_digest(tmp_path / "seeds") != rules_digest(SEEDS)


@pytest.mark.parametrize(
    ("name", "header", "message"),
    [
        ("funnel_stps.csv", "x", r"did you mean 'funnel_steps\.csv'"),
        (
            "funnel_steps.csv",
            "from_stage,to_stage",
            "columns must be from_stage,to_stage,window_days",
        ),
        ("funnel_steps.csv", "", "columns must be"),
    ],
)
def test_a_file_that_replaces_no_rule_is_refused(
    tmp_path: Path, name: str, header: str, message: str
) -> None:
    (tmp_path / name).write_text(f"{header}\n")
    with pytest.raises(UserError, match=message):
        own_rules(SEEDS / "rules", tmp_path)


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("funnel_steps", "mql,customer,ninety", r":2: window_days 'ninety' is not a whole number"),
        ("funnel_steps", "mql,customer,5.5", r":2: window_days '5\.5' is not a whole number"),
        ("funnel_steps", "mql,customer", r":2: 2 values for 3 columns"),
        ("funnel_observations", "crm,mql,01/02/2026,", r":2: observed_from .* is not a date"),
        ("funnel_observations", "crm,mql,20260201,", r":2: observed_from .* is not a date"),
        (
            "reporting",
            "Europe/Pariss",
            r":2: time_zone .* is not known; did you mean 'Europe/Paris'",
        ),
        ("lifecycle_stages", "lead,1,1,no,false,a,b", r":2: is_final 'no' is not true or false"),
    ],
)
def test_a_row_that_does_not_fit_is_told_by_line(
    tmp_path: Path, name: str, row: str, message: str
) -> None:
    header = (SEEDS / "rules" / f"{name}.csv").read_text().splitlines()[0]
    (tmp_path / f"{name}.csv").write_text(f"{header}\n{row}\n")
    with pytest.raises(UserError, match=message):
        own_rules(SEEDS / "rules", tmp_path)


def test_the_default_rules_fit_themselves(tmp_path: Path) -> None:
    rules = SEEDS / "rules"
    assert set(declared_types(rules)) == {path.stem for path in rules.glob("*.csv")}
    assert len(own_rules(rules, rules)) == len(declared_types(rules))


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        own_rules(SEEDS / "rules", tmp_path / "nowhere")


def test_the_project_of_a_run_keeps_what_dbt_parsed_and_takes_what_changed(tmp_path: Path) -> None:
    target = tmp_path / "project"
    compose_project(target, None)
    (target / "target").mkdir()
    (target / "target" / "partial_parse.msgpack").write_text("parsed")
    (target / "models" / "stray.sql").write_text("select 1")
    compose_project(target, None)
    assert (target / "target" / "partial_parse.msgpack").read_text() == "parsed"
    assert not (target / "models" / "stray.sql").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project"]


def test_refused_rules_leave_the_project_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "project"
    compose_project(target, None)
    own = tmp_path / "own"
    own.mkdir()
    (own / "nonsense.csv").write_text("a\n")
    with pytest.raises(UserError):
        compose_project(target, own)
    assert (target / "dbt_project.yml").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own", "project"]
