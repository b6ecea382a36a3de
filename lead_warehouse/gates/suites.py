"""The suites of a gate: JSON files as Great Expectations writes them, one per table."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lead_warehouse import PROJECT_DIR

SUITES = PROJECT_DIR / "quality"
SEVERITIES = ("critical", "warning")


@dataclass(frozen=True)
class Suite:
    """What is expected of one table.

    Attributes:
        key: columns that tell a failing row apart.
        document: the file as read, which makes the suite of Great Expectations.
    """

    name: str
    schema: str
    table: str
    key: list[str]
    document: dict[str, Any]

    @property
    def expectation_count(self) -> int:
        return len(self.document["expectations"])


def load_suites(gate: str, folder: Path | None = None) -> list[Suite]:
    """Read every suite of a gate.

    Raises:
        RuntimeError: the folder or its suites are missing, or a file cannot be read. A gate that
            checks nothing would let everything through.
    """
    place = (folder or SUITES) / gate
    paths = sorted(place.glob("*.json"))
    if not paths:
        raise RuntimeError(f"{place} has no suite; a gate without checks lets everything through")
    return [_read(path) for path in paths]


def _read(path: Path) -> Suite:
    where = f"{path.parent.name}/{path.name}"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        meta = document["meta"]
        suite = Suite(path.stem, meta["schema"], meta["table"], list(meta["key"]), document)
        expectations = document["expectations"]
        wrong = [one["type"] for one in expectations if one.get("severity") not in SEVERITIES]
        untold = [one["type"] for one in expectations if not one.get("description")]
    except ValueError as error:
        raise RuntimeError(f"{where} does not parse: {error}") from None
    except (KeyError, TypeError) as error:
        raise RuntimeError(
            f"{where} lacks {error}; a suite has meta (schema, table, key) and expectations"
        ) from None
    if not expectations:
        raise RuntimeError(f"{where} expects nothing; add an expectation or remove the file")
    if wrong:
        raise RuntimeError(f"{where}: severity of {wrong[0]} must be one of {SEVERITIES}")
    if untold:
        raise RuntimeError(f"{where}: {untold[0]} has no description; say what is expected")
    return suite
