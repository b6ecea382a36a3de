"""A late and incomplete delivery on the real pipeline: let through, replayed, and built anew."""

import csv
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.refresh.report import RefreshReport
from lead_warehouse.state.decisions import Decisions
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import STORIES, ask, refresh_state
from tests.console import run

NOW = {"LEAD_WAREHOUSE_NOW": "2027-03-01T08:00:00Z"}
LATER = {"LEAD_WAREHOUSE_NOW": "2027-03-02T08:00:00Z"}

DELIVERED = (
    "interaction_id,lead_id,interaction_type,occurred_at,depth\n"
    "n1,{lead},webinar,2011-04-05 10:00:00,\n"
    "n2,{lead},webinar,2026-02-03 10:00:00,n/a\n"
    "n3,{lead},webinar,2026-02-04 10:00:00,\x1b[31mred\n"
    "n4,{lead},webinar,2026-02-05 10:00:00,n/a\n"
)


@dataclass
class Played:
    """What each step left, for reading only."""

    state: Path
    folder: Path
    held: RefreshReport
    before: dict[str, set[tuple[Any, ...]]]
    after: dict[str, set[tuple[Any, ...]]]
    output: str
    published: str


def raw_rows(state: Path) -> dict[str, set[tuple[Any, ...]]]:
    tables = ask(
        state, "select table_name from information_schema.tables where table_schema = 'raw'"
    )
    return {name: set(ask(state, f"select * from raw.{name}")) for (name,) in tables}


