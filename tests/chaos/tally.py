"""What was tried, and what came of it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich import box
from rich.table import Table


@dataclass
class Tally:
    """One kind of fault.

    Attributes:
        outcomes: how often each thing happened, all of them allowed.
        failures: what must not happen, a line each.
        skipped: why nothing could be tried.
    """

    fault: str
    tries: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    skipped: str | None = None

    def saw(self, outcome: str) -> None:
        """Count a try that ended in a way that is allowed."""
        self.tries += 1
        self.outcomes[outcome] += 1

    def add(self, part: "Tally") -> None:
        """Take over what a part of the same fault came to."""
        self.tries += part.tries
        self.outcomes += part.outcomes
        self.failures += part.failures

    @contextmanager
    def watch(self, what: str) -> Iterator[None]:
        """Count what goes wrong in the block as a failure of this fault, and go on."""
        try:
            yield
        except Exception as error:
            self.failures.append(f"{what}: {type(error).__name__}: {error}")

    def as_json(self) -> dict[str, Any]:
        """For the file of results."""
        return {**vars(self), "outcomes": dict(self.outcomes)}

    @property
    def outcome(self) -> str:
        if self.skipped:
            return f"skipped: {self.skipped}"
        parts = [f"{count} {name}" for name, count in self.outcomes.most_common()]
        return "; ".join([*parts, *self.failures[:5]])


def as_table(tallies: list[Tally]) -> Table:
    """The tallies for a terminal: fault, tries, verdict and outcome."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("fault", overflow="fold")
    table.add_column("tries", justify="right")
    table.add_column("")
    table.add_column("outcome", overflow="fold")
    for one in tallies:
        verdict = "FAILED" if one.failures else "-" if one.skipped else "ok"
        table.add_row(one.fault, f"{one.tries:,}", verdict, one.outcome)
    return table
