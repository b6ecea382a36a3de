"""Refreshes killed at random instants and at every point that has a name."""

import random
import shutil
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired

from lead_warehouse import failpoints
from tests.chaos.subject import (
    Broken,
    Subject,
    copy,
    ended,
    kill,
    must_be_complete,
    must_be_whole,
    nobody_left,
    refresh,
    start,
)
from tests.chaos.tally import Tally

FAILPOINTS: tuple[str, ...] = tuple(
    getattr(
        failpoints,
        "FAILPOINTS",
        ("locked", "landing", "landed", "built", "audited", "sealed", "publish", "published"),
    )
)
OUT_OF_REACH = {"compacting": "needs a file with many free blocks"}
"""Points that no deed here passes, and why; their own tests kill there."""

STRETCH = 1.3
"""How much longer a refresh may take while another is going on beside it."""

KILLS_TO_AN_EPISODE = 10
"""At most so many kills, one upon the leftovers of the other, before a refresh may complete."""

Say = Callable[[str], None]


def kill_at_random(
    subject: Subject, folder: Path, kills: int, chance: random.Random, jobs: int, say: Say
) -> Tally:
    """Kill refreshes at instants drawn from the whole of their time."""
    tally = Tally("killed at a random instant")
    # A kill that comes too late is drawn again, which must not change what others draw.
    chances = [random.Random(chance.random()) for _ in range(kills)]
    episodes = []
    while chances:
        wanted = chance.randint(1, KILLS_TO_AN_EPISODE)
        episodes.append(chances[:wanted])
        chances = chances[wanted:]

    def go_through(number: int) -> Tally:
        return _episode(subject, folder / f"random_{number}", episodes[number])

    with ThreadPoolExecutor(jobs) as pool:
        for part in pool.map(go_through, range(len(episodes))):
            tally.add(part)
            say(f"{tally.fault}: {tally.tries} of {kills}")
    return tally


def _episode(subject: Subject, state: Path, chances: list[random.Random]) -> Tally:
    """Kills one upon the other, then a refresh that completes."""
    tally = Tally("an episode")
    copy(subject.state, state)
    with tally.watch(state.name):
        for chance in chances:
            tally.saw(_kill_once(subject, state, chance))
        _complete(subject, state)
        tally.outcomes["then complete, equal to never killed"] += 1
    clear(state, tally)
    return tally


def _kill_once(subject: Subject, state: Path, chance: random.Random) -> str:
    while True:
        process = start(refresh(state, subject.second))
        with_children = chance.random() < 0.5
        with suppress(TimeoutExpired):
            process.wait(chance.uniform(0, subject.seconds * STRETCH))
        if kill(process, with_children):
            break
        ended(process, 0)
    before_others_end = must_be_whole(state, subject.published, subject.complete)
    if chance.random() < 0.5:
        nobody_left(process.pid)
    seen = "old" if before_others_end == subject.published else "new"
    return f"readers saw the {seen} one"


def _complete(subject: Subject, state: Path) -> None:
    with suppress(Broken):
        # A rollback that was cut short holds publishing back, where there is such a hold.
        ended(start(["release", "--state", str(state)]), 0)
    process = start(refresh(state, subject.second))
    ended(process, 0)
    must_be_complete(state, subject)
    nobody_left(process.pid)


def kill_at_points(subject: Subject, folder: Path, rounds: int, jobs: int, say: Say) -> list[Tally]:
    """Kill at each point by name, whatever deed passes it."""

    def go_through(point: str) -> Tally:
        tally = _rounds(subject, folder, point, rounds)
        say(f"{tally.fault}: {tally.outcome}")
        return tally

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(go_through, FAILPOINTS))


def _rounds(subject: Subject, folder: Path, point: str, rounds: int) -> Tally:
    tally = Tally(f"killed at `{point}`")
    for number in range(rounds):
        state = copy(subject.state, folder / f"{point}_{number}")
        with tally.watch(point):
            outcome = _kill_at(subject, state, point)
            if outcome:
                tally.saw(outcome)
                _complete(subject, state)
            elif point in OUT_OF_REACH:
                tally.skipped = OUT_OF_REACH[point]
            else:
                raise Broken("no deed passes this point")
        clear(state, tally)
        if tally.skipped or tally.failures:
            break
    return tally


def _kill_at(subject: Subject, state: Path, point: str) -> str | None:
    """Do one thing after the other until the point is passed; nothing if none passes it."""
    deeds = {
        "a refresh": refresh(state, subject.second),
        "a refresh that is rejected": refresh(state, subject.wrong),
        "a rollback": ["rollback", "--state", str(state)],
        "a release": ["release", "--state", str(state)],
    }
    for name, arguments in deeds.items():
        process = start(arguments, failpoint=point)
        ended(process, -signal.SIGKILL, 0, 1, 2)
        digest = must_be_whole(state, subject.published, subject.complete)
        nobody_left(process.pid)
        if process.returncode == -signal.SIGKILL:
            return f"in {name}, readers saw the {'old' if digest == subject.published else 'new'}"
    return None


def clear(state: Path, tally: Tally) -> None:
    """Remove a trial's warehouse; one that failed stays to be looked at."""
    if not tally.failures:
        shutil.rmtree(state, ignore_errors=True)
