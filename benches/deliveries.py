"""What a CRM and its trackers deliver, at any length: leads, accounts, merges and interactions.

Made in SQL from the hash of a row's number and a seed, so the same options make the same rows
whatever the number of threads. A history is some years long, with a lead for every forty
interactions and a heavy tail of busy ones; a day is what comes after it. Neither says anything of
anyone: the simulated company of ``lead_warehouse.simulate`` is the one with a truth in it.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import duckdb
import yaml

from lead_warehouse.sql import literal

PER_LEAD = 40
"""Interactions of a lead, on average."""

PER_SESSION = 4
YEARS = 3
ENDS_AT = datetime(2025, 12, 31)
"""The first instant that a history does not reach, the same for every length of it."""

MEMORY = "1400MB"
OPTIONS = {"parquet": "format parquet, row_group_size 122880", "csv": "format csv, header"}

TYPES = {
    "page": 4400,
    "open": 2000,
    "click": 1400,
    "white_paper": 560,
    "pricing_page": 400,
    "webinar": 300,
    "badge_scanned": 100,
    "reply": 150,
    "careers_page": 60,
    "unsubscribe": 40,
    "demo": 40,
    "contact_request": 40,
    "not_interested": 10,
    "profile_liked": 100,
}
"""How many of ten thousand interactions are of a type; no rule knows the last one. What is missing
to ten thousand are pages too."""

WEB = ("page", "pricing_page", "careers_page", "white_paper")
EMAIL = ("open", "click", "reply", "unsubscribe", "not_interested")

SENIORITIES = (
    "Director of {}", "VP {}", "Head of {}", "{} Manager", "{} Analyst", "{} Engineer",
    "Directeur {}", "Directrice {}", "Responsable {}", "Resp. {}", "Chef de service {}",
    "Chief {} Officer", "Assistant {}", "Senior {} Consultant",
)  # fmt: skip
FUNCTIONS = (
    "Operations", "Purchasing", "IT", "Innovation", "Finance", "Marketing", "Sales", "Quality",
    "des opérations", "des achats", "informatique", "de l'innovation", "financier", "logistique",
    "Supply Chain", "Human Resources", "Legal", "Production",
)  # fmt: skip
PLACES = ("", "", "", "", " EMEA", " France", " Europe", " DACH", " & Transformation", " (interim)")
INDUSTRIES = (
    "Manufacturing", "Machinery", "automotive", "Aerospace", "Chemicals", "electronics",
    "Plastics", "Banking", "insurance", "Energy", "retail", "Telecommunications", "Transport",
    "Pharmaceuticals", "software", "Media", "Education", "Hospitality", "Construction",
    "Public sector",
)  # fmt: skip
COUNTRIES = (
    *("FR",) * 7, *("DE",) * 3, "BE", "CH", "LU", "IT", "ES", "NL", "GB", "US", "US", "CA",
)  # fmt: skip
TECHNOLOGIES = (
    "SAP", "ERP", "Salesforce", "AWS", "Azure", "Kubernetes", "Sage X3", "HubSpot", "Excel",
    "Cegid",
)  # fmt: skip
ISSUES = (
    "digital transformation", "cost reduction", "supply chain", "quality", "energy", "innovation",
    "artificial intelligence", "recruiting", "data", "compliance",
)  # fmt: skip
FREE_MAIL = ("gmail.com", "outlook.fr", "orange.fr", "yahoo.fr")

COLUMNS = {
    "leads": {
        "lead_id": "Id",
        "email": "Email",
        "job_title": "Title",
        "language": "Language",
        "country_code": "Country",
        "account_id": "Account",
        "company_domain": "Domain",
        "industry": "Industry",
        "employee_count": "Employees",
        "is_listed": "Listed",
        "tech_stack": "Technologies",
        "strategic_issues": "Issues",
        "source": "Source",
        "created_at": "Created",
    },
    "accounts": {
        "account_id": "Id",
        "domain": "Domain",
        "industry": "Industry",
        "employee_count": "Employees",
        "country_code": "Country",
        "created_at": "Created",
    },
    "lead_merges": {
        "merged_lead_id": "Merged",
        "surviving_lead_id": "Kept",
        "merged_at": "At",
    },
    "interactions": {
        "interaction_id": "id",
        "lead_id": "lead",
        "visitor_id": "visitor",
        "interaction_type": "event",
        "occurred_at": "occurred",
        "channel": "channel",
        "asset": "asset",
        "depth": "depth",
        "depth_unit": "unit",
        "user_agent": "agent",
    },
}
"""Canonical columns of each file, and what the files call them."""

KNOWN_AT = {"leads": "Changed", "interactions": "received"}


@dataclass(frozen=True)
class History:
    """How much there is, and which of all such histories it is.

    Attributes:
        rows: rows in the file of interactions; one of a hundred comes twice.
        times: how many times as long, at as many interactions a day and a lead.
    """

    rows: int
    seed: int = 5
    times: int = 1
    form: str = "parquet"

    @property
    def leads(self) -> int:
        return math.ceil(self.rows / PER_LEAD)

    @property
    def day_rows(self) -> int:
        """Interactions of a day: a thousandth of a history that is not longer than usual."""
        return max(10, self.rows // self.times // 1000)

    @property
    def companies(self) -> int:
        return math.ceil(self.leads / 3)

    @property
    def begins_at(self) -> datetime:
        return ENDS_AT - timedelta(days=round(365.25 * YEARS * self.times))


def write_history(folder: Path, history: History) -> Path:
    """Write the files of a history and the mapping that lands them, whose path is returned."""
    folder.mkdir(parents=True, exist_ok=True)

    def file_of(table: str) -> Path:
        return folder / f"{table}.{history.form}"

    with _engine(folder, history) as connection:
        _copy(connection, file_of("leads"), _LEADS)
        _copy(connection, file_of("accounts"), _ACCOUNTS)
        _copy(connection, file_of("lead_merges"), _MERGES)
        _make_sessions(connection, history.rows, first_number=0, day=None)
        _copy(connection, file_of("interactions"), _INTERACTIONS)
    return write_mapping(folder, history.form)


def write_day(folder: Path, history: History, rows: int, past: Path, number: int = 0) -> None:
    """Write what a day after the history brings: interactions, and leads that are new or changed.

    Args:
        rows: interactions of the day; some happened days before, one of a hundred says anew what
            the history said.
        past: folder of the history.
        number: which day after the end of the history.
    """
    folder.mkdir(parents=True, exist_ok=True)
    day = ENDS_AT + timedelta(days=number)
    corrections = rows // 100
    told_before = literal(str(past / f"interactions.{history.form}"))

    def file_of(table: str) -> Path:
        return folder / f"{table}_{day:%Y_%m_%d}.{history.form}"

    with _engine(folder, history, day=day) as connection:
        first = history.rows + number * rows
        _make_sessions(connection, rows - corrections, first_number=first, day=day)
        _copy(connection, file_of("leads"), _LEADS_OF_A_DAY)
        _copy(connection, file_of("lead_merges"), _MERGES_OF_A_DAY)
        corrected = _CORRECTIONS.format(told_before=told_before, rows=corrections)
        _copy(connection, file_of("interactions"), _INTERACTIONS + corrected)


def write_mapping(folder: Path, form: str) -> Path:
    """Write the mapping of all these files."""
    inputs = [
        {
            "name": table,
            "files": f"{table}*.{form}",
            # A day brings a thousandth of what the history brought.
            "completeness": {"min_share": 0, "settle_seconds": 0},
            **({"known_at": KNOWN_AT[table]} if table in KNOWN_AT else {}),
            "tables": [{"table": table, "columns": columns}],
        }
        for table, columns in COLUMNS.items()
    ]
    path = folder / "mapping.yml"
    path.write_text(yaml.safe_dump({"version": 1, "inputs": inputs}, sort_keys=False), "utf-8")
    return path


def _engine(
    folder: Path, history: History, day: datetime | None = None
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"set threads = 2; set memory_limit = '{MEMORY}'; set timezone = 'UTC'")
    connection.execute(f"set temp_directory = {literal(str(folder / 'spill'))}")
    for macro in _MACROS:
        connection.execute(macro.format(seed=history.seed))
    for name, value in _variables(history, day):
        connection.execute(f"set variable {name} = ?", [value])
    connection.execute(_type_macro())
    connection.execute(_EVERY_LEAD)
    connection.execute(_SLOTS)
    return connection


def _variables(history: History, day: datetime | None) -> Iterator[tuple[str, Any]]:
    yield "leads", history.leads
    yield "companies", history.companies
    yield "begins_at", history.begins_at
    yield "ends_at", ENDS_AT
    yield "day", day
    yield "day_number", (day - ENDS_AT).days if day else -1
    lists = {
        "titles": [
            each.format(of) + at for each in SENIORITIES for of in FUNCTIONS for at in PLACES
        ],
        "industries": INDUSTRIES,
        "countries": COUNTRIES,
        "technologies": TECHNOLOGIES,
        "issues": ISSUES,
        "free_mail": FREE_MAIL,
    }
    for name, values in lists.items():
        yield name, list(values)


def _type_macro() -> str:
    """What type of interaction a number below ten thousand stands for."""
    until = accumulate(TYPES.values())
    cases = " ".join(f"when number < {n} then '{t}'" for t, n in zip(TYPES, until, strict=True))
    return f"create macro type_of(number) as case {cases} else 'page' end"


def _make_sessions(
    connection: duckdb.DuckDBPyConnection,
    rows: int,
    first_number: int,
    day: datetime | None,
) -> None:
    connection.execute(
        _SESSIONS.format(
            sessions=math.ceil(rows / PER_SESSION * 1.1) + 10,
            first=first_number,
            rows=rows,
            starts_at=_STARTS_WITHIN_A_DAY if day else _STARTS_WITHIN_A_LIFE,
        )
    )


def _copy(connection: duckdb.DuckDBPyConnection, file: Path, select: str) -> None:
    connection.execute(f"copy ({select}) to {literal(str(file))} ({OPTIONS[file.suffix[1:]]})")


_MACROS = (
    # A number from 0 to below `below`, and one from 0 to below 1.
    "create macro pick(key, salt, below) as cast(hash(key, salt, {seed}) % below as bigint)",
    "create macro chance(key, salt) as (hash(key, salt, {seed}) >> 11) / 9007199254740992.0",
    "create macro one_of(options, key, salt) as options[1 + pick(key, salt, len(options))]",
    "create macro normal(key, salt) as sqrt(-2 * ln(1 - chance(key, salt)))"
    " * cos(2 * pi() * chance(key, salt + 1))",
    # An odd factor takes every number to another one.
    "create macro id_of_lead(number) as"
    " '00Q5e' || printf('%010X', (number * 2654435769) % 1099511627776) || 'AAX'",
    "create macro id_of_account(number) as"
    " '0015e' || printf('%010X', (number * 2654435769) % 1099511627776) || 'AAY'",
    "create macro id_of_interaction(number) as"
    " cast(cast(md5(number || '-{seed}') as uuid) as varchar)",
    "create macro later(instant, seconds) as"
    " instant + to_microseconds(cast(round(1000000.0 * seconds) as bigint))",
)

# One of ten is tracked: visits before the form that made it a lead are those of a visitor.
_EVERY_LEAD = """
    create table every_lead as
    select
        number,
        id_of_lead(number) as id,
        chance(number, 10) < 0.1 as is_tracked,
        later(
            getvariable('begins_at'),
            epoch(getvariable('ends_at') - getvariable('begins_at')) * 0.97 * chance(number, 11)
        ) as first_seen_at,
        later(
            first_seen_at,
            case when is_tracked then 0.04 else 0 end
            * epoch(getvariable('ends_at') - first_seen_at)
        ) as created_at,
        -- Half of all leads do little, few do very much.
        cast(least(400, greatest(1, round(3 * exp(1.1 * normal(number, 12))))) as bigint) as slots,
        pick(number, 14, getvariable('companies')) as company
    from range(getvariable('leads')) as numbers(number)
