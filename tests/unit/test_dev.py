"""The copy that dbt may change."""

from pathlib import Path

import pytest

from lead_warehouse.dev import main


def test_without_a_published_generation_one_line_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(str(tmp_path), str(tmp_path / "dev" / "warehouse.duckdb")) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ") and said.count("\n") == 1
    assert not (tmp_path / "dev").exists()
