"""Readings: what a claim comes to under every reasonable definition of the words in it.

The choices (what is measured, on which basis, for which years …) are rows of ``reading_choices.csv`` and are combined
in full. A combination can only be left out by a row of ``reading_exclusions.csv``, which says why; so no awkward one
is missed in silence. The form is that of multiverse analysis and of specification curves (Simonsohn, Simmons and
Nelson 2020).
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from lostlead import tables
from lostlead.claims import Claim
from lostlead.evidence import Evidence, EvidenceError, Period
from lostlead.tables import DataError
from lostlead.verdicts import LeftOut, Reading

EVERY = "*"  # in place of an option: the options are the rows of a table, handed over by the notebook
BOUNDS = ("exact", "at least", "at most")
FEW = 20  # an option with fewer than one in so many readings is too rare to be named as the chief one


@dataclass(frozen=True)
class Option:
    """One answer to a choice: ``words`` fit into the sentence of the part, ``number`` is a threshold where it is one."""

    name: str
    words: str
    definition: str
    number: float | None = None


@dataclass(frozen=True)
class Choice:
    """Something that has to be settled before the claim can be computed, with its options in the order of the data."""

    name: str
    asks: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Exclusion:
    """Why combinations are left out: all that have, for each choice named, one of the options named."""

    options: Mapping[str, tuple[str, ...]]
    reason: str
    row: int

    def fits(self, combination: Mapping[str, Option]) -> bool:
        """Whether a combination is among those left out."""
        return all(combination[choice].name in names for choice, names in self.options.items())


@dataclass(frozen=True)
class Part:
    """One part of a claim that can be read in several ways.

    ``words`` name it, ``asks`` is the question it answers, ``sentence`` defines a reading (the names of the choices
    stand in braces), ``rule`` is one of ``RULES`` and says how the value, in ``unit`` with ``decimals`` places, has to
    stand to the threshold for the claim to hold; ``scale`` is ``linear``, ``log`` or ``none`` (values in words).
    """

    claim: str
    name: str
    words: str
    asks: str
    sentence: str
    quantity: str
    unit: str
    rule: str
    decimals: int
    scale: str
    choices: tuple[Choice, ...]
    exclusions: tuple[Exclusion, ...]

    def combinations(self) -> list[dict[str, Option]]:
        """Return every combination of the options, the last choice changing fastest."""
        names = [choice.name for choice in self.choices]
        return [
            dict(zip(names, options, strict=True))
            for options in itertools.product(*(choice.options for choice in self.choices))
        ]


@dataclass(frozen=True)
class Measured:
    """What one combination comes to.

    ``value`` is a number, or words for the rule ``is``; ``upto`` is the upper end where only a range is known;
    ``bound`` says that the true value is at least or at most this much; ``threshold`` is what it is held against (two
    numbers for ``within``); ``rows`` are the figures it was computed from, few enough to be read.
    """

    value: Evidence
    threshold: Any
    upto: Evidence | None = None
    bound: str = "exact"
    rows: pd.DataFrame | None = None


@dataclass
class Explored:
    """A part with the outcome of every combination; ``workings`` are the figures behind each reading, by its name."""

    part: Part
    stands_for: str
    readings: list[Reading] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    workings: dict[str, pd.DataFrame] = field(default_factory=dict)


WORDS = {True: "yes", False: "no", None: "open"}  # whether a reading holds, in a table
Rule = Callable[[float | None, float | None, Any], bool | None]


def _at_least(low: float | None, high: float | None, threshold: float) -> bool | None:
    if low is not None and low >= threshold:
        return True
    return False if high is not None and high < threshold else None


def _more_than(low: float | None, high: float | None, threshold: float) -> bool | None:
    if low is not None and low > threshold:
        return True
    return False if high is not None and high <= threshold else None


def _negated(rule: Rule) -> Rule:
    def negated(low: float | None, high: float | None, threshold: float) -> bool | None:
        holds = rule(low, high, threshold)
        return None if holds is None else not holds

    return negated


def _within(low: float | None, high: float | None, threshold: tuple[float, float]) -> bool | None:
    bottom, top = threshold
    if low is not None and high is not None and low >= bottom and high <= top:
        return True
    outside = (high is not None and high < bottom) or (low is not None and low > top)
    return False if outside else None


# A value known only as a range holds or fails when every number in the range does; otherwise it stays open.
RULES: dict[str, Rule] = {
    "at least": _at_least,
    "more than": _more_than,
    "at most": _negated(_more_than),
    "less than": _negated(_at_least),
    "within": _within,
}
IS = "is"  # the rule for values in words


def read_parts(claim: str, home: Path | None = None) -> dict[str, Part]:
    """Return the parts of a claim that have readings, by name, in the order of ``reading_parts.csv``.

    Raises DataError when a part has no choices, a choice has fewer than two options, the sentence does not name just
    its choices, or an exclusion names a choice or option that is not there.
    """
    home = home or tables.find_home()
    parts = tables.read("reading_parts", home)
    options = tables.read("reading_choices", home)
    exclusions = tables.read("reading_exclusions", home)
    found = {}
    for row in parts[parts["claim"] == claim].itertuples():
        mine = options[(options["claim"] == claim) & (options["part"] == row.part)]
        choices = tuple(_choice(str(name), rows) for name, rows in mine.groupby("choice", sort=False))
        place = {"row": tables.line_of("reading_parts", int(row.Index), home)}
        named = {name for _, name, _, _ in string.Formatter().parse(row.sentence) if name}
        if named != {choice.name for choice in choices}:
            raise DataError(
                "data/reading_parts.csv", f"the sentence of {claim}, {row.part} names {sorted(named)}, its choices are "
                f"{[choice.name for choice in choices]}", "name each choice in braces, and no other", column="sentence", **place,
            )  # fmt: skip
        mine = exclusions[(exclusions["claim"] == claim) & (exclusions["part"] == row.part)]
        left_out = tuple(_exclusion(entry, choices, home) for entry in mine.itertuples())
        found[row.part] = Part(
            claim, row.part, row.words, row.asks, row.sentence, row.quantity, "" if pd.isna(row.unit) else row.unit,
            row.rule, int(row.decimals), row.scale, choices, left_out,
        )  # fmt: skip
    return found


def _choice(name: str, rows: pd.DataFrame) -> Choice:
    options = tuple(
        Option(row.option, row.words, row.definition, None if pd.isna(row.number) else float(row.number))
        for row in rows.itertuples()
    )
    return Choice(name, rows["choice_asks"].iloc[0], options)


def _exclusion(entry: Any, choices: Sequence[Choice], home: Path) -> Exclusion:
    """Return an exclusion, written ``choice=option|option;choice=option``. Raises DataError when it names nothing."""
    line = tables.line_of("reading_exclusions", int(entry.Index), home)
    known = {choice.name: {option.name for option in choice.options} for choice in choices}
    wanted = {}
    for piece in tables.split(entry.options):
        choice, _, names = piece.partition("=")
        wanted[choice] = tuple(names.split("|"))
        missing = [
            name for name in wanted[choice] if name not in known.get(choice, ()) and EVERY not in known.get(choice, ())
        ]
        if missing:
            raise DataError(
                "data/reading_exclusions.csv", f"'{choice}' has no option '{missing[0]}'",
                f"name a choice and an option that reading_choices.csv has for {entry.claim}, {entry.part}",
                row=line, column="options",
            )  # fmt: skip
    return Exclusion(wanted, entry.reason, line)


def explore(
    claim: Claim, part: str, measure: Callable[..., Measured], *, stands_for: str = "",
    options: Mapping[str, Iterable[Option]] | None = None,
) -> Explored:  # fmt: skip
    """Compute a part of a claim under every combination of its choices and add the readings to the claim.

    ``measure`` gets an ``Option`` for each choice, by name, and returns what the combination comes to. ``stands_for``
    is the text of the proposition that the part re-reads (stated before). ``options`` are the options of a choice that
    the data give as ``*``, row by row. Raises EvidenceError when a combination has no outcome although nothing says
    why it is left out, or DataError for a part, exclusion or option that fits nothing.
    """
    parts = read_parts(claim.id, claim.home)
    if part not in parts:
        raise DataError(
            "data/reading_parts.csv", f"{claim.id} has no part '{part}'", "add it, or correct the name", column="part"
        )
    if stands_for and stands_for not in {proposition.text for proposition in claim.propositions}:
        raise EvidenceError(f"{claim.id}, {part}: no proposition says '{stands_for}'; state it before its readings")
    whole = _filled(parts[part], options or {})
    explored = Explored(whole, stands_for)
    used: set[int] = set()
    for combination in whole.combinations():
        chosen = {name: option.name for name, option in combination.items()}
        excluded = next((entry for entry in whole.exclusions if entry.fits(combination)), None)
        if excluded is not None:
            used.add(excluded.row)
            explored.left_out.append(LeftOut(whole.words, chosen, excluded.reason))
            continue
        measured = measure(**combination)
        if not isinstance(measured, Measured):
            raise EvidenceError(
                f"{claim.id}, {part}: no outcome for {_told(chosen)}; compute it, or say in reading_exclusions.csv "
                "why it is left out"
            )
        reading = _reading(whole, combination, measured)
        explored.readings.append(reading)
        if measured.rows is not None:
            explored.workings[reading.name] = measured.rows
    for entry in whole.exclusions:
        if entry.row not in used:
            raise DataError(
                "data/reading_exclusions.csv", f"no combination of {claim.id}, {part} is left out by this row", "delete it",
                row=entry.row, column="options",
            )  # fmt: skip
    claim.readings += explored.readings
    claim.left_out += explored.left_out
    claim.explored.append(explored)
    return explored


def _filled(part: Part, options: Mapping[str, Iterable[Option]]) -> Part:
    """Return a part whose choices given as ``*`` have the options of the notebook."""
    choices = []
    for choice in part.choices:
        open_ended = [option.name for option in choice.options] == [EVERY]
        if open_ended != (choice.name in options):
            raise EvidenceError(
                f"{part.claim}, {part.name}: the options of '{choice.name}' come from "
                + ("the notebook: hand them over" if open_ended else "reading_choices.csv, not from the notebook")
            )
        choices.append(Choice(choice.name, choice.asks, tuple(options[choice.name])) if open_ended else choice)
    return Part(**{**part.__dict__, "choices": tuple(choices)})


def _reading(part: Part, combination: Mapping[str, Option], measured: Measured) -> Reading:
    chosen = {name: option.name for name, option in combination.items()}
    definition = part.sentence.format(**{name: option.words for name, option in combination.items()})
    definition = definition[:1].upper() + definition[1:]
    ends = [measured.value] + ([measured.upto] if measured.upto is not None else [])
    facts = tuple(dict.fromkeys(_short(fact) for end in ends for fact in end.facts))
    unread = any(end.unread for end in ends)
    if not facts:
        raise EvidenceError(f"{part.claim}, {part.name}: the reading {_told(chosen)} rests on no fact")
    if measured.bound not in BOUNDS:
        raise EvidenceError(f"{part.claim}, {part.name}: a bound is one of {', '.join(BOUNDS)}")
    low, high = ends[0].value, ends[-1].value
    if part.rule == IS:
        holds = None if low is None or unread else low == measured.threshold
        value = low.text if isinstance(low, Period) else low
        return Reading(_told(chosen), definition, chosen, value, measured.threshold, holds, part.words, rests_on=facts)
    low = None if measured.bound == "at most" else low
    high = None if measured.bound == "at least" else high
    holds = None if unread else RULES[part.rule](low, high, measured.threshold)
    low, high = _rounded(low, part.decimals), _rounded(high, part.decimals)
    threshold = measured.threshold
    limits: tuple[float | None, ...]
    if isinstance(threshold, tuple):
        bottom, top = (_rounded(end, part.decimals) for end in threshold)
        limits, threshold = (bottom, top), f"{_number(bottom)} to {_number(top)}"
    else:
        threshold = _rounded(threshold, part.decimals)
        limits = (threshold,)
    return Reading(
        _told(chosen), definition, chosen, _in_words(low, high), threshold, holds, part.words, low, high, limits, facts
    )


def _told(chosen: Mapping[str, str]) -> str:
    return "; ".join(f"{choice}: {option}" for choice, option in chosen.items())


def _short(fact: str) -> str:
    """Return a fact as it is, and a row of a table as its table (``table:*``): readings rest on many rows."""
    return f"{fact.split(':', 1)[0]}:{EVERY}" if ":" in fact else fact


def _rounded(number: float | None, decimals: int) -> float | None:
    if number is None:
        return None
    return round(float(number), decimals) if decimals else round(float(number))


def _number(number: float | None) -> str:
    return "?" if number is None else f"{number:.10g}"


def _in_words(low: float | None, high: float | None) -> float | str | None:
    """Return a value as a number where it is one, otherwise as a range in words."""
    if low is None:
        return None if high is None else f"at most {_number(high)}"
    if high is None:
        return f"at least {_number(low)}"
    return low if low == high else f"{_number(low)} to {_number(high)}"


def frame(explored: Explored) -> pd.DataFrame:
    """Return the readings of a part as a table, a row a reading.

    Columns: ``reading`` (its name), one for each choice, ``value``, ``low``, ``high``, ``threshold``, ``holds`` (``yes``,
    ``no`` or ``open``) and ``definition``.
    """
    return pd.DataFrame(
        [
            {
                "reading": reading.name, **reading.choices, "value": reading.value, "low": reading.low, "high": reading.high,
                "threshold": reading.threshold, "holds": WORDS[reading.holds], "definition": reading.definition,
            }
            for reading in explored.readings
        ]
    )  # fmt: skip


def held(readings: Iterable[Reading]) -> tuple[int, int]:
    """Return how many readings the claim holds under, and how many there are."""
    every = list(readings)
    return sum(reading.holds is True for reading in every), len(every)


def chiefly(explored: Explored) -> tuple[Choice, Option, int, int] | None:
    """Return the option under which the claim holds most often: choice, option, readings that hold, readings in all.

    By the share of its readings that hold, then by their number, then in the order of the data. An option counts when
    at least one reading in FEW has it. None when the readings all agree, or no option does better than the rest.
    """
    holding, total = held(explored.readings)
    if holding in (0, total):
        return None
    best: tuple[float, int, Choice, Option, int] | None = None
    for choice in explored.part.choices:
        for option in choice.options:
            count, size = held(reading for reading in explored.readings if reading.choices[choice.name] == option.name)
            if size * FEW >= total and (best is None or (count / size, count) > best[:2]):
                best = (count / size, count, choice, option, size)
    if best is None or best[0] <= holding / total:
        return None
    _, count, choice, option, size = best
    return choice, option, count, size


def summary(explored: Explored) -> str:
    """Return in words under how many readings a part holds, and under which option most often."""
    holding, total = held(explored.readings)
    undecided = sum(reading.holds is None for reading in explored.readings)
    text = f"holds under {holding} of {total} readings"
    if undecided:
        text += f" ({undecided} {'stays' if undecided == 1 else 'stay'} open)"
    best = chiefly(explored)
    if best is None:
        return text
    choice, option, count, size = best
    return (
        f"{text}, most often where “{choice.asks[:1].lower()}{choice.asks[1:]}” is “{option.name}” ({count} of {size})"
    )
