"""How the book and its parts are cited: right in each style, with version, date and address, and never by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import rispy
import yaml
from pybtex.database import parse_string

from lostlead import __version__, pages
from lostlead.citations import FORMS, Edition, Part, bibliography, cite, read_edition
from lostlead.evidence import Period
from lostlead.sources import read_sources
from lostlead.tables import DataError

from .conftest import ROOT

EDITION = Edition(
    title="Lost Lead: a check",
    authors=(("The Contributors", ""),),
    version="1.2.3",
    released=date(2031, 5, 4),
    licence="CC-BY-4.0",
    base="",
    doi="",
    concept_doi="",
)
PUBLIC = replace(EDITION, base="https://lead.example/book/", doi="10.1234/five", concept_doi="10.1234/all")
PART = Part("The “Shuttle Gravedigger”", "Figure", "book/trends/launches.html#figure-grave_digger", "lostlead-grave")
PLACE = "https://lead.example/book/book/trends/launches.html#figure-grave_digger"


def test_the_whole_book_is_cited_as_the_style_guides_say() -> None:
    forms = cite(EDITION)
    assert forms["APA"] == "The Contributors. (2031). Lost Lead: A check (Version 1.2.3) [Data set]."
    assert forms["MLA"] == "The Contributors. Lost Lead: A Check. Data set. Version 1.2.3, 4 May 2031."
    assert forms["Chicago"] == "The Contributors. Lost Lead: A Check. Data set. Version 1.2.3. 2031."


def test_a_part_is_cited_as_the_style_guides_say() -> None:
    forms = cite(replace(PUBLIC, authors=(("Santos", "Ana"), ("Cruz", "Ben"))), PART)
    inside = "“The ‘Shuttle Gravedigger.’” Figure."
    assert forms["APA"] == (
        f"Santos, A., & Cruz, B. (2031). The “Shuttle Gravedigger” [Figure]. In Lost Lead: A check (Version 1.2.3). {PLACE}"
    )
    assert forms["MLA"] == (
        f"Santos, Ana, and Ben Cruz. {inside} Lost Lead: A Check, Version 1.2.3, 4 May 2031, {PLACE}."
    )
    assert forms["Chicago"] == (
        f"Santos, Ana, and Ben Cruz. {inside} In Lost Lead: A Check, version 1.2.3. May 4, 2031. {PLACE}."
    )


@pytest.mark.parametrize("part", [None, PART], ids=["book", "part"])
@pytest.mark.parametrize("edition", [EDITION, PUBLIC], ids=["no address", "address"])
def test_every_form_has_version_year_title_and_the_address_if_there_is_one(edition: Edition, part: Part | None) -> None:
    forms = cite(edition, part)
    assert tuple(forms) == FORMS
    for form, text in forms.items():
        assert "1.2.3" in text, form
        assert "2031" in text, form
        assert "Lost Lead: a check" in text.replace("A Check", "a check").replace("A check", "a check"), form
        assert ("https://" in text) == bool(edition.base), form
        if part and edition.base:
            assert PLACE in text, form
        elif edition.base:
            assert "10.1234/five" in text, form


def test_a_title_that_ends_with_a_question_gets_no_second_stop() -> None:
    forms = cite(EDITION, replace(PART, title="Who led?"))
    assert "“Who Led?” Figure." in forms["MLA"]
    assert "“Who Led?” Figure." in forms["Chicago"]


def test_bibtex_is_read_back_by_another_program() -> None:
    [entry] = parse_string(cite(PUBLIC, replace(PART, title="50% & $3"))["BibTeX"], "bibtex").entries.values()
    assert entry.fields["title"] == r"{50\% \& \$3}"
    assert entry.fields["url"] == PLACE
    assert entry.fields["month"] == "May"
    assert [str(person) for person in entry.persons["author"]] == ["{The Contributors}"]


def test_ris_is_read_back_by_another_program() -> None:
    [entry] = rispy.loads(cite(PUBLIC, PART)["RIS"])
    assert entry["type_of_reference"] == "FIGURE"
    assert entry["title"] == PART.title
    assert entry["secondary_title"] == EDITION.title
    assert entry["authors"] == ["The Contributors"]
    assert entry["urls"] == [PLACE]
    assert entry["edition"] == "Version 1.2.3"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (f"version: {__version__}", "", "column 'version'"),
        ("license: CC-BY-4.0", 'license: CC-BY-4.0\nurl: "https://lead.example/?q=1"', "not the address of a site"),
        ("license: CC-BY-4.0", "license: free", "not a valid citation file"),
        ("cff-version", "cff-version: [", "not a valid citation file"),
    ],
)
def test_a_fault_in_the_citation_file_is_one_message(
    data_home: Path, edit: Callable[[str, str, str], None], old: str, new: str, told: str
) -> None:
    edit("CITATION.cff", old, new)
    with pytest.raises(DataError, match=re.escape(told)):
        read_edition(data_home)


def test_a_missing_citation_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the file is missing"):
        read_edition(tmp_path)


def test_address_and_dois_come_from_the_citation_file(data_home: Path, edit: Callable[[str, str, str], None]) -> None:
    assert "has no DOI yet" in pages.dois(data_home).markdown
    edit(
        "CITATION.cff",
        "license:",
        "url: https://lead.example/book\ndoi: 10.1234/five\nidentifiers:\n"
        "  - {type: doi, value: 10.1234/all, description: The concept DOI of all versions}\nlicense:",
    )
    edition = read_edition(data_home)
    assert edition.address("book/data.html#fact-x") == "https://lead.example/book/book/data.html#fact-x"
    shown = pages.dois(data_home).markdown
    assert "all versions together: [10.1234/all](https://doi.org/10.1234/all)" in shown
    assert f"version {edition.version}: [10.1234/five](https://doi.org/10.1234/five)" in shown


def test_the_page_says_where_a_part_stands_also_without_a_public_address() -> None:
    assert "Version 1.2.3, 4 May 2031. Address in the book: `book/trends" in pages.cited_as(EDITION, PART)
    assert f"Address: <{PLACE}>." in pages.cited_as(PUBLIC, PART)


def test_the_whole_bibliography_is_read_back_without_what_only_this_book_needs() -> None:
    sources = read_sources(ROOT)
    entries = parse_string(bibliography(sources, ROOT), "bibtex").entries
    assert list(entries) == sorted(sources)
    for key, entry in entries.items():
        assert not {"access", "primary", "kind", "origin"} & set(entry.fields), key
        assert entry.fields["title"].startswith("{"), key
        assert not re.search(r"(?<!\\)[$%&#]", entry.fields["title"]), key
        assert entry.fields.get("url", "") == sources[key].url, key


def test_readme_footer_and_citation_file_agree() -> None:
    edition = read_edition(ROOT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("*", "")
    assert f"> {cite(edition)['APA']}" in readme
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    day = Period.parse(edition.released.isoformat()).say()
    assert config["html"]["extra_footer"].startswith(f"Lost Lead {edition.version}, {day}.")
    assert config["author"] == edition.by
