"""Whoever changes a report or an export sees in the lineage who reads it."""

import re
from collections import Counter
from typing import Any

import yaml

from lead_warehouse import PROJECT_DIR

MODELS = PROJECT_DIR / "models"


def exposures() -> list[dict[str, Any]]:
    return [
        exposure
        for path in MODELS.rglob("*exposures.yml")
        for exposure in yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]
    ]


def test_every_report_and_export_is_in_an_exposure() -> None:
    shown = Counter(
        re.fullmatch(r"ref\('(\w+)'\)", reference)[1]  # type: ignore[index]
        for exposure in exposures()
        for reference in exposure["depends_on"]
    )
    models = {path.stem for path in MODELS.rglob("*.sql")}
    reports = {name for name in models if name.startswith(("rpt_", "sync_"))}
    assert reports - set(shown) == set(), "add it to models/marts/_marts__exposures.yml"
    assert set(shown) <= models
    assert {name for name, count in shown.items() if count > 1} == set()


def test_every_exposure_says_what_it_is_and_whose() -> None:
    for exposure in exposures():
        assert exposure["label"] and exposure["description"].strip(), exposure["name"]
        assert exposure["owner"]["email"].endswith("@example.com"), exposure["name"]
