import csv
import gzip
from pathlib import Path

import pytest

from lead_warehouse.mapping import load_mapping
from lead_warehouse.simulate.company import simulate


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(tmp_path / name, 80, seed)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert (
        contents(tmp_path / "a")["crm_contacts.csv"] != contents(tmp_path / "c")["crm_contacts.csv"]
    )


def test_it_comes_with_a_mapping_that_holds(tmp_path: Path) -> None:
    files = simulate(tmp_path, 80, 1)
    mapping = load_mapping(tmp_path / "mapping.yml")
    patterns = {one.files for one in mapping.inputs}
    data = [path for path, rows in files.items() if rows is not None]
    assert len(data) == len(patterns) == 4
    assert all(any(path.match(pattern) for pattern in patterns) for path in data)


def test_exports_are_as_untidy_as_real_ones(tmp_path: Path) -> None:
    simulate(tmp_path, 3000, 1)
    rows = list(csv.reader((tmp_path / "crm_contacts.csv").read_text().splitlines()))
    assert any(row[2] == "" for row in rows) and any(row[2] == "unknown" for row in rows)
    assert any(len(row) != len(rows[0]) for row in rows)
    stages = gzip.decompress((tmp_path / "crm_stage_history.csv.gz").read_bytes()).decode()
    lines = stages.splitlines()
    assert len(set(lines)) < len(lines)
    assert ",203" in stages


@pytest.mark.parametrize("leads", [1, 2, 9])
def test_a_handful_of_leads_is_enough(tmp_path: Path, leads: int) -> None:
    files = simulate(tmp_path, leads, 5)
    assert files[tmp_path / "crm_contacts.csv"] == leads
