"""What machines read: the verdict records, ClaimReview, the head of each page, the map of the site, bibliographies.

Everything is made from the records, the register and ``CITATION.cff``. Addresses are full where the site has one
(``url`` in ``CITATION.cff``) and otherwise seen from the page or file in which they stand; what only makes sense with a
full address (canonical address, sitemap, the social card's picture) is then left out.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

from lostlead import tables
from lostlead.charts import card
from lostlead.citations import Edition, bibliography, read_edition
from lostlead.pages import FILIPINO
from lostlead.sources import Source, read_sources
from lostlead.verdicts import Verdict

VERDICTS, REVIEWS, SITEMAP, CARD = "verdicts.json", "claimreview.json", "sitemap.xml", "_static/social-card.png"
ARTICLE = "checkedarticle"  # the entry of the bibliography for the article that the book checks
# The scale of the ratings. What is not decided has a word but no number: a middle number would say "half true".
RATINGS = {Verdict.CONTRADICTED: 1, Verdict.PARTLY: 2, Verdict.SUPPORTED: 3}
SCHEMA = "https://schema.org"
DESCRIPTION = 160  # characters


@dataclass(frozen=True)
class Page:
    """What the head of a page is made of. ``address`` is seen from the root of the site, ``language`` is its text's."""

    address: str
    title: str
    description: str
    language: str = "en"


def verdicts_json(records: Sequence[Mapping[str, Any]]) -> str:
    """Return the verdict records as the text of ``verdicts.json``."""
    return _json(list(records))


def claim_reviews(records: Sequence[Mapping[str, Any]], home: Path) -> dict[str, dict[str, Any]]:
    """Return the ClaimReview of each record by the address of its page; addresses are seen from the root of the site.

    Raises DataError when the citation file or the bibliography is at fault.
    """
    edition, article = read_edition(home), read_sources(home).get(ARTICLE)
    register = tables.read("claims", home).set_index("claim")
    return {
        str(register.loc[record["claim"], "page"]): _review(record, register.loc[record["claim"]], edition, article)
        for record in records
    }


def _review(
    record: Mapping[str, Any], claim: pd.Series[Any], edition: Edition, article: Source | None
) -> dict[str, Any]:
    verdict = Verdict(record["verdict"])
    rating: dict[str, Any] = {
        "@type": "Rating",
        "alternateName": str(verdict),
        "name": [_said(verdict, "en"), _said(FILIPINO[verdict], "fil")],
        "ratingExplanation": record["finding_en"],
    }
    if verdict in RATINGS:
        scale = RATINGS.values()
        rating |= {"ratingValue": RATINGS[verdict], "bestRating": max(scale), "worstRating": min(scale)}
    if record["wrong_about"]:
        rating["reviewAspect"] = record["wrong_about"].split(tables.SEPARATOR)
    reviewed: dict[str, Any] = {
        "@type": "Claim",
        "name": [_said(claim["restated_en"], "en"), _said(claim["restated_fil"], "fil")],
    }
    if article:
        reviewed["appearance"] = _filled(
            {
                "@type": "Article",
                "headline": article.title,
                "url": article.url,
                "inLanguage": article.language,
                "publisher": {"@type": "Organization", "name": article.publisher} if article.publisher else "",
                "author": [{"@type": "Person", "name": name} for name in article.authors],
                "datePublished": article.date,
            }
        )
    return {
        "@type": "ClaimReview",
        "url": edition.address(claim["page"]) or claim["page"],
        "claimReviewed": claim["restated_en"],
        "itemReviewed": reviewed,
        "reviewRating": rating,
        "author": _filled({"@type": "Organization", "name": edition.by, "url": edition.base}),
        "datePublished": edition.released.isoformat(),
        "inLanguage": ["en", "fil"],
        "version": edition.version,
        "license": f"https://spdx.org/licenses/{edition.licence}",
        "isPartOf": _filled({"@type": "Dataset", "name": edition.title, "url": edition.base}),
    }


def _said(text: str, language: str) -> dict[str, str]:
    return {"@value": str(text), "@language": language}