"""

_SLOTS = """
    create table slots as
    select
        number as lead,
        first + place as slot
    from (
        select
            number,
            slots,
            sum(slots) over (order by number) - slots as first
        from every_lead
    ), lateral (select unnest(range(slots)) as place)
"""

# Attributes of a lead are those of its company; now and then nobody filled one in.
_LEADS_WITH_ATTRIBUTES = """
    select
        id as "Id",
        case when chance(number, 20) < 0.08
            then 'u' || number || '@' || one_of(getvariable('free_mail'), number, 21)
            else 'u' || number || '@company' || company || '.example'
        end as "Email",
        case when chance(number, 22) < 0.9
            then one_of(getvariable('titles'), number, 23 + version)
        end as "Title",
        case when chance(number, 24) < 0.5 then 'fr' else 'en' end as "Language",
        case when chance(number, 25) < 0.95
            then one_of(getvariable('countries'), company, 26)
        end as "Country",
        case when chance(number, 27) < 0.6 then id_of_account(company) end as "Account",
        'company' || company || '.example' as "Domain",
        case when chance(number, 28) < 0.85
            then one_of(getvariable('industries'), company, 29)
        end as "Industry",
        case when chance(number, 30) < 0.8 or version > 0
            then cast(round(exp(5.3 + 1.6 * normal(company, 31))) as bigint)
        end as "Employees",
        case when chance(number, 33) < 0.7 then chance(company, 34) < 0.1 end as "Listed",
        case when chance(number, 35) < 0.5
            then one_of(getvariable('technologies'), company, 36)
            || ';' || one_of(getvariable('technologies'), company, 37)
        end as "Technologies",
        case when chance(number, 38) < 0.4
            then one_of(getvariable('issues'), company, 39)
        end as "Issues",
        one_of(['web', 'event', 'partner', 'list'], number, 40) as "Source",
        created_at as "Created",
        changed_at as "Changed"
    from versions
