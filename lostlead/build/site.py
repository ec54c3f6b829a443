"""Finishing the rendered pages and checking the site that comes out."""

from __future__ import annotations

import posixpath
import re
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import html

from lostlead import theme
from lostlead.build.cache import Texts
from lostlead.build.lighten import lighten_code, lighten_page
from lostlead.build.notebooks import BuildError
from lostlead.build.pictures import lighten_picture
from lostlead.tables import content_of

NOT_ALT = re.compile(r"\.(svg|png|jpe?g)$|^[0-9a-f]{16,}|^_?images?/|^figure$", re.IGNORECASE)
ASSET = re.compile(r'(?:href|src)="([^"]*_static/[^"]+)"')
EMPTY_CITATION = re.compile(r"\[\?*\]")


def finish_pages(site: Path, texts: Texts) -> None:
    """Do to the rendered pages what neither MyST nor the settings can, the same to the byte each time.

    Pages and pictures lose what only weighs, languages are marked, a notebook that is there twice is kept once, and
    files that no page loads go. ``texts`` has what earlier builds made of them.
    """
    _keep_notebooks_once(site)
    _name_the_door(site / "index.html")
    pictures: dict[str, str] = {}
    for path in sorted((site / "_images").glob("*")):
        if path.suffix == ".svg":
            drawn = path.read_text(encoding="utf-8")
            path.write_text(texts.made(partial(lighten_picture, drawn), drawn), encoding="utf-8")
        pictures[path.name] = content_of(path)
    for path in sorted(site.rglob("*.html")):
        text, folder = path.read_text(encoding="utf-8"), path.parent
        shown = sorted({pictures.get(name, "") for name in re.findall(r"_images/([^\"?#]+)", text)})
        where = folder.relative_to(site).as_posix()
        light = texts.made(partial(lighten_page, text, folder), where, text, *shown)
        path.write_text(light, encoding="utf-8")
    texts.forget_rest()
    _sweep(site)
    for path in sorted((site / "_static").iterdir()):
        if path.suffix in {".css", ".js"} and (theme.FOLDER / "static" / path.name).is_file():
            path.write_text(lighten_code(path.read_text(encoding="utf-8")), encoding="utf-8")


