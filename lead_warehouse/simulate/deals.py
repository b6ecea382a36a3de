"""Deals from their opening to the close, with the people on them and the proposals sent."""

import random
from datetime import datetime, timedelta

from lead_warehouse.simulate.chance import after, at_work, pick
from lead_warehouse.simulate.records import (
    FIRST_DAY,
    LAST_DAY,
    Deal,
    DealStage,
    Lead,
    Proposal,
)
from lead_warehouse.simulate.segments import SEGMENTS

STAGES = (("discovery", 0.2), ("proposal", 0.5), ("negotiation", 0.75))
LOST_REASONS = {"budget": 0.28, "competitor": 0.27, "no need": 0.2, "timing": 0.25}
CURRENCIES = {"GB": "GBP", "US": "USD", "CA": "USD", "IN": "USD"}
ROLES = {
    "c_level": "economic buyer",
    "it": "technical buyer",
    "purchasing": "procurement",
    "operations": "champion",
}
NO_AMOUNT_SHARE = 0.06
IN_DOLLARS_SHARE = 0.35
"""Of deals in the financial places, which contract in dollars as well as euros."""
EXPANSION_SHARE = 0.3
TYPICAL_DAYS = {"saas_mid_market": 32.0, "it_services_large_accounts": 60.0}


def open_deal(rng: random.Random, lead: Lead, user_id: str, at: datetime, buys: bool) -> Deal:
    """Open a deal for a lead and follow it until it closes or the data end."""
    account = lead.account
    number = f"-{len(lead.deals) + 1}" if lead.deals else ""
    typical = SEGMENTS[lead.segment].amount
    amount = int(typical * rng.lognormvariate(0, 0.6)) * 100
    days = TYPICAL_DAYS.get(lead.segment, 25.0) * (1.0 if buys else 1.25)
    closes_at = at_work(rng, after(rng, at + timedelta(days=2), days, 0.6))
    deal = Deal(
        f"D-{lead.lead_id[2:]}{number}",
        lead.lead_id,
        account,
        "new",
        _currency(rng, account.country),
        None if rng.random() < NO_AMOUNT_SHARE else amount,
        user_id,
        at,
        closes_at if closes_at < LAST_DAY else None,
        "open" if closes_at >= LAST_DAY else "won" if buys else "lost",
        buys,
    )
    if deal.outcome == "lost":
        deal.lost_reason = pick(rng, LOST_REASONS)
    _walk(rng, deal, amount, closes_at)
    lead.deals.append(deal)
    return deal


def _currency(rng: random.Random, country: str) -> str:
    if country in ("CH", "LU") and rng.random() < IN_DOLLARS_SHARE:
        return "USD"
    return CURRENCIES.get(country, "EUR")


def _walk(rng: random.Random, deal: Deal, amount: int, closes_at: datetime) -> None:
    """Stages, with amounts that shrink and expected closes that slip; and the proposals."""
    reached = 3 if deal.buys else rng.randrange(1, 4)
    length = (closes_at - deal.opened_at).total_seconds()
    expected = deal.opened_at + timedelta(days=rng.randrange(30, 75))
    for place, (stage, probability) in enumerate(STAGES[:reached]):
        at = deal.opened_at + timedelta(seconds=int(length * place / 4))
        if at >= LAST_DAY:
            return
        known = int(amount * rng.uniform(0.85, 1.2)) if place < 2 else amount
        shown = None if deal.amount is None else known
        deal.stages.append(DealStage(stage, at, shown, expected.date(), probability))
        expected = max(expected, at) + timedelta(days=rng.randrange(20))
        if stage != "discovery":
            _propose(rng, deal, known, at, min(closes_at, LAST_DAY))
    if deal.closed_at:
        final = (1.0, "won") if deal.outcome == "won" else (0.0, "lost")
        last = DealStage(final[1], deal.closed_at, deal.amount, deal.closed_at.date(), final[0])
        deal.stages.append(last)


def _propose(rng: random.Random, deal: Deal, amount: int, at: datetime, end: datetime) -> None:
    """Draft a version, and close the one before it; the last one shares the deal's fate."""
    if deal.proposals and deal.proposals[-1].status == "sent":
        deal.proposals[-1].status = "rejected"
        deal.proposals[-1].decided_at = at
    sent_at = at + timedelta(hours=rng.randrange(2, 50))
    draft = Proposal(len(deal.proposals) + 1, amount, "draft", at, None, None)
    deal.proposals.append(draft)
    if sent_at >= end:
        return
    draft.status, draft.sent_at = "sent", sent_at
    if deal.outcome == "won" and len(deal.proposals) == 2:
        draft.status, draft.decided_at = "accepted", deal.closed_at
    elif deal.outcome == "lost" and rng.random() < 0.7:
        draft.status, draft.decided_at = rng.choice(("rejected", "expired")), deal.closed_at


def involve(rng: random.Random, leads: list[Lead]) -> None:
    """Put the lead and colleagues of the same account on each deal, with their roles."""
    colleagues: dict[str, list[Lead]] = {}
    for lead in leads:
        if lead.duplicate_of is None and not lead.is_bot:
            colleagues.setdefault(lead.account.account_id, []).append(lead)
    for lead in leads:
        others = colleagues.get(lead.account.account_id, [])
        for deal in lead.deals:
            deal.contacts.append((lead.lead_id, _role(rng, lead), True, deal.opened_at))
            for other in others[:5]:
                at = max(other.created_at, deal.opened_at) + timedelta(hours=rng.randrange(1, 90))
                if other is not lead and at < (deal.closed_at or LAST_DAY) and rng.random() < 0.8:
                    deal.contacts.append((other.lead_id, _role(rng, other), False, at))


def _role(rng: random.Random, lead: Lead) -> str:
    titles = {
        title: (seniority, function)
        for group in SEGMENTS[lead.segment].titles
        for title, function, seniority in group
    }
    seniority, function = titles.get(lead.job_title, ("", ""))
    role = ROLES.get(seniority) or ROLES.get(function) or "influencer"
    return role if rng.random() > 0.1 else ""


def settle_customers(leads: list[Lead]) -> None:
    """The first deal an account wins makes it a customer; what is opened later expands it."""
    for lead in leads:
        for deal in lead.deals:
            if deal.outcome == "won" and deal.closed_at:
                since = lead.account.customer_since
                lead.account.customer_since = min(since or deal.closed_at, deal.closed_at)
    for lead in leads:
        for deal in lead.deals:
            since = deal.account.customer_since
            deal.kind = "expansion" if since and deal.opened_at > since else "new"


def expand(rng: random.Random, leads: list[Lead]) -> None:
    """Some customers are sold more, months later."""
    for lead in leads:
        won = [deal for deal in lead.deals if deal.outcome == "won" and deal.closed_at]
        if not won or won[0].closed_at is None or rng.random() >= EXPANSION_SHARE:
            continue
        at = at_work(rng, after(rng, won[0].closed_at + timedelta(days=30), 110, 0.5))
        if at < LAST_DAY:
            open_deal(rng, lead, won[0].user_id, at, rng.random() < 0.6)


def win_one_before_it_existed(leads: list[Lead]) -> None:
    """A deal someone entered under a lead that was created later: a defect to be found."""
    won = [lead for lead in leads if lead.deals and lead.deals[0].outcome == "won"]
    early = next((one for one in won if (one.created_at - FIRST_DAY).days > 10), None)
    if early is None:
        return
    deal = early.deals[0]
    deal.opened_at = early.created_at - timedelta(days=9)
    deal.closed_at = early.created_at - timedelta(days=2)
    deal.stages, deal.proposals = [], []
    early.stages.clear()
