"""Steps that need a process of their own: dbt keeps handles open, checkers may crash.

A fork server imports dbt and Great Expectations once, while files land; each step then runs in a
fresh fork of it. A fork ends with its parent, so a killed refresh leaves nothing behind.
"""

import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from lead_warehouse.errors import RunFailed
from lead_warehouse.journal import Journal
from lead_warehouse.landing.database_source import VARIABLE_PREFIX

Report = Callable[[str], None]
Step = Callable[..., Any]

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["lead_warehouse.refresh.preload"])
_ORPHANED = 70
_TIME_TO_LEAVE = 30.0
"""Seconds a step may take to clean up after its result; then it is ended."""


class _Order(NamedTuple):
    """What a worker is told to do."""

    step: Step
    arguments: tuple[Any, ...]
    log: Path
    folder: Path
    environment: dict[str, str]
    journal: Journal | None


def start_importing() -> None:
    """Start the fork server, so that its imports run while this process does other work."""
    from multiprocessing import forkserver

    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    forkserver.ensure_running()


def run_in_worker(
    step: Step,
    *arguments: Any,
    log: Path,
    report: Report,
    folder: Path,
    environment: dict[str, str],
    journal: Journal | None = None,
) -> Any:
    """Run ``step(report, *arguments)`` in a process of its own and return its result.

    Args:
        log: file that receives what the step prints.
        report: called here with each line the step reports.
        folder: working directory of the step.
        environment: set for the step on top of this process's environment.
        journal: log of the run, to which the step's process writes too.

    Raises:
        RunFailed: the step raised or its process died; the log has the details.
    """
    start_importing()
    log.parent.mkdir(parents=True, exist_ok=True)
    here, there = _FORKS.Pipe(duplex=False)
    # Where sources are, passwords included, is no business of dbt and of the checker.
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(VARIABLE_PREFIX)}
    environment = {**inherited, **environment}
    order = _Order(step, arguments, log.resolve(), folder, environment, journal)
    process = _FORKS.Process(target=_run, args=(there, order))
    process.start()
    there.close()
    try:
        while True:
            kind, value = here.recv()
            if kind == "report":
                report(value)
            elif kind == "result":
                process.join(_TIME_TO_LEAVE)
                return value
            else:
                raise RunFailed(f"{value}; see {log}")
    except EOFError:
        process.join()
        raise RunFailed(
            f"the process of {step.__name__} died (exit code {process.exitcode}); see {log}"
        ) from None
    finally:
        process.terminate()
        process.join()
        here.close()


def _run(there: Connection, order: _Order) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    with order.log.open("a", encoding="utf-8") as printed:
        os.dup2(printed.fileno(), sys.stdout.fileno())
        os.dup2(printed.fileno(), sys.stderr.fileno())
        _tell(order, "worker started", pid=os.getpid())
        try:
            result = order.step(lambda line: _report(there, order, line), *order.arguments)
            _tell(order, "worker done")
            there.send(("result", result))
        except Exception as error:
            _tell(order, "worker failed", "error", error=type(error).__name__)
            traceback.print_exc()
            sys.stderr.flush()
            with suppress(OSError):
                there.send(
                    ("error", f"{order.step.__name__} failed: {' '.join(str(error).split())}")
                )
    there.close()


def _report(there: Connection, order: _Order, line: str) -> None:
    _tell(order, "progress", "debug", detail=line.strip())
    there.send(("report", line))


def _tell(order: _Order, event: str, level: str = "info", **fields: Any) -> None:
    if order.journal is not None:
        order.journal.tell(event, level, worker=order.step.__name__, **fields)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(_ORPHANED)
