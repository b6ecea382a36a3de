"""What job title terms, qualification frameworks time zone and currency must be to make sense."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from lead_warehouse.nearest import did_you_mean
from lead_warehouse.rules.problems import Problem, quoted
from lead_warehouse.rules.rows import JobTitleTerm, QualificationCriterion, Reporting, RuleSet
from lead_warehouse.time_zones import time_zones


def word_problems(rules: RuleSet) -> Iterator[Problem]:
    """Words that are compared as they are written, and names known elsewhere."""
    for row in rules.rows(JobTitleTerm):
        if row.term != (plain := normalised(row.term)):
            advice = f"write {quoted(plain)}" if plain else "write plain letters"
            yield row.problem(
                f"term {quoted(row.term)} would match no title: those are compared in lower case, "
                f"without accents, words parted by one blank; {advice}"
            )
    yield from _frameworks(rules)
    for reporting in rules.rows(Reporting):
        zones = time_zones()
        if reporting.time_zone not in zones:
            hint = did_you_mean(reporting.time_zone, zones) or "; use one such as Europe/Paris"
            yield reporting.problem(f"time_zone {quoted(reporting.time_zone)} is not known{hint}")
        if not re.fullmatch("[A-Z]{3}", reporting.currency_code):
            yield reporting.problem(
                f"currency_code {quoted(reporting.currency_code)} is no ISO 4217 code; "
                "write three capitals such as EUR"
            )


def normalised(text: str) -> str:
    """The text as job titles are compared: lower case letters and digits, single blanks."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def folded(text: str) -> str:
    """The text as names and domains are compared: trimmed, lower case, without accents."""
    decomposed = unicodedata.normalize("NFD", text.strip().lower())
    bare = "".join(one for one in decomposed if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare)


def _frameworks(rules: RuleSet) -> Iterator[Problem]:
    rows = rules.all_rows(QualificationCriterion)
    required = rules.accepted(QualificationCriterion, "dimension")
    covered = defaultdict(set)
    first: dict[str, QualificationCriterion] = {}
    for row in rows or []:
        covered[row.framework].add(row.dimension)
        first.setdefault(row.framework, row)
    for framework, dimensions in covered.items():
        if missing := [one for one in required if one not in dimensions]:
            yield first[framework].problem(
                f"framework {quoted(framework)} has no criterion of {', '.join(missing)}, so "
                "nobody could be qualified with it; add a row for each"
            )
