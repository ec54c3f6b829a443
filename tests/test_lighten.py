"""What is taken out of a page or picture only weighs; what is put in helps readers."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops

from lostlead.build.lighten import LONG_CODE, MOST_BYTES, lighten_code, lighten_page
from lostlead.build.pictures import lighten_picture

from .conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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
        ('<a href="https://a.example/?x=1&amp;amp;y=2">x</a>', '<a href="https://a.example/?x=1&amp;y=2">x</a>'),
        ("<dl><dt><strong>A term</strong></dt><dd>x</dd></dl>", "<dl><dt>A term<dd>x</dd></dl>"),
        ("<dl><dt><strong>A</strong> term</dt><dd>x</dd></dl>", "<dl><dt><strong>A</strong> term<dd>x</dd></dl>"),
        (
            '<div class="highlight"><pre><span class="kn">from</span> <span class="nn">a</span> = <span class="sa">f</span>'
            '<span class="s2">"b</span><span class="si">{</span>c<span class="si">}</span><span class="s2">"</span>'
            '<span class="c1"># d</span></pre></div>',
            '<div class="highlight"><pre><b>from</b> <b>a</b> = <u>f"b</u><var>{</var>c<var>}</var><u>"</u>'
            "<i># d</i></pre></div>",
        ),
        (
            "<table><tbody>\n<tr><td>a</td>\n<td><p>b</p></td>\n</tr>\n<tr><td>c</td>\n<td>d</td>\n</tr>\n</tbody></table>",
            "<table><tbody>\n<tr><td>a<td>b<tr><td>c<td>d</tbody></table>",
        ),
        (
            '<table class="labelled"><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>a</td><td>b</td></tr></tbody>'
            "</table>",
            '<table class="labelled"><thead><tr><th>A<th>B</thead><tbody><tr><td>a<td data-label="B">b</tbody></table>',
        ),
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
        ' <g id="patch_1">\n  <g style="fill: #fff" transform="translate(1.23456 0) scale(0.135 -0.135)">\n   <defs>\n'
        '   <path id="Font-41" d="M 640 64\nL 640 128\nQ 960 128 960 448\nQ 960 768 1280 768\nz\n"'
        ' transform="scale(0.015625)"/>\n'
        '   <path id="Font-20" transform="scale(0.015625)"/>\n   </defs>\n   <use xlink:href="#Font-41"/>\n'
        '   <use xlink:href="#Font-20" transform="translate(10 0)"/>\n'
        '   <use xlink:href="#Font-41" transform="translate(10.123456 0)"/>\n  </g>\n  <g id="xtick"/>\n </g>\n</svg>'
    )
    assert lighten_picture(svg) == (
        '<svg><title>T: a b</title><defs><path id="a" d="m100 10v10q50 0 50 50t50 50z"/></defs>'
        '<g style="fill:#fff" transform="translate(1.2 0) scale(.0135-.0135)"><use href="#a"/>'
        '<use href="#a" x="101"/></g></svg>'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "M 1.26 2\nL 3 4.5\nL 3 8\nL 9 8\nL 10 10.04\nz\nM 10 10\nL 0.5 -1\n",
            "m1.3 2 1.7 2.5v3.5h6l1 2zm8.7 8-9.5-11",
        ),
        ("M 0 0 L 0.4 0.5 L 0.6 1.4", "m0 0 .4.5 .2.9"),
        ("M 1 2 A 1 1 0 0 1 2 2", "M 1 2 A 1 1 0 0 1 2 2"),
    ],
)
def test_a_path_goes_the_same_way_in_fewer_words(before: str, after: str) -> None:
    assert lighten_picture(f'<path d="{before}"/>') == f'<path d="{after}"/>'


def test_marks_and_lines_say_their_style_once() -> None:
    mark = '<use xlink:href="#m1" x="{}" y="2" style="fill: #111; stroke: #222"/>'
    line = '<path clip-path="url(#p1)" style="stroke: #333" d=""/>'
    svg = (
        '<svg><defs><style type="text/css">*{x: y}</style></defs><defs><path id="m1" d="M 0 1" style="stroke: #999"/></defs>'
        f'<g clip-path="url(#p1)">{mark.format("1.04")}</g><g clip-path="url(#p1)">{mark.format("3")}</g>{line}{line}'
        '<defs><clipPath id="p1"><rect x="1.26" y="2"/></clipPath></defs></svg>'
    )
    assert lighten_picture(svg) == (
        "<svg><defs><style>*{x:y}.a{clip-path:url(#a)}.b{stroke:#333;clip-path:url(#a)}</style>"
        '<path id="b" d="m0 1" style="fill:#111;stroke:#999"/><clipPath id="a"><rect x="1.3" y="2"/></clipPath></defs>'
        '<g class="a"><use href="#b" x="1" y="2"/><use href="#b" x="3" y="2"/></g>'
        '<path class="b" d=""/><path class="b" d=""/></svg>'
    )


def test_marks_of_a_kind_in_a_row_are_one_path() -> None:
    uses = "".join(f'<use xlink:href="#m1" x="{x}" y="{y}"/>' for x, y in ((1, 2), (3, 2), (4, 5), (4, 7)))
    defined = '<path id="m1" d="M 0 1" style="fill: #111"/>'
    assert lighten_picture(f"<svg><defs>{defined}</defs><g>{uses}</g></svg>") == (
        '<svg><defs><path id="a" d="m0 1" style="fill:#111"/><marker id="am" markerUnits="userSpaceOnUse" overflow="visible">'
        '<use href="#a"/></marker></defs><path d="m1 2h2l1 3v2" style="fill:none;marker:url(#am)"/></svg>'
    )


def test_a_word_that_is_written_twice_is_defined_once() -> None:
    def letters(text: str, start: int) -> str:
        return "".join(
            f'<use xlink:href="#{letter}" transform="translate({(start + at) * 10} 0)"/>' if letter != " " else
            f'<use xlink:href="#blank" transform="translate({(start + at) * 10} 0)"/>'
            for at, letter in enumerate(text)
        )  # fmt: skip

    glyphs = "".join(f'<path id="{name}" d="M 0 0" transform="scale(0.015625)"/>' for name in "of")
    glyphs += '<path id="blank" transform="scale(0.015625)"/>'
    done = lighten_picture(f'<svg><defs>{glyphs}</defs><g class="t">{letters("of f", 0)}{letters(" of", 4)}</g></svg>')
    assert done == (
        '<svg><defs><path id="c" d="m0 0"/><path id="a" d="m0 0"/><g id="b"><use href="#c"/><use href="#a" x="100"/></g></defs>'
        '<g class="t"><use href="#b"/><use href="#a" x="300"/><use href="#b" x="500"/></g></svg>'
    )


def test_code_keeps_what_it_does_and_loses_what_only_authors_read() -> None:
    assert lighten_code("// why\n(() => {\n\n  // how\n  say('// this'); // that\n})();\n") == (
        "(() => {\nsay('// this'); // that\n})();\n"
    )
    assert lighten_code("/* one\n   two */\na { b: c }\n  /* d */\n") == "a { b: c }\n"


@pytest.mark.parametrize("name", ["launch-attempts-by-state", "c07-lost-ground-readings", "c18-other-pay-readings"])
def test_a_lighter_figure_looks_the_same(browser: Browser, name: str) -> None:
    """No more than a few points of the picture, at the edges of lines, differ by more than a shade."""
    before = (ROOT / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    page = browser.new_page(viewport={"width": 420, "height": 400}, device_scale_factor=2)
    looks = []
    for svg in (before, lighten_picture(before)):
        page.set_content(f"<body style='margin:0'>{svg[svg.index('<svg') :]}")
        looks.append(Image.open(BytesIO(page.locator("svg").screenshot())).convert("L"))
    page.close()
    shades = ImageChops.difference(*looks).histogram()
    assert sum(shades[96:]) <= 20
    assert sum(shades[48:]) <= 0.002 * sum(shades)


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
