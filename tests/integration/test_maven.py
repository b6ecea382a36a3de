"""A fictitious company's sales pipeline through ``examples/maven``, held against its own files."""

import csv
import json
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from statistics import mean, median

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.landing.preview import preview
from lead_warehouse.refresh.report import RefreshReport
from tests.conftest import ask, refresh_state

EXAMPLE = PROJECT_DIR / "examples" / "maven"
ALL_NEW = "dimension = 'all' and opportunity_type = 'new'"


class Pipeline:
    """The deals as the file has them."""

    def __init__(self, path: Path):
        with path.open(newline="") as file:
            self.deals = list(csv.DictReader(file))

    def of_stage(self, *stages: str) -> list[dict[str, str]]:
        return [deal for deal in self.deals if deal["deal_stage"] in stages]


def day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()


def month(text: str) -> date:
    return day(text).replace(day=1)


def days(deal: dict[str, str]) -> int:
    return (day(deal["close_date"]) - day(deal["engage_date"])).days


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    found = shared_data / "maven_crm"
    if not found.is_dir():
        pytest.skip(f"no {found.name} in the shared data")
    return found


@pytest.fixture(scope="module")
def pipeline(folder: Path) -> Pipeline:
    return Pipeline(folder / "sales_pipeline.csv")


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads((shared_data / "expected_dev.json").read_text())[
        "maven_crm"
    ]
    return found


