"""From MQL to proposal: what sales did, what is known, and where rules and CRM disagree."""

import csv
import random
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from lead_warehouse import PROJECT_DIR
from tests.conftest import ask
from tests.integration.test_stories import day

Stays = dict[tuple[str, str], list[tuple[datetime, str]]]


def test_handovers_of_the_stories_stop_their_clocks_when_somebody_acted(
    published_stories: Path,
) -> None:
    rows = ask(
        published_stories,
        "select lead_id, passage_number, qualified_at, accepted_at, accepted_by, decided_at, "
        "decision, withdrawn_because, outcome from marts.fct_handovers "
        "where basis = 'rules' and lead_id in "
        "('saas', 'saas_need_only', 'saas_never_accepted', 'moves_away', 'it')",
    )
    assert {row[0]: row[1:] for row in rows} == {
        "saas": (1, day(14), day(15), "rep_1", day(23), "sql", None, "qualified"),
        "saas_need_only": (1, day(14), day(15), "rep_1", None, None, None, "accepted"),
        "saas_never_accepted": (
            *(1, day(14), None, None, None, None, "intent_stayed_low", "withdrawn"),
        ),
        "moves_away": (1, day(5), None, None, None, None, "in_europe", "withdrawn"),
    }


BEYOND = ("sal", "sql", "opportunity", "customer")


def test_handovers_are_a_walk_through_each_passage(published_sample: Path) -> None:
    """The same told lead by lead, without a join."""
    transitions = ask(
        published_sample,
        "select basis, lead_id, to_stage, transitioned_at, trigger "
        "from marts.fct_lifecycle_transitions "
        "where is_effective order by basis, lead_id, transition_number",
    )
    history = stays([row[:4] for row in transitions])
    # Recycled since nobody answered: sales refused nothing
    exhausted = {(row[0], row[1], row[3]) for row in transitions if row[4] == "cadence_exhausted"}
    assert exhausted
    touches: dict[str, list[datetime]] = defaultdict(list)
    for lead, at in ask(
        published_sample,
        "select lead_id, case when activity_type = 'meeting' then created_at "
        "else coalesce(occurred_at, created_at) end as touched_at "
        "from intermediate.int_sales_activities_resolved "
        "where not coalesce(is_automatic, false) and coalesce(direction, '') <> 'inbound' "
        "and lead_id is not null order by touched_at",
    ):
        touches[lead].append(at)
    expected = {}
    for (basis, lead), changes in history.items():
        passage = 0
        for place, (at, stage) in enumerate(changes):
            if stage != "mql":
                continue
            passage += 1
            later = changes[place + 1 :]
            end = next((i for i, (_, to) in enumerate(later) if to not in BEYOND), None)
            beyond = later[:end]
            closed_at, closing = (None, None) if end is None else later[end]
            accepted = next((when for when, _ in beyond), None)
            sql_at = next((when for when, to in beyond if to != "sal"), None)
            is_refusal = (
                closing in ("recycled", "disqualified")
                and (basis, lead, closed_at) not in exhausted
            )
            refused = closed_at if is_refusal else None
            lost = closed_at if closing == "lost" else None
            touched = next(
                (when for when in touches[lead] if at <= when <= (closed_at or datetime.max)), None
            )
            expected[basis, lead, passage] = (
                *(at, touched, accepted, refused),
                sql_at or refused or lost,
                closed_at if closing and not refused and not lost else None,
            )
    found = {
        row[:3]: row[3:]
        for row in ask(
            published_sample,
            "select basis, lead_id, passage_number, qualified_at, first_touched_at, accepted_at, "
            "rejected_at, decided_at, withdrawn_at from marts.fct_handovers",
        )
    }
    assert found == expected
    assert len(found) > 100


def test_an_interview_with_a_lead_of_which_the_need_is_known_is_prepared(
    published_stories: Path,
) -> None:
    [brief] = ask(
        published_stories,
        "select framework, confirmed_count, due_completeness_rate, known_en, missing_fr, "
        "next_criterion, next_question_fr from marts.rpt_discovery_briefs "
        "where lead_id = 'saas_need_only'",
    )
    assert brief == (
        "BANT",
        1,
        0.25,
        "Need: said so (meeting notes, 2026-01-21)",
        "Calendrier, Budget, Pouvoir de décision",
        "timing",
        "Pour quand cela doit-il être en place et qu'est-ce qui passe avant ?",
    )
    [large] = ask(
        published_stories,
        "select framework, confirmed_count, criteria_count, next_criterion "
        "from marts.rpt_discovery_briefs where lead_id = 'it'",
    )
    assert large == ("MEDDICC", 4, 9, "metrics")


def test_nothing_is_made_of_candidates_and_nothing_sends_a_draft() -> None:
    """People promote: no model reads the list of candidates, and no code the drafts."""
    texts = {
        path.stem: path.read_text(encoding="utf-8")
        for path in (PROJECT_DIR / "models").rglob("*.sql")
    }
    assert "rpt_sql_candidates" in texts
    for name in ("rpt_sql_candidates", "sync_proposals__drafts"):
        assert not [one for one, text in texts.items() if f"ref('{name}')" in text]
        code = (PROJECT_DIR / "lead_warehouse").rglob("*.py")
        assert not [path for path in code if name in path.read_text(encoding="utf-8")]


