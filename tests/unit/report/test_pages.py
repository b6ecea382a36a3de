"""Pages are written once and read in two languages."""

import csv
import re
from pathlib import Path

import duckdb
import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import RunFailed, UserError
from lead_warehouse.report.output import refuse_error_pages, refuse_errors
from lead_warehouse.report.page_queries import check_queries
from lead_warehouse.report.pages import Page, in_language, read_pages

REPORTS = PROJECT_DIR / "reports"
PAGES = (REPORTS / "pages", REPORTS / "internal" / "pages")


def test_a_pair_becomes_one_of_its_two_texts() -> None:
    text = "title: [[Funnel|Entonnoir]] label_[[en|fr]] {[...rows][0]}"
    assert in_language(text, "en") == "title: Funnel label_en {[...rows][0]}"
    assert in_language(text, "fr") == "title: Entonnoir label_fr {[...rows][0]}"


def test_french_marks_stay_with_their_words() -> None:
    text = "[[95%: why?|95 % : pourquoi ?]] a ? b : c"
    assert in_language(text, "en") == "95%: why? a ? b : c"
    assert (
        in_language(text, "fr")
        == "95\N{NO-BREAK SPACE}%\N{NO-BREAK SPACE}: pourquoi\N{NO-BREAK SPACE}? a ? b : c"
    )


def test_every_page_has_both_languages_whole() -> None:
    pages = read_pages(*PAGES)
    assert {page.language for page in pages} == {"en", "fr"}
    for page in pages:
        assert "[[" not in page.text, page.source
        assert "]]" not in page.text, page.source
    routes = [page.route for page in pages]
    assert len(set(routes)) == len(routes)
    assert {"/", "/fr/", "/funnel/", "/fr/funnel/"} <= set(routes)


def test_figures_have_titles_units_and_definitions_that_exist() -> None:
    with (PROJECT_DIR / "seeds" / "reference" / "glossary.csv").open(encoding="utf-8") as file:
        known = {row["term_key"] for row in csv.DictReader(file)}
    for page in read_pages(*PAGES):
        for figure in re.findall(r"<Figure\b[^>]*>", page.text):
            assert 'title="' in figure, (page.source, figure)
        for term in re.findall(r"term(?:=|: )[\"']([a-z_0-9]+)[\"']", page.text):
            assert term in known, (page.source.name, term)


def page(tmp_path: Path, sql: str, name: str = "broken") -> Page:
    return Page(tmp_path / "some.md", "en", f"---\n---\n```sql {name}\n{sql}\n```\n")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "report.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table leads as select 'all' as segment, 7 as lead_count")
    return path


def test_a_broken_page_query_is_named_before_the_slow_part(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"query broken of reports page some.md"):
        check_queries([page(tmp_path, "select nothing from leads")], data)


def test_inputs_and_other_queries_are_filled_in(data: Path, tmp_path: Path) -> None:
    text = (
        "```sql base\nselect * from leads where segment = '${inputs.cut.value}'\n```\n"
        "```sql shown\nselect lead_count from ${base}\n```\n"
    )
    check_queries([Page(tmp_path / "some.md", "en", text)], data)


def test_a_name_of_evidence_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"query inputs .* Evidence uses that name"):
        check_queries([page(tmp_path, "select 1", "inputs")], data)


@pytest.mark.parametrize(
    "line",
    [
        "Error in Query! funnel: no such table",
        "\x1b[31mError in Line Chart: x is not a column in the dataset\x1b[0m",
        "✖ Error: /funnel/ answered 500",
    ],
)
def test_errors_that_a_step_only_prints_fail_it(line: str) -> None:
    refuse_errors("/funnel/ 300 ms\nall is well", "pages")
    with pytest.raises(RunFailed, match="report: pages:"):
        refuse_errors(f"/ 200 ms\n{line}\n", "pages")


def test_a_page_that_shows_an_error_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "funnel").mkdir()
    whole = tmp_path / "funnel" / "index.html"
    whole.write_text("<p>leads</p><script>throw 'Error in Query!'</script>")
    refuse_error_pages(tmp_path)
    whole.write_text("<p>Error in Query!</p> <pre>Catalog Error: no table</pre>")
    with pytest.raises(RunFailed, match="page /funnel"):
        refuse_error_pages(tmp_path)
