"""Leads of the past as cases: what was known when sales first turned to them, and what came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

INSTANTS = """
create temp table cases as
with touched as (
    select lead_id, min(touched_at) as scored_at
    from intermediate.int_sales_touches_dated group by lead_id
),
worked as (select count(*) as leads from touched),
instants as (
    select lead_id, scored_at from touched where (select leads from worked) >= $enough
    union all
    select lead_id, scored_at from intermediate.int_leads_backtested
    where (select leads from worked) < $enough and horizon = (
        select max_by(horizon, days_after_creation) from seeds.backtest_horizons
    )
),
outcome as (select window_days from seeds.backtest_outcomes where outcome = 'won')
select
    row_number() over (order by instants.scored_at, instants.lead_id) - 1 as case_number,
    instants.lead_id, instants.scored_at, fits.fit_score,
    coalesce(
        reached.reached_at <= instants.scored_at + to_days(cast(window_days as integer)), false
    ) as is_won,
    instants.scored_at + to_days(cast(window_days as integer)) as matures_at
from instants
cross join outcome
inner join intermediate.int_fit_scored as fits
    on instants.lead_id = fits.lead_id and fits.place = 1
    and instants.scored_at >= fits.valid_from
    and (fits.valid_to is null or instants.scored_at < fits.valid_to)
left join intermediate.int_outcomes_reached as reached
    on instants.lead_id = reached.lead_id and reached.outcome = 'won'
where matures_at <= (select as_of from raw.refresh_context)
    and (reached.reached_at is null or reached.reached_at > instants.scored_at)
"""
"""Where sales worked enough leads, the instant is their first touch: what comes after it is then no
matter of whom they chose. Elsewhere it is the latest horizon of the backtest."""

EVENTS = """
select
    cases.case_number, interactions.signal_group, interactions.interaction_type,
    date_diff('microsecond', interactions.occurred_at, cases.scored_at) / 86400e6 as age_days,
    interactions.points
from cases
inner join intermediate.int_interactions_weighted as interactions
    on cases.lead_id = interactions.lead_id
    and interactions.kind = 'signal' and interactions.points > 0
    and interactions.counts_from <= cases.scored_at
inner join (
    select interaction_id, min(known_at) as known_at from staging.stg_files__interactions
    group by interaction_id
) as known
    on interactions.interaction_id = known.interaction_id and known.known_at <= cases.scored_at
order by all
"""

ENOUGH_WORKED = 200
"""Leads that sales turned to, from which on the first touch is the instant."""


@dataclass(frozen=True)
class Cases:
    """Cases in the order of their instants, with the interactions known at each.

    Attributes:
        at: instants.
        fit: fit at the instant, from 0 to 1.
        won: whether the lead was won within the window.
        groups: names of signal groups; ``event_group`` points into it.
        types: names of kinds of interaction; ``event_type`` points into it.
        event_case: case of each interaction.
        half_lives: those in force, by group.
        window_days: days within which a lead counts as won.
    """

    at: list[datetime]
    fit: Floats
    won: NDArray[np.bool_]
    groups: list[str]
    types: list[str]
    event_case: NDArray[np.int64]
    event_group: NDArray[np.int64]
    event_type: NDArray[np.int64]
    event_age: Floats
    event_points: Floats
    half_lives: dict[str, float]
    is_first_touch: bool

    def decayed(self, half_lives: Floats, of: NDArray[np.int64] | None = None) -> Floats:
        """Points of each case and group (or of what ``of`` tells apart) as decayed since."""
        kinds = self.event_group if of is None else of
        count = len(self.groups) if of is None else len(self.types)
        with np.errstate(divide="ignore"):
            rates = np.where(np.isinf(half_lives), 0.0, 1.0 / half_lives)
        weights = self.event_points * np.exp2(-self.event_age * rates[self.event_group])
        sums = np.zeros((len(self.fit), count))
        np.add.at(sums, (self.event_case, kinds), weights)
        return sums

    def part(self, mask: NDArray[np.bool_]) -> "Cases":
        """Some of the cases."""
        numbers = np.cumsum(mask) - 1
        events = mask[self.event_case]
        return Cases(
            [one for one, keep in zip(self.at, mask, strict=True) if keep],
            self.fit[mask],
            self.won[mask],
            self.groups,
            self.types,
            numbers[self.event_case[events]],
            self.event_group[events],
            self.event_type[events],
            self.event_age[events],
            self.event_points[events],
            self.half_lives,
            self.is_first_touch,
        )


def read_cases(connection: duckdb.DuckDBPyConnection) -> Cases:
    """The cases of a generation."""
    connection.execute(INSTANTS, {"enough": ENOUGH_WORKED})
    leads = connection.execute(
        "select scored_at, cast(fit_score as double), is_won from cases order by case_number"
    ).fetchall()
    events = connection.execute(EVENTS).fetchnumpy()
    half_lives = {
        str(group): float(days)
        for group, days in connection.execute(
            "select signal_group, cast(half_life_days as double) from seeds.signal_groups "
            "order by signal_group"
        ).fetchall()
    }
    groups, types = list(half_lives), sorted({str(one) for one in events["interaction_type"]})
    worked = connection.execute(
        "select count(distinct lead_id) from intermediate.int_sales_touches_dated"
    ).fetchone()
    return Cases(
        [at for at, _, _ in leads],
        np.array([fit or 0.0 for _, fit, _ in leads], dtype=float) / 100,
        np.array([won for _, _, won in leads], dtype=bool),
        groups,
        types,
        events["case_number"].astype(np.int64),
        _numbered(events["signal_group"], groups),
        _numbered(events["interaction_type"], types),
        events["age_days"].astype(float),
        events["points"].astype(float),
        half_lives,
        bool(worked and worked[0] >= ENOUGH_WORKED),
    )


def _numbered(values: Any, names: list[str]) -> NDArray[np.int64]:
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[str(one)] for one in values], dtype=np.int64)
