"""A page is light enough for a slow line on a cheap phone, and what a theme or an extension adds does not come back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lostlead.build.bench_pages import (
    HEAVIEST,
    HEAVIEST_LIST,
    LISTS,
    MOST_REQUESTS,
    Feel,
    Weight,
    feel,
    misses,
    plain_settings,
    weigh,
)

from .conftest import ROOT, pages_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Everything a page may load from the folder of static files; the files of the search only on its own page.
SHELL = {"lostlead.css", "dark.css", "mode.js", "page.js", "tables.js", "readings.js", "icon.svg"}
SEARCH = {
    "documentation_options.js", "search.js", "doctools.js", "sphinx_highlight.js", "language_data.js", "searchtools.js",
}  # fmt: skip
LOADING = re.compile(r'<(?:script|link|img)\b[^>]*?(?:src|href)="([^"]+)"')


def loaded_from_static(page: Path) -> set[str]:
    found = LOADING.findall(page.read_text(encoding="utf-8"))
    return {address.partition("_static/")[2].partition("?")[0] for address in found if "_static/" in address}


def test_a_page_loads_only_our_own_files(site: Path) -> None:
    for page in pages_of(site):
        allowed = SHELL | SEARCH if page.name == "search.html" else SHELL
        came_back = loaded_from_static(page) - allowed
        assert not came_back, f"{page.relative_to(site)} loads {sorted(came_back)}"


def test_nothing_else_lies_among_the_static_files(site: Path) -> None:
    there = {path.relative_to(site / "_static").as_posix() for path in (site / "_static").rglob("*") if path.is_file()}
    assert there == SHELL | SEARCH | {"social-card.png"}  # the card is for other sites that link here; no page loads it


def test_no_page_carries_scripts_or_styles_of_its_own(site: Path) -> None:
    for page in pages_of(site):
        text = page.read_text(encoding="utf-8")
        where = page.relative_to(site).as_posix()
        inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>", text)
        assert not inline, f"{where}: {inline}"
        assert not re.findall(r"<style\b", text), where
        assert not re.findall(r"<[^>]+\s(?:style|on[a-z]+)=", text), where


def test_every_picture_of_a_page_has_its_size(site: Path) -> None:
    pictures = [
        (page.name, tag)
        for page in pages_of(site)
        for tag in re.findall(r"<img\b[^>]*>", page.read_text(encoding="utf-8"))
    ]
    assert pictures
    for where, tag in pictures:
        assert 'width="' in tag, f"{where}: {tag}"
        assert 'height="' in tag, f"{where}: {tag}"


def test_a_notebook_is_in_the_site_once(site: Path) -> None:
    notebooks = [path.name for path in site.rglob("*.ipynb")]
    assert len(notebooks) == len(set(notebooks))


@pytest.mark.parametrize("number", range(1, 27))
def test_a_claim_page_is_light_with_its_figures_and_all_that_is_folded(
    site: Path, address: str, browser: Browser, number: int
) -> None:
    [page] = (site / "book" / "claims").glob(f"c{number:02}-*.html")
    weight = weigh(browser, f"{address}/{page.relative_to(site).as_posix()}", folded=True)
    assert weight.hosts == {"127.0.0.1"}
    assert weight.bytes <= HEAVIEST, weight
    assert len(weight.addresses) <= MOST_REQUESTS, weight


@pytest.mark.parametrize("page", LISTS)
def test_a_long_list_is_not_too_long(address: str, browser: Browser, page: str) -> None:
    assert weigh(browser, f"{address}/{page}", folded=True).bytes <= HEAVIEST_LIST


def test_the_measure_sees_the_pictures_further_down(site: Path, address: str, browser: Browser) -> None:
    pictures = {path.name for path in (site / "_images").iterdir()}
    text = (site / "book" / "claims" / "c15-end-of-mir.html").read_text(encoding="utf-8")
    shown = {name for name in pictures if f'src="../../_images/{name}"' in text}
    weight = weigh(browser, f"{address}/book/claims/c15-end-of-mir.html")
    assert shown
    assert shown <= {Path(one).name for one in weight.addresses}


@pytest.mark.parametrize("page", ["book/index.html", "book/claims/c15-end-of-mir.html"])
def test_a_page_is_there_quickly_on_a_slow_phone_and_holds_still(address: str, browser: Browser, page: str) -> None:
    felt = feel(browser, f"{address}/{page}")
    assert felt.paint > 0
    assert misses(page, weigh(browser, f"{address}/{page}", folded=True), felt) == []


def test_what_a_page_misses_is_told() -> None:
    light, heavy = Weight(("a",), HEAVIEST), Weight(("a",) * (MOST_REQUESTS + 1), HEAVIEST + 1)
    assert misses("book/index.html", light, Feel(2.0, 0.049)) == []
    assert misses("book/index.html", heavy, Feel(2.1, 0.05)) == ["weight", "requests", "paint", "shift"]
    assert misses(LISTS[0], Weight(("a",), HEAVIEST + 1), Feel(0, 0)) == ["paint"]


def test_the_plain_settings_leave_our_theme_out() -> None:
    text = plain_settings((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert "theme" not in text
    assert "title: Lost Lead" in text
