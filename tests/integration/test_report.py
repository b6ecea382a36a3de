"""The report in a browser: built once for a full and an empty warehouse, other hosts blocked."""

import itertools
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.report.browser import find_chromium, launch
from lead_warehouse.report.build import REPORTS, build, site_of
from lead_warehouse.report.export import export
from lead_warehouse.report.pages import read_pages
from lead_warehouse.report.personal import tagged_columns
from lead_warehouse.report.serve import make_server
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
in_a_browser = pytest.mark.skipif(
    find_chromium() is None, reason="no system Chromium: `apt-get install chromium`"
)
pytestmark = pytest.mark.skipif(
    shutil.which("npm") is None, reason="no Node with npm: the report cannot be built"
)

ROUTES = sorted(page.route for page in read_pages(REPORTS / "pages"))
INTERNAL = ("/queue/", "/fr/queue/", "/lead/", "/fr/lead/")
ENGINE_STARTS = 120_000
"""Milliseconds for the first query of a tab on a busy machine."""


@dataclass
class Tab:
    """A browser tab on one site, with what it complained of and asked elsewhere."""

    page: Any
    base: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, route: str) -> Any:
        # What a page that is left had asked for would fail, and be told as an error.
        self.page.goto(self.base + route, wait_until="networkidle")
        return self.page

    def figure(self, title: str) -> Any:
        return self.page.locator(f'[data-figure="{title}"]')


@pytest.fixture(scope="module")
def full(published_sample: Path) -> StateDirectory:
    """The sample, with the internal site, which holds every page."""
    state = StateDirectory(published_sample)
    build(state)
    return state


@pytest.fixture(scope="module")
def internal(full: StateDirectory) -> StateDirectory:
    build(full, is_internal=True)
    return full


