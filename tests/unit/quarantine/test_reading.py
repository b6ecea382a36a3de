"""What is in quarantine, as decided until now."""

from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.quarantine.dismiss import dismiss, reopen
from lead_warehouse.quarantine.reading import open_quarantine, reading_quarantine
from lead_warehouse.quarantine.records import Record, Wanted, parse_id
from tests.unit.quarantine.conftest import Warehouse

OPEN = Wanted(statuses=("open",))


def records(warehouse: Warehouse, wanted: Wanted | None = None) -> list[Record]:
    with reading_quarantine(warehouse.state) as quarantine:
        return quarantine.records(wanted or Wanted())


def ids(warehouse: Warehouse, *statuses: str) -> list[str]:
    return [one.id for one in records(warehouse, Wanted(statuses=statuses))]


def statuses(warehouse: Warehouse) -> dict[int, str]:
    return {one.file_line: one.status for one in records(warehouse)}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("template"))
    warehouse.deliver("leads.csv", b"1,,x\n2,a@b.example,2026-01-05 10:00:00\n3,\xff,\n4,,y\n")
    warehouse.deliver("fair.csv", "9,,z\n")
    warehouse.publish()
    return warehouse


@pytest.fixture
def published(template: Warehouse, tmp_path: Path) -> Warehouse:
    return template.copy(tmp_path / "copy")


def test_each_record_has_a_short_id_and_says_what_is_wrong(published: Warehouse) -> None:
    one, other, *_ = records(published, Wanted(input_name="leads"))
    ((digest,),) = published.ask(
        "select file_digest from raw.landed_files where file_name = 'leads.csv'"
    )
    assert one.id == f"{digest[:8]}:2"
    assert (one.file_name, one.column_name, one.value, one.status) == (
        "leads.csv",
        "created_at",
        "x",
        "open",
    )
    assert (other.file_line, other.column_name, other.byte_offset) == (4, None, 52)


def test_groups_come_with_counts_the_most_frequent_first(published: Warehouse) -> None:
    found = open_quarantine(published.state)
    assert found.columns[:4] == ["input", "column", "reason", "records"]
    assert [(row[0], row[1], row[3]) for row in found.values] == [
        ("leads", "created_at", 2),
        ("fair", "created_at", 1),
        ("leads", "(record)", 1),
    ]


def test_the_bytes_of_a_record_are_those_delivered(published: Warehouse) -> None:
    with reading_quarantine(published.state) as quarantine:
        (one,) = [r for r in quarantine.records(Wanted()) if r.file_line == 4]
        assert quarantine.raw_record(one) == (b"3,\xff,", "utf-8")


def test_records_are_chosen_by_input_and_words_of_the_reason(published: Warehouse) -> None:
    assert len(records(published, Wanted(input_name="leads"))) == 3
    assert len(records(published, Wanted(reason="NOT A TIMESTAMP"))) == 3
    assert len(records(published, Wanted(input_name="leads", reason="not a timestamp"))) == 2
    assert records(published, Wanted(reason="'; drop table raw.leads; --")) == []


def test_an_id_may_be_longer_and_must_be_one(published: Warehouse) -> None:
    one = records(published, Wanted(input_name="leads"))[0]
    for digits in (4, 8, 64):
        written = f"{one.file_digest[:digits]}:{one.file_line}"
        assert records(published, Wanted(ids=(written,))) == [one]
    with pytest.raises(UserError, match="is known to quarantine"):
        records(published, Wanted(ids=(f"{one.file_digest[:8]}:3",)))
    for nonsense in ("3fa9c2d1", "3fa:1", "3fa9c2d1:-1", "3fa9c2d1:1 or 1=1", "%:2"):
        with pytest.raises(UserError, match="is no record; write it like"):
            parse_id(nonsense)


def test_an_ambiguous_id_is_told_with_what_it_may_mean(warehouse: Warehouse) -> None:
    for name in ("leads.csv", "fair.csv"):
        warehouse.deliver(name, "1,,x\n")
    warehouse.publish()
    written = records(warehouse)[0].id
    with pytest.raises(UserError) as told:
        records(warehouse, Wanted(ids=(written,)))
    assert f"{written} is ambiguous" in str(told.value)
    assert "of input fair (fair.csv)" in str(told.value)
    assert "of input leads (leads.csv)" in str(told.value)
    (one,) = records(warehouse, Wanted(ids=(written,), input_name="fair"))
    assert one.input_name == "fair"


