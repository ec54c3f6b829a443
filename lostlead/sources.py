"""The bibliography ``book/references.bib``: who says it, in which language, at first hand or not, and where a copy is.

One work is one entry. A reprint or copy names the work it carries in ``origin`` (a key, or the name of a work that has
no entry of its own); how many independent sources stand behind something is counted by that work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pybtex.database import BibliographyDataError, Entry, InvalidNameString, parse_string
from pybtex.scanner import PybtexSyntaxError

from lostlead import reads
from lostlead.tables import HIDDEN, DataError, content_of, find_home

BIBLIOGRAPHY = "book/references.bib"
ENTRY_TYPES = {"online", "book", "article", "report", "misc"}
KINDS = {
    "law", "archive", "database", "report", "paper", "book", "news", "web", "encyclopedia", "museum", "poll-release",
    "search",
}  # fmt: skip
FIELDS = {
    "title", "title_en", "author", "publisher", "date", "url", "language", "kind", "primary", "origin", "access",
    "note", "journal", "doi", "isbn",
}  # fmt: skip
REQUIRED = ("title", "language", "kind", "primary", "access")
KEY = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Source:
    """One work of the bibliography.

    ``authors`` holds names as written for display; ``date`` is EDTF or empty; ``primary`` is true for the document,
    record or data of the body or person that acted or measured; ``access`` says what was really read.
    """

    key: str
    entry_type: str
    title: str
    title_en: str
    authors: tuple[str, ...]
    publisher: str
    date: str
    url: str
    language: str
    kind: str
    primary: bool
    origin: str
    access: str
    note: str

    @property
    def year(self) -> str:
        """The year of publication, or ``n.d.`` where the source states none."""
        return self.date[:4] if self.date else "n.d."

    @property
    def label(self) -> str:
        """A short name for running text, such as ``FOM 2008``."""
        names = [_short(name) for name in self.authors[:2] or (self.publisher,)]
        shown = f"{names[0]} and others" if len(self.authors) > 2 else " and ".join(names)
        return f"{shown} {self.year}"

    @property
    def archived(self) -> str:
        """The address at which the Wayback Machine looks for the copy nearest to the source's date (may be empty).

        The form is documented by the Internet Archive: ``/web/`` + a date of four to fourteen digits + the address.
        """
        if not self.url or not self.url.startswith("http"):
            return ""
        stamp = re.sub(r"\D", "", re.sub(r"[X?~%].*", "", self.date)) or "2026"
        return f"https://web.archive.org/web/{stamp}/{self.url}"

    @property
    def reference(self) -> str:
        """The source as one line of a list of references: names, date, title, publisher (no address)."""
        names = "; ".join(self.authors) or self.publisher
        title = f"{self.title} [{self.title_en}]" if self.title_en else self.title
        parts = [f"{names} ({self.date or 'no date'})", title]
        if self.publisher and self.publisher not in names:
            parts.append(self.publisher)
        return ". ".join(part.rstrip(".") for part in parts if part) + "."


def read_sources(home: Path | None = None) -> dict[str, Source]:
    """Return the bibliography by key, in the order of the file.

    Raises DataError for a file that is missing or not BibTeX, a key used twice, a field that is missing, unknown or
    of the wrong form, and an address that is not http or https.
    """
    home = home or find_home()
    return dict(_read_sources(home, content_of(home / BIBLIOGRAPHY)))


class Lookup(Mapping[str, Source]):
    """The bibliography for one who asks for single works: only those are noted as read.

    Raises DataError as ``read_sources`` does.
    """

    def __init__(self, home: Path) -> None:
        with reads.only():
            self._sources = read_sources(home)

    def __getitem__(self, key: str) -> Source:
        reads.note(f"source {key}")
        return self._sources[key]

    def __iter__(self) -> Iterator[str]:
        reads.note(BIBLIOGRAPHY)
        return iter(self._sources)

    def __len__(self) -> int:
        reads.note(BIBLIOGRAPHY)
        return len(self._sources)


@lru_cache(maxsize=8)
def _read_sources(home: Path, content: str) -> dict[str, Source]:
    try:
        text = (home / BIBLIOGRAPHY).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(BIBLIOGRAPHY, "the file is missing", "restore it from the repository") from error
    except UnicodeDecodeError as error:
        row = (home / BIBLIOGRAPHY).read_bytes()[: error.start].count(b"\n") + 1
        raise DataError(
            BIBLIOGRAPHY, "a byte is not UTF-8 text", "save the file as UTF-8", row=row, column=None
        ) from error
    try:
        entries = parse_string(text, "bibtex").entries
    except BibliographyDataError as error:
        key = str(error).rsplit(" ", 1)[-1]
        raise DataError(
            BIBLIOGRAPHY, str(error), "keep one entry a work and delete the other", row=_line(text, key, last=True)
        ) from error
    except InvalidNameString as error:
        raise DataError(BIBLIOGRAPHY, str(error), "write names as 'Last, First and Last, First'") from error
    except PybtexSyntaxError as error:
        raise DataError(
            BIBLIOGRAPHY, f"this is not BibTeX ({error})", "check braces and commas before this place", row=error.lineno
        ) from error
    if not entries:
        raise DataError(BIBLIOGRAPHY, "there are no entries", "restore the file from the repository")
    return {key: _source(key, entry, text) for key, entry in entries.items()}


def _line(text: str, key: str, *, last: bool = False) -> int | None:
    found = list(re.finditer(rf"^@\w+\s*\{{\s*{re.escape(key)}\s*,", text, re.MULTILINE | re.IGNORECASE))
    return text[: found[-1 if last else 0].start()].count("\n") + 1 if found else None


def _source(key: str, entry: Entry, text: str) -> Source:
    def refuse(field: str | None, problem: str, remedy: str) -> DataError:
        return DataError(BIBLIOGRAPHY, f"entry '{key}': {problem}", remedy, row=_line(text, key), column=field)

    fields = {name.lower(): plain(value) for name, value in entry.fields.items()}
    people = entry.persons.get("author", [])
    if not KEY.fullmatch(key):
        raise refuse(None, "a key has only lower-case letters, digits and hyphens", "rename it, also in the tables")
    if entry.type not in ENTRY_TYPES:
        raise refuse(None, f"'@{entry.type}' is not used here", f"use one of: {', '.join(sorted(ENTRY_TYPES))}")
    for name in fields:
        if name not in FIELDS:
            raise refuse(name, "this field is not known", f"use one of: {', '.join(sorted(FIELDS))}")
    for name, value in fields.items():
        if hidden := HIDDEN.search(value):
            raise refuse(name, f"there is a character that cannot be seen (U+{ord(hidden[0]):04X})", "delete it")
    for name in REQUIRED:
        if not fields.get(name):
            raise refuse(name, "the field is missing", "fill it from what was read; never invent it")
    if not people and not fields.get("publisher"):
        raise refuse("author", "neither author nor publisher is given", "say at least who published it")
    if fields["kind"] not in KINDS:
        raise refuse("kind", f"'{fields['kind']}' is not a kind", f"use one of: {', '.join(sorted(KINDS))}")
    if fields["primary"] not in {"yes", "no"}:
        raise refuse("primary", f"'{fields['primary']}' is neither yes nor no", "write yes or no")
    if not re.fullmatch(r"[a-z]{2,3}", fields["language"]):
        raise refuse("language", f"'{fields['language']}' is not a language code", "write an ISO code such as ru")
    if fields.get("date") and not re.fullmatch(r"\d{3}[\dX](-\d{2}(-\d{2})?)?[?~%]?", fields["date"]):
        raise refuse(
            "date", f"'{fields['date']}' is not an EDTF date", "write 2008-04-11, 2008-04, 2008, 200X or 2008?"
        )
    address = urlsplit(fields.get("url", ""))
    if fields.get("url") and (address.scheme not in {"http", "https"} or not address.netloc):
        raise refuse("url", "the address is not http or https", "write the full address, or leave the field out")
    authors = []
    for person in people:
        family = " ".join(plain(part) for part in [*person.prelast_names, *person.last_names])
        given = " ".join(plain(part) for part in [*person.first_names, *person.middle_names])
        authors.append(f"{family}, {given}" if given else family)
    return Source(
        key=key,
        entry_type=entry.type,
        title=fields["title"],
        title_en=fields.get("title_en", ""),
        authors=tuple(authors),
        publisher=fields.get("publisher", ""),
        date=fields.get("date", ""),
        url=fields.get("url", ""),
        language=fields["language"],
        kind=fields["kind"],
        primary=fields["primary"] == "yes",
        origin=fields.get("origin", ""),
        access=fields["access"],
        note=fields.get("note", ""),
    )


def plain(value: str) -> str:
    """Return a BibTeX value without its protecting braces and with the escapes that the file uses undone."""
    text = re.sub(r"\\([&%_#$])", r"\1", value)
    return re.sub(r"\s+", " ", text.replace("{", "").replace("}", "")).strip()


def _short(name: str) -> str:
    """Return the abbreviation that ends a name in brackets, else the family name of ``Last, First``, else the name."""
    abbreviation = re.search(r"\(([A-Z][\w-]{1,11})\)$", name)
    return abbreviation.group(1) if abbreviation else name.split(",")[0]


def works(keys: Iterable[str], sources: Mapping[str, Source]) -> set[str]:
    """Return the independent works behind some source keys: reprints and copies count as the work that they carry."""
    found = set()
    for key in keys:
        seen = {key}
        while key in sources and sources[key].origin and sources[key].origin not in seen:
            key = sources[key].origin
            seen.add(key)
        found.add(key)
    return found


def cited_in_prose(home: Path | None = None) -> dict[str, list[str]]:
    """Return, for each key that a page of plain Markdown cites, the pages (``book/method.md``) that cite it."""
    home = home or find_home()
    found: dict[str, list[str]] = {}
    for path in sorted((home / "book").rglob("*.md")):
        for key in dict.fromkeys(re.findall(rf"\(#source-({KEY.pattern})\)", path.read_text(encoding="utf-8"))):
            found.setdefault(key, []).append(path.relative_to(home).as_posix())
    return found
