"""Every page can be read and used by everybody: WCAG 2.2 AA by axe, and by hand where axe cannot see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import pages_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Whole pages at two looks; at the other two, what differs: colours, and the sizes of what is pressed.
FULL = [(360, "light"), (1280, "dark")]
COLOURS = [(360, "dark"), (1280, "light")]
# Entries of a long list, and rows of a long table, are all made the same way: so many of each are enough.
ENTRIES = 40


def faults(page: Page, rules: dict[str, Any]) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]} | rules).response["violations"]
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]


def look_at(browser: Browser, site: Path, width: int, mode: Any, rules: dict[str, Any]) -> list[str]:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=mode)
    page = context.new_page()
    told = []
    for path in pages_of(site):
        page.goto(path.as_uri() + ("?q=Leonov" if path.name == "search.html" else ""))
        page.wait_for_selector("body")
        page.evaluate(
            """(n) => {
              for (const entry of [...document.querySelectorAll('article dl')].slice(n)) entry.remove();
              const bodies = document.querySelectorAll('article tbody');
              for (const body of bodies) for (const row of [...body.rows].slice(n)) row.remove();
            }""",
            ENTRIES,
        )
        told += [f"{path.relative_to(site).as_posix()} at {width} px, {mode}: {fault}" for fault in faults(page, rules)]
    context.close()
    return told


@pytest.mark.parametrize(("width", "mode"), FULL)
def test_every_page_meets_the_standard(site: Path, browser: Browser, width: int, mode: str) -> None:
    assert look_at(browser, site, width, mode, {"runOnly": LEVELS}) == []


@pytest.mark.parametrize(("width", "mode"), COLOURS)
def test_every_page_has_contrast_and_room_to_press(site: Path, browser: Browser, width: int, mode: str) -> None:
    rules = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "link-in-text-block"]}}
    assert look_at(browser, site, width, mode, rules) == []


def test_what_axe_finds_is_told(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><p style="color:#ccc">pale</p></main></html>')
    assert any("color-contrast" in fault for fault in faults(page, {"runOnly": LEVELS}))
    page.close()


def test_cyrillic_text_is_marked_as_russian(site: Path) -> None:
    for path in pages_of(site):
        text = path.read_text(encoding="utf-8")
        article = text[text.find("<article") : text.find("</article>")]
        unmarked = re.sub(r"<pre\b.*?</pre>|<span lang=\"ru\">[^<]*</span>|<[^>]*>", " ", article, flags=re.DOTALL)
        assert not re.findall(r"\S*[\u0400-\u04ff]\S*", unmarked), path.name


def test_filipino_text_is_marked_as_filipino(site: Path) -> None:
    for path in sorted((site / "book" / "claims").glob("*.html")):
        assert path.read_text(encoding="utf-8").count('lang="fil"') >= 2, path.name


@pytest.fixture
def claim(site: Path, browser: Browser) -> Any:
    """A claim page with a long table and folded code, on a phone."""
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto((site / "book" / "claims" / "c06-gradual-loss-of-leadership.html").as_uri())
    yield page
    page.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_the_first_stop_of_the_keyboard_skips_to_the_text(claim: Page) -> None:
    claim.keyboard.press("Tab")
    assert focused(claim) == "Skip to the text"
    assert claim.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    claim.keyboard.press("Enter")
    assert claim.evaluate("document.activeElement.id") == "main-content"


def test_every_stop_of_the_keyboard_can_be_seen(claim: Page) -> None:
    stops = 0
    for _ in range(400):
        claim.keyboard.press("Tab")
        seen = claim.evaluate(
            """() => {
              const one = document.activeElement;
              if (one === document.body) return null;
              const box = one.getBoundingClientRect(), style = getComputedStyle(one);
              return [one.outerHTML.slice(0, 120), box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
                      style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
            }"""
        )
        if seen is None:
            break
        stops += 1
        assert seen[1], f"out of sight: {seen[0]}"
        assert seen[2], f"no ring: {seen[0]}"
    assert stops > 20


def test_the_contents_open_and_close_by_keyboard(claim: Page) -> None:
    claim.locator(".menu").focus()
    claim.keyboard.press("Space")
    assert claim.locator("#contents").is_visible()
    assert focused(claim) == "Close"
    for _ in range(60):
        claim.keyboard.press("Tab")
        assert claim.evaluate(
            "document.activeElement === document.body || document.getElementById('contents').contains(document.activeElement)"
        )
    claim.keyboard.press("Escape")
    assert not claim.locator("#contents").is_visible()
    assert focused(claim) == "Contents"


def test_code_folds_out_and_its_box_is_reached_by_keyboard(claim: Page) -> None:
    fold = claim.locator("details.code summary").first
    fold.focus()
    claim.keyboard.press("Enter")
    code = claim.locator("details.code pre").first
    code.wait_for(state="visible")
    claim.wait_for_function("document.querySelector('details.code pre').tabIndex === 0")
    assert code.get_attribute("aria-label")


def test_without_scripts_the_contents_and_the_text_are_there(site: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto((site / "book" / "claims" / "c06-gradual-loss-of-leadership.html").as_uri())
    assert not page.locator("button.mode").is_visible()
    page.get_by_role("link", name="Contents", exact=True).click()
    page.locator("#contents").get_by_role("link", name="Sources", exact=True).click()
    page.wait_for_url("**/sources.html")
    context.close()
