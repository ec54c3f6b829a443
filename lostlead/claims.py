"""One claim of the register, bound to its facts: what a notebook talks to.

claim = open_claim("C03")
walk = claim.fact("leonov-spacewalk-date")
claim.core("It was made in 1964.", walk.year == 1964, wrong_about="date")
record = claim.conclude(english=f"…{walk}…", filipino=f"…{walk:fil}…")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from lostlead import reads, tables
from lostlead.evidence import Evidence, EvidenceError, Period
from lostlead.sources import BIBLIOGRAPHY, Lookup, Source, read_sources, works
from lostlead.tables import DataError
from lostlead.verdicts import LeftOut, Proposition, Reading, Record, confidence, decide, errors_shown, plain, propose


def read_facts(home: Path | None = None) -> pd.DataFrame:
    """Return ``facts.csv`` with the fact's id as index, checked beyond its schema.

    Raises DataError when a value does not fit its type, or a claim or source that a row names does not exist.
    """
    home = home or tables.find_home()
    return _read_facts(home, _content(home))[0].copy(deep=False)


def _content(home: Path) -> str:
    """Return the digest of all that the facts are read from and checked against."""
    names = [f"data/{tables.resource(name, home)['path']}" for name in ("facts", "claims")]
    read = [tables.content_of(home / name) for name in (tables.DESCRIPTOR, *names, BIBLIOGRAPHY)]
    return " ".join(read)


@lru_cache(maxsize=4)
def _read_facts(home: Path, content: str) -> tuple[pd.DataFrame, dict[str, list[int]]]:
    """Return the facts, and by claim the places of those that list it; a book of many claims asks often."""
    facts = tables.read("facts", home)
    tables.check_references(facts, "facts", "sources", read_sources(home), home)
    tables.check_references(facts, "facts", "claims", tables.read("claims", home)["claim"], home)
    for position, (value, kind, unit) in enumerate(zip(facts["value"], facts["type"], facts["unit"], strict=True)):
        try:
            typed(value, kind)
        except ValueError as error:
            row = tables.line_of("facts", position, home)
            raise DataError(
                "data/facts.csv",
                str(error),
                f"write a value of type {kind}, or correct the type",
                row=row,
                column="value",
            ) from error
        if kind == "number" and pd.isna(unit):
            row = tables.line_of("facts", position, home)
            raise DataError("data/facts.csv", "a number has no unit", "name the unit", row=row, column="unit")
    listed: dict[str, list[int]] = {}
    for position, cell in enumerate(facts["claims"]):
        for claim in dict.fromkeys(tables.split(cell)):
            listed.setdefault(claim, []).append(position)
    return facts.set_index("fact", drop=False), listed


def typed(value: str, kind: str) -> Any:
    """Return the value of a fact as number, ``Period``, boolean or text. Raises ValueError when it does not fit."""
    if kind == "number":
        if fault := tables.unsafe(value, "number"):
            raise ValueError(fault[0].replace("of the right type (number)", "a number"))
        number = float(value)
        return int(number) if number.is_integer() and "." not in value else number
    if kind == "date":
        return Period.parse(value)
    if kind == "boolean":
        if value not in {"true", "false"}:
            raise ValueError(f"'{value}' is neither true nor false")
        return value == "true"
    return value


class Claim:
    """A claim under check. Name its propositions with ``core`` and ``detail``, then ``conclude``.

    Raises DataError (from ``open_claim``) when the register has no such claim.
    """

    def __init__(self, row: pd.Series, home: Path) -> None:
        self.id: str = row["claim"]
        self.kind: str = row["kind"]
        self.place: str = row["place"]
        self.restated_en: str = row["restated_en"]
        self.restated_fil: str = row["restated_fil"]
        self.page: str = row["page"]
        self.home = home
        self.sources: Mapping[str, Source] = Lookup(home)
        self.facts = facts_of(self.id, home)
        self.propositions: list[Proposition] = []
        self.readings: list[Reading] = []
        self.left_out: list[LeftOut] = []
        self.explored: list[Any] = []  # filled by lostlead.readings, which builds on this room
        self.conflicts: list[tuple[str, Evidence]] = []
        self.record: Record | None = None
        self._row_sources: dict[str, tuple[str, ...]] = {}
        self._shown: dict[str, None] = {}

    def fact(self, name: str) -> Evidence:
        """Return one fact of this claim as evidence. Raises DataError when it is not there or not this claim's."""
        if name not in self.facts.index:
            raise self._not_mine(name)
        row = self.facts.loc[name]
        self._shown[name] = None
        unread = (name,) if row["checked"] == "unread" else ()
        return Evidence(typed(row["value"], row["type"]), (name,), unread)

    def _not_mine(self, name: str) -> DataError:
        every = read_facts(self.home).index
        if name not in every:
            return DataError(
                "data/facts.csv", f"{self.id} asks for the fact '{name}', which is not there", "add it, or correct the name",
                column="fact",
            )  # fmt: skip
        return DataError(
            "data/facts.csv", f"the fact '{name}' does not list {self.id}, which uses it", f"add {self.id} to its claims",
            row=tables.line_of("facts", every.get_loc(name), self.home), column="claims",
        )  # fmt: skip

    def period(self, name: str) -> Evidence:
        """Return when a fact holds (its ``period``) as evidence. Raises EvidenceError when that is not one date."""
        evidence = self.fact(name)
        try:
            return Evidence(Period.parse(str(self.facts.loc[name, "period"])), evidence.facts, evidence.unread)
        except ValueError as error:
            raise EvidenceError(f"{self.id}: the period of '{name}' is not one date ({error})") from None

    def rows(self, table: str, **where: Any) -> pd.DataFrame:
        """Return the rows of a table in which each named column equals the value given, or is one of several.

        Raises EvidenceError when no row is left.
        """
        frame = tables.read(table, self.home)
        for column, wanted in where.items():
            if column not in frame.columns:
                raise DataError(
                    f"data/{table}.csv", f"there is no column '{column}'", "correct the name", column=column
                )
            values = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Iterable) else list(wanted)
            frame = frame[frame[column].isin(values)]
        if frame.empty:
            raise EvidenceError(f"{self.id}: no row of '{table}' has {where}")
        frame.attrs["table"] = table
        return frame

    def evidence(self, value: Any, rows: pd.DataFrame) -> Evidence:
        """Return a value computed from ``rows`` (from ``Claim.rows``) as evidence that rests on those rows."""
        table = rows.attrs.get("table")
        if not table:
            raise EvidenceError(f"{self.id}: take the rows from claim.rows(…), so that they can be named")
        keys = tables.row_keys(table, rows, self.home)
        for key, cell in zip(keys, rows["sources"], strict=True):
            self._row_sources[key] = tables.split(cell)
        unread = tuple(key for key, checked in zip(keys, rows["checked"], strict=True) if checked == "unread")
        if hasattr(value, "item"):
            value = value.item()
        return Evidence(value, tuple(keys), unread)

    def cell(self, table: str, column: str, **where: Any) -> Evidence:
        """Return one cell of a table as evidence. Raises EvidenceError when not exactly one row fits."""
        rows = self.rows(table, **where)
        if len(rows) != 1:
            raise EvidenceError(f"{self.id}: {len(rows)} rows of '{table}' have {where}; name one")
        value = rows.iloc[0][column]
        return self.evidence(None if pd.isna(value) else value, rows)

    def core(self, text: str, test: Evidence, *, wrong_about: str, why: str = "") -> None:
        """State a proposition that the claim asserts, and what kind of error it is if it fails.

        ``why`` says what is missing if it stays undecided. Raises EvidenceError when it cannot be decided rightly.
        """
        self._propose(text, "core", test, wrong_about, why)

    def detail(self, text: str, test: Evidence, *, wrong_about: str, why: str = "") -> None:
        """State a proposition that can be true or false without carrying the claim. Raises as ``core`` does."""
        self._propose(text, "detail", test, wrong_about, why)

    def undecided(self, text: str, *, role: str, why: str, facts: Iterable[str]) -> None:
        """State a proposition that the evidence leaves open, with the facts that come nearest and what is missing."""
        names = tuple(facts)
        found = [self.fact(name) for name in names]
        if not found:
            raise EvidenceError(f"proposition '{text}' rests on no fact: name the facts that come nearest")
        sources = self._sources(names)
        self.propositions.append(Proposition(text, role, None, "", names, sources, why))

    def conflict(self, text: str, test: Evidence) -> None:
        """Note that sources disagree on something that decides the claim; ``test`` is true while they do."""
        self.conflicts.append((text, test))

    def reading(
        self, name: str, definition: str, value: Evidence, holds: Evidence, *, threshold: float | str | None = None,
        **choices: str,
    ) -> None:  # fmt: skip
        """Record what the claim comes to under one reading of a word in it."""
        shown = value.value.text if isinstance(value.value, Period) else value.value
        self.readings.append(Reading(name, definition, choices, shown, threshold, holds.value))

    def conclude(self, *, english: str, filipino: str) -> Record:
        """Apply the verdict rule and return the record. The findings may link their numbers to facts (Markdown).

        Raises EvidenceError when a claim of fact has no proposition, or when ``conclude`` was called before.
        """
        if self.record is not None:
            raise EvidenceError(f"{self.id} is concluded already: call conclude once, at the end")
        if not self.propositions:
            raise EvidenceError(f"{self.id} has no proposition: state at least one with core(…)")
        if self.kind != "opinion" and not any(p.role == "core" for p in self.propositions):
            raise EvidenceError(f"{self.id} has no core proposition: say what the claim asserts with core(…)")
        verdict = decide(self.propositions, self.kind)
        deciding = dict.fromkeys(f for p in self.propositions if p.holds is not None for f in p.facts)
        level = confidence((self.support(fact) for fact in deciding), disputed=self._disputed(verdict))
        self.finding_en, self.finding_fil = english, filipino
        self.record = Record(
            claim=self.id,
            verdict=str(verdict),
            confidence="" if self.kind == "opinion" else str(level),
            wrong_about="" if self.kind == "opinion" else errors_shown(self.propositions),
            finding_en=plain(english),
            finding_fil=plain(filipino),
            held=sum(p.holds is True for p in self.propositions),
            failed=sum(p.holds is False for p in self.propositions),
            undecided=sum(p.holds is None for p in self.propositions),
            propositions=tuple(self.propositions),
            readings=tuple(self.readings),
            left_out=tuple(self.left_out),
        )
        return self.record

    def support(self, fact: str) -> tuple[bool, int]:
        """Return whether a fact (or ``table:key``) has a primary source, and from how many independent works it is."""
        keys = self._sources([fact])
        primary = any(self.sources[key].primary for key in keys)
        return primary, len(works(keys, self.sources))

    def row_sources(self, key: str) -> tuple[str, ...]:
        """Return the sources of one row of a table (``table:key``) that was used as evidence."""
        return self._row_sources[key]

    def _propose(self, text: str, role: str, test: Evidence, wrong_about: str, why: str) -> None:
        try:
            sources = self._sources(test.facts) if isinstance(test, Evidence) else ()
            self.propositions.append(propose(text, role, test, wrong_about=wrong_about, sources=sources, why=why))
        except EvidenceError as error:
            raise EvidenceError(f"{self.id}: {error}") from None

    def _sources(self, facts: Iterable[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for fact in facts:
            keys = self.row_sources(fact) if ":" in fact else tables.split(self.facts.loc[fact, "sources"])
            found.update(dict.fromkeys(keys))
        return tuple(found)

    def _disputed(self, verdict: str) -> bool:
        conflicting = any(test.value for _, test in self.conflicts)
        if verdict == "Supported":
            return conflicting or any(r.holds is False for r in self.readings)
        if verdict == "Contradicted":
            return conflicting or any(r.holds is True for r in self.readings)
        return conflicting


def facts_of(claim: str, home: Path) -> pd.DataFrame:
    """Return the facts that list a claim, and note only those as read. Raises DataError as ``read_facts`` does."""
    with reads.only(f"facts {claim}"):
        facts, listed = _read_facts(home, _content(home))
    return facts.iloc[listed.get(claim, [])]


def registered(claim: str, home: Path) -> pd.Series:
    """Return the row of one claim in ``claims.csv``, and note only that as read. Raises DataError when it has none."""
    with reads.only(f"claim {claim}"):
        register = tables.read("claims", home)
    found = register[register["claim"] == claim]
    if found.empty:
        raise DataError(
            "data/claims.csv", f"there is no claim '{claim}'", "correct the id, or add the claim", column="claim"
        )
    row: pd.Series = found.iloc[0]
    return row


def open_claim(claim: str, home: Path | None = None) -> Claim:
    """Return one claim of ``claims.csv``, ready to be checked. Raises DataError when it is not in the register."""
    home = home or tables.find_home()
    return Claim(registered(claim, home), home)
