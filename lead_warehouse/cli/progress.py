"""Progress of a refresh or comparison: a live line for the step under way, one for each done."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

LABELS = {
    "land": "landing files",
    "gate": "checking what landed",
    "build": "building models",
    "audit": "auditing",
    "seal": "sealing",
    "publish": "publishing",
    "copy": "copying",
    "compare": "comparing",
    "erase": "erasing",
}


class StepLines:
    """Callable with (step, detail); shows steps as they come and how long each took."""

    def __init__(self, console: Console):
        self._console = console
        self._status = Status("", console=console)
        self._step: str | None = None
        self._started = 0.0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._status.stop()
        self._finish("✗" if kind else "✓")

    def __call__(self, step: str, detail: str) -> None:
        if step != self._step:
            self._finish("✓")
            self._step, self._started = step, time.monotonic()
        text = Text(LABELS[step])
        if detail:
            text.append(f"  {detail.strip()}", style="dim")
            text.truncate(max(20, self._console.width - 4), overflow="ellipsis")
        self._status.update(text)

    def _finish(self, mark: str) -> None:
        if self._step is not None:
            seconds = time.monotonic() - self._started
            self._console.print(f"{mark} {LABELS[self._step]:<22}{seconds:6.1f} s")
        self._step = None
