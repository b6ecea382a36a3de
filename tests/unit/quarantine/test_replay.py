"""Records that come in after their mapping was corrected."""

from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.quarantine.outcome import Replay
from lead_warehouse.quarantine.reading import reading_quarantine
from lead_warehouse.quarantine.records import Wanted
from lead_warehouse.quarantine.replay import rehearse, select
from tests.unit.quarantine.conftest import DAY_FIRST, MAPPING, Warehouse


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("template"))
    warehouse.deliver("leads.csv", "0,,\n")
    warehouse.publish()
    warehouse.deliver("leads_2.csv", "1,,03/02/2026\n2,,nonsense\n3,x\n4,,\n5,,04/02/2026\n")
    warehouse.deliver("fair.csv", "9,,z\n")
    warehouse.publish()
    return warehouse


@pytest.fixture
def published(template: Warehouse, tmp_path: Path) -> Warehouse:
    return template.copy(tmp_path / "copy")


def rows(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.ask("select * from raw.leads order by all")


def line(warehouse: Warehouse, number: int, name: str = "leads") -> str:
    with reading_quarantine(warehouse.state) as quarantine:
        found = quarantine.records(Wanted(input_name=name))
        return next(one.id for one in found if one.file_line == number)


def try_out(warehouse: Warehouse, mapping: Path, wanted: Wanted | None = None) -> Replay:
    return rehearse(warehouse.state, select(warehouse.state, mapping, wanted or Wanted()))


def told(replay: Replay) -> list[tuple[str, int, str]]:
    return [(one.record.input_name, one.record.file_line, one.became) for one in replay.asked]


def test_a_rehearsal_says_what_would_come_in_and_why_the_rest_would_not(
    published: Warehouse,
) -> None:
    fixed = published.write(DAY_FIRST, "fixed.yml")
    before = sorted(p for p in published.state.root.rglob("*") if p.is_file())
    replay = try_out(published, fixed, Wanted(input_name="leads"))
    assert told(replay) == [
        ("leads", 2, "came in"),
        ("leads", 3, "in quarantine"),
        ("leads", 4, "in quarantine"),
        ("leads", 6, "came in"),
    ]
    assert replay.asked[1].because == "created_at: not a timestamp as %d/%m/%Y"
    assert (replay.count("came in"), replay.others, replay.lost.values) == (2, 0, [])
    assert sorted(p for p in published.state.root.rglob("*") if p.is_file()) == before


def test_records_of_the_input_that_come_in_along_are_counted(published: Warehouse) -> None:
    fixed = published.write(DAY_FIRST, "fixed.yml")
    replay = try_out(published, fixed, Wanted((line(published, 2),)))
    assert (told(replay), replay.others) == ([("leads", 2, "came in")], 1)


def test_what_a_mapping_would_lose_is_told(published: Warehouse) -> None:
    worse = published.write(MAPPING.replace("email: mail", "employee_count: id"), "worse.yml")
    published.deliver("leads_3.csv", "A,,\nB,,\n")
    published.publish()
    replay = try_out(published, worse, Wanted(input_name="leads"))
    assert [(row[:2], row[3:]) for row in replay.lost.values] == [
        (("leads", "employee_count"), (2, "leads_3.csv", 2))
    ]


def test_a_mapping_that_reads_the_input_alike_says_so(published: Warehouse) -> None:
    selected = select(published.state, published.mapping, Wanted(input_name="leads"))
    assert selected.alike == ["leads"]
    fixed = published.write(DAY_FIRST, "fixed.yml")
    assert select(published.state, fixed, Wanted()).alike == ["fair"]


@pytest.mark.parametrize(
    ("change", "became", "because"),
    [
        (("name: fair", "name: market"), "withdrawn", "no longer names its input"),
        (("{lead_id: id,", "{lead_id: nr,"), "file held", "required column missing: 'nr'"),
        (
            ("- table: leads\n        columns: {", "- table: leads\n        when: {column: mail}\n"
             "        columns: {"),
            "no row",
            "no table is fed by it",
        ),
    ],
)  # fmt: skip
def test_records_that_are_in_neither_place_say_why(
    published: Warehouse, change: tuple[str, str], became: str, because: str
) -> None:
    other = published.write(MAPPING.replace(*change), "other.yml")
    (outcome,) = try_out(published, other, Wanted(input_name="fair")).asked
    assert outcome.became == became
    assert because in str(outcome.because)


def test_a_replay_adds_exactly_the_records_that_came_in(published: Warehouse) -> None:
    before, files = (
        rows(published),
        published.ask(
            "select file_name, file_digest, received_at from raw.landed_files order by all"
        ),
    )
    fixed = published.write(DAY_FIRST, "fixed.yml")
    published.publish(fixed)
    after = rows(published)
    assert set(before) < set(after)
    new = published.ask(
        "select lead_id, file_line, created_at::varchar, known_at = received_at "
        "from raw.leads join raw.landed_files using (input_name, file_digest) "
        "where lead_id in ('1', '5') order by all"
    )
    assert new == [("1", 2, "2026-02-03 00:00:00", True), ("5", 6, "2026-02-04 00:00:00", True)]
    assert len(after) == len(before) + 2
    assert files == published.ask(
        "select file_name, file_digest, received_at from raw.landed_files order by all"
    )


def test_what_came_in_is_remembered_with_its_run(published: Warehouse) -> None:
    ids = [line(published, 2), line(published, 6)]
    published.publish(published.write(DAY_FIRST, "fixed.yml"))
    with reading_quarantine(published.state) as quarantine:
        replayed = quarantine.records(Wanted(statuses=("replayed",)))
        assert len(quarantine.records(Wanted(statuses=("open",)))) == 3
    assert [one.id for one in replayed] == ids
    assert {one.run_id for one in replayed} == {published.ledger.runs()[0].run_id}
    assert all("not a timestamp" in one.reason for one in replayed)
    # Said once, by the run that did it.
    published.publish(published.inputs / "fixed.yml")
    with reading_quarantine(published.state) as quarantine:
        assert quarantine.records(Wanted(statuses=("replayed",))) == replayed


def test_a_record_that_no_table_is_fed_by_has_not_come_in(published: Warehouse) -> None:
    idle = MAPPING.replace("        columns: {", "        when: {column: mail}\n        columns: {")
    published.publish(published.write(idle, "idle.yml"))
    assert published.decisions.replayed() == []


def test_only_open_records_are_asked_for_unless_named(published: Warehouse) -> None:
    one = line(published, 9 - 7, "fair")
    published.decisions.decide([("fair", _digest(published, "fair.csv"), 2)], "dismissed", "x")
    with pytest.raises(UserError, match="no open record fits"):
        select(published.state, published.mapping, Wanted(input_name="fair"))
    (record,) = select(published.state, published.mapping, Wanted((one,), "fair")).records
    assert record.status == "dismissed"


def _digest(warehouse: Warehouse, name: str) -> str:
    ((digest,),) = warehouse.ask(
        f"select file_digest from raw.landed_files where file_name = '{name}'"
    )
    return str(digest)