@pytest.fixture(scope="module")
def empty(published_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> StateDirectory:
    """A generation whose marts have no row, as where no input came."""
    state = StateDirectory(tmp_path_factory.mktemp("empty") / "state")
    published = Generations(StateDirectory(published_sample)).find(None)
    folder = state.generation(published.run_id)
    shutil.copytree(published.folder, folder)
    database = folder / "warehouse.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        emptied = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name = 'marts' or"
            " (schema_name = 'quality') or table_name in ('input_freshness', 'landed_files',"
            " 'quarantined_rows')"
        ).fetchall()
        for schema, table in emptied:
            if table != "rpt_mart_coverage":
                connection.execute(f"delete from {schema}.{table}")
        connection.execute(
            "update marts.rpt_mart_coverage set input_count = 0, row_count = 0,"
            " missing_because = 'no input of the mapping feeds ' || table_name"
        )
    state.current.symlink_to(folder.relative_to(state.root))
    build(state)
    return state


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        found = launch(started)
        yield found
        found.close()


Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def tab(browser: Any) -> Opened:
    @contextmanager
    def open_tab(state: StateDirectory, *, is_internal: bool = False, **options: Any) -> Any:
        server = make_server(site_of(state, is_internal), 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context(**options)
        context.set_default_timeout(ENGINE_STARTS)
        tab = Tab(context.new_page(), f"http://127.0.0.1:{server.server_address[1]}")

        def route(route: Any) -> None:
            if route.request.url.startswith(tab.base):
                route.continue_()
            else:
                tab.elsewhere.append(route.request.url)
                route.abort()

        context.route("**/*", route)
        tab.page.on(
            "console",
            lambda said: tab.complaints.append(said.text) if said.type == "error" else None,
        )
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        try:
            yield tab
        finally:
            context.close()
            server.shutdown()
            server.server_close()

    return open_tab


@in_a_browser
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_shows_its_figures_and_asks_no_other_host(
    full: StateDirectory, tab: Opened, language: str
) -> None:
    with tab(full) as opened:
        for route in ROUTES:
            if route.startswith("/fr/") != (language == "fr"):
                continue
            page = opened.open(route)
            assert page.locator("html").get_attribute("lang") == language
            assert page.locator(".origin").get_attribute("data-generation")
            assert page.locator("h1").inner_text()
            empty = page.locator("[data-empty]").count()
            shown = page.locator("[data-figure], dl.terms dt, [data-tile]").count()
            assert shown > empty, route
            width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert width[0] <= width[1], route
        page.wait_for_timeout(500)
        assert opened.complaints == []
        assert opened.elsewhere == []


@in_a_browser
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_empty_warehouse_says_what_is_missing(
    empty: StateDirectory, tab: Opened, language: str
) -> None:
    missing = {"en": "no input of the mapping feeds", "fr": "Aucune entrée du fichier"}[language]
    with tab(empty) as opened:
        for route in ROUTES:
            if route.startswith("/fr/") == (language == "fr"):
                page = opened.open(route)
                assert page.locator("h1").inner_text()
                assert "NaN" not in page.locator("main").inner_text()
        page = opened.open("/" if language == "en" else "/fr/")
        said = page.locator('[data-empty="rpt_funnel_steps"]').inner_text()
        assert missing in said
        assert "lead-warehouse refresh" in said
        assert opened.complaints == []
        assert opened.elsewhere == []


@in_a_browser
def test_a_phone_shows_pages_without_scrolling_sideways(full: StateDirectory, tab: Opened) -> None:
    with tab(full, viewport={"width": 390, "height": 844}) as opened:
        for route in ROUTES:
            page = opened.open(route)
            width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert width[0] <= width[1], route


LABELS = """
    () => [...document.querySelectorAll('.plot')].map((plot) =>
        [...plot.querySelectorAll('.place')]
            .filter((place) => place.offsetParent)
            .map((place) => ({text: place.textContent, ...place.getBoundingClientRect().toJSON()})))
"""


@in_a_browser
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_labels_below_charts_are_whole_and_apart(
    full: StateDirectory, tab: Opened, width: int
) -> None:
    with tab(full, viewport={"width": width, "height": 900}) as opened:
        for route in ("/", "/handover/", "/value/", "/campaigns/", "/forecast/", "/fr/funnel/"):
            page = opened.open(route)
            plots = page.evaluate(LABELS)
            assert plots, route
            for labels in plots:
                assert len(labels) > 1, route
                assert all("…" not in label["text"] for label in labels)
                assert labels[0]["left"] >= 0, route
                assert labels[-1]["right"] <= width, route
                for one, other in itertools.pairwise(labels):
                    assert one["right"] < other["left"], (route, one, other)
                    assert one["height"] < 20, "a label is on one line"


ENGLISH = re.compile(
    r"\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
    r"|\d,\d{3}(?!\d)"  # 50,000
    r"|\d%"  # 20%
    r"|\d\.\d+[\s\N{NO-BREAK SPACE}]?[%€]"  # 2.5 %
)


@in_a_browser
def test_french_pages_write_figures_the_french_way(full: StateDirectory, tab: Opened) -> None:
    with tab(full) as opened:
        seen = ""
        for route in ROUTES:
            # The glossary stands in both languages.
            if route.startswith("/fr/") and "glossary" not in route:
                shown = opened.open(route).locator("main").inner_text()
                assert not ENGLISH.findall(shown), route
                seen += shown
        assert re.search(r"\d\N{NARROW NO-BREAK SPACE}\d{3}|\d,\d", seen)
        assert ENGLISH.search(opened.open("/value/").locator("main").inner_text())


@in_a_browser
def test_dark_follows_the_system_and_print_is_light(full: StateDirectory, tab: Opened) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    with tab(full, color_scheme="dark") as opened:
        page = opened.open("/forecast/")
        page.wait_for_timeout(1000)
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert page.evaluate(background) != "rgb(255, 255, 255)"
        page.emulate_media(media="print")
        assert page.evaluate(background) == "rgb(255, 255, 255)"
        assert not page.locator(".top").is_visible()
        assert page.locator(".plot").first.is_visible()


@in_a_browser
def test_the_switches_change_language_and_theme(full: StateDirectory, tab: Opened) -> None:
    with tab(full, color_scheme="light") as opened:
        page = opened.open("/funnel/")
        page.locator('[data-switch="language"]').click()
        page.wait_for_url("**/fr/funnel/")
        playwright.expect(page.locator("h1")).to_have_text("Entonnoir")
        playwright.expect(page.locator("html")).to_have_attribute("lang", "fr")
        playwright.expect(page.locator("html")).to_have_attribute("data-theme", "light")
        for _ in range(10):
            page.locator('[data-switch="theme"]').click()
            page.wait_for_timeout(300)
            if page.locator("html").get_attribute("data-theme") == "dark":
                break
        playwright.expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.reload()
        playwright.expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@in_a_browser
def test_figures_are_those_of_the_marts(full: StateDirectory, tab: Opened) -> None:
    steps = ask(
        full.root,
        "select max(entered_count), 0 as place from marts.rpt_funnel_steps where basis = 'rules'"
        " and step_number = 1 union all select converted_to_date_count, step_number from"
        " marts.rpt_funnel_steps where basis = 'rules' and from_stage = 'lead' and to_stage in"
        " ('mql', 'sql', 'opportunity', 'customer') order by place",
    )
    tiles = ask(
        full.root,
        "select from_entry_count from marts.rpt_funnel_periods where basis = 'rules' and"
        " dimension = 'all' and from_stage = 'lead' and to_stage = 'mql' and is_period_over"
        " order by period_month desc limit 1",
    )
    with tab(full) as opened:
        page = opened.open("/")
        shown = page.locator(".funnel .funnel-count").all_inner_texts()
        assert shown == [f"{count:,}" if not 0 < count < 5 else "–" for count, _ in steps]
        value = page.locator('[data-tile="New leads"] .tile-value').get_attribute("data-value")
        assert int(value) == tiles[0][0]


def cohorts(state: StateDirectory, basis: str, first: str, last: str) -> list[list[str]]:
    found = ask(
        state.root,
        f"""
        select strftime(cohort_month, '%Y-%m'), entered_count from marts.rpt_funnel_cohorts
        where basis = '{basis}' and dimension = 'all' and from_stage = 'lead' and to_stage = 'mql'
            and strftime(cohort_month, '%Y-%m') between '{first}' and '{last}'
        order by 1
        """,
    )
    return [[month, f"{count:,}" if count >= 5 else "–"] for month, count in found]


def table(tab: Tab, title: str, columns: int) -> list[list[str]]:
    rows = tab.figure(title).locator("tbody tr").all()
    return [
        [cell.strip() for cell in row.locator("td").all_inner_texts()][:columns] for row in rows
    ]


@in_a_browser
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "UTC", "America/Los_Angeles"])
def test_filters_change_figures_to_those_of_the_marts_in_any_time_zone(
    full: StateDirectory, tab: Opened, zone: str
) -> None:
    title = "Chosen step, cohort by cohort"
    with tab(full, timezone_id=zone) as opened:
        page = opened.open("/funnel/")
        first = page.locator('[data-choice="months-from"]')
        months = first.locator("option").all_inner_texts()
        chosen, last = months[-5], months[-2]
        wanted = cohorts(full, "crm", chosen, last)
        assert wanted != cohorts(full, "rules", months[-12], months[-1])
        page.wait_for_timeout(1000)
        page.locator('[data-choice="months-until"]').select_option(last)
        first.select_option(chosen)
        page.locator('[data-choice="basis"]').select_option("crm")
        playwright.expect(opened.figure(title).locator("tbody tr")).to_have_count(
            len(wanted), timeout=ENGINE_STARTS
        )
        assert table(opened, title, 2) == wanted
        assert opened.complaints == []
        assert opened.elsewhere == []


