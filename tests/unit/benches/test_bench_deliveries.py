"""What the benches land: so many rows, the same each time, with the untidiness that was meant."""

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benches.deliveries import ENDS_AT, TYPES, History, write_day, write_history
from lead_warehouse import PROJECT_DIR
from lead_warehouse.mapping import load_mapping

ROWS = 20_000
HISTORY = History(ROWS)
UNKNOWN_TYPE = "profile_liked"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history, and the first two days after it."""
    folder = tmp_path_factory.mktemp("deliveries")
    write_history(folder, HISTORY)
    for number in range(2):
        write_day(folder / str(number), HISTORY, 400, past=folder, number=number)
    return folder


def ask(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        for file in folder.glob("*.parquet"):
            name = file.stem.split("_2")[0]
            connection.execute(f"create view {name} as from read_parquet('{file}')")
        return connection.execute(sql).fetchall()


def test_there_are_as_many_rows_and_leads_as_asked_for(folder: Path) -> None:
    ((rows,),) = ask(folder, "select count(*) from interactions")
    ((leads,),) = ask(folder, 'select count(distinct "Id") from leads')
    assert rows == ROWS
    assert leads == HISTORY.leads == ROWS / 40


def test_keys_look_like_those_of_a_crm(folder: Path) -> None:
    ((ids, leads),) = ask(
        folder,
        "select list(distinct length(id)), list(distinct length(lead)) "
        "from interactions where lead is not null",
    )
    assert ids == [36]
    assert leads == [18]


def test_every_interaction_is_of_a_lead_there_is_or_of_nobody(folder: Path) -> None:
    assert not ask(
        folder, 'select lead from interactions where lead not in (select "Id" from leads)'
    )
    assert not ask(folder, "select id from interactions where lead is null and visitor is null")


@pytest.mark.parametrize(
    ("what", "least", "most"),
    [
        ("count(*) - count(distinct id)", 0.005, 0.02),
        ("count(*) filter (lead is null)", 0.02, 0.08),
        ("count(*) filter (received > occurred + interval 1 day)", 0.006, 0.03),
        ("count(*) filter (agent like '%LinkScanner%')", 0.0005, 0.02),
        ("count(*) filter (event = 'profile_liked')", 0.005, 0.015),
        ("count(*) filter (depth < 0)", 0.0001, 0.005),
        (f"count(*) filter (occurred > timestamp '{ENDS_AT}' - interval 1 year)", 0.3, 0.7),
        ("max(of_lead)", 0.005, 0.05),
    ],
)
def test_shares_are_what_was_meant(folder: Path, what: str, least: float, most: float) -> None:
    ((found,),) = ask(
        folder,
        f"select ({what}) / {ROWS} from (select *, count(*) over (partition by lead) as of_lead "
        "from interactions)",
    )
    assert least <= found <= most


def test_visitors_become_leads_later(folder: Path) -> None:
    ((visitors,),) = ask(
        folder,
        "select count(*) from (select visitor from interactions group by visitor "
        "having count(lead) > 0 and min(occurred) filter (lead is null) < "
        "min(occurred) filter (lead is not null))",
    )
    assert visitors > 10


def test_the_same_seed_gives_the_same_rows(folder: Path, tmp_path: Path) -> None:
    write_history(tmp_path / "again", HISTORY)
    write_day(tmp_path / "again" / "0", HISTORY, 400, past=tmp_path / "again")
    for name in ("leads", "interactions", "lead_merges", "accounts"):
        assert (tmp_path / "again" / f"{name}.parquet").read_bytes() == (
            folder / f"{name}.parquet"
        ).read_bytes()
    (day,) = (tmp_path / "again" / "0").glob("interactions*")
    assert day.read_bytes() == (folder / "0" / day.name).read_bytes()


def test_another_seed_gives_other_rows(folder: Path, tmp_path: Path) -> None:
    write_history(tmp_path, History(ROWS, seed=6))
    assert ask(folder, "select id from interactions limit 1") != ask(
        tmp_path, "select id from interactions limit 1"
    )


def test_csv_says_the_same_as_parquet(folder: Path, tmp_path: Path) -> None:
    write_history(tmp_path, History(ROWS, form="csv"))
    with duckdb.connect() as connection:
        connection.execute(f"create view one as from '{folder}/interactions.parquet'")
        connection.execute(f"create view other as from '{tmp_path}/interactions.csv'")
        assert connection.execute(
            "select count(*) from (select id, lead, occurred, depth from one "
            "except select id, lead, occurred, depth from other)"
        ).fetchone() == (0,)


def test_a_longer_history_has_the_same_days(tmp_path: Path) -> None:
    longer = History(ROWS, times=4)
    write_history(tmp_path, longer)
    ((days,),) = ask(
        tmp_path, "select date_diff('day', min(occurred), max(occurred)) from interactions"
    )
    assert days > 4 * 365 * 3 * 0.95
    assert longer.day_rows == HISTORY.day_rows / 4 or longer.day_rows == 10


def test_a_day_brings_new_events_late_ones_and_corrections(folder: Path) -> None:
    ((rows, late, ids),) = ask(
        folder / "0",
        f"select count(*), count(*) filter (occurred < timestamp '{ENDS_AT}'), list(id) "
        "from interactions",
    )
    assert rows == 400
    assert 5 < late < 40
    known = {id_ for (id_,) in ask(folder, "select id from interactions")}
    assert len(known & set(ids)) == 4
    next_day = {id_ for (id_,) in ask(folder / "1", "select id from interactions")}
    assert len(next_day & set(ids)) < 5


def test_the_mapping_fits_the_contract_and_the_types_the_rules(folder: Path) -> None:
    assert load_mapping(folder / "mapping.yml").inputs
    rules = PROJECT_DIR / "seeds" / "rules"
    known = {
        row["interaction_type"]
        for file in ("signals.csv", "negative_steps.csv")
        for row in csv.DictReader((rules / file).open(encoding="utf-8"))
    }
    assert set(TYPES) - known == {UNKNOWN_TYPE}
