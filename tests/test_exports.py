"""What machines read about the book is true to its records, valid by schema.org's terms, and safe to embed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string
from pyld import jsonld

from lostlead import exports, pages, tables
from lostlead.build.head import add_to_head
from lostlead.charts import card
from lostlead.citations import read_edition
from lostlead.verdicts import Verdict

from .conftest import ROOT

# What schema.org lets each type say (of what could be wanted here), and of which type it is a kind.
TERMS: dict[str, tuple[str, set[str]]] = {
    "Thing": ("", {"name", "alternateName", "description", "identifier", "image", "sameAs", "url"}),
    "CreativeWork": (
        "Thing",
        {
            "about", "author", "citation", "dateModified", "datePublished", "headline", "inLanguage", "isPartOf",
            "keywords", "license", "publisher", "text", "version",
        },
    ),
    "Review": ("CreativeWork", {"itemReviewed", "reviewAspect", "reviewBody", "reviewRating"}),
    "ClaimReview": ("Review", {"claimReviewed"}),
    "Claim": ("CreativeWork", {"appearance", "claimInterpreter", "firstAppearance"}),
    "Article": ("CreativeWork", {"articleBody", "articleSection", "wordCount"}),
    "Dataset": ("CreativeWork", {"distribution", "issn", "variableMeasured"}),
    "Intangible": ("Thing", set()),
    "Rating": ("Intangible", {"author", "bestRating", "ratingExplanation", "ratingValue", "reviewAspect", "worstRating"}),
    "Organization": ("Thing", {"address", "logo", "member"}),
    "Person": ("Thing", {"affiliation", "familyName", "givenName"}),
}  # fmt: skip
SCHEMA = "https://schema.org/"
BASE = "https://lead.example/book/"


def records() -> list[dict[str, Any]]:
    """The committed verdicts, as far as the exports look at them."""
    return [
        {name: "" if value != value else value for name, value in row.items()}
        for row in tables.read("verdicts", ROOT).astype(object).to_dict("records")
    ]


def expanded(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a JSON-LD document as another program understands it, every name in full, without a network."""

    def schema_org(address: str, options: dict[str, Any]) -> dict[str, Any]:
        assert address.rstrip("/") + "/" == SCHEMA
        context = {"@vocab": SCHEMA, "url": {"@id": f"{SCHEMA}url", "@type": "@id"}}
        return {"contextUrl": None, "documentUrl": address, "document": {"@context": context}}

    found: list[dict[str, Any]] = jsonld.expand(document, {"base": "file:///site/", "documentLoader": schema_org})
    return found


def faults_of(node: Any) -> list[str]:
    """Return what schema.org does not know in an expanded document: types, and properties of a type."""
    if isinstance(node, list):
        return [fault for part in node for fault in faults_of(part)]
    if not isinstance(node, dict) or "@value" in node:
        return []
    kind = node.get("@type", ["Thing"])[0].removeprefix(SCHEMA)
    if kind not in TERMS:
        return [f"no type {kind}"]
    allowed: set[str] = set()
    above = kind
    while above:
        above, own = TERMS[above]
        allowed |= own
    faults = []
    for name, value in node.items():
        if not name.startswith("@"):
            if name.removeprefix(SCHEMA) not in allowed:
                faults.append(f"{kind} has no {name}")
            faults += faults_of(value)
    return faults


@pytest.fixture
def public(data_home: Path, edit: Callable[[str, str, str], None]) -> Path:
    """A copy of the data whose citation file names an address of the site."""
    edit("CITATION.cff", "license:", f"url: {BASE}\nlicense:")
    return data_home


def test_every_review_says_only_what_schema_org_knows(public: Path) -> None:
    document = json.loads(exports.reviews_json(exports.claim_reviews(records(), public)))
    assert faults_of(expanded(document)) == []
    document["@graph"][0]["reviewRating"]["verdict"] = "x"
    document["@graph"][1]["itemReviewed"]["@type"] = "Assertion"
    assert faults_of(expanded(document)) == [f"Rating has no {SCHEMA}verdict", "no type Assertion"]


def test_every_claim_has_its_review_with_both_languages_the_finding_and_the_article() -> None:
    register = tables.read("claims", ROOT).set_index("claim")
    reviews = exports.claim_reviews(records(), ROOT)
    assert list(reviews) == [register.loc[record["claim"], "page"] for record in records()]
    for record, (page, review) in zip(records(), reviews.items(), strict=True):
        claim = register.loc[record["claim"]]
        assert review["url"] == page
        assert review["claimReviewed"] == claim["restated_en"]
        assert {said["@language"]: said["@value"] for said in review["itemReviewed"]["name"]} == {
            "en": claim["restated_en"],
            "fil": claim["restated_fil"],
        }
        assert review["reviewRating"]["alternateName"] == record["verdict"]
        assert review["reviewRating"]["ratingExplanation"] == record["finding_en"]
        article = review["itemReviewed"]["appearance"]
        assert article["url"].startswith("https://cultureoeuvre.com/")
        assert not {"author", "datePublished"} & set(article), "the article names neither"


