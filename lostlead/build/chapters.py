"""The finished pages as chapters of one book, for paper and for e-readers.

The pages of the site are the source: they are checked already, so paper and screen cannot say different things. What
only a screen can use (menus, downloads, folds) is taken out or opened, and every address becomes an anchor of the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from cffconvert import Citation

from lostlead import __version__, figures
from lostlead.build.notebooks import BuildError

# The gallery shows every figure a second time; a list of figures stands for it.
GALLERY = "book/gallery"
FIGURES = "figures"
SCREEN_ONLY = (
    ".headerlink, .toctree-wrapper, .sd-summary-state-marker, script, style, button, input, select, form, nav, "
    "[hidden], noscript, .book-downloads"
)
# Folds that repeat what stands elsewhere: the figure's data is its CSV file, the columns of a table are in the data
# package, a citation is given once, as APA.
LEFT_OUT = re.compile(r"^(The figure.s data|Columns of|Cite|MLA|Chicago|BibTeX|RIS)\b")
KEPT_CLASSES = re.compile(
    r"^(admonition.*|claim|verdict.*|lang-\w+|caption-number|stacked|labelled|answer|counts|fold.*|figures|code|quotation|columns-\d+)$"
)
KEPT_ATTRIBUTES = {"id", "href", "src", "alt", "lang", "class", "colspan", "rowspan", "scope", "start", "data-label"}


@dataclass(frozen=True)
class Chapter:
    """A page as a chapter: ``key`` is its anchor, ``part`` the part of the book it stands in (or nothing).

    Within ``body`` (a ``section``) each id starts with ``KEY--`` and each link inside the book is ``#KEY`` or
    ``#KEY--id``. Images have their path in the site.
    """

    key: str
    page: str
    part: str
    title: str
    body: Tag


@dataclass(frozen=True)
class About:
    """What the title page says: from ``CITATION.cff`` and ``_config.yml``."""

    title: str
    subtitle: str
    authors: str
    version: str
    date: str
    licence: str
    keywords: tuple[str, ...]
    citation: str


def read_about(home: Path) -> About:
    """Return what the title page says about the book of the project at ``home``."""
    text = (home / "CITATION.cff").read_text(encoding="utf-8")
    facts = yaml.safe_load(text)
    title, _, subtitle = facts["title"].partition(": ")
    return About(
        title=title,
        subtitle=subtitle[:1].upper() + subtitle[1:],
        authors=", ".join(author["name"] for author in facts["authors"]),
        version=__version__,
        date=str(facts["date-released"]),
        licence=yaml.safe_load((home / "_config.yml").read_text(encoding="utf-8"))["html"]["extra_footer"],
        keywords=tuple(facts.get("keywords", ())),
        citation=Citation(text).as_apalike().strip(),
    )


def read_chapters(home: Path, site: Path, *, code: bool = False) -> list[Chapter]:
    """Return the pages of a built site as chapters, in the order of the contents, with a list of figures at the end.

    ``code`` keeps the code of the notebooks. Raises BuildError when the site lacks a page of the contents.
    """
    pages = [(page, part) for page, part in _contents(home) if page != GALLERY]
    chapters = []
    for page, part in pages:
        path = site / f"{page}.html"
        if not path.is_file():
            raise BuildError(f"the site has no page {page}.html. Remedy: run 'make book'")
        article = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").find("article")
        body = article.find("section") if isinstance(article, Tag) else None
        heading = body.find("h1") if isinstance(body, Tag) else None
        if not isinstance(body, Tag) or not isinstance(heading, Tag):
            raise BuildError(f"{page}.html has no article with a heading")
        _clean(body, code=code)
        _address(body, page, site)
        if isinstance(article, Tag) and article.get("lang"):
            body["lang"] = article["lang"]
        chapters.append(Chapter(_key(page), page, part, _words(heading), body))
    chapters += _list_of_figures(home, chapters)
    known = {chapter.key for chapter in chapters} | {
        str(tag["id"]) for chapter in chapters for tag in chapter.body.select("[id]")
    }
    for chapter in chapters:
        _settle_links(chapter.body, known)
    return chapters


def new_tag(name: str, *content: Tag | str, **attributes: str) -> Tag:
    """Return a new element; an attribute named ``class_`` is the class."""
    tag = BeautifulSoup("", "lxml").new_tag(name)
    for attribute, value in attributes.items():
        tag[attribute.rstrip("_")] = value
    for piece in content:
        tag.append(piece)
    return tag


def _contents(home: Path) -> list[tuple[str, str]]:
    """Return the pages of ``_toc.yml`` in order, each with the caption of its part."""

    def walk(node: dict[str, Any], part: str) -> Iterator[tuple[str, str]]:
        part = node.get("caption", part)
        if "root" in node or "file" in node:
            yield str(node.get("root") or node["file"]), part
        for name in ("parts", "chapters", "sections"):
            for child in node.get(name, ()):
                yield from walk(child, part)

    return list(walk(yaml.safe_load((home / "_toc.yml").read_text(encoding="utf-8")), ""))


def _key(page: str) -> str:
    return page.removeprefix("book/").replace("/", "-")


def _words(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text()).strip()


def _classes(tag: Tag) -> list[str]:
    return " ".join(tag.get_attribute_list("class")).split()


def _clean(body: Tag, *, code: bool) -> None:
    """Leave what reads well on paper: words, tables, figures and, if asked for, code."""
    for tag in body.select(SCREEN_ONLY if code else f"{SCREEN_ONLY}, .cell_input"):
        tag.decompose()
    for fold in body.find_all("details"):
        _open_fold(fold)
    for paragraph in body.find_all("p"):
        if re.match(r"Download: ", paragraph.get_text()) and paragraph.select_one("a[download]"):
            paragraph.decompose()
    for link in body.select('a[href*="cite.html#cite-"]'):
        _leave_out(link)
    for link in body.select("a:has(img)"):
        link.unwrap()
    for link in body.select("a[download]"):
        parent = link.parent
        if link.get_text().startswith("Download") or (parent and link.get_text() == parent.get_text().strip()):
            _leave_out(link)
        else:
            link.unwrap()  # the name of a file in a sentence
    for block in body.find_all("pre"):
        block.string = block.get_text().rstrip("\n")
        block["class"] = "quotation" if block.find_parent(class_="fold-quotation") else "code"
    for table in body.find_all("table"):
        columns = max(len(row.find_all(["td", "th"])) for row in table.find_all("tr"))
        table["class"] = " ".join([*_classes(table), f"columns-{columns}"])
        for head in table.select("thead th"):
            head["scope"] = "col"
    for holder in body.find_all(["td", "th", "figcaption", "li", "dd"]):
        inside = holder.find_all(True, recursive=False)
        if len(inside) == 1 and inside[0].name == "p":
            inside[0].unwrap()
    for tag in body.find_all(True):
        kept = [name for name in _classes(tag) if KEPT_CLASSES.match(name)]
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in KEPT_ATTRIBUTES and name != "class"}
        if kept:
            tag["class"] = " ".join(kept)
        if tag.name in {"div", "span"} and not tag.attrs:
            tag.unwrap()
    body.smooth()
    for tag in body.find_all(["div", "p", "ul"]):
        if not tag.get_text(strip=True) and not tag.find("img") and not tag.get("id"):
            tag.decompose()
    for heading in body.find_all(["h2", "h3", "h4"]):
        after = heading.find_next_sibling()
        if after is None or (after.name in {"h2", "h3", "h4"} and after.name <= heading.name):
            heading.decompose()


def _leave_out(link: Tag) -> None:
    """Take a sentence that is a link out of a text, with its full stop."""
    after = link.next_sibling
    if isinstance(after, NavigableString) and after.startswith("."):
        after.replace_with(after[1:])
    link.decompose()


def _open_fold(fold: Tag) -> None:
    """Put the content of a fold in its place, under its title; leave out what stands elsewhere."""
    summary = fold.find("summary")
    title = _words(summary) if isinstance(summary, Tag) else ""
    if isinstance(summary, Tag):
        summary.decompose()
    if LEFT_OUT.match(title) or not (fold.get_text(strip=True) or fold.find("img")):
        fold.decompose()
        return
    if "figure" in _classes(fold):
        fold.unwrap()
        return
    fold.name = "div"
    fold.attrs = {"class": "fold-quotation" if fold.find("pre") else "fold"}
    if not fold.select_one(".cell_input"):
        fold.insert(0, new_tag("p", title, class_="fold-title"))


def _address(body: Tag, page: str, site: Path) -> None:
    """Give each id the page's key, and turn addresses of pages into anchors and of images into paths in the site."""
    key, folder = _key(page), site / PurePosixPath(page).parent
    for tag in body.select("[id]"):
        tag["id"] = f"{key}--{tag['id']}"
    body["id"] = key
    for image in body.find_all("img"):
        image["src"] = (folder / unquote(str(image["src"]))).resolve().relative_to(site.resolve()).as_posix()
    for link in body.select("a[href]"):
        parts = urlsplit(str(link["href"]))
        if parts.scheme in {"http", "https", "mailto"}:
            continue
        goal = (folder / unquote(parts.path)).resolve() if parts.path else site.resolve() / f"{page}.html"
        name = goal.relative_to(site.resolve()).with_suffix("").as_posix() if goal.suffix == ".html" else ""
        anchor = f"--{unquote(parts.fragment)}" if parts.fragment else ""
        link["href"] = f"#{FIGURES if name == GALLERY else _key(name) + anchor}" if name else "#"


