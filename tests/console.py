"""The console script, in a process of its own or, which saves seconds, in this one."""

import io
import os
import subprocess
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from lead_warehouse.cli import main

Ended = subprocess.CompletedProcess[str]


def run_process(*arguments: str | Path, **environment: str) -> Ended:
    """What a scheduler starts."""
    return subprocess.run(
        [sys.executable, "-m", "lead_warehouse", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        timeout=900,
    )


def run(*arguments: str | Path, **environment: str) -> Ended:
    """The same entry, output and exit code, without a new interpreter."""
    given = ["lead-warehouse", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    code = 1
    with (
        patch.dict(os.environ, environment),
        patch.object(sys, "argv", given),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception:
            traceback.print_exc()
    told = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return Ended(given, code, *told)
