"""The glossary of KPIs: what follows from its seed, and which columns it must name.

``python -m lead_warehouse.glossary`` (`make glossary`) writes dbt's doc blocks, which the YAML of
models refers to as ``doc("kpi_<term>")``, and the page for people; a test fails when they differ.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lead_warehouse import PROJECT_DIR
from lead_warehouse.yaml_files import read_yaml

SEED_FILE = PROJECT_DIR / "seeds" / "reference" / "glossary.csv"
BLOCKS_FILE = PROJECT_DIR / "models" / "glossary.md"
PAGE_FILE = PROJECT_DIR / "docs" / "glossary.md"
WRITTEN_FROM = "Written from seeds/reference/glossary.csv by `make glossary`."
LIST_SEPARATOR = ";"
# What a report counts, names or dates has other types: a figure with a fraction is a rate, a
# statistic, an amount of money or a score.
KPI_TYPES = ("double", "decimal")
BLOCK = re.compile(r"""\{\{\s*doc\(["']kpi_(\w+)["']\)\s*\}\}""")


@dataclass(frozen=True)
class Term:
    """A row of the glossary."""

    term_key: str
    term_en: str
    term_fr: str
    synonyms_en: str
    synonyms_fr: str
    definition_en: str
    definition_fr: str
    formula: str
    model: str
    column: str

    @property
    def is_of_column(self) -> bool:
        return bool(self.model and self.column)


@dataclass(frozen=True)
class KpiColumn:
    """A column of a report that shows a KPI, and the terms its description refers to."""

    model: str
    column: str
    terms: tuple[str, ...]


def load_terms(path: Path = SEED_FILE) -> list[Term]:
    """All rows of the seed, in its order."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Term(**row) for row in csv.DictReader(file)]


def kpi_columns(models: Path = PROJECT_DIR / "models") -> list[KpiColumn]:
    """Columns of reports that show a KPI: fractions, unless ``meta: {kpi: false}``."""
    found = []
    for path in sorted(models.rglob("rpt_*.yml")):
        for model in read_yaml(path).get("models", []):
            found += [
                KpiColumn(model["name"], column["name"], tuple(BLOCK.findall(_text(column))))
                for column in model.get("columns", [])
                if _is_kpi(column)
            ]
    return found


def blocks(terms: list[Term]) -> str:
    """dbt's doc blocks, one for each term."""
    lines = [f"<!-- {WRITTEN_FROM} -->"]
    for term in terms:
        text = term.definition_en
        if term.formula:
            text += f" Formula: {term.formula}."
        lines += [
            "",
            f"{{% docs kpi_{term.term_key} %}}{text} French: {term.term_fr}.{{% enddocs %}}",
        ]
    return "\n".join(lines) + "\n"


def page(terms: list[Term]) -> str:
    """The glossary in Markdown, English beside French."""
    lines = [
        "# Glossary",
        "",
        WRITTEN_FROM,
        "Every figure of a report (`rpt_`) is here, with the column that defines it.",
        "Chaque indicateur des rapports est ici, avec la colonne qui le définit.",
        "",
        "| Term | Terme | Also · aussi | Definition | Définition | Formula | Column |",
        "|---|---|---|---|---|---|---|",
    ]
    for term in terms:
        synonyms = " · ".join(
            ", ".join(text.split(LIST_SEPARATOR))
            for text in (term.synonyms_en, term.synonyms_fr)
            if text
        )
        column = f"`{term.model}.{term.column}`" if term.is_of_column else ""
        cells = [term.term_en, term.term_fr, synonyms, term.definition_en, term.definition_fr]
        lines.append("| " + " | ".join([*cells, term.formula.replace("|", "\\|"), column]) + " |")
    return "\n".join(lines) + "\n"


def rendered(terms: list[Term]) -> dict[Path, str]:
    """Path and text of every file that follows from the glossary."""
    return {BLOCKS_FILE: blocks(terms), PAGE_FILE: page(terms)}


def main() -> None:
    """Write both files."""
    for path, text in rendered(load_terms()).items():
        path.write_text(text, encoding="utf-8")


def _is_kpi(column: dict[str, Any]) -> bool:
    meta = column.get("config", {}).get("meta", {})
    return str(column.get("data_type", "")).startswith(KPI_TYPES) and meta.get("kpi", True)


def _text(column: dict[str, Any]) -> str:
    return str(column.get("description", ""))


if __name__ == "__main__":
    main()