def _filled(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry without what is not known."""
    return {name: value for name, value in entry.items() if value}


def reviews_json(reviews: Mapping[str, Mapping[str, Any]]) -> str:
    """Return all ClaimReviews as one JSON-LD text, for the root of the site."""
    return _json({"@context": SCHEMA, "@graph": list(reviews.values())})


def script(data: Mapping[str, Any]) -> str:
    """Return JSON-LD as a script element; nothing in the data can close it, for ``<`` is written as an escape."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/ld+json">{text}</script>'


def head(page: Page, edition: Edition, review: Mapping[str, Any] | None = None) -> str:
    """Return what goes into the head of a page: title, description, social tags, canonical address, ClaimReview.

    ``review`` has its addresses seen from the root of the site, as ``claim_reviews`` returns them.
    """
    site = edition.title.split(":")[0]
    meta = [
        ("name", "description", page.description),
        ("property", "og:type", "article" if review else "website"),
        ("property", "og:site_name", site),
        ("property", "og:title", page.title),
        ("property", "og:description", page.description),
        ("property", "og:locale", {"en": "en_GB", "fil": "fil_PH"}[page.language]),
    ]
    lines = []
    if edition.base:
        address = edition.address(page.address)
        meta += [
            ("property", "og:url", address),
            ("property", "og:image", edition.address(CARD)),
            ("property", "og:image:width", str(card.SIZE[0])),
            ("property", "og:image:height", str(card.SIZE[1])),
            ("property", "og:image:alt", f"{edition.title}: the verdicts on all claims as coloured tiles"),
            ("name", "twitter:card", "summary_large_image"),
        ]
        lines.append(f'<link rel="canonical" href="{html.escape(address)}" />')
    else:
        meta.append(("name", "twitter:card", "summary"))
    lines += [f'<meta {kind}="{name}" content="{html.escape(content)}" />' for kind, name, content in meta]
    if review:
        lines.append(script({"@context": SCHEMA} | _seen_from(page.address, review)))
    return "\n".join(lines) + "\n"


def _seen_from(page: str, review: Mapping[str, Any]) -> dict[str, Any]:
    url = review["url"]
    return dict(review) | {"url": url if "://" in url else posixpath.relpath(url, posixpath.dirname(page) or ".")}


def shorten(text: str, limit: int = DESCRIPTION) -> str:
    """Return a text in one line of at most ``limit`` characters: whole sentences where one fits, else whole words."""
    line = re.sub(r"\s+", " ", text).strip()
    if len(line) <= limit:
        return line
    cut = line[: limit + 1]
    sentences = list(re.finditer(r"[.!?](?= )", cut))
    if sentences and sentences[-1].end() >= limit // 2:
        return cut[: sentences[-1].end()]
    return cut[:limit].rsplit(" ", 1)[0].rstrip(",;:–- (") + "…"


def sitemap(edition: Edition, addresses: Sequence[str]) -> str:
    """Return the map of the site: its pages, each with the date of this version. Only for a site with an address."""
    root = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for address in sorted(addresses):
        entry = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(entry, "loc").text = edition.address(address)
        ElementTree.SubElement(entry, "lastmod").text = edition.released.isoformat()
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def write_downloads(home: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """Write, before the pages are rendered, the files that they offer to download and that no notebook makes.

    Beside each executed claim notebook the sources it cites, as BibTeX; in ``book/`` the records and ClaimReviews.
    """
    for path in sorted((home / "book" / "claims").glob("*.ipynb")):
        cited = re.findall(r"\(#source-([a-z0-9-]+)\)", path.read_text(encoding="utf-8"))
        path.with_suffix(".bib").write_text(bibliography(cited, home), encoding="utf-8")
    write_records(home / "book", home, records)


def write_records(folder: Path, home: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """Write the verdict records and all ClaimReviews of the project at ``home`` into a folder."""
    (folder / VERDICTS).write_text(verdicts_json(records), encoding="utf-8")
    (folder / REVIEWS).write_text(reviews_json(claim_reviews(records, home)), encoding="utf-8")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
