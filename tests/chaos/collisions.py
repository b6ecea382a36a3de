"""Refreshes that start at the same time."""

import random
from pathlib import Path

from tests.chaos.kills import Say, clear
from tests.chaos.subject import Broken, Subject, copy, ended, must_be_complete, refresh, start
from tests.chaos.tally import Tally


def collide(subject: Subject, folder: Path, tries: int, chance: random.Random, say: Say) -> Tally:
    """Start several refreshes at once; one does the work, the others name it and leave."""
    tally = Tally("two or three refreshes at once")
    for number in range(tries):
        state = copy(subject.state, folder / f"collision_{number}")
        with tally.watch(f"try {number}"):
            processes = [start(refresh(state, subject.second)) for _ in range(chance.randint(2, 3))]
            told = [ended(process, 0, 1) for process in processes]
            ended_well = sum(process.returncode == 0 for process in processes)
            refused = [line for line, one in zip(told, processes, strict=True) if one.returncode]
            if not ended_well:
                raise Broken(f"none of them refreshed: {refused}")
            for line in refused:
                if "holds the lock: process" not in line or line.count("\n") != 1:
                    raise Broken(f"left without naming the holder: {line}")
            must_be_complete(state, subject)
            tally.saw(f"{ended_well} refreshed, {len(refused)} left at once")
        say(f"{tally.fault}: {number + 1} of {tries}")
        clear(state, tally)
    return tally
