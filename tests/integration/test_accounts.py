"""Leads whose account nobody told, held against what the sample company knows of them."""

import shutil
from pathlib import Path

import duckdb
import pytest

from lead_warehouse.refresh.build import DATABASE_VARIABLE, run_dbt
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.worker import run_in_worker

MATCHING = (
    *("int_lead_records_historized", "int_leads_historized"),
    *("int_account_clues_dated", "int_account_keys_held"),
    *("int_account_keys_resolved", "int_domains_matched_to_accounts"),
    "int_leads_matched_to_accounts",
)

# Every fifth lead keeps its account, the others lose it and are written as people write them.
UNTOLD = """
update landed.leads set
    account_id = case when lead_number % 5 = 0 then account_id end,
    company_domain = case lead_number % 5
        when 1 then 'HTTPS://WWW.' || upper(company_domain) || '/fr/contact?x=1'
        when 2 then 'paris.' || company_domain || '.'
        when 0 then company_domain
    end,
    email = case when lead_number % 5 = 4
        then replace(email, '@', '@mail.') else email end
from (
    select lead_id as numbered_id, cast(substring(lead_id, 3) as bigint) as lead_number
    from raw.leads group by lead_id
)
where lead_id = numbered_id
"""

FOUND = """
select
    told.lead_id, told.account_id as true_account_id, matches.account_id, matches.matched_by,
    told.company_domain is null as is_private
from marts.dim_leads as told
inner join intermediate.int_leads_matched_to_accounts as matches using (lead_id)
where matches.valid_to is null and told.account_id is not null
"""

Match = tuple[str, str, str | None, str, bool]


@pytest.fixture(scope="module")
def matches(published_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Match]:
    """Lead, its account in truth, the one found, by what, and whether it wrote privately."""
    folder = tmp_path_factory.mktemp("accounts")
    compose_project(folder / "project", None)
    (folder / "building").mkdir()
    (folder / "runs").mkdir()
    database = folder / "building" / "warehouse.duckdb"
    shutil.copyfile(published_sample / "current" / "warehouse.duckdb", database)
    with duckdb.connect(str(database)) as connection:
        connection.execute(UNTOLD)
    results = run_in_worker(
        run_dbt,
        Path("project"),
        Path("runs"),
        [["run", "--select", *MATCHING]],
        log=folder / "dbt.log",
        report=lambda _: None,
        folder=folder,
        environment={DATABASE_VARIABLE: "building/warehouse.duckdb"},
    )
    assert [one for one in results if one.is_bad] == []
    with duckdb.connect(str(database), read_only=True) as connection:
        found: list[Match] = connection.execute(FOUND).fetchall()
    return found


def test_leads_find_their_account_and_hardly_ever_another(matches: list[Match]) -> None:
    wrong = [one for one in matches if one[2] is not None and one[2] != one[1]]
    assert len(wrong) <= 0.01 * len(matches), wrong
    companies = [one for one in matches if not one[4]]
    found = [one for one in companies if one[2] == one[1]]
    assert len(found) >= 0.98 * len(companies)


def test_private_mail_leads_to_nobody(matches: list[Match]) -> None:
    untold = [one for one in matches if one[4] and one[3] != "account_id"]
    assert len(untold) >= 5
    assert {(one[2], one[3]) for one in untold} == {(None, "none")}


def test_each_way_of_matching_is_taken(matches: list[Match]) -> None:
    assert {one[3] for one in matches} == {"account_id", "company_domain", "email_domain", "none"}
