"""The sample company put together: each part made from a stream of chance of its own."""

import random
from dataclasses import dataclass
from datetime import date

from lead_warehouse.simulate.behaviour import Life
from lead_warehouse.simulate.consents import Consent, make_consents
from lead_warehouse.simulate.deals import (
    expand,
    involve,
    settle_customers,
    win_one_before_it_existed,
)
from lead_warehouse.simulate.money import (
    Invoice,
    Subscription,
    bill,
    make_rates,
    subscribe,
)
from lead_warehouse.simulate.noise import (
    add_machines,
    delay,
    split_duplicates,
    unknown_contacts,
    visitors,
)
from lead_warehouse.simulate.people import Census
from lead_warehouse.simulate.programme import Programme, Spend, make_programme, make_spend
from lead_warehouse.simulate.records import Account, Activity, Deal, Interaction, Lead
from lead_warehouse.simulate.selling import sell
from lead_warehouse.simulate.team import (
    SalesCost,
    Team,
    make_absences,
    make_sales_costs,
    make_targets,
)

MAIL = ("open", "reply", "click", "unsubscribe", "not_interested", "forward")
OF_EVENTS = ("webinar", "badge_scanned")


@dataclass
class Company:
    """All that the exports tell, and what is true besides."""

    programme: Programme
    team: Team
    accounts: list[Account]
    leads: list[Lead]
    interactions: list[Interaction]
    deals: list[Deal]
    spend: list[Spend]
    sales_costs: list[SalesCost]
    targets: list[tuple[date, str, str, float]]
    absences: list[tuple[str, date, date, str]]
    subscriptions: list[Subscription]
    invoices: list[Invoice]
    consents: list[Consent]
    rates: list[tuple[date, str, float]]

    def numbered_activities(self, *, is_meeting: bool) -> list[tuple[str, Activity]]:
        """Touches or meetings in the order they were recorded, with their identifiers."""
        found = sorted(
            (
                one
                for lead in self.leads
                for one in lead.activities
                if (one.kind == "meeting") == is_meeting
            ),
            key=lambda one: (one.created_at, one.lead_id, one.kind),
        )
        prefix = "ME" if is_meeting else "TO"
        return [(f"{prefix}-{number:06d}", one) for number, one in enumerate(found, 1)]


def make_company(leads: int, seed: int) -> Company:
    """A company of so many leads; the same count and seed give the same company."""

    def chance(part: str) -> random.Random:
        # A change of one part leaves what the other parts draw as it is.
        return random.Random(f"{seed}:{part}")

    programme, team = make_programme(), Team(leads)
    census = Census(chance("people"), programme)
    for number in range(1, leads + 1):
        census.add(number)
    census.settle()
    people = census.leads
    behaviour = chance("behaviour")
    for lead in people:
        if not lead.is_bot and lead.duplicate_of is None:
            Life(behaviour, lead, programme).live()
    add_machines(chance("machines"), people, programme)
    selling = chance("selling")
    for lead in people:
        lead.interactions.sort(key=_in_time)
        if lead.duplicate_of is None:
            sell(selling, lead, team)
            lead.interactions.sort(key=_in_time)
    win_one_before_it_existed(people)
    expand(chance("expansion"), people)
    settle_customers(people)
    involve(chance("roles"), people)
    split_duplicates(chance("duplicates"), people)
    money = chance("money")
    subscriptions = subscribe(money, people)
    return Company(
        programme,
        team,
        census.accounts,
        people,
        _all_interactions(chance("strangers"), people),
        [deal for lead in people for deal in lead.deals],
        make_spend(money, programme, leads),
        make_sales_costs(money, team),
        make_targets(leads),
        make_absences(money, team),
        subscriptions,
        bill(money, people, subscriptions),
        make_consents(chance("consents"), people),
        make_rates(money),
    )


def _all_interactions(rng: random.Random, leads: list[Lead]) -> list[Interaction]:
    """Everything that happened in order of time, numbered by the system that recorded it."""
    made = [one for lead in leads for one in lead.interactions]
    made += visitors(rng, len(leads) // 3)
    made += unknown_contacts(rng, len(leads) // 80)
    made.sort(key=_in_time)
    site = [one for one in made if one.kind not in (*MAIL, *OF_EVENTS)]
    delay(rng, site)
    for number, one in enumerate(made, 1):
        if one.kind in OF_EVENTS:
            one.interaction_id = f"{one.kind}:{one.campaign_id}:{one.lead_id}"
        else:
            one.interaction_id = f"{'M' if one.kind in MAIL else 'W'}-{number:08d}"
    return made


def _in_time(one: Interaction) -> tuple[object, ...]:
    return (one.at, one.lead_id, one.visitor_id, one.kind, one.asset)
