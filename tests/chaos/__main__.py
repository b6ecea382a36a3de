"""The chaos run: `make chaos`, or `python -m tests.chaos --help`."""

import argparse
import json
import os
import random
import shutil
import sys
import time
from pathlib import Path

from rich.console import Console

from tests.chaos.collisions import collide
from tests.chaos.damages import (
    damage_archive,
    damage_databases,
    damage_deliveries,
    damage_published,
)
from tests.chaos.disks import fill_disks
from tests.chaos.kills import FAILPOINTS, kill_at_points, kill_at_random
from tests.chaos.readers import read_during_publishes
from tests.chaos.subject import prepare
from tests.chaos.tally import Tally, as_table

PARTS = ("kills", "readers", "disk", "collisions", "damage")


def read_arguments() -> argparse.Namespace:
    """What is to be tried, and how often."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at random instants")
    parser.add_argument("--rounds", type=int, default=1, help="kills at each named point")
    parser.add_argument("--publishes", type=int, default=1000, help="under the eyes of readers")
    parser.add_argument("--disks", type=int, default=12, help="sizes of a disk that is too small")
    parser.add_argument("--collisions", type=int, default=10, help="refreshes at once")
    parser.add_argument("--damages", type=int, default=100, help="of each kind of file")
    parser.add_argument("--jobs", type=int, default=2, help="trials side by side")
    parser.add_argument("--seed", type=int, default=1, help="draws everything but the timing")
    parser.add_argument("--only", choices=PARTS, action="append", help="leave out the others")
    parser.add_argument("--out", type=Path, default=Path(".warehouse/chaos"), help="folder")
    return parser.parse_args()


def main() -> int:
    """Try everything, print what came of it, and return 1 if anything went wrong."""
    asked = read_arguments()
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 140)
    started = time.monotonic()

    def say(line: str) -> None:
        console.print(f"{time.monotonic() - started:7.0f} s  {line}", soft_wrap=True)

    folder = (asked.out / f"run-{os.getpid()}").resolve()
    folder.mkdir(parents=True)
    parts = asked.only or PARTS
    say(f"seed {asked.seed}, in {folder}")
    subject = prepare(folder / "subject")
    say(f"a refresh that nothing disturbs takes {subject.seconds:.1f} s")

    def draw(part: str) -> random.Random:
        """Chances of its own for each part, so that leaving one out changes no other."""
        return random.Random(f"{asked.seed} {part}")

    tallies: list[Tally] = []
    if "kills" in parts:
        tallies.append(kill_at_random(subject, folder, asked.kills, draw("kills"), asked.jobs, say))
        tallies += kill_at_points(subject, folder, asked.rounds, asked.jobs, say)
    if "collisions" in parts:
        tallies.append(collide(subject, folder, asked.collisions, draw("collisions"), say))
    if "disk" in parts:
        tallies.append(fill_disks(subject, folder, asked.disks, draw("disk"), say))
    if "damage" in parts:
        tallies += damage_deliveries(folder / "damage", asked.damages, draw("deliveries"), say)
        tallies.append(damage_archive(folder, asked.damages, draw("archive"), say))
        tallies.append(damage_databases(subject, folder, asked.damages, draw("builds"), say))
        tallies.append(damage_published(subject, folder, asked.damages, draw("published"), say))
    if "readers" in parts:
        tallies.append(read_during_publishes(folder, asked.publishes, say))

    console.print(as_table(tallies))
    kills = sum(tally.tries for tally in tallies if tally.fault.startswith("killed at"))
    points = sum(tally.tries > 0 for tally in tallies if tally.fault.startswith("killed at `"))
    failed = [tally for tally in tallies if tally.failures]
    seconds = round(time.monotonic() - started)
    console.print(
        f"{kills:,} kills, at {points} of {len(FAILPOINTS)} named points; "
        f"{len(failed)} of {len(tallies)} kinds of fault failed; "
        f"{seconds // 60} min {seconds % 60} s"
    )
    results = asked.out / "chaos.json"
    document = {
        "seed": asked.seed,
        "seconds": seconds,
        "kills": kills,
        "failed": len(failed),
        "faults": [tally.as_json() for tally in tallies],
    }
    results.write_text(json.dumps(document, indent=1) + "\n")
    console.print(f"results in {results}")
    if failed:
        for tally in failed:
            console.print("\n".join([tally.fault, *(f"  {line}" for line in tally.failures)]))
        console.print(f"what is left of the trials lies in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
