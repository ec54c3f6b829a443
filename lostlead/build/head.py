"""The head of each rendered page: unique titles, descriptions, social tags, ClaimReview; and the map of the site."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement, document_fromstring

from lostlead import exports, tables
from lostlead.charts.card import social_card
from lostlead.citations import Edition, read_edition

FILIPINO_PAGES = ("book/buod.html",)


def add_to_head(site: Path, home: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """Complete the heads of all pages of a rendered site and write the social card and, with an address, the sitemap.

    ``home`` holds the data and the citation file; ``records`` are the verdict records. Running it twice changes
    nothing more. Raises DataError when the citation file or a table is at fault.
    """
    edition, reviews = read_edition(home), exports.claim_reviews(records, home)
    found = tables.read("claims", home).set_index("claim")["page"]
    findings = {str(found[record["claim"]]): record["finding_en"] for record in records}
    pages = sorted((site / "book").rglob("*.html"))
    for path in pages:
        address = path.relative_to(site).as_posix()
        text = path.read_text(encoding="utf-8")
        page = _page(text, address, edition, findings.get(address, ""))
        path.write_text(_with_head(text, page, exports.head(page, edition, reviews.get(address))), encoding="utf-8")
    (site / exports.CARD).parent.mkdir(exist_ok=True)
    (site / exports.CARD).write_bytes(social_card(tables.read("claims", home), tables.read("verdicts", home)))
    if edition.base:
        addresses = [path.relative_to(site).as_posix() for path in pages]
        (site / exports.SITEMAP).write_text(exports.sitemap(edition, addresses), encoding="utf-8")


def _page(text: str, address: str, edition: Edition, finding: str) -> exports.Page:
    article = document_fromstring(text[text.index("<article") :][:12_000])
    heading = next(article.iter("h1"), None)
    for link in (
        heading.xpath(".//a[contains(concat(' ', @class, ' '), ' headerlink ')]") if heading is not None else []
    ):
        link.drop_tree()
    name = _words(heading) if heading is not None else address
    site = edition.title.split(":")[0]
    outside = "//article//p[not(ancestor::*[contains(concat(' ', @class, ' '), ' admonition ')])]"
    first = next((line for line in map(_words, article.xpath(outside)) if len(line) >= 40), name)
    return exports.Page(
        address=address,
        title=edition.title if name == site else f"{name} — {site}",
        description=exports.shorten(finding or first),
        language="fil" if address in FILIPINO_PAGES else "en",
    )


def _words(element: HtmlElement) -> str:
    return " ".join(piece.strip() for piece in element.itertext() if piece.strip())


def _with_head(text: str, page: exports.Page, markup: str) -> str:
    """Return a page with its title, its own lines at the end of its head, and the language of its text marked."""
    mark = "<!-- lostlead -->\n"
    text = re.sub(rf"{mark}.*?(?=</head>)", "", text, count=1, flags=re.DOTALL)
    text = text.replace("</head>", f"{mark}{markup}</head>", 1)
    lang = "" if page.language == "en" else f' lang="{page.language}"'
    title = f"<title{lang}>{html.escape(page.title)}</title>"
    text = re.sub(r"<title[^>]*>.*?</title>", lambda _: title, text, count=1, flags=re.DOTALL)
    for address in FILIPINO_PAGES:
        # The name of a Filipino page is Filipino wherever it is linked.
        text = re.sub(rf'<a (?!lang=)(?=[^>]*href="[^"]*\b{Path(address).name}")', '<a lang="fil" ', text)
    return re.sub(r"<article(?! lang=)", f"<article{lang}", text, count=1) if lang else text
