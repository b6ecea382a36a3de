"""Columns that are new, and columns that seem renamed; row 25 of the fault matrix."""

from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.landing.preview import preview
from lead_warehouse.landing.renames import propose_renames
from lead_warehouse.mapping import Input
from tests.unit.landing.test_land import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    Company,
    a_mapping,
    an_input,
    held,
)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def accounts(company: Company) -> list[tuple[Any, ...]]:
    return company.rows("from raw.input_columns order by all")


# New columns


def test_fault_25_a_new_column_is_told_once_with_its_first_file(company: Company) -> None:
    company.deliver("leads1.csv", "1,,,\n", head="id,mail,made,score\n")
    assert company.land(MONDAY).new_columns == []
    company.deliver("leads2.csv", "2,,,,\n", head="id,mail,made,score,tier\n")
    assert [str(one) for one in company.land(TUESDAY).new_columns] == [
        "new column 'tier' in input leads (leads2.csv)"
    ]
    company.deliver("leads3.csv", "3,,,,\n", head="id,mail,made,score,tier\n")
    assert company.land(WEDNESDAY).new_columns == []
    assert accounts(company) == [
        ("leads", "score", MONDAY, "leads1.csv"),
        ("leads", "tier", TUESDAY, "leads2.csv"),
    ]


def test_a_column_that_came_back_is_no_news(company: Company) -> None:
    company.deliver("leads1.csv", "1,,,\n", head="id,mail,made,score\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "2,,\n")
    company.land(TUESDAY)
    company.deliver("leads3.csv", "3,,,\n", head="id,mail,made,score\n")
    assert company.land(WEDNESDAY).new_columns == []


def test_an_ignored_or_mapped_column_is_no_news_any_more(company: Company) -> None:
    company.deliver("leads1.csv", "1,,\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "2,,,,\n", head="id,mail,made,score,tier\n")
    company.land(TUESDAY)
    settled = an_input(ignore_columns=["tier"])
    settled["tables"][0]["columns"] = {**settled["tables"][0]["columns"], "source": "score"}
    landing = company.land(WEDNESDAY, a_mapping(settled))
    assert (landing.new_columns, accounts(company)) == ([], [])


def test_landing_again_tells_nothing_and_keeps_what_was_first(company: Company) -> None:
    company.deliver("leads1.csv", "1,,\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "2,,,\n", head="id,mail,made,tier\n")
    company.land(TUESDAY)
    before, received = accounts(company), company.received
    company.forget()
    landing = company.land(WEDNESDAY, received=received)
    assert (landing.new_columns, accounts(company)) == ([], before)


def test_the_order_of_files_does_not_matter_to_what_was_first(company: Company) -> None:
    company.deliver("leads2.csv", "1,,,\n", head="id,mail,made,tier\n")
    company.land(MONDAY)
    company.deliver("leads1.csv", "2,,,\n", head="id,mail,made,tier\n")
    company.land(MONDAY)
    assert accounts(company) == [("leads", "tier", MONDAY, "leads1.csv")]


# Renamed columns


def an_input_of(columns: dict[str, Any], **settings: Any) -> Input:
    return Input.model_validate(an_input(columns={"lead_id": "id", **columns}, **settings))


def changes(one: Input, missing: list[str], unmapped: list[str]) -> list[tuple[str, str, str]]:
    return [(r.old, r.new, r.change) for r in propose_renames(one, missing, unmapped)]


def test_fault_25_a_renamed_column_is_proposed_with_the_line_to_change() -> None:
    one = an_input_of({"email": "E-mail", "country_code": "Pays"})
    assert changes(one, ["E-mail", "Pays"], ["Shoe size", "Email address"]) == [
        ("E-mail", "Email address", "`email: E-mail` becomes `email: Email address`")
    ]


def test_every_place_that_reads_the_column_is_named() -> None:
    one = an_input_of(
        {
            "email": {"column": "Mail", "values": {"-": None}},
            "job_title": {"join": ["Mail", "id"]},
        },
        known_at="Mail",
    )
    ((_, _, change),) = changes(one, ["Mail"], ["Mail: new"])
    assert change == (
        "`known_at: Mail` becomes `known_at: 'Mail: new'`, and "
        "`email: {column: Mail, ...}` becomes `email: {column: 'Mail: new', ...}`, and "
        "`Mail in the join of job_title` becomes `'Mail: new'`"
    )


def test_a_new_column_is_proposed_for_the_one_that_it_resembles_most() -> None:
    one = an_input_of({"created_at": "Created", "email": "Created by"})
    found = changes(one, ["Created", "Created by"], ["Created By"])
    assert [(old, new) for old, new, _ in found] == [("Created by", "Created By")]


def test_columns_that_have_nothing_in_common_are_not_proposed() -> None:
    one = an_input_of({"email": "E-mail"})
    assert changes(one, ["E-mail"], ["Shoe size"]) == []
    assert changes(one, [], ["E-mail address"]) == []


def test_fault_25_a_renamed_optional_column_is_told_when_its_file_lands(company: Company) -> None:
    company.deliver("leads1.csv", "1,,\n")
    company.land(MONDAY)
    company.deliver("leads2.csv", "2,a@b.example,\n", head="id,e_mail,made\n")
    (told,) = company.land(TUESDAY).renames
    assert str(told) == (
        "leads2.csv: column 'mail' is gone and 'e_mail' is new: renamed? In input leads of the "
        "mapping, `email: mail` becomes `email: e_mail`"
    )


def test_a_column_that_was_never_there_is_not_called_gone(company: Company) -> None:
    company.deliver("leads1.csv", "1,a@b.example,\n", head="id,e_mail,made\n")
    (told,) = company.land(MONDAY).renames
    assert "column 'mail' is missing and 'e_mail' is mapped by nobody: renamed?" in str(told)


def test_fault_25_a_renamed_required_column_is_proposed_where_the_file_is_held(
    company: Company,
) -> None:
    company.deliver("leads.csv", "1,,\n", head="lead id,mail,made\n")
    mapping = a_mapping(an_input(columns={"lead_id": "lead_id", "email": "mail"}))
    ((_, reason),) = held(company.land(MONDAY, mapping))
    assert str(reason) == (
        "required column missing: 'lead_id' (nearest: lead id); name the new column in the mapping "
        "or deliver the file again; renamed? `lead_id: lead_id` becomes `lead_id: lead id`"
    )


def test_the_preview_of_a_mapping_proposes_renames(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("id,e_mail\n1,\n")
    (tmp_path / "mapping.yml").write_text(
        "version: 1\ninputs:\n  - name: leads\n    files: leads.csv\n    tables:\n"
        "      - table: leads\n        columns: {lead_id: id, email: mail}\n"
    )
    (checked,) = preview(tmp_path / "mapping.yml", tmp_path)
    assert [(one.old, one.new) for one in checked.renames] == [("mail", "e_mail")]
