"""The whole book, built from a clean copy, as its readers meet it."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from lostlead.build.site import check_site

from .conftest import ROOT, pages_of


def test_building_again_gives_what_is_committed(home: Path) -> None:
    changed = [
        path.relative_to(home).as_posix()
        for folder in ("book", "figures", "data")
        for path in sorted((home / folder).rglob("*"))
        if path.is_file() and path.read_bytes() != (ROOT / path.relative_to(home)).read_bytes()
    ]
    assert changed == []


def test_the_site_has_no_fault(site: Path) -> None:
    assert check_site(site) == []


def test_the_records_say_what_the_table_says(home: Path, site: Path) -> None:
    records = json.loads((site / "verdicts.json").read_text(encoding="utf-8"))
    with (ROOT / "data" / "verdicts.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [{key: str(record[key]) for key in rows[0]} for record in records] == rows


def test_every_proposition_has_facts_and_sources(site: Path) -> None:
    for record in json.loads((site / "verdicts.json").read_text(encoding="utf-8")):
        assert record["propositions"], record["claim"]
        for proposition in record["propositions"]:
            assert proposition["facts"], proposition["text"]
            assert proposition["sources"], proposition["text"]


def test_every_claim_page_leads_from_a_number_to_its_fact_to_its_source(site: Path) -> None:
    facts = (site / "book" / "data.html").read_text(encoding="utf-8")
    for path in sorted((site / "book" / "claims").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert "../data.html#fact-" in text or "../data.html#table-" in text, path.name
        assert "../sources.html#source-" in text, path.name
    assert "sources.html#source-fai2015spacewalk" in facts


def test_filipino_text_is_marked_as_filipino(site: Path) -> None:
    for path in sorted((site / "book" / "claims").glob("*.html")):
        assert path.read_text(encoding="utf-8").count('lang="fil"') >= 2, path.name


def test_every_page_has_a_title_and_a_description_of_its_own(site: Path) -> None:
    heads = [path.read_text(encoding="utf-8").split("</head>")[0] for path in pages_of(site)]
    for pattern in (r"<title[^>]*>([^<]+)</title>", r'<meta name="description" content="([^"]+)" ?/?>'):
        found = [re.findall(pattern, head) for head in heads]
        assert all(len(own) == 1 for own in found), pattern
        assert len({own[0] for own in found}) == len(heads), pattern


def test_every_claim_page_tells_machines_its_verdict(site: Path) -> None:
    for record in json.loads((site / "verdicts.json").read_text(encoding="utf-8")):
        [path] = (site / "book" / "claims").glob(f"{record['claim'].lower()}-*.html")
        [review] = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL
        )
        assert json.loads(review)["reviewRating"]["alternateName"] == record["verdict"], path.name


def test_the_filipino_page_shows_every_claim_and_is_marked_as_filipino(site: Path) -> None:
    soup = BeautifulSoup((site / "book" / "buod.html").read_text(encoding="utf-8"), "lxml")
    article = soup.find("article")
    assert isinstance(article, Tag)
    assert article["lang"] == "fil"
    said = re.sub(r"\s+", " ", article.get_text(" "))
    for record in json.loads((site / "verdicts.json").read_text(encoding="utf-8")):
        assert record["finding_fil"] in said, record["claim"]


def test_live_code_that_is_not_offered_is_not_loaded(site: Path) -> None:
    for path in pages_of(site):
        assert "thebe" not in path.read_text(encoding="utf-8").lower(), path.name


def test_no_page_names_this_machine(site: Path, home: Path) -> None:
    for path in site.rglob("*"):
        if path.suffix in {".html", ".json", ".ipynb", ".js", ".csv"}:
            text = path.read_text(encoding="utf-8")
            assert str(home) not in text, path
            assert str(ROOT) not in text, path