def _settle_links(body: Tag, known: set[str]) -> None:
    """Let each link inside the book lead to its anchor or, where that was left out, its chapter, or be mere words."""
    for link in body.select('a[href^="#"]'):
        target = str(link["href"])[1:]
        if target not in known:
            target = target.split("--", 1)[0]
        if target in known:
            link["href"] = f"#{target}"
        else:
            link.unwrap()


def _list_of_figures(home: Path, chapters: list[Chapter]) -> list[Chapter]:
    """Number the figures in their captions; return a chapter that lists each once, by number and title, linked to its own
    page; none without figures.
    """
    register = home / figures.REGISTER
    titles = {row["name"]: row["title"] for row in figures.read_register(home)} if register.is_file() else {}
    found: dict[str, Tag] = {}
    for chapter in chapters:
        for number, figure in enumerate(chapter.body.select("figure:has(img)"), 1):
            name = PurePosixPath(str(figure.select("img")[0]["src"])).stem
            figure["id"] = figure.get("id") or f"{chapter.key}--picture-{number}"
            if name not in found or str(figure["id"]).endswith(f"--figure-{name}"):
                found[name] = figure
    if not found:
        return []
    entries = new_tag("ul", class_="figures")
    for number, figure in enumerate((one for chapter in chapters for one in chapter.body.find_all("figure")), 1):
        for caption in (figure.select("figcaption p") or figure.select("figcaption"))[:1]:
            caption.insert(0, new_tag("span", f"Fig. {number} ", class_="caption-number"))
        for name in [name for name, shown in found.items() if shown is figure]:
            title = f"Fig. {number}: {titles.get(name, name)}"
            entries.append(new_tag("li", new_tag("a", title, href=f"#{figure['id']}")))
    body = new_tag("section", new_tag("h1", "Figures"), entries, id=FIGURES)
    return [Chapter(FIGURES, FIGURES, chapters[-1].part, "Figures", body)]


def own_copy(chapter: Chapter) -> Tag:
    """Return a copy of a chapter's body that may be changed."""
    return copy(chapter.body)
