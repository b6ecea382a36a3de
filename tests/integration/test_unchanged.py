"""Refreshes that find nothing new end early, and whatever is new is built; light refreshes but for
the last, which goes through dbt and the checker."""

import csv
import json
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse import PROJECT_DIR, doctor
from lead_warehouse.clock import FROZEN_CLOCK
from lead_warehouse.errors import RunRejected
from lead_warehouse.failpoints import FAILPOINT
from lead_warehouse.quarantine.dismiss import dismiss
from lead_warehouse.quarantine.records import Wanted
from lead_warehouse.quarantine.replay import replay, select
from lead_warehouse.refresh import pipeline
from lead_warehouse.refresh.past_runs import find_run
from lead_warehouse.refresh.pipeline import RefreshOptions
from lead_warehouse.refresh.premises import CHANGED, KEY
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.report import RefreshReport, forget_old_runs
from lead_warehouse.refresh.rollback import release, roll_back
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.generations import MANIFEST_FILE, Generations
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.status import as_json, read_status
from tests.conftest import STORIES, ask, refresh_state
from tests.console import run
from tests.killed import in_fork
from tests.light import MAPPING, deliver, light_refresh, light_steps


@pytest.fixture
def settled(root: Path, lead_files: Path) -> Path:
    """A state whose published generation has landed all that readers were shown."""
    with light_steps():
        told = light_refresh(root, lead_files)
    # What readers were shown first landed with this refresh, so it is none without news.
    assert (told.state, told.built_because) == ("published", [CHANGED["landed"]])
    return root


def refreshed(root: Path, exports: Path, **options: Any) -> RefreshReport:
    with light_steps():
        return light_refresh(root, exports, **options)


def generations(root: Path) -> list[str]:
    return [one.run_id for one in Generations(StateDirectory(root)).all()]


def test_fault_27_the_same_files_again_leave_what_is_published_standing(
    settled: Path, lead_files: Path
) -> None:
    state = StateDirectory(settled)
    before, published = generations(settled), Generations(state).find(None)
    publications = sorted(state.publications.iterdir())
    for _ in range(2):
        report = refreshed(settled, lead_files)
        assert (report.state, report.is_published) == ("unchanged", False)
        assert (report.stands, report.built_because) == (published.run_id, [])
        assert (report.digest, report.database) == (published.digest, published.database)
    assert set(report.seconds) == {"land", "gate"}
    assert generations(settled) == before
    assert Generations(state).current_id() == published.run_id
    assert sorted(state.publications.iterdir()) == publications
    assert not state.building.parent.exists()
    assert [one for one in doctor.examine(state) if one.is_wrong] == []


def test_report_ledger_and_journal_say_so(settled: Path, lead_files: Path) -> None:
    report = refreshed(settled, lead_files)
    told = find_run(StateDirectory(settled), "last")
    assert [name for name, _ in told.states] == ["planned", "locked", "landed", "unchanged"]
    assert told.run.message == f"nothing new; {report.stands} stands, as of 2026-01-01 00:00:00"
    assert told.report is not None and told.text is not None
    assert told.report["state"] == "unchanged" and told.report["stands"] == report.stands
    assert f"# Run {report.run_id}: unchanged" in told.text
    assert f"- nothing new, stands: {report.stands}" in told.text
    log = (settled / "runs" / report.run_id / "log.jsonl").read_text()
    events = [json.loads(line) for line in log.splitlines()]
    assert [one["build"] for one in events if one["event"] == "decided"] == [[]]
    assert events[-1]["event"] == "ended" and events[-1]["state"] == "unchanged"
    built = find_run(StateDirectory(settled), str(report.stands))
    assert built.text is not None and f"- built because: {CHANGED['landed']}" in built.text


