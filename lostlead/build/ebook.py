"""The book for e-readers: one EPUB 3 without scripts, the same to the byte each time.

Packed here and not by a library: the one that is well kept is under a licence (AGPL) that would bind this book's code.
"""

from __future__ import annotations

import re
import uuid
import zipfile
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path, PurePosixPath

from bs4 import Tag

from lostlead.build.chapters import About, Chapter, new_tag, own_copy, read_about, read_chapters
from lostlead.evidence import Period

LARGEST = 240_000  # bytes of one page: older readers refuse more than 300 kB
ACCESS = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual", "textual,visual"),
    "accessibilityFeature": (
        "alternativeText", "displayTransformability", "readingOrder", "structuralNavigation", "tableOfContents",
    ),
    "accessibilityHazard": ("none",),
    "accessibilitySummary": (
        "Every figure has a text that tells what it shows, with its key figures. Tables have marked heads. "
        "Filipino text is marked as such. Nothing moves, sounds or needs a script.",
    ),
}  # fmt: skip
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}


@dataclass(frozen=True)
class Page:
    """A file of the EPUB: a chapter, or a piece of a long one, whose title then is empty."""

    name: str
    title: str
    part: str
    body: Tag


def write_epub(home: Path, site: Path, target: Path) -> int:
    """Write the book of a built site to ``target`` as an EPUB, as a whole or not at all, and return its chapters.

    Raises BuildError when the site lacks a page.
    """
    about, chapters = read_about(home), read_chapters(home, site)
    pages = [page for chapter in chapters for page in split(chapter)]
    pictures = settle_addresses(pages)
    content = {
        "META-INF/container.xml": CONTAINER.encode(),
        "EPUB/package.opf": package(about, pages, list(pictures.values())).encode(),
        "EPUB/nav.xhtml": navigation(about, pages).encode(),
        "EPUB/style.css": (files("lostlead.build") / "ebook.css").read_bytes(),
        "EPUB/title.xhtml": document(about, about.title, title_page(about)).encode(),
    }
    for page in pages:
        title = page.title or next(other.title for other in reversed(pages[: pages.index(page)]) if other.title)
        content[f"EPUB/{page.name}"] = document(about, title, str(page.body)).encode()
    for source, name in pictures.items():
        content[f"EPUB/{name}"] = lean_picture((site / source).read_bytes(), name)
    draft = target.with_name(target.name + ".new")
    _pack(draft, content, about.date)
    draft.replace(target)
    return len(chapters)


def split(chapter: Chapter) -> list[Page]:
    """Return a chapter as one page, or as several of at most ``LARGEST`` bytes where it is longer."""
    body = own_copy(chapter)
    pages = [Page(f"{chapter.key}.xhtml", chapter.title, chapter.part, body)]
    if len(str(body).encode()) <= LARGEST:
        return pages
    for section in body.find_all("section"):
        section.unwrap()
    size = 0
    for child in list(body.children):
        size += len(str(child).encode())
        if size > LARGEST:
            pages.append(Page(f"{chapter.key}-{len(pages) + 1}.xhtml", "", chapter.part, new_tag("section")))
            size = len(str(child).encode())
        if len(pages) > 1:
            pages[-1].body.append(child.extract())
    return pages


def settle_addresses(pages: list[Page]) -> dict[str, str]:
    """Turn the anchors of the book into addresses of its files; return the pictures: path in the site, name here."""
    home = {
        str(tag["id"]): page.name for page in pages for tag in [page.body, *page.body.select("[id]")] if tag.get("id")
    }
    pictures: dict[str, str] = {}
    for page in pages:
        for link in page.body.select('a[href^="#"]'):
            target = str(link["href"])[1:]
            link["href"] = f"{home[target]}#{target}"
        for image in page.body.find_all("img"):
            source = str(image["src"])
            image["src"] = pictures.setdefault(source, f"pictures/{PurePosixPath(source).name}")
        for tag in [page.body, *page.body.select("[lang]")]:
            if tag.get("lang"):
                tag["xml:lang"] = tag["lang"]
    return pictures