@pytest.fixture(scope="module")
def report(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> RefreshReport:
    return refresh_state(
        tmp_path_factory.mktemp("maven") / "state",
        EXAMPLE / "mapping.yml",
        folder,
        rules_dir=EXAMPLE / "rules",
    )


@pytest.fixture(scope="module")
def state(report: RefreshReport) -> Path:
    assert report.database is not None
    return report.database.parents[2]


def test_the_mapping_fits_the_files_and_every_record_lands(
    report: RefreshReport, folder: Path
) -> None:
    for file in preview(EXAMPLE / "mapping.yml", folder):
        assert (file.held_because, file.unmapped, file.missing) == (None, (), ())
    assert report.is_published
    assert {account.quarantined for account in report.accounts} == {0}
    assert report.as_of == datetime(2017, 12, 31)


def test_win_rate_and_won_amount_are_those_published(
    state: Path, expected: dict[str, float]
) -> None:
    [(deals, won, closed, opened, amount, unknown)] = ask(
        state,
        "select sum(deal_count), sum(won_count), sum(closed_count), sum(open_count), "
        "sum(won_amount), sum(unknown_amount_count) from marts.rpt_deals "
        f"where period_basis = 'closed' and {ALL_NEW}",
    )
    assert (deals, won, closed) == (8800, 4238, 6711)
    assert opened == 1589 + 500
    assert round(100 * won / closed, 4) == expected["win_rate_closed_pct"]
    assert amount == expected["revenue"] == 10_005_534
    # A loss of 0 is a loss of an amount nobody wrote down; read as 0 it would double the losses.
    assert unknown == 2473


def test_neither_a_misspelt_product_nor_a_missing_account_loses_a_deal(
    state: Path, pipeline: Pipeline, expected: dict[str, float]
) -> None:
    products = dict(
        ask(
            state,
            "select opportunity_name, count(*) from marts.fct_opportunities group by 1",
        )
    )
    named = Counter(deal["product"].replace("GTXPro", "GTX Pro") for deal in pipeline.deals)
    assert products == named
    assert products["GTX Pro"] == expected["GTXPro_rows_needing_fix"]
    assert ask(state, "select count(*) from marts.fct_opportunities where account_id is null") == [
        (expected["null_account"],)
    ]
    # Whoever has no account has no country, and is still counted in every dimension.
    assert ask(
        state,
        "select sum(deal_count) from marts.rpt_deals "
        "where period_basis = 'closed' and dimension = 'country' and segment is null",
    ) == [(expected["null_account"],)]
    totals = ask(
        state,
        "select dimension, sum(deal_count), sum(won_amount) from marts.rpt_deals "
        "where period_basis = 'closed' group by dimension",
    )
    assert {row[1:] for row in totals} == {(8800, 10_005_534)}
    assert len(totals) == 8


def test_deals_by_month_of_close_mean_and_median(state: Path, pipeline: Pipeline) -> None:
    won, lost = defaultdict(list), Counter[date]()
    for deal in pipeline.of_stage("Won"):
        won[month(deal["close_date"])].append(int(deal["close_value"]))
    for deal in pipeline.of_stage("Lost"):
        lost[month(deal["close_date"])] += 1
    rows = ask(
        state,
        "select deal_month, won_count, lost_count, won_amount, mean_deal_amount, "
        "median_deal_amount, value_win_rate, is_mature from marts.rpt_deals "
        f"where period_basis = 'closed' and deal_month is not null and {ALL_NEW}",
    )
    assert {row[0]: row[1:] for row in rows} == {
        at: (
            len(values),
            lost[at],
            sum(values),
            pytest.approx(mean(values)),
            median(values),
            None,
            at < date(2017, 12, 1),
        )
        for at, values in won.items()
    }


def test_deals_by_month_of_creation(state: Path, pipeline: Pipeline) -> None:
    created = Counter(
        month(deal["engage_date"]) if deal["engage_date"] else None for deal in pipeline.deals
    )
    opened = Counter(
        month(deal["engage_date"]) if deal["engage_date"] else None
        for deal in pipeline.of_stage("Engaging", "Prospecting")
    )
    rows = ask(
        state,
        "select deal_month, deal_count, open_count from marts.rpt_deals "
        f"where period_basis = 'created' and {ALL_NEW}",
    )
    assert {at: (n, still_open) for at, n, still_open in rows} == {
        at: (n, opened[at]) for at, n in created.items()
    }


def test_by_owner_and_team(state: Path, pipeline: Pipeline, folder: Path) -> None:
    with (folder / "sales_teams.csv").open(newline="") as file:
        team_of = {row["sales_agent"]: row["manager"] for row in csv.DictReader(file)}
    for dimension, segment_of in (("owner", {a: a for a in team_of}), ("team", team_of)):
        won = Counter(segment_of[deal["sales_agent"]] for deal in pipeline.of_stage("Won"))
        rows = ask(
            state,
            "select segment, sum(won_count) from marts.rpt_deals "
            f"where period_basis = 'closed' and dimension = '{dimension}' group by segment",
        )
        assert dict(rows) == won


def test_cycles_of_won_and_lost_are_apart(
    state: Path, pipeline: Pipeline, expected: dict[str, float]
) -> None:
    for outcome in ("Won", "Lost"):
        taken = defaultdict(list)
        for deal in pipeline.of_stage(outcome):
            taken[month(deal["close_date"])].append(days(deal))
        rows = ask(
            state,
            "select closed_month, median_cycle_days, negative_count from marts.rpt_sales_cycles "
            f"where outcome = '{outcome.lower()}' and {ALL_NEW}",
        )
        assert {at: (middle, bad) for at, middle, bad in rows} == {
            at: (median(values), 0) for at, values in taken.items()
        }
    [(average,)] = ask(
        state,
        "select sum(mean_cycle_days * measured_count) / sum(measured_count) "
        f"from marts.rpt_sales_cycles where outcome = 'won' and {ALL_NEW}",
    )
    assert round(average, 4) == expected["mean_days_to_win"]
    assert ask(
        state, "select median(cycle_days) from marts.fct_opportunities where status = 'won'"
    ) == [(expected["median_days_to_win"],)]


def test_velocity_of_june_is_its_four_factors(state: Path, pipeline: Pipeline) -> None:
    begins, ends = date(2017, 6, 1), date(2017, 7, 1)
    closed = [
        deal
        for deal in pipeline.of_stage("Won", "Lost")
        if begins <= day(deal["close_date"]) < ends
    ]
    won = [deal for deal in closed if deal["deal_stage"] == "Won"]
    still_open = [
        deal
        for deal in pipeline.deals
        if deal["engage_date"]
        and day(deal["engage_date"]) < ends
        and (not deal["close_date"] or day(deal["close_date"]) >= ends)
    ]
    stale = [deal for deal in still_open if (ends - day(deal["engage_date"])).days >= 180]
    opened = len(still_open) - len(stale)
    value = mean(int(deal["close_value"]) for deal in won)
    cycle = median(days(deal) for deal in won)
    assert ask(
        state,
        "select open_count, stale_count, closed_count, mean_deal_amount, median_cycle_days, "
        f"daily_velocity_amount from marts.rpt_pipeline_velocity where {ALL_NEW} "
        "and pipeline_month = date '2017-06-01'",
    ) == [
        (
            opened,
            len(stale),
            len(closed),
            pytest.approx(value),
            cycle,
            pytest.approx(opened * value * len(won) / len(closed) / cycle),
        )
    ]
