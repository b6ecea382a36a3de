"""A published generation that holds raw alone: landed, settled and sealed in milliseconds."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import Landing, land
from lead_warehouse.mapping import load_mapping
from lead_warehouse.quarantine.settle import remember, settle
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.decisions import Decisions
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask

MAPPING = """\
version: 1
inputs:
  - name: leads
    files: "leads*.csv"
    tables:
      - table: leads
        columns:
          lead_id: id
          email: mail
          created_at: made
  - name: fair
    files: "fair*.csv"
    tables:
      - table: leads
        columns: {lead_id: id, created_at: made}
"""
DAY_FIRST = MAPPING.replace(
    "          created_at: made\n", '          created_at: {column: made, format: "%d/%m/%Y"}\n'
)
START = datetime(2026, 6, 1, 8)


class Warehouse:
    """Publishes what lies in its folder, as a refresh does, without building any model."""

    def __init__(self, root: Path, number: int = 0) -> None:
        self._root = root
        self._number = number
        self.state = StateDirectory(root / "state")
        self.inputs = root / "in"
        self.inputs.mkdir(parents=True, exist_ok=True)
        self.mapping = self.write(MAPPING)
        self.decisions = Decisions(self.state.control)
        self.ledger = ControlLedger(self.state.control)

    def copy(self, root: Path) -> "Warehouse":
        shutil.copytree(self._root, root, symlinks=True)
        return Warehouse(root, self._number)

    def write(self, mapping: str, name: str = "mapping.yml") -> Path:
        path = self.inputs / name
        path.write_text(mapping, encoding="utf-8")
        return path

    def deliver(self, name: str, body: str | bytes, head: str = "id,mail,made\n") -> None:
        content = body if isinstance(body, bytes) else body.encode()
        (self.inputs / name).write_bytes(head.encode() + content)

    def publish(self, mapping: Path | None = None, change: Callable[..., Any] | None = None) -> Any:
        self._number += 1
        run_id = f"20260601T{self._number:06d}-aaaaaa"
        self.ledger.plan(run_id)
        generations = Generations(self.state)
        current = generations.current_id()
        self.state.building.parent.mkdir(parents=True)
        if current:
            self.state.building.write_bytes(generations.find(current).database.read_bytes())
        with duckdb.connect(str(self.state.building)) as connection:
            if change:
                change(connection)
            landing = self._land(connection, mapping or self.mapping, run_id)
        generations.seal(run_id, {"as_of": "2026-06-01", "is_past": False, "inputs": []})
        generations.publish(run_id)
        self.ledger.publish(run_id, [])
        return landing

    def _land(self, connection: duckdb.DuckDBPyConnection, mapping: Path, run_id: str) -> Landing:
        remember(connection)
        landing = land(
            connection,
            load_contract(),
            load_mapping(mapping),
            input_dir=self.inputs,
            archive=Archive(self.state.landing),
            received=[],
            now=START + timedelta(days=self._number),
            scratch=self.state.building.parent / "scratch",
            progress=lambda _: None,
        )
        self.decisions.record_replayed(run_id, settle(connection, load_contract(), self.decisions))
        return landing

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return ask(self.state.root, sql)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)
