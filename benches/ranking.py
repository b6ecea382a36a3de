"""Does the score rank leads by how likely they are to buy? On a company whose truth is known.

The simulated company is landed and scored as of a past instant, with what was known then. What the
score says of its leads is held against what came after: whether sales, who took them up within the
next months, won them. Beside it stand a plain count of interactions, the score without decay, and
the true propensity, which no ranking can beat but by luck.
"""

import argparse
import math
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb

from lead_warehouse import PROJECT_DIR
from lead_warehouse.refresh.pipeline import RefreshOptions, refresh
from lead_warehouse.simulate.company import simulate
from lead_warehouse.simulate.interest import interest_at, propensity
from lead_warehouse.simulate.records import LAST_DAY, Lead
from lead_warehouse.simulate.world import make_company
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

WITHIN = timedelta(days=90)
"""How long after the scores the outcomes are looked for."""

RANKINGS = {
    "intent score": "intent_score",
    "the same without decay": "undecayed_points",
    "count of interactions": "interaction_count",
    "fit score": "fit_score",
    "fit and intent scores together": "fit_score + intent_score",
    "fit score and undecayed points together": "fit_score + undecayed_points",
    "fit score and count together": "fit_score + interaction_count",
    "true propensity": "propensity",
}

_EVIDENCE = """
    create table evidence as
    with undecayed as (
        select
            lead_id,
            sum(least(points, cap_points)) as points
        from (
            select lead_id, rule_group, sum(undecayed_points) as points
            from warehouse.marts.fct_score_contributions
            where score = 'intent' and kind = 'signal' and rule_group is not null
            group by lead_id, rule_group
        )
        inner join warehouse.seeds.signal_groups on rule_group = signal_group
        group by lead_id
    ),
    counted as (
        select lead_id, count(*) as interactions
        from warehouse.marts.fct_score_contributions
        where score = 'intent' and kind = 'signal'
        group by lead_id
    )
    select
        truth.*,
        scores.fit_score,
        scores.intent_score,
        coalesce(undecayed.points, 0) as undecayed_points,
        coalesce(counted.interactions, 0) as interaction_count
    from truth
    inner join warehouse.marts.fct_lead_scores as scores on truth.lead_id = scores.lead_id
    left join undecayed on truth.lead_id = undecayed.lead_id
    left join counted on truth.lead_id = counted.lead_id
"""

# The chance that one who bought stands before one who did not; of a tie, half.
_AUC = """
    with ranked as (
        select
            is_won,
            avg(place) over (partition by value) as place
        from (
            select is_won, {value} as value, row_number() over (order by {value}) as place
            from evidence
            where {of}
        )
    )
    select
        count(*) as leads,
        count(*) filter (is_won) as won,
        (
            sum(place) filter (is_won) - won * (won + 1) / 2.0
        ) / nullif(won * (leads - won), 0) as auc
    from ranked
"""


class Ranking(NamedTuple):
    """How well something ranks: the area under the curve, and its standard error."""

    what: str
    leads: int
    won: int
    auc: float
    error: float


def rank(folder: Path, leads: int, seed: int) -> dict[str, list[Ranking]]:
    """Make the company, score it as of a past instant, and compare the rankings.

    Returns:
        the rankings of all leads that were no customers, and of those whom sales took up next.
    """
    as_of = LAST_DAY - WITHIN
    simulate(folder / "exports", leads, seed)
    state = StateDirectory(folder / "state")
    options = RefreshOptions(
        state, folder / "exports" / "mapping.yml", folder / "exports", as_of=as_of.isoformat()
    )
    report = refresh(options, lambda step, doing: None)
    database = Generations(state).find(report.run_id).database
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as warehouse (read_only)")
        connection.execute(
            "create table truth "
            "(lead_id varchar, propensity double, is_taken_up boolean, is_won boolean)"
        )
        connection.executemany(
            "insert into truth values (?, ?, ?, ?)",
            [row for lead in make_company(leads, seed).leads for row in _truth(lead, as_of)],
        )
        connection.execute(_EVIDENCE)
        return {
            population: [_ranking(connection, what, value, of) for what, value in RANKINGS.items()]
            for population, of in (
                ("all leads that were no customers", "true"),
                ("those whom sales took up in the time after", "is_taken_up"),
            )
        }


def _truth(lead: Lead, as_of: datetime) -> Iterator[tuple[str, float, bool, bool]]:
    """What is true of a lead that was there and no customer yet; nothing of others."""
    if lead.created_at > as_of or lead.duplicate_of or lead.is_bot:
        return
    touched = [one for one in lead.pursuits if one.touched_at]
    if any(one.buys for one in touched if one.touched_at and one.touched_at <= as_of):
        return
    later = [one for one in touched if one.touched_at and as_of < one.touched_at <= as_of + WITHIN]
    chance = propensity(lead.fit, interest_at(lead.interactions, as_of))
    yield lead.lead_id, chance, bool(later), any(one.buys for one in later)


def _ranking(connection: duckdb.DuckDBPyConnection, what: str, value: str, of: str) -> Ranking:
    ((leads, won, auc),) = connection.execute(_AUC.format(value=value, of=of)).fetchall()
    if auc is None:
        raise ValueError(f"{what}: of {leads} leads {won} were won; make more leads")
    return Ranking(what, leads, won, auc, _standard_error(auc, won, leads - won))


def _standard_error(auc: float, won: int, others: int) -> float:
    """Hanley and McNeil's, of one area by itself."""
    one, two = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (won - 1) * (one - auc**2) + (others - 1) * (two - auc**2)
    return math.sqrt(spread / (won * others))


def main() -> None:
    """Print how well each ranks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    folder = PROJECT_DIR / ".warehouse"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ranking-", dir=folder) as made:
        found = rank(Path(made), given.leads, given.seed)
    for population, rankings in found.items():
        leads, won = rankings[0].leads, rankings[0].won
        print(f"{leads:,} leads, {population}; {won:,} won within {WITHIN.days} days\n")
        print("| ranked by | AUC | ± |\n|---|---:|---:|")
        for one in rankings:
            print(f"| {one.what} | {one.auc:.3f} | {one.error:.3f} |")
        print()


if __name__ == "__main__":
    main()
