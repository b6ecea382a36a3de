"""Records that come in after their mapping was corrected."""

from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.quarantine.outcome import Replay
from lead_warehouse.quarantine.reading import reading_quarantine
from lead_warehouse.quarantine.records import Wanted
from lead_warehouse.quarantine.replay import refuse_losses, rehearse, replay, select
from lead_warehouse.refresh.pipeline import RefreshOptions
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


def told(tried: Replay) -> list[tuple[str, int, str]]:
    return [(one.record.input_name, one.record.file_line, one.became) for one in tried.asked]


def test_a_rehearsal_says_what_would_come_in_and_why_the_rest_would_not(
    published: Warehouse,
) -> None:
    fixed = published.write(DAY_FIRST, "fixed.yml")
    before = sorted(p for p in published.state.root.rglob("*") if p.is_file())
    tried = try_out(published, fixed, Wanted(input_name="leads"))
    assert told(tried) == [
        ("leads", 2, "came in"),
        ("leads", 3, "in quarantine"),
        ("leads", 4, "in quarantine"),
        ("leads", 6, "came in"),
    ]
    assert tried.asked[1].because == "created_at: not a timestamp as %d/%m/%Y"
    assert (tried.count("came in"), tried.others, tried.lost.values) == (2, 0, [])
    assert sorted(p for p in published.state.root.rglob("*") if p.is_file()) == before


def test_records_of_the_input_that_come_in_along_are_counted(published: Warehouse) -> None:
    fixed = published.write(DAY_FIRST, "fixed.yml")
    tried = try_out(published, fixed, Wanted((line(published, 2),)))
    assert (told(tried), tried.others) == ([("leads", 2, "came in")], 1)


def test_what_a_mapping_would_lose_is_told_and_refused(published: Warehouse) -> None:
    worse = published.write(MAPPING.replace("email: mail", "employee_count: id"), "worse.yml")
    published.deliver("leads_3.csv", "A,,\nB,,\n")
    published.publish()
    tried = try_out(published, worse, Wanted(input_name="leads"))
    because = "would be in quarantine: employee_count: not an integer"
    assert tried.lost.values == [("leads", because, 2, "leads_3.csv", 2)]
    with pytest.raises(UserError) as told:
        refuse_losses(tried, worse)
    assert str(told.value) == (
        "the mapping would take away accepted records: 2 of input leads (as leads_3.csv:2, which "
        f"{because}); mend {worse}, or run `lead-warehouse refresh --mapping {worse}` if that is "
        "wanted"
    )


def test_what_a_mapping_would_lose_of_inputs_not_asked_for_is_told(published: Warehouse) -> None:
    broken = MAPPING.replace("lead_id: id\n", "lead_id: nr\n")
    tried = try_out(published, published.write(broken, "broken.yml"), Wanted(input_name="fair"))
    ((name, because, records, *_),) = tried.lost.values
    assert (name, records) == ("leads", 2)
    assert because.startswith("its file would be held: required column missing: 'nr'")


def test_records_that_a_table_would_no_longer_be_fed_by_are_lost(published: Warehouse) -> None:
    idle = MAPPING.replace(
        "- table: leads\n        columns:\n",
        "- table: leads\n        when: {column: mail}\n        columns:\n",
    )
    tried = try_out(published, published.write(idle, "idle.yml"))
    assert [(row[1], row[2]) for row in tried.lost.values] == [
        ("gives no row, or not all of its rows", 2)
    ]


def test_a_mapping_that_only_adds_is_not_refused(published: Warehouse) -> None:
    fixed = published.write(DAY_FIRST, "fixed.yml")
    refuse_losses(try_out(published, fixed), fixed)


def test_a_mapping_that_leaves_out_inputs_is_refused(published: Warehouse) -> None:
    only = published.write(DAY_FIRST[: DAY_FIRST.index("  - name: fair")], "only.yml")
    with pytest.raises(UserError) as told:
        select(published.state, only, Wanted(input_name="leads"))
    assert str(told.value) == (
        f"the mapping leaves out input fair, whose rows would be withdrawn; put it back into {only}"
        f", or run `lead-warehouse refresh --mapping {only}` if that is wanted"
    )


def test_a_refused_replay_changes_nothing(published: Warehouse) -> None:
    worse = published.write(DAY_FIRST.replace("email: mail", "employee_count: id"), "worse.yml")
    published.deliver("leads_3.csv", "A,,\n")
    published.publish()
    options = RefreshOptions(published.state, worse, published.inputs)
    before = contents(published)
    with pytest.raises(UserError, match="would take away accepted records: 1 of input leads"):
        replay(options, select(published.state, worse, Wanted()), lambda step, detail: None)
    assert contents(published) == before


def contents(warehouse: Warehouse) -> dict[str, bytes]:
    files = (path for path in warehouse.state.root.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files}


def test_a_mapping_that_reads_the_input_alike_says_so(published: Warehouse) -> None:
    selected = select(published.state, published.mapping, Wanted(input_name="leads"))
    assert selected.alike == ["leads"]
    fixed = published.write(DAY_FIRST, "fixed.yml")
    assert select(published.state, fixed, Wanted()).alike == ["fair"]


@pytest.mark.parametrize(
    ("change", "became", "because"),
    [
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


def test_each_record_is_listed_once_with_its_current_status(published: Warehouse) -> None:
    """In and out and in again by mappings: what it is now counts."""
    fixed = published.write(DAY_FIRST, "fixed.yml")
    statuses = ["replayed", "open", "open", "replayed", "open"]
    for mapping, expected in [(fixed, statuses), (published.mapping, ["open"] * 5)] * 2:
        published.publish(mapping)
        with reading_quarantine(published.state) as quarantine:
            found = quarantine.records(Wanted())
            kinds = quarantine.groups(Wanted())
        by_line = sorted((one.input_name != "leads", one.file_line, one.status) for one in found)
        assert [status for *_, status in by_line] == expected
        assert sum(row[kinds.columns.index("records")] for row in kinds.values) == 5


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
