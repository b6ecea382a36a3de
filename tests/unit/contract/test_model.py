from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.contract.model import SQL_TYPES
from lead_warehouse.contract.raw_schema import ACCOUNTS, PROVENANCE
from lead_warehouse.landing.header import LINE_COLUMN

CONTRACT = load_contract()
TABLES = sorted(CONTRACT.tables)


def a_table(**changes: Any) -> dict[str, Any]:
    columns = {
        "id": {"type": "string", "required": True, "description": "-"},
        "at": {"type": "timestamp", "description": "-"},
        "on": {"type": "date", "description": "-"},
        "name": {"type": "string", "description": "-"},
    }
    table: dict[str, Any] = {
        "grain": "One row per thing.",
        "key": ["id"],
        "known_at_from": ["at", "on"],
        "columns": columns,
    }
    columns |= changes.pop("columns", {})
    return table | changes


def validate(table: dict[str, Any]) -> Contract:
    return Contract.model_validate({"version": 1, "tables": {"things": table}})


def refusal(table: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as error:
        validate(table)
    return str(error.value)


# The contract as it stands


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_its_grain_and_has_a_key(name: str) -> None:
    table = CONTRACT.tables[name]
    assert table.grain.startswith("One row per ")
    assert table.grain.endswith(".")
    assert table.key


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described(name: str) -> None:
    for column in CONTRACT.tables[name].columns.values():
        assert column.description.endswith((".", "..."))


@pytest.mark.parametrize("name", TABLES)
def test_no_column_has_a_name_that_landing_gives(name: str) -> None:
    assert not {*PROVENANCE, LINE_COLUMN} & set(CONTRACT.tables[name].columns)


def test_no_canonical_table_has_the_name_of_an_account() -> None:
    assert not set(ACCOUNTS) & set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_an_event_that_depends_on_a_column_names_one_and_its_values(name: str) -> None:
    columns = CONTRACT.tables[name].columns
    for column in columns.values():
        if column.event_when:
            assert column.event
            known = columns[column.event_when.column].values
            assert known is not None
            assert set(column.event_when.values) < set(known)


def test_expectations_are_no_events() -> None:
    for table, column in [
        ("sales_activities", "scheduled_for"),
        ("opportunities", "expected_close_date"),
        ("subscriptions", "ends_on"),
        ("targets", "target_month"),
    ]:
        assert column not in CONTRACT.tables[table].event_columns


def test_what_identifies_a_person_is_marked() -> None:
    marked = {
        (table, column)
        for table in TABLES
        for column, spec in CONTRACT.tables[table].columns.items()
        if spec.personal
    }
    assert marked == {
        ("leads", "email"),
        ("leads", "first_name"),
        ("leads", "last_name"),
        ("leads", "phone"),
        ("contacts", "email"),
        ("contacts", "first_name"),
        ("contacts", "last_name"),
        ("contacts", "phone"),
        ("interactions", "visitor_id"),
        ("sales_users", "user_name"),
        ("consents", "email"),
    }


def test_the_contract_is_read_once() -> None:
    assert load_contract() is load_contract()


# What a contract may say


@pytest.mark.parametrize(("kind", "sql"), SQL_TYPES.items())
def test_every_type_has_a_sql_type(kind: str, sql: str) -> None:
    contract = validate(a_table(columns={"x": {"type": kind, "description": "-"}}))
    assert contract.tables["things"].columns["x"].sql_type == sql


def test_events_are_the_columns_marked_so() -> None:
    event = {"type": "date", "description": "-", "event": True}
    table = validate(a_table(columns={"seen": event})).tables["things"]
    assert list(table.event_columns) == ["seen"]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (a_table(key=["ident"]), "'ident' is not a column of the table"),
        (a_table(known_at_from=["made"]), "'made' is not a column of the table"),
        (a_table(key=["id", "name"]), "key column 'name' must be required"),
        (a_table(known_at_from=["name"]), "'name' tells a time and must be a date or timestamp"),
        (
            a_table(columns={"name": {"type": "string", "description": "-", "event": True}}),
            "'name' tells a time and must be a date or timestamp",
        ),
        (a_table(columns={"x": {"type": "uuid", "description": "-"}}), "things.columns.x.type"),
        (a_table(columns={"x": {"type": "string"}}), "things.columns.x.description"),
        (a_table(columns={"x": {"type": "string", "description": "-", "pii": True}}), "pii"),
        (a_table(grains="One row per thing."), "grains"),
    ],
)
def test_a_table_that_does_not_agree_with_itself_is_refused(
    table: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(table)


def test_a_contract_of_another_version_is_refused() -> None:
    with pytest.raises(ValidationError, match="version"):
        Contract.model_validate({"version": 2, "tables": {}})


def test_a_contract_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        CONTRACT.tables["leads"].grain = "?"  # type: ignore[misc]


def test_a_contract_may_be_read_from_any_file(tmp_path: Path) -> None:
    path = tmp_path / "contract.yml"
    path.write_text(
        yaml.safe_dump({"version": 1, "tables": {"things": a_table()}}), encoding="utf-8"
    )
    assert list(load_contract(path).tables["things"].columns) == ["at", "id", "name", "on"]
