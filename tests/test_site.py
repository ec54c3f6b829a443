"""The whole book, built from a clean copy, as its readers meet it."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, Tag

from lostlead.build import build_book
from lostlead.build.site import check_site

from .conftest import ROOT, copy_project

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDTHS = (360, 1280)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean copy of the project in a folder with a space, with its book built."""
    copy = copy_project(tmp_path_factory.mktemp("clean copy") / "lost lead")
    build_book(copy, lambda line: None)
    return copy


@pytest.fixture(scope="module")
def site(home: Path) -> Path:
    return home / "_build" / "html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a network. Skipped where there is none, but not in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium: install Debian's package 'chromium'")
        pytest.skip("Chromium is not installed; install Debian's package 'chromium' to run the tests in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
        started = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()


def pages_of(site: Path) -> list[Path]:
    return sorted((site / "book").rglob("*.html"))


def test_building_again_gives_what_is_committed(home: Path) -> None:
    changed = [
        path.relative_to(home).as_posix()
        for folder in ("book", "figures", "data")
        for path in sorted((home / folder).rglob("*"))
        if path.is_file() and path.read_bytes() != (ROOT / path.relative_to(home)).read_bytes()
    ]
    assert changed == []


def test_the_site_has_no_fault(site: Path) -> None:
    assert check_site(site) == []


def test_the_records_say_what_the_table_says(home: Path, site: Path) -> None:
    records = json.loads((site / "verdicts.json").read_text(encoding="utf-8"))
    with (ROOT / "data" / "verdicts.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [{key: str(record[key]) for key in rows[0]} for record in records] == rows


def test_every_proposition_has_facts_and_sources(site: Path) -> None:
    for record in json.loads((site / "verdicts.json").read_text(encoding="utf-8")):
        assert record["propositions"], record["claim"]
        for proposition in record["propositions"]:
            assert proposition["facts"], proposition["text"]
            assert proposition["sources"], proposition["text"]


def test_every_claim_page_leads_from_a_number_to_its_fact_to_its_source(site: Path) -> None:
    facts = (site / "book" / "data.html").read_text(encoding="utf-8")
    for path in sorted((site / "book" / "claims").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert "../data.html#fact-" in text or "../data.html#table-" in text, path.name
        assert "../sources.html#source-" in text, path.name
    assert "sources.html#source-fai2015spacewalk" in facts


def test_filipino_text_is_marked_as_filipino(site: Path) -> None:
    for path in sorted((site / "book" / "claims").glob("*.html")):
        assert path.read_text(encoding="utf-8").count('lang="fil"') >= 2, path.name


def test_every_page_has_a_title_and_a_description_of_its_own(site: Path) -> None:
    heads = [path.read_text(encoding="utf-8").split("</head>")[0] for path in pages_of(site)]
    for pattern in (r"<title[^>]*>([^<]+)</title>", r'<meta name="description" content="([^"]+)" />'):
        found = [re.findall(pattern, head) for head in heads]
        assert all(len(own) == 1 for own in found), pattern
        assert len({own[0] for own in found}) == len(heads), pattern


def test_every_claim_page_tells_machines_its_verdict(site: Path) -> None:
    for record in json.loads((site / "verdicts.json").read_text(encoding="utf-8")):
        [path] = (site / "book" / "claims").glob(f"{record['claim'].lower()}-*.html")
        [review] = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL
        )
        assert json.loads(review)["reviewRating"]["alternateName"] == record["verdict"], path.name


def test_the_filipino_page_shows_every_claim_and_is_marked_as_filipino(site: Path) -> None:
    soup = BeautifulSoup((site / "book" / "buod.html").read_text(encoding="utf-8"), "lxml")
    article = soup.find("article")
    assert isinstance(article, Tag)
    assert article["lang"] == "fil"
    said = re.sub(r"\s+", " ", article.get_text(" "))
    for record in json.loads((site / "verdicts.json").read_text(encoding="utf-8")):
        assert record["finding_fil"] in said, record["claim"]


def test_live_code_that_is_not_offered_is_not_loaded(site: Path) -> None:
    for path in pages_of(site):
        assert "thebe" not in path.read_text(encoding="utf-8").lower(), path.name


def test_no_page_names_this_machine(site: Path, home: Path) -> None:
    for path in site.rglob("*"):
        if path.suffix in {".html", ".json", ".ipynb", ".js", ".csv"}:
            text = path.read_text(encoding="utf-8")
            assert str(home) not in text, path
            assert str(ROOT) not in text, path


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_opens_from_disk_without_a_fault(site: Path, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    page.on(
        "request", lambda request: faults.append(f"network: {request.url}") if request.url.startswith("http") else None
    )
    for path in pages_of(site):
        page.goto(path.as_uri())
        page.wait_for_load_state("load")
        assert faults == [], f"{path.name} at {width} px"
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path.name} is {overflow} px too wide at {width} px"
    context.close()


def test_the_table_of_verdicts_sorts_and_filters(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / "book" / "index.html").as_uri())
    rows = page.locator("table.sortable tbody tr")
    total = rows.count()
    page.locator(".table-filter").first.fill("Sputnik")
    shown = [row for row in rows.all() if row.is_visible()]
    assert 0 < len(shown) < total
    assert all("Sputnik" in row.inner_text() for row in shown)
    page.locator(".table-filter").first.fill("")
    first = rows.nth(0).inner_text()
    page.locator("table.sortable th button").first.press("Enter")
    assert rows.nth(0).inner_text() == first
    page.locator("table.sortable th button").first.press("Enter")
    assert rows.nth(total - 1).inner_text() == first
    page.close()


def test_the_table_is_whole_without_javascript(site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "book" / "index.html").as_uri())
    with (ROOT / "data" / "verdicts.csv").open(encoding="utf-8", newline="") as handle:
        expected = len(list(csv.DictReader(handle)))
    assert page.locator("table.sortable tbody tr").count() == expected
    assert page.locator("table.sortable tbody tr").last.is_visible()
    context.close()


def test_a_reader_gets_from_the_front_page_to_a_source(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/book/index.html")
    page.get_by_role("link", name="C03", exact=True).first.click()
    page.wait_for_url("**/c03-first-spacewalk.html")
    page.get_by_role("link", name="18 March 1965").first.click()
    page.wait_for_url("**/data.html#fact-first-spacewalk-date")
    assert page.locator("#fact-first-spacewalk-date").count() == 1
    page.locator("a[href='sources.html#source-fai2015spacewalk']").first.click()
    page.wait_for_url("**/sources.html#source-fai2015spacewalk")
    assert page.locator("#source-fai2015spacewalk").count() == 1
    page.close()
