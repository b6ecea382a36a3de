"""Make ``seeds/reference/crawler_agents.csv`` from the list of the package crawler-user-agents.

    python -m lead_warehouse.rules.crawlers VERSION < crawler-user-agents.json > crawler_agents.csv

That list has a regular expression for each crawler. Nearly all are plain words, and words are
compared far faster; the few that are not, and words so short that a browser may hold them, are left
out. Case matters, as in the list.
"""

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

SHORTEST = 5
"""Letters that a word must have to be looked for anywhere in a user agent."""

_CLASS = re.compile(r"\[([A-Za-z])([A-Za-z])\]")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9])")
_SPECIAL = re.compile(r"[\^$\[\](){}|?*+.\\]")


def terms(patterns: Iterable[str]) -> list[tuple[str, str]]:
    """How to match and what; what another term finds already is left out."""
    found = {term for pattern in patterns for term in _terms(pattern)}
    contained = [term for match, term in found if match == "contains"]
    return sorted(
        (
            (match, term)
            for match, term in found
            if not any(other in term and (match, other) != (match, term) for other in contained)
        ),
        key=lambda one: (one[1].lower(), one),
    )


def _terms(pattern: str) -> Iterator[tuple[str, str]]:
    """The words of a pattern: one, or two where a letter is written in two cases."""
    match = "starts_with" if pattern.startswith("^") else "contains"
    pattern = pattern.removeprefix("^")
    cases = [_CLASS.sub(rf"\{side}", pattern) for side in (1, 2)]
    for text in dict.fromkeys(cases):
        if _SPECIAL.search(_ESCAPED.sub("", text)):
            return
        term = _ESCAPED.sub(lambda found: found[1], text).strip()
        if len(term) >= (SHORTEST if match == "contains" else 3) and term.isascii():
            yield match, term


def rows(list_of_crawlers: TextIO, version: str) -> Iterator[list[str]]:
    """Rows of the seed, its header first."""
    yield ["term", "match", "list_version"]
    for match, term in terms(one["pattern"] for one in json.load(list_of_crawlers)):
        yield [term, match, version]


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows(sys.stdin, sys.argv[1]))
