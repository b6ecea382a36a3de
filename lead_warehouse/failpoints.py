"""Die at a named point, for tests and chaos runs that show what a crash leaves behind."""

import os
import signal

FAILPOINT = "LEAD_WAREHOUSE_FAILPOINT"


def failpoint(name: str) -> None:
    """Kill this process with SIGKILL when ``LEAD_WAREHOUSE_FAILPOINT`` names this point."""
    if os.environ.get(FAILPOINT) == name:
        os.kill(os.getpid(), signal.SIGKILL)
