"""What starting the console script costs."""

import subprocess
import sys

import pytest

HEAVY = {"dbt", "great_expectations", "pandas", "scipy", "sqlalchemy"}
"""Seconds to import; only the processes of the steps that use them may."""


@pytest.mark.parametrize("module", ["lead_warehouse.cli", "lead_warehouse.refresh.pipeline"])
def test_a_command_waits_for_no_library_that_only_a_step_uses(module: str) -> None:
    told = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert "lead_warehouse" in imported
    assert imported & HEAVY == set()
