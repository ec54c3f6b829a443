"""Values that remember which facts they came from, and dates that know how uncertain they are.

A notebook compares evidence with plain Python (``walk.year == 1964``). Each result carries the facts of its parts, so
that a proposition can list them without anybody typing them a second time.
"""

from __future__ import annotations

import operator
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from time import struct_time
from typing import Any

import pandas as pd
from edtf import EDTFParseException, parse_edtf

MONTHS_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MONTHS_FILIPINO = (
    "Enero", "Pebrero", "Marso", "Abril", "Mayo", "Hunyo", "Hulyo", "Agosto", "Setyembre", "Oktubre", "Nobyembre",
    "Disyembre",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """A date as far as it is known: it lies between ``earliest`` and ``latest``, both included.

    Comparisons answer True or False only where every possible day gives the same answer, and None otherwise.
    """

    earliest: date
    latest: date
    text: str

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period that an EDTF date stands for. Raises ValueError when the text is not EDTF.

        An uncertain or approximate date (``?``, ``~``) is widened by the padding of the edtf library.
        """
        return cls(*_bounds(text), text)

    @property
    def is_day(self) -> bool:
        """Whether the period is one known day."""
        return self.earliest == self.latest

    @property
    def year(self) -> int | None:
        """The year, or None when the period touches more than one."""
        return self.earliest.year if self.earliest.year == self.latest.year else None

    def before(self, other: Period) -> bool | None:
        """Whether this lies wholly before the other period: True, False, or None when it cannot be told."""
        if self.latest < other.earliest:
            return True
        return False if self.earliest >= other.latest else None

    def same(self, other: Period) -> bool | None:
        """Whether both are the same day: True, False, or None when it cannot be told."""
        if self.latest < other.earliest or other.latest < self.earliest:
            return False
        return True if self.is_day and other.is_day else None

    def coarser(self, part: str) -> Period:
        """Return the ``month`` or ``year`` that the date lies in (itself when it is no finer than that)."""
        length = {"month": 7, "year": 4}[part]
        return Period(self.earliest, self.latest, self.text[:length])

    def say(self, language: str = "en") -> str:
        """Return the date in words, English or Filipino (``fil``), no finer than it is known."""
        plain = self.text.rstrip("?~%")
        parts = [int(part) for part in plain.split("-")] if "X" not in plain else []
        fil = language == "fil"
        months = MONTHS_FILIPINO if fil else MONTHS_ENGLISH
        match parts:
            case [year, month, day]:
                words = f"ika-{day} ng {months[month - 1]} {year}" if fil else f"{day} {months[month - 1]} {year}"
            case [year, month]:
                words = f"{months[month - 1]} {year}"
            case [year]:
                words = str(year)
            case _:
                words = ("dekada " if fil else "") + plain.replace("X", "0") + ("" if fil else "s")
        if self.text.endswith("~"):
            words = ("mga " if fil else "about ") + words
        elif self.text.endswith(("?", "%")):
            words = ("marahil " if fil else "probably ") + words
        return words


@lru_cache(maxsize=4096)
def _bounds(text: str) -> tuple[date, date]:
    """Return the first and the last day that an EDTF date can mean. Days, months and years skip the library's slow grammar."""
    try:
        if found := re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", text, re.ASCII):
            year, first, last = int(found[1]), int(found[2] or 1), int(found[2] or 12)
            return date(year, first, int(found[3] or 1)), date(year, last, int(found[3] or monthrange(year, last)[1]))
        value = parse_edtf(text)
        return _day(value.lower_fuzzy()), _day(value.upper_fuzzy())
    except (EDTFParseException, AttributeError, ValueError, TypeError) as error:
        raise ValueError(f"'{text}' is not an EDTF date") from error


def _day(moment: struct_time) -> date:
    return date(moment.tm_year, moment.tm_mon, moment.tm_mday)


class EvidenceError(Exception):
    """A comparison or proposition that does not hold together; the message says how to mend it."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """A value with the facts it rests on.

    ``value`` is a number, text, boolean or ``Period``, or None when nothing can be told; ``facts`` are ids of
    ``facts.csv`` or ``table:key``; ``unread`` are those among them that nobody has read in a source.

    Comparison, arithmetic (``+ - * /``), ``&``, ``|`` and ``~`` give new evidence with the facts of all parts. The
    logic is Kleene's: what cannot be told stays None unless the other part settles it.
    """

    value: Any
    facts: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def _with(self, other: Any, combine: Callable[[Any, Any], Any]) -> Evidence:
        if not isinstance(other, Evidence):
            other = Evidence(other, ())
        facts = tuple(dict.fromkeys(self.facts + other.facts))
        unread = tuple(dict.fromkeys(self.unread + other.unread))
        return Evidence(combine(self.value, other.value), facts, unread)

    def __eq__(self, other: object) -> Evidence:  # type: ignore[override]
        return self._with(other, _same)

    def __ne__(self, other: object) -> Evidence:  # type: ignore[override]
        return ~(self == other)

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: Any) -> Evidence:
        return self._with(other, _less)

    def __gt__(self, other: Any) -> Evidence:
        return self._with(other, lambda a, b: _less(b, a))

    def __le__(self, other: Any) -> Evidence:
        return self._with(other, lambda a, b: _negate(_less(b, a)))

    def __ge__(self, other: Any) -> Evidence:
        return self._with(other, lambda a, b: _negate(_less(a, b)))

    def __add__(self, other: Any) -> Evidence:
        return self._with(other, _lift(operator.add))

    def __sub__(self, other: Any) -> Evidence:
        return self._with(other, _subtract)

    def __mul__(self, other: Any) -> Evidence:
        return self._with(other, _lift(operator.mul))

    def __truediv__(self, other: Any) -> Evidence:
        return self._with(other, _divide)

    def __and__(self, other: Any) -> Evidence:
        return self._with(other, _both)

    def __or__(self, other: Any) -> Evidence:
        return self._with(other, lambda a, b: _negate(_both(_negate(a), _negate(b))))

    def __invert__(self) -> Evidence:
        return Evidence(_negate(self.value), self.facts, self.unread)

    def __bool__(self) -> bool:
        raise EvidenceError(
            "evidence is not a plain yes or no: it may be undecided. Hand it to a proposition, join it with & and |, "
            "or look at its .value"
        )

    def or_open(self) -> Evidence:
        """Return this where it is true, and undecided where it is not: for a search that found nothing."""
        return Evidence(self.value or None, self.facts, self.unread)

    @property
    def year(self) -> Evidence:
        """The year of a date, as evidence (None when the date touches more than one year)."""
        if not isinstance(self.value, Period):
            raise EvidenceError(f"{self.facts} is not a date, so it has no year")
        return Evidence(self.value.year, self.facts, self.unread)

    def __format__(self, spec: str) -> str:
        """Return the value in words as a Markdown link to the first of its facts.

        For dates ``spec`` is the language (``fil``, otherwise English) and how finely to say it, joined by a hyphen
        (``month``, ``fil-month``, ``year``); for the rest it is Python's format language.
        """
        if isinstance(self.value, Period):
            parts = spec.split("-")
            value = next((self.value.coarser(part) for part in parts if part in {"month", "year"}), self.value)
            text = value.say("fil" if "fil" in parts else "en")
        elif spec == "" and isinstance(self.value, int) and not isinstance(self.value, bool):
            text = f"{self.value:,}" if abs(self.value) >= 10000 else str(self.value)
        else:
            text = format(self.value, spec)
        if isinstance(self.value, str):
            text = escape(text)
        return f"[{text}](#{anchor(self.facts[0])})" if self.facts else text


def escape(text: Any) -> str:
    """Return text from the data so that Markdown and MyST show it as it is, also inside a table."""
    plain = "" if text is None or (not isinstance(text, str) and pd.isna(text)) else str(text)
    plain = re.sub(r"\s+", " ", plain).strip()
    plain = re.sub(r"([\\`*_{}\[\]<>#|$~^&])", r"\\\1", plain)
    # MyST shows neither a line that begins with % nor one that is a label: (name)=
    return re.sub(r"^(\d*)([-+=:.)])|^(?=%|\(.*\)=)", r"\1\\\2", plain)


def anchor(fact: str) -> str:
    """Return the anchor of a fact (``fact-…``) or, for a row of another table, of that table (``table-…``)."""
    return f"table-{fact.split(':', 1)[0]}" if ":" in fact else f"fact-{fact}"


def _lift(act: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: None if a is None or b is None else act(a, b)


def _divide(a: Any, b: Any) -> Any:
    return None if a is None or b is None or b == 0 else a / b


def _same(a: Any, b: Any) -> bool | None:
    if a is None or b is None:
        return None
    if isinstance(a, Period) != isinstance(b, Period):
        raise EvidenceError(
            f"a date cannot be compared with {b if isinstance(a, Period) else a!r}; use .year or a date"
        )
    return a.same(b) if isinstance(a, Period) else bool(a == b)


def _less(a: Any, b: Any) -> bool | None:
    if a is None or b is None:
        return None
    if isinstance(a, Period) and isinstance(b, Period):
        return a.before(b)
    if isinstance(a, Period) or isinstance(b, Period):
        raise EvidenceError(f"{a!r} and {b!r} cannot be put in order; use .year or two dates")
    return bool(a < b)


def _subtract(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return None
    if isinstance(a, Period) and isinstance(b, Period):
        if not (a.is_day and b.is_day):
            return None
        return (a.earliest - b.earliest) // timedelta(days=1)
    return a - b


def _both(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _negate(a: bool | None) -> bool | None:
    return None if a is None else not a