@in_a_browser
def test_the_internal_site_shows_the_queue_and_a_lead_with_its_reasons(
    internal: StateDirectory, tab: Opened
) -> None:
    (lead, intent), *_ = ask(
        internal.root,
        "select queue.lead_id, round(scores.intent_score) from marts.fct_work_queue as queue inner"
        " join marts.fct_lead_scores as scores using (lead_id) where queue.is_due"
        " order by queue.queue_position",
    )
    with tab(internal, is_internal=True) as opened:
        page = opened.open("/queue/")
        link = page.locator(f'a[href="/lead/?id={lead}"]')
        assert link.count() == 1
        for route in INTERNAL:
            opened.open(route)
            assert page.locator("h1").inner_text()
        page = opened.open(f"/lead/?id={lead}")
        tile = page.locator('[data-tile="Intent"] .tile-value')
        playwright.expect(tile).to_have_text(f"{int(intent)}", timeout=ENGINE_STARTS)
        assert page.locator(".decay polyline").count() == 1
        assert page.locator(".waterfall").count() == 2
        assert opened.complaints == []
        assert opened.elsewhere == []


def test_the_published_site_has_no_lead_and_no_personal_value(full: StateDirectory) -> None:
    site = site_of(full, False)
    assert not (site / "queue").exists()
    assert not (site / "lead").exists()
    (data,) = set((site / "data" / "warehouse").glob("*.duckdb"))
    with duckdb.connect(str(data), read_only=True) as connection:
        texts = connection.execute(
            "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR'"
            " and not internal"
        ).fetchall()
        values = {
            value
            for name, column in texts
            for (value,) in connection.execute(f'select distinct "{column}" from {name}').fetchall()
        }
    people = ask(
        full.root, "select email, first_name || ' ' || last_name, lead_id from marts.dim_leads"
    )
    assert values.isdisjoint({value for row in people for value in row if value})


