"""Every page can be read and used by everybody: WCAG 2.2 AA by axe, and by hand where axe cannot see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import pages_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LEVELS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# All that another choice of colours can change; sizes and order stay.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# In this order each step changes one thing of a page that stays open. Whole pages at two looks, colours at the others.
LOOKS: list[tuple[int, Any, dict[str, Any]]] = [
    (360, "light", LEVELS), (360, "dark", COLOURS), (1280, "dark", LEVELS), (1280, "light", COLOURS),
]  # fmt: skip
# Entries of lists, citations, and rows of tables with so many columns, are all made the same way: so many of each are
# enough on a page.
ENTRIES = 12
PREPARE = """(n) => {
  const seen = {};
  for (const one of document.querySelectorAll('article dl, article .citation, article tbody tr')) {
    const kind = `${one.tagName} ${one.className} ${one.closest('table')?.className} ${one.cells?.length}`;
    seen[kind] = (seen[kind] ?? 0) + 1;
    if (seen[kind] > n) one.remove();
  }
  for (const fold of document.querySelectorAll('article details, .on-page')) fold.open = true;
}"""


def load_axe(page: Page) -> None:
    """Bring axe into a page, once for all looks at it; what is folded is opened, for axe passes over what is hidden."""
    from axe_playwright_python.base import AXE_SCRIPT

    page.evaluate(PREPARE, ENTRIES)
    page.evaluate(AXE_SCRIPT)


def faults(page: Page, rules: dict[str, Any]) -> list[str]:
    options = {"resultTypes": ["violations"]} | rules
    found = page.evaluate("(options) => axe.run(options).then((told) => told.violations)", options)
    return [f"{fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"]]


def test_every_page_meets_the_standard(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    told = []
    for path in pages_of(site):
        page.set_viewport_size({"width": LOOKS[0][0], "height": 800})
        page.emulate_media(color_scheme=LOOKS[0][1])
        page.goto(path.as_uri() + ("?q=Leonov" if path.name == "search.html" else ""))
        load_axe(page)
        for width, mode, rules in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=mode)
            told += [f"{path.relative_to(site).as_posix()} at {width} px, {mode}: {one}" for one in faults(page, rules)]
    page.close()
    assert told == []


def test_what_axe_finds_is_told(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><p style="color:#ccc">pale</p></main></html>')
    load_axe(page)
    assert any("color-contrast" in fault for fault in faults(page, LEVELS))
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
