"""What marketing did: campaigns with their dates, and what was spent each month."""

import random
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lead_warehouse.simulate.chance import months
from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY

SHOWS = (
    ("Salon de l'Industrie Lyon", date(2024, 9, 17)),
    ("Hannover Automation Days", date(2024, 11, 12)),
    ("Global Industrie Paris", date(2025, 3, 11)),
    ("Innovation Days Genève", date(2025, 6, 3)),
    ("Supply Chain Week Paris", date(2025, 9, 23)),
    ("IT Partners Bruxelles", date(2025, 11, 25)),
)
SHOW_DAYS = 3
SIZES = {
    # channel: (days, budget in euros for 2,000 leads)
    "trade_show": (SHOW_DAYS, 24_000),
    "webinar": (1, 900),
    "newsletter": (1, 300),
    "paid_search": (92, 27_000),
    "display": (92, 7_000),
}


@dataclass(frozen=True)
class Campaign:
    """A campaign; ``held_at`` is the hour of a webinar, a newsletter or a show's opening."""

    campaign_id: str
    name: str
    channel: str
    starts_on: date
    ends_on: date
    budget: int
    held_at: datetime


@dataclass(frozen=True)
class Spend:
    """A booked marketing cost, in cents."""

    spent_on: date
    channel: str
    campaign_id: str
    amount: int
    currency: str
    is_paid_media: bool


class Programme:
    """All campaigns, to be asked by channel and day."""

    def __init__(self, campaigns: list[Campaign]) -> None:
        self.campaigns = campaigns
        self.channels = list(dict.fromkeys(one.channel for one in campaigns))
        self._of = {
            channel: [one for one in campaigns if one.channel == channel]
            for channel in self.channels
        }
        self._held = {channel: [one.held_at for one in self._of[channel]] for channel in self._of}

    def of(self, channel: str) -> list[Campaign]:
        """A channel's campaigns in the order they were held; none for an unknown channel."""
        return self._of.get(channel, [])

    def following(self, channel: str, at: datetime) -> Campaign | None:
        """The next campaign of the channel to be held after an instant."""
        place = bisect_left(self._held[channel], at)
        return self._of[channel][place] if place < len(self._of[channel]) else None

    def running(self, channel: str, at: datetime) -> Campaign | None:
        """The campaign of the channel that ran on that day."""
        day = at.date()
        return next((c for c in self.of(channel) if c.starts_on <= day <= c.ends_on), None)


def make_programme() -> Programme:
    """The same programme for every company."""
    made = [
        _campaign(f"SHOW-{number:02d}", name, "trade_show", first, hour=8)
        for number, (name, first) in enumerate(SHOWS, 1)
    ]
    for number, month in enumerate(months(), 1):
        webinar, letter = _on_weekday(month, 13), _on_weekday(month, 4)
        made.append(_campaign(f"WEB-{number:02d}", f"Webinar {month:%Y-%m}", "webinar", webinar))
        made.append(
            _campaign(f"NL-{number:02d}", f"Newsletter {month:%Y-%m}", "newsletter", letter, hour=6)
        )
        if month.month % 3 == 1:
            quarter = f"{month.year}-Q{(month.month + 2) // 3}"
            made.append(_campaign(f"PS-{quarter}", f"Search {quarter}", "paid_search", month))
            made.append(_campaign(f"DIS-{quarter}", f"Display {quarter}", "display", month))
    return Programme(made)


def _on_weekday(month: date, days: int) -> date:
    day = month + timedelta(days=days)
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)


def _campaign(code: str, name: str, channel: str, first: date, *, hour: int = 13) -> Campaign:
    days, budget = SIZES[channel]
    held_at = datetime(first.year, first.month, first.day, hour)
    last = min(first + timedelta(days=days - 1), LAST_DAY.date())
    return Campaign(code, name, channel, first, last, budget, held_at)


def make_spend(rng: random.Random, programme: Programme, leads: int) -> list[Spend]:
    """Costs by month and channel; display brings no lead, and nothing is spent on referrals."""
    size = max(1.0, leads / 2000)
    made = []
    for month in months():
        for channel, typical in (("paid_search", 9_000), ("display", 2_400), ("content", 1_500)):
            campaign = programme.running(channel, datetime(month.year, month.month, 15))
            made.append(
                Spend(
                    month + timedelta(days=rng.randrange(20, 28)),
                    channel,
                    campaign.campaign_id if campaign else "",
                    int(typical * size * rng.uniform(70, 130)),
                    "USD" if channel == "display" else "EUR",
                    channel != "content",
                )
            )
    for campaign in programme.campaigns:
        if campaign.channel in ("trade_show", "webinar", "newsletter"):
            booked = campaign.starts_on + timedelta(days=rng.randrange(5))
            amount = int(campaign.budget * size * rng.uniform(85, 120))
            made.append(Spend(booked, campaign.channel, campaign.campaign_id, amount, "EUR", False))
    inside = (FIRST_DAY.date(), LAST_DAY.date())
    made = [one for one in made if inside[0] <= one.spent_on < inside[1]]
    return sorted(made, key=lambda one: (one.spent_on, one.channel, one.campaign_id))
