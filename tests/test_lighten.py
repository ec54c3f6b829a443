"""What is taken out of a page or picture only weighs; what is put in helps readers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lostlead.build.lighten import LONG_CODE, MOST_BYTES, lighten_page, lighten_picture


def light(inside: str, folder: Path = Path()) -> str:
    text = lighten_page(f"<!DOCTYPE html>\n<html><body><article>{inside}</article></body></html>", folder)
    return text.partition("<article>")[2].partition("</article>")[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<a class="reference internal" href="x.html"><span class="std std-ref">2025</span></a>',
            '<a href="x.html">2025</a>',
        ),
        (
            '<code class="docutils literal"><span class="pre">a</span> <span class="pre">b</span></code>',
            "<code>a b</code>",
        ),
        ("<ul><li><p>one <b>two</b> three</p></li></ul>", "<ul><li>one <b>two</b> three</li></ul>"),
        ("<ul><li><p>one</p><p>two</p></li></ul>", "<ul><li><p>one</p><p>two</p></li></ul>"),
        ('<p style="color: red" class="nobody-names-this">x</p>', "<p>x</p>"),
        ("<p>x</p><script>kernelName = 'python3'</script>", "<p>x</p>"),
        ('<script type="application/json">{"a": 1}</script>', '<script type="application/json">{"a": 1}</script>'),
        ('<p class="lang-fil">Tama</p>', '<p lang="fil">Tama</p>'),
        ('<span id="fact-a"></span><p>x</p>', '<span id="fact-a"></span><p>x</p>'),
        ('<div class="verdict admonition">x</div>', '<div class="verdict admonition">x</div>'),
        ("<p>no Cyrillic <b>here</b> at all</p>", "<p>no Cyrillic <b>here</b> at all</p>"),
        ("<p>Мир</p>", '<p><span lang="ru">Мир</span></p>'),
        (
            "<p>A (Первый канал, Мир) b <b>c</b> г d</p>",
            '<p>A (<span lang="ru">Первый канал, Мир</span>) b <b>c</b> <span lang="ru">г</span> d</p>',
        ),
        ('<p lang="ru">Мир</p>', '<p lang="ru">Мир</p>'),
        ("<pre>Мир</pre>", "<pre>Мир</pre>"),
        (
            '<details class="sd-dropdown"><summary><span class="sd-summary-text">APA</span>'
            '<span class="sd-summary-state-marker"><svg></svg></span></summary>x</details>',
            "<details><summary>APA</summary>x</details>",
        ),
        (
            '<details class="hide above-input"><summary aria-label="x"><p class="collapsed">Show code cell content</p>'
            '<p class="expanded">Hide code cell content</p></summary>x</details>',
            '<details class="code"><summary>Show the code</summary>x</details>',
        ),
        (
            '<details class="hide above-input"><summary><p class="collapsed">Show the worked answer</p>'
            '<p class="expanded">Hide it</p></summary>x</details>',
            '<details class="code"><summary>Show the worked answer</summary>x</details>',
        ),
    ],
)
def test_a_piece_of_a_page_becomes_lighter(before: str, after: str) -> None:
    assert light(before) == after


@pytest.mark.parametrize(("lines", "folded"), [(LONG_CODE, False), (LONG_CODE + 1, True)])
def test_long_code_is_folded_and_short_code_is_not(lines: int, folded: bool) -> None:
    code = "\n".join(["x = 1"] * lines)
    done = light(f'<div class="cell_input"><div class="highlight"><pre>{code}</pre></div></div>')
    assert done.startswith("<details") == folded
    assert code in done


def test_a_picture_gets_its_size_and_waits(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text('<svg viewBox="0 0 300 150"></svg>', encoding="utf-8")
    assert light('<img src="a.svg" alt="x">', tmp_path) == (
        '<img src="a.svg" alt="x" loading="lazy" width="400" height="200">'
    )


def test_a_page_without_an_article_is_left_alone() -> None:
    assert lighten_page("<html><body><p style='x'>y</p></body></html>", Path()) == (
        "<html><body><p style='x'>y</p></body></html>"
    )


def test_a_picture_keeps_what_it_draws() -> None:
    svg = (
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink">\n <metadata>m</metadata>\n <!-- A -->\n <title>T: a b</title>\n'
        ' <g id="patch_1">\n  <g style="fill: #fff" transform="translate(1.23456 0) scale(0.135 -0.135)">\n'
        '   <path id="Font-41" d="M 1.23456 2\nL 3 4.5\nQ 3 4.5 2 1\nz\nM 10 10\nL 0.5 -1\n" transform="scale(0.015625)"/>\n'
        '   <use xlink:href="#Font-41" transform="translate(10.123456 0)"/>\n  </g>\n  <g id="xtick"/>\n </g>\n</svg>'
    )
    assert lighten_picture(svg) == (
        '<svg><title>T: a b</title><g style="fill:#fff" transform="translate(1.23456 0) scale(0.135 -0.135)">'
        '<path id="i0" d="m1.23 2l1.77 2.5q0 0-1-3.5zm8.77 8l-9.5-11" transform="scale(0.015625)"/>'
        '<use href="#i0" x="10.12"/></g></svg>'
    )


def test_a_path_of_other_commands_is_left_as_it_is() -> None:
    assert lighten_picture('<path d="M 1 2 A 1 1 0 0 1 2 2"/>') == '<path d="M 1 2 A 1 1 0 0 1 2 2"/>'


@pytest.mark.parametrize(("place", "folded"), [("claims", [2]), ("trends", [])])
def test_a_figure_that_makes_a_claim_page_too_heavy_is_folded(tmp_path: Path, place: str, folded: list[int]) -> None:
    (tmp_path / place).mkdir()
    inside = ""
    for number, weight in enumerate((MOST_BYTES, 0, MOST_BYTES)):
        (tmp_path / place / f"{number}.svg").write_text("x" * (weight // 2), encoding="utf-8")
        inside += f"<div class='cell'><figure><img src='{number}.svg' alt='x'><figcaption><p>Fig. {number} Fewer. Source: x.</p>"
        inside += "</figcaption></figure></div>"
    done = light(inside, tmp_path / place)
    assert re.findall(r"<summary>Fig. (\d) Fewer.</summary>", done) == [str(number) for number in folded]
    assert done.count("<details") == len(folded)


def test_lightening_twice_changes_nothing_more() -> None:
    once = lighten_page(
        '<html><body><article><p class="x">Мир <a title="t" class="headerlink">#</a></p></article></body></html>',
        Path(),
    )
    assert lighten_page(once, Path()) == once
