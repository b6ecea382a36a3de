import yaml

from lead_warehouse.contract import load_contract
from lead_warehouse.contract.raw_schema import raw_columns
from lead_warehouse.contract.render import PAGE_FILE, SOURCES_FILE, rendered


def test_what_follows_from_the_contract_is_in_step() -> None:
    for path, text in rendered(load_contract()).items():
        assert path.read_text(encoding="utf-8") == text, f"{path} differs; run `make contract`"


def test_sources_name_every_raw_column_with_its_type() -> None:
    [source] = yaml.safe_load(SOURCES_FILE.read_text())["sources"]
    tables = {table["name"]: table for table in source["tables"]}
    for name, table in load_contract().tables.items():
        stated = {column["name"]: column["data_type"] for column in tables[name]["columns"]}
        assert stated == raw_columns(table), name
        assert all(column["description"] for column in tables[name]["columns"])


def test_the_page_shows_every_table_and_column() -> None:
    page = PAGE_FILE.read_text()
    for name, table in load_contract().tables.items():
        section = page.split(f"## {name}\n")[1].split("\n## ")[0]
        assert all(f"| `{column}` |" in section for column in table.columns), name


def test_the_canonical_tables_of_the_design_are_there() -> None:
    assert set(load_contract().tables) == {
        "leads", "contacts", "interactions", "accounts", "campaigns", "campaign_members",
        "sales_users", "sales_absences", "lead_assignments", "sales_activities", "qualifications",
        "lead_stage_changes", "opportunities", "opportunity_stage_changes",
        "opportunity_contacts", "proposals", "subscriptions", "invoices", "marketing_spend",
        "sales_costs", "targets", "consents", "lead_merges", "exchange_rates",
    }  # fmt: skip
