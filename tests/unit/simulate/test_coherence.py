"""What the exports say fits together, once it has landed."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import land
from lead_warehouse.mapping import load_mapping
from lead_warehouse.simulate.company import simulate
from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY

RULES = Path(__file__).parents[3] / "seeds" / "rules"


Written = dict[Path, int | None]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The files of a company, with their numbers of records."""
    return simulate(tmp_path_factory.mktemp("company") / "exports", 500, 7)


@pytest.fixture(scope="module")
def landed(written: Written) -> Iterator[duckdb.DuckDBPyConnection]:
    """The company's exports in the raw tables."""
    mapping = next(path for path in written if path.name == "mapping.yml")
    folder = mapping.parents[1]
    with duckdb.connect() as connection:
        landing = land(
            connection,
            load_contract(),
            load_mapping(mapping),
            input_dir=folder / "exports",
            archive=Archive(folder / "landing"),
            received=[],
            now=LAST_DAY,
            scratch=folder / "scratch",
            progress=lambda _: None,
        )
        assert landing.held == []
        yield connection


def ask(landed: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return landed.execute(sql).fetchall()


def words(seed: str, column: str) -> set[str]:
    with (RULES / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def test_rows_land_in_every_table_but_contacts(landed: duckdb.DuckDBPyConnection) -> None:
    empty = [
        t
        for t, rows in ask(landed, "select table_name, row_count from raw.landed_tables")
        if not rows
    ]
    assert empty == ["contacts"]


def test_almost_every_record_is_accepted(
    landed: duckdb.DuckDBPyConnection, written: Written
) -> None:
    accounts = ask(landed, "select file_name, record_count, accepted_count from raw.landed_files")
    lines = {path.name: rows for path, rows in written.items() if path.parent.name == "exports"}
    for name, records, accepted in accounts:
        # A quote that swallows the records after it would leave far fewer.
        assert lines[name] == records, name
        assert accepted >= 0.97 * records, name
    assert sum(accepted for *_, accepted in accounts) < sum(records for _, records, _ in accounts)


def test_every_instant_is_inside_the_window(landed: duckdb.DuckDBPyConnection) -> None:
    for name, table in load_contract().tables.items():
        for column, one in table.columns.items():
            if one.type != "timestamp" or column == "scheduled_for":
                continue
            [(first, last)] = ask(landed, f"select min({column}), max({column}) from raw.{name}")
            assert first is None or FIRST_DAY <= first <= last < LAST_DAY, (name, column)
    [(planned,)] = ask(landed, "select max(scheduled_for) from raw.sales_activities")
    assert planned >= LAST_DAY
    last = datetime(2026, 12, 31)
    assert (
        LAST_DAY
        < ask(landed, "select max(expected_close_date)::timestamp from raw.opportunities")[0][0]
        < last
    )


@pytest.mark.parametrize(
    ("table", "column", "target", "key"),
    [
        ("lead_stage_changes", "lead_id", "leads", "lead_id"),
        ("lead_assignments", "lead_id", "leads", "lead_id"),
        ("sales_activities", "lead_id", "leads", "lead_id"),
        ("qualifications", "lead_id", "leads", "lead_id"),
        ("campaign_members", "lead_id", "leads", "lead_id"),
        ("consents", "lead_id", "leads", "lead_id"),
        ("opportunities", "lead_id", "leads", "lead_id"),
        ("opportunity_contacts", "lead_id", "leads", "lead_id"),
        ("lead_merges", "merged_lead_id", "leads", "lead_id"),
        ("lead_merges", "surviving_lead_id", "leads", "lead_id"),
        ("leads", "account_id", "accounts", "account_id"),
        ("opportunities", "account_id", "accounts", "account_id"),
        ("subscriptions", "account_id", "accounts", "account_id"),
        ("invoices", "account_id", "accounts", "account_id"),
        ("accounts", "parent_account_id", "accounts", "account_id"),
        ("leads", "owner_id", "sales_users", "sales_user_id"),
        ("sales_activities", "sales_user_id", "sales_users", "sales_user_id"),
        ("sales_absences", "sales_user_id", "sales_users", "sales_user_id"),
        ("qualifications", "answered_by", "sales_users", "sales_user_id"),
        ("opportunities", "owner_id", "sales_users", "sales_user_id"),
        ("opportunity_stage_changes", "opportunity_id", "opportunities", "opportunity_id"),
        ("opportunity_contacts", "opportunity_id", "opportunities", "opportunity_id"),
        ("proposals", "opportunity_id", "opportunities", "opportunity_id"),
        ("subscriptions", "opportunity_id", "opportunities", "opportunity_id"),
        ("invoices", "subscription_id", "subscriptions", "subscription_id"),
        ("leads", "campaign_id", "campaigns", "campaign_id"),
        ("campaign_members", "campaign_id", "campaigns", "campaign_id"),
        ("interactions", "campaign_id", "campaigns", "campaign_id"),
        ("marketing_spend", "campaign_id", "campaigns", "campaign_id"),
    ],
)
def test_references_resolve(
    landed: duckdb.DuckDBPyConnection, table: str, column: str, target: str, key: str
) -> None:
    """All but those to the few records that were damaged on their way out."""
    sql = (
        f"select distinct {column} from raw.{table} where {column} is not null "
        f"and {column} not in (select {key} from raw.{target})"
    )
    damaged = " ".join(
        bytes(record).decode("utf-8", "replace")
        for (record,) in ask(landed, "select raw_record from raw.quarantined_rows")
    )
    [(total,)] = ask(landed, f"select count({column}) from raw.{table}")
    assert total
    assert [one for (one,) in ask(landed, sql) if one not in damaged] == []


def test_interactions_of_leads_nobody_knows_are_those_of_deleted_contacts(
    landed: duckdb.DuckDBPyConnection,
) -> None:
    unknown = ask(
        landed,
        "select lead_id, interaction_type from raw.interactions where lead_id is not null "
        "and lead_id not in (select lead_id from raw.leads)",
    )
    strangers = {lead_id for lead_id, kind in unknown if lead_id.startswith("L-9")}
    assert strangers
    assert len({lead_id for lead_id, _ in unknown} - strangers) < 8


def test_types_are_those_of_the_rules_and_a_few_more(landed: duckdb.DuckDBPyConnection) -> None:
    kinds = {
        kind for (kind,) in ask(landed, "select distinct interaction_type from raw.interactions")
    }
    named = words("signals", "interaction_type") | words("negative_steps", "interaction_type")
    assert named < kinds
    assert kinds - named == {"video_play", "chat_started", "forward"}


def test_reasons_and_criteria_are_those_of_the_rules(landed: duckdb.DuckDBPyConnection) -> None:
    rejections = ask(
        landed,
        "select distinct stage, reason from raw.lead_stage_changes where reason is not null",
    )
    with (RULES / "rejection_reasons.csv").open(encoding="utf-8", newline="") as file:
        returns_to = {row["reason"]: row["returns_to"] for row in csv.DictReader(file)}
    assert {stage for stage, _ in rejections} == {"recycled", "disqualified"}
    assert all(returns_to[reason] == stage for stage, reason in rejections)
    asked = {one for (one,) in ask(landed, "select distinct criterion from raw.qualifications")}
    assert asked & words("qualification_criteria", "criterion") >= {"need", "economic_buyer"}


def test_answers_are_confirmed_with_and_without_evidence_and_some_taken_back(
    landed: duckdb.DuckDBPyConnection,
) -> None:
    counts = dict(ask(landed, "select status, count(*) from raw.qualifications group by status"))
    assert counts["confirmed"] > counts["denied"] > 0
    [(without,)] = ask(
        landed,
        "select count(*) from raw.qualifications where status = 'confirmed' and evidence is null",
    )
    [(taken_back,)] = ask(
        landed,
        "select count(*) from raw.qualifications as yes join raw.qualifications as no "
        "using (lead_id, criterion) where yes.status = 'confirmed' and no.status = 'denied' "
        "and no.answered_at > yes.answered_at",
    )
    assert 0 < without < 0.15 * counts["confirmed"]
    assert taken_back


def test_deals_close_after_they_open_but_for_one_entered_under_a_later_lead(
    landed: duckdb.DuckDBPyConnection,
) -> None:
    deals = "raw.opportunities as deals join raw.leads using (lead_id)"
    early = ask(
        landed,
        f"select opportunity_id from {deals} where leads.created_at is not null "
        "and (closed_at < deals.created_at or deals.created_at < leads.created_at)",
    )
    assert len(early) == 1
    assert not ask(landed, "select 1 from raw.opportunities where closed_at < created_at")
    assert not ask(
        landed,
        "select 1 from raw.opportunities where (status = 'open') <> (closed_at is null)",
    )


def test_amounts_are_plausible_and_some_unknown(landed: duckdb.DuckDBPyConnection) -> None:
    [(least, most, unknown, total)] = ask(
        landed,
        "select min(amount), max(amount), count(*) - count(amount), count(*) "
        "from raw.opportunities",
    )
    assert 500 < least < most < 1_000_000
    assert 0 < unknown < 0.15 * total
    money = {one for (one,) in ask(landed, "select distinct currency from raw.opportunities")}
    assert {"EUR"} < money <= {"EUR", "USD", "GBP"}
    [(credits, least_margin)] = ask(
        landed,
        "select count(*) filter (where net_amount < 0), "
        "min(margin_amount / net_amount) from raw.invoices",
    )
    assert credits
    assert least_margin > 0


def test_a_channel_has_cost_without_customers_and_another_customers_without_cost(
    landed: duckdb.DuckDBPyConnection,
) -> None:
    won = {
        source
        for (source,) in ask(
            landed,
            "select distinct source from raw.opportunities join raw.leads using (lead_id) "
            "where status = 'won' and source is not null",
        )
    }
    paid = {one for (one,) in ask(landed, "select distinct channel from raw.marketing_spend")}
    assert paid - won >= {"display"}
    assert won - paid


def test_visitors_become_known_and_late_events_are_known_late(
    landed: duckdb.DuckDBPyConnection,
) -> None:
    [(identified,)] = ask(
        landed,
        "select count(distinct anonymous.visitor_id) from raw.interactions as anonymous "
        "join raw.interactions as known using (visitor_id) "
        "where anonymous.lead_id is null and known.lead_id is not null",
    )
    assert identified
    [(early,)] = ask(
        landed,
        "select count(*) from raw.interactions join raw.leads using (lead_id) "
        "where interactions.occurred_at < leads.created_at",
    )
    assert early
    [(late, least)] = ask(
        landed,
        "select count(*), min(known_at - occurred_at) from raw.interactions "
        "where input_name = 'web_events_late'",
    )
    assert late and least.days >= 1
    [(twice,)] = ask(
        landed,
        "select count(*) - count(distinct interaction_id) from raw.interactions",
    )
    assert twice


def test_rates_are_missing_at_weekends_and_in_one_gap(landed: duckdb.DuckDBPyConnection) -> None:
    gaps = dict(
        ask(
            landed,
            "select currency, max(days) from (select currency, date_diff('day', "
            "lag(rate_date) over (partition by currency order by rate_date), rate_date) as days "
            "from raw.exchange_rates) group by currency",
        )
    )
    assert gaps["GBP"] == 3
    assert gaps["USD"] > 10
