"""The truth beside the exports: complete, and what the data really follow."""

import csv
import json
from collections import defaultdict
from datetime import datetime, timedelta
from math import exp, log, sqrt
from pathlib import Path

import pytest

from lead_warehouse.simulate.company import simulate
from lead_warehouse.simulate.interest import Interest, interest_at, propensity
from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY, Interaction, Lead
from lead_warehouse.simulate.truth import outcome_of
from lead_warehouse.simulate.world import Company, make_company

LEADS, SEED = 1500, 3
NOON = datetime(2025, 3, 3, 12)


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(LEADS, SEED)


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder, 300, SEED)
    return folder / "truth"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_truth_tells_of_every_lead_exactly_once(truth: Path) -> None:
    told = [row["lead_id"] for row in rows(truth / "leads.csv")]
    assert told == [f"L-{number:06d}" for number in range(1, 301)]
    assert {row["lead_id"] for row in rows(truth / "pursuits.csv")} <= set(told)


def test_the_model_on_paper_is_the_model_of_the_data(truth: Path) -> None:
    model = json.loads((truth / "model.json").read_text(encoding="utf-8"))
    conversion = model["conversion"]
    assert set(model["half_life_days"]) == {"web", "content", "event", "email", "demand"}
    pursuits = [row for row in rows(truth / "pursuits.csv") if row["touched_at"]]
    for row in pursuits:
        fit, interest = float(row["fit"]), float(row["interest"])
        given = conversion["intercept"] + conversion["fit"] * fit
        given += conversion["interest"] * log(1 + interest / conversion["scale"])
        assert float(row["propensity"]) == pytest.approx(1 / (1 + exp(-given)), rel=1e-3)
    assert pursuits


@pytest.mark.parametrize(
    ("kind", "half_life", "points"),
    [("page", 6, 1), ("white_paper", 24, 9), ("badge_scanned", 28, 7), ("demo", 35, 38)],
)
def test_interest_halves_in_its_half_life(kind: str, half_life: int, points: float) -> None:
    one = Interaction("L", kind, NOON)
    later = NOON + timedelta(days=half_life)
    assert interest_at([one], NOON) == points
    assert interest_at([one], later) == pytest.approx(points / 2)
    assert interest_at([one], NOON - timedelta(seconds=1)) == 0


def test_interest_carried_forward_is_interest_summed_up(company: Company) -> None:
    person = max(company.leads, key=lambda lead: len(lead.deals) and len(lead.interactions))
    interest = Interest()
    for one in person.interactions:
        interest.add(one)
    assert interest.level(LAST_DAY) == pytest.approx(interest_at(person.interactions, LAST_DAY))


def test_machines_are_no_interest(company: Company) -> None:
    bots = [lead for lead in company.leads if lead.is_bot]
    assert bots
    assert all(len(bot.interactions) >= 20 for bot in bots if bot.created_at < NOON)
    assert all(interest_at([one], one.at) == 0 for bot in bots for one in bot.interactions)
    kinds = {one.made_by for one in company.interactions}
    assert kinds >= {"bot", "mail_scanner", "mail_proxy", "internal", "visitor", "person"}


def test_bots_and_what_machines_did_are_flagged(truth: Path) -> None:
    bots = {row["lead_id"] for row in rows(truth / "leads.csv") if row["is_bot"] == "true"}
    machines = rows(truth / "not_people.csv")
    assert bots
    assert bots == {row["lead_id"] for row in machines if row["made_by"] == "bot"}
    assert {"mail_scanner", "internal"} <= {row["made_by"] for row in machines}


def test_duplicates_and_a_chain_of_merges_are_known(company: Company) -> None:
    merged = [lead for lead in company.leads if lead.merged_into]
    assert any(lead.merged_into and lead.merged_into.merged_into for lead in merged)
    for lead in merged:
        kept = lead.merged_into
        assert kept and lead.merged_at and lead.merged_at > max(lead.created_at, kept.created_at)
        assert kept.merged_at is None or kept.merged_at > lead.merged_at
    for lead in company.leads:
        if lead.duplicate_of:
            assert lead.email.lower() == lead.duplicate_of.email.lower()
            assert lead.duplicate_of.duplicate_of is None


