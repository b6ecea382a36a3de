"""Builds the site of one generation beside the one that is served, then puts it in its place."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lead_warehouse import PROJECT_DIR
from lead_warehouse.report.bundle import Bundle
from lead_warehouse.report.compress import compress
from lead_warehouse.report.export import content_digest, export
from lead_warehouse.report.node import install, node_environment
from lead_warehouse.report.output import refuse_error_pages
from lead_warehouse.report.page_queries import check_queries
from lead_warehouse.report.pages import read_pages
from lead_warehouse.report.personal import tagged_columns
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import INTERNAL_REPORT, StateDirectory

REPORTS = PROJECT_DIR / "reports"
SOURCE = "warehouse"
PUBLISHED = "published"
KEPT_SITES = 2
"""The site served and the one before, whose pages may be open in a browser."""


@dataclass
class Built:
    """What a build made, and what it took."""

    site: Path
    run_id: str
    as_of: str
    is_internal: bool
    seconds: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


def site_of(state: StateDirectory, is_internal: bool) -> Path:
    """The pointer to the finished site."""
    return state.report / (INTERNAL_REPORT if is_internal else PUBLISHED)


def build(
    state: StateDirectory,
    run_id: str | None = None,
    *,
    is_internal: bool = False,
    reports: Path = REPORTS,
    models: Path = PROJECT_DIR / "models",
) -> Built:
    """Build the site of a generation, the published one by default.

    Only what changed is made anew: the bundle when pages did, the figures always.

    Raises:
        LeadWarehouseError: something is wrong; the site that was there stays.
    """
    generations = Generations(state)
    generation = generations.find(run_id)
    generations.refuse_unerased(generation)
    variant = INTERNAL_REPORT if is_internal else PUBLISHED
    built = Built(
        site_of(state, is_internal), generation.run_id, str(generation.as_of), is_internal
    )
    folders = [reports, *([reports / "internal"] if is_internal else [])]
    head = (reports / "partials" / "head.md").read_text(encoding="utf-8")
    pages = read_pages(*(folder / "pages" for folder in folders), head=head)
    bundle = Bundle(reports, variant, pages)
    work = state.report / f".{variant}-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir(parents=True)
        with _timed(built, "data"):
            data = work / "report.duckdb"
            queries = [path for folder in folders for path in (folder / "sources").glob("*.sql")]
            export(generation, queries, data, tagged_columns(models), is_internal=is_internal)
            check_queries(pages, data)
        environment = node_environment(reports)
        (reports / ".build").mkdir(exist_ok=True)
        with _alone(reports / ".build" / f"{variant}.lock"):
            with _timed(built, "packages"):
                install(reports, environment)
            with _timed(built, "bundle"):
                if not bundle.is_made():
                    bundle.make(environment)
                    compress(bundle.client)
            with _timed(built, "pages"):
                site = work / "site"
                bundle.forget()
                try:
                    _assemble(bundle, data, site, environment)
                finally:
                    bundle.forget()
        with _timed(built, "compression"):
            compress(site)
        built.sizes = _sizes(site, data)
        (site / "report.json").write_text(
            json.dumps({"run_id": built.run_id, "as_of": built.as_of, "seconds": built.seconds})
        )
        _put_in_place(site, built.site)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return built


def _assemble(bundle: Bundle, data: Path, site: Path, environment: dict[str, str]) -> None:
    """A whole site: the code, the pages with their figures, the data."""
    name = f"{SOURCE}/{content_digest(data)}.duckdb"
    (bundle.data / SOURCE).mkdir(parents=True)
    shutil.copy2(data, bundle.data / name)
    manifest = json.dumps({"renderedFiles": {SOURCE: [f"static/data/{name}"]}})
    (bundle.data / "manifest.json").write_text(manifest)
    shutil.copytree(bundle.client, site, copy_function=_link)
    shutil.rmtree(site / "data", ignore_errors=True)
    bundle.prerender(site, environment)
    refuse_error_pages(site)
    shutil.copytree(bundle.dependencies, site, dirs_exist_ok=True)
    shutil.copytree(bundle.data, site / "data")


def _put_in_place(site: Path, pointer: Path) -> None:
    """Serve the new site from now on; browsers that have the old one open keep its data."""
    sites = pointer.parent / "sites"
    sites.mkdir(exist_ok=True)
    if pointer.exists():
        for file in (pointer / "data" / SOURCE).glob("*.duckdb*"):
            if not (site / "data" / SOURCE / file.name).exists() and _is_recent(file, pointer):
                _link(str(file), str(site / "data" / SOURCE / file.name))
    finished = sites / f"{pointer.name}-{time.time_ns()}"
    site.rename(finished)
    partial = pointer.with_name(f".{pointer.name}-next")
    partial.unlink(missing_ok=True)
    partial.symlink_to(finished.relative_to(pointer.parent))
    os.replace(partial, pointer)
    for old in sorted(sites.glob(f"{pointer.name}-*"))[:-KEPT_SITES]:
        shutil.rmtree(old)


def _is_recent(file: Path, pointer: Path) -> bool:
    """Whether a data file is the old site's own, not one that it kept for the site before."""
    manifest = json.loads((pointer / "data" / "manifest.json").read_text())
    return file.name.split(".")[0] in manifest["renderedFiles"][SOURCE][0]


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _sizes(site: Path, data: Path) -> dict[str, int]:
    first = site / "index.html"
    packed = first.with_name("index.html.gz")
    return {
        "site": sum(path.stat().st_size for path in site.rglob("*") if path.is_file()),
        "data": data.stat().st_size,
        "first page": first.stat().st_size,
        "packed": packed.stat().st_size if packed.exists() else 0,
    }


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait for whoever makes the same bundle; it is then there for this build too."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def _timed(built: Built, step: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    built.seconds[step] = round(time.monotonic() - started, 1)
