"""What customers pay: subscriptions, invoices and credit notes; and exchange rates."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY, Deal, Lead

PERIODS = {1: 0.35, 3: 0.3, 12: 0.35}
"""Months between two invoices of a subscription, and how often they are agreed."""
MONTHLY_CHURN = 0.011
CANCEL_REASONS = ("price", "competitor", "project stopped", "bankruptcy", "")
MARGINS = {"saas_mid_market": 0.76, "it_services_large_accounts": 0.34}
CREDIT_NOTE_SHARE = 0.03
NO_MARGIN_SHARE = 0.06
RATES = {"USD": 0.92, "GBP": 1.17, "CHF": 1.05}
GAP = ("USD", date(2025, 8, 4), date(2025, 8, 18))
"""Days for which the treasury delivered no rate."""

Billed = tuple[Deal, str, date, int]
"""A deal, its subscription if any, the day and the amount in cents."""


@dataclass
class Subscription:
    """A subscription of an account; the amount is for one billing period, in cents."""

    subscription_id: str
    deal: Deal
    months: int
    amount: int
    starts_on: date
    ends_on: date
    cancelled_at: datetime | None = None
    cancel_reason: str = ""


@dataclass(frozen=True)
class Invoice:
    """An invoice, or with a negative amount a credit note; in cents."""

    invoice_id: str
    deal: Deal
    subscription_id: str
    issued_on: date
    net: int
    margin: int | None
    paid_at: datetime | None


def subscribe(rng: random.Random, leads: list[Lead]) -> list[Subscription]:
    """A subscription for each won deal, but for a part of those of large accounts: projects."""
    made = []
    for lead in leads:
        for deal in lead.deals:
            if deal.outcome != "won" or deal.closed_at is None:
                continue
            if lead.segment == "it_services_large_accounts" and rng.random() < 0.5:
                continue
            months = rng.choices(list(PERIODS), list(PERIODS.values()))[0]
            yearly = deal.amount or 1_000_000
            starts_on = deal.closed_at.date() + timedelta(days=rng.randrange(1, 30))
            ends_on = starts_on + timedelta(days=365)
            number = f"S-{deal.deal_id[2:]}"
            one = Subscription(number, deal, months, yearly * months // 12, starts_on, ends_on)
            _maybe_cancel(rng, one)
            if starts_on < LAST_DAY.date():
                made.append(one)
    return made


def _maybe_cancel(rng: random.Random, one: Subscription) -> None:
    lasts = int(rng.expovariate(MONTHLY_CHURN) * 30) + 20
    begin = datetime(one.starts_on.year, one.starts_on.month, one.starts_on.day, 9)
    cancelled_at = begin + timedelta(days=lasts, minutes=rng.randrange(480))
    if cancelled_at < LAST_DAY:
        one.cancelled_at, one.cancel_reason = cancelled_at, rng.choice(CANCEL_REASONS)
        one.deal.account.cancelled_at = cancelled_at


def bill(rng: random.Random, leads: list[Lead], subscriptions: list[Subscription]) -> list[Invoice]:
    """Invoices of subscriptions by period, of projects in thirds, and a few credit notes."""
    made: list[Billed] = []
    subscribed = set()
    for one in subscriptions:
        subscribed.add(one.deal.deal_id)
        until = min(LAST_DAY, one.cancelled_at or LAST_DAY).date()
        day = one.starts_on
        while day < until:
            made.append((one.deal, one.subscription_id, day, one.amount))
            day += timedelta(days=round(30.4 * one.months))
    for lead in leads:
        for deal in lead.deals:
            if deal.outcome == "won" and deal.closed_at and deal.deal_id not in subscribed:
                for part in range(3):
                    day = deal.closed_at.date() + timedelta(days=20 + 45 * part)
                    made.append((deal, "", day, (deal.amount or 900_000) // 3))
    made = [one for one in made if FIRST_DAY.date() <= one[2] < LAST_DAY.date()]
    made += _credit_notes(rng, made)
    made.sort(key=lambda one: (one[2], one[0].deal_id, one[3]))
    return [_invoice(rng, number, one) for number, one in enumerate(made, 1)]


def _credit_notes(rng: random.Random, billed: list[Billed]) -> list[Billed]:
    return [
        (deal, subscription_id, later, -int(net * rng.choice((1, 0.5, 0.2))))
        for deal, subscription_id, day, net in billed
        if rng.random() < CREDIT_NOTE_SHARE
        and (later := day + timedelta(days=rng.randrange(3, 40))) < LAST_DAY.date()
    ]


def _invoice(rng: random.Random, number: int, billed: Billed) -> Invoice:
    deal, subscription_id, day, net = billed
    share = MARGINS.get(deal.account.segment, 0.6) * rng.uniform(0.93, 1.07)
    margin = None if rng.random() < NO_MARGIN_SHARE else int(net * share)
    paid_at: datetime | None = datetime(day.year, day.month, day.day, 14) + timedelta(
        days=rng.randrange(5, 75)
    )
    if net < 0 or (paid_at and paid_at >= LAST_DAY) or rng.random() < 0.03:
        paid_at = None
    return Invoice(f"F-{day:%Y}-{number:05d}", deal, subscription_id, day, net, margin, paid_at)


def make_rates(rng: random.Random) -> list[tuple[date, str, float]]:
    """Euros for one unit, on working days; weekends and one gap have none."""
    made = []
    for currency, first in RATES.items():
        rate = first
        for place in range((LAST_DAY - FIRST_DAY).days):
            day = FIRST_DAY.date() + timedelta(days=place)
            rate *= 1 + rng.gauss(0, 0.003)
            is_in_gap = currency == GAP[0] and GAP[1] <= day < GAP[2]
            if day.weekday() < 5 and not is_in_gap:
                made.append((day, currency, round(rate, 5)))
    return sorted(made)
