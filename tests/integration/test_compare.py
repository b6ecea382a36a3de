"""Scores by other rules beside those that readers see, who notice nothing of it."""

import csv
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import UserError
from tests.conftest import ask
from tests.console import run

SHIPPED = PROJECT_DIR / "seeds" / "rules"


@pytest.fixture
def change_rule(tmp_path: Path) -> Callable[..., Path]:
    def change(file: str, before: str, after: str) -> Path:
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        text = (SHIPPED / file).read_text()
        assert text.count(before) == 1
        (folder / file).write_text(text.replace(before, after))
        return folder

    return change


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where comparisons are made."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def files(state: Path) -> dict[str, str]:
    return {
        str(path.relative_to(state)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(state.rglob("*"))
        if path.is_file()
    }


def compare(state: Path, rules: Path, *options: str) -> list[dict[str, str]]:
    ended = run(
        "scores", "compare", "--state", state, "--rules", rules, "--format", "csv", *options
    )
    assert ended.returncode == 0, ended.stderr
    return list(csv.DictReader(io.StringIO(ended.stdout)))


def test_a_half_life_changes_the_intents_it_decays_and_no_fit(
    published_stories: Path, change_rule: Callable[..., Path], scratch: Path
) -> None:
    before = files(published_stories)
    rules = change_rule("signal_groups.csv", "web,7,20,", "web,14,20,")
    asked = ("--state", published_stories, "--rules", rules)
    ended = run("scores", "compare", *asked, "--format", "json", "--all")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    leads = {row["lead_id"]: row for row in found["leads"]}
    assert len(leads) == found["summary"]["leads"] == sum(one["leads"] for one in found["grades"])
    concerned = {
        lead
        for (lead,) in ask(
            published_stories,
            "select distinct lead_id from marts.fct_score_contributions "
            "where rule_group = 'web' and kind = 'signal' and points > 1e-6 "
            "and occurred_at < (select as_of from raw.refresh_context)",
        )
    }
    assert concerned
    for lead, row in leads.items():
        assert row["fit_difference"] == 0
        assert row["fit_score"] == row["other_fit_score"]
        assert (row["intent_difference"] > 0) == (lead in concerned), row
    assert found["summary"]["fit_changed"] == 0
    assert found["summary"]["intent_changed"] == len(concerned)
    assert files(published_stories) == before
    assert list(scratch.iterdir()) == []


def test_a_criterion_changes_no_intent_also_at_another_instant(
    published_stories: Path, change_rule: Callable[..., Path], scratch: Path
) -> None:
    rules = change_rule(
        "icp_criteria.csv",
        "employees_50_to_500,size,employee_count,between,50..500,20,",
        "employees_50_to_500,size,employee_count,between,50..200,20,",
    )
    found = compare(published_stories, rules, "--at", "2026-01-15T09:00")
    assert found
    assert {row["intent_difference"] for row in found} == {"0.000000000000"}
    saas = next(row for row in found if row["lead_id"] == "saas")
    assert Decimal(saas["fit_difference"]) == -20
    assert (saas["grade"], saas["other_grade"]) == ("A2", "B2")
    assert f"{Decimal(saas['intent_score']):.3f}" == "59.975"
    assert list(scratch.iterdir()) == []


def test_the_rules_in_force_differ_in_nothing_and_build_nothing_whole(
    published_stories: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "same"
    rules.mkdir()
    (rules / "signals.csv").write_text((SHIPPED / "signals.csv").read_text())
    assert compare(published_stories, rules) == []
    ended = run("scores", "compare", "--state", published_stories, "--rules", rules)
    assert "fit differs for 0, intent for 0, grade for 0, stage for 0" in ended.stdout
    assert "built anew for it" not in ended.stdout
    assert "leads by grade" in ended.stdout
    assert "leads that differ most" not in ended.stdout


def test_bad_rules_and_instants_are_refused_before_anything_is_copied(
    published_stories: Path,
    change_rule: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    scratch: Path,
) -> None:
    def copied(*_: Any) -> None:
        raise AssertionError("nothing may be copied")

    monkeypatch.setattr("shutil.copyfile", copied)
    rules = change_rule("signal_groups.csv", "web,7,20,", "web,0,20,")
    for options, said in (
        (("--rules", rules), "signal_groups.csv:2"),
        (("--rules", rules / "none"), "none"),
        (("--at", "2126-01-01"), "--at: 2126-01-01 00:00:00 lies after"),
    ):
        ended = run("scores", "compare", "--state", published_stories, *options)
        assert (ended.returncode, ended.stdout) == (UserError.exit_code, "")
        assert said in ended.stderr
        assert ended.stderr.count("\n") == 1
    assert list(scratch.iterdir()) == []


def test_a_change_that_passes_a_limit_ends_with_3_and_is_kept(
    published_stories: Path, change_rule: Callable[..., Path], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    shutil.copytree(published_stories, state, symlinks=True)
    rules = change_rule("mql_thresholds.csv", "saas_mid_market,60,40,", "saas_mid_market,60,95,")
    ended = run("compare", "--state", state, "--rules", rules, "--names")
    assert ended.returncode == 3, ended.stderr
    assert "Changed: `mql_thresholds`." in ended.stdout
    assert "limit passed: change of MQLs a week" in ended.stderr
    assert "| saas |" not in ended.stdout.split("### Leads that enter or leave MQL")[0]
    [kept] = (state / "comparisons").glob("*.parquet")
    assert kept.stat().st_size > 0
    same = run("compare", "--state", state, "--rules", tmp_path / "scratch", "--no-keep")
    assert same.returncode == 0, same.stderr
    assert "Changed: nothing." in same.stdout
    assert len(list((state / "comparisons").iterdir())) == 1
