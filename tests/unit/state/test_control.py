from datetime import datetime
from pathlib import Path

from lead_warehouse.state.control import ControlLedger, ReceivedInput

AT = datetime(2026, 1, 1, 9)


def test_a_run_and_its_states_are_recorded(tmp_path: Path) -> None:
    ledger = ControlLedger(tmp_path / "control.sqlite")
    assert ledger.runs() == []
    ledger.plan("a")
    ledger.move("a", "locked")
    ledger.move("a", "landed", as_of=AT)
    ledger.move("a", "failed", "it broke")
    [run] = ledger.runs()
    assert (run.run_id, run.state, run.as_of, run.message) == ("a", "failed", AT, "it broke")
    assert [state for state, _ in ledger.states_of("a")] == [
        "planned",
        "locked",
        "landed",
        "failed",
    ]


def test_publishing_records_inputs_and_the_first_reception_stays(tmp_path: Path) -> None:
    ledger = ControlLedger(tmp_path / "control.sqlite")
    first = ReceivedInput("crm", "digest", "a.csv", AT)
    for run_id, received_at in (("a", AT), ("b", datetime(2026, 2, 1))):
        ledger.plan(run_id)
        ledger.publish(run_id, [ReceivedInput("crm", "digest", "a.csv", received_at)])
    assert ledger.received_inputs() == [first]
    assert [run.run_id for run in ledger.runs()] == ["b", "a"]
    assert {run.state for run in ledger.runs()} == {"published"}


def test_only_runs_since_readers_were_pointed_to_a_generation_have_checked_it(
    tmp_path: Path,
) -> None:
    ledger = ControlLedger(tmp_path / "control.sqlite")
    assert ledger.last_unchanged("a") is None
    for run_id in ("a", "b", "c", "d"):
        ledger.plan(run_id)
    ledger.publish("a", [])
    assert ledger.last_unchanged("a") is None
    ledger.move("b", "unchanged", "nothing new")
    ledger.move("c", "unchanged", "nothing new")
    ledger.move("d", "failed", "it broke")
    checked = ledger.last_unchanged("a")
    assert checked is not None and checked[0] == "c"
    assert ledger.last_unchanged("b") is None
    ledger.plan("e")
    ledger.publish("e", [])
    assert ledger.last_unchanged("e") is None
    # Returned to by a rollback: what was checked before was checked against other files.
    ledger.move("a", "published", "published again")
    assert ledger.last_unchanged("a") is None


def test_a_run_that_readers_see_no_longer_says_why_they_did_not(tmp_path: Path) -> None:
    ledger = ControlLedger(tmp_path / "control.sqlite")
    ledger.plan("a")
    ledger.move("a", "kept", "good, and not published: publishing is on hold")
    ledger.publish("a", [])
    [run] = ledger.runs()
    assert (run.state, run.message) == ("published", None)