@pytest.mark.parametrize(
    ("verdict", "value"),
    [
        (Verdict.CONTRADICTED, 1),
        (Verdict.PARTLY, 2),
        (Verdict.SUPPORTED, 3),
        (Verdict.UNPROVEN, None),
        (Verdict.OPINION, None),
    ],
)
def test_what_is_not_decided_has_a_word_and_no_number(verdict: Verdict, value: int | None) -> None:
    record = records()[0] | {"verdict": str(verdict)}
    [review] = exports.claim_reviews([record], ROOT).values()
    rating = review["reviewRating"]
    assert rating.get("ratingValue") == value
    assert (rating.get("worstRating"), rating.get("bestRating")) == ((1, 3) if value else (None, None))
    assert {said["@value"] for said in rating["name"]} == {str(verdict), pages.FILIPINO[verdict]}


def test_an_address_is_full_where_the_site_has_one_and_else_seen_from_its_place(public: Path) -> None:
    page = "book/claims/c03-first-spacewalk.html"
    for home, expected in ((public, BASE + page), (ROOT, "c03-first-spacewalk.html")):
        edition, review = read_edition(home), exports.claim_reviews(records(), home)[page]
        soup = BeautifulSoup(exports.head(exports.Page(page, "T", "D"), edition, review), "lxml")
        assert json.loads(soup.find("script").string)["url"] == expected  # type: ignore[union-attr,arg-type]


HOSTILE = '</script><script>alert(1)</script><!-- \u2028 & "quoted" \' <meta>'


def test_no_text_can_leave_the_script_or_an_attribute() -> None:
    record = records()[2] | {"finding_en": HOSTILE}
    [review] = exports.claim_reviews([record], ROOT).values()
    markup = exports.head(exports.Page("book/x.html", HOSTILE, HOSTILE), read_edition(ROOT), review)
    assert markup.count("</script>") == 1
    soup = BeautifulSoup(f"<html><head>{markup}</head></html>", "html.parser")
    assert len(soup.find_all("script")) == 1
    assert json.loads(soup.find("script").string)["reviewRating"]["ratingExplanation"] == HOSTILE  # type: ignore[union-attr,arg-type]
    assert soup.find("meta", attrs={"name": "description"})["content"] == HOSTILE  # type: ignore[index]


@given(st.text(max_size=400))
def test_a_description_is_one_short_line_of_the_text(text: str) -> None:
    line, short = re.sub(r"\s+", " ", text).strip(), exports.shorten(text)
    assert len(short) <= 160
    assert short == line or line.startswith(short.removesuffix("…"))


def test_a_description_ends_with_a_sentence_or_a_word() -> None:
    sentence = "It was first launched from the space centre in the spring of that year, with two people on board. "
    assert exports.shorten(sentence * 3) == sentence.strip()
    assert exports.shorten("word " * 40) == " ".join(["word"] * 32) + "…"


def fake_site(home: Path, *names: str) -> Path:
    """A rendered site of a few pages, as the theme leaves their heads."""
    site = home / "site"
    for name in names:
        path = site / "book" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            '<!DOCTYPE html><html lang="en"><head><title>x &#8212; Lost Lead</title></head><body>'
            '<a href="buod.html">Buod</a><article class="bd-article">'
            f'<h1>Page {path.stem}<a class="headerlink" href="#">#</a></h1><p>Short.</p>'
            "<p>This page tells at some length what the reader will find further down on it.</p></article></body></html>",
            encoding="utf-8",
        )
    return site


NAMES = ("index.html", "buod.html", "claims/c03-first-spacewalk.html")


