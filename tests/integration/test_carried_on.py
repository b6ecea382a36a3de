"""Tables that are carried on from refresh to refresh equal those built anew from all that landed.

Random deliveries go through landing and dbt one after the other, then all of them at once, in
another order, into a database of its own. ``make histories`` does it with more leads and another
seed.
"""

import math
import os
import random
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.contract import load_contract
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import Landing, land
from lead_warehouse.mapping import load_mapping
from lead_warehouse.refresh.build import DATABASE_VARIABLE, NodeResult, run_dbt
from lead_warehouse.refresh.context import write_context
from lead_warehouse.refresh.kept_tables import prepare_kept_tables
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.worker import run_in_worker
from lead_warehouse.rules.families import Families
from tests.random_deliveries import (
    DELIVERIES,
    Deliveries,
    changed_rules,
    tracking_rules,
    write_mapping,
)

LEADS = int(os.environ.get("HISTORIES") or 900)
SEED = int(os.environ.get("SEED") or 5)
MANY = "HISTORIES" in os.environ
THEN = 2
"""The delivery after which the past is rebuilt."""

OF_THIS_REFRESH = {
    "int_leads_redated",
    "int_leads_rejudged",
    "int_leads_relinked",
    "int_leads_rescored",
    "int_leads_touched",
    "int_interactions_traced",
    "int_interactions_overridden",
    "int_interactions_suspected",
    "int_bursts_detected",
    "int_honeypots_touched",
}
"""They are of what one refresh looked at; what came of it is in the tables that are kept."""

COUNTS_WHAT_LANDED = {"rpt_mart_coverage"}
TOLERANCE = 1e-9
Digests = dict[str, tuple[int, int]]


