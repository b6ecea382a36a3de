"""Olist's real funnel through ``examples/olist``, held against pandas-free sums over the files."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.refresh.report import RefreshReport
from tests.conftest import ask, refresh_state

EXAMPLE = PROJECT_DIR / "examples" / "olist"
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
DAY = 86400
WINDOW = 90


class Files:
    """The two files as they are, and what follows from them without any SQL."""

    def __init__(self, folder: Path):
        contacts = "olist_marketing_qualified_leads_dataset.csv"
        with (folder / contacts).open(newline="") as file:
            self.contacts = {row["mql_id"]: row for row in csv.DictReader(file)}
        with (folder / "olist_closed_deals_dataset.csv").open(newline="") as file:
            self.deals = list(csv.DictReader(file))

    def contacted_at(self, lead_id: str) -> datetime:
        local = datetime.fromisoformat(self.contacts[lead_id]["first_contact_date"])
        return local.replace(tzinfo=SAO_PAULO).astimezone(UTC)

    def days_to_win(self) -> dict[str, float]:
        return {
            deal["mql_id"]: (
                datetime.fromisoformat(deal["won_date"]).replace(tzinfo=UTC)
                - self.contacted_at(deal["mql_id"])
            ).total_seconds()
            / DAY
            for deal in self.deals
        }


@pytest.fixture(scope="module")
def olist(shared_data: Path) -> Files:
    return Files(shared_data / "olist")


@pytest.fixture(scope="module")
def report(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> RefreshReport:
    return refresh_state(
        tmp_path_factory.mktemp("olist") / "state",
        EXAMPLE / "mapping.yml",
        shared_data / "olist",
        rules_dir=EXAMPLE / "rules",
    )


@pytest.fixture(scope="module")
def state(report: RefreshReport) -> Path:
    assert report.database is not None
    return report.database.parents[2]


def test_every_record_lands(report: RefreshReport) -> None:
    assert report.is_published
    assert [(a.records, a.accepted, a.quarantined) for a in report.accounts] == [
        (8000, 8000, 0),
        (842, 842, 0),
    ]
    assert report.as_of == datetime(2018, 11, 14, 18, 4, 19)


def test_conversion_by_origin_keeps_null_and_unknown_apart(state: Path, olist: Files) -> None:
    entered = Counter(row["origin"] or None for row in olist.contacts.values())
    days = olist.days_to_win()
    won = Counter(olist.contacts[i]["origin"] or None for i, after in days.items() if after >= 0)
    early = Counter(olist.contacts[i]["origin"] or None for i, after in days.items() if after < 0)
    rows = ask(
        state,
        "select segment, sum(entered_count), sum(converted_to_date_count), "
        "sum(reached_before_entry_count) from marts.rpt_funnel_cohorts where dimension = 'source' "
        "and basis = 'crm' and from_stage = 'mql' and to_stage = 'customer' group by segment",
    )
    assert {source: counts for source, *counts in rows} == {
        source: [entered[source], won[source], early[source]] for source in entered
    }
    assert (entered[None], entered["unknown"]) == (60, 1099)
    assert sum(won.values()) + sum(early.values()) == 842


def test_conversion_by_cohort_month_and_window(state: Path, olist: Files) -> None:
    entered: Counter[str] = Counter()
    converted: Counter[str] = Counter()
    days = olist.days_to_win()
    for lead_id, row in olist.contacts.items():
        month = row["first_contact_date"][:7]
        entered[month] += 1
        converted[month] += 0 <= days.get(lead_id, -1) <= WINDOW
    rows = ask(
        state,
        "select strftime(cohort_month, '%Y-%m'), sum(entered_count), sum(converted_count) "
        "from marts.rpt_funnel_cohorts where dimension = 'all' group by cohort_month",
    )
    assert {month: (n, k) for month, n, k in rows} == {
        month: (entered[month], converted[month]) for month in entered
    }


def test_wins_before_december_2017_were_not_recorded_and_cohorts_say_so(state: Path) -> None:
    assert ask(state, "select min(closed_at) from marts.fct_opportunities")[0][0] >= datetime(
        2017, 12, 1
    )
    rows = ask(
        state,
        "select distinct cohort_month < date '2017-12-01', is_fully_observed, is_mature "
        "from marts.rpt_funnel_cohorts order by 1",
    )
    assert rows == [(False, True, True), (True, False, True)]


def test_days_to_close(state: Path, olist: Files) -> None:
    days = olist.days_to_win()
    expected = median(after for after in days.values() if after >= 0)
    assert ask(
        state,
        "select median(days_to_convert), count(*) from marts.fct_funnel_conversions "
        "where is_converted",
    ) == [(pytest.approx(expected, abs=1e-9), 841)]
    by_origin = defaultdict(list)
    for lead_id, after in days.items():
        if after >= 0:
            by_origin[olist.contacts[lead_id]["origin"] or None].append(after)
    rows = ask(
        state,
        "select source, median(days_to_convert) from marts.fct_funnel_conversions "
        "where is_converted group by source",
    )
    assert dict(rows) == pytest.approx({origin: median(v) for origin, v in by_origin.items()})


def test_deals_without_amount_or_opening_are_counted_in_no_mean_and_no_cycle(
    state: Path, olist: Files
) -> None:
    closed = Counter(
        datetime.fromisoformat(deal["won_date"])
        .replace(tzinfo=UTC)
        .astimezone(SAO_PAULO)
        .strftime("%Y-%m")
        for deal in olist.deals
    )
    rows = ask(
        state,
        "select strftime(deal_month, '%Y-%m'), won_count, unknown_amount_count, won_amount, "
        "mean_deal_amount, value_win_rate from marts.rpt_deals "
        "where period_basis = 'closed' and dimension = 'all'",
    )
    assert {month: rest for month, *rest in rows} == {
        month: [won, won, None, None, None] for month, won in closed.items()
    }
    # By origin, with the origin that was not recorded: the same 842.
    won = Counter(olist.contacts[d["mql_id"]]["origin"] or None for d in olist.deals)
    by_source = ask(
        state,
        "select segment, sum(won_count) from marts.rpt_deals "
        "where period_basis = 'created' and dimension = 'source' group by segment",
    )
    assert dict(by_source) == won
    assert ask(
        state,
        "select sum(deal_count), sum(unmeasured_count), count(median_cycle_days) "
        "from marts.rpt_sales_cycles where dimension = 'all'",
    ) == [(842, 842, 0)]
    # Nobody asked and nobody was scored to an MQL: no clock by the rules, no response time. Who was
    # won before the first contact was never handed over.
    assert ask(state, "select count(*) from marts.rpt_response_times") == [(0,)]
    assert ask(
        state,
        "select sum(handover_count), sum(accepted_count), sum(implied_acceptance_count) "
        "from marts.rpt_handover where basis = 'crm' and dimension = 'all'",
    ) == [(7999, 841, 841)]


def test_the_deal_won_before_first_contact_is_shown_not_counted(
    state: Path, report: RefreshReport, olist: Files
) -> None:
    [early] = [lead_id for lead_id, after in olist.days_to_win().items() if after < 0]
    transitions = ask(
        state,
        "select to_stage, is_before_lead_created, is_effective "
        "from marts.fct_lifecycle_transitions "
        f"where basis = 'crm' and lead_id = '{early}' order by transition_number",
    )
    assert transitions == [("customer", True, True), ("lead", False, False), ("mql", False, False)]
    assert ask(state, f"select crm_stage from marts.dim_leads where lead_id = '{early}'") == [
        ("customer",)
    ]
    assert ask(
        state,
        "select lead_id from marts.fct_opportunities "
        "where is_closed_too_early and days_from_lead_to_close < 0",
    ) == [(early,)]
    assert any("closes before" in finding.check for finding in report.warnings)


def test_company_attributes_are_known_from_the_win_only(state: Path) -> None:
    assert ask(
        state,
        "select count(*) from intermediate.int_leads_historized as versions "
        "left join marts.fct_opportunities as deals using (lead_id) "
        "where versions.industry is not null "
        "and (deals.closed_at is null or versions.valid_from < deals.closed_at)",
    ) == [(0,)]
    assert ask(state, "select count(*), count(industry) from marts.dim_leads") == [(8000, 841)]
    # Their own known-at column says when, so nothing is assumed.
    assert ask(
        state, "select is_known_at_assumed, count(*) from raw.leads group by 1 order by 1"
    ) == [(False, 842), (True, 8000)]


def test_as_of_march_2018_knows_no_later_win_and_no_later_attribute(
    state: Path, shared_data: Path, olist: Files
) -> None:
    past = refresh_state(
        state,
        EXAMPLE / "mapping.yml",
        shared_data / "olist",
        rules_dir=EXAMPLE / "rules",
        as_of="2018-03-01T00:00:00Z",
    )
    then = datetime(2018, 3, 1, tzinfo=UTC)
    known = [i for i in olist.contacts if olist.contacted_at(i) <= then]
    won = [d for d in olist.deals if datetime.fromisoformat(d["won_date"] + "+00:00") <= then]
    leads = ask(state, "select count(*), count(industry) from marts.dim_leads", past.run_id)
    described = sum(bool(deal["business_segment"]) for deal in won)
    early = {d["mql_id"] for d in won} - set(known)
    assert leads == [(len(set(known) | early), described)]
    deals = ask(state, "select count(*) from marts.fct_opportunities", past.run_id)
    assert deals == [(len(won),)]
