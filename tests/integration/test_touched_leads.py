"""Leads that a landing concerns, written out for the audit."""

import pytest

from tests.small_project import Small

AWKWARD = ["a", "o'neil", "x') or true --", "back\\slash", "{{ 1 / 0 }}", "%s", "é\u2028"]
OTHER = "somebody else"
TOUCHED = "{{ among_touched_leads('lead_id') }}"


def leads_of(small: Small, touched: str) -> None:
    """A view with window functions, leads that are touched, and a model that asks for them."""
    # By number: Jinja would take what stands here as its own.
    spelled = [" || ".join(f"chr({ord(letter)})" for letter in lead) for lead in [*AWKWARD, OTHER]]
    small.write("leads", f"select unnest([{', '.join(spelled)}]) as lead_id")
    small.write("int_leads_touched", touched)
    small.write(
        "numbered",
        "select lead_id, row_number() over (partition by lead_id) as n from {{ ref('leads') }}",
        "view",
    )
    small.write("asked", f"select lead_id from {{{{ ref('numbered') }}}} where {TOUCHED}")


def asked(small: Small) -> list[str]:
    assert {one.status for one in small.run().values()} == {"success"}
    return [lead for (lead,) in small.ask("select lead_id from marts.asked order by lead_id")]


def compiled(small: Small) -> str:
    (file,) = (small.folder / "project" / "target" / "compiled").rglob("asked.sql")
    return file.read_text("utf-8")


def test_fault_50_whatever_a_lead_is_called_it_is_a_text_among_others(small: Small) -> None:
    leads_of(small, f"select lead_id from {{{{ ref('leads') }}}} where lead_id <> '{OTHER}'")
    assert asked(small) == sorted(AWKWARD)
    assert "int_leads_touched" not in compiled(small)


@pytest.mark.parametrize("count", [0, 20_001])
def test_none_and_very_many_are_looked_up(small: Small, count: int) -> None:
    many = f"select cast(range as varchar) as lead_id from range({count})"
    leads_of(small, f"{many} union all select 'a' where {count} > 0")
    assert asked(small) == ["a"][: min(count, 1)]
    assert "int_leads_touched" in compiled(small)