# Decisions


def test_a_dismissal_shows_at_once_and_in_the_next_generation(published: Warehouse) -> None:
    (first, *_) = records(published, Wanted(input_name="leads"))
    dismiss(published.state, Wanted((first.id,)), "a test record")
    told = records(published, Wanted((first.id,)))[0]
    assert (told.status, told.note) == ("dismissed", "a test record")
    assert first.id not in ids(published, "open")
    assert published.ask("select distinct status from raw.quarantined_rows") == [("open",)]
    published.publish()
    assert published.ask(
        "select input_name, file_line from raw.quarantined_rows where status = 'dismissed'"
    ) == [("leads", 2)]


def test_dismissed_records_still_count_as_quarantined(published: Warehouse) -> None:
    dismiss(published.state, Wanted(input_name="leads"), "known")
    published.publish()
    assert published.ask(
        "select record_count, accepted_count, quarantined_count from raw.landed_files "
        "where input_name = 'leads'"
    ) == [(4, 1, 3)]
    assert published.ask("select count(*) from raw.quarantined_rows") == [(4,)]


def test_many_are_dismissed_by_input_and_reason(published: Warehouse) -> None:
    done = dismiss(published.state, Wanted(input_name="leads", reason="timestamp"), "old export")
    assert [one.file_line for one in done] == [2, 5]
    assert len(ids(published, "open")) == 2


def test_a_dismissal_is_taken_back(published: Warehouse) -> None:
    (one,) = records(published, Wanted(input_name="fair"))
    dismiss(published.state, Wanted((one.id,)), "x")
    published.publish()
    reopen(published.state, Wanted((one.id,)), None)
    assert one.id in ids(published, "open")
    published.publish()
    assert published.ask("select distinct status from raw.quarantined_rows") == [("open",)]


def test_a_decision_needs_records_and_a_reason(published: Warehouse) -> None:
    with pytest.raises(UserError, match="say why with --reason"):
        dismiss(published.state, Wanted(input_name="leads"), "  ")
    with pytest.raises(UserError, match="name records by id"):
        dismiss(published.state, Wanted(), "x")
    with pytest.raises(UserError, match="no open record fits"):
        dismiss(published.state, Wanted(input_name="leads", reason="nothing like it"), "x")
    with pytest.raises(UserError, match="no dismissed record fits"):
        reopen(published.state, Wanted(input_name="leads"), None)
    one = records(published)[0]
    # One unknown id, and none is decided on.
    with pytest.raises(UserError, match="is open"):
        dismiss(published.state, Wanted((one.id, "ffffffff:1")), "x")
    assert ids(published, "dismissed") == []


def test_a_decision_outlives_landing_again_and_the_loss_of_the_ledger(
    published: Warehouse,
) -> None:
    (one,) = records(published, Wanted(input_name="fair"))
    dismiss(published.state, Wanted((one.id,)), "x")
    text = published.mapping.read_text()
    published.publish()
    published.state.control.unlink()
    again = published.write(text.replace("created_at: made}", "created_at: made, source: id}"))
    landing = published.publish(again)
    assert [account.file.file_name for account in landing.accounts] == ["fair.csv"]
    assert published.ask("select status from raw.quarantined_rows where input_name = 'fair'") == [
        ("dismissed",)
    ]
    assert [one.status for one in records(published, Wanted(input_name="fair"))] == ["dismissed"]


def test_a_generation_of_an_older_version_is_listed(published: Warehouse) -> None:
    def older(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("alter table raw.quarantined_rows drop column status")

    database = published.state.current / "warehouse.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        older(connection)
    assert len(ids(published, "open")) == 4
    one = records(published)[0]
    dismiss(published.state, Wanted((one.id,)), "x")
    published.publish()
    assert published.ask(
        "select count(*) from raw.quarantined_rows where status = 'dismissed'"
    ) == [(1,)]
