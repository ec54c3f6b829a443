"""What an author, or somebody who sends a correction, writes in the data is shown as text and never acts."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from matplotlib.figure import Figure
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser
from pypdf import PdfReader

from lostlead import figures
from lostlead.build import build_book
from lostlead.build.bench_pages import served
from lostlead.build.ebook import write_epub
from lostlead.build.paper import write_pdf
from lostlead.build.site import check_site
from lostlead.charts.style import Chart
from lostlead.evidence import escape
from lostlead.exports import script
from lostlead.pages import _option
from lostlead.sources import read_sources
from lostlead.tables import DataError
from lostlead.verdicts import plain

from .tiny import make_tiny

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SECRET = "kept outside of the book"
# Each is what some reader of the data would act upon: a browser, MyST, Sphinx, YAML, a template engine, BibTeX.
PAYLOADS = (
    "<script>window.hacked=1</script>",
    '<img src=x onerror="window.hacked=1">',
    "</script><script>window.hacked=1</script>",
    "\"'><svg onload=window.hacked=1>",
    "<!-- comment",
    "[click](javascript:window.hacked=1)",
    "<javascript:window.hacked=1>",
    "![picture](http://elsewhere.example/p.png)",
    "http://elsewhere.example/plain www.elsewhere.example",
    "```{include} ../../secret.txt",
    "{include}`../../secret.txt`",
    "{download}`file <../../secret.txt>`",
    "{raw:html}`<b>raw</b>`",
    ":::{raw} html",
    "{ref}`verdict-rule` {cite}`example2007`",
    '*word*{onclick="window.hacked=1"} [word]{.answer}',
    "(label)=",
    "% comment",
    "{{ author }} {% raw %}",
    "$x^2$ \\alpha \\",
    "&lt;b&gt; &amp; &#60;",
    "| cell | cell |",
    "**bold** _slanted_ ~~gone~~ `code` ``",
    "[^1] [@x] # heading",
    "> quoted",
    "1. first",
    "* star",
    "~~~ fence",
    "שלום مرحبا e\u0301 ñ 火星",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book in which every text of tables, bibliography and descriptor has all payloads, another one first."""
    number = count()

    def words(text: str) -> str:
        return " ".join([PAYLOADS[next(number) % len(PAYLOADS)], text, *PAYLOADS])

    home = tmp_path_factory.mktemp("hostile") / "lost lead"
    (home.parent / "secret.txt").write_text(SECRET, encoding="utf-8")
    build_book(make_tiny(home, words), lambda line: None)
    return home


def pages(home: Path) -> list[Path]:
    return sorted((home / "_build" / "html").rglob("*.html"))


def letters(text: str) -> str:
    """Return a text without blanks, and with the quotation marks and dashes that the renderer makes nicer as typed."""
    for nice, typed in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("—", "---"), ("–", "--"), ("…", "...")):
        text = text.replace(nice, typed)
    return re.sub(r"\s", "", text)


