"""How fast the warehouse is: ratios that hold on any machine, each measured in one run.

``make bench`` runs it; ``docs/performance.md`` says what the lines mean and keeps the results.
"""

import argparse
import tempfile
from pathlib import Path

from benches import landing
from benches.comparison import PARTS, Asked, compare
from benches.results import record, table
from lead_warehouse import PROJECT_DIR

ALL = ",".join(("landing", *PARTS))
PAGE = PROJECT_DIR / "docs" / "performance.md"


def main() -> None:
    """Run the parts asked for, print their table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="interactions of the history")
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--history", type=int, default=1, help="how many times as long, as well")
    parser.add_argument("--parts", default="all", help=f"of {ALL}")
    parser.add_argument("--folder", type=Path, help="where to work, and to leave what was built")
    parser.add_argument("--record", choices=("yes", "no"), default="yes")
    given = parser.parse_args()
    parts = set((ALL if given.parts == "all" else given.parts).split(","))
    if unknown := parts - set(ALL.split(",")):
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {ALL}")
    folder = PROJECT_DIR / ".warehouse"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as made:
        if "landing" in parts:
            landing.bench(given.rows, given.tries, Path(made))
            landing.bench_small_files(Path(made))
        if parts & set(PARTS):
            asked = Asked(given.rows, given.tries, given.history, frozenset(parts))
            found = compare(asked, given.folder or Path(made))
            print(table(found))
            if given.record == "yes":
                record(found, PAGE)


if __name__ == "__main__":
    main()
