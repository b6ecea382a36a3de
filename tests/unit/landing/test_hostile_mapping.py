"""Hostile text in every setting of a mapping: refused, or text like any other."""

import csv
import json
import string
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import land
from lead_warehouse.mapping import load_mapping
from lead_warehouse.state.engine import confine

PLAIN = "plain"
HOSTILE = (
    "'); drop table x; --",
    '"); drop table x; --',
    '" from x; drop table x; --',
    "' || getenv('CANARY') || '",
    "'||(select content from read_text('/etc/passwd'))||'",
    "{{ env_var('CANARY') }}",
    "{% raw %}",
    "${CANARY}",
    "$CANARY",
    "/* note */",
    "\\",
    "?",
    "$1",
    "%s",
)
Settings = dict[str, Any]
Set = Callable[[Settings, str], Any]


def mapping_of(column: str) -> Settings:
    """A mapping that uses every setting, of a file with a column named so."""
    return {
        "version": "1",
        "inputs": [
            {
                "name": "crm",
                "files": "*.csv",
                "empty_values": ["-"],
                "ignore_columns": ["other"],
                "date_format": "%Y-%m-%d",
                "timestamp_format": "%Y-%m-%d %H:%M",
                "time_zone": "UTC",
                "known_at": {"column": "known"},
                "tables": [
                    {
                        "table": "leads",
                        "when": {"column": "kind", "values": ["lead"]},
                        "columns": {
                            "lead_id": {"join": ["id", {"constant": "k"}], "separator": "-"},
                            "created_at": {"column": "made"},
                            "job_title": {"column": column, "values": {"a": "b"}},
                            "source": {"constant": "web"},
                        },
                    }
                ],
            }
        ],
    }


def one(settings: Settings) -> Any:
    return settings["inputs"][0]


def table(settings: Settings) -> Any:
    return one(settings)["tables"][0]


PLACES: dict[str, Set] = {
    "version": lambda m, t: m.update(version=t),
    "a setting's name": lambda m, t: m.update({t: "x"}),
    "an input's setting's name": lambda m, t: one(m).update({t: "x"}),
    "name": lambda m, t: one(m).update(name=t),
    "files": lambda m, t: one(m).update(files=t),
    "encoding": lambda m, t: one(m).update(encoding=t),
    "empty_values": lambda m, t: one(m).update(empty_values=[t]),
    "ignore_columns": lambda m, t: one(m).update(ignore_columns=[t]),
    "date_format": lambda m, t: one(m).update(date_format=t),
    "timestamp_format": lambda m, t: one(m).update(timestamp_format=f"%Y-%m-%d %H:%M{t}"),
    "time_zone": lambda m, t: one(m).update(time_zone=t),
    "decimal_mark": lambda m, t: one(m).update(decimal_mark=t),
    "known_at": lambda m, t: one(m).update(known_at=t),
    "table": lambda m, t: table(m).update(table=t),
    "when column": lambda m, t: table(m)["when"].update(column=t),
    "when values": lambda m, t: table(m)["when"].update(values=[t, "lead"]),
    "a canonical column": lambda m, t: table(m)["columns"].update({t: "id"}),
    "column": lambda m, t: table(m)["columns"].update(email=t),
    "constant": lambda m, t: table(m)["columns"].update(source={"constant": t}),
    "separator": lambda m, t: table(m)["columns"]["lead_id"].update(separator=t),
    "joined column": lambda m, t: table(m)["columns"]["lead_id"].update(join=["id", t]),
    "joined constant": lambda m, t: table(m)["columns"]["lead_id"].update(
        join=["id", {"constant": t}]
    ),
    "value given": lambda m, t: table(m)["columns"]["job_title"].update(values={t: "b"}),
    "value meant": lambda m, t: table(m)["columns"]["job_title"].update(values={"head": t}),
    "other_values": lambda m, t: table(m)["columns"]["job_title"].update(other_values=t),
    "format of a column": lambda m, t: table(m)["columns"]["created_at"].update(
        format=f"%Y-%m-%d %H:%M{t}"
    ),
    "time_zone of a column": lambda m, t: table(m)["columns"]["created_at"].update(time_zone=t),
}
CONTRACT = load_contract()
LEADS_ONLY = CONTRACT.model_copy(update={"tables": {"leads": CONTRACT.tables["leads"]}})
REFUSED = {
    *("version", "a setting's name", "an input's setting's name", "name", "encoding"),
    *("date_format", "time_zone", "decimal_mark", "table", "a canonical column", "other_values"),
    "time_zone of a column",
}
"""Places that know their words."""