@pytest.mark.parametrize("base", ["", BASE])
def test_the_heads_of_a_site_with_and_without_an_address(
    data_home: Path, edit: Callable[[str, str, str], None], base: str
) -> None:
    if base:
        edit("CITATION.cff", "license:", f"url: {base}\nlicense:")
    site = fake_site(data_home, *NAMES)
    add_to_head(site, data_home, records())
    for name in NAMES:
        text = (site / "book" / name).read_text(encoding="utf-8")
        head = BeautifulSoup(text, "lxml").head
        assert head is not None
        meta = {str(tag.get("name") or tag.get("property")): str(tag["content"]) for tag in head.find_all("meta")}
        assert head.find("title").get_text() == f"Page {Path(name).stem} — Lost Lead" == meta["og:title"]  # type: ignore[union-attr]
        assert 40 <= len(meta["description"]) <= 160
        assert [link["href"] for link in head.select("link[rel=canonical]")] == ([f"{base}book/{name}"] if base else [])
        assert meta.get("og:url") == (f"{base}book/{name}" if base else None)
        assert meta.get("og:image") == (f"{base}{exports.CARD}" if base else None)
        assert meta["twitter:card"] == ("summary_large_image" if base else "summary")
        assert len(head.select('script[type="application/ld+json"]')) == (1 if "c03" in name else 0)
        assert "http" not in "".join(meta.values()).replace(base or "none", "")
    assert (site / exports.CARD).is_file()
    if base:
        found = ElementTree.parse(site / exports.SITEMAP).getroot()
        places = [entry.text for entry in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
        assert places == sorted(f"{base}book/{name}" for name in NAMES)
    else:
        assert not (site / exports.SITEMAP).exists()


def test_a_claim_page_is_described_by_its_finding_and_the_filipino_page_is_marked(data_home: Path) -> None:
    site = fake_site(data_home, *NAMES)
    add_to_head(site, data_home, records())
    claim = (site / "book/claims/c03-first-spacewalk.html").read_text(encoding="utf-8")
    assert 'content="Half right: the Soviet Union did make the first spacewalk' in claim
    filipino = (site / "book/buod.html").read_text(encoding="utf-8")
    assert '<article lang="fil" class' in filipino
    assert '<title lang="fil">' in filipino
    assert 'content="fil_PH"' in filipino
    assert '<a lang="fil" href="buod.html">' in claim


def test_the_heads_are_the_same_after_a_second_run(data_home: Path) -> None:
    site = fake_site(data_home, *NAMES)
    add_to_head(site, data_home, records())
    before = {path: path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}
    add_to_head(site, data_home, records())
    assert {path: path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()} == before


def test_the_card_has_the_size_that_is_told_and_room_for_more_claims() -> None:
    claims, verdicts = tables.read("claims", ROOT), tables.read("verdicts", ROOT)
    image = card.social_card(claims, verdicts)
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")) == card.SIZE == (1200, 630)
    assert card.social_card(claims, verdicts) == image


def test_a_claim_page_offers_just_the_sources_it_cites(data_home: Path) -> None:
    notebook = data_home / "book/claims/c03-first-spacewalk.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text('{"x": "[FAI](#source-fai2015spacewalk), [a](#source-gcat), [b](#fact-x)"}', encoding="utf-8")
    exports.write_downloads(data_home, records())
    text = notebook.with_suffix(".bib").read_text(encoding="utf-8")
    assert set(parse_string(text, "bibtex").entries) == {"fai2015spacewalk", "gcat"}
    told = json.loads((data_home / "book" / exports.VERDICTS).read_text(encoding="utf-8"))
    assert [record["claim"] for record in told] == [record["claim"] for record in records()]


def test_the_filipino_summary_has_every_claim_with_verdict_and_finding() -> None:
    shown = pages.filipino_summary(ROOT).markdown
    register = tables.read("claims", ROOT).set_index("claim")
    places = []
    for record in records():
        claim = register.loc[record["claim"]]
        for part in (claim["restated_fil"], record["finding_fil"]):
            assert pages.escape(part) in shown, record["claim"]
        places.append(shown.index(f"{{admonition}} {record['claim']}. "))
        box = shown[places[-1] : shown.index("\n:::\n", places[-1])]
        assert f"{pages.SIGNS[Verdict(record['verdict'])]} {pages.FILIPINO[Verdict(record['verdict'])]}" in box
        assert f"({claim['page'].removeprefix('book/').removesuffix('.html')}.ipynb)" in box
        assert ("Katiyakan: " in box) == bool(record["confidence"])
    assert len(set(places)) == len(records())


def test_every_verdict_is_explained_in_filipino_and_counted() -> None:
    terms, counts = pages.filipino_terms().markdown, pages.filipino_counts(ROOT).markdown
    for verdict in Verdict:
        assert f"**{pages.FILIPINO[verdict]}** ([{verdict}]{{.lang-en}}). " in terms
    listed = [record["verdict"] for record in records()]
    for verdict in set(listed):
        assert f"**{pages.FILIPINO[Verdict(verdict)]}**: {listed.count(verdict)}\n" in counts
