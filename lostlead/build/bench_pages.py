"""Weighing the pages beside those of the plain theme: the same content, the same browser, one run."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml

from lostlead import exports
from lostlead.build import collect_records
from lostlead.build.cache import Texts, environment_digest
from lostlead.build.notebooks import BuildError, read_notebook
from lostlead.build.rendering import render
from lostlead.build.site import finish_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Response

# What a page may weigh (bytes, uncompressed, with all folds open; more for the lists, which grow), how many files it may
# ask for, and how it may feel on a slow phone: seconds to its largest paint, and how far things move.
HEAVIEST, HEAVIEST_LIST = 300_000, 400_000
MOST_REQUESTS, LATEST_PAINT, MOST_SHIFT = 15, 2.0, 0.05
LISTS = ("book/data.html", "book/sources.html", "book/readings.html")
PAGES = (
    "book/index.html", "book/claims/c06-gradual-loss-of-leadership.html", "book/claims/c07-decades-of-leadership.html",
    "book/claims/c15-end-of-mir.html", "book/claims/c18-pay-in-the-west.html", "book/trends/launches.html",
    "book/trends/polls.html", "book/buod.html", *LISTS,
)  # fmt: skip
NEEDED = ("book", "data", "figures", "CITATION.cff", "_config.yml", "_toc.yml")
PHONE = {"width": 360, "height": 740}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run")
# The slow phone of Lighthouse's laboratory: round trip in ms, line in bytes a second, how many times slower it computes.
ROUND_TRIP, LINE, SLOWER = 150, 1_638_400 / 8, 4
# Loads and decodes the pictures of a page, as reading to its end does, those in closed folds only when asked for; fails
# when one cannot be shown.
SHOW_PICTURES = """(folded) => Promise.all([...document.images]
  .filter((one) => folded || !one.closest("details:not([open])"))
  .map((one) => {
    one.loading = "eager";
    return one.decode();
  }))"""
WATCH = """
window.seen = {paint: 0, shift: 0};
new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.paint = one.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) seen.shift += one.value; })
  .observe({type: "layout-shift", buffered: true});
"""


@dataclass(frozen=True)
class Weight:
    """What one page loads when it is read to its end: addresses, and bytes without compression."""

    addresses: tuple[str, ...]
    bytes: int

    @property
    def hosts(self) -> set[str]:
        """The hosts that were asked."""
        return {urlsplit(address).hostname or "" for address in self.addresses}


@dataclass(frozen=True)
class Feel:
    """How a page feels on a slow phone: its largest paint in seconds, and how far things move while it loads."""

    paint: float
    shift: float


def find_chromium() -> str | None:
    """Return the path of Chromium on this machine, or None."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a site on a free port of this machine and give its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def weigh(browser: Browser, address: str, *, folded: bool = False) -> Weight:
    """Return what the page at ``address`` loads on a phone when it is read to its end, what is ``folded`` too or not."""
    context = browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]})
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    page.evaluate(SHOW_PICTURES, folded)
    page.wait_for_load_state("networkidle")
    sizes = {answer.url: len(answer.body()) for answer in answers}
    context.close()
    return Weight(tuple(answer.url for answer in answers), sum(sizes.values()))


def feel(browser: Browser, address: str, *, runs: int = 3) -> Feel:
    """Return how the page at ``address`` feels on a slow phone: medians of ``runs`` loads, each with nothing cached."""
    found = [_feel_once(browser, address) for _ in range(runs)]
    return Feel(statistics.median(one.paint for one in found), statistics.median(one.shift for one in found))


def _feel_once(browser: Browser, address: str) -> Feel:
    context = browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]})
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    speed = {"offline": False, "latency": ROUND_TRIP, "downloadThroughput": LINE, "uploadThroughput": LINE}
    line.send("Network.emulateNetworkConditions", speed)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    seen = page.evaluate("window.seen")
    context.close()
    return Feel(seen["paint"] / 1000, seen["shift"])


def misses(page: str, whole: Weight, felt: Feel) -> list[str]:
    """Return the targets that a page of ours misses; ``whole`` is its weight with all folds open."""
    targets = {
        "weight": whole.bytes <= (HEAVIEST_LIST if page in LISTS else HEAVIEST),
        "requests": len(whole.addresses) <= MOST_REQUESTS,
        "paint": 0 < felt.paint <= LATEST_PAINT,
        "shift": felt.shift < MOST_SHIFT,
    }
    return [name for name, met in targets.items() if not met]


def plain_settings(text: str) -> str:
    """Return the settings of the book (YAML) without our theme: Jupyter Book then uses its own."""
    settings = yaml.safe_load(text)
    del settings["sphinx"]["extra_extensions"], settings["sphinx"]["config"]["html_theme"]
    return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)


def compare_pages(home: Path) -> int:
    """Render the committed notebooks with the plain theme and with ours; print kB, requests and feel side by side, kB and
    requests as first loaded and with all folds open, and which targets our pages miss.

    Both are rendered in copies, so that nothing of the checkout changes. Returns 0 when both worked.
    """
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    if chromium is None:
        print("error: Chromium is not installed. Remedy: install Debian's package 'chromium'.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="bench ") as folder, sync_playwright() as play:
        try:
            sites = {name: _rendered(home, Path(folder) / name, plain=name == "plain") for name in ("plain", "ours")}
        except BuildError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        print(f"{'page':<48}{'':>6}{'kB':>7}{'open':>7}{'requests':>10}{'open':>6}{'paint s':>9}{'shift':>7}  targets")
        for page in PAGES:
            for name, site in sites.items():
                with served(site) as root:
                    first, whole = (weigh(browser, f"{root}/{page}", folded=folded) for folded in (False, True))
                    felt = feel(browser, f"{root}/{page}")
                missed = ", ".join(misses(page, whole, felt))
                told = "" if name == "plain" else f"misses {missed}" if missed else "met"
                print(
                    f"{page if name == 'plain' else '':<48}{name:>6}{first.bytes / 1000:>7.0f}{whole.bytes / 1000:>7.0f}"
                    f"{len(first.addresses):>10}{len(whole.addresses):>6}{felt.paint:>9.2f}{felt.shift:>7.3f}  {told}",
                    flush=True,
                )
        browser.close()
    return 0


def _rendered(home: Path, workshop: Path, *, plain: bool) -> Path:
    workshop.mkdir()
    for name in NEEDED:
        source = home / name
        if source.is_dir():
            shutil.copytree(source, workshop / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        else:
            shutil.copy2(source, workshop / name)
    if plain:
        settings = workshop / "_config.yml"
        settings.write_text(plain_settings(settings.read_text(encoding="utf-8")), encoding="utf-8")
    claims = sorted((workshop / "book" / "claims").glob("*.ipynb"))
    exports.write_downloads(workshop, collect_records(workshop, {path: read_notebook(path) for path in claims}))
    site = render(workshop, workshop / "kept", environment_digest(home))
    if not plain:
        finish_pages(site, Texts(workshop / "texts", ""))
    return site
