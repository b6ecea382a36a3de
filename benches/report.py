"""What the report's pages weigh, and when a cold browser shows their figures.

``python -m benches.report STATE`` takes the finished site of a state directory; needs Chromium.
"""

import argparse
import json
import statistics
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from lead_warehouse.errors import UserError
from lead_warehouse.report.browser import launch
from lead_warehouse.report.build import REPORTS, SOURCE, site_of
from lead_warehouse.report.pages import read_pages
from lead_warehouse.report.serve import make_server
from lead_warehouse.state.layout import StateDirectory

FIGURE = ".tile-value, td.number, .funnel-count, dl.terms dt"
"""What of a page is a figure, whichever comes first."""

QUIET = 5_000
"""Milliseconds without a request after which a page has all it wants."""

KINDS = (
    ("/api/prerendered_queries/", "figures"),
    ("/data/", "data file"),
    (".wasm", "engine"),
    ("duckdb-browser", "engine"),
    ("/_app/", "code"),
)


@dataclass
class Visit:
    """One cold visit: seconds until a figure is seen, bytes over the wire by kind."""

    seconds: float
    painted: float
    sizes: dict[str, int] = field(default_factory=dict)


def kind_of(address: str) -> str:
    """Which part of the site an address belongs to."""
    return next((kind for part, kind in KINDS if part in address), "page")


class Weighed:
    """Adds up what a server answers, by kind; workers of a page ask too, unseen by its tab."""

    path: str
    sizes: ClassVar[dict[str, int]] = defaultdict(int)

    def send_header(self, keyword: str, value: str) -> None:
        if keyword == "Content-Length":
            self.sizes[kind_of(self.path)] += int(value)
        super().send_header(keyword, value)  # type: ignore[misc]  # of the handler it is mixed into


def visit(browser: Any, base: str, route: str) -> Visit:
    """Open a page in a browser that has seen nothing of the site."""
    Weighed.sizes.clear()
    page = browser.new_page()
    started = time.monotonic()
    page.goto(base + route, wait_until="commit")
    page.wait_for_selector(FIGURE, state="visible")
    seconds = time.monotonic() - started
    before: dict[str, int] = {}
    while before != Weighed.sizes:
        before = dict(Weighed.sizes)
        page.wait_for_timeout(QUIET)
    painted = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"
    )
    return Visit(seconds, painted / 1000, before)


def main() -> None:
    """Print a line for each page: the median and slowest of the visits, and its sizes."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # a tool of development

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("--tries", type=int, default=5)
    asked = parser.parse_args()
    site = site_of(StateDirectory(asked.state), False)
    if not site.exists():
        raise UserError(f"there is no site at {site}; build it with `lead-warehouse report`")
    server = make_server(site, 0)
    handler: Any = server.RequestHandlerClass
    server.RequestHandlerClass = type("Weighing", (Weighed, handler), {})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    manifest = json.loads((site / "data" / "manifest.json").read_text(encoding="utf-8"))
    (data,) = manifest["renderedFiles"][SOURCE]
    print(f"data file {(site / data.removeprefix('static/')).stat().st_size / 1e6:.1f} MB")
    print(f"{'page':<14}{'seen after':>11}{'slowest':>9}{'painted':>9}", end="")
    kinds = ("page", "figures", "code", "engine", "data file")
    print("".join(f"{kind:>11}" for kind in kinds), "kB over the wire")
    with sync_playwright() as started:
        for page in read_pages(REPORTS / "pages"):
            if page.language != "en":
                continue
            visits = []
            for _ in range(asked.tries if page.route == "/" else 1):
                browser = launch(started)
                visits.append(visit(browser, base, page.route))
                browser.close()
            seen = [one.seconds for one in visits]
            print(
                f"{page.route:<14}{statistics.median(seen):>9.2f} s{max(seen):>7.2f} s"
                f"{statistics.median(one.painted for one in visits):>7.2f} s",
                end="",
            )
            print("".join(f"{visits[-1].sizes.get(kind, 0) / 1000:>11.0f}" for kind in kinds))
    server.shutdown()


if __name__ == "__main__":
    main()