"""

# One of five changes later: a new title, or a headcount found out.
_LEADS = f"""
    with versions as (
        select *, 0 as version, created_at as changed_at from every_lead
        union all
        select
            *,
            1 as version,
            later(created_at, chance(number, 16) * epoch(getvariable('ends_at') - created_at))
                as changed_at
        from every_lead
        where chance(number, 15) < 0.2
    )
    {_LEADS_WITH_ATTRIBUTES}
    order by "Changed", "Id"
"""

_LEADS_OF_A_DAY = f"""
    with lead_numbers as (
        select
            getvariable('leads') + getvariable('day_number') * new_leads + place as number,
            true as is_new
        from (
            select
                greatest(1, getvariable('leads') // 2000) as new_leads
        ), lateral (select unnest(range(new_leads)) as place)
        union all
        select number, false as is_new from every_lead
        where pick(number, 50 + getvariable('day_number'), 2000) = 0
    ),
    versions as (
        select
            lead_numbers.number,
            id_of_lead(lead_numbers.number) as id,
            pick(lead_numbers.number, 14, getvariable('companies')) as company,
            case when is_new then 0 else 2 + getvariable('day_number') end as version,
            coalesce(every_lead.created_at, later(getvariable('day'), 86000 * chance(
                lead_numbers.number, 17
            ))) as created_at,
            later(getvariable('day'), 86000 * chance(lead_numbers.number, 17)) as changed_at
        from lead_numbers
        left join every_lead on lead_numbers.number = every_lead.number
    )
    {_LEADS_WITH_ATTRIBUTES}
    order by "Changed", "Id"
"""

_ACCOUNTS = """
    select
        id_of_account(number) as "Id",
        'company' || number || '.example' as "Domain",
        one_of(getvariable('industries'), number, 29) as "Industry",
        cast(round(exp(5.3 + 1.6 * normal(number, 31))) as bigint) as "Employees",
        one_of(getvariable('countries'), number, 26) as "Country",
        getvariable('begins_at') as "Created"
    from range(getvariable('companies')) as numbers(number)
    order by number
"""

# One of two hundred goes into another one; chains come about by chance.
_MERGES = """
    select
        id as "Merged",
        id_of_lead(pick(number, 61, number)) as "Kept",
        later(created_at, (0.1 + 0.9 * chance(number, 62)) * epoch(
            getvariable('ends_at') - created_at
        )) as "At"
    from every_lead
    where number > 0 and pick(number, 60, 200) = 0
    order by "At", "Merged"
"""

_MERGES_OF_A_DAY = """
    select
        id as "Merged",
        id_of_lead(pick(number, 64, number)) as "Kept",
        later(getvariable('day'), 86000 * chance(number, 65)) as "At"
    from every_lead
    where number > 0 and pick(number, 63 + getvariable('day_number'), 40000) = 0
    order by "At", "Merged"
"""

_STARTS_WITHIN_A_LIFE = """later(
            first_seen_at,
            greatest(0, epoch(getvariable('ends_at') - first_seen_at) - 7200)
            * pow(chance(session, 4), 2)
        )"""

_STARTS_WITHIN_A_DAY = "later(getvariable('day'), 79000 * chance(session, 4))"

# A session is some interactions within minutes; one of 2,500 is a burst, which no human clicks.
_SESSIONS = """
    create or replace table sessions as
    with drawn as (
        select
            {first} + place as session,
            pick(session, 1, (select count(*) from slots)) as slot,
            pick(session, 2, 2500) = 0 as is_burst,
            case when is_burst then 40 + pick(session, 3, 40) else 1 + pick(session, 3, 7) end
                as size
        from range({sessions}) as places(place)
    ),
    numbered as (
        select *, cast(sum(size) over (order by session) - size as bigint) as rows_before
        from drawn
    ),
    begun as (
        select
            session,
            is_burst,
            least(size, {rows} - rows_before) as size,
            {first} + rows_before as first_event,
            every_lead.id as lead_id,
            every_lead.number as lead,
            is_tracked,
            created_at,
            {starts_at} as starts_at
        from numbered
        inner join slots using (slot)
        inner join every_lead on slots.lead = every_lead.number
        where rows_before < {rows}
    )
    select
        *,
        -- Some visitors are never identified.
        pick(session, 5, 33) = 0 and not is_burst as is_nobody,
        is_tracked and starts_at < created_at as is_anonymous
    from begun
    order by starts_at, session
"""

# One of a hundred is delivered a second time, half of them with another depth; one of a hundred
# is late. Of a day, late ones happened before it.
_INTERACTIONS = f"""
    with places as (
        select *, unnest(range(size)) as row_place from sessions
    ),
    events as (
        select
            *,
            row_place > 0 and pick(first_event + row_place, 70, 75) = 0 as is_repeated,
            row_place - cast(is_repeated as bigint) as place,
            first_event + place as event,
            is_anonymous or is_nobody as is_unknown,
            case
                when is_burst then 'click'
                when is_unknown then one_of(['page', 'pricing_page', 'white_paper'], event, 71)
                else type_of(pick(event, 71, 10000))
            end as type,
            case when pick(event, 72, 100) = 0 then 86400 * (1 + pick(event, 73, 20)) else 0 end
                as late,
            later(
                starts_at,
                case
                    when is_burst then 0.3 * place
                    else place * 200 + pick(event, 74, 200)
                end
                - case when getvariable('day') is null then 0 else late end
            ) as occurred
        from places
    )
    select
        id_of_interaction(event) as id,
        case when not is_unknown then lead_id end as lead,
        case
            when type not in {WEB} then null
            when is_nobody then 'v-' || session
            when is_tracked then 'v' || lead || '-' || pick(session, 75, 2)
        end as visitor,
        type as event,
        occurred,
        case
            when type in {EMAIL} then 'email'
            when type in {WEB} then 'web'
            when type = 'badge_scanned' then 'event'
            else 'form'
        end as channel,
        case type
            when 'page' then '/pages/' || pick(event, 76, 2000)
            when 'pricing_page' then '/pricing'
            when 'careers_page' then '/careers/' || pick(event, 76, 40)
            when 'white_paper' then 'white-paper-' || pick(event, 76, 60)
            when 'webinar' then 'webinar-' || pick(event, 76, 80)
            when 'click' then 'newsletter-' || pick(event, 76, 300)
            when 'open' then 'newsletter-' || pick(event, 76, 300)
        end as asset,
        case
            when type = 'webinar'
                then pick(event + case when is_repeated then 7 else 0 end * (event % 2), 77, 95) - 2
        end as depth,
        case when type = 'webinar' then 'minutes' end as unit,
        case
            when is_burst and session % 2 = 0 then 'Mozilla/5.0 (compatible; LinkScanner/2.1)'
            when type in {WEB} or type in ('click', 'open')
                then 'Mozilla/5.0 (agent ' || pick(lead, 78, 40) || ')'
        end as agent,
        case
            when getvariable('day') is not null then later(starts_at, row_place * 200 + 300)
            else least(
                later(occurred, late + case when is_repeated then 86400 else 0 end),
                getvariable('ends_at') - interval 1 second
            )
        end as received
    from events
"""

_CORRECTIONS = """
    union all
    select * replace (
        coalesce(depth, 0) + 5 as depth,
        later(getvariable('day'), 86000) as received
    )
    from (
        select * from {told_before}
        order by hash(id, getvariable('day_number'))
        limit {rows}
    )
"""


def main() -> None:
    """Write a history, and each day after it into a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="interactions in the history")
    parser.add_argument("--times", type=int, default=1, help="how many times as long it is")
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--form", choices=OPTIONS, default="parquet")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    history = History(given.rows, given.seed, given.times, given.form)
    write_history(given.out / "history", history)
    for number in range(given.days):
        day = given.out / "days" / str(number)
        write_day(day, history, history.day_rows, given.out / "history", number)


if __name__ == "__main__":
    main()
