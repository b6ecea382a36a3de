"""What a rule change changes, what the past looks like, and what readers were told first."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.clock import FROZEN_CLOCK
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import STORIES, ask, refresh_state
from tests.console import run

SCORES = (
    "select lead_id, profile, fit_score, intent_score, intent_points, grade, temperature, "
    "priority, recency_days, frequency_count from marts.fct_lead_scores"
)
CONTRIBUTIONS = (
    "select contribution_id, undecayed_points, points, score_points "
    "from marts.fct_score_contributions"
)
TRANSITIONS = (
    "select basis, lead_id, to_stage, passage_number, transitioned_at "
    "from marts.fct_lifecycle_transitions"
)


@pytest.fixture
def change_rule(tmp_path: Path) -> Callable[..., Path]:
    """Rules of one's own in which one cell differs from the shipped ones."""

    def change(file: str, before: str, after: str) -> Path:
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        text = (PROJECT_DIR / "seeds" / "rules" / file).read_text()
        assert text.count(before) == 1
        (folder / file).write_text(text.replace(before, after))
        return folder

    return change


def by_key(state: Path, sql: str, keys: int = 1) -> dict[Any, Any]:
    return {row[:keys]: row[keys:] for row in ask(state, sql)}


def test_a_changed_cell_changes_exactly_what_it_should(
    stories_state: Path, change_rule: Callable[..., Path]
) -> None:
    """In a copied generation, 5 -> 5.5 must give 5.5 and touch nothing else."""
    before = [by_key(stories_state, sql) for sql in (SCORES, CONTRIBUTIONS)]
    stages = by_key(stories_state, TRANSITIONS, 4)
    rules = change_rule("signals.csv", "pricing_page,web,5,", "pricing_page,web,5.5,")
    report = refresh_state(stories_state, STORIES / "mapping.yml", rules_dir=rules, audited=False)
    # What follows from a changed rule is built whole, and says so.
    whole = {one.table: one.because for one in report.built_whole}
    because = whole["int_intent_states_historized"]
    assert because.startswith("rules or models changed: ")
    assert "intent" in because
    assert "int_interactions_repeated" not in whole
    told = run("runs", "show", "--state", stories_state).stdout
    assert "## Kept tables built whole" in told
    assert f"| int_intent_states_historized | {because} |" in told
    after = [by_key(stories_state, sql) for sql in (SCORES, CONTRIBUTIONS)]
    changed = {key for key in before[0] if before[0][key] != after[0][key]}
    assert changed == {("reads_prices",)}
    assert before[0].keys() == after[0].keys()
    [row] = [key for key in before[1] if before[1][key] != after[1][key]]
    assert (before[1][row][0], after[1][row][0]) == (5, pytest.approx(5.5))
    assert before[1].keys() == after[1].keys()
    assert by_key(stories_state, TRANSITIONS, 4) == stages
    [grown] = ask(
        stories_state,
        "select points, typeof(points) from seeds.signals where interaction_type = 'pricing_page'",
    )
    assert (str(grown[0]), grown[1]) == ("5.500000", "DECIMAL(18,6)")


def test_what_readers_were_told_first_stays_beside_what_new_rules_say(
    stories_state: Path, change_rule: Callable[..., Path]
) -> None:
    first = Generations(StateDirectory(stories_state)).find(None)
    assert ask(
        stories_state,
        "select count(*) from marts.fct_lifecycle_transitions where first_published_at is not null",
    ) == [(0,)]
    rules = change_rule("mql_thresholds.csv", "saas_mid_market,60,40,", "saas_mid_market,60,40.5,")
    refresh_state(stories_state, STORIES / "mapping.yml", rules_dir=rules, audited=False)
    # Three leads had reached 40 and no more: those passages are told no longer.
    withdrawn = ask(
        stories_state,
        "select lead_id, to_stage, first_published_transitioned_at, is_withdrawn "
        "from marts.rpt_restated_transitions where to_stage = 'mql' order by lead_id",
    )
    leads = ["fit_60", "fit_61", "moves_away", "profile_changes", "saas_equal"]
    assert withdrawn == [(lead, "mql", datetime(2026, 1, 6, 9), True) for lead in leads]
    [kept] = ask(
        stories_state,
        "select first_published_at, first_published_transitioned_at, transitioned_at "
        "from marts.fct_lifecycle_transitions "
        "where basis = 'rules' and lead_id = 'saas' and to_stage = 'mql'",
    )
    assert kept[1] == kept[2] == datetime(2026, 1, 15, 9)
    sealed_at = datetime.fromisoformat(first.manifest["sealed_at"])
    assert (kept[0] - sealed_at).total_seconds() < 60 and kept[0] >= sealed_at
    moved = ask(
        stories_state,
        "select lead_id, transitioned_at, first_published_transitioned_at "
        "from marts.rpt_restated_transitions where not is_withdrawn and to_stage = 'recycled' "
        "and lead_id = 'saas_equal'",
    )
    # Nurture now ends 30 days after it began; readers had been told of the one after the MQL.
    assert moved == [
        ("saas_equal", datetime(2026, 1, 31, 9), datetime(2026, 3, 22)),
    ]


def test_the_same_inputs_twice_give_the_same_digest(
    published_stories: Path, tmp_path: Path
) -> None:
    first = Generations(StateDirectory(published_stories)).find(None)
    elsewhere = refresh_state(tmp_path / "elsewhere", STORIES / "mapping.yml", audited=False)
    assert elsewhere.digest == first.digest