def lean_picture(content: bytes, name: str) -> bytes:
    """Return a picture without ids that nothing in it refers to: drawn twice or with spaces, they are not valid here."""
    if not name.endswith(".svg"):
        return content
    used = set(re.findall(rb"#([^\s\")]+)", content))
    return re.sub(rb' id="([^"]*)"', lambda found: found[0] if found[1] in used else b"", content)


def document(about: About, title: str, body: str) -> str:
    """Return a page of XHTML."""
    shown = title if title == about.title else f"{title} · {about.title}"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">\n'
        f'<head><title>{escape(shown)}</title><link rel="stylesheet" href="style.css"/></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def title_page(about: About) -> str:
    """Return what the title page shows, as XHTML."""
    lines = (
        f"<h1>{escape(about.title)}</h1>",
        f'<p class="subtitle">{escape(about.subtitle)}</p>',
        f"<p>{escape(about.authors)}</p>",
        f"<p>Version {escape(about.version)}, {escape(Period.parse(about.date).say())}</p>",
        f"<p>{escape(about.licence)}</p>",
        f"<p>To cite: {escape(about.citation)}</p>",
    )
    return '<section class="title" epub:type="titlepage">\n' + "\n".join(lines) + "\n</section>"


def navigation(about: About, pages: list[Page]) -> str:
    """Return the contents that a reader's own menu shows, by parts."""
    items = []
    for part, group in groupby((page for page in pages if page.title), key=lambda page: page.part):
        chapters = list(group)
        listed = "\n".join(f'<li><a href="{page.name}">{escape(page.title)}</a></li>' for page in chapters)
        items.append(
            f'<li><a href="{chapters[0].name}">{escape(part)}</a>\n<ol>\n{listed}\n</ol></li>' if part else listed
        )
    contents = "\n".join(items)
    body = (
        f'<nav epub:type="toc" id="toc"><h1>Contents</h1>\n<ol>\n{contents}\n</ol></nav>\n'
        '<nav epub:type="landmarks" hidden="hidden"><h2>Landmarks</h2>\n<ol>\n'
        '<li><a epub:type="titlepage" href="title.xhtml">Title page</a></li>\n'
        '<li><a epub:type="toc" href="#toc">Contents</a></li>\n'
        f'<li><a epub:type="bodymatter" href="{pages[0].name}">Start</a></li>\n</ol></nav>'
    )
    return document(about, "Contents", body)


def package(about: About, pages: list[Page], pictures: list[str]) -> str:
    """Return the package document: metadata, every file, and the order of reading."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{about.title}: {about.subtitle}, {about.version}")
    access = "\n".join(
        f'<meta property="schema:{key}">{escape(value)}</meta>' for key, values in ACCESS.items() for value in values
    )
    subjects = "\n".join(f"<dc:subject>{escape(word)}</dc:subject>" for word in about.keywords)
    items = "\n".join(
        [f'<item id="p{n}" href="{page.name}" media-type="application/xhtml+xml"/>' for n, page in enumerate(pages)]
        + [
            f'<item id="i{n}" href="{picture}" media-type="{TYPES[PurePosixPath(picture).suffix]}"/>'
            for n, picture in enumerate(pictures)
        ]
    )
    order = "\n".join(f'<itemref idref="p{n}"/>' for n in range(len(pages)))
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="book">urn:uuid:{name}</dc:identifier>
<dc:title>{escape(f"{about.title}: {about.subtitle}")}</dc:title>
<dc:creator>{escape(about.authors)}</dc:creator>
<dc:language>en</dc:language>
<dc:language>fil</dc:language>
<dc:date>{about.date}</dc:date>
<dc:rights>{escape(about.licence)}</dc:rights>
{subjects}
<meta property="dcterms:modified">{about.date}T00:00:00Z</meta>
{access}
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
{items}
</manifest>
<spine>
<itemref idref="title"/>
<itemref idref="nav"/>
{order}
</spine>
</package>
"""


def _pack(target: Path, content: dict[str, bytes], date: str) -> None:
    """Write the archive: its type first and bare, as the format asks, every file with the date of the version."""
    year, month, day = (int(piece) for piece in date.split("-"))
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in {"mimetype": b"application/epub+zip", **content}.items():
            entry = zipfile.ZipInfo(name, (year, month, day, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)
