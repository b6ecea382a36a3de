"""Fixtures that cost a refresh are made once and copied."""

import fcntl
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings

from lead_warehouse.gates.check import CheckResult, check
from lead_warehouse.landing.deliveries import SETTLE_VARIABLE
from lead_warehouse.refresh import pipeline
from lead_warehouse.refresh.build import NodeResult, test_with_dbt
from lead_warehouse.refresh.pipeline import RefreshOptions, refresh
from lead_warehouse.refresh.report import RefreshReport
from lead_warehouse.refresh.worker import run_in_worker
from lead_warehouse.simulate.company import simulate
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

# The first example pays for imports and connections; a deadline would measure the machine.
settings.register_profile("project", deadline=None, print_blob=True)
settings.load_profile("project")

# What a test delivers is whole at once; waiting for it to settle would only take time.
os.environ.setdefault(SETTLE_VARIABLE, "0")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
STORIES = Path(__file__).parent / "fixtures" / "stories"
SAMPLE_LEADS = 400
SAMPLE_SEED = 11

Refresh = Callable[..., RefreshReport]
Ask = Callable[..., list[tuple[Any, ...]]]


def no_progress(step: str, detail: str) -> None:
    pass


def refresh_state(
    root: Path,
    mapping: Path,
    input_dir: Path | None = None,
    *,
    audited: bool = True,
    **options: Any,
) -> RefreshReport:
    """A refresh as the console script does it, in this process, without its output.

    Audits take two fifths of it. A test that is about something else and compares what was built
    may leave them out: ``audited=False``.
    """
    asked = RefreshOptions(StateDirectory(root), mapping, input_dir or mapping.parent, **options)
    with nullcontext() if audited else patch.object(pipeline, "run_in_worker", without_audit):
        return refresh(asked, no_progress)


def without_audit(step: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """The step in a process of its own, unless it audits; the gate before the build stays."""
    if step is test_with_dbt:
        return [NodeResult("left_out", "pass", 0.0, None, 0, None, kind="left_out")]
    if step is check and "marts_audit" in arguments:
        return [CheckResult("left out", True, True, "1", [])]
    return run_in_worker(step, *arguments, **options)


def ask(root: Path, sql: str, generation: str | None = None) -> list[tuple[Any, ...]]:
    """Rows of a query on the published generation."""
    with Generations(StateDirectory(root)).reading(generation) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Data that nobody here wrote; not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no shared data in {SHARED_DATA.name} beside the project")
    return SHARED_DATA


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]
) -> Path:
    """A folder that the first of the processes which test makes, and the others wait for."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.with_suffix(".made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            folder.with_suffix(".made").touch()
    return folder


@pytest.fixture(scope="session")
def sample_exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of a small sample company, with their mapping."""
    folder = made_once(
        tmp_path_factory, "sample", lambda at: simulate(at / "exports", SAMPLE_LEADS, SAMPLE_SEED)
    )
    return folder / "exports"


@pytest.fixture(scope="session")
def published_sample(sample_exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory with the sample company published; for reading only."""
    mapping = sample_exports / "mapping.yml"
    folder = made_once(
        tmp_path_factory, "published", lambda at: refresh_state(at / "state", mapping)
    )
    return folder / "state"


@pytest.fixture(scope="session")
def published_stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory with the two stories and their variants published; for reading only."""
    mapping = STORIES / "mapping.yml"
    folder = made_once(tmp_path_factory, "stories", lambda at: refresh_state(at / "state", mapping))
    return folder / "state"


@pytest.fixture
def stories_state(published_stories: Path, tmp_path: Path) -> Path:
    """A copy of the published stories that a test may change."""
    root = tmp_path / "state"
    shutil.copytree(published_stories, root, symlinks=True)
    return root


@pytest.fixture
def sample_state(published_sample: Path, tmp_path: Path) -> Path:
    """A copy of the published sample that a test may change."""
    root = tmp_path / "state"
    shutil.copytree(published_sample, root, symlinks=True)
    return root


@pytest.fixture
def exports(sample_exports: Path, tmp_path: Path) -> Path:
    """A copy of the sample's exports that a test may change."""
    folder = tmp_path / "exports"
    shutil.copytree(sample_exports, folder)
    return folder