def test_who_buys_follows_the_true_chance(company: Company) -> None:
    met = [one for lead in company.leads for one in lead.pursuits if one.touched_at]
    bands = [(0.0, 0.05), (0.05, 0.15), (0.15, 0.3), (0.3, 1.0)]
    for low, high in bands:
        chances = [one.propensity for one in met if low <= one.propensity < high]
        bought = sum(one.buys for one in met if low <= one.propensity < high)
        spread = sqrt(sum(chance * (1 - chance) for chance in chances))
        assert len(chances) > 40
        assert abs(bought - sum(chances)) < 3 * spread, (low, high)


def test_of_two_equally_busy_leads_the_recent_one_is_likelier_to_buy() -> None:
    old = [Interaction("L", "white_paper", NOON - timedelta(days=80 + n)) for n in range(3)]
    new = [Interaction("L", "white_paper", NOON - timedelta(days=1 + n)) for n in range(3)]
    chances = [propensity(0.8, interest_at(one, NOON)) for one in (old, new)]
    assert chances[1] > 2 * chances[0]


def test_among_leads_with_equal_counts_recent_ones_convert_more(company: Company) -> None:
    """Seen from the first of each quarter, over leads with as many interactions in 90 days."""
    by_count: dict[int, dict[bool, list[bool]]] = defaultdict(lambda: {True: [], False: []})
    for month in (datetime(2024, 10, 1), *(datetime(2025, m, 1) for m in (1, 4, 7, 10))):
        for lead in company.leads:
            if lead.is_bot or lead.duplicate_of or _has_deal(lead, month):
                continue
            ages = [
                (month - one.at).days
                for one in lead.interactions
                if one.made_by == "person" and timedelta() <= month - one.at < timedelta(days=90)
            ]
            if 3 <= len(ages) <= 30 and not 14 < min(ages) <= 30:
                converts = _has_deal(lead, month + timedelta(days=90))
                by_count[len(ages)][min(ages) <= 14].append(converts)
    expected = variance = observed = total = 0.0
    for groups in by_count.values():
        recent, old = groups[True], groups[False]
        if not recent or not old:
            continue
        # Mantel and Haenszel: how many recent ones would convert if recency did not matter.
        size, converted = len(recent) + len(old), sum(recent) + sum(old)
        expected += len(recent) * converted / size
        observed += sum(recent)
        total += size
        if size > 1:
            variance += (
                len(recent) * len(old) * converted * (size - converted) / (size**2 * (size - 1))
            )
    assert total > 500
    assert (observed - expected) / sqrt(variance) > 3


def _has_deal(lead: Lead, at: datetime) -> bool:
    return any(one.opened_at < at for one in lead.deals)


def test_slow_teams_lose_interest(company: Company) -> None:
    """A lead answered later has, on the day of the answer, less interest left."""
    waits: dict[str, list[float]] = defaultdict(list)
    team_of = {one.user_id: one.team for one in company.team.sellers}
    for lead in company.leads:
        for one in lead.pursuits:
            if one.touched_at and one.trigger == "hand_raise":
                waits[team_of[one.user_id]].append(
                    (one.touched_at - one.started_at).total_seconds()
                )
    medians = {team: sorted(found)[len(found) // 2] for team, found in waits.items()}
    assert medians["inside_dach"] > 2 * medians["inside_fr"]


def test_rates_are_those_of_a_plausible_company(company: Company) -> None:
    people = [lead for lead in company.leads if not lead.duplicate_of]
    customers = sum(outcome_of(lead) == "customer" for lead in people)
    assert 0.03 <= customers / LEADS <= 0.06
    strong = sum(
        lead.fit >= 0.6 and any(one.interest >= 35 for one in lead.pursuits) for lead in people
    )
    assert 0.08 <= strong / LEADS <= 0.15
    recent = LAST_DAY - timedelta(days=30)
    hot = {
        one.lead_id
        for one in company.interactions
        if one.kind in ("demo", "contact_request") and one.at >= recent and one.made_by == "person"
    }
    assert len(hot) >= 30 * LEADS / 2000


def test_nothing_is_known_before_or_after_the_window(company: Company) -> None:
    known = [one.created_at for one in company.leads]
    known += [one.notice_given_at for one in company.leads if one.notice_given_at]
    known += [one.received_at for one in company.interactions if one.received_at]
    known += [one.merged_at for one in company.leads if one.merged_at]
    assert FIRST_DAY <= min(known) <= max(known) < LAST_DAY