SMALL = "between 1 and 4"
RATES = {
    "funnel_cohorts": [("conversion_rate", "entered_count")],
    "funnel_segments": [("conversion_rate", "entered_count")],
    "funnel_periods": [("period_rate", "from_entry_count")],
    "handover": [("acceptance_rate", "handover_count"), ("rejection_rate", "handover_count")],
    "handover_teams": [("acceptance_rate", "handover_count")],
    "sla_attainment": [("attainment_rate", "due_count")],
    "response_times": [("never_answered_rate", "clock_count")],
    "campaigns": [("response_rate", "member_count")],
    "grade_outcomes": [("sql_rate", "mql_count"), ("customer_rate", "mql_count")],
    "score_reliability": [("reached_rate", "lead_count")],
}
"""Rates that tell how many there were, to who knows the whole."""


def test_small_groups_and_the_rates_that_tell_them_are_masked_where_published(
    published_sample: Path, tmp_path: Path
) -> None:
    generation = Generations(StateDirectory(published_sample)).find(None)
    found = {}
    for is_internal in (True, False):
        data = tmp_path / f"{is_internal}.duckdb"
        queries = sorted((REPORTS / "sources").glob("*.sql"))
        export(
            generation,
            queries,
            data,
            tagged_columns(PROJECT_DIR / "models"),
            is_internal=is_internal,
        )
        with duckdb.connect(str(data), read_only=True) as connection:
            for table, rates in RATES.items():
                for rate, whole in rates:
                    found[is_internal, f"{table}.{rate}"] = connection.execute(
                        f"select count(*) from {table} where round({rate} * {whole}) {SMALL}"
                    ).fetchall()
            for table, column in [
                ("cac", "new_customer_count"),
                ("cac", "round(cost_amount / cac_amount)"),
                ("cac_channels", "new_customer_count"),
                ("cac_channels", "round(cost_amount / cac_amount)"),
                ("clv", "customer_count"),
                ("acquisition_lags", "new_customer_count"),
                ("campaigns", "touched_won_count"),
                ("funnel_steps", "converted_to_date_count"),
            ]:
                found[is_internal, f"{table}.{column}"] = connection.execute(
                    f"select count(*) from {table} where {column} {SMALL}"
                ).fetchall()
    assert [
        name for (internal, name), rows in found.items() if not internal and rows != [(0,)]
    ] == []
    told = {name for (internal, name), rows in found.items() if internal and rows != [(0,)]}
    assert {"cac.new_customer_count", "funnel_cohorts.conversion_rate"} <= told


def test_a_failing_build_names_the_query_and_leaves_the_old_site(
    full: StateDirectory, tmp_path: Path
) -> None:
    before = site_of(full, False).resolve()
    reports = tmp_path / "reports"
    reports.mkdir()
    for part in ("pages", "partials", "sources"):
        shutil.copytree(REPORTS / part, reports / part)
    (reports / "sources" / "broken.sql").write_text("select nothing from marts.dim_leads")
    with pytest.raises(UserError, match="report query broken"):
        build(full, reports=reports)
    (reports / "sources" / "broken.sql").write_text("select email from marts.dim_leads")
    with pytest.raises(LeadWarehouseError, match="tagged as personal"):
        build(full, reports=reports)
    assert site_of(full, False).resolve() == before
    assert not list((full.root / "report").glob(".published-*"))


def test_new_figures_need_no_new_bundle(full: StateDirectory) -> None:
    before = site_of(full, False).resolve()
    again = build(full)
    after = site_of(full, False).resolve()
    assert after != before
    assert before.exists(), "browsers may still have it open"
    assert again.seconds["bundle"] < 5
    assert (after / "index.html").read_bytes() == (before / "index.html").read_bytes()
