"""Who sells: development reps and account executives, their absences, costs and targets."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from lead_warehouse.simulate.chance import months
from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY, Account

TEAMS = {
    # team: (territory, calendar, typical hours until someone answers)
    "inside_fr": ("France and neighbours", "fr", 4.0),
    "inside_dach": ("Rest of Europe", "de", 19.0),
}
FRENCH_SPEAKING = ("FR", "BE", "LU", "CH", "MA", "CA")
LEADS_PER_REP = 260
LEADS_PER_EXECUTIVE = 420
FIRST_NAMES = ("Anne", "Benoît", "Clara", "David", "Emma", "Farid", "Greta", "Hugo", "Ines", "Jan")
TARGETS = {"mql": 26.0, "sal": 17.0, "sql": 11.0, "meetings_held": 14.0, "won_amount_eur": 90_000.0}


@dataclass(frozen=True)
class Seller:
    """A person in sales."""

    user_id: str
    name: str
    role: str
    team: str
    active_from: date
    active_until: date | None
    capacity: int | None

    @property
    def hours_to_answer(self) -> float:
        return TEAMS[self.team][2]


class Team:
    """Everybody in sales, to be asked who takes a lead or a deal."""

    def __init__(self, leads: int) -> None:
        self.sellers: list[Seller] = []
        for team in TEAMS:
            self._hire("manager", team, None)
            for _ in range(max(2, leads // 2 // LEADS_PER_REP)):
                self._hire("development_rep", team, 25)
            for _ in range(max(2, leads // 2 // LEADS_PER_EXECUTIVE)):
                self._hire("account_executive", team, 6)

    def _hire(self, role: str, team: str, capacity: int | None) -> None:
        number = len(self.sellers) + 1
        # The second rep of each team left after a year, so some leads change hands.
        is_gone = role == "development_rep" and self._count(role, team) == 1
        until = FIRST_DAY.date() + timedelta(days=364) if is_gone else None
        name = f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {number:02d}"
        hired = FIRST_DAY.date() - timedelta(days=90 + number * 7)
        self.sellers.append(Seller(f"U-{number:03d}", name, role, team, hired, until, capacity))

    def _count(self, role: str, team: str) -> int:
        return sum(one.role == role and one.team == team for one in self.sellers)

    def choose(self, rng: random.Random, role: str, account: Account, day: date) -> Seller:
        """Somebody of the account's territory who works here on that day."""
        team = "inside_fr" if account.country in FRENCH_SPEAKING else "inside_dach"
        return rng.choice(
            [
                one
                for one in self.sellers
                if one.role == role
                and one.team == team
                and (one.active_until is None or day <= one.active_until)
            ]
        )


def make_absences(rng: random.Random, team: Team) -> list[tuple[str, date, date, str]]:
    """Summer and winter holidays of everybody, and some days of illness."""
    made = []
    for one in team.sellers:
        last = one.active_until or LAST_DAY.date()
        for year in (2024, 2025):
            away = [
                (date(year, 8, 1) + timedelta(days=rng.randrange(15)), 13, "holiday"),
                (date(year, 12, 20) + timedelta(days=rng.randrange(4)), 6, "holiday"),
                (
                    date(year, 10, 1) + timedelta(days=rng.randrange(25)),
                    rng.randrange(4),
                    "illness",
                ),
            ]
            for first, days, reason in away:
                end = min(first + timedelta(days=days), LAST_DAY.date())
                if first < last and first < LAST_DAY.date():
                    made.append((one.user_id, first, end, reason))
    return made


@dataclass(frozen=True)
class SalesCost:
    """A booked cost of sales, in cents."""

    month: date
    team: str
    kind: str
    amount: int
    new_business_share: float


def make_sales_costs(rng: random.Random, team: Team) -> list[SalesCost]:
    """Salaries by team and month, commissions and tools."""
    made = []
    for month in months():
        for name in TEAMS:
            heads = sum(
                one.team == name and (one.active_until is None or month <= one.active_until)
                for one in team.sellers
            )
            made += [
                SalesCost(month, name, "salary", heads * rng.randrange(480_000, 560_000), 0.8),
                SalesCost(month, name, "commission", heads * rng.randrange(30_000, 160_000), 0.7),
                SalesCost(month, name, "tools", heads * 19_500, 0.75),
            ]
    return made


def make_targets(leads: int) -> list[tuple[date, str, str, float]]:
    """What each team was to reach each month, growing a little every month."""
    return [
        (month, team, metric, round(value * leads / 2000 * (1 + 0.01 * place), 1))
        for place, month in enumerate(months())
        for team in TEAMS
        for metric, value in TARGETS.items()
    ]
