"""What stands in the data is shown as it stands, in the book and in a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lostlead import pages, tables
from lostlead.charts.verdicts import overview
from lostlead.claims import open_claim
from lostlead.figures import read_register
from lostlead.tables import DataError
from lostlead.verdicts import Verdict

from .conftest import ROOT

HOSTILE = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "`{include} ../../../etc/passwd`",
    ":::{include} /etc/passwd",
    "| a | b |",
    "**bold** _it_ $x$ {cite:p}`key` ![img](x)",
    "1. not a list",
    "- not a list",
    "# not a heading",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_ends_as_visible_text(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(pages.escape(text))
    visible = html.strip().removeprefix("<p>").removesuffix("</p>")
    assert "<" not in visible
    assert visible.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&") == text


@given(st.text(max_size=60))
def test_no_text_can_break_out_of_a_table_cell(text: str) -> None:
    lines = pages.table(["a"], [[pages.escape(text)]]).splitlines()
    assert len(lines) == 3
    assert lines[2].replace("\\|", "").count("|") == 2


def test_every_verdict_has_a_sign_and_a_filipino_name() -> None:
    assert set(pages.SIGNS) == set(pages.FILIPINO) == set(Verdict)
    assert len(set(pages.SIGNS.values())) == len(Verdict)


@pytest.mark.parametrize(
    ("value", "kind", "unit", "words"),
    [
        ("1965-03-18", "date", None, "18 March 1965"),
        ("12000", "number", "people", "12,000 people"),
        ("3.6", "number", "percentage points", "3.6 percentage points"),
        ("true", "boolean", None, "yes"),
        ("Soviet Union", "text", None, "Soviet Union"),
    ],
)
def test_a_value_is_said_as_people_say_it(value: str, kind: str, unit: str | None, words: str) -> None:
    assert pages.value_in_words(value, kind, unit) == words


def test_a_notebook_shows_boxes_and_words_instead_of_directives() -> None:
    block = pages.Block(
        ":::{admonition} Verdict\n:class: x\n\nOn [18 March](#fact-a), see [FAI](https://fai.org).\n:::\n"
    )
    html = block._repr_mimebundle_()[0]["text/html"]
    assert ":::" not in html
    assert "<strong>Verdict</strong>" in html
    assert "#fact-a" not in html
    assert 'href="https://fai.org"' in html


def test_a_picture_stays_a_picture_in_a_notebook() -> None:
    html = pages.to_html("![Small picture](../figures/a.svg) of [a figure](#figure-a)")
    assert '<img src="../figures/a.svg" alt="Small picture"' in html
    assert "of a figure" in html


def test_the_gallery_shows_each_figure_of_the_register(data_home: Path) -> None:
    (data_home / "figures").mkdir()
    (data_home / "figures" / "figures.csv").write_text(
        "name,title,alt,credit,tables,takeaway,notebook\n"
        "bars,Bars of launches,Some bars,Source: x,launches,Fewer | fewer <b>.,book/trends/launches.ipynb\n"
        "all,All verdicts,Some tiles,Source: x,claims,Most hold.,book/index.ipynb\n",
        encoding="utf-8",
    )
    shown = pages.gallery(data_home).markdown
    assert shown.index("#figure-all") < shown.index("#figure-bars")
    for part in (
        "![Small picture of the figure: Bars of launches](../figures/bars.svg)",
        "**[Bars of launches](#figure-bars)**",
        r"Fewer \| fewer \<b\>.",
        "{download}`PNG <../figures/bars.png>`",
        "{download}`data (CSV) <../figures/bars.csv>`",
        "{download}`notebook <trends/launches.ipynb>`",
        "{download}`notebook <index.ipynb>`",
    ):
        assert part in shown, part


def test_the_tables_of_readings_say_what_the_charts_of_readings_hold(data_home: Path) -> None:
    (data_home / "figures").mkdir()
    drawn = data_home / "figures" / "c08-single-figures-readings.csv"
    head = "reading,measure,sense,figures,value,low,high,threshold,holds,definition\n"
    drawn.write_text(
        head + "one,thrust,more,preferred,12345.5,12345.5,12345.5,100,yes,Words\n"
        "two,mass | <b>,less,lowest,,,,100,open,Words\nthree,mass,less,lowest,40 to 62,40,62,100,no,Words\n",
        encoding="utf-8",
    )
    shown = pages.all_readings(data_home).markdown
    assert "## C08" in shown
    assert "## C07" not in shown
    assert ":name: readings-c08-single-figures" in shown
    assert "“the best by most measures”: on the page of the claim." in shown
    assert "“the best by one figure”: all 3 readings" in shown
    assert "| thrust | more | preferred | 12,345.5 percent | more than 100 | ✔ holds |" in shown
    assert r"| mass \| \<b\> | less | lowest | not known | more than 100 | ? undecided |" in shown
    assert "| mass | less | lowest | 40 to 62 percent | more than 100 | ✘ fails |" in shown
    drawn.write_text(
        head.replace("sense", "sens") + "one,thrust,more,preferred,1,1,1,100,yes,Words\n", encoding="utf-8"
    )
    with pytest.raises(
        DataError, match=r"figures/c08-single-figures-readings.csv.*sense.*run the notebook of C08 again"
    ):
        pages.all_readings(data_home)


def test_every_figure_and_every_table_can_be_cited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "book" / "claims")
    chart = overview(tables.read("claims", ROOT), tables.read("verdicts", ROOT))
    assert "[Cite this figure](#cite-figure-verdicts-overview)" in pages.figure(chart, "../index.ipynb").markdown
    each = pages.cite_figures(ROOT).markdown
    for row in read_register(ROOT):
        page = row["notebook"].removesuffix(".ipynb")
        assert f"(cite-figure-{row['name']})=\n" in each
        assert f"`{page}.html#figure-{row['name']}`" in each
    described, listed = pages.tables_page(ROOT).markdown, pages.cite_tables(ROOT).markdown
    for name in tables.table_names(ROOT):
        assert f"[Cite this table](#cite-table-{name})" in described
        assert f"(cite-table-{name})=\n" in listed
        assert f"@misc{{lostlead-{name}," in listed
        assert f"`book/data.html#table-{name}`" in listed


def test_every_fact_has_an_anchor_and_every_table_too() -> None:
    facts, listed = pages.facts_page(ROOT).markdown, pages.tables_page(ROOT).markdown
    for name in open_claim("C03", ROOT).facts.index:
        assert f"(fact-{name})=" in facts
    assert "(table-launches)=" in listed


def test_every_source_has_an_anchor_and_says_what_was_read() -> None:
    text = pages.sources_page(ROOT).markdown
    assert "(source-polit2008fom)=" in text
    assert "read: stored copy" in text


def test_publishing_before_concluding_is_told() -> None:
    with pytest.raises(ValueError, match="call conclude"):
        pages.ClaimPage(open_claim("C03", ROOT)).publish()