def texts(home: Path) -> Iterator[tuple[str, str]]:
    """Return every text of the data that a page shows, with its place."""
    for name in ("claims", "facts", "verdicts"):
        with (home / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                yield from ((f"{name}.{column}", cell) for column, cell in row.items() if column != "period")
    [source] = read_sources(home).values()
    for field in ("title", "title_en", "publisher", "access", "note"):
        yield f"bibliography.{field}", getattr(source, field)
    for entry in json.loads((home / "data" / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        for key in ("title", "description", "x-missing", "x-row"):
            yield f"descriptor.{entry['name']}.{key}", entry[key]


def test_every_text_is_shown_as_it_is_written(hostile: Path) -> None:
    shown = "".join(
        letters(BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").get_text()) for page in pages(hostile)
    )
    told = [(place, text) for place, text in texts(hostile) if len(text) > 500]
    assert len(told) >= 30
    missing = [place for place, text in told if letters(text).rstrip(".") not in shown]
    assert missing == []


def test_no_text_becomes_markup_or_link(hostile: Path) -> None:
    assert check_site(hostile / "_build" / "html") == []
    for page in pages(hostile):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
        assert not soup.select("article :is(script, svg, iframe, object, embed, math, s, h1 + h1)"), page.name
        for tag in soup.select("[src], [href]"):
            assert "elsewhere.example" not in str(tag.get("src")) + str(tag.get("href")), page.name
        assert not [tag for tag in soup.find_all("b") if tag.get_text() == "raw"]


def test_no_file_from_outside_is_taken_in(hostile: Path) -> None:
    leaks = [path for path in hostile.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert leaks == []


def test_records_reviews_and_citations_can_still_be_read(hostile: Path) -> None:
    site = hostile / "_build" / "html"
    claim = next(text for place, text in texts(hostile) if place == "claims.restated_en")
    finding = next(text for place, text in texts(hostile) if place == "verdicts.finding_en")
    [record] = json.loads((site / "verdicts.json").read_text(encoding="utf-8"))
    assert record["finding_en"] == finding
    for payload in PAYLOADS:
        assert payload in finding
    soup = BeautifulSoup((site / "book/claims/c01-first-satellite.html").read_text(encoding="utf-8"), "lxml")
    [review] = [json.loads(tag.get_text()) for tag in soup.select('script[type="application/ld+json"]')]
    assert review["claimReviewed"] == claim


def test_paper_and_e_readers_show_it_as_text_too(hostile: Path, tmp_path: Path) -> None:
    site, shown = hostile / "_build" / "html", ""
    write_epub(hostile, site, tmp_path / "book.epub")
    with zipfile.ZipFile(tmp_path / "book.epub") as archive:
        for name in [name for name in archive.namelist() if name.endswith(".xhtml")]:
            page = etree.fromstring(archive.read(name))
            assert not page.xpath("//*[local-name()='script' or local-name()='svg' or @onclick or @onload or @onerror]")
            assert all("elsewhere.example" not in address for address in page.xpath("//@src | //@href"))
            shown += letters("".join(page.itertext()))
    missing = [place for place, text in texts(hostile) if len(text) > 500 and letters(text).rstrip(".") not in shown]
    assert missing == []
    write_pdf(hostile, site, tmp_path / "book.pdf")
    printed = letters("".join(page.extract_text() for page in PdfReader(tmp_path / "book.pdf").pages))
    assert [payload for payload in PAYLOADS if payload.isascii() and letters(payload) not in printed] == []


@pytest.mark.parametrize("from_disk", [True, False])
def test_nothing_runs_even_without_the_policy(hostile: Path, browser: Browser, from_disk: bool) -> None:
    site = hostile / "_build" / "html"
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with served(site) as root:
        base = site.as_uri() if from_disk else root
        for path in pages(hostile):
            page.goto(f"{base}/{path.relative_to(site).as_posix()}")
            page.wait_for_load_state("networkidle")
            assert page.evaluate("window.hacked") is None, path.name
    assert [url for url in asked if not url.startswith(base)] == []
    context.close()


@pytest.mark.parametrize("from_disk", [True, False])
def test_the_policy_stops_what_would_get_in(hostile: Path, browser: Browser, from_disk: bool) -> None:
    site = hostile / "_build" / "html"
    page = browser.new_page()
    with served(site) as root:
        page.goto((site / "book/data.html").as_uri() if from_disk else f"{root}/book/data.html")
        page.evaluate(
            """async () => {
              const got_in = document.createElement("div");
              got_in.innerHTML = '<img src="x" onerror="window.hacked = 1"><i style="color: rgb(1, 2, 3)">x</i>';
              const script = document.createElement("script");
              script.textContent = "window.hacked = 1";
              const foreign = document.createElement("script");
              foreign.src = "data:text/javascript,window.hacked=1";
              document.body.append(got_in, script, foreign);
              await new Promise((done) => setTimeout(done, 300));
            }"""
        )
        assert page.evaluate("window.hacked") is None
        assert page.evaluate("getComputedStyle(document.querySelector('i[style]')).color") != "rgb(1, 2, 3)"
        assert page.evaluate("Boolean(window.lostlead)"), "the page's own scripts run"
    page.close()


MYST = MdParserConfig(enable_extensions={"colon_fence", "deflist", "attrs_inline"})
PARSER = create_md_parser(MYST, DocutilsRenderer)
SIGNS = st.sampled_from([*"\\`*_{}[]()<>#|$~^&%:-+=.!\"'@/0123456789 \nabcéש\u0301"])
TEXT = st.one_of(
    st.text(SIGNS, max_size=40), st.text(max_size=20), st.lists(st.sampled_from(PAYLOADS), max_size=3).map(" ".join)
)
PLACES = {"alone": "{}", "in a list": "- {}", "in bold": "**{}** and more", "linked": "[{}](#place)", "last": "x {}"}


@pytest.mark.parametrize("place", PLACES)
@given(text=TEXT.filter(str.strip))
@settings(max_examples=150, deadline=None)
def test_escaped_text_is_read_as_it_is_written(place: str, text: str) -> None:
    wanted = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", f"{text}x").split())
    tokens = PARSER.parse(PLACES[place].format(escape(wanted)))
    inner = [child for token in tokens for child in token.children or []]
    known = {"text", "text_special", "link_open", "link_close", "strong_open", "strong_close"}
    assert {child.type for child in inner} <= known
    assert {token.type for token in tokens} <= {
        "paragraph_open", "inline", "paragraph_close", "bullet_list_open", "list_item_open", "list_item_close",
        "bullet_list_close",
    }  # fmt: skip
    shown = "".join(child.content for child in inner)
    assert shown == {"in bold": f"{wanted} and more", "last": f"x {wanted}"}.get(place, wanted)


@given(text=TEXT)
@settings(max_examples=150, deadline=None)
def test_escaped_text_in_a_finding_is_plain_again_in_the_record(text: str) -> None:
    wanted = " ".join(text.split())
    assert plain(f"It is [{escape('x' + wanted)}](#fact-x).") == f"It is x{wanted}."


@given(text=TEXT.filter(str.strip))
@settings(max_examples=100, deadline=None)
def test_the_words_for_a_picture_are_one_option(text: str) -> None:
    from myst_parser.parsers.options import options_to_items

    wanted = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", " ", text).split())
    items, state = options_to_items(f"alt: {_option(wanted)}")
    assert (items, state.has_comments) == ([("alt", wanted)], False)


@given(text=TEXT)
@settings(max_examples=100, deadline=None)
def test_json_cannot_close_the_script_it_stands_in(text: str) -> None:
    element = script({"name": text})
    assert element.count("<") == 2
    body = element.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert json.loads(body) == {"name": text}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1 of them", "@SUM(A1)", "two\nlines", "a\u202eb"])
@pytest.mark.parametrize("where", ["cell", "head"])
def test_the_data_of_a_figure_are_safe_in_a_spreadsheet(tmp_path: Path, cell: str, where: str) -> None:
    data = pd.DataFrame({"name": [cell]} if where == "cell" else {cell: [1]})
    chart = Chart(
        "trial", Figure(), data, "Trial", "Trial.", "A chart that is only made to be refused. " * 3, "", "", ()
    )
    with pytest.raises(ValueError, match=r"figure 'trial', its data: "):
        figures.save(chart, tmp_path)
    assert not (tmp_path / "figures").exists()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("https://example.org/satellites", "javascript:alert(1)", "the address is not http or https"),
        ("https://example.org/satellites", "file:///etc/hostname", "the address is not http or https"),
        ("made up", "made\u202eup", r"cannot be seen \(U\+202E\)"),
        ("made up", "made\x00up", r"cannot be seen \(U\+0000\)"),
        ("example2007,", "example<b>2007,", "a key has only"),
    ],
)
def test_what_no_page_could_show_safely_is_refused_in_the_bibliography(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    path = make_tiny(tmp_path / "tiny") / "book" / "references.bib"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=rf"^book/references\.bib.*{problem}"):
        read_sources(tmp_path / "tiny")