def _name_the_door(door: Path) -> None:
    """Give the page that leads from the root of the site to the book a language, a title and a link."""
    found = re.search(r"url=([^\"]+)", door.read_text(encoding="utf-8"))
    if found is None:
        raise BuildError("index.html does not say where the book starts; look at what Jupyter Book writes there")
    start = found[1]
    title = re.search(r"<title>(.*?)</title>", (door.parent / start).read_text(encoding="utf-8"))
    name = title[1] if title else start
    door.write_text(
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{theme.POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>'
        f'<meta http-equiv="refresh" content="0; url={start}"></head>'
        f'<body><main><h1><a href="{start}">{name}</a></h1></main></body></html>\n',
        encoding="utf-8",
    )


def _keep_notebooks_once(site: Path) -> None:
    """Lead every download of a notebook to the copy that its own page offers, and delete the other."""
    pages = {path.relative_to(site / "_sources").as_posix(): path for path in (site / "_sources").rglob("*.ipynb")}
    by_bytes = {path.read_bytes(): name for name, path in sorted(pages.items())}
    moved = {}
    for path in sorted((site / "_downloads").glob("*/*.ipynb")):
        if name := by_bytes.get(path.read_bytes()):
            moved[path.relative_to(site).as_posix()] = f"_sources/{name}"
            path.unlink()
            path.parent.rmdir()
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        done = re.sub(r"_downloads/[0-9a-f]{32}/[\w.-]+\.ipynb", lambda found: moved.get(found[0], found[0]), text)
        if done != text:
            page.write_text(done, encoding="utf-8")


def _sweep(site: Path) -> None:
    """Delete the files in ``_static`` that no page loads: those of themes and extensions."""
    loaded = {
        posixpath.normpath(posixpath.join(page.parent.relative_to(site).as_posix(), urlsplit(unquote(address)).path))
        for page in site.rglob("*.html")
        for address in set(ASSET.findall(page.read_text(encoding="utf-8")))
    }
    for path in sorted((site / "_static").rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(site).as_posix() not in loaded:
            path.unlink()


def check_site(site: Path) -> list[str]:
    """Return the faults of a built site, each with its page: broken links and anchors, images without a described
    alt text, empty links or citations, anything a page would fetch from another host, and script or style in a page.

    Of each page only its anchors and links are kept while the others are read.
    """
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    pages = {name: _look_at(site / name) for name in sorted(files) if name.endswith(".html")}
    anchors = {name: page.anchors for name, page in pages.items()}
    # Pages of one folder share their contents: the same link from there is looked up once.
    known: dict[tuple[str, Link], list[str]] = {}
    faults: list[str] = []
    for name, page in pages.items():
        folder = posixpath.dirname(name)
        for link in page.links:
            own = link.target.startswith(("#", "?")) or not link.target
            place = (name if own else folder, link)
            if place not in known:
                known[place] = _link_faults(link, name, files, anchors)
            faults += [f"{name}: {fault}" for fault in known[place]]
        faults += [f"{name}: {fault}" for fault in page.faults]
    return faults


class Link(NamedTuple):
    """What an element leads to or loads: its tag, the address, and what it says of the address (``rel``)."""

    tag: str
    target: str
    relation: str


class _Page(NamedTuple):
    """What is kept of a page: where links can lead to, where its own lead, and the faults that it shows by itself."""

    anchors: frozenset[str]
    links: list[Link]
    faults: list[str]


def _look_at(path: Path) -> _Page:
    page = html.document_fromstring(path.read_text(encoding="utf-8"))
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    links = [
        Link(sys.intern(element.tag), sys.intern(str(element.get(name))), element.get("rel", ""))
        for element in elements
        for name in ("href", "src")
        if element.get(name) is not None
    ]
    anchors = frozenset(str(element.get(name)) for element in elements for name in ("id", "name") if element.get(name))
    return _Page(anchors, links, [*_policy_faults(page, elements), *_word_faults(page, elements)])


def _word_faults(page: html.HtmlElement, elements: list[html.HtmlElement]) -> list[str]:
    """Return where words are missing: alt texts, words of links, citations."""
    faults = []
    for image in (element for element in elements if element.tag == "img"):
        alt = str(image.get("alt", ""))
        if "logo" not in str(image.get("class", "")) and (len(alt) < 20 or NOT_ALT.search(alt)):
            faults.append(f"image {image.get('src')} has no described alt text ('{alt}')")
    for link in page.iterfind(".//article//a[@href]"):
        if not link.text_content().strip() and link.find(".//img") is None and not link.get("aria-label"):
            faults.append(f"a link to {link.get('href')} has no words")
    prose = page.xpath("(//article)[1]//text()[not(ancestor::pre or ancestor::code or ancestor::script)]")
    if any(EMPTY_CITATION.search(text) for text in prose):
        faults.append("an empty citation")
    return faults


def _policy_faults(page: html.HtmlElement, elements: list[html.HtmlElement]) -> list[str]:
    """Return what a browser would refuse under the policy of the theme, and whether the page lacks that policy."""
    told = page.xpath("/html/head/meta[@http-equiv='Content-Security-Policy']/@content")
    faults = [] if told[:1] == [theme.POLICY] else ["the page has not the policy of the theme"]
    for element in elements:
        if element.tag == "script" and element.get("src") is None:
            if not str(element.get("type", "")).startswith("application/"):
                faults.append(f"a script inside the page: {element.text_content()[:40]}")
        elif element.tag == "style":
            faults.append(f"a style inside the page: {element.text_content()[:40]}")
        faults += [
            f"<{element.tag}> has {name}=" for name in element.attrib if name == "style" or name.startswith("on")
        ]
    return faults


def _link_faults(link: Link, page: str, files: set[str], anchors: dict[str, frozenset[str]]) -> list[str]:
    """Return what is wrong with a link of a page, given all files of the site and the anchors of its pages."""
    target = link.target
    parts = urlsplit(target)
    if parts.scheme in {"http", "https"} or target.startswith("//"):
        fetched = link.tag != "a" and not (link.tag == "link" and "canonical" in link.relation)
        return [f"fetches {target} from another host"] if fetched else []
    if parts.scheme:
        embedded = link.tag == "img" and target.startswith("data:image/")
        return [] if embedded else [f"a {parts.scheme} link: {target}"]
    goal = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))) if parts.path else page
    if goal.startswith("../"):
        return [f"a link out of the site: {target}"]
    if goal not in files:
        goal = posixpath.normpath(f"{goal}/index.html")
    if goal not in files:
        return [f"broken link to {target}"]
    fragment = unquote(parts.fragment)
    if fragment and goal in anchors and fragment not in anchors[goal]:
        return [f"broken anchor {target}"]
    return []
