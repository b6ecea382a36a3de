"""The part of the site that figures do not change: pages and components made into code.

It depends on ``reports/`` alone, so one bundle serves every generation and every state directory.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lead_warehouse.report.node import run
from lead_warehouse.report.output import refuse_errors
from lead_warehouse.report.pages import LANGUAGES, Page

STOCK = Path("node_modules/@evidence-dev/evidence/template")
NOT_OURS = ("src/pages/explore", "src/pages/settings", "src/pages/api/settings.json")
"""Stock pages left out: a SQL console, and settings of a development server."""

PARTS = ("components", "template", "patches")
FILES = (
    "evidence.config.yaml",
    "evidence.settings.json",
    "package-lock.json",
    "svelte.config.js",
)
DONE = "bundle.json"
OUTPUT = ".svelte-kit/output"


class Bundle:
    """A bundle and the folder that it is made in."""

    def __init__(self, project: Path, variant: str, pages: list[Page]):
        self.project = project
        self.folder = project / ".build" / variant
        self.template = self.folder / ".evidence" / "template"
        self.pages = pages

    @property
    def client(self) -> Path:
        return self.template / OUTPUT / "client"

    @property
    def dependencies(self) -> Path:
        return self.template / OUTPUT / "prerendered" / "dependencies"

    @property
    def data(self) -> Path:
        return self.template / "static" / "data"

    def digest(self) -> str:
        """What the bundle is made of."""
        made_of = hashlib.sha256()
        for path in self._sources():
            made_of.update(str(path.relative_to(self.project)).encode() + b"\0")
            made_of.update(path.read_bytes() + b"\0")
        for page in self.pages:
            made_of.update(f"{page.route}\0{page.text}\0".encode())
        return made_of.hexdigest()

    def is_made(self) -> bool:
        """Whether the bundle at hand is made of what lies in ``reports/`` now."""
        done = self.folder / DONE
        return done.exists() and json.loads(done.read_text())["digest"] == self.digest()

    def make(self, environment: dict[str, str]) -> None:
        """Make the bundle anew.

        Raises:
            RunFailed: it cannot be made; names the page.
        """
        # Of what lies there now: somebody may edit a page while it is made.
        digest = self.digest()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._compose()
        vite = self.project / "node_modules" / "vite" / "bin" / "vite.js"
        told = run(["node", str(vite), "build"], self.template, environment, "the bundle")
        refuse_errors(told, "the bundle")
        shutil.rmtree(self.template / "build", ignore_errors=True)
        (self.folder / DONE).write_text(json.dumps({"digest": digest}))

    def forget(self) -> None:
        """Remove the data and figures of the generation that was written last."""
        for part in ("static/data", ".evidence-queries/cache", f"{OUTPUT}/prerendered"):
            shutil.rmtree(self.template / part, ignore_errors=True)

    def prerender(self, target: Path, environment: dict[str, str]) -> None:
        """Write every page, with the figures of the data at hand, below ``target``."""
        with ThreadPoolExecutor(len(LANGUAGES)) as pool:
            told = pool.map(
                lambda language: self._prerender(language, target.resolve(), environment), LANGUAGES
            )
            for text in told:
                refuse_errors(text, "writing the pages")

    def _prerender(self, language: str, target: Path, environment: dict[str, str]) -> str:
        routes = (self.folder / f"routes.{language}.json").resolve()
        routes.write_text(
            json.dumps([page.route for page in self.pages if page.language == language])
        )
        script = self.project / "scripts" / "prerender.mjs"
        return run(
            ["node", str(script), str(target), str(routes)],
            self.template,
            environment | {"EVIDENCE_IS_BUILDING": "true"},
            "writing the pages",
        )

    def _compose(self) -> None:
        """Lay out what Evidence expects, out of its template and ``reports/``."""
        shutil.copytree(self.project / STOCK, self.template)
        for path in NOT_OURS:
            shutil.rmtree(self.template / path)
        shutil.copytree(self.project / "components", self.folder / "components")
        shutil.copytree(
            self.project / "components", self.template / "src" / "components", dirs_exist_ok=True
        )
        shutil.copytree(self.project / "template", self.template, dirs_exist_ok=True)
        for name in FILES:
            shutil.copy2(self.project / name, self.folder / name)
        for page in self.pages:
            file = self.template / "src" / "pages" / page.route.strip("/") / "+page.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(page.text, encoding="utf-8")

    def _sources(self) -> Iterable[Path]:
        yield from (self.project / name for name in FILES)
        for part in PARTS:
            yield from sorted(path for path in (self.project / part).rglob("*") if path.is_file())
