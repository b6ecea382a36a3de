"""The known name nearest to a misspelt one, for error messages."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils


def nearest(name: str, known: Iterable[str], limit: int = 1) -> list[str]:
    """Up to ``limit`` of the ``known`` names that resemble ``name``, best first."""
    matches = process.extract(
        name,
        list(known),
        scorer=_likeness,
        processor=utils.default_process,
        limit=limit,
        score_cutoff=60,
    )
    return [match[0] for match in matches]


def _likeness(left: str, right: str, **options: object) -> float:
    """Likeness from 0 to 100: words in common, but of two such names the one of like length."""
    return (float(fuzz.WRatio(left, right)) * 2 + float(fuzz.ratio(left, right))) / 3


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` or nothing when no known name is near."""
    found = nearest(name, known)
    return f"; did you mean '{found[0]}'?" if found else ""