def test_the_status_tells_when_data_were_last_checked(
    settled: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateDirectory(settled)
    published = read_status(state)
    assert published.checked is None
    assert as_json(published)["published"]["checked_at"] == published.published_at
    assert published.published_at is not None
    clock = published.published_at + timedelta(hours=9)
    monkeypatch.setenv(FROZEN_CLOCK, clock.isoformat())
    report = refreshed(settled, lead_files)
    status = read_status(state)
    assert status.checked == (report.run_id, clock)
    assert [(one.code, one.needs_person) for one in status.standings] == [("unchanged", False)]
    assert report.run_id in status.standings[0].sentence
    told = as_json(status)["published"]
    assert told["run_id"] == report.stands
    assert (told["checked_at"], told["checked_age_seconds"]) == (clock, 0)
    assert told["age_seconds"] >= 9 * 3600 - 1
    with monkeypatch.context() as patch:
        patch.setattr("lead_warehouse.status._warnings", lambda *_: [])
        printed = run("status", "--check", "--state", settled)
    assert printed.returncode == 0
    assert f"checked     {report.run_id}, nothing new, 0 min ago" in printed.stdout
    # Of what a refresh with news publishes, nothing was checked yet.
    deliver(lead_files, "3", {"c": "c@x.fr"})
    refreshed(settled, lead_files)
    assert read_status(state).checked is None


def add_a_file(root: Path, exports: Path) -> None:
    deliver(exports, "3", {"c": "c@x.fr"})


def hold_a_file(root: Path, exports: Path) -> None:
    (exports / "leads_3.csv").write_text("name\nx\n")


def map_otherwise(root: Path, exports: Path) -> None:
    (exports / "mapping.yml").write_text(MAPPING.replace("          email: email\n", ""))


def forget_the_premises(root: Path, exports: Path) -> None:
    file = root / "current" / MANIFEST_FILE
    manifest = json.loads(file.read_text())
    del manifest[KEY]
    file.chmod(0o644)
    file.write_text(json.dumps(manifest))


def damage(root: Path, exports: Path) -> None:
    database = root / "current" / "warehouse.duckdb"
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 0x10
    database.chmod(0o644)
    database.write_bytes(content)
    database.chmod(0o444)


def change_a_model(root: Path, exports: Path) -> None:
    model = root / "project" / "models" / "marts" / "dim_leads.sql"
    model.parent.mkdir(parents=True)
    model.write_text("select 1")


def change_a_rule(root: Path, exports: Path) -> None:
    rules = root / "project" / "seeds" / "rules" / "signals.csv"
    rules.parent.mkdir(parents=True)
    rules.write_text("points\n1\n")


@pytest.mark.parametrize(
    ("news", "options", "because"),
    [
        (add_a_file, {}, CHANGED["landed"]),
        (hold_a_file, {}, CHANGED["landed"]),
        (map_otherwise, {}, CHANGED["mapping"]),
        (change_a_model, {}, CHANGED["models"]),
        (change_a_rule, {}, CHANGED["rules"]),
        (None, {"as_of": "now"}, CHANGED["instant"]),
        (None, {"accept_changes": ("marts.dim_leads",)}, "changes were let through"),
        (None, {"full_refresh": True}, "a full refresh was asked for"),
        (damage, {}, "what readers see could not be built upon"),
        (forget_the_premises, {}, "does not say what it was built from"),
    ],
)
def test_whatever_is_new_or_in_doubt_is_built_and_then_stands(
    settled: Path,
    lead_files: Path,
    news: Callable[[Path, Path], None] | None,
    options: dict[str, Any],
    because: str,
) -> None:
    assert refreshed(settled, lead_files).state == "unchanged"
    before = generations(settled)
    if news:
        news(settled, lead_files)
    report = refreshed(settled, lead_files, **options)
    assert report.is_published and any(because in one for one in report.built_because)
    assert report.run_id not in before
    assert Generations(StateDirectory(settled)).current_id() == report.run_id
    # Readers were told something first, or nothing; either way it settles.
    refreshed(settled, lead_files)
    again = refreshed(settled, lead_files)
    assert again.state == "unchanged"


def test_now_is_always_another_instant(settled: Path, lead_files: Path) -> None:
    assert refreshed(settled, lead_files, as_of="now").is_published
    assert refreshed(settled, lead_files, as_of="now").is_published


def test_a_source_that_becomes_stale_is_told_and_shown_once(
    settled: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = lead_files / "mapping.yml"
    limits = "warn_after: {count: 1, period: hour}, error_after: {count: 5, period: hour}"
    mapping.write_text(MAPPING.replace("    files:", f"    freshness: {{{limits}}}\n    files:"))
    state = StateDirectory(settled)
    refreshed(settled, lead_files)
    assert refreshed(settled, lead_files).state == "unchanged"
    ((last,),) = ask(settled, "select last_delivered_at from raw.input_freshness")

    def at(hours: int) -> RefreshReport:
        monkeypatch.setenv(FROZEN_CLOCK, (last + timedelta(hours=hours)).isoformat())
        return refreshed(settled, lead_files)

    for hours, status, is_published in [
        (2, "warn", True),
        (3, "warn", False),
        (6, "error", True),
        (7, "error", False),
    ]:
        report = at(hours)
        assert report.is_published is is_published
        assert [
            (one.status, f"{hours} hours ago" in str(one.message)) for one in report.freshness
        ] == [(status, True)]
        assert ask(settled, "select status from raw.input_freshness") == [(status,)]
        assert read_status(state).checked_at == last + timedelta(hours=hours)


def test_a_decision_on_a_record_is_news(settled: Path, lead_files: Path) -> None:
    (lead_files / "leads_3.csv").write_text("id,email,made\nc,c@x.fr,soon\n")
    refreshed(settled, lead_files)
    assert refreshed(settled, lead_files).state == "unchanged"
    assert len(dismiss(StateDirectory(settled), Wanted(input_name="leads"), "a test")) == 1
    report = refreshed(settled, lead_files)
    assert (report.is_published, report.built_because) == (True, [CHANGED["landed"]])
    assert ask(settled, "select status from raw.quarantined_rows") == [("dismissed",)]
    assert refreshed(settled, lead_files).state == "unchanged"


def test_a_record_that_a_corrected_mapping_brings_in_is_news(
    settled: Path, lead_files: Path
) -> None:
    (lead_files / "leads_3.csv").write_text("id,email,made\nc,c@x.fr,soon\n")
    refreshed(settled, lead_files)
    assert refreshed(settled, lead_files).state == "unchanged"
    mapping = lead_files / "mapping.yml"
    mapping.write_text(MAPPING.replace("    files:", "    empty_values: [soon]\n    files:"))
    report = refreshed(settled, lead_files)
    assert (report.is_published, report.replayed) == (True, 1)
    assert CHANGED["landed"] in report.built_because
    assert ("c",) in ask(settled, "select lead_id from marts.dim_leads")


def test_a_replay_with_the_same_mapping_tells_of_what_stands(
    settled: Path, lead_files: Path
) -> None:
    (lead_files / "leads_3.csv").write_text("id,email,made\nc,c@x.fr,soon\n")
    refreshed(settled, lead_files)
    state, mapping = StateDirectory(settled), lead_files / "mapping.yml"
    selected = select(state, mapping, Wanted(input_name="leads"))
    with light_steps():
        asked = RefreshOptions(state, mapping, lead_files)
        report, told = replay(asked, selected, lambda step, detail: None)
    assert report.stands == Generations(state).current_id()
    assert [one.became for one in told.asked] == ["in quarantine"] and not told.is_trial


def test_while_publishing_is_on_hold_everything_is_built(settled: Path, lead_files: Path) -> None:
    state = StateDirectory(settled)
    target = Generations(state).current_id()
    deliver(lead_files, "3", {"c": "c@x.fr"})
    refreshed(settled, lead_files)
    roll_back(state, None)
    (lead_files / "leads_3.csv").unlink()
    report = refreshed(settled, lead_files)
    assert (report.state, "publishing is on hold" in report.built_because) == ("kept", True)
    assert Generations(state).current_id() == target
    # Nothing of it is taken for a check of what readers see now.
    assert read_status(state).checked is None
    release(state)
    assert refreshed(settled, lead_files).state in ("published", "unchanged")


def test_what_a_check_rejects_is_rejected_though_nothing_is_new(
    settled: Path, lead_files: Path
) -> None:
    with light_steps(reject=True), pytest.raises(RunRejected):
        light_refresh(settled, lead_files)
    assert read_status(StateDirectory(settled)).standings[0].code == "rejected"
    # Another run that finds nothing new: nothing waits for a person any more.
    assert refreshed(settled, lead_files).state == "unchanged"
    assert not read_status(StateDirectory(settled)).needs_person


def test_runs_without_news_cost_no_generation_its_logs(
    settled: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        pipeline, "forget_old_runs", lambda runs, spare: forget_old_runs(runs, 2, spare)
    )
    made = set(generations(settled))
    for _ in range(4):
        report = refreshed(settled, lead_files)
    left = {path.name for path in (settled / "runs").iterdir()}
    assert made <= left and report.run_id in left
    assert len(left - made) == 2


def commands(root: Path, exports: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Any:
    """What dbt was asked to build in a refresh."""
    asked: list[list[str]] = []
    built = pipeline._Run._build

    def build(run: pipeline._Run, command: list[str]) -> None:
        asked.append(command)
        built(run, command)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline._Run, "_build", build)
        refreshed(root, exports, **options)
    return asked


def test_seeds_and_views_are_made_again_only_for_another_project(
    root: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(**options: Any) -> Any:
        return commands(root, lead_files, monkeypatch, **options)

    assert asked() == [pipeline.REBUILD_COMMAND]
    assert asked() == []
    assert asked(full_refresh=True) == [pipeline.BUILD_COMMAND]
    deliver(lead_files, "b", {"l9": "i@example.com"})
    assert asked() == [pipeline.REBUILD_COMMAND]
    (StateDirectory(root).project / "seeds").mkdir(parents=True, exist_ok=True)
    (StateDirectory(root).project / "seeds" / "signals.csv").write_text("another\n")
    assert asked() == [pipeline.BUILD_COMMAND]
    for generation in Generations(StateDirectory(root)).all():
        generation.database.chmod(0o644)
        generation.database.write_bytes(b"damaged")
    assert asked() == [pipeline.BUILD_COMMAND]


@pytest.mark.parametrize("point", ["landed", "before_end", "ended"])
def test_fault_3_killed_as_it_ends_readers_keep_what_they_had(
    settled: Path, lead_files: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    before = generations(settled)
    with monkeypatch.context() as patch:
        patch.setenv(FAILPOINT, point)
        assert in_fork(lambda: refreshed(settled, lead_files).state) == -signal.SIGKILL
    ledger = ControlLedger(StateDirectory(settled).control)
    killed = ledger.runs()[0]
    assert killed.state == ("unchanged" if point == "ended" else "landed")
    told: Path = settled / "told.json"
    assert in_fork(lambda: refreshed(settled, lead_files).state, told) == 0
    assert json.loads(told.read_text()) == "unchanged"
    states = {one.run_id: one.state for one in ledger.runs()}
    assert states[killed.run_id] == ("unchanged" if point == "ended" else "abandoned")
    assert generations(settled) == before
    assert not StateDirectory(settled).building.parent.exists()


def built_because(state: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> list[str]:
    """Why a real refresh would build; it stops there, so that the next one starts where it did."""

    class Decided(Exception):
        pass

    def stop(*_: object) -> None:
        raise Decided

    with monkeypatch.context() as patch:
        patch.setattr(pipeline._Run, "_go_on", stop)
        with pytest.raises(Decided):
            refresh_state(state, STORIES / "mapping.yml", **options)
    report = find_run(StateDirectory(state), "last").report
    assert report is not None and report["state"] == "failed"
    told: list[str] = report["built_because"]
    return told


def built(state: Path, run_id: str) -> set[str]:
    """Models and seeds that a run has made."""
    ((results),) = StateDirectory(state).run(run_id).glob("dbt_*_results.json")
    made = [one["unique_id"].split(".") for one in json.loads(results.read_text())["results"]]
    return {name for kind, _, name, *_ in made if kind in ("model", "seed")}


def test_the_whole_pipeline_ends_early_and_builds_for_a_rule_or_a_model(
    stories_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = refresh_state(stories_state, STORIES / "mapping.yml", audited=False)
    assert first.is_published and first.built_because == [CHANGED["landed"]]
    # Seeds and views of the copied base are as they would be made again.
    made = built(stories_state, first.run_id)
    tables = ask(
        stories_state,
        "select table_name from duckdb_tables() "
        "where schema_name in ('staging', 'intermediate', 'marts', 'exports')",
    )
    assert made == {name for (name,) in tables} | {"int_interactions_traced"}
    arguments = ("--state", stories_state, "--mapping", STORIES / "mapping.yml")
    ended = run("refresh", *arguments)
    assert ended.returncode == 0, ended.stderr
    as_of = ask(stories_state, "select as_of from raw.refresh_context")[0][0]
    assert (
        f"\nnothing new: {first.run_id} stands, as of {as_of}; no model was built" in ended.stdout
    )
    assert "building models" not in ended.stdout
    assert Generations(StateDirectory(stories_state)).current_id() == first.run_id
    told = run("status", "--state", stories_state).stdout
    assert f"published   {first.run_id}, as of {as_of}" in told and ", nothing new, " in told
    rules = tmp_path / "rules"
    rules.mkdir()
    with (PROJECT_DIR / "seeds/rules/funnel_steps.csv").open(newline="") as file:
        header, row, *rows = list(csv.reader(file))
    row[-1] = str(int(row[-1]) + 1)
    with (rules / "funnel_steps.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, row, *rows])
    assert built_because(stories_state, monkeypatch, rules_dir=rules) == [CHANGED["rules"]]

    def with_another_model(target: Path, rules_dir: Path | None) -> str:
        digest = compose_project(target, rules_dir)
        model = target / "models" / "marts" / "leads" / "dim_leads.sql"
        model.write_text(f"{model.read_text()}\n")
        return digest

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "compose_project", with_another_model)
        assert built_because(stories_state, monkeypatch) == [CHANGED["models"]]
    assert built_because(stories_state, monkeypatch, as_of="now") == [CHANGED["instant"]]
    again = refresh_state(stories_state, STORIES / "mapping.yml")
    assert (again.state, again.stands) == ("unchanged", first.run_id)
    assert again.checks.keys() == {"raw_gate"}
    whole = refresh_state(stories_state, STORIES / "mapping.yml", audited=False, full_refresh=True)
    assert {"stg_files__leads", "signals"} < built(stories_state, whole.run_id) - made
    assert whole.digest == first.digest
