"""What follows from the contract: dbt's source YAML and the page of canonical tables.

``python -m lead_warehouse.contract.render`` writes both; a test fails when they differ.
"""

from pathlib import Path
from typing import Any

import yaml

from lead_warehouse import PROJECT_DIR
from lead_warehouse.contract.model import Column, Contract, load_contract
from lead_warehouse.contract.raw_schema import (
    ACCOUNT_GRAINS,
    ACCOUNTS,
    PROVENANCE,
    PROVENANCE_DESCRIPTIONS,
)

SOURCES_FILE = PROJECT_DIR / "models" / "staging" / "files" / "_files__sources.yml"
# What `dbt source freshness` asks: when an input of the table last delivered. A table that no input
# fills is not late. Limits of an input are in its mapping, and judged by every refresh.
LAST_DELIVERED = (
    "select coalesce(max(received_at), {{ current_timestamp() }}) "
    "from {{ source('files', 'landed_files') }} where status = 'landed' "
    "and input_name in (select input_name from {{ this }})"
)
STALE_AFTER_HOURS = 25
PAGE_FILE = PROJECT_DIR / "docs" / "canonical_tables.md"
WRITTEN_FROM = "Written from lead_warehouse/contract/contract.yml by `make contract`."


def dbt_sources(contract: Contract) -> str:
    """The dbt source YAML over the raw schema."""
    canonical = [
        {
            "name": name,
            "description": table.grain,
            "config": {
                "freshness": {"warn_after": {"count": STALE_AFTER_HOURS, "period": "hour"}},
                "loaded_at_query": LAST_DELIVERED,
            },
            "columns": [_dbt_column(column, spec) for column, spec in table.columns.items()]
            + [
                {"name": column, "data_type": kind, "description": PROVENANCE_DESCRIPTIONS[column]}
                for column, kind in PROVENANCE.items()
            ],
        }
        for name, table in contract.tables.items()
    ]
    accounts = [
        {
            "name": name,
            "description": ACCOUNT_GRAINS[name],
            "columns": [
                {"name": column, "data_type": kind, "description": text}
                for column, (kind, text) in columns.items()
            ],
        }
        for name, columns in ACCOUNTS.items()
    ]
    source = {
        "name": "files",
        "description": "Canonical tables as landed from files, and the account of every record.",
        "schema": "raw",
        "tables": canonical + accounts,
    }
    text = yaml.dump(
        {"version": 2, "sources": [source]},
        Dumper=_IndentedDumper,
        sort_keys=False,
        width=96,
        allow_unicode=True,
    )
    return f"# {WRITTEN_FROM}\n{text}"


def page(contract: Contract) -> str:
    """The page of canonical tables, in Markdown."""
    lines = [
        "# Canonical tables",
        "",
        WRITTEN_FROM,
        "A mapping file brings an export into these tables; only `leads` is needed.",
        "Times are instants in UTC. *Event* marks times that move the as-of instant;",
        "*personal* marks what identifies a person; *list* marks several values in one cell.",
    ]
    for name, table in contract.tables.items():
        lines += [
            "",
            f"## {name}",
            "",
            f"{table.grain} Key: {', '.join(f'`{key}`' for key in table.key)}.",
            "",
            "| Column | Type | Unit | Notes | Description |",
            "|---|---|---|---|---|",
        ]
        lines += [
            "| " + " | ".join(_page_row(column, spec)) + " |"
            for column, spec in table.columns.items()
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files."""
    contract = load_contract()
    for path, text in rendered(contract).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def rendered(contract: Contract) -> dict[Path, str]:
    """Path and text of every file that follows from the contract."""
    return {SOURCES_FILE: dbt_sources(contract), PAGE_FILE: page(contract)}


def _dbt_column(name: str, spec: Column) -> dict[str, Any]:
    column: dict[str, Any] = {
        "name": name,
        "data_type": spec.sql_type,
        "description": spec.description,
    }
    if spec.personal:
        column["config"] = {"meta": {"personal": True}}
    return column


def _page_row(name: str, spec: Column) -> list[str]:
    return [f"`{name}`", spec.type, spec.unit or "", _notes(spec), spec.description]


def _notes(spec: Column) -> str:
    notes = [word for word in ("required", "event", "personal") if getattr(spec, word)]
    if spec.is_list:
        notes.append("list")
    if spec.event_when:
        notes.append(f"where {spec.event_when.column} is {' or '.join(spec.event_when.values)}")
    if spec.values:
        notes.append("one of " + ", ".join(spec.values))
    return "; ".join(notes)


class _IndentedDumper(yaml.SafeDumper):
    """Indents list items below their key, as the hand-written YAML here does."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


if __name__ == "__main__":
    main()
