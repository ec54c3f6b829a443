"""A reader chooses a reading: in a real browser, on a phone and on a desk, by mouse, by keyboard, and without scripts."""

from __future__ import annotations

import csv
import itertools
import json
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup

from lostlead.readings import EVERY
from lostlead.readings_shown import said
from lostlead.verdicts import Proposition, decide

from .conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (360, 1280)
# How many readings of each part are tried: what is shown does not hang on the width, only whether it fits.
SAMPLES = {360: 3, 1280: 8}
SIGNS = {True: "✔ It holds", False: "✘ It fails", None: "? It stays undecided"}


def rows_of(table: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


PAGES = {row["claim"]: row["page"] for row in rows_of("claims")}
CLAIMS = sorted({row["claim"] for row in rows_of("reading_parts")})


@pytest.fixture(scope="module")
def records(site: Path) -> dict[str, dict[str, Any]]:
    listed = json.loads((site / "verdicts.json").read_text(encoding="utf-8"))
    return {record["claim"]: record for record in listed}


def parts_of(claim: str) -> list[dict[str, str]]:
    return [row for row in rows_of("reading_parts") if row["claim"] == claim]


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_combination_is_in_the_record(records: dict[str, dict[str, Any]], claim: str) -> None:
    record = records[claim]
    for part in parts_of(claim):
        readings = [r["choices"] for r in record["readings"] if r["part"] == part["words"]]
        left_out = [r["choices"] for r in record["left_out"] if r["part"] == part["words"]]
        every = [tuple(sorted(choices.items())) for choices in readings + left_out]
        options: dict[str, set[str]] = {}
        for row in rows_of("reading_choices"):
            if (row["claim"], row["part"]) == (claim, part["part"]):
                options.setdefault(row["choice"], set()).add(row["option"])
        for choice, names in options.items():
            if names == {EVERY}:  # the rows of a table: as many as the record names
                options[choice] = {choices[choice] for choices in readings + left_out}
        assert len(every) == len(set(every)) == math.prod(len(names) for names in options.values())
        assert all(choices.keys() == options.keys() for choices in readings + left_out)


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_page_counts_what_the_record_holds(site: Path, records: dict[str, dict[str, Any]], claim: str) -> None:
    article = BeautifulSoup((site / PAGES[claim]).read_text(encoding="utf-8"), "lxml").find("article")
    assert article is not None
    text = " ".join(article.get_text(" ").split())
    for part in parts_of(claim):
        readings = [r for r in records[claim]["readings"] if r["part"] == part["words"]]
        held = sum(r["holds"] is True for r in readings)
        assert text.count(f"“{part['words']}” holds under {held} of {len(readings)} readings") >= 2, part


def open_page(browser: Browser, site: Path, claim: str, width: int, **options: Any) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 740}, **options)
    page = context.new_page()
    page.goto(site.joinpath(PAGES[claim]).as_uri())
    return page


def island(page: Page) -> dict[str, Any]:
    text = page.locator('.choose-reading script[type="application/json"]').text_content()
    data: dict[str, Any] = json.loads(text or "")
    for part in data["parts"]:
        for choice in part["choices"]:
            choice["options"] = [data["texts"][name] for name, _ in choice["options"]]
        each = list(itertools.product(*(range(len(choice["options"])) for choice in part["choices"])))
        part["readings"] = [each[place] for place in part["places"]]
    return data


def choose(page: Page, data: dict[str, Any], part: dict[str, Any], options: Sequence[int]) -> None:
    """Set all choices of a part; twice, as a choice may move another to where something is computed."""
    for _ in range(2):
        for choice, option in zip(part["choices"], options, strict=True):
            page.locator(f"#{data['claim'].lower()}-{part['name']}-{choice['name']}").select_option(index=option)


def recorded(record: dict[str, Any], part: dict[str, Any], options: Sequence[int]) -> dict[str, Any]:
    names = {c["name"]: c["options"][o] for c, o in zip(part["choices"], options, strict=True)}
    [found] = [r for r in record["readings"] if r["part"] == part["words"] and r["choices"] == names]
    return dict(found)


def shown_verdict(record: dict[str, Any], part: dict[str, Any], holds: bool | None) -> str:
    """What the verdict rule says when one part is read so and all others as on the page."""
    if part["proposition"] is None:
        return str(decide([Proposition("", "core", holds, "", (), ())]))
    propositions = [Proposition(p["text"], p["role"], p["holds"], "", (), ()) for p in record["propositions"]]
    at = part["proposition"]
    propositions[at] = Proposition("", propositions[at].role, holds, "", (), ())
    return str(decide(propositions))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("claim", CLAIMS)
def test_each_choice_shows_the_value_the_outcome_and_the_verdict_of_the_record(
    site: Path, browser: Browser, records: dict[str, dict[str, Any]], claim: str, width: int
) -> None:
    page = open_page(browser, site, claim, width)
    data, pick = island(page), random.Random(f"{claim} {width}")
    for place, part in enumerate(data["parts"]):
        box = page.locator(".choose-reading fieldset").nth(place)
        each = [
            next(r for r in part["readings"] if r[at] == o)
            for at in range(len(part["choices"]))
            for o in sorted({r[at] for r in part["readings"]})
        ]
        for options in pick.sample(each, min(SAMPLES[width], len(each))):
            page.reload()
            choose(page, data, part, options)
            reading = recorded(records[claim], part, options)
            outcome = box.locator(".outcome").inner_text()
            assert SIGNS[reading["holds"]] in outcome
            if reading["value"] is not None:
                assert said(reading["value"]) in outcome
            assert reading["definition"] in outcome
            verdict = page.locator(".choose-reading .chosen-verdict").all_inner_texts()
            assert any(shown_verdict(records[claim], part, reading["holds"]) in text for text in verdict)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_address_keeps_the_choice(site: Path, browser: Browser, width: int) -> None:
    page = open_page(browser, site, "C06", width)
    data = island(page)
    part = data["parts"][0]
    options = part["readings"][-1]
    choose(page, data, part, options)
    shown = page.locator(".choose-reading").inner_text()
    address = page.url
    assert "#reading:" in address
    page.goto("about:blank")
    page.goto(address)
    assert page.locator(".choose-reading").inner_text() == shown
    page.context.close()


