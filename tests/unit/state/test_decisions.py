import os
import pwd
import sqlite3
from pathlib import Path

import pytest

from lead_warehouse.errors import LeadWarehouseError
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.decisions import Decisions, RecordKey
from lead_warehouse.state.seen_files import SeenFiles

KEY: RecordKey = ("leads", "d1", 7)
OTHER: RecordKey = ("leads", "d1", 8)


def test_the_last_decision_counts_and_says_who_and_why(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path / "control.sqlite")
    assert decisions.of_records() == {}
    decisions.decide([KEY, OTHER], "dismissed", "a test record")
    decisions.decide([OTHER], "open", None)
    found = decisions.of_records()
    assert {key: one.verdict for key, one in found.items()} == {KEY: "dismissed", OTHER: "open"}
    assert found[KEY].reason == "a test record"
    assert found[KEY].by == pwd.getpwuid(os.getuid()).pw_name
    with sqlite3.connect(decisions.path) as connection:
        assert connection.execute("select count(*) from quarantine_decisions").fetchone() == (3,)


def test_who_decided_is_not_what_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody")
    monkeypatch.setenv("USER", "somebody")
    decisions = Decisions(tmp_path / "control.sqlite")
    decisions.decide([KEY], "dismissed", "x")
    assert decisions.of_records()[KEY].by == pwd.getpwuid(os.getuid()).pw_name


def test_files_let_through_are_known_by_input_and_content(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path / "control.sqlite")
    decisions.accept_file("leads", "d1", "leads.csv", "3 records where 9 are usual", "run")
    assert decisions.accepted_files() == {("leads", "d1")}


def test_a_replay_counts_once_its_run_is_published(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite"
    ledger, decisions = ControlLedger(path), Decisions(path)
    for run_id in ("died", "done"):
        ledger.plan(run_id)
        decisions.record_replayed(run_id, [(KEY, "leads.csv", "leads", "made", "not a date")])
    assert decisions.replayed() == []
    ledger.publish("done", [])
    # Published again after a rollback is the same replay.
    ledger.move("done", "published")
    (one,) = decisions.replayed()
    assert (one.key, one.run_id, one.reason) == (KEY, "done", "not a date")


def test_a_ledger_of_an_older_version_is_read_without_being_written(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite"
    ControlLedger(path).plan("a")
    before = path.read_bytes()
    assert Decisions(path).of_records() == {}
    assert Decisions(path).replayed() == []
    assert SeenFiles(path).of(tmp_path) == {}
    assert path.read_bytes() == before
    Decisions(path).decide([KEY], "dismissed", "x")
    assert [run.run_id for run in ControlLedger(path).runs()] == ["a"]


def test_a_damaged_ledger_is_told_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite"
    path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(LeadWarehouseError, match="cannot be read"):
        Decisions(path).of_records()
