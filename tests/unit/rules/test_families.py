"""Which kept tables a change of a rule, a model or a macro makes stale."""

from pathlib import Path

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.rules.families import Families

MODELS = {
    "staging/files/stg_leads": "select * from raw",
    "intermediate/fit/int_fit": "{{ ref('stg_leads') }} {{ ref('criteria') }}",
    "intermediate/intent/int_states": (
        "{{ config(materialized='incremental') }} {{ ref('stg_leads') }} {{ ref('signals') }}"
    ),
    "intermediate/incremental/int_touched": "{{ ref('int_fit') }}",
    "intermediate/lifecycle/int_stages": (
        "{{ config(materialized = 'incremental') }} {{ ref('int_states') }} {{ ref(\"int_fit\") }}"
    ),
    "marts/leads/fct_scores": "{{ ref('int_stages') }}",
}
SEEDS = {"rules/criteria": "points\n5\n", "rules/signals": "points\n1\n", "reference/unread": "a\n"}


def write(folder: Path, **changes: str) -> Families:
    for name, text in MODELS.items():
        path = folder / "models" / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changes.get(path.stem, text))
    for name, text in SEEDS.items():
        path = folder / "seeds" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changes.get(path.stem, text))
    macro = folder / "macros" / "decay.sql"
    macro.parent.mkdir(exist_ok=True)
    macro.write_text(changes.get("decay", "{% macro decay() %}{% endmacro %}"))
    return Families(folder)


def stale(folder: Path, **changes: str) -> list[str]:
    before = write(folder).digests
    return write(folder, **changes).stale(before)


@pytest.mark.parametrize(
    ("changed", "tables"),
    [
        ({}, []),
        ({"signals": "points\n1.5\n"}, ["int_stages", "int_states"]),
        ({"criteria": "points\n6\n"}, ["int_stages"]),
        ({"int_fit": "{{ ref('stg_leads') }} {{ ref('criteria') }} -- now"}, ["int_stages"]),
        ({"stg_leads": "select lead_id from raw"}, ["int_stages", "int_states"]),
        ({"decay": "{% macro decay() %}2{% endmacro %}"}, ["int_stages", "int_states"]),
        ({"int_touched": "select 1"}, ["int_stages", "int_states"]),
        ({"fct_scores": "select 1"}, []),
        ({"unread": "b\n"}, []),
    ],
)
def test_what_follows_from_a_change_is_stale_and_nothing_else(
    tmp_path: Path, changed: dict[str, str], tables: list[str]
) -> None:
    assert stale(tmp_path, **changed) == tables


def test_a_family_that_was_not_there_before_makes_stale(tmp_path: Path) -> None:
    families = write(tmp_path)
    assert families.stale({}) == ["int_stages", "int_states"]
    assert families.stale({**families.digests, "lifecycle": "other"}) == ["int_stages"]


def test_what_the_next_build_reads_of_the_last_is_kept_or_names_itself(tmp_path: Path) -> None:
    touched = "{{ ref('int_fit') }} {% if load_relation(this) %}{{ this }}{% endif %}"
    assert write(tmp_path).carried_on == {"int_states", "int_stages"}
    families = write(tmp_path, int_touched=touched)
    assert families.carried_on == {"int_states", "int_stages", "int_touched"}


def test_the_project_keeps_what_is_as_long_as_all_interactions() -> None:
    families = Families(PROJECT_DIR)
    assert "int_intent_states_historized" in families.kept
    assert "intent" in families.kept["int_intent_states_historized"]
    assert "fit" not in families.kept["int_intent_states_historized"]
    assert "fit" in families.kept["int_intent_scores_historized"]
    of_the_leads = {"int_leads_relinked", "int_leads_rejudged", "int_leads_redated"}
    assert families.carried_on == families.kept.keys() | of_the_leads