def stays(rows: list[tuple[Any, ...]]) -> Stays:
    found: Stays = defaultdict(list)
    for basis, lead, stage, at in rows:
        found[basis, lead].append((at, stage))
    return found


def stage_at(history: list[tuple[datetime, str]], at: datetime) -> str | None:
    place = bisect_right([entered for entered, _ in history], at)
    return history[place - 1][1] if place else None


def test_bases_disagree_at_any_instant_exactly_where_a_row_says_so(published_sample: Path) -> None:
    history = stays(
        ask(
            published_sample,
            "select basis, lead_id, to_stage, transitioned_at from marts.fct_lifecycle_transitions "
            "where is_effective order by basis, lead_id, transition_number",
        )
    )
    told: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for lead, *stretch in ask(
        published_sample,
        "select lead_id, rules_stage, crm_stage, disagreed_from, disagreed_until "
        "from marts.rpt_stage_disagreements",
    ):
        told[lead].append(tuple(stretch))
    [(as_of,)] = ask(published_sample, "select as_of from raw.refresh_context")
    rng, asked, apart = random.Random(7), 0, 0
    for basis, lead in sorted(history):
        if basis == "crm":
            continue
        both = history["rules", lead], history["crm", lead]
        begin = min((one[0][0] for one in both if one), default=as_of)
        edges = [at for one in both for at, _ in one if at <= as_of]
        length = max((as_of - begin).total_seconds(), 1)
        for at in [
            *edges,
            as_of,
            *(begin + timedelta(seconds=rng.uniform(0, length)) for _ in "ab"),
        ]:
            by_rules, by_crm = (stage_at(one, at) for one in both)
            expected = [(by_rules, by_crm)] if by_rules and by_crm and by_rules != by_crm else []
            found = [
                (rules_stage, crm_stage)
                for rules_stage, crm_stage, since, until in told[lead]
                if since <= at and (until is None or at < until)
            ]
            assert found == expected, (lead, at)
            asked, apart = asked + 1, apart + len(expected)
    assert asked > 1500
    assert apart > 300


def test_an_sql_has_four_answers_with_their_proof_by_then(published_sample: Path) -> None:
    """Against the answers as they landed, without the models between."""
    unproven = ask(
        published_sample,
        """
        with sqls as (
            select transitions.lead_id, transitions.transitioned_at, accounts.account_id
            from marts.fct_lifecycle_transitions as transitions
            left join intermediate.int_leads_matched_to_accounts as accounts
                on transitions.lead_id = accounts.lead_id
            where basis = 'rules' and to_stage = 'sql'
        )
        select sqls.lead_id, sqls.transitioned_at, count(distinct criteria.dimension)
        from sqls
        left join intermediate.int_leads_matched_to_accounts as colleagues
            on sqls.account_id = colleagues.account_id or sqls.lead_id = colleagues.lead_id
        left join intermediate.int_qualifications_resolved as answers
            on
                colleagues.lead_id = answers.lead_id
                and answers.answered_at <= sqls.transitioned_at
                and answers.status = 'confirmed'
                and answers.answer is not null
                and answers.evidence is not null
                and answers.answered_by is not null
        left join seeds.qualification_criteria as criteria
            using (framework, criterion)
        group by all
        having count(distinct criteria.dimension) < 4
        """,
    )
    assert unproven == []
    [(count,)] = ask(
        published_sample,
        "select count(*) from marts.fct_lifecycle_transitions "
        "where basis = 'rules' and to_stage = 'sql'",
    )
    assert count >= 10


def test_proposals_are_those_of_the_source(published_sample: Path, sample_exports: Path) -> None:
    with (sample_exports / "devis.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    versions = {(row["Devis"], int(row["Version"])): row["Statut"] for row in rows}
    found = ask(
        published_sample,
        "select proposal_id, version_number, status from marts.fct_proposal_versions",
    )
    assert {(proposal, number): status for proposal, number, status in found} == versions
    [(accepted, decided, rate)] = ask(
        published_sample,
        "select sum(accepted_count), sum(decided_count), "
        "sum(accepted_count) / sum(decided_count) from marts.rpt_proposal_outcomes",
    )
    assert accepted == len({one for (one, _), status in versions.items() if status == "accepted"})
    assert 0 < rate < 1
    assert decided <= len({proposal for proposal, _ in versions})


def test_drafts_hold_what_is_validated_of_people_who_may_be_contacted(
    published_sample: Path,
) -> None:
    drafts = ask(
        published_sample,
        "select drafts.*, leads.rules_stage from exports.sync_proposals__drafts as drafts "
        "inner join marts.dim_leads as leads using (lead_id) "
        "where need is null or priority is null or budget is null or authority is null "
        "or rules_stage not in ('sql', 'opportunity') or drafts.status <> 'draft'",
    )
    assert drafts == []
    forbidden = ask(
        published_sample,
        "select lead_id from exports.sync_proposals__drafts where lead_id not in ("
        "select lead_id from marts.fct_contactability "
        "where is_contactable and purpose in ('answering', 'prospecting'))",
    )
    assert forbidden == []


def test_names_in_exports_are_marked_as_personal() -> None:
    path = PROJECT_DIR / "models" / "exports" / "sync_proposals__drafts.yml"
    [model] = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    personal = {
        column["name"]
        for column in model["columns"]
        if column.get("config", {}).get("meta", {}).get("personal")
    }
    assert personal == {"decision_makers"}
