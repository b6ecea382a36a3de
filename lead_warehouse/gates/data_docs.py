"""Data Docs of a run: a page for each suite, rendered by Great Expectations, and an index.

Its pages load style sheets, scripts and a logo from the network. These do not: nobody learns who
reads them, and they look the same without a connection.
"""

import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lead_warehouse import PROJECT_DIR

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

STYLE_FILE = PROJECT_DIR / "quality" / "data_docs.css"
ROWS_SHOWN = 20
"""Failing rows on a page; the CSV beside the run has more."""

INDEX = "index.html"

_REMOTE = re.compile(
    r"<script\b.*?</script\s*>|<link\b[^>]*>|<img\b[^>]*>|<footer>.*?</footer>", re.DOTALL
)
_HANDLER = re.compile(r'\son\w+="[^"]*"')
_HOME = re.compile(r'href="(?:\.\./)+index\.html"')
_NOWHERE = re.compile(r'href="(?:\.\./)+expectations/[^"]*"')
_PICTURE = re.compile(r"url\('https?://[^']*'\)")


class DataDocs:
    """The Data Docs of one run, page by page.

    Attributes:
        folder: where they are; ``index.html`` is the first page.
    """

    def __init__(self, folder: Path, run_id: str):
        from great_expectations.render.renderer import ValidationResultsPageRenderer
        from great_expectations.render.view import DefaultJinjaPageView

        self.folder = folder
        self.run_id = run_id
        self._style = STYLE_FILE.read_text(encoding="utf-8")
        self._renderer = ValidationResultsPageRenderer(run_info_at_end=True)
        self._view = DefaultJinjaPageView()

    def add(self, gate: str, suite: str, outcome: "ExpectationSuiteValidationResult") -> None:
        """Render the page of a suite; its outcome is no use for anything else afterwards."""
        for one in outcome.results:
            one.result = _harmless(one.result)
        page = self._view.render(self._renderer.render(outcome))
        rows = "".join(map(_rows_found, outcome.results))
        page = page.replace("</body>", f"{rows}</body>", 1)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{gate}.{suite}.html"
        path.write_text(self._offline(page), encoding="utf-8")

    def _offline(self, page: str) -> str:
        page = _HANDLER.sub("", _REMOTE.sub("", page))
        page = _PICTURE.sub("none", _NOWHERE.sub("", page)).replace(" / __none__", "")
        page = _HOME.sub(f'href="{INDEX}"', page)
        return page.replace("</head>", f"<style>{self._style}</style></head>", 1)

    def write_index(self) -> None:
        """Write the first page, over all suites checked so far in this run."""
        rows = []
        for path in sorted((self.folder.parent / "quality").glob("*/*.json")):
            outcome = json.loads(path.read_text(encoding="utf-8"))
            page = f"{path.parent.name}.{path.stem}.html"
            rows.append(_index_row(path.parent.name, path.stem, page, outcome["results"]))
        run_id = html.escape(self.run_id)
        (self.folder / INDEX).write_text(
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            f"<title>Checks of {run_id}</title><style>{self._style}</style></head>"
            f'<body><div class="container-fluid"><h1>Checks of {run_id}</h1>'
            "<p>Expectations on tables. <code>lead-warehouse quality</code> lists them with the "
            "dbt tests.</p>"
            '<table class="table"><tr><th></th><th>gate</th><th>suite</th><th>checks</th>'
            f"<th>failed</th><th>warned</th></tr>{''.join(rows)}</table></div></body></html>\n",
            encoding="utf-8",
        )


def _harmless(value: Any) -> Any:
    """A result with few rows and with values as text: the templates escape nothing."""
    if isinstance(value, dict):
        return {name: _harmless(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_harmless(one) for one in value[:ROWS_SHOWN]]
    return html.escape(value) if isinstance(value, str) else value


def _rows_found(outcome: Any) -> str:
    """The rows that a query found, which the page of Great Expectations leaves out."""
    rows = (outcome.result.get("details") or {}).get("unexpected_rows") or []
    if not rows:
        return ""
    lines = [list(rows[0]), *(row.values() for row in rows)]
    cells = ["".join(f"<td>{'' if one is None else one}</td>" for one in line) for line in lines]
    told = html.escape(outcome.expectation_config.description)
    body = "".join(f"<tr>{line}</tr>" for line in cells)
    return f'<div class="container-fluid"><h6>{told}</h6><table class="table">{body}</table></div>'


def _index_row(gate: str, suite: str, page: str, results: list[dict[str, Any]]) -> str:
    bad = [one["expectation_config"]["severity"] for one in results if not one["success"]]
    failed, warned = bad.count("critical"), bad.count("warning")
    mark = "failed" if failed else "warned" if warned else "passed"
    return (
        f'<tr class="{mark}"><td class="mark"></td><td>{html.escape(gate)}</td>'
        f'<td><a href="{html.escape(page)}">{html.escape(suite)}</a></td>'
        f"<td>{len(results)}</td><td>{failed}</td><td>{warned}</td></tr>"
    )
