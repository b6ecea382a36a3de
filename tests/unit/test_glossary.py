"""The glossary names every figure of every report, and what is written from it is in step."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from lead_warehouse import PROJECT_DIR
from lead_warehouse.glossary import (
    LIST_SEPARATOR,
    Term,
    blocks,
    kpi_columns,
    load_terms,
    rendered,
)


@pytest.fixture(scope="module")
def terms() -> list[Term]:
    return load_terms()


def test_every_kpi_column_of_every_report_has_its_entry(terms: list[Term]) -> None:
    named = {(term.model, term.column) for term in terms}
    keys = {term.term_key for term in terms}
    columns = kpi_columns()
    assert len(columns) > 10
    missing = [
        f"{each.model}.{each.column}"
        for each in columns
        if (each.model, each.column) not in named and not keys.intersection(each.terms)
    ]
    assert missing == [], "add rows to seeds/reference/glossary.csv and run `make glossary`"


def test_what_entries_name_exists(terms: list[Term]) -> None:
    declared = {
        (model["name"], column["name"])
        for path in (PROJECT_DIR / "models" / "marts").rglob("*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
        for column in model["columns"]
    }
    assert [
        t.term_key for t in terms if t.is_of_column and (t.model, t.column) not in declared
    ] == []
    assert [t.term_key for t in terms if bool(t.model) != bool(t.column)] == []


def test_entries_are_told_apart_and_complete_in_both_languages(terms: list[Term]) -> None:
    keys = Counter(term.term_key for term in terms)
    assert [key for key, count in keys.items() if count > 1] == []
    columns = Counter((term.model, term.column) for term in terms if term.is_of_column)
    assert [name for name, count in columns.items() if count > 1] == []
    for term in terms:
        assert term.term_key.isidentifier() and term.term_key.islower(), term.term_key
        for text in (term.term_en, term.term_fr, term.definition_en, term.definition_fr):
            assert text and text == text.strip() and "|" not in text, term.term_key
        assert term.definition_en.endswith(".") and term.definition_fr.endswith("."), term.term_key
        assert bool(term.formula) or not term.model.startswith("rpt_"), term.term_key
        for synonyms in (term.synonyms_en, term.synonyms_fr):
            words = synonyms.split(LIST_SEPARATOR) if synonyms else []
            assert all(word and word == word.strip() for word in words), term.term_key


def test_people_find_qualification_by_the_words_they_use(terms: list[Term]) -> None:
    [qualification] = [term for term in terms if term.term_key == "lead_qualification"]
    words = qualification.synonyms_fr.split(LIST_SEPARATOR)
    assert {"tri des leads", "qualification prospects"} <= set(words)


def test_what_follows_from_the_glossary_is_in_step(terms: list[Term]) -> None:
    for path, text in rendered(terms).items():
        assert path.read_text(encoding="utf-8") == text, f"{path} differs; run `make glossary`"


def test_a_column_counts_as_kpi_by_its_type_unless_it_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "rpt_things.yml").write_text(
        yaml.safe_dump(
            {
                "models": [
                    {
                        "name": "rpt_things",
                        "columns": [
                            {"name": "rate", "data_type": "double", "description": "x"},
                            {
                                "name": "amount",
                                "data_type": "decimal(18, 4)",
                                "description": '{{ doc("kpi_money") }}',
                            },
                            {"name": "thing_count", "data_type": "bigint"},
                            {
                                "name": "days_left",
                                "data_type": "double",
                                "config": {"meta": {"kpi": False}},
                            },
                        ],
                    }
                ]
            }
        )
    )
    found = [(each.column, each.terms) for each in kpi_columns(tmp_path)]
    assert found == [("rate", ()), ("amount", ("money",))]


def test_a_block_has_definition_formula_and_french_name() -> None:
    term = Term("win_rate", "Win rate", "Taux", "", "", "Won.", "Gagné.", "a ÷ b", "rpt_x", "y")
    assert "{% docs kpi_win_rate %}Won. Formula: a ÷ b. French: Taux.{% enddocs %}" in blocks(
        [term]
    )
