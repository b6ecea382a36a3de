"""What is screened in the sample company, against what is true of it."""

import csv
from collections import Counter
from pathlib import Path

from lead_warehouse.explain.explanation import explain
from lead_warehouse.explain.wording import in_words
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask

REASONS = {
    "bot": "bot",
    "internal": "internal",
    "mail_scanner": "mail_scanner",
    "mail_proxy": "opened_by_machine",
}
"""What made an interaction, in truth, to the reason it is to be screened for."""
LEAST_RECALL = 0.99
LEAST_PRECISION = 0.97


def test_what_no_prospect_did_is_found_and_little_else(
    published_sample: Path, sample_exports: Path
) -> None:
    with (sample_exports / "truth" / "not_people.csv").open(newline="") as file:
        truth = {row["interaction_id"]: row["made_by"] for row in csv.DictReader(file)}
    landed = dict(
        ask(
            published_sample,
            "select interaction_id, zero_because from intermediate.int_interactions_attributed "
            "left join intermediate.int_interactions_screened using (interaction_id)",
        )
    )
    made, found, agreed = Counter[str](), Counter[str](), Counter[str]()
    for interaction, reason in landed.items():
        expected = REASONS.get(truth.get(interaction, "person"), "")
        made[expected] += 1
        found[reason or ""] += 1
        agreed[expected] += expected == (reason or "")
    assert {*made} == {*REASONS.values(), ""}
    for reason in REASONS.values():
        assert agreed[reason] / made[reason] >= LEAST_RECALL, reason
        assert agreed[reason] / found[reason] >= LEAST_PRECISION, reason
    assert agreed[""] / made[""] > 0.999


def test_machines_neither_score_nor_ask_to_be_called(
    published_sample: Path, sample_exports: Path
) -> None:
    """The bot that fills in every form was among the hottest leads while it counted."""
    with (sample_exports / "truth" / "leads.csv").open(newline="") as file:
        bots = [row["lead_id"] for row in csv.DictReader(file) if row["is_bot"] == "true"]
    assert bots
    named = ", ".join(f"'{one}'" for one in bots)
    assert ask(
        published_sample,
        "select distinct intent_score, is_hand_raised, frequency_count, recency_days "
        f"from marts.fct_lead_scores where lead_id in ({named})",
    ) == [(0, False, 0, None)]
    [(would_be,)] = ask(
        published_sample,
        "select min(points) from (select sum(undecayed_points) as points "
        "from marts.fct_score_contributions where score = 'intent' and note = 'bot' "
        f"and lead_id in ({named}) group by lead_id)",
    )
    assert would_be > 30
    assert ask(
        published_sample,
        "select count(*) from marts.fct_lifecycle_transitions where basis = 'rules' "
        f"and trigger in ('hand_raised', 'thresholds_reached') and lead_id in ({named})",
    ) == [(0,)]
    generations = Generations(StateDirectory(published_sample))
    said = "\n".join(in_words(explain(generations, bots[0])))
    assert "count nothing, made by a bot (" in said
    assert "White paper downloaded" in said
    said = "\n".join(in_words(explain(generations, bots[0], language="fr")))
    assert "ne comptent pas, par un robot (" in said


def test_every_interaction_has_an_outcome(published_sample: Path) -> None:
    [(told, landed)] = ask(
        published_sample,
        "select (select sum(interaction_count) from marts.rpt_interaction_outcomes "
        "where outcome <> 'after_as_of'), "
        "(select count(*) from intermediate.int_interactions_resolved)",
    )
    assert told == landed
    outcomes = {
        outcome
        for (outcome,) in ask(
            published_sample, "select outcome from marts.rpt_interaction_outcomes"
        )
    }
    assert {
        *("scored", "taken_off", "zero_points", "unknown_type", "lead_unknown", "without_lead"),
        *REASONS.values(),
    } <= outcomes
    [(before,)] = ask(
        published_sample,
        "select sum(before_creation_count) from marts.rpt_interaction_outcomes",
    )
    assert before > 0
