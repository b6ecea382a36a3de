"""The scripts that the warehouse is measured against compute what it computes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benches.deliveries import History, write_history
from benches.scripted import TOLERANCE, agreement
from benches.warehouse import Warehouse


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """What a tiny history becomes."""
    warehouse = Warehouse(tmp_path_factory.mktemp("bench"))
    write_history(warehouse.deliveries, History(4000))
    refreshed = warehouse.refresh()
    assert refreshed.models["fct_lead_scores"] > 0
    assert refreshed.cost.memory > 50e6
    return warehouse


@pytest.mark.parametrize("script", ["polars", "pandas"])
def test_a_script_and_the_warehouse_agree(
    warehouse: Warehouse, script: str, tmp_path: Path
) -> None:
    out = tmp_path / "scores.parquet"
    warehouse.run(f"benches.with_{script}", warehouse.deliveries, warehouse.as_of, out)
    agreed = agreement(warehouse.database, warehouse.deliveries, out)
    assert agreed.compared > 50
    assert agreed.scored > 30
    assert agreed.largest <= TOLERANCE


def test_the_bare_pass_sees_every_lead_that_did_anything(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "benches.bare_pass", str(warehouse.database), str(tmp_path)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert told["leads"] > 90
