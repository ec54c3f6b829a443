"""What readers come to do, done in a real browser, from disk where nothing else is said."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lostlead.build.bench_pages import SHOW_PICTURES

from .conftest import ROOT, Requests, pages_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FRONT = "book/index.html"
CLAIM = "book/claims/c06-gradual-loss-of-leadership.html"


def opened(browser: Browser, site: Path, page: str, *, width: int = 1280) -> Page:
    shown = browser.new_page(viewport={"width": width, "height": 800})
    shown.goto((site / page).as_uri())
    return shown


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_opens_from_disk_without_a_fault(site: Path, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    asked = Requests(page)
    page.on(
        "request", lambda request: faults.append(f"network: {request.url}") if request.url.startswith("http") else None
    )
    for path in pages_of(site):
        page.goto(path.as_uri())
        page.evaluate(SHOW_PICTURES, True)
        asked.settle()
        assert faults + asked.failed == [], f"{path.name} at {width} px"
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path.name} is {overflow} px too wide at {width} px"
    context.close()


def test_the_answer_stands_on_the_first_screen_of_a_phone(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto((site / FRONT).as_uri())
    for part in (".answer", ".counts"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 740, part
    page.close()


def test_from_the_front_page_to_a_source(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto((site / "index.html").as_uri())
    page.wait_for_url("**/book/index.html")
    page.locator("article").get_by_role("link", name="C03", exact=True).first.click()
    page.wait_for_url("**/c03-first-spacewalk.html")
    page.get_by_role("link", name="18 March 1965").first.click()
    page.wait_for_url("**/data.html#fact-first-spacewalk-date")
    assert page.locator("#fact-first-spacewalk-date").is_visible()
    page.locator("a[href='sources.html#source-fai2015spacewalk']").first.click()
    page.wait_for_url("**/sources.html#source-fai2015spacewalk")
    assert page.locator("#source-fai2015spacewalk").is_visible()
    page.close()


@pytest.mark.parametrize("from_disk", [True, False])
def test_searching_for_a_name_finds_its_claim(site: Path, address: str, browser: Browser, from_disk: bool) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((site / CLAIM).as_uri() if from_disk else f"{address}/{CLAIM}")
    page.keyboard.press("Control+k")
    page.keyboard.type("Leonov")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=Leonov")
    result = page.locator("#search-results").get_by_role("link", name="C03. The first spacewalk")
    result.wait_for()
    if not from_disk:
        page.locator("#search-results .context", has_text="Leonov").first.wait_for()
    result.click()
    page.wait_for_url("**/c03-first-spacewalk.html*")
    page.close()


def test_searching_on_a_phone_starts_from_a_link(site: Path, browser: Browser) -> None:
    page = opened(browser, site, CLAIM, width=360)
    page.get_by_role("link", name="Search", exact=True).click()
    page.wait_for_url("**/search.html")
    page.get_by_label("Search this book").fill("Leonov")
    page.get_by_role("button", name="Search").click()
    page.locator("#search-results").get_by_role("link", name="C03. The first spacewalk").wait_for()
    page.close()


def test_the_table_of_verdicts_sorts_and_filters(site: Path, browser: Browser) -> None:
    page = opened(browser, site, FRONT)
    rows = page.locator("table.sortable tbody tr")
    total = rows.count()
    page.locator(".table-filter").first.fill("Sputnik")
    shown = [row for row in rows.all() if row.is_visible()]
    assert 0 < len(shown) < total
    assert all("Sputnik" in row.inner_text() for row in shown)
    assert page.get_by_role("status").first.inner_text() == f"{len(shown)} of {total} rows"
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
    page.goto((site / FRONT).as_uri())
    with (ROOT / "data" / "verdicts.csv").open(encoding="utf-8", newline="") as handle:
        expected = len(list(csv.DictReader(handle)))
    assert page.locator("table.sortable tbody tr").count() == expected
    assert page.locator("table.sortable tbody tr").last.is_visible()
    context.close()


def ground_of(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_dark_is_kept_on_the_next_page_and_light_too(address: str, browser: Browser) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}/{FRONT}")
    light = ground_of(page)
    page.get_by_role("button", name="Dark page").click()
    dark = ground_of(page)
    assert dark != light
    page.reload()
    assert ground_of(page) == dark
    page.goto(f"{address}/{CLAIM}")
    assert ground_of(page) == dark
    assert page.get_by_role("button", name="Dark page").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Dark page").click()
    page.reload()
    assert ground_of(page) == light
    context.close()


def test_the_page_follows_the_system_and_paper_is_light(site: Path, browser: Browser) -> None:
    grounds = {}
    for mode in ("light", "dark"):
        context = browser.new_context(color_scheme=mode)
        page = context.new_page()
        page.goto((site / CLAIM).as_uri())
        grounds[mode] = ground_of(page)
        page.emulate_media(media="print")
        grounds[mode + " paper"] = ground_of(page)
        assert not page.locator(".contents").is_visible()
        context.close()
    assert grounds["light"] != grounds["dark"]
    assert grounds["light paper"] == grounds["dark paper"] == "rgb(255, 255, 255)"


def test_the_contents_on_a_phone_lead_to_another_claim(site: Path, browser: Browser) -> None:
    page = opened(browser, site, CLAIM, width=360)
    contents = page.locator("#contents")
    assert not contents.is_visible()
    page.get_by_role("button", name="Contents").click()
    assert contents.get_by_role("link", name="A gradual loss").get_attribute("aria-current") == "page"
    assert contents.get_by_role("img", name="Contradicted").count() == 2
    contents.get_by_role("link", name="The poll of 2008").click()
    page.wait_for_url("**/c24-poll-of-2008.html")
    page.close()


def test_previous_and_next_lead_through_the_claims(site: Path, browser: Browser) -> None:
    page = opened(browser, site, CLAIM)
    page.get_by_role("link", name="Next C07.").click()
    page.wait_for_url("**/c07-*.html")
    page.get_by_role("link", name="Previous C06.").click()
    page.wait_for_url("**/c06-*.html")
    page.close()


def test_a_table_and_a_notebook_download(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{address}/{CLAIM}")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="data (CSV)").first.click()
    text = waiting.value.path().read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert all(None not in row and None not in row.values() for row in rows)
    page.get_by_text("Get this page").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Notebook, to run it yourself").click()
    assert waiting.value.suggested_filename == "c06-gradual-loss-of-leadership.ipynb"
    page.close()


def test_a_citation_is_copied(address: str, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/{CLAIM}")
    fold = page.locator("details", has=page.locator("summary", has_text="APA")).last
    fold.locator("summary").click()
    fold.get_by_role("button", name="Copy").click()
    fold.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == fold.locator("pre").inner_text().strip()
    assert "C06" in copied
    context.close()


def test_a_folded_place_opens_when_it_is_asked_for(site: Path, browser: Browser) -> None:
    page = opened(browser, site, CLAIM)
    page.evaluate("document.querySelector('article details pre').id = 'deep'")
    page.evaluate("location.hash = 'deep'")
    page.locator("#deep").wait_for(state="visible")
    page.close()
