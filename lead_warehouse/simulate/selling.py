"""When sales takes a lead up: at a request, past a threshold, or from a list."""

import random

from lead_warehouse.simulate.chance import after, at_work
from lead_warehouse.simulate.interest import HAND_RAISES, Interest
from lead_warehouse.simulate.pursuing import Chase
from lead_warehouse.simulate.records import Interaction, Lead
from lead_warehouse.simulate.team import Team

MQL_INTEREST, MQL_FIT = 30.0, 0.42
"""What marketing takes for qualified, by an estimate of fit that errs."""


def sell(rng: random.Random, lead: Lead, team: Team) -> None:
    """Walk through a lead's history and let sales take it up where it calls for that."""
    interest = Interest()
    looks_like = lead.fit + rng.gauss(0, 0.1)
    rests_until = lead.created_at
    if reason := _taken_from_list(rng, lead, looks_like):
        start = at_work(rng, after(rng, lead.created_at, 4))
        rests_until = Chase(rng, lead, team, reason, start).run()
    for one in [one for one in lead.interactions if one.made_by != "mail_scanner"]:
        interest.add(one)
        if one.at < rests_until or one.at < lead.created_at:
            continue
        if any(deal.outcome == "won" for deal in lead.deals):
            # Customers are looked after by their executive.
            break
        if reason := _calls(rng, lead, one, interest, looks_like):
            rests_until = Chase(rng, lead, team, reason, one.at).run()


def _taken_from_list(rng: random.Random, lead: Lead, looks_like: float) -> str:
    """Whether sales calls a lead that marketing has not qualified."""
    share = {"trade_show": 0.3, "referral": 0.3}.get(lead.source, 0.02 if looks_like > 0.5 else 0)
    return "list" if rng.random() < share and looks_like > 0.2 else ""


def _calls(
    rng: random.Random, lead: Lead, one: Interaction, interest: Interest, looks_like: float
) -> str:
    if one.kind in HAND_RAISES:
        return "hand_raise" if rng.random() < 0.94 else ""
    is_qualified = looks_like >= MQL_FIT and interest.level(one.at) >= MQL_INTEREST
    return "threshold" if is_qualified else ""
