"""Light states: made in a fraction of a second, see ``tests.light``."""

import shutil
from pathlib import Path

import pytest

from tests.light import deliver, light_refresh, light_steps
from tests.small_project import Small


@pytest.fixture(scope="session")
def published_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``exports`` and the ``state`` made of them: lead a, then a and b. For reading only."""
    folder = tmp_path_factory.mktemp("published_twice")
    with light_steps():
        for lead, name in (("a", "1"), ("b", "2")):
            deliver(folder / "exports", name, {lead: f"{lead}@x.fr"})
            light_refresh(folder / "state", folder / "exports")
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


@pytest.fixture
def lead_files(tmp_path: Path) -> Path:
    deliver(tmp_path / "exports", "1", {"a": "a@x.fr"})
    return tmp_path / "exports"


@pytest.fixture
def root(
    published_twice: Path, lead_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Two generations published: with lead a, then with a and b."""
    monkeypatch.setattr("lead_warehouse.status._ask", lambda generations, run_id: {})
    shutil.copytree(published_twice / "exports", lead_files, dirs_exist_ok=True)
    return Path(shutil.copytree(published_twice / "state", tmp_path / "state", symlinks=True))
