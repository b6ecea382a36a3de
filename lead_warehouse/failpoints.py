"""Die at a named point, for tests and chaos runs that show what a crash leaves behind."""

import os
import signal

from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean

FAILPOINT = "LEAD_WAREHOUSE_FAILPOINT"

MEANINGS = {
    "before_planned": "the lock is held, the ledger knows nothing of the run",
    "planned": "the ledger knows the run; what an earlier one left is not yet settled",
    "before_locked": "what an earlier run left is settled",
    "locked": "nothing is built yet",
    "copying": "part of the published file is copied",
    "copied": "the copy is whole, nothing has landed",
    "landing": "a file has landed, in a build that may hold more",
    "before_landed": "everything has landed",
    "landed": "and the ledger says so",
    "before_built": "dbt has built the models",
    "built": "and the ledger says so",
    "before_audited": "every check has passed",
    "audited": "and the ledger says so",
    "compacting": "the rewritten file lies beside the build it replaces",
    "sealing": "the manifest lies beside the build, which is still in its place",
    "before_sealed": "the build is in its place among the generations",
    "sealed": "and the ledger says so",
    "recording": "what readers will see first is written, under another name",
    "publish": "what readers will see first is recorded; the pointer still shows the old one",
    "pointing": "the new pointer lies beside the old one",
    "published": "the pointer has moved, and the ledger does not know",
    "recorded": "the ledger knows, the report is not written",
    "retaining": "a generation to be removed is set aside, not yet gone",
    "before_end": "a run ends without publication, and the ledger does not know",
    "ended": "and the ledger says so; the report is not written",
    "hold_placed": "a rollback has put publishing on hold, and not moved the pointer",
    "rolled_back": "a rollback has moved the pointer, and the ledger does not know",
    "hold_lifted": "a release has lifted the hold, and not published",
    "erasing_noted": "tombstones are written, and everything is still there",
    "erasing_file": "a delivered file is rewritten, and the old one is there still",
    "erasing_archive": "every delivered file is rewritten, and generations name the old ones",
    "erasing_traces": "logs are rewritten, and generations are not",
    "erasing_generation": "a generation is rewritten, and its manifest is not",
    "erasing_generations": "everything is gone, and the erasure is not noted as done",
}
"""Each point by name, with what is true when a process dies there."""

OF_ERASURES = tuple(name for name in MEANINGS if name.startswith("erasing_"))
FAILPOINTS = tuple(name for name in MEANINGS if name not in OF_ERASURES)
"""Those of refreshes, rollbacks and releases."""


def failpoint(name: str) -> None:
    """Kill this process with SIGKILL when ``LEAD_WAREHOUSE_FAILPOINT`` names this point."""
    assert name in MEANINGS, name
    if os.environ.get(FAILPOINT) == name:
        os.kill(os.getpid(), signal.SIGKILL)


def check_failpoint() -> None:
    """Refuse a name that is no failpoint: a test that never dies would show nothing.

    Raises:
        UserError: with the names there are.
    """
    name = os.environ.get(FAILPOINT)
    if name and name not in MEANINGS:
        raise UserError(
            f"{FAILPOINT}: no failpoint '{name}'{did_you_mean(name, MEANINGS)}; "
            f"there are {', '.join(MEANINGS)}"
        )
