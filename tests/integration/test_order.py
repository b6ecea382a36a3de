"""Files that come late and out of order, and a refresh that runs out of memory."""

import shutil
from pathlib import Path

import pytest
import yaml

from lead_warehouse import PROJECT_DIR
from lead_warehouse.clock import FROZEN_CLOCK
from lead_warehouse.errors import RunFailed
from lead_warehouse.memory import DEFAULT_MEMORY, MEMORY_VARIABLE
from lead_warehouse.refresh.build import NodeResult
from lead_warehouse.refresh.pipeline import _Run
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import STORIES, ask, refresh_state

LATE = ("interactions.csv", "leads_changed.csv", "sales_activities.csv")

WHEN_READERS_WERE_TOLD = {
    # A clock starts no earlier than readers could see the lead.
    "intermediate.int_sla_clocks_started",
    "intermediate.int_sla_clocks_stopped",
    "intermediate.int_sla_clocks_timed",
    "intermediate.int_handovers_owned",
    "intermediate.int_handovers_measured",
    "intermediate.int_queue_leads_ranked",
    "intermediate.int_queue_leads_owned",
    "intermediate.int_queue_places_counted",
    "intermediate.int_queue_leads_released",
    "intermediate.int_queue_leads_reassigned",
    "intermediate.int_queue_steps_scheduled",
    "intermediate.int_queue_reasons_worded",
    "marts.fct_handovers",
    "marts.fct_meetings",
    "marts.fct_sla_clocks",
    "marts.fct_work_queue",
    "marts.rpt_handover",
    "marts.rpt_meetings",
    "marts.rpt_response_times",
    "marts.rpt_sales_load",
    "marts.rpt_sla_attainment",
    "raw.published_transitions",
    "intermediate.int_transitions_published",
    "marts.fct_lifecycle_transitions",
    "marts.rpt_restated_transitions",
}
"""They keep what earlier refreshes showed, so they follow the refreshes and not the files alone."""


def test_fault_29_late_and_out_of_order_files_equal_one_load(
    published_stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = Generations(StateDirectory(published_stories)).find(None)
    ((received_at,),) = ask(published_stories, "select distinct received_at from raw.landed_files")
    monkeypatch.setenv(FROZEN_CLOCK, received_at.isoformat())
    exports = tmp_path / "exports"
    shutil.copytree(STORIES, exports, ignore=shutil.ignore_patterns(*LATE))
    refresh_state(tmp_path / "state", exports / "mapping.yml")
    for name in LATE:
        shutil.copyfile(STORIES / name, exports / name)
    report = refresh_state(tmp_path / "state", exports / "mapping.yml")
    assert {account.file.file_name for account in report.accounts} == set(LATE)
    late = Generations(StateDirectory(tmp_path / "state")).find(None)
    tables = at_once.manifest["tables"]
    assert tables.keys() == late.manifest["tables"].keys()
    differing = {name for name in tables if tables[name] != late.manifest["tables"][name]}
    assert differing <= WHEN_READERS_WERE_TOLD
    transitions = (
        "select columns(c -> not starts_with(c, 'first_published')) "
        "from marts.fct_lifecycle_transitions order by all"
    )
    assert ask(tmp_path / "state", transitions) == ask(published_stories, transitions)


def test_fault_18_a_refresh_without_enough_memory_fails_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "64MB")
    with pytest.raises(RunFailed, match=f"ran out while landing leads.csv .* {MEMORY_VARIABLE}"):
        refresh_state(tmp_path / "state", STORIES / "mapping.yml", audited=False)
    state = StateDirectory(tmp_path / "state")
    (run,) = ControlLedger(state.control).runs()
    assert run.state == "failed"
    assert Generations(state).current_id() is None
    assert not state.building.exists()


def test_fault_18_a_model_without_enough_memory_fails_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = (
        "Runtime Error in model int_leads_scored (models/intermediate/a.sql)\n  Out of Memory "
        "Error: failed to allocate data of size 16.0 MiB (1.8 GiB/1.8 GiB used)"
    )
    failed = NodeResult("int_leads_scored", "error", 1.0, told, 0, None)
    monkeypatch.setattr(_Run, "_check", lambda *_: [])
    monkeypatch.setattr(_Run, "_dbt", lambda *_, **__: [failed])
    with pytest.raises(RunFailed, match=f"while building int_leads_scored .* {MEMORY_VARIABLE}"):
        refresh_state(tmp_path / "state", STORIES / "mapping.yml", audited=False)
    assert Generations(StateDirectory(tmp_path / "state")).current_id() is None


def test_dbt_takes_its_memory_from_the_same_variable() -> None:
    told = yaml.safe_load((PROJECT_DIR / "profiles.yml").read_text())
    limit = told["lead_warehouse"]["outputs"]["duckdb"]["settings"]["memory_limit"]
    assert MEMORY_VARIABLE in limit
    assert DEFAULT_MEMORY in limit
