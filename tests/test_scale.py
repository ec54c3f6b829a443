"""A made-up book of any size is built and is right, and how the build grows is told as it is."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from lostlead import theme
from lostlead.__main__ import main
from lostlead.build import bench_scale, build_book
from lostlead.build.bench_scale import Growth, judge, read_sizes
from lostlead.build.notebooks import BuildError
from lostlead.build.synthetic import make_book
from lostlead.theme import Entry, Part, near

from .conftest import ROOT


def test_a_made_up_book_is_built_and_is_right(tmp_path: Path) -> None:
    said: list[str] = []
    site = build_book(make_book(tmp_path / "lost lead", ROOT, 3), said.append)
    with (tmp_path / "lost lead" / "data" / "verdicts.csv").open(encoding="utf-8", newline="") as handle:
        found = [(row["claim"], row["verdict"], row["wrong_about"]) for row in csv.DictReader(handle)]
    assert found == [("C01", "Partly supported", "date"), ("C02", "Supported", ""), ("C03", "Supported", "")]
    pages = {path.name: path.read_text(encoding="utf-8") for path in (site / "book" / "claims").glob("*.html")}
    assert [name for name, text in pages.items() if "masses-3.svg" in text] == ["c03-satellite-3.html"]
    for text in pages.values():
        assert "data.html#fact-mass-" in text
        assert "sources.html#source-example" in text
    assert "3 of 3 claims are checked" in (site / "book" / "index.html").read_text(encoding="utf-8")
    for words in bench_scale.STAGES:
        assert sum(line.startswith(words) for line in said) == 1, words


def test_the_table_has_a_line_for_each_size(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The build is one that only says what a build says, at once or after a time."""
    program = """import time, sys, pathlib
for line, after in (("tables and sources are in order", 0.7), ("[1/1] x", 0), ("rendering the pages", 0.2)):
    print(line, flush=True)
    time.sleep(after)
print("finishing", len(list(pathlib.Path(sys.argv[1], "book", "claims").iterdir())))"""
    monkeypatch.setattr(bench_scale, "BUILD", program)
    monkeypatch.setattr(bench_scale, "MEASURED_EVERY", 0.05)
    monkeypatch.setenv("SIZES", "3,2")
    assert main(["bench-scale"]) == 0
    header, *rows, first, second = capsys.readouterr().out.splitlines()
    assert header == bench_scale.HEADER
    told = [[float(cell) for cell in row.split()] for row in rows]
    assert [row[0] for row in told] == [2, 3]
    for claims, total, notebooks, rendering, rest, cost, largest, together in told:
        assert 0.7 <= notebooks < total
        assert 0.2 <= rendering < notebooks
        assert total == pytest.approx(notebooks + rendering + rest, abs=0.2)
        assert cost == pytest.approx(1000 * total / claims, rel=0.1)
        assert 0 < largest < 200
        assert 0 < together < 200
    assert first.startswith("the cost of a claim ")
    assert second == "memory stays under 1.5 GB"


def test_a_build_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench_scale, "BUILD", "raise SystemExit('no such book')")
    assert bench_scale.measure_growth(ROOT, [2]) == 1
    assert "error: the book of 2 claims: no such book" in capsys.readouterr().err


def grown(claims: int, seconds: float, memory: float) -> Growth:
    return Growth(claims, {"notebooks": seconds}, int(memory), int(memory))


@pytest.mark.parametrize(("seconds", "memory", "rises", "much"), [(109, 1e9, False, False), (111, 1.6e9, True, True)])
def test_what_is_not_met_is_told(seconds: float, memory: float, rises: bool, much: bool) -> None:
    first, second = judge([grown(100, 100, 1e8), grown(100, seconds, memory)])
    assert ("does not rise" not in first) == rises
    assert ("is more than" in second) == much


@pytest.mark.parametrize("sizes", ["", "x", "0,3", "3,,4", "10000"])
def test_sizes_that_are_none_are_refused(sizes: str) -> None:
    with pytest.raises(BuildError, match="Remedy: numbers from 1 to 9999"):
        read_sizes(sizes)


def part_of(pages: int) -> Part:
    return Part("Claims", [Entry(f"book/claims/c{n}", f"Claim {n}", "") for n in range(pages)], pages)


@pytest.mark.parametrize(
    ("pages", "document", "first", "last"),
    [(60, 59, 0, 59), (61, 0, 0, 59), (61, 60, 1, 60), (1000, 500, 470, 529), (1000, 999, 940, 999), (1000, -1, 0, 59)],
)
def test_a_page_lists_a_long_part_around_itself(pages: int, document: int, first: int, last: int) -> None:
    """So that a page of a book of a thousand claims is not heavier than one of a hundred."""
    shown = near(part_of(pages), f"book/claims/c{document}")
    assert (shown.pages[0].title, shown.pages[-1].title) == (f"Claim {first}", f"Claim {last}")
    assert len(shown.pages) == min(pages, theme.MOST_LISTED)
    assert shown.total == pages


@pytest.mark.parametrize("pages", [60, 61])
def test_the_whole_of_a_long_part_is_one_link_away(pages: int) -> None:
    page = Environment(loader=FileSystemLoader(theme.FOLDER), autoescape=True).get_template("layout.html").render(
        parts=[near(part_of(pages), "book/claims/c9")], pagename="book/claims/c9", root_doc="book/index",
        pathto=lambda name, *_: f"{name}.html", asset=str, hasdoc=lambda name: False, headings=[],
    )  # fmt: skip
    links = re.findall(r'href="(book/index[^"]*)"><span>(All [^<]*)', page)
    assert links == ([("book/index.html#contents", "All 61 pages of this part")] if pages == 61 else [])
