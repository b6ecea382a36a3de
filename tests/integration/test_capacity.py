"""Whoever is proposed for a lead has a place for it, whatever the team and the queue look like."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MODELS = ("int_queue_places_counted", "int_queue_leads_released", "int_queue_leads_reassigned")
WEEK = "2026-01-12"
GIVEN = f"""
create schema intermediate;
create table intermediate.int_sales_users_resolved (
    sales_user_id varchar, role varchar, team varchar, territory varchar,
    is_active boolean, is_absent boolean
);
create table intermediate.int_sales_weeks_staffed (
    sales_user_id varchar, week_start_date date, available_capacity bigint
);
create table intermediate.int_lead_owners_historized (
    lead_id varchar, owner_id varchar, valid_from timestamp, valid_to timestamp
);
create table intermediate.int_queue_leads_owned (
    lead_id varchar, work_order bigint, is_by_sales boolean, action varchar, touch_count bigint,
    role varchar, is_of_partner boolean, is_of_customer boolean, owner_id varchar, team varchar,
    territory varchar, owner_problem varchar
);
create table staffed as select date '{WEEK}' as week_start_date;
"""


@dataclass(frozen=True)
class User:
    """A development rep: team, capacity, whether at work, leads taken this week and worked on."""

    name: str
    team: str
    capacity: int
    is_there: bool
    worked: int


@dataclass(frozen=True)
class Lead:
    """A lead of the queue: whose it is, whether it waits, whether its deadline broke long ago."""

    owner: str | None
    is_waiting: bool
    is_broken: bool
    is_of_partner: bool


users = st.lists(
    st.tuples(
        st.sampled_from(["north", "south"]),
        st.integers(0, 4),
        st.booleans(),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
).map(lambda rows: [User(f"rep_{n}", *row) for n, row in enumerate(rows)])


@st.composite
def offices(draw: st.DrawFn) -> tuple[list[User], list[Lead]]:
    team = draw(users)
    owners = [*(one.name for one in team), None, "stranger"]
    leads = draw(
        st.lists(st.builds(Lead, st.sampled_from(owners), *([st.booleans()] * 3)), max_size=14)
    )
    return team, leads


class Office:
    """The three models as dbt compiled them, on a team and a queue of a test."""

    def __init__(self, state: Path) -> None:
        folder = state / "project/target/compiled/lead_warehouse/models/intermediate/operations"
        self._sql = {name: (folder / f"{name}.sql").read_text() for name in MODELS}
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute("use warehouse")
        self.connection.execute(GIVEN)

    def fill(self, team: list[User], leads: list[Lead]) -> None:
        execute = self.connection.execute
        for table in ("sales_users_resolved", "sales_weeks_staffed", "lead_owners_historized"):
            execute(f"delete from intermediate.int_{table}")
        execute("delete from intermediate.int_queue_leads_owned")
        by_name = {one.name: one for one in team}
        for one in team:
            execute(
                "insert into intermediate.int_sales_users_resolved "
                "values (?, 'rep', ?, ?, true, ?)",
                [one.name, one.team, one.team, not one.is_there],
            )
            execute(
                f"insert into intermediate.int_sales_weeks_staffed values (?, '{WEEK}', ?)",
                [one.name, one.capacity],
            )
            for number in range(one.worked):
                execute(
                    "insert into intermediate.int_lead_owners_historized "
                    f"values (?, ?, timestamp '{WEEK} 09:00:00', null)",
                    [f"{one.name}_worked_{number}", one.name],
                )
        for number, lead in enumerate(leads, start=1):
            owner = by_name.get(lead.owner or "")
            problem = None
            if lead.owner is None:
                problem = "owner_missing"
            elif not lead.is_of_partner:
                if owner is None:
                    problem = "owner_unlisted"
                elif not owner.is_there:
                    problem = "owner_absent"
                elif lead.is_broken:
                    problem = "sla_broken"
            execute(
                "insert into intermediate.int_queue_leads_owned "
                "values (?, ?, true, ?, ?, 'rep', ?, false, ?, ?, ?, ?)",
                [
                    *(f"lead_{number}", number, "call" if lead.is_waiting else "validate"),
                    *(0, lead.is_of_partner, lead.owner),
                    *(owner.team if owner else None, owner.team if owner else None, problem),
                ],
            )
            if lead.owner is not None:
                execute(
                    "insert into intermediate.int_lead_owners_historized "
                    "values (?, ?, timestamp '2026-01-01', null)",
                    [f"lead_{number}", lead.owner],
                )

    def decide(self) -> dict[str, str]:
        for name, sql in self._sql.items():
            self.connection.execute(f"create or replace table intermediate.{name} as {sql}")
        return dict(
            self.connection.execute(
                "select lead_id, proposed_owner_id from intermediate.int_queue_leads_reassigned"
            ).fetchall()
        )


@pytest.fixture(scope="module")
def office(published_stories: Path) -> Office:
    return Office(published_stories)


@settings(max_examples=60)
@given(case=offices())
def test_nobody_is_given_more_than_they_have_places_for(
    office: Office, case: tuple[list[User], list[Lead]]
) -> None:
    team, leads = case
    office.fill(team, leads)
    proposed = office.decide()
    by_name = {one.name: one for one in team}
    given_to = Counter(proposed.values())
    released = dict(
        office.connection.execute(
            "select lead_id, pool_team from intermediate.int_queue_leads_released"
        ).fetchall()
    )
    kept = Counter(
        lead.owner
        for number, lead in enumerate(leads, start=1)
        if lead.is_waiting and lead.owner is not None and f"lead_{number}" not in released
    )
    # What is theirs already beyond their places goes, but for what partners brought.
    for one in team:
        of_partners = sum(
            lead.owner == one.name and lead.is_waiting and lead.is_of_partner for lead in leads
        )
        assert kept[one.name] <= max(one.capacity - one.worked, of_partners)
    for name, count in given_to.items():
        one = by_name[name]
        assert one.is_there
        assert one.worked + kept[name] + count <= one.capacity
    for lead_id, name in proposed.items():
        lead = leads[int(lead_id.removeprefix("lead_")) - 1]
        assert lead_id in released
        assert lead.owner != name
        assert by_name[name].team == released[lead_id]
        if lead.owner in by_name:
            assert by_name[name].team == by_name[lead.owner].team
    # What is shown as overflow could be taken by nobody of its pool but the owner.
    for lead_id in released.keys() - proposed.keys():
        lead = leads[int(lead_id.removeprefix("lead_")) - 1]
        for one in team:
            if one.is_there and one.team == released[lead_id] and one.name != lead.owner:
                taken = one.worked + kept[one.name] + given_to[one.name]
                assert taken >= one.capacity, (lead_id, one)
    assert office.decide() == proposed


def test_leads_go_round_in_the_order_of_work(office: Office) -> None:
    team = [User("rep_0", "north", 2, True, 0), User("rep_1", "north", 3, True, 0)]
    office.fill(team, [Lead(None, True, False, False)] * 6)
    assert office.decide() == {
        "lead_1": "rep_0",
        "lead_2": "rep_1",
        "lead_3": "rep_0",
        "lead_4": "rep_1",
        "lead_5": "rep_1",
    }