def outcome(folder: Path, text: str, put: Set) -> list[Any] | None:
    """What lands under a mapping with ``text`` in a place; none where it is refused."""
    folder.mkdir(exist_ok=True)
    inputs = folder / "inputs"
    inputs.mkdir(exist_ok=True)
    settings = mapping_of("title")
    put(settings, text)
    (folder / "mapping.yml").write_text(json.dumps(settings))
    with (inputs / "crm.csv").open("w", newline="") as file:
        rows = [
            ["id", "made", "title", "kind", "known", "other", text],
            ["1", "2026-01-01 09:00", "head", "lead", "2026-01-01 09:00", "", "x"],
            ["2", "2026-01-01 09:00", text, "lead", "2026-01-01 09:00", "", "lead"],
            ["3", f"2026-01-01 09:00{text}", "a", text, "2026-01-01 09:00", "", text],
        ]
        csv.writer(file).writerows(rows)
    try:
        mapping = load_mapping(folder / "mapping.yml", CONTRACT)
    except UserError as error:
        assert all("mapping.yml:" in line for line in str(error).splitlines())
        return None
    scratch = folder / "scratch"
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("create table x as select 1 as n")
        confine(connection, scratch)
        landing = land(
            connection,
            LEADS_ONLY,
            mapping,
            input_dir=inputs,
            archive=Archive(folder / "landing"),
            received=[],
            now=datetime(2026, 2, 1),
            scratch=scratch,
            progress=lambda _: None,
        )
        assert connection.execute("from x").fetchall() == [(1,)]
        # Words of the file's own, with what stood for them put back.
        found = [
            connection.execute(query).fetchall()
            for query in (
                "select lead_id, created_at, job_title, source, email, known_at, mapped_columns "
                "from raw.leads order by file_line",
                "select file_line, column_name, value, reason, decode(raw_record) "
                "from raw.quarantined_rows order by file_line",
                "select status, reason, record_count, accepted_count, unmapped_columns "
                "from raw.landed_files",
            )
        ]
    assert [account.records for account in landing.accounts] in ([3], [0], [])
    return json.loads(json.dumps(found, default=str).replace(json.dumps(text)[1:-1], PLAIN))  # type: ignore[no-any-return]


@pytest.mark.parametrize("place", PLACES)
def test_fault_50_hostile_text_in_a_mapping_is_refused_or_lands_like_plain_text(
    tmp_path: Path, place: str
) -> None:
    plain = outcome(tmp_path / PLAIN, PLAIN, PLACES[place])
    for number, text in enumerate(HOSTILE):
        found = outcome(tmp_path / str(number), text, PLACES[place])
        if place in REFUSED:
            assert found is None, text
        elif found is not None:
            assert without_layout(found) == without_layout(plain), text


def without_layout(found: list[Any] | None) -> Any:
    """The outcome without quotes of CSV, which some texts need, and what a remedy proposes."""
    assert found is not None
    text = json.dumps(found).replace('\\"', "").replace('""', "")
    return json.loads(text) if text.startswith("[[") else text


@pytest.mark.parametrize("mark", string.punctuation)
def test_fault_50_any_delimiter_that_is_allowed_only_delimits(tmp_path: Path, mark: str) -> None:
    settings = {
        "version": "1",
        "inputs": [
            {
                "name": "crm",
                "files": "crm.csv",
                "delimiter": mark,
                "tables": [{"table": "leads", "columns": {"lead_id": "id", "email": "mail"}}],
            }
        ],
    }
    (tmp_path / "mapping.yml").write_text(json.dumps(settings))
    (tmp_path / "crm.csv").write_text(f"id{mark}mail\n1{mark}a\n")
    try:
        mapping = load_mapping(tmp_path / "mapping.yml", CONTRACT)
    except LeadWarehouseError:
        assert mark == '"'
        return
    with duckdb.connect() as connection:
        land(
            connection,
            LEADS_ONLY,
            mapping,
            input_dir=tmp_path,
            archive=Archive(tmp_path / "landing"),
            received=[],
            now=datetime(2026, 2, 1),
            scratch=tmp_path / "scratch",
            progress=lambda _: None,
        )
        assert connection.execute("select lead_id, email from raw.leads").fetchall() == [("1", "a")]
