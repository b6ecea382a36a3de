"""A small, fast part of `make chaos`."""

import random
import time
from pathlib import Path

import pytest

from tests.chaos.damages import (
    damage_archive,
    damage_databases,
    damage_deliveries,
    damage_published,
)
from tests.chaos.subject import (
    Subject,
    copy,
    digest_of,
    ended,
    kill,
    must_be_complete,
    must_be_whole,
    nobody_left,
    refresh,
    start,
)
from tests.chaos.tally import Tally, as_table
from tests.conftest import STORIES


@pytest.fixture
def subject(published_stories: Path) -> Subject:
    """The stories published, to which a further refresh adds nothing."""
    digest = digest_of(published_stories)
    return Subject(published_stories, STORIES, STORIES, STORIES, digest, digest, seconds=10)


def quiet(line: str) -> None:
    pass


def test_fault_2_killed_while_dbt_builds_then_complete_as_if_never_killed(
    subject: Subject, tmp_path: Path
) -> None:
    state = copy(subject.state, tmp_path / "state")
    known = set((state / "runs").iterdir())
    # By itself; what it had started ends with it.
    process = start(refresh(state, STORIES))
    while not any("START sql" in text for text in build_logs(state, known)):
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.02)
    assert kill(process, False)
    assert (state / "building").exists()
    must_be_whole(state, subject.published)
    nobody_left(process.pid)
    ended(start(refresh(state, STORIES)), 0)
    must_be_complete(state, subject)


def build_logs(state: Path, known: set[Path]) -> list[str]:
    """What dbt printed in runs that are new."""
    runs = set((state / "runs").iterdir()) - known
    return [path.read_text() for run in runs for path in run.glob("build.log")]


@pytest.fixture
def chance() -> random.Random:
    return random.Random(4)


def test_damaged_deliveries_are_accounted_for_or_held(
    tmp_path: Path, chance: random.Random
) -> None:
    tallies = damage_deliveries(tmp_path / "damage", 4, chance, quiet)
    assert [tally.failures for tally in tallies] == [[]] * 6
    outcomes = {outcome for tally in tallies for outcome in tally.outcomes}
    assert outcomes == {"held", "landed", "landed with records in quarantine"}


def test_records_that_changed_in_the_archive_do_not_land(
    tmp_path: Path, chance: random.Random
) -> None:
    tally = damage_archive(tmp_path, 4, chance, quiet)
    assert tally.failures == []
    assert set(tally.outcomes) == {"held", "delivered again and landed as before"}


def test_fault_12_bits_turned_in_a_build_are_found_before_the_seal(
    subject: Subject, tmp_path: Path, chance: random.Random
) -> None:
    tally = damage_databases(subject, tmp_path, 5, chance, quiet)
    assert tally.failures == []
    assert tally.outcomes["found"] >= 4


def test_fault_13_no_reader_gets_rows_of_a_damaged_file_and_a_rollback_gives_them_back(
    subject: Subject, tmp_path: Path, chance: random.Random
) -> None:
    from lead_warehouse.state.layout import StateDirectory
    from tests.chaos.subject import with_older_generations

    aged = copy(subject.state, tmp_path / "aged")
    with_older_generations(StateDirectory(aged))
    older = Subject(aged, STORIES, STORIES, STORIES, subject.published, subject.complete, 10)
    tally = damage_published(older, tmp_path, 4, chance, quiet)
    assert tally.failures == []
    assert tally.outcomes["then a rollback gave the rows back"] == 1


def break_a_promise() -> None:
    raise AssertionError("torn")


def test_what_went_wrong_is_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    tally = Tally("a fault")
    tally.saw("held")
    with tally.watch("try 7"):
        break_a_promise()
    assert (tally.tries, tally.failures) == (1, ["try 7: AssertionError: torn"])
    assert tally.as_json()["outcomes"] == {"held": 1}
    Console(width=140).print(as_table([tally]))
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("a fault", "FAILED", "1 held; try 7: AssertionError"))