@pytest.fixture(scope="module")
def played(published_stories: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    root = tmp_path_factory.mktemp("quarantine")
    state, folder = root / "state", root / "in"
    shutil.copytree(published_stories, state, symlinks=True)
    shutil.copytree(STORIES, folder)
    lead = ask(state, "select min(lead_id) from raw.leads")[0][0]
    (folder / "interactions.csv").write_text(DELIVERED.format(lead=lead))
    mapping = folder / "mapping.yml"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in NOW.items():
            patch.setenv(name, value)
        held = refresh_state(state, mapping, accept=("interactions.csv",))
    before = raw_rows(state)
    fixed = root / "fixed.yml"
    text = mapping.read_text()
    assert "depth: depth" in text
    fixed.write_text(text.replace("depth: depth", "depth: {column: depth, values: {'n/a': null}}"))
    shown = run(
        *("quarantine", "replay", "--state", state, "--mapping", fixed, "--folder", folder), **LATER
    )
    assert shown.returncode == 0, shown.stderr
    published = Generations(StateDirectory(state)).find(None)
    yield Played(state, folder, held, before, raw_rows(state), shown.stdout, published.digest)


def test_fault_16_a_small_file_lands_only_by_a_persons_word_which_is_recorded(
    played: Played,
) -> None:
    ((file, because),) = played.held.let_through
    assert (file.file_name, because[:20]) == ("interactions.csv", "4 records where 50 a")
    assert played.held.is_published
    decisions = Decisions(StateDirectory(played.state).control)
    assert decisions.accepted_files() == {("interactions", file.file_digest)}


def test_a_replay_brings_in_exactly_the_records_that_the_mapping_now_reads(
    played: Played,
) -> None:
    new = played.after["interactions"] - played.before["interactions"]
    assert {row[0] for row in new} == {"n2", "n4"}
    assert played.before["interactions"] < played.after["interactions"]
    gone = played.before["quarantined_rows"] - played.after["quarantined_rows"]
    assert len(gone) == 2
    assert played.after["quarantined_rows"] < played.before["quarantined_rows"]
    changed = {name for name, rows in played.before.items() if rows != played.after[name]}
    # The accounts of what landed, and what the run before was the first to show.
    assert changed - {"published_transitions"} == {
        *("interactions", "quarantined_rows", "landed_files", "landed_tables", "input_freshness"),
        # What this refresh itself is about.
        *("refresh_context", "new_files"),
    }


def test_replayed_records_are_known_since_their_file_was_received(played: Played) -> None:
    assert ask(
        played.state,
        "select distinct known_at::varchar, received_at::varchar, is_known_at_assumed "
        "from raw.interactions join raw.landed_files using (input_name, file_digest) "
        "where interaction_id in ('n1', 'n2', 'n4')",
    ) == [("2027-03-01 08:00:00", "2027-03-01 08:00:00", False)]


def test_a_replay_tells_what_came_in_and_what_did_not(played: Played) -> None:
    assert "2 of 3 records came in" in played.output
    assert "what became of them" in played.output
    assert "\x1b" not in played.output
    listed = run(*("quarantine", "list", "--status", "replayed", "--format", "csv"),
                 "--state", played.state)  # fmt: skip
    found = list(csv.DictReader(io.StringIO(listed.stdout)))
    assert [row["line"] for row in found] == ["3", "5"]
    assert {row["run_id"] for row in found} == {
        str(Generations(StateDirectory(played.state)).current_id())
    }


def test_a_record_is_shown_without_what_a_terminal_would_obey_and_raw_as_it_was(
    played: Played,
) -> None:
    listed = run("quarantine", "list", "--state", played.state, "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(listed))
    shown = run("quarantine", "show", row["id"], "--state", played.state)
    assert "\x1b" not in shown.stdout
    assert "\N{REPLACEMENT CHARACTER}[31mred" in shown.stdout
    assert "column_name    depth" in shown.stdout
    raw = run("quarantine", "show", row["id"], "--raw", "--state", played.state).stdout
    assert raw.startswith("n3,")
    assert raw.endswith(",\x1b[31mred")


def test_records_are_dismissed_and_mistakes_are_a_line(played: Played, tmp_path: Path) -> None:
    state = tmp_path / "state"
    shutil.copytree(played.state, state, symlinks=True)
    done = run("quarantine", "dismiss", "--input", "interactions", "--reason", "a test",
               "--state", state)  # fmt: skip
    assert (done.returncode, done.stdout[:19]) == (0, "1 record dismissed;")
    assert run("quarantine", "list", "--state", state).stdout == "no open record\n"
    assert "in quarantine" not in run("status", "--state", state).stdout
    for arguments, message in [
        (["dismiss", "ffff:2", "--reason", "x"], "no record ffff:2 is open"),
        (["dismiss", "--input", "interactons", "--reason", "x"], "did you mean 'interactions'?"),
        (["show", "nonsense"], "is no record; write it like"),
        (["replay", "--mapping", str(STORIES / "mapping.yml")], "no open record fits"),
    ]:
        wrong = run("quarantine", *arguments, "--state", state)
        assert wrong.returncode == 2, wrong.stdout
        assert message in wrong.stderr
        assert wrong.stderr.count("\n") == 1


def test_fault_30_late_events_are_flagged_and_equal_to_a_full_rebuild(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (late,) = played.held.late_files
    assert (late.file_name, late.records, late.earliest.year) == ("interactions.csv", 1, 2011)
    # What was received stays: archive, ledger and mapping; every generation goes.
    state = tmp_path / "state"
    ignore = shutil.ignore_patterns("generations", "current", "runs")
    shutil.copytree(played.state, state, symlinks=True, ignore=ignore)
    for name, value in LATER.items():
        monkeypatch.setenv(name, value)
    rebuilt = refresh_state(state, played.folder.parent / "fixed.yml", played.folder, audited=False)
    assert rebuilt.digest == played.published
    assert raw_rows(state)["interactions"] == played.after["interactions"]
    assert [one[2] for one in _late(state)] == [one[2] for one in _late(played.state)] != []


def _late(state: Path) -> list[tuple[Any, ...]]:
    return ask(
        state,
        "select file_name, earliest_event_at, late_record_count from raw.landed_files "
        "where late_record_count > 0",
    )


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_a_replay_that_would_take_anything_away_is_refused(
    played: Played, tmp_path: Path, dry_run: tuple[str, ...]
) -> None:
    text = (played.folder / "mapping.yml").read_text()
    partial, worse = tmp_path / "partial.yml", tmp_path / "worse.yml"
    start = text.index("  - name: interactions")
    end = text.find("  - name: ", start + 1)
    partial.write_text(text[:start] + (text[end:] if end >= 0 else ""))
    assert "occurred_at: occurred_at" in text
    worse.write_text(
        text.replace(
            "occurred_at: occurred_at", "occurred_at: {column: occurred_at, format: '%d/%m/%Y'}"
        )
    )
    before = raw_rows(played.state)
    for mapping, message in [
        (
            partial,
            "error: the mapping leaves out input interactions, whose rows would be withdrawn",
        ),
        (worse, "error: the mapping would take away accepted records: "),
    ]:
        refused = run(
            *("quarantine", "replay", *dry_run),
            *("--state", str(played.state), "--mapping", str(mapping)),
            *("--folder", str(played.folder)),
            **LATER,
        )
        assert refused.returncode == 2, refused.stdout
        assert refused.stderr.startswith(message)
        assert f"`lead-warehouse refresh --mapping {mapping}`" in refused.stderr
        assert refused.stderr.count("\n") == 1
    assert "of input interactions (as interactions" in refused.stderr
    assert Generations(StateDirectory(played.state)).find(None).digest == played.published
    assert raw_rows(played.state) == before
