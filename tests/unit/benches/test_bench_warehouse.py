"""What a bench asks of a refresh, and what it reads of one that built nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from benches import comparison
from benches.measured import Cost
from benches.warehouse import Refreshed, Warehouse

COST = Cost(seconds=1.0, processor_seconds=1.0, memory=1)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Arguments of each refresh; each leaves the report of a run that found nothing new."""
    given: list[list[str]] = []

    def run(self: Warehouse, module: str, *arguments: object) -> tuple[Cost, str]:
        given.append([str(one) for one in arguments])
        folder = self.state.root / "runs" / f"{len(given)}"
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(json.dumps({"seconds": {"land": 0.5, "gate": 0.5}}))
        return COST, ""

    monkeypatch.setattr(Warehouse, "run", run)
    return given


def test_a_refresh_builds_all_the_same_where_that_is_asked_for(
    tmp_path: Path, asked: list[list[str]]
) -> None:
    warehouse = Warehouse(tmp_path)
    assert warehouse.refresh() == Refreshed(COST, {"land": 0.5, "gate": 0.5}, {})
    warehouse.refresh(is_full=True)
    assert ["--full-refresh" in one for one in asked] == [False, True]
    assert all(one[0] == "refresh" and "--mapping" in one for one in asked)


def test_what_finds_nothing_new_is_measured_after_one_that_may_build(
    tmp_path: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(comparison._unchanged(Warehouse(tmp_path), 2)) == 2
    assert len(asked) == 3

    def built(*_: Any, **__: Any) -> Refreshed:
        return Refreshed(COST, {}, {"dim_leads": 1.0})

    monkeypatch.setattr(Warehouse, "refresh", built)
    with pytest.raises(AssertionError, match="2 refreshes without news built models"):
        comparison._unchanged(Warehouse(tmp_path), 2)


def test_models_of_every_round_of_dbt_are_read(
    tmp_path: Path, asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(self: Warehouse, module: str, *arguments: object) -> tuple[Cost, str]:
        folder = self.state.root / "runs" / "1"
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(json.dumps({"seconds": {}}))
        for round_, names in {
            "dbt_run": ["model.lead_warehouse.a", "model.lead_warehouse.b"],
            "dbt_run_again": ["model.lead_warehouse.b"],
            "dbt_test": ["test.lead_warehouse.unique_a.1"],
        }.items():
            results = [{"unique_id": name, "execution_time": 2.0} for name in names]
            (folder / f"{round_}_results.json").write_text(json.dumps({"results": results}))
        return COST, ""

    monkeypatch.setattr(Warehouse, "run", run)
    assert Warehouse(tmp_path).refresh().models == {"a": 2.0, "b": 4.0}
