"""The book on paper: one PDF, tagged for screen readers, the same to the byte each time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import matplotlib
from bs4 import BeautifulSoup, Tag

from lostlead.build.chapters import About, Chapter, new_tag, own_copy, read_about, read_chapters
from lostlead.build.notebooks import BuildError
from lostlead.evidence import Period

REFERENCE = ("readings", "data", "sources", "gaps", "figures")  # long lists to look things up in: small type
SANS, MATH = "font_source_sans_pro", Path(matplotlib.get_data_path()) / "fonts" / "ttf"
# Every font comes with a pinned package, so that the machine's own fonts change nothing: family, file, weight, style.
FONTS = (
    ("Book Sans", files(SANS) / "files" / "SourceSansPro-Regular.ttf", 400, "normal"),
    ("Book Sans", files(SANS) / "files" / "SourceSansPro-It.ttf", 400, "italic"),
    ("Book Sans", files(SANS) / "files" / "SourceSansPro-Semibold.ttf", 700, "normal"),
    ("Book Sans", files(SANS) / "files" / "SourceSansPro-SemiboldIt.ttf", 700, "italic"),
    ("Book Signs", MATH / "DejaVuSans.ttf", 400, "normal"),
    ("Book Signs", MATH / "DejaVuSans-Bold.ttf", 700, "normal"),
    ("Book Signs", MATH / "DejaVuSans-Oblique.ttf", 400, "italic"),
    ("Book Mono", MATH / "DejaVuSansMono.ttf", 400, "normal"),
    ("Book Han", files("noto_cjk_sans_jp_regular") / "NotoSansCJKjp-Regular.otf", 400, "normal"),
)


def write_pdf(home: Path, site: Path, target: Path, *, code: bool = False) -> int:
    """Write the book of a built site to ``target`` as a PDF, as a whole or not at all, and return its pages.

    Raises BuildError when the site lacks a page, or the machine lacks the libraries that WeasyPrint needs.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise BuildError(
            f"WeasyPrint finds no Pango on this machine ({error}). Remedy on Debian: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error
    about = read_about(home)
    text = compose(about, read_chapters(home, site, code=code))
    fonts = FontConfiguration()
    style = (files("lostlead.build") / "paper.css").read_text(encoding="utf-8")
    sheet = CSS(string=font_faces() + style, font_config=fonts)
    document = HTML(string=text, base_url=f"{site.resolve().as_uri()}/").render(stylesheets=[sheet], font_config=fonts)
    draft = target.with_name(target.name + ".new")
    document.write_pdf(draft, pdf_variant="pdf/ua-1")
    draft.replace(target)
    return len(document.pages)


def font_faces() -> str:
    """Return the style rules that name the fonts of the book."""
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; '
        f'src: url("file://{quote(str(path))}"); }}\n'
        for family, path, weight, style in FONTS
    )


def compose(about: About, chapters: list[Chapter]) -> str:
    """Return the whole book as one page of HTML: title page, contents, and the chapters by parts."""
    bodies = {chapter.key: own_copy(chapter) for chapter in chapters}
    number_sources(bodies.values())
    for chapter in chapters:
        body = bodies[chapter.key]
        body["class"] = "chapter reference" if chapter.key in REFERENCE else "chapter"
        for link in body.select('a[href^="#data--fact-"], a[href^="#data--table-"]'):
            if re.match(r"Fact$|Table ", link.get_text()):
                link["class"] = "on-page"
        for table in body.find_all("table"):
            set_columns(table)
        for box in body.select("p + .admonition"):
            line = box.find_previous_sibling("p")
            if line and len(line.contents) == 1 and line.strong:
                line["class"] = "fold-title"  # it stands for a heading
        for level in (5, 4, 3, 2, 1):
            for heading in body.find_all(f"h{level}"):
                heading.name = f"h{level + 1}"
    book = BeautifulSoup(
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'></head><body></body></html>", "lxml"
    )
    assert book.head is not None
    assert book.body is not None
    book.head.append(new_tag("title", f"{about.title}: {about.subtitle}"))
    for name, content in {
        "author": about.authors,
        "description": f"{about.subtitle}. Version {about.version}.",
        "keywords": ", ".join(about.keywords),
        "dcterms.created": about.date,
        "dcterms.modified": about.date,
    }.items():
        meta = new_tag("meta", content=content)
        meta["name"] = name
        book.head.append(meta)
    book.body.append(_title_page(about))
    book.body.append(_contents(chapters))
    for part, group in groupby(chapters, key=lambda chapter: chapter.part):
        section = new_tag("section", class_="part")
        if part:
            section.append(new_tag("h1", part, id=_part_id(part)))
        for chapter in group:
            section.append(bodies[chapter.key])
        book.body.append(section)
    return str(book)


