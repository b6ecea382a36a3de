"""What dbt parsed of this checkout, kept for state directories that are new.

A first parse takes longer than building a small company. dbt compares every file with what it
parsed before, so a copy from another folder saves time and changes nothing.
"""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from lead_warehouse import PROJECT_DIR

PARSED = "target"
MANIFEST = "partial_parse.msgpack"
KEPT = PROJECT_DIR / ".warehouse" / "parsed"
"""One file per state of the checkout's project, the newest few of them."""

KEPT_AT_MOST = 5
PACKAGES = ("dbt-core", "dbt-adapters", "dbt-duckdb")


def take_parsed(project: Path, kept: Path = KEPT) -> None:
    """Give a project that dbt has not parsed yet what it parsed of one just like it."""
    target = project / PARSED / MANIFEST
    if target.exists() or not (found := _file_of(project, kept)).exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # it may be pruned meanwhile; then dbt parses
        shutil.copyfile(found, target)


def keep_parsed(project: Path, kept: Path = KEPT) -> None:
    """Keep what dbt has parsed of a project, where the checkout can be written to."""
    parsed, file = project / PARSED / MANIFEST, _file_of(project, kept)
    if file.exists() or not parsed.exists():
        return
    with suppress(OSError):
        kept.mkdir(parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(dir=kept, prefix=".")
        os.close(descriptor)
        shutil.copyfile(parsed, fresh)
        os.replace(fresh, file)
        by_age = sorted(kept.glob("*.msgpack"), key=lambda path: path.stat().st_mtime)
        for old in by_age[:-KEPT_AT_MOST]:
            old.unlink(missing_ok=True)


def _file_of(project: Path, kept: Path) -> Path:
    """Where the parse of a project lies, by its files (seeds apart, which rules replace) and by
    the versions of what parses them."""
    digest = hashlib.sha256(" ".join(map(version, PACKAGES)).encode())
    for path in sorted(project.rglob("*")):
        name = path.relative_to(project)
        if path.is_file() and name.parts[0] != PARSED and path.suffix != ".csv":
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return kept / f"{digest.hexdigest()[:32]}.msgpack"
