"""Pictures of every page of the report, for the documentation: ``make screenshots``.

``python -m lead_warehouse.report.screenshots STATE FOLDER`` takes the finished site of a state.
"""

import sys
import threading
from pathlib import Path

from lead_warehouse.errors import UserError
from lead_warehouse.report.browser import launch
from lead_warehouse.report.build import REPORTS, site_of
from lead_warehouse.report.pages import read_pages
from lead_warehouse.report.serve import make_server
from lead_warehouse.state.layout import StateDirectory

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
TALLEST = 4_000
SETTLES = 5_000
"""Milliseconds until charts are drawn."""


def take(site: Path, folder: Path, pages: list[str], sizes: dict[str, tuple[int, int]]) -> None:
    """Write ``<page>-<size>.png`` for each page of a finished site.

    Raises:
        UserError: there is no Chromium or no site.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # a tool of development

    if not site.exists():
        raise UserError(f"there is no site at {site}; build it with `lead-warehouse report`")
    folder.mkdir(parents=True, exist_ok=True)
    server = make_server(site, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    with sync_playwright() as started:
        browser = launch(started)
        for size, (width, height) in sizes.items():
            context = browser.new_context(viewport={"width": width, "height": height})
            page = context.new_page()
            for route in pages:
                page.goto(base + route, wait_until="load")
                page.wait_for_timeout(SETTLES)
                name = route.strip("/").replace("/", "-") or "overview"
                tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                page.screenshot(
                    path=str(folder / f"{name}-{size}.png"),
                    full_page=True,
                    clip={"x": 0, "y": 0, "width": width, "height": tall},
                )
            context.close()
        browser.close()
    server.shutdown()


def main() -> None:
    """Take the pictures of the published pages, both sizes, one language each."""
    state, folder = Path(sys.argv[1]), Path(sys.argv[2])
    routes = [page.route for page in read_pages(REPORTS / "pages") if page.language == "en"]
    take(site_of(StateDirectory(state), False), folder, [*routes, "/fr/"], SIZES)


if __name__ == "__main__":
    main()
