from pathlib import Path

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.rules import RulesError, compose_seeds, rules_digest

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


def test_the_project_of_a_run_keeps_what_dbt_parsed_and_takes_what_changed(tmp_path: Path) -> None:
    target = tmp_path / "project"
    compose_project(target, None)
    (target / "target").mkdir(exist_ok=True)  # it may be kept already
    (target / "target" / "partial_parse.msgpack").write_text("parsed")
    (target / "models" / "stray.sql").write_text("select 1")
    compose_project(target, None)
    assert (target / "target" / "partial_parse.msgpack").read_text() == "parsed"
    assert not (target / "models" / "stray.sql").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project"]


def test_refused_rules_leave_the_project_as_it_was_and_are_all_told(tmp_path: Path) -> None:
    target = tmp_path / "project"
    compose_project(target, None)
    own = tmp_path / "own"
    own.mkdir()
    (own / "nonsense.csv").write_text("a\n")
    (own / "reporting.csv").write_text("time_zone,currency_code\nMoon,EUR\n")
    with pytest.raises(RulesError) as error:
        compose_project(target, own)
    assert [line.split(": ")[0] for line in error.value.problems] == [
        f"{own}/nonsense.csv:1",
        f"{own}/reporting.csv:2",
    ]
    assert (target / "dbt_project.yml").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own", "project"]
