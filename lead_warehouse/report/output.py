"""Finds the errors that Evidence prints, or shows to readers, while it ends with success."""

import re
from pathlib import Path

from lead_warehouse.errors import RunFailed

TELLING = re.compile(
    r"Error in Query!|Error in [\w .]+:|✖ Error|is not a column in the dataset|"
    r"(?:Binder|Catalog|Parser|Conversion) Error|Dataset is empty|"
    r"(?:Reference|Type)Error:|Cannot find module|Failed to load|did not provide required"
)
QUERY = re.compile(r"(?:query|Query)[ :`'\"]+(\w+)")
IN_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def refuse_errors(told: str, step: str) -> None:
    """Refuse what a step printed if there is an error in it.

    Raises:
        RunFailed: carries the line.
    """
    for line in told.splitlines():
        if TELLING.search(line):
            raise RunFailed(f"report: {step}: {_plain(line)}")


def refuse_error_pages(folder: Path) -> None:
    """Refuse pages that would show an error to their readers.

    Raises:
        RunFailed: names the page and carries what it would show.
    """
    for path in sorted(folder.rglob("*.html")):
        shown = IN_SCRIPT.sub(" ", path.read_text(encoding="utf-8"))
        found = TELLING.search(shown)
        if found:
            around = _plain(re.sub(r"<[^>]+>", " ", shown[found.start() : found.start() + 600]))
            raise RunFailed(f"report: page /{path.parent.relative_to(folder)}: {around[:200]}")


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())
