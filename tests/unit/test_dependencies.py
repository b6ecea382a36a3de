"""Locks: a tampered package is not installed, and what is known of the others is told plainly."""

import base64
import hashlib
import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.audit_dependencies import (
    FOUND,
    NOT_ASKED,
    Run,
    audit_node,
    audit_python,
    verdict,
)

LOCKS = sorted(PROJECT_DIR.glob("requirements*"))
TOOLS = PROJECT_DIR / ".tools" / "uv" / "bin"
INSTALLERS = {
    "uv": [str(TOOLS / "uv"), "pip", "install", "--no-index"],
    "pip": [str(TOOLS / "pip"), "install", "--no-index", "--disable-pip-version-check"],
}


def make_wheel(folder: Path, content: str) -> Path:
    """A package of one module."""
    folder.mkdir(parents=True, exist_ok=True)
    info = "tiny_tool-1.0.dist-info"
    files = {
        "tiny_tool.py": content,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-tool\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    records = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        records.append(f"{name},sha256={digest.decode()},{len(text)}")
    files[f"{info}/RECORD"] = "\n".join([*records, f"{info}/RECORD,,", ""])
    path = folder / "tiny_tool-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


@pytest.mark.parametrize("installer", INSTALLERS)
def test_fault_56_a_tampered_package_is_not_installed(tmp_path: Path, installer: str) -> None:
    if not TOOLS.exists():
        pytest.skip("uv is not in .tools; `make setup` puts it there")
    wheel = make_wheel(tmp_path / "wheels", "VALUE = 1\n")
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        f"tiny-tool==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
    )

    def install(target: str) -> subprocess.CompletedProcess[str]:
        command = [*INSTALLERS[installer], "--require-hashes", "--find-links", str(wheel.parent)]
        return subprocess.run(
            [*command, "--no-cache-dir", "--target", str(tmp_path / target), "-r", str(lock)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    good = install("good")
    assert good.returncode == 0, good.stderr
    assert (tmp_path / "good" / "tiny_tool.py").exists()
    make_wheel(wheel.parent, "import os\n")
    tampered = install("tampered")
    assert tampered.returncode != 0
    assert "hash" in tampered.stderr.lower()
    assert not (tmp_path / "tampered" / "tiny_tool.py").exists()
    lock.write_text("tiny-tool==1.0\n")
    assert install("unlocked").returncode != 0
    assert not (tmp_path / "unlocked" / "tiny_tool.py").exists()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_fault_56_every_locked_package_has_its_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    requirements = re.findall(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", text, re.DOTALL | re.MULTILINE)
    assert requirements
    for requirement in requirements:
        assert re.match(r"[\w.\-\[\],]+==[\w.!+]+[ ;\\]", requirement), requirement.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", requirement), requirement.splitlines()[0]
    assert "://" not in text
    assert not re.search(r"^\s*-(i|f|e|r|-index|-extra|-find|-trusted)", text, re.MULTILINE)


def test_fault_56_whatever_is_installed_is_held_against_a_lock() -> None:
    makefile = (PROJECT_DIR / "Makefile").read_text().replace("\\\n", " ")
    installs = re.findall(r".*\bpip\b.*\b(?:install|sync)\b.*", makefile)
    assert len(installs) >= 4
    for command in installs:
        # The checkout itself is installed without anything that would be fetched.
        own = (
            "--no-deps" in command
            and "--no-build-isolation" in command
            and "--editable ." in command
        )
        assert own or "--require-hashes" in command, command
    assert not re.search(r"\bnpm (install|i)\b|\bnpx\b|\bcurl\b|\bwget\b", makefile)
    assert {"requirements.lock", "requirements-uv.txt", "requirements-duckdb-1.4.txt"} <= {
        lock.name for lock in LOCKS
    }


# What is known of vulnerabilities


def answering(stdout: str, stderr: str = "") -> Run:
    return lambda command, folder: subprocess.CompletedProcess(command, 0, stdout, stderr)


def unreachable(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    raise subprocess.TimeoutExpired(command, 1)


def of(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


GOOD: dict[str, Any] = {"name": "good", "version": "1", "vulns": []}
BAD: dict[str, Any] = {
    "name": "bad",
    "version": "2",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}],
}
SKIPPED: dict[str, Any] = {
    "name": "new",
    "skip_reason": "not found and could not be audited: new (4)",
}


@pytest.mark.parametrize(
    ("run", "code", "told"),
    [
        (answering(of(GOOD)), 0, "1 asked about, 0 advisories"),
        (answering(of(GOOD, BAD)), FOUND, "vulnerable: bad 2: PYSEC-1, mended in 3"),
        (answering(of(GOOD, SKIPPED)), NOT_ASKED, "not answered: 1, for example not found"),
        (answering(of(SKIPPED, BAD)), FOUND, "not answered: 1"),
        (answering(of()), NOT_ASKED, "0 asked about"),
        (answering("", "ConnectionError: no route"), NOT_ASKED, "no route"),
        (unreachable, NOT_ASKED, "timed out"),
    ],
)
def test_silence_of_a_service_is_not_taken_for_safety(run: Run, code: int, told: str) -> None:
    audit = audit_python(Path("requirements.lock"), run)
    assert verdict([audit]) == code
    assert told in str(audit)


@pytest.mark.parametrize(
    ("report", "code"),
    [
        ({"metadata": {"dependencies": {"total": 3}}, "vulnerabilities": {}}, 0),
        (
            {
                "metadata": {"dependencies": {"total": 3}},
                "vulnerabilities": {"a": {"range": "<2", "severity": "high"}},
            },
            FOUND,
        ),
        ({"message": "request to registry failed", "error": {}}, NOT_ASKED),
    ],
)
def test_node_packages_are_asked_about_too(report: dict[str, object], code: int) -> None:
    audit = audit_node(Path("reports/package-lock.json"), answering(json.dumps(report)))
    assert verdict([audit]) == code
