"""The rules of a git revision, for whoever asks what a pull request would change."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import UserError

RULES = "seeds/rules"


@contextmanager
def rules_of(named: str | None) -> Iterator[Path | None]:
    """The folder of rules that ``named`` is: a folder, else a revision of the project's git.

    Of a revision the files are taken that the project has now.

    Raises:
        UserError: it is neither.
    """
    if named is None or Path(named).is_dir():
        yield Path(named) if named else None
        return
    if _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{named}^{{commit}}") is None:
        raise UserError(
            f"--rules: {named} is no folder, and no revision of the git of {PROJECT_DIR}; name a "
            "folder that holds rule CSVs, a branch, a tag or a commit"
        )
    with TemporaryDirectory(prefix="lead-warehouse-rules-") as folder:
        for path in sorted((PROJECT_DIR / RULES).glob("*.csv")):
            text = _git("show", "--end-of-options", f"{named}:./{RULES}/{path.name}")
            if text is not None and text != path.read_bytes():
                (Path(folder) / path.name).write_bytes(text)
        yield Path(folder)


def _git(*arguments: str) -> bytes | None:
    """What git says; none where it refuses or is not there."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=PROJECT_DIR, capture_output=True, check=False
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
