"""Pages are written once, with both languages side by side, and built in each.

``[[English|French]]`` in a page, its front matter or its queries becomes one of the two.
"""

import re
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("en", "fr")
TEXTS = re.compile(r"\[\[(?P<en>[^\[\]|]*)\|(?P<fr>[^\[\]]*)\]\]")
HIGH_MARKS = re.compile(r" (?=[;:!?%»])|(?<=«) ")
"""Spaces of French that no line may be broken at."""

QUERY = re.compile(r"^```sql (?P<name>\w+)\n(?P<sql>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page in one language."""

    source: Path
    language: str
    text: str

    @property
    def name(self) -> str:
        return self.source.stem

    @property
    def route(self) -> str:
        """Where it is found: English at the root, French below ``/fr/``."""
        path = "/" if self.name == "index" else f"/{self.name}/"
        return path if self.language == "en" else f"/{self.language}{path}"

    def queries(self) -> dict[str, str]:
        """Its queries by name, in their order."""
        return {match["name"]: match["sql"].strip() for match in QUERY.finditer(self.text)}


def read_pages(*folders: Path, head: str = "") -> list[Page]:
    """Every page of the folders, in each language, with what all begin with."""
    return [
        Page(path, language, in_language(_with_head(path.read_text("utf-8"), head), language))
        for folder in folders
        for path in sorted(folder.glob("*.md"))
        for language in LANGUAGES
    ]


def in_language(text: str, language: str) -> str:
    """The text with each pair replaced by what one language says."""

    def said(match: re.Match[str]) -> str:
        words = match[language]
        return HIGH_MARKS.sub("\N{NO-BREAK SPACE}", words) if language == "fr" else words

    return TEXTS.sub(said, text)


def _with_head(text: str, head: str) -> str:
    """The page with the common head behind its front matter."""
    _, matter, body = text.split("---\n", 2)
    return f"---\n{matter}---\n\n{head}\n{body}"