def number_sources(bodies: Iterable[Tag]) -> None:
    """Number the entries of the list of sources, put the number behind every link to one, and print the addresses."""
    bodies = list(bodies)
    numbers: dict[str, int] = {}
    for body in bodies:
        for entry in body.select('[id^="sources--source-"]'):
            numbers[str(entry["id"])] = len(numbers) + 1
            place, more = entry.find("dt") or entry, entry.find("dd") or entry
            assert isinstance(place, Tag)
            assert isinstance(more, Tag)
            for link in place.select('a[href^="http"]'):  # paper cannot be clicked on
                address = re.sub(r"^https?://(www\.)?|/$", "", str(link["href"]))
                more.insert(0, ". ")
                more.insert(0, new_tag("a", address, href=str(link["href"])))
                link.unwrap()
            place.insert(0, new_tag("span", f"{len(numbers)}. ", class_="number"))
    for body in bodies:
        for link in body.select('a[href^="#sources--source-"]'):
            link.append(f" [{numbers[str(link['href'])[1:]]}]")


def set_columns(table: Tag) -> None:
    """Give the columns of a table their widths: room for the longest word of each, the rest by how much there is to say.

    Laying out by the words themselves would take WeasyPrint ten times as long.
    """
    rows = [[_plain(cell) for cell in row.find_all(["td", "th"])] for row in table.find_all("tr")]
    columns = [[row[column] for row in rows if column < len(row)] for column in range(max(len(row) for row in rows))]
    words = [
        min(12, max((len(word) for text in texts for word in re.split(r"[\s/]+", text)), default=0))
        for texts in columns
    ]
    length = [(sum(len(text) for text in texts) / len(texts)) ** 0.75 for texts in columns]
    line = max(130 - sum(words), 0.4 * sum(words))  # letters that are left of a line of the page
    widths = [word + 2 + line * much / (sum(length) or 1) for word, much in zip(words, length, strict=True)]
    shares = [f"{100 * width / sum(widths):.1f}%" for width in widths]
    table.insert(0, new_tag("colgroup", *[new_tag("col", style=f"width: {share}") for share in shares]))


def _plain(tag: Tag) -> str:
    return tag.get_text(" ", strip=True)


def _title_page(about: About) -> Tag:
    date = Period.parse(about.date).say()
    return new_tag(
        "section",
        new_tag("p", about.title, class_="title"),
        new_tag("p", about.subtitle, class_="subtitle"),
        new_tag("p", about.authors, class_="authors"),
        new_tag("p", f"Version {about.version}, {date}", class_="version"),
        new_tag("p", about.licence, class_="licence"),
        new_tag("p", f"To cite: {about.citation}", class_="licence"),
        new_tag("p", f"{about.title} {about.version}", class_="running"),
        class_="cover",
    )


def _contents(chapters: list[Chapter]) -> Tag:
    entries = new_tag("ul")
    for part, group in groupby(chapters, key=lambda chapter: chapter.part):
        inner = new_tag("ul") if part else entries
        for chapter in group:
            inner.append(new_tag("li", new_tag("a", chapter.title, href=f"#{chapter.key}")))
        if part:
            entries.append(new_tag("li", new_tag("a", part, href=f"#{_part_id(part)}"), inner, class_="part"))
    return new_tag("nav", new_tag("h1", "Contents"), entries, class_="contents")


def _part_id(part: str) -> str:
    return "part-" + re.sub(r"\W+", "-", part.lower())
