"""What the tests share: copies of the project that a test may change as it likes, and the figures of the book."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import nbformat
import numpy as np
import pytest
from matplotlib.lines import Line2D

from lostlead.build import build_book
from lostlead.build.bench_pages import FLAGS, find_chromium, served
from lostlead.build.notebooks import write_notebook
from lostlead.charts.style import Chart
from lostlead.figures import read_register

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

ROOT = Path(__file__).resolve().parent.parent
# The tables of a book of one claim.
SMALL_TABLES = (
    "claims", "facts", "verdicts", "reading_parts", "reading_choices", "reading_exclusions", "releases", "verdict_history",
    "release_contents", "corrections",
)  # fmt: skip


def copy_project(target: Path, *names: str) -> Path:
    """Copy parts of the project (all that git tracks by default) to ``target`` and return it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *names],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    for name in listed.decode("utf-8").split("\0"):
        if name and (ROOT / name).is_file():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path)
    return target


def leave_out_other_pages(notebook: Path) -> None:
    """Take the links to related pages out of a claim's notebook, for a small book that has no other pages.

    The tables of its readings are on the claim's own page then.
    """
    content = nbformat.read(notebook, as_version=4)
    content.cells = [cell for cell in content.cells if not cell.source.startswith("## Related")]
    for cell in content.cells:
        cell.source = cell.source.replace(
            "page.readings()", "page.readings(tables_here=[one.part.name for one in page.claim.explored])"
        )
    write_notebook(notebook, content)


def keep_one_claim(home: Path, claim: str) -> None:
    """Take out of a copy of the project the tables, facts and works that one claim does without: the rest builds quickly.

    The register of the claims stays whole.
    """
    descriptor = home / "data" / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if one["name"] in SMALL_TABLES]
    descriptor.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    kept = {one["path"] for one in package["resources"]}
    for table in (home / "data").glob("*.csv"):
        if table.name not in kept:
            table.unlink()
    for name, column in (("facts", "claims"), ("verdicts", "claim")):
        path = home / "data" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            header, *rows = csv.reader(handle)
        with path.open("w", encoding="utf-8", newline="") as handle:
            own = [row for row in rows if claim in row[header.index(column)].split(";")]
            csv.writer(handle, lineterminator="\n").writerows([header, *own])
    bibliography = home / "book" / "references.bib"
    told = "".join(path.read_text(encoding="utf-8") for path in [home / "data" / "facts.csv", *home.rglob("book/*.md")])
    entries = {
        entry.split("{", 1)[1].split(",", 1)[0]: entry
        for entry in re.split(r"\n(?=@)", bibliography.read_text("utf-8"))
    }
    used = [key for key in entries if re.search(rf"(?:^|[^\w-]|source-){key}(?![\w-])", told)]
    for key in used:  # and the works that they carry
        used += [origin for origin in re.findall(r"origin = {([\w-]+)}", entries[key]) if origin not in used]
    bibliography.write_text("\n".join(entries[key].strip() + "\n" for key in sorted(used)), encoding="utf-8")


@cache
def charts_of(notebook: str) -> dict[str, Chart]:
    """Return the figures that the cells of a notebook draw, by their names."""
    drawn: list[Chart] = []
    names: dict[str, Any] = {}
    with chdir(ROOT), patch("lostlead.pages.picture", drawn.append):
        for cell in nbformat.read(ROOT / notebook, as_version=4).cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
    return {chart.name: chart for chart in drawn}


def book_chart(name: str) -> Chart:
    """Return a figure of the register, drawn by the cells of its notebook."""
    [notebook] = [row["notebook"] for row in read_register(ROOT) if row["name"] == name]
    return charts_of(notebook)[name]


def xs_of(line: Line2D) -> list[float]:
    return [float(x) for x in np.asarray(line.get_xdata(), dtype=float)]


def ys_of(line: Line2D) -> list[float]:
    return [float(y) for y in np.asarray(line.get_ydata(), dtype=float)]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean copy of the project in a folder with a space, with its book built: once for all workers of a test run."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "clean copy"
    shared.mkdir(exist_ok=True)
    copy, built = shared / "lost lead", shared / "built"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            shutil.rmtree(copy, ignore_errors=True)
            build_book(copy_project(copy), lambda line: None)
            built.touch()
    return copy


@pytest.fixture(scope="session")
def site(home: Path) -> Path:
    """The site of the whole book."""
    return home / "_build" / "html"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, on this machine only."""
    with served(site) as root:
        yield root


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Skipped where there is none, but not in CI."""
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium: install Debian's package 'chromium'")
        pytest.skip("Chromium is not installed; install Debian's package 'chromium' to run the tests in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


class Requests:
    """What a page asks for: what has failed, and what is still under way."""

    def __init__(self, page: Page) -> None:
        self._page, self._icon = page, False
        self._open: set[Request] = set()
        self.failed: list[str] = []
        page.on("request", self._begin)
        page.on("requestfinished", lambda request: self._open.discard(request))
        page.on("requestfailed", self._fail)

    def _begin(self, request: Request) -> None:
        self._open.add(request)
        self._icon = "icon.svg" in request.url or (self._icon and not request.is_navigation_request())

    def _fail(self, request: Request) -> None:
        self._open.discard(request)
        self.failed.append(f"{request.url}: {request.failure}")

    def settle(self) -> None:
        """Wait until nothing is under way: what is given up because a page is left would count as failed.

        The browser asks for the icon of a page at some time after all else, once.
        """
        for turn in range(500):
            if not self._open and (self._icon or turn > 100):
                return
            self._page.wait_for_timeout(20)
        pytest.fail(f"still under way: {sorted(request.url for request in self._open)}")


def pages_of(site: Path) -> list[Path]:
    """Return every page that a reader can read; the one at the root only leads to the front page."""
    return [page for page in sorted(site.rglob("*.html")) if page != site / "index.html"]


@pytest.fixture
def data_home(tmp_path: Path) -> Path:
    """A copy of the data and the bibliography, in a folder with a space in its name."""
    return copy_project(tmp_path / "lost lead", "data", "book/references.bib", "CITATION.cff")


@pytest.fixture
def edit(data_home: Path) -> Callable[[str, str, str], None]:
    """Return a function that replaces text once in a file of the copy, and fails when it is not there."""

    def replace(name: str, old: str, new: str) -> None:
        path = data_home / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
