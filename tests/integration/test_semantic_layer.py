"""What MetricFlow answers is what the reports say."""

import csv
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.refresh.build import DATABASE_VARIABLE
from tests.conftest import ask

BIN = PROJECT_DIR / ".venv" / "bin"
Query = Callable[[str, str], dict[tuple[str, ...], list[float | None]]]
COHORTS = """
    select strftime(cohort_month, '%Y-%m'), coalesce(segment, ''), conversion_rate
    from marts.rpt_funnel_cohorts
    where basis = '{basis}' and dimension = '{dimension}'
        and from_stage = 'mql' and to_stage = 'sql'
"""
PAID = """
    select strftime(acquisition_month, '%Y-%m'), coalesce(segment, ''),
        cost_amount::double / nullif(new_customer_count, 0)
    from marts.rpt_cac where cac_kind = 'paid' and acquisition_month is not null
"""


@pytest.fixture(scope="module")
def query(published_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Query:
    """Asks MetricFlow of a copy: what is published may only be read."""
    folder = tmp_path_factory.mktemp("semantic")
    shutil.copytree(published_sample / "project", folder / "project")
    database = folder / "warehouse.duckdb"
    shutil.copyfile(published_sample / "current" / "warehouse.duckdb", database)
    environment = os.environ | {DATABASE_VARIABLE: str(database), "DO_NOT_TRACK": "1"}

    def run(*command: str) -> None:
        ran = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=folder / "project", env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def asked(metrics: str, group_by: str) -> dict[tuple[str, ...], list[float | None]]:
        out = folder / "answer.csv"
        run("mf", "query", "--metrics", metrics, "--group-by", group_by, "--csv", str(out))
        with out.open(newline="") as file:
            _, *rows = csv.reader(file)
        groups = group_by.count(",") + 1
        return {
            (month[:7], *others[: groups - 1]): [
                float(cell) if cell else None for cell in others[groups - 1 :]
            ]
            for month, *others in rows
        }

    run("dbt", "--quiet", "parse")
    return asked


def told(state: Path, sql: str) -> dict[tuple[str, ...], float | None]:
    return {(month, segment): value for month, segment, value in ask(state, sql)}


def test_rates_of_cohorts_and_paid_cac_by_source_are_those_of_the_reports(
    query: Query, published_sample: Path
) -> None:
    rates = told(published_sample, COHORTS.format(basis="rules", dimension="source"))
    costs = told(published_sample, PAID)
    answers = query("mql_to_sql_rate,paid_cac", "metric_time__month,lead__source")
    assert set(answers) == set(rates) | set(costs)
    for key, (rate, cac) in answers.items():
        assert rate == pytest.approx(rates.get(key)), key
        assert cac == pytest.approx(costs.get(key)), key
    assert sum(value is not None for value in rates.values()) > 5
    assert sum(value is not None for value in costs.values()) >= 1


def test_rates_by_the_crm_and_by_country_are_those_of_the_reports(
    query: Query, published_sample: Path
) -> None:
    rates = told(published_sample, COHORTS.format(basis="crm", dimension="country"))
    answers = query("mql_to_sql_rate_crm", "metric_time__month,lead__country")
    assert {key: rate for key, [rate] in answers.items()} == pytest.approx(rates)


def test_without_segments_a_rate_is_that_of_the_total(query: Query, published_sample: Path) -> None:
    rates = told(published_sample, COHORTS.format(basis="rules", dimension="all"))
    answers = query("mql_to_sql_rate", "metric_time__month")
    assert {(month, "all"): rate for (month,), [rate] in answers.items()} == pytest.approx(rates)