LATER = datetime(2026, 1, 20)


def split(source: Path, early: Path, late: Path, instant_column: str) -> None:
    """Rows by whether they were written before ``LATER``; shuffled ones among the later."""
    with source.open(newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        header = list(reader.fieldnames or [])
    for path, is_late in ((early, False), (late, True)):
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, header, lineterminator="\n")
            writer.writeheader()
            chosen = [
                row
                for row in rows
                if (datetime.fromisoformat(row[instant_column] or row["occurred_at"]) > LATER)
                == is_late
            ]
            writer.writerows(reversed(chosen) if is_late else chosen)


def test_an_as_of_rebuild_is_what_a_refresh_gave_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with events that came late: they had happened, and nobody knew."""
    exports, waiting = tmp_path / "exports", tmp_path / "waiting"
    exports.mkdir()
    waiting.mkdir()
    mapping = (STORIES / "mapping.yml").read_text()
    shutil.copyfile(STORIES / "leads_changed.csv", exports / "leads_changed.csv")
    for name, column in (
        ("leads", "created_at"),
        ("interactions", "occurred_at"),
        ("lead_stage_changes", "changed_at"),
        ("sales_activities", "created_at"),
        ("qualifications", "answered_at"),
        ("opportunities", "created_at"),
    ):
        split(STORIES / f"{name}.csv", exports / f"{name}_1.csv", waiting / f"{name}_2.csv", column)
        mapping = mapping.replace(f"files: {name}.csv", f"files: {name}_*.csv")
    # Two late events are no file that was cut off.
    mapping = mapping.replace("inputs:", "completeness: {min_share: 0}\ninputs:", 1)
    (exports / "mapping.yml").write_text(mapping)
    with (waiting / "interactions_3.csv").open("w") as file:
        file.write("interaction_id,lead_id,interaction_type,occurred_at,depth\n")
        file.write("late1,saas_silent,demo,2026-01-10 09:00:00,\n")
        file.write("late2,saas,pricing_page,2026-01-02 09:00:00,\n")
    state = tmp_path / "state"
    monkeypatch.setenv(FROZEN_CLOCK, LATER.isoformat())
    then = refresh_state(state, exports / "mapping.yml", as_of="now", audited=False)
    assert then.is_published
    monkeypatch.setenv(FROZEN_CLOCK, "2026-05-02T00:00:00")
    for path in waiting.iterdir():
        path.rename(exports / path.name)
    now = refresh_state(state, exports / "mapping.yml", audited=False)
    assert now.is_published
    late_mql = "where basis = 'rules' and lead_id = 'saas_silent' and to_stage = 'mql'"
    assert ask(state, f"select 1 from marts.fct_lifecycle_transitions {late_mql}") == [(1,)]
    rebuilt = refresh_state(state, exports / "mapping.yml", as_of=LATER.isoformat(), audited=False)
    assert rebuilt.state == "kept"
    digests = [
        json.loads((state / "generations" / one.run_id / "manifest.json").read_text())["tables"]
        for one in (then, rebuilt, now)
    ]
    # Counts what has landed, whatever the instant.
    for tables in digests:
        del tables["marts.rpt_mart_coverage"]
    assert digests[0] == digests[1] != digests[2]


def test_what_becomes_known_counts_from_then_and_never_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The company's country lands after the latest event; later events must not move the MQL."""
    exports, state = tmp_path / "exports", tmp_path / "state"
    exports.mkdir()
    mapping = (STORIES / "mapping.yml").read_text()
    for name in ("leads", "interactions"):
        mapping = mapping.replace(f"files: {name}.csv", f"files: {name}_*.csv")
    (exports / "mapping.yml").write_text(mapping)
    header, saas = (STORIES / "leads.csv").read_text().splitlines()[:2]
    (exports / "leads_1.csv").write_text(f"{header}\n{saas.replace(',DE,', ',,')}\n")

    def happened(number: int, lead: str, kind: str, at: str) -> None:
        (exports / f"interactions_{number}.csv").write_text(
            f"interaction_id,lead_id,interaction_type,occurred_at,depth\n{number},{lead},{kind},{at},\n"
        )

    def refreshed_at(clock: str) -> list[tuple[Any, ...]]:
        monkeypatch.setenv(FROZEN_CLOCK, clock)
        assert refresh_state(state, exports / "mapping.yml", audited=False).is_published
        return ask(
            state,
            "select transitioned_at, evidence from marts.fct_lifecycle_transitions "
            "where basis = 'rules' and to_stage = 'mql'",
        )

    happened(1, "saas", "demo", "2026-06-05 10:00:00")
    assert refreshed_at("2026-06-05T11:00:00") == []
    (exports / "leads_2.csv").write_text(f"{header}\n{saas}\n")
    happened(2, "saas", "pricing_page", "2026-06-05 12:30:00")
    assert refreshed_at("2026-06-05T13:00:00") == []
    assert ask(state, "select fit_score from marts.fct_lead_scores") == [(85,)]
    happened(3, "saas", "open", "2026-06-08 09:00:00")
    assert refreshed_at("2026-06-08T10:00:00") == [(datetime(2026, 6, 5, 13), "attribute")]
    assert ask(state, "select count(*) from marts.rpt_restated_transitions") == [(0,)]