def test_a_combination_that_is_left_out_says_why_and_moves_to_the_nearest(site: Path, browser: Browser) -> None:
    page = open_page(browser, site, "C06", 1280)
    box = page.locator(".choose-reading fieldset").first
    page.locator("#c06-no-longer-leads-measure").select_option(label="days in space")
    assert "Flights of people are counted on one basis only." in box.inner_text()
    assert page.locator("#c06-no-longer-leads-basis").evaluate("e => e.selectedOptions[0].text") == "as in the table"
    page.locator("#c06-no-longer-leads-measure").select_option(label="firsts")
    assert "Not computed. The lists of firsts end with the Soviet Union." in box.inner_text()
    page.context.close()


def test_the_figures_behind_a_reading_are_shown(site: Path, browser: Browser) -> None:
    page = open_page(browser, site, "C06", 1280)
    box = page.locator(".choose-reading fieldset").first
    box.locator("summary").click()
    years = box.locator("table.working tbody tr").all_inner_texts()
    counted = [
        r
        for r in rows_of("launches")
        if r["basis"] == "hardware" and r["year"] == "2000" and r["state"] == "USSR/Russia"
    ]
    [row] = [text.split("\t") for text in years if text.startswith("2000")]
    assert row[1] == counted[0]["attempts"]
    page.context.close()


def test_the_form_works_by_keyboard_alone(site: Path, browser: Browser) -> None:
    page = open_page(browser, site, "C06", 1280)
    before = page.locator(".choose-reading .outcome").first.inner_text()
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "c06-no-longer-leads-measure":
            break
    else:
        pytest.fail("the keyboard does not reach the form")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.locator(".choose-reading .outcome").first.inner_text() != before
    assert page.evaluate("document.activeElement.id") == "c06-no-longer-leads-basis"
    page.context.close()


@pytest.mark.parametrize("claim", CLAIMS)
def test_without_scripts_the_tables_of_all_readings_are_a_link_away(
    site: Path, browser: Browser, records: dict[str, dict[str, Any]], claim: str
) -> None:
    page = open_page(browser, site, claim, 360, java_script_enabled=False)
    assert not page.locator(".choose-reading").is_visible()
    assert "The tables of all readings do not" in page.locator("noscript p").inner_text()
    assert page.locator("noscript p").is_visible()
    page.context.close()
    here = soup_of(site, PAGES[claim])
    elsewhere = soup_of(site, "book/readings.html")
    links = [str(link["href"]).partition("#") for link in here.select("article a[href*='#readings-']")]
    assert {address for address, _, _ in links} <= {"../readings.html"}
    tables = [
        *here.select("details table.sortable.filterable"),
        *(elsewhere.select(f"#{anchor}")[0] for _, _, anchor in links),
    ]
    assert len(tables) == len(parts_of(claim))
    listed = [row.select("td")[-1].get_text() for table in tables for row in table.select("tbody tr")]
    told = {True: "✔ holds", False: "✘ fails", None: "? undecided"}
    assert sorted(listed) == sorted(told[reading["holds"]] for reading in records[claim]["readings"])


def test_a_table_of_all_readings_opens_where_a_claim_leads_to_it(site: Path, browser: Browser) -> None:
    page = open_page(browser, site, "C07", 360)
    page.locator("a[href$='#readings-c07-lost-ground']").click()
    page.wait_for_url("**/readings.html#readings-c07-lost-ground")
    page.locator("#readings-c07-lost-ground table").wait_for(state="visible")
    assert not page.locator("#readings-c06-since-the-1990s table").is_visible()
    page.context.close()


def test_a_folded_table_can_be_sorted_filtered_and_reached_by_keyboard_once_it_is_open(
    site: Path, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(site.joinpath("book/readings.html").as_uri())
    fold = page.locator("#readings-c07-led-for-decades")
    assert fold.locator(".sort, .table-filter, [tabindex]").count() == 0
    fold.locator("summary").click()
    fold.locator(".table-filter").fill("person_days")
    assert fold.locator("tbody tr:visible").count() == 0
    fold.locator(".table-filter").fill("days in space")
    shown = fold.locator("tbody tr:visible").count()
    assert 0 < shown < fold.locator("tbody tr").count()
    assert fold.locator(".table-count").inner_text().startswith(f"{shown} of ")
    value = fold.locator("th", has_text="Value")
    value.locator(".sort").click()
    assert value.get_attribute("aria-sort") == "ascending"
    fold.locator("[tabindex='0'][role=group]").wait_for()
    fold.locator("summary").click()
    fold.locator("summary").click()
    assert fold.locator(".table-filter").count() == 1
    page.close()


def soup_of(site: Path, page: str) -> BeautifulSoup:
    return BeautifulSoup((site / page).read_text(encoding="utf-8"), "lxml")


def test_the_script_is_small() -> None:
    assert (ROOT / "lostlead" / "theme" / "static" / "readings.js").stat().st_size < 20_000
