"""The log of a run, ``runs/<id>/log.jsonl``: one JSON object a line, for machines to follow.

Every line has ``at`` (true UTC time), ``run_id``, ``level`` and ``event``; most have ``step``. The
pipeline and its worker processes append to the same file. Rows and their values never go here:
checks are named, their rows stay in ``failures/``.
"""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from lead_warehouse.redaction import redact, without_persons

LOG_FILE = "log.jsonl"


class Journal:
    """Appends events of one run; it can be handed to another process."""

    def __init__(self, folder: Path, run_id: str, **bound: Any):
        # Workers change their working directory.
        self.path = (folder / LOG_FILE).resolve()
        self.bound = {"run_id": run_id, **bound}

    def of_step(self, step: str) -> "Journal":
        """The same log, for what happens within a step."""
        return Journal(self.path.parent, **{**self.bound, "step": step})

    def tell(self, event: str, level: str = "info", **fields: Any) -> None:
        """Append an event; a log that cannot be written stops no refresh."""
        log = structlog.wrap_logger(
            _Lines(self.path), processors=_PROCESSORS, wrapper_class=structlog.BoundLogger
        )
        getattr(log, level)(event, **{**self.bound, **fields})


class _Lines:
    """Writes each line in one go, so that lines of two processes never mix."""

    def __init__(self, path: Path):
        self._path = path

    def _append(self, line: str) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab", buffering=0) as file:
                file.write(f"{line}\n".encode(errors="backslashreplace"))
        except OSError:
            # A full disk is told by the step that needs the room.
            return

    debug = info = warning = error = _append


def _without_secrets_and_persons(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    cleaned: dict[str, Any] = redact(dict(event))
    return {
        name: without_persons(value) if isinstance(value, str) else value
        for name, value in cleaned.items()
    }


_PROCESSORS: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _without_secrets_and_persons,
    structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
]
