"""The look of the book: a Sphinx theme of its own, light enough for a slow line.

Jupyter Book loads this package as an extension (``_config.yml``). The templates beside it are the shell of every page;
they link the files of ``static/`` and nothing else, whatever other extensions and themes add.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder

from lostlead.pages import SIGNS, verdict_class
from lostlead.verdicts import Verdict

NAME = "lostlead"
FOLDER = Path(__file__).resolve().parent
# Pages of one claim each are in this folder, so that their part of the contents can say "6 of 26".
CLAIMS = "book/claims/"
# A page lists so many pages of a part; the front page lists all. Else a book of n pages has n times n links.
MOST_LISTED = 60
# What a page may load: files of the site itself, and pictures that stand in the page. Nothing of another host, no script
# and no style inside a page. Browsers take a page opened from disk and the files beside it as one site too.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)


class Entry(NamedTuple):
    """A page as the contents list it: name of the document, title, and its verdict (empty for other pages)."""

    document: str
    title: str
    verdict: str

    @property
    def sign(self) -> str:
        """The sign of the verdict, which stands beside the colour."""
        return SIGNS[Verdict(self.verdict)] if self.verdict else ""

    @property
    def style(self) -> str:
        """The style class of the verdict."""
        return verdict_class(self.verdict) if self.verdict else ""


class Part(NamedTuple):
    """A part of the contents: its caption, its pages as far as they are listed, and how many it has."""

    caption: str
    pages: list[Entry]
    total: int


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the theme. Called by Sphinx."""
    app.add_html_theme(NAME, str(FOLDER))
    app.connect("write-started", _gather)
    app.connect("html-page-context", _fill_page, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def digest() -> str:
    """Return one digest of the templates, styles and scripts of the theme."""
    whole = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            whole.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def verdicts_by_page(home: Path) -> dict[str, str]:
    """Return the verdict of every claim checked so far, by the name of its document (``book/claims/c01-…``)."""
    register, verdicts = home / "data" / "claims.csv", home / "data" / "verdicts.csv"
    if not (register.is_file() and verdicts.is_file()):
        return {}
    known = {row["claim"]: row["verdict"] for row in _rows(verdicts)}
    return {row["page"].removesuffix(".html"): known[row["claim"]] for row in _rows(register) if row["claim"] in known}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def contents(app: Sphinx, verdicts: Mapping[str, str]) -> list[Part]:
    """Return the parts of the book in reading order, as ``_toc.yml`` has them; ``verdicts`` are by document."""
    parts = []
    for tree in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree):
        pages = [
            Entry(document, title or app.env.titles[document].astext(), verdicts.get(document, ""))
            for title, document in tree["entries"]
            if document in app.env.titles
        ]
        parts.append(Part(tree.get("caption") or "", pages, len(pages)))
    return parts


def near(part: Part, document: str) -> Part:
    """Return a part as a page lists it: whole, or where that is too long, the pages around ``document``."""
    if part.total <= MOST_LISTED:
        return part
    at = next((number for number, page in enumerate(part.pages) if page.document == document), 0)
    first = max(0, min(at - MOST_LISTED // 2, part.total - MOST_LISTED))
    return part._replace(pages=part.pages[first : first + MOST_LISTED])


def place(parts: list[Part], document: str) -> tuple[str, int, int] | None:
    """Return the part a page stands in, its number there, and of how many; claims are counted apart from other pages."""
    for part in parts:
        kin = [page.document for page in part.pages if page.document.startswith(CLAIMS) == document.startswith(CLAIMS)]
        if document in kin:
            return part.caption, kin.index(document) + 1, len(kin)
    return None


def headings(doctree: nodes.document | None) -> list[tuple[str, str]]:
    """Return the headings of a page below its title, each with its anchor."""
    if doctree is None:
        return []
    sections = [node for top in doctree.findall(nodes.section) if top.parent is doctree for node in top.children]
    return [
        (section["ids"][0], section[0].astext())
        for section in sections
        if isinstance(section, nodes.section) and isinstance(section[0], nodes.title)
    ]


def related(doctree: nodes.document | None) -> list[tuple[str, str]]:
    """Return the links of the section "Related" of a page: address and words."""
    if doctree is None:
        return []
    found = [node for node in doctree.findall(nodes.section) if "related" in node["ids"]]
    return [
        (link["refuri"], link.astext()) for node in found for link in node.findall(nodes.reference) if "refuri" in link
    ]


def _gather(app: Sphinx, builder: Builder) -> None:
    """Read once, before the first page is written, what every page shows: the contents, and the verdicts by address."""
    verdicts = verdicts_by_page(Path(app.srcdir))
    signs = {builder.get_target_uri(name): verdict for name, verdict in verdicts.items()}
    builder.lostlead_shown = contents(app, verdicts), signs  # type: ignore[attr-defined]


def _fill_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the templates what they show beside the text: contents, headings, related pages, addresses of files."""
    parts, verdicts = app.builder.lostlead_shown  # type: ignore[attr-defined]
    context["parts"] = parts if pagename == app.config.root_doc else [near(part, pagename) for part in parts]
    context["policy"] = POLICY
    context["here"] = place(parts, pagename)
    context["headings"] = headings(doctree)
    context["related"] = [
        (href, Entry("", words, verdicts.get(_from_root(app, pagename, href), ""))) for href, words in related(doctree)
    ]
    context["asset"] = lambda name: f"{context['pathto']('_static/' + name, 1)}?v={_digest(name)}"


def _from_root(app: Sphinx, pagename: str, href: str) -> str:
    """Return the address of a link on a page as seen from the root of the site."""
    folder = Path(app.outdir, app.builder.get_target_uri(pagename)).parent
    target = (folder / href.partition("#")[0]).resolve()
    root = Path(app.outdir).resolve()
    return target.relative_to(root).as_posix() if target.is_relative_to(root) else href


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()[:8]