def run_dbt_on(
    report: Callable[[str], None],
    project: Path,
    run_folder: Path,
    commands: list[list[str]],
    threads: int,
) -> list[NodeResult]:
    """dbt with so many threads of its own and of the engine's."""
    connect = duckdb.connect

    def with_threads(*arguments: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        options["config"] = {**(options.get("config") or {}), "threads": threads}
        return connect(*arguments, **options)

    with patch.object(duckdb, "connect", with_threads):
        commands = [[*command, "--threads", str(threads)] for command in commands]
        return run_dbt(report, project, run_folder, commands)


class Workshop:
    """Databases made of deliveries, without gates, at the path at which a refresh makes them."""

    def __init__(self, folder: Path, deliveries: Deliveries) -> None:
        self._folder, self._deliveries = folder, deliveries
        self.database = folder / "building" / "warehouse.duckdb"
        self.project = folder / "project"
        for name in ("building", "runs", "rules"):
            (folder / name).mkdir()
        write_mapping(folder / "mapping.yml")
        for number in range(1, DELIVERIES + 1):
            (folder / f"exports{number}").mkdir()
            deliveries.write(number, folder / f"exports{number}")

    def use_rules(self, rules_dir: Path | None) -> None:
        compose_project(self.project, rules_dir)

    def land(self, number: int) -> Landing:
        with duckdb.connect(str(self.database)) as connection:
            landing = land(
                connection,
                load_contract(),
                load_mapping(self._folder / "mapping.yml"),
                input_dir=self._folder / f"exports{number}",
                archive=Archive(self._folder / "archive"),
                received=[],
                now=self._deliveries.ends_at(number),
                scratch=self._folder / "scratch",
                progress=lambda _: None,
            )
        assert not landing.held
        assert sum(account.quarantined for account in landing.accounts) == 0
        return landing

    def prepare(self, landing: Landing, as_of: datetime | None = None) -> list[str]:
        """What a refresh writes before dbt runs; returns the kept tables that are built whole."""
        with duckdb.connect(str(self.database)) as connection:
            context = write_context(connection, load_contract(), as_of, "rules")
            families = Families(self.project)
            return [
                one.table for one in prepare_kept_tables(connection, families, landing, context)
            ]

    def build(self, *commands: list[str], threads: int = 2) -> None:
        results = run_in_worker(
            run_dbt_on,
            Path("project"),
            Path("runs"),
            list(commands) or [["run"]],
            threads,
            log=self._folder / "dbt.log",
            report=lambda _: None,
            folder=self._folder,
            environment={DATABASE_VARIABLE: "building/warehouse.duckdb"},
        )
        assert [result for result in results if result.is_bad] == []

    def put_aside(self, name: str) -> Path:
        """A copy; its file has the same name, which views carry."""
        kept = self._folder / name / self.database.name
        kept.parent.mkdir()
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("checkpoint")
        shutil.copyfile(self.database, kept)
        return kept


@dataclass
class Carried:
    """What came of the same deliveries in different ways.

    Attributes:
        carried_on: database that took them one after the other.
        anew: the one that took all at once.
        built_whole: delivery to the kept tables that were built whole then.
        stale_after: seed to the kept tables that a change of it makes stale.
        then: digests after a delivery long past, and when it ended.
        rebuilt: digests of the rebuild of that instant from all that has landed since.
        on_threads: number of threads to digests.
    """

    deliveries: Deliveries
    carried_on: Path
    anew: Path
    built_whole: dict[int, list[str]] = field(default_factory=dict)
    stale_after: dict[str, list[str]] = field(default_factory=dict)
    touched: dict[int, int] = field(default_factory=dict)
    then: Digests = field(default_factory=dict)
    rebuilt: Digests = field(default_factory=dict)
    on_threads: dict[int, Digests] = field(default_factory=dict)


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Carried:
    folder = tmp_path_factory.mktemp("carried")
    deliveries = Deliveries(SEED, LEADS)
    workshop = Workshop(folder, deliveries)
    made = Carried(deliveries, Path(), Path())
    tracking_rules(PROJECT_DIR / "seeds", folder / "rules")
    workshop.use_rules(folder / "rules")
    for number in range(1, DELIVERIES + 1):
        seed = [["seed"]] if number == 1 else []
        if number == THEN:
            changed_rules(PROJECT_DIR / "seeds", folder / "rules")
            workshop.use_rules(folder / "rules")
            changed = [path.stem for path in (folder / "rules").iterdir()]
            seed = [["seed", "--select", *changed]]
        as_of = deliveries.ends_at(number) if number == THEN else None
        made.built_whole[number] = workshop.prepare(workshop.land(number), as_of)
        workshop.build(*seed, ["run"])
        made.touched[number] = touched(workshop.database)
        if number == THEN:
            made.then = digests(workshop.database)
    made.on_threads[2] = digests(workshop.database)
    made.carried_on = workshop.put_aside("carried_on")
    made.stale_after = stale_after_changes(workshop.project, folder / "changed")

    workshop.database.unlink()
    landings = [workshop.land(number) for number in range(DELIVERIES, 0, -1)]
    workshop.prepare(landings[-1])
    workshop.build(["seed"], ["run"], threads=1)
    made.on_threads[1] = digests(workshop.database)
    made.anew = workshop.put_aside("anew")
    workshop.prepare(Landing(), deliveries.ends_at(THEN))
    workshop.build(threads=8)
    made.rebuilt = digests(workshop.database)
    if MANY:
        # What a rebuild of the past took out does not come back: nothing is built upon one.
        shutil.copyfile(made.anew, workshop.database)
        drop_kept(workshop.database, workshop.project)
        workshop.prepare(Landing())
        workshop.build(threads=8)
        made.on_threads[8] = digests(workshop.database)
    return made


def test_everything_that_makes_carrying_on_hard_was_delivered(carried: Carried) -> None:
    happened = carried.deliveries.happened
    cases = carried.deliveries.lead_count * DELIVERIES
    sys.stdout.write(
        f"seed {SEED}: {cases} cases (leads x deliveries), touched {carried.touched}, {happened}\n"
    )
    assert [kind for kind, count in happened.items() if count < 3] == []
    assert carried.touched[DELIVERIES] < carried.deliveries.lead_count


def test_consents_changed_what_counts_of_leads_that_nothing_else_touched(
    carried: Carried,
) -> None:
    """Of the same lead some visits count and others do not, as it consented and objected."""
    with opened(carried.carried_on) as connection:
        [(without, of_consenting)] = connection.execute(
            "select count(*), count(*) filter (lead_id in (select lead_id "
            "from intermediate.int_interactions_weighted where zero_because is null "
            "and recorded_type = 'page')) from intermediate.int_interactions_weighted "
            "where zero_because = 'no_tracking_consent' and points = 0 and unscreened_points > 0"
        ).fetchall()
    assert without > of_consenting > 0


def test_carried_on_equals_built_anew(carried: Carried) -> None:
    with opened(carried.carried_on) as left, opened(carried.anew) as right:
        assert relations(left) == relations(right)
        assert (
            first_difference(
                left, right, [name for name in relations(left) if name[1] not in OF_THIS_REFRESH]
            )
            is None
        ), f"seed {SEED}"


def test_only_what_follows_from_a_changed_rule_is_built_whole(carried: Carried) -> None:
    assert len(carried.built_whole[1]) == 5
    of_intent = ["int_intent_scores_historized", "int_intent_states_historized"]
    assert carried.built_whole[THEN] == of_intent
    assert [carried.built_whole[number] for number in range(THEN + 1, DELIVERIES + 1)] == [[], []]
    assert carried.stale_after == {
        "signals": of_intent,
        "traffic_leads": carried.built_whole[1],
        "icp_criteria": ["int_intent_scores_historized"],
    }


def test_the_number_of_threads_changes_nothing(carried: Carried) -> None:
    """Made by one thread anew and by two carried on; by eight, the past is rebuilt, see below."""
    marts = [
        {name: digest for name, digest in found.items() if name.startswith("marts.")}
        for found in carried.on_threads.values()
    ]
    assert sorted(carried.on_threads) == ([1, 2, 8] if MANY else [1, 2])
    assert len(marts[0]) > 10
    differing = {name for one in marts for name, _ in one.items() ^ marts[0].items()}
    assert differing == set(), f"seed {SEED}"


def test_the_past_rebuilt_is_what_it_was_then(carried: Carried) -> None:
    """By eight threads, with all that has landed since; it was carried on by two."""
    names = {
        name
        for name in carried.then
        if name.split(".")[1] not in OF_THIS_REFRESH | COUNTS_WHAT_LANDED
    }
    differing = [name for name in sorted(names) if carried.then[name] != carried.rebuilt.get(name)]
    assert differing == [], f"seed {SEED}"


POINTS_BY_LOOKUP = """
with latest as (
    select
        asked.lead_id,
        asked.instant,
        history.kind,
        history.component,
        history.points,
        history.half_life_days,
        history.cap_points,
        epoch_us(asked.instant) - epoch_us(history.changed_at) as age
    from asked
    inner join marts.fct_score_history as history
        on
            asked.lead_id = history.lead_id
            and history.changed_at <= asked.instant
            and (history.next_changed_at is null or asked.instant < history.next_changed_at)
    where history.score = 'intent'
)
select
    lead_id,
    instant,
    sum(
        case when kind = 'step' then points
        else least(points * pow(2.0, -age / (half_life_days * 864e8)), cap_points) end
    )
from latest group by lead_id, instant
"""


def test_points_at_any_instant_are_plain_sums(carried: Carried) -> None:
    """Over 15 years, with half-lives from a day to a year, also of what counts from later on than
    it happened: an act of a visitor known later, or of a record merged later."""
    with opened(carried.carried_on) as connection:
        events = defaultdict[str, list[tuple[Any, ...]]](list)
        for lead, *event in connection.execute(
            "select lead_id, occurred_at, counts_from, points, signal_group, half_life_days, "
            "step_until from intermediate.int_interactions_weighted "
            "where zero_because is null and points <> 0 order by all"
        ).fetchall():
            events[lead].append(tuple(event))
        caps = dict(
            connection.execute(
                "select signal_group, cap_points from seeds.signal_groups"
            ).fetchall()
        )
        [(as_of,)] = connection.execute("select as_of from raw.refresh_context").fetchall()
        at_random = random.Random(SEED)
        asked = sorted({
            (lead, min(as_of, at + timedelta(microseconds=at_random.randrange(int(ahead * 1e6)))))
            for lead, found in events.items()
            for ahead in (1, 86400, 86400 * 40, 86400 * 1500)
            for at in [at_random.choice(found)[1]]
        })  # fmt: skip
        connection.execute("create temp table asked (lead_id varchar, instant timestamp)")
        connection.executemany("insert into asked values (?, ?)", asked)
        found = {
            (lead, at): points
            for lead, at, points in connection.execute(POINTS_BY_LOOKUP).fetchall()
        }
        scored = dict(
            connection.execute(
                "select lead_id, intent_points from marts.fct_lead_scores"
            ).fetchall()
        )
    every = [event for of_lead in events.values() for event in of_lead]
    assert {float(event[4]) for event in every if event[4]} >= {1, 365}
    assert min(event[0] for event in every) < as_of - timedelta(days=12 * 365)
    assert sum(event[1] - event[0] > timedelta(days=1) for event in every) > 20
    assert len(asked) > 500
    for lead, at in asked:
        expected = plain_points(events[lead], caps, at)
        assert is_close(found.get((lead, at), 0), expected), (lead, at, SEED)
    for lead, points in scored.items():
        assert is_close(points, plain_points(events[lead], caps, as_of)), (lead, as_of, SEED)


def plain_points(events: list[tuple[Any, ...]], caps: dict[str, Any], at: datetime) -> float:
    groups, steps = defaultdict[str, list[float]](list), []
    for occurred_at, counts_from, points, group, half_life, step_until in events:
        if counts_from > at:
            continue
        if group:
            ages = (at - occurred_at) / timedelta(days=float(half_life))
            groups[group].append(float(points) * 2.0**-ages)
        elif at < step_until:
            steps.append(float(points))
    capped = [min(math.fsum(one), float(caps[group])) for group, one in groups.items()]
    return math.fsum([*capped, *steps])


def is_close(found: Any, expected: float) -> bool:
    return math.isclose(float(found), expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def touched(database: Path) -> int:
    with opened(database) as connection:
        [(count,)] = connection.execute(
            "select count(*) from intermediate.int_leads_touched"
        ).fetchall()
    return int(count)


def stale_after_changes(project: Path, folder: Path) -> dict[str, list[str]]:
    """Without building anything: the kept tables that a blank line in a seed makes stale."""
    before = Families(project).digests
    stale = {}
    for seed in ("signals", "traffic_leads", "icp_criteria"):
        shutil.copytree(project, folder, ignore=shutil.ignore_patterns("target"))
        with (folder / "seeds" / "rules" / f"{seed}.csv").open("a") as file:
            file.write("\n")
        stale[seed] = Families(folder).stale(before)
        shutil.rmtree(folder)
    return stale


def drop_kept(database: Path, project: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        for table in Families(project).kept:
            connection.execute(f"drop table intermediate.{table}")


@contextmanager
def opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


def relations(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema in ('intermediate', 'marts') order by all"
    ).fetchall()


def digests(database: Path) -> Digests:
    with opened(database) as connection:
        return {
            f"{schema}.{name}": digest(connection, f"{schema}.{name}")
            for schema, name in relations(connection)
        }


ROWS = "from (select columns(c -> not starts_with(c, 'first_published')) from {}) as t"
"""Without what tells when readers were told of a row."""


def digest(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[int, int]:
    [found] = connection.execute(
        "select count(*), coalesce(sum(cast(hash(t) as hugeint)), 0) " + ROWS.format(name)
    ).fetchall()
    return found


def first_difference(
    left: duckdb.DuckDBPyConnection,
    right: duckdb.DuckDBPyConnection,
    names: list[tuple[str, str]],
) -> str | None:
    """The first tables that differ, with the first lead in each and its rows that only one has."""
    said = []
    for schema, table in names:
        name = f"{schema}.{table}"
        if digest(left, name) == digest(right, name):
            continue
        columns = [column for column, *_ in left.execute(f"describe {name}").fetchall()]
        place = columns.index("lead_id") if "lead_id" in columns else 0
        rows = [
            set(side.execute("select * " + ROWS.format(name)).fetchall()) for side in (left, right)
        ]
        only = [rows[0] - rows[1], rows[1] - rows[0]]
        lead = min(str(row[place]) for row in only[0] | only[1])
        shown = [[row for row in one if str(row[place]) == lead][:3] for one in only]
        said.append(
            f"{name}: {len(only[0])} rows only carried on, {len(only[1])} only anew; "
            f"first {lead}: {shown[0]} for {shown[1]}"
        )
    return "\n".join(said[:8]) or None
