"""Ask the advisory services about every locked dependency; what they did not answer is told too.

The tools themselves are content when nobody answers: a package that the service does not know is
skipped, and nothing found reads like nothing there.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lead_warehouse import PROJECT_DIR

FOUND, NOT_ASKED = 1, 3
"""Exit codes: something is known to be vulnerable; some dependency could not be asked about."""
TIME_TO_ANSWER = 600
"""Seconds for one lock."""

Run = Callable[[list[str], Path], subprocess.CompletedProcess[str]]


@dataclass
class Audit:
    """What is known of the dependencies of one lock.

    Attributes:
        asked: how many the service answered for.
        vulnerable: a line for each advisory.
        unanswered: why nothing is known of some or all of them.
    """

    lock: str
    asked: int = 0
    vulnerable: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{self.lock}: {self.asked} asked about, {len(self.vulnerable)} advisories"]
        lines += [f"  vulnerable: {line}" for line in self.vulnerable]
        if self.unanswered:
            first = self.unanswered[0]
            lines.append(f"  not answered: {len(self.unanswered)}, for example {first}")
        return "\n".join(lines)


def audit_python(lock: Path, run: Run) -> Audit:
    """Ask about a lock of Python packages with pip-audit."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["--requirement", str(lock), "--format", "json", "--progress-spinner", "off"]
    audit = Audit(lock.name)
    report = _report(audit, run, command, lock.parent)
    for package in report.get("dependencies", []):
        if reason := package.get("skip_reason"):
            audit.unanswered.append(reason)
            continue
        audit.asked += 1
        for one in package["vulns"]:
            mended = ", ".join(one["fix_versions"]) or "no version yet"
            audit.vulnerable.append(
                f"{package['name']} {package['version']}: {one['id']}, mended in {mended}"
            )
    return audit


def audit_node(lock: Path, run: Run) -> Audit:
    """Ask about a lock of Node packages with npm."""
    audit = Audit(
        str(lock.relative_to(PROJECT_DIR)) if lock.is_relative_to(PROJECT_DIR) else str(lock)
    )
    report = _report(audit, run, ["npm", "audit", "--json"], lock.parent)
    if "metadata" in report:
        audit.asked = report["metadata"]["dependencies"]["total"]
        for name, one in report["vulnerabilities"].items():
            audit.vulnerable.append(f"{name} {one['range']}: {one['severity']}")
    elif not audit.unanswered:
        audit.unanswered.append(str(report.get("message") or report.get("error") or "no report"))
    return audit


def _report(audit: Audit, run: Run, command: list[str], folder: Path) -> dict[str, Any]:
    try:
        ran = run(command, folder)
        report = json.loads(ran.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        told = " ".join(ran.stderr.split())[-300:] if isinstance(error, ValueError) else str(error)
        audit.unanswered.append(told or "no report")
        return {}
    return report if isinstance(report, dict) else {}


def verdict(audits: Iterable[Audit]) -> int:
    """The exit code: what is vulnerable comes first, what is unknown is never 0."""
    known = list(audits)
    if any(one.vulnerable for one in known):
        return FOUND
    return NOT_ASKED if any(one.unanswered or not one.asked for one in known) else 0


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIME_TO_ANSWER
    )


def main() -> int:
    """Audit every lock of the checkout, print what is known, and return the exit code."""
    audits = [audit_python(lock, _run) for lock in sorted(PROJECT_DIR.glob("requirements*"))]
    locks = [path for path in PROJECT_DIR.glob("*/package-lock.json") if path.is_file()]
    audits += [audit_node(lock, _run) for lock in sorted(locks)]
    for audit in audits:
        sys.stdout.write(f"{audit}\n")
    code = verdict(audits)
    if code == NOT_ASKED:
        sys.stdout.write("nothing is known of some dependencies; try again, or ask elsewhere\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
