import os
from collections.abc import Iterable
from datetime import date, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.errors import UserError
from lead_warehouse.landing import archive as archive_module
from lead_warehouse.landing import land as land_module
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import Landing, land
from lead_warehouse.mapping import Mapping
from lead_warehouse.state.control import ReceivedInput
from tests.earlier import store_in_raw

MONDAY = datetime(2024, 6, 3, 8)
TUESDAY = datetime(2024, 6, 4, 8)
WEDNESDAY = datetime(2024, 6, 5, 8)

LEADS = {"lead_id": "id", "email": "mail", "created_at": "made"}
HEAD = "id,mail,made\n"


def an_input(
    name: str = "leads", pattern: str = "leads*.csv", columns: Any = None, **settings: Any
) -> dict[str, Any]:
    mapped = {"table": "leads", "columns": columns or LEADS}
    return {"name": name, "files": pattern, "tables": [mapped], **settings}


def a_mapping(*inputs: dict[str, Any]) -> Mapping:
    return Mapping.model_validate({"version": 1, "inputs": list(inputs) or [an_input()]})


class Company:
    """A folder of files, its archive, and the database being built."""

    def __init__(self, folder: Path) -> None:
        self.inputs = folder / "in"
        self.inputs.mkdir()
        self.archive = Archive(folder / "landing")
        self.connection = duckdb.connect()
        self.progress: list[str] = []
        self._scratch = folder / "scratch"

    def deliver(self, name: str, body: str, head: str = HEAD) -> Path:
        path = self.inputs / name
        path.write_text(head + body, encoding="utf-8")
        return path

    def land(
        self,
        now: datetime,
        mapping: Mapping | None = None,
        received: Iterable[ReceivedInput] = (),
        contract: Contract | None = None,
        **options: Any,
    ) -> Landing:
        return land(
            self.connection,
            contract or load_contract(),
            mapping or a_mapping(),
            input_dir=self.inputs,
            archive=self.archive,
            received=received,
            now=now,
            scratch=self._scratch,
            progress=self.progress.append,
            **options,
        )

    def forget(self) -> None:
        """Start from an empty database, as after a rollback to nothing."""
        self.connection.close()
        self.connection = duckdb.connect()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    @property
    def leads(self) -> list[tuple[Any, ...]]:
        return self.rows("select lead_id, known_at, is_known_at_assumed from raw.leads order by 1")

    @property
    def received(self) -> list[ReceivedInput]:
        """What the ledger would know once this generation is published."""
        rows = self.rows(
            "select input_name, file_digest, file_name, received_at from raw.landed_files "
            "where status = 'landed'"
        )
        return [ReceivedInput(*row) for row in rows]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        tables = self.rows(
            "select table_name from information_schema.tables where table_schema = 'raw'"
        )
        return {name: self.rows(f"select * from raw.{name} order by all") for (name,) in tables}


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def names(landing: Landing) -> list[str]:
    return [account.file.file_name for account in landing.accounts]


# New and known files


def test_new_files_land_and_are_counted(company: Company) -> None:
    company.deliver("leads1.csv", "1,a@b.example,2024-01-05 10:00:00\n")
    company.deliver("leads2.csv", "2,c@d.example,x\n\n")
    company.deliver("other.csv", "3,,\n")
    landing = company.land(MONDAY)
    assert names(landing) == ["leads1.csv", "leads2.csv"]
    assert landing.unchanged == 0
    assert company.progress == [
        "leads: leads1.csv",
        "leads: leads1.csv, 1 records",
        "leads: leads2.csv",
        "leads: leads2.csv, 2 records",
    ]
    assert company.rows(
        "select file_name, received_at, record_count, accepted_count, quarantined_count, "
        "blank_count from raw.landed_files order by 1"
    ) == [("leads1.csv", MONDAY, 1, 1, 0, 0), ("leads2.csv", MONDAY, 2, 0, 1, 1)]


