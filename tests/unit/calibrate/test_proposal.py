"""What is proposed: only what the data rule out, into a new folder."""

from pathlib import Path

import numpy as np
import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.calibrate.half_lives import Decay, HalfLife
from lead_warehouse.calibrate.points import Points
from lead_warehouse.calibrate.proposal import write_proposal
from lead_warehouse.calibrate.verdict import Verdict
from lead_warehouse.errors import UserError
from lead_warehouse.rules import check_rules

RULES = PROJECT_DIR / "seeds" / "rules"


def verdict(*, helps: bool) -> Verdict:
    half_lives = [
        HalfLife("web", 7.0, 21.0, 12.0, 45.0, True),
        HalfLife("content", 21.0, 28.0, 16.0, 60.0, True),
    ]
    points = [Points("demo", 0.5, 0.2, 0.9, 80), Points("page", 2.0, 0.5, 3.5, 200)]
    return Verdict(
        500,
        100,
        True,
        Decay(half_lives, 10.0, 20.0),
        helps,
        11.07,
        (350, 70),
        (150, 30),
        {},
        None,
        points,
    )


def test_only_what_is_ruled_out_is_proposed_otherwise(tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in RULES.iterdir()}
    written = write_proposal(verdict(helps=True), RULES, tmp_path / "new")
    assert [path.name for path in written] == ["signal_groups.csv", "signals.csv", "EVIDENCE.md"]
    groups = (tmp_path / "new" / "signal_groups.csv").read_text()
    assert "web,21,20," in groups and "content,21,25," in groups
    signals = (tmp_path / "new" / "signals.csv").read_text()
    assert "demo,demand,20," in signals and "\npage,web,1," in signals
    assert {path.name: path.read_bytes() for path in RULES.iterdir()} == before
    (tmp_path / "new" / "EVIDENCE.md").unlink()
    assert check_rules(PROJECT_DIR / "seeds", tmp_path / "new").rule_count > 1000


def test_where_decay_does_not_help_no_half_life_is_proposed(tmp_path: Path) -> None:
    written = write_proposal(verdict(helps=False), RULES, tmp_path / "new")
    assert [path.name for path in written] == ["signals.csv", "EVIDENCE.md"]
    assert "Decay does not help on these data" in (tmp_path / "new" / "EVIDENCE.md").read_text()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="holds something already"):
        write_proposal(verdict(helps=True), RULES, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert np.isfinite(verdict(helps=True).decay.best).all()
