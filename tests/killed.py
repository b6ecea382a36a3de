"""Kill a light refresh, rollback or release at every failpoint, in forks of this process.

Run as ``python -m tests.killed <folder>``; prints one JSON object a failpoint: what a reader, the
status and the next refresh make of what was left.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lead_warehouse.failpoints import FAILPOINT, FAILPOINTS
from lead_warehouse.refresh.rollback import release, roll_back
from lead_warehouse.state.control import OPEN_STATES, ControlLedger
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.status import read_status
from tests.light import deliver, light_refresh, light_steps

FIRST_REFRESH = "first refresh"
"""Instead of a failpoint: killed while the first files of all land."""

LEADS = "select lead_id from marts.dim_leads order by 1"
LEFTOVERS = (
    "building", ".current-*", ".hold-*", "landing/.partial-*", "publications/*.partial",
    "generations/.removing-*",
)  # fmt: skip


def in_fork(deed: Callable[[], Any], answer: Path | None = None) -> int:
    """Do something in a fork and return its exit status; DuckDB's threads never live here."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            result = deed()
            if answer is not None:
                answer.write_text(json.dumps(result, default=str))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def leads(root: Path) -> list[str]:
    with Generations(StateDirectory(root)).reading() as connection:
        return [lead for (lead,) in connection.execute(LEADS).fetchall()]


def refreshed(root: Path, exports: Path, **how: bool) -> Any:
    with light_steps(**how):
        return light_refresh(root, exports, keep=1)


def prepared(folder: Path, exports: Path) -> dict[str, Path]:
    """States to start from: one published; two published; a hold with a good one waiting."""
    one, two, held = folder / "one", folder / "two", folder / "held"
    with light_steps():
        deliver(exports, "1", {"a": "a@x.fr"})
        light_refresh(one, exports)
        shutil.copytree(one, two, symlinks=True)
        deliver(exports, "2", {"b": "b@x.fr"})
        light_refresh(two, exports)
        shutil.copytree(two, held, symlinks=True)
        roll_back(StateDirectory(held), None)
        light_refresh(held, exports)
    return {"one": one, "two": two, "held": held}


def die(root: Path, exports: Path, failpoint: str) -> None:
    """Do what passes the failpoint."""
    state = StateDirectory(root)
    if failpoint in ("hold_placed", "rolled_back"):
        roll_back(state, None)
    elif failpoint == "hold_lifted":
        release(state, publish=True)
    else:
        refreshed(
            root,
            exports,
            reject=failpoint in ("before_end", "ended"),
            compact=failpoint == "compacting",
        )


def aftermath(root: Path) -> dict[str, Any]:
    """What readers see, and what the status says, right after."""
    found = read_status_safely(root)
    return {"leads": leads(root), "status": found}


def read_status_safely(root: Path) -> list[str]:
    from unittest.mock import patch

    # The light warehouse has no funnel.
    with patch("lead_warehouse.status._ask", lambda generations, run_id: {}):
        return [one.code for one in read_status(StateDirectory(root)).standings]


def settled(root: Path, exports: Path) -> dict[str, Any]:
    """What the next refresh makes of it."""
    report = refreshed(root, exports)
    state = StateDirectory(root)
    ledger = ControlLedger(state.control)
    current = Generations(state).current_id()
    return {
        "report": report.state,
        "digest": report.digest,
        "reconciled": report.reconciled,
        "leads": leads(root),
        "states": {run.run_id: run.state for run in ledger.runs()},
        "open": [run.run_id for run in ledger.runs() if run.state in OPEN_STATES],
        "current": current,
        "leftovers": [str(path) for pattern in LEFTOVERS for path in root.glob(pattern)],
        "inputs": sorted(one.file_name for one in ledger.received_inputs()),
        "hold": state.hold.exists(),
        "generations": [one.run_id for one in Generations(state).all()],
    }


def main(folder: Path) -> None:
    exports = folder / "exports"
    ready = folder / "ready.json"
    assert in_fork(lambda: {k: str(v) for k, v in prepared(folder, exports).items()}, ready) == 0
    states = {name: Path(path) for name, path in json.loads(ready.read_text()).items()}
    starts = {"hold_placed": "two", "rolled_back": "two", "hold_lifted": "held"}
    for failpoint in (None, *FAILPOINTS, FIRST_REFRESH):
        root = folder / f"at_{failpoint}"
        told: dict[str, Any] = {"failpoint": failpoint}
        if failpoint == FIRST_REFRESH:
            os.environ[FAILPOINT] = "landing"
            told["killed"] = in_fork(partial(die, root, exports, "landing")) == -signal.SIGKILL
            del os.environ[FAILPOINT]
            told["shown"] = Generations(StateDirectory(root)).current_id()
        else:
            shutil.copytree(states[starts.get(str(failpoint), "one")], root, symlinks=True)
        if failpoint in FAILPOINTS:
            os.environ[FAILPOINT] = failpoint
            told["killed"] = in_fork(partial(die, root, exports, failpoint)) == -signal.SIGKILL
            del os.environ[FAILPOINT]
            answer = folder / "aftermath.json"
            assert in_fork(partial(aftermath, root), answer) == 0
            told["after"] = json.loads(answer.read_text())
        answer = folder / "settled.json"
        assert in_fork(partial(settled, root, exports), answer) == 0
        told["settled"] = json.loads(answer.read_text())
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
