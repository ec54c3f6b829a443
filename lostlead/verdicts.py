"""Propositions, the verdict rule and the record of a verdict. Pure: no files, no display.

The rule is the one printed on the book's page on method; ``tests/test_verdicts.py`` holds it as a table of cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from lostlead.evidence import Evidence, EvidenceError

WRONG_ABOUT = ("date", "number", "direction", "scope", "cause", "wording", "attribution")


class Verdict(StrEnum):
    """The five verdicts, in the words in which they are printed."""

    SUPPORTED = "Supported"
    PARTLY = "Partly supported"
    CONTRADICTED = "Contradicted"
    UNPROVEN = "Unproven"
    OPINION = "Not a factual claim"


class Confidence(StrEnum):
    """How well the deciding facts are sourced; see ``confidence``."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Proposition:
    """One part of a claim that is true or false by itself.

    ``role`` is ``core`` (what the claim asserts) or ``detail``; ``holds`` is True, False or None (undecided);
    ``wrong_about`` is the kind of error when it fails; ``facts`` and ``sources`` are what it rests on; ``why`` says,
    for an undecided one, what is missing.
    """

    text: str
    role: str
    holds: bool | None
    wrong_about: str
    facts: tuple[str, ...]
    sources: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Reading:
    """One reasonable definition of a word in the claim, and whether the claim holds under it.

    ``choices`` names what was chosen (measure, basis, period, …); ``value`` and ``threshold`` are in the same unit.
    ``part`` is the part of the claim that is read so. For a number, ``low`` and ``high`` are its ends (equal when it is
    known, None where it is open) and ``limits`` the threshold as one or two numbers. ``rests_on`` are the facts and, as
    ``table:*``, the tables used.
    """

    name: str
    definition: str
    choices: dict[str, str]
    value: float | str | None
    threshold: float | str | None
    holds: bool | None
    part: str = ""
    low: float | None = None
    high: float | None = None
    limits: tuple[float | None, ...] = ()
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A combination of choices under which a part of a claim is not computed, and why."""

    part: str
    choices: dict[str, str]
    reason: str


@dataclass(frozen=True)
class Record:
    """The verdict on one claim with everything it rests on: what is written to ``verdicts.json``."""

    claim: str
    verdict: str
    confidence: str
    wrong_about: str
    finding_en: str
    finding_fil: str
    held: int
    failed: int
    undecided: int
    propositions: tuple[Proposition, ...]
    readings: tuple[Reading, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    since: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain dictionaries and lists, ready for JSON."""
        plain: dict[str, Any] = asdict(self)
        return plain


def propose(
    text: str, role: str, test: Evidence, *, wrong_about: str, sources: Iterable[str], why: str = ""
) -> Proposition:
    """Return a proposition decided by ``test``, evidence whose value is True, False or None.

    ``wrong_about`` is the kind of error it would be if it fails, ``why`` what is missing if it is undecided.
    Raises EvidenceError when the test rests on no fact,
    or on one that nobody has read, or when its value is not a yes, a no or None.
    """
    if role not in {"core", "detail"}:
        raise EvidenceError(f"proposition '{text}': the role is 'core' or 'detail', not '{role}'")
    if not isinstance(test, Evidence):
        raise EvidenceError(
            f"proposition '{text}' rests on no fact: build its test from claim.fact(…) or claim.rows(…)"
        )
    if not test.facts:
        raise EvidenceError(f"proposition '{text}' rests on no fact: compare at least one fact")
    if test.value is not None and not isinstance(test.value, bool):
        raise EvidenceError(
            f"proposition '{text}': its test gives {test.value!r}; compare, so that it is a yes or a no"
        )
    if test.unread and test.value is not None:
        raise EvidenceError(
            f"proposition '{text}' would be decided by a fact that nobody has read: {', '.join(test.unread)}. Read it "
            "in its source and set 'checked' to 'read', or state the proposition with claim.undecided(…)"
        )
    if wrong_about not in WRONG_ABOUT:
        raise EvidenceError(f"proposition '{text}': wrong_about is one of {', '.join(WRONG_ABOUT)}")
    why = (why or "the facts leave it open") if test.value is None else ""
    kind = wrong_about if test.value is False else ""
    return Proposition(text, role, test.value, kind, test.facts, tuple(sources), why)


def decide(propositions: Sequence[Proposition], kind: str = "fact") -> Verdict:
    """Return the verdict on a claim cut into ``propositions``; ``kind`` is ``opinion`` for what cannot be rated.

    An opinion is not rated. Without a decided core proposition the claim is unproven; with every core proposition
    true and no detail false it is supported; with every decided core proposition false it is contradicted; the rest
    is partly supported.
    """
    core = [p.holds for p in propositions if p.role == "core"]
    detail = [p.holds for p in propositions if p.role == "detail"]
    decided = [holds for holds in core if holds is not None]
    if kind == "opinion":
        return Verdict.OPINION
    if not decided:
        return Verdict.UNPROVEN
    if not any(decided):
        return Verdict.CONTRADICTED
    if all(core) and False not in detail:
        return Verdict.SUPPORTED
    return Verdict.PARTLY


def confidence(support: Iterable[tuple[bool, int]], *, disputed: bool = False) -> Confidence:
    """Return how firm a verdict is.

    ``support`` has, for each deciding fact, whether one of its sources is primary and how many independent sources
    it has. High: every fact has a primary source or two independent ones. Medium: every fact has one. Low: a fact
    has none, no fact decides, or ``disputed`` (readings disagree with the verdict, or the evidence conflicts).
    """
    facts = list(support)
    if disputed or not facts or any(count < 1 for _, count in facts):
        return Confidence.LOW
    if all(primary or count >= 2 for primary, count in facts):
        return Confidence.HIGH
    return Confidence.MEDIUM


def errors_shown(propositions: Iterable[Proposition]) -> str:
    """Return the kinds of error of the failing propositions, each once, joined by ``;`` in order."""
    return ";".join(dict.fromkeys(p.wrong_about for p in propositions if p.holds is False))


def plain(text: str) -> str:
    """Return Markdown text with its links replaced by their words, and what is escaped as it is read."""
    words = re.sub(r"\[((?:\\.|[^\]\\])*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", words)
