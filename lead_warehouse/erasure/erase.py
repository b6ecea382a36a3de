"""Erase a person by identifier or address, or everybody whose data are due to go."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from lead_warehouse.clock import utc_now
from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.erasure.generation import anonymised_rows
from lead_warehouse.erasure.key import read_key
from lead_warehouse.erasure.outdated import Lines, count_of, outdated_lines
from lead_warehouse.erasure.persons import Persons, find_erased, is_subject, parameters
from lead_warehouse.erasure.replay import replay_erasures
from lead_warehouse.erasure.tombstones import Kind, Tombstones, plain
from lead_warehouse.errors import UserError
from lead_warehouse.failpoints import check_failpoint, failpoint
from lead_warehouse.mapping import Mapping, load_mapping
from lead_warehouse.refresh.reconcile import reconcile
from lead_warehouse.refresh.room import full_disk_in_words, require_room_to_erase
from lead_warehouse.sql import identifier
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.engine import open_read_only
from lead_warehouse.state.erasures import Erasure, Erasures, marks_of
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.hold import who
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import exclusive_lock

Progress = Callable[[str], None]

RESUME = (
    "make room; then `lead-warehouse erase --resume`, or the next refresh, carries the erasure on"
)

DUE = "select lead_id from marts.rpt_retention_due where is_due order by lead_id"


@dataclass(frozen=True)
class Who:
    """Who is to be erased: one lead or address, or all that are due.

    Attributes:
        is_due: everybody of ``rpt_retention_due`` whose time is over.
    """

    lead: str | None = None
    email: str | None = None
    is_due: bool = False

    @property
    def because(self) -> str:
        return "retention" if self.is_due else "request"


@dataclass
class Plan:
    """What an erasure takes out.

    Attributes:
        shared: addresses, contacts and visitors that others have too; they stay theirs.
        records: canonical table to records that go.
        outdated: records that go because their own time is over, whoever they are of.
        left: input to such records that stay; see ``outdated_lines``.
    """

    persons: Persons
    person_count: int
    shared: int
    records: dict[str, int] = field(default_factory=dict)
    conversions: int = 0
    generations: int = 0
    outdated: Lines = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.persons or self.outdated)

    @property
    def outdated_count(self) -> int:
        return count_of(self.outdated)

    @property
    def lead_count(self) -> int:
        return len(self.persons.ids["lead"])


def plan(state: StateDirectory, asked: Who, mapping_path: Path | None = None) -> Plan:
    """Say what an erasure would take out; nothing is changed.

    Args:
        mapping_path: tells which inputs read tables.

    Raises:
        UserError: nobody is known by it, or several persons share the address.
    """
    contract = load_contract()
    generations = Generations(state)
    with open_read_only(generations.find(None).database) as connection:
        mapping = load_mapping(mapping_path) if mapping_path and mapping_path.exists() else None
        found = _identify(connection, contract, asked, mapping)
        found.generations = len(generations.all())
        return found


def erase(
    state: StateDirectory,
    mapping_path: Path,
    asked: Who,
    progress: Progress = lambda _: None,
) -> Plan:
    """Erase persons, everywhere below the state directory.

    Killed at any point, the next refresh or ``resume`` carries it on.

    Raises:
        UserError: nobody is known by it, several persons share the address, or the key is missing.
        RunFailed: a refresh is under way, or the disk has no room.
    """
    check_failpoint()
    mapping, contract = load_mapping(mapping_path), load_contract()
    erasures = Erasures(state)
    tombstones = Tombstones(read_key())
    erasures.refuse_other_key(tombstones)
    generations = Generations(state)
    generations.find(None)
    with exclusive_lock(state.lock, "erase"):
        reconcile(state, ControlLedger(state.control), run_id="")
        replay_erasures(state, mapping, erasures.tombstones(), progress)
        with open_read_only(generations.find(None).database) as connection:
            found = _identify(connection, contract, asked, mapping)
            if not found:
                return found
            anonymised = anonymised_rows(connection, found.persons)
        require_room_to_erase(state.root, [one.database for one in generations.all()])
        found.generations = len(generations.all())
        at = utc_now()
        erasures.write(
            Erasure(
                f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
                at.isoformat(),
                who(),
                asked.because,
                tombstones.check,
                marks_of(tombstones, found.persons.pairs()),
                anonymised,
                {
                    "persons": found.person_count,
                    **found.records,
                    **({"outdated": found.outdated_count} if found.outdated else {}),
                },
                found.outdated,
            )
        )
        failpoint("erasing_noted")
        with full_disk_in_words(state.root, None, RESUME):
            replay_erasures(state, mapping, erasures.tombstones(), progress)
    return found


def resume(
    state: StateDirectory, mapping_path: Path, progress: Progress = lambda _: None
) -> list[str]:
    """Carry out what an erasure that died left, or what a restored copy brought back.

    Raises:
        UserError: the key is missing or another one.
        RunFailed: a refresh is under way.
    """
    check_failpoint()
    mapping = load_mapping(mapping_path)
    if not Erasures(state).ids():
        return []
    tombstones = Erasures(state).tombstones()
    with exclusive_lock(state.lock, "erase"):
        reconcile(state, ControlLedger(state.control), run_id="")
        return replay_erasures(state, mapping, tombstones, progress, is_asked=True)


def _identify(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    asked: Who,
    mapping: Mapping | None,
) -> Plan:
    """Every identifier of who is asked for, and how many records they are in."""
    leads = _leads(connection, asked)
    groups = _groups(connection)
    survivors = {groups.get(lead, lead) for lead in leads}
    if asked.email and len(survivors) > 1:
        raise UserError(
            f"{len(survivors)} persons share the address: {', '.join(sorted(survivors))}; "
            "name one with --lead"
        )
    leads = {lead for lead in groups if groups[lead] in survivors} | leads
    ids: dict[Kind, set[str]] = {"lead": leads, "contact": set(), "visitor": set(), "email": set()}
    shared = 0
    if asked.email:
        ids["email"].add(plain("email", asked.email))
    for kind, table, column in (
        ("contact", "leads", "contact_id"),
        ("email", "leads", "email"),
        ("visitor", "interactions", "visitor_id"),
    ):
        own, others = _own(connection, table, column, leads)
        ids[kind] |= own  # type: ignore[index]
        shared += others
    rows = connection.execute(
        "select distinct email from raw.contacts "
        "where list_contains(?, contact_id) and email is not null",
        [sorted(ids["contact"])],
    ).fetchall()
    ids["email"] |= {plain("email", email) for (email,) in rows}
    emails = {plain("email", email) for email in ids["email"]}

    def is_theirs(kind: Kind, value: str) -> bool:
        return plain(kind, value) in emails if kind == "email" else value in ids[kind]

    persons = find_erased(connection, contract, is_theirs)
    if leads and not persons:
        raise UserError("no record of the lead is left; nothing to erase")
    found = Plan(persons, len(survivors), shared)
    for table in contract.tables:
        if test := is_subject(contract, table):
            ((count,),) = connection.execute(
                f"select count(*) from raw.{identifier(table)} where {test}",
                parameters(persons, test),
            ).fetchall()
            if count:
                found.records[table] = count
    found.conversions = len(anonymised_rows(connection, persons))
    if asked.is_due:
        tables = {one.name for one in mapping.inputs if one.form == "table"} if mapping else set()
        found.outdated, found.left = outdated_lines(connection, contract, tables)
    return found


def _leads(connection: duckdb.DuckDBPyConnection, asked: Who) -> set[str]:
    if asked.is_due:
        if not _has_mart(connection, "rpt_retention_due"):
            raise UserError("marts.rpt_retention_due is not there; refresh once before you purge")
        return {lead for (lead,) in connection.execute(DUE).fetchall()}
    if asked.lead:
        rows = connection.execute(
            "select 1 from raw.leads where lead_id = ? "
            "union all select 1 from raw.interactions where lead_id = ? "
            "union all select 1 from raw.lead_merges where ? in (merged_lead_id, surviving_lead_id)"
            "limit 1",
            [asked.lead, asked.lead, asked.lead],
        ).fetchall()
        if not rows:
            raise UserError(
                "no lead has that identifier; `lead-warehouse query` finds it in marts.dim_leads"
            )
        return {asked.lead}
    wanted = plain("email", str(asked.email))
    told = connection.execute(
        "select distinct leads.lead_id, coalesce(leads.email, contacts.email) from raw.leads "
        "left join raw.contacts using (contact_id) "
        "union select distinct leads.lead_id, contacts.email from raw.contacts "
        "inner join raw.leads using (contact_id)"
    ).fetchall()
    found = {lead for lead, email in told if email and plain("email", email) == wanted}
    in_consents = connection.execute(
        "select distinct email from raw.consents where email is not null"
    ).fetchall()
    if not found and not any(plain("email", email) == wanted for (email,) in in_consents):
        raise UserError("no record has that address; try --lead with the person's identifier")
    return found


def _groups(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Lead to the one that stands for the person; by merges alone where no model has said it."""
    if not _has_mart(connection, "dim_lead_identities"):
        merges = connection.execute(
            "select merged_lead_id, surviving_lead_id from raw.lead_merges"
        ).fetchall()
        return {lead: survivor for merge in merges for lead, survivor in (merge, merge[1:] * 2)}
    return dict(
        connection.execute(
            "select lead_id, surviving_lead_id from marts.dim_lead_identities"
        ).fetchall()
    )


def _has_mart(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    found = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = ?", [name]
    ).fetchone()
    return found is not None


def _own(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, leads: set[str]
) -> tuple[set[str], int]:
    """Values of a column that only records of these leads have, and how many others have too."""
    key = "lower(trim(value))" if column == "email" else "value"
    rows = connection.execute(
        f"select min(value), bool_and(list_contains(?, lead_id)) from ("
        f"select {column} as value, lead_id from raw.{table} "
        f"where {column} is not null and lead_id is not null) "
        f"group by {key} having bool_or(list_contains(?, lead_id))",
        [sorted(leads), sorted(leads)],
    ).fetchall()
    return {value for value, is_own in rows if is_own}, sum(not is_own for _, is_own in rows)