def test_fault_27_the_same_file_twice_changes_nothing(company: Company) -> None:
    company.deliver("leads.csv", "1,a@b.example,2024-01-05 10:00:00\n2,,x\n")
    company.land(MONDAY)
    before = company.everything()
    landing = company.land(TUESDAY)
    assert (landing.accounts, landing.unchanged) == ([], 1)
    assert company.everything() == before


def test_fault_27_the_same_content_under_a_new_name_changes_nothing(company: Company) -> None:
    company.deliver("leads1.csv", "1,,\n").rename(company.inputs / "leads2.csv")
    company.land(MONDAY)
    before = company.everything()
    company.deliver("leads1.csv", "1,,\n")
    landing = company.land(TUESDAY)
    assert (landing.accounts, landing.unchanged) == ([], 1)
    assert company.everything() == before


def test_two_names_with_the_same_content_land_once(company: Company) -> None:
    company.deliver("leads_b.csv", "1,,\n")
    company.deliver("leads_a.csv", "1,,\n")
    assert names(company.land(MONDAY)) == ["leads_a.csv"]
    assert len(company.leads) == 1


def test_the_same_content_lands_once_for_each_input(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    landing = company.land(MONDAY, a_mapping(an_input("one"), an_input("two")))
    assert [account.file.input_name for account in landing.accounts] == ["one", "two"]
    assert company.rows("select input_name from raw.leads order by 1") == [("one",), ("two",)]


def test_a_file_with_new_content_lands_beside_the_old(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.land(MONDAY)
    company.deliver("leads.csv", "1,,\n2,,\n")
    landing = company.land(TUESDAY)
    assert [account.records for account in landing.accounts] == [2]
    assert [row[0] for row in company.leads] == ["1", "1", "2"]


def test_only_the_first_load_of_an_input_carries_the_past(company: Company) -> None:
    company.deliver("leads1.csv", "1,,2024-01-05 10:00:00\n")
    company.deliver("leads2.csv", "2,,2024-01-06 10:00:00\n")
    company.land(MONDAY)
    company.deliver("leads3.csv", "3,,2024-01-07 10:00:00\n")
    company.land(TUESDAY)
    assert company.leads == [
        ("1", datetime(2024, 1, 5, 10), True),
        ("2", datetime(2024, 1, 6, 10), True),
        ("3", TUESDAY, False),
    ]


def test_the_first_load_of_an_input_added_later_carries_the_past(company: Company) -> None:
    company.deliver("leads.csv", "1,,2024-01-05 10:00:00\n")
    company.land(MONDAY)
    company.deliver("fair.csv", "2,,2024-01-06 10:00:00\n")
    company.land(TUESDAY, a_mapping(an_input(), an_input("fair", "fair.csv")))
    assert company.leads[1] == ("2", datetime(2024, 1, 6, 10), True)


def test_tables_say_how_many_inputs_feed_them_and_how_many_rows_they_hold(
    company: Company,
) -> None:
    company.deliver("leads.csv", "1,,\n2,,\n")
    twice = an_input("fair", "fair*.csv")
    twice["tables"] *= 2
    company.land(MONDAY, a_mapping(an_input(), twice))
    counts = {name: row for name, *row in company.rows("select * from raw.landed_tables")}
    assert set(counts) == set(load_contract().tables)
    assert counts["leads"] == [2, 2]
    assert counts["opportunities"] == [0, 0]


def test_no_file_at_all_lands_nothing(company: Company) -> None:
    landing = company.land(MONDAY)
    assert (landing.accounts, landing.unchanged, company.leads) == ([], 0, [])


def test_the_connection_s_time_zone_does_not_matter(company: Company) -> None:
    company.connection.execute("set timezone = 'America/New_York'")
    fair = an_input("fair", "fair.csv", date_format="%Y-%m-%d %H:%M %z")
    columns = {"campaign_id": "id", "starts_on": "from"}
    fair["tables"] = [{"table": "campaigns", "columns": columns}]
    company.deliver("leads.csv", "1,,2024-01-05 10:00:00+02:00\n")
    company.deliver("fair.csv", "1,2024-01-05 01:00 +0000\n", head="id,from\n")
    company.land(MONDAY, a_mapping(an_input(), fair))
    assert company.leads == [("1", datetime(2024, 1, 5, 8), True)]
    assert company.rows("select starts_on from raw.campaigns") == [(date(2024, 1, 5),)]


def test_fault_52_a_file_that_leads_outside_is_refused(company: Company) -> None:
    outside = company.deliver("x.csv", "1,,\n").rename(company.inputs.parent / "x.csv")
    (company.inputs / "leads.csv").symlink_to(outside)
    with pytest.raises(UserError, match="leads outside"):
        company.land(MONDAY)


# A changed mapping or contract


BY_MAIL = {"lead_id": "mail", "email": "mail", "created_at": "made"}


def test_a_changed_mapping_lands_the_files_of_its_input_again(company: Company) -> None:
    company.deliver("leads.csv", "1,a@b.example,2024-01-05 10:00:00\n2,c@d.example,x\n")
    company.deliver("fair.csv", "9,,x\n8,,\n")
    fair = an_input("fair", "fair.csv")
    company.land(MONDAY, a_mapping(an_input(), fair))
    others = "select * from raw.{} where input_name = 'fair' order by all"
    before = [company.rows(others.format(t)) for t in ("leads", "quarantined_rows", "landed_files")]
    landing = company.land(TUESDAY, a_mapping(an_input(columns=BY_MAIL), fair))
    assert (names(landing), landing.unchanged) == (["leads.csv"], 1)
    assert company.rows("select lead_id from raw.leads where input_name = 'leads'") == [
        ("a@b.example",)
    ]
    assert len(company.rows("select * from raw.quarantined_rows where input_name = 'leads'")) == 1
    after = [company.rows(others.format(t)) for t in ("leads", "quarantined_rows", "landed_files")]
    assert after == before


def test_the_time_of_receipt_survives_landing_again(company: Company) -> None:
    company.deliver("leads1.csv", "1,a@b.example,2024-01-05 10:00:00\n3,e@f.example,\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "2,c@d.example,2024-01-06 10:00:00\n")
    company.land(TUESDAY)
    company.land(WEDNESDAY, a_mapping(an_input(columns=BY_MAIL)))
    assert company.leads == [
        ("a@b.example", datetime(2024, 1, 5, 10), True),
        ("c@d.example", TUESDAY, False),
        ("e@f.example", MONDAY, False),
    ]
    assert company.rows("select received_at from raw.landed_files order by 1") == [
        (MONDAY,),
        (TUESDAY,),
    ]


def test_a_mapping_changed_and_changed_back_gives_the_same_rows(company: Company) -> None:
    company.deliver("leads1.csv", "1,a@b.example,2024-01-05 10:00:00\n2,,x\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "3,c@d.example,2024-01-06 10:00:00\n")
    company.land(TUESDAY)
    before = company.everything()
    company.land(WEDNESDAY, a_mapping(an_input(columns=BY_MAIL)))
    company.land(WEDNESDAY)
    assert company.everything() == before


def test_a_changed_mapping_takes_files_that_are_gone_from_the_archive(company: Company) -> None:
    company.deliver("leads.csv", "1,a@b.example,\n")
    company.land(MONDAY)
    (company.inputs / "leads.csv").unlink()
    company.land(TUESDAY, a_mapping(an_input(columns=BY_MAIL)))
    assert company.leads == [("a@b.example", MONDAY, False)]


def test_an_input_gone_from_the_mapping_takes_its_rows_along(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.deliver("fair.csv", "2,,\n3,,x\n")
    both = a_mapping(an_input(), an_input("fair", "fair.csv"))
    company.land(MONDAY, both)
    received, before = company.received, company.everything()
    landing = company.land(TUESDAY)
    assert landing.withdrawn == ["fair"]
    assert [row[0] for row in company.leads] == ["1"]
    assert company.rows("select * from raw.quarantined_rows") == []
    # Named again, it is as if nothing had happened.
    assert company.land(TUESDAY, both, received=received).withdrawn == []
    assert company.everything() == before


def test_an_input_without_a_file_in_the_folder_is_told(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    mapping = a_mapping(an_input(), an_input("fair", "fair.csv"))
    assert company.land(MONDAY, mapping).without_files == ["fair"]
    (company.inputs / "leads.csv").unlink()
    landing = company.land(TUESDAY, mapping)
    assert (landing.without_files, landing.unchanged) == (["leads", "fair"], 1)


def changed_contract(table: str, **columns: dict[str, str]) -> Contract:
    document = load_contract().model_dump()
    document["tables"][table]["columns"] |= columns
    return Contract.model_validate(document)


def test_a_changed_contract_lands_the_files_of_the_table_again(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.deliver("deals.csv", "1,open\n", head="id,status\n")
    deals = {
        "name": "deals",
        "files": "deals.csv",
        "tables": [
            {
                "table": "opportunities",
                "columns": {"opportunity_id": "id", "status": "status"},
            }
        ],
    }
    mapping = a_mapping(an_input(), deals)
    company.land(MONDAY, mapping)
    contract = changed_contract("leads", shoe_size={"type": "bigint", "description": "-"})
    landing = company.land(TUESDAY, mapping, contract=contract)
    assert (names(landing), landing.unchanged) == (["leads.csv"], 1)
    assert company.rows("select lead_id, shoe_size, known_at from raw.leads") == [
        ("1", None, MONDAY)
    ]
    assert company.rows("select opportunity_id from raw.opportunities") == [("1",)]


def test_a_column_that_becomes_an_event_lands_its_files_again(company: Company) -> None:
    deals = an_input("deals", "deals.csv")
    deals["tables"] = [
        {
            "table": "opportunities",
            "columns": {
                "opportunity_id": "id",
                "status": {"constant": "open"},
                "expected_close_date": "by",
            },
        }
    ]
    company.deliver("deals.csv", "1,2042-01-01\n", head="id,by\n")
    company.land(MONDAY, a_mapping(deals))
    assert company.rows("select count(*) from raw.opportunities") == [(1,)]
    event: Any = {"type": "date", "description": "-", "event": True}
    contract = changed_contract("opportunities", expected_close_date=event)
    company.land(TUESDAY, a_mapping(deals), contract=contract)
    assert company.rows("select count(*) from raw.opportunities") == [(0,)]
    assert company.rows("select reason from raw.quarantined_rows") == [
        ("in the future: later than the clock of the landing",)
    ]


def test_a_raised_landing_version_lands_everything_again(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.land(MONDAY)
    monkeypatch.setattr(land_module, "LANDING_VERSION", land_module.LANDING_VERSION + 1)
    assert names(company.land(TUESDAY)) == ["leads.csv"]
    assert company.leads == [("1", MONDAY, False)]


def test_rows_stored_by_an_earlier_version_land_again_and_are_the_same(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.deliver("leads.csv", "1,,\n2,,x\n")
    monkeypatch.setattr(land_module, "LANDING_VERSION", land_module.LANDING_VERSION - 1)
    company.land(MONDAY)
    received, before = company.received, company.everything()
    store_in_raw(company.connection)
    assert company.everything() == before
    monkeypatch.undo()
    landing = company.land(TUESDAY, received=received)
    assert (names(landing), landing.took_rows_out) == (["leads.csv"], True)
    after = company.everything()
    ((name, digest, *rest),) = before["landed_files"]
    assert after["landed_files"] == [(name, after["landed_files"][0][1], *rest)]
    assert after | {"landed_files": before["landed_files"]} == before
    assert after["landed_files"][0][1] != digest


def test_a_withdrawn_input_leaves_no_row_and_no_file(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.deliver("fair.csv", "2,,\n")
    company.land(MONDAY, a_mapping(an_input(), an_input("fair", "fair.csv")))
    company.land(TUESDAY)
    assert company.rows("select input_name from landed.files") == [("leads",)]
    assert company.rows("select lead_id from landed.leads") == [("1",)]


def test_rows_carry_a_number_for_each_file_and_mapping_of_it(company: Company) -> None:
    company.deliver("leads_1.csv", "1,,\n2,,\n")
    company.deliver("leads_2.csv", "3,,\n")
    tables = [
        {"table": "leads", "columns": {"lead_id": "id"}},
        {"table": "contacts", "columns": {"contact_id": "id"}},
    ]
    company.land(MONDAY, a_mapping({"name": "leads", "files": "leads_*.csv", "tables": tables}))
    assert company.rows(
        "select file_id, file_name, mapped_columns from landed.files order by all"
    ) == [
        (1, "leads_1.csv", "|lead_id|"),
        (2, "leads_1.csv", "|contact_id|"),
        (3, "leads_2.csv", "|lead_id|"),
        (4, "leads_2.csv", "|contact_id|"),
    ]
    assert company.rows("select lead_id, file_id from landed.leads order by all") == [
        ("1", 1),
        ("2", 1),
        ("3", 3),
    ]


@pytest.mark.parametrize("table", ["landed_files", "quarantined_rows"])
def test_account_tables_of_an_older_shape_are_filled_anew(company: Company, table: str) -> None:
    company.deliver("leads.csv", "1,,\n2,,x\n")
    company.land(MONDAY)
    received, before = company.received, company.everything()
    # What an upgrade finds when it declares one more column than the copied generation has.
    last = company.rows(f"describe raw.{table}")[-1][0]
    company.connection.execute(f"alter table raw.{table} drop column {last}")
    company.land(TUESDAY, received=received)
    assert company.everything() == before


# Files that a published generation held


def test_a_file_received_earlier_comes_back_from_the_archive(company: Company) -> None:
    company.deliver("leads.csv", "1,,2024-01-05 10:00:00\n2,,\n")
    company.land(MONDAY)
    received, before = company.received, company.everything()
    (company.inputs / "leads.csv").unlink()
    company.forget()
    landing = company.land(TUESDAY, received=received)
    assert names(landing) == ["leads.csv"]
    assert company.everything() == before


def test_a_warehouse_built_anew_equals_the_one_built_day_by_day(company: Company) -> None:
    company.deliver("leads1.csv", "1,,2024-01-05 10:00:00\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "1,a@b.example,2024-01-05 10:00:00\n2,,x\n")
    company.land(TUESDAY)
    received, before = company.received, company.everything()
    company.forget()
    company.land(WEDNESDAY, received=reversed(received))
    assert company.everything() == before


def test_a_file_delivered_again_keeps_the_time_it_was_first_received(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.land(MONDAY)
    received = company.received
    company.forget()
    company.deliver("leads.csv", "1,,\n").rename(company.inputs / "leads_again.csv")
    company.land(TUESDAY, received=received)
    assert company.leads == [("1", MONDAY, False)]
    assert company.rows("select file_name from raw.landed_files") == [("leads.csv",)]


def test_files_received_by_another_input_do_not_come_back(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.land(MONDAY)
    received = company.received
    (company.inputs / "leads.csv").unlink()
    company.forget()
    landing = company.land(TUESDAY, a_mapping(an_input("fair", "fair.csv")), received)
    assert (landing.accounts, company.leads) == ([], [])


def test_files_land_in_the_order_they_were_received(company: Company) -> None:
    company.deliver("leads_z.csv", "1,,\n")
    company.land(MONDAY)
    company.deliver("leads_a.csv", "2,,\n")
    company.land(TUESDAY)
    landing = company.land(WEDNESDAY, a_mapping(an_input(columns=BY_MAIL)))
    assert names(landing) == ["leads_z.csv", "leads_a.csv"]


# Held files


def held(landing: Landing) -> list[tuple[str, str | None]]:
    return [(account.file.file_name, account.held_because) for account in landing.held]


def test_a_held_file_is_told_and_the_others_land(company: Company) -> None:
    company.deliver("leads1.csv", "1\n", head="nr\n")
    company.deliver("leads2.csv", "2,,\n")
    landing = company.land(MONDAY)
    ((name, reason),) = held(landing)
    assert name == "leads1.csv"
    assert str(reason).startswith("required column missing: 'id'")
    assert [row[0] for row in company.leads] == ["2"]
    assert company.rows("select file_name, status from raw.landed_files order by 1") == [
        ("leads1.csv", "held"),
        ("leads2.csv", "landed"),
    ]


def test_a_held_file_is_tried_again_and_told_once(company: Company) -> None:
    company.deliver("leads.csv", "1\n", head="nr\n")
    company.land(MONDAY)
    assert len(held(company.land(TUESDAY))) == 1
    assert company.rows("select status, received_at from raw.landed_files") == [("held", TUESDAY)]


def test_a_held_file_lands_once_the_mapping_is_mended(company: Company) -> None:
    company.deliver("leads.csv", "1,2024-01-05 10:00:00\n", head="nr,made\n")
    company.land(MONDAY)
    mended = a_mapping(an_input(columns={"lead_id": "nr", "created_at": "made"}))
    landing = company.land(TUESDAY, mended)
    assert (names(landing), held(landing)) == (["leads.csv"], [])
    assert company.leads == [("1", datetime(2024, 1, 5, 10), True)]


def test_a_held_file_that_is_gone_is_forgotten(company: Company) -> None:
    company.deliver("leads.csv", "1\n", head="nr\n")
    company.land(MONDAY)
    (company.inputs / "leads.csv").unlink()
    assert company.land(TUESDAY).accounts == []
    assert company.rows("select * from raw.landed_files") == []


def test_fault_20_a_file_still_being_written_is_held_and_the_others_land(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = company.deliver("leads1.csv", "1,,\n")
    company.deliver("leads2.csv", "2,,\n")
    copy = archive_module._copy_and_digest

    def copy_and_grow(file: BufferedReader, target: Path) -> str:
        digest = copy(file, target)
        if os.path.samestat(os.fstat(file.fileno()), growing.stat()):
            with growing.open("a", encoding="utf-8") as later:
                later.write("3,,\n")
        return digest

    with monkeypatch.context() as patched:
        patched.setattr(archive_module, "_copy_and_digest", copy_and_grow)
        landing = company.land(MONDAY)
    ((name, reason),) = held(landing)
    assert name == "leads1.csv"
    assert "still being written" in str(reason)
    assert company.rows("select file_name, reason from raw.landed_files where status = 'held'") == [
        (name, reason)
    ]
    assert [row[0] for row in company.leads] == ["2"]
    company.land(TUESDAY)
    assert [row[0] for row in company.leads] == ["1", "2", "3"]


def test_a_mapping_that_no_longer_fits_holds_what_had_landed(company: Company) -> None:
    company.deliver("leads.csv", "1,,\n")
    company.land(MONDAY)
    wrong = a_mapping(an_input(columns={"lead_id": "nr"}))
    assert len(held(company.land(TUESDAY, wrong))) == 1
    assert company.leads == []
    company.land(WEDNESDAY, received=[])
    assert [row[0] for row in company.leads] == ["1"]


# Local times


def test_fault_32_ambiguous_times_are_counted_and_can_be_found(company: Company) -> None:
    company.deliver("leads1.csv", "1,,2023-10-29 02:30:00\n2,,2023-10-29 03:30:00\n")
    company.deliver("leads2.csv", "3,,2023-10-29 02:30:00+02:00\n")
    landing = company.land(MONDAY, a_mapping(an_input(time_zone="Europe/Paris")))
    assert landing.ambiguous == {"leads1.csv": 1}
    assert company.rows("select lead_id, ambiguous_columns from raw.leads order by 1") == [
        ("1", "|created_at|"),
        ("2", None),
        ("3", None),
    ]
    assert company.land(TUESDAY, a_mapping(an_input(time_zone="Europe/Paris"))).ambiguous == {}
