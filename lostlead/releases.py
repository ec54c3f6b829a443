"""Releases: which version says what, and which version number a change calls for.

The rule: the first number changes when a verdict changed, the second when facts, readings, figures or pages were added
or taken away, the third when only wording changed. What each release held is kept in three tables of the data package:
``releases``, ``verdict_history`` (a row for each verdict that was new or changed) and ``release_contents`` (since and until when
a fact, reading, figure or page was there).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import pandas as pd

from lostlead import tables

KINDS = ("fact", "reading", "figure", "page")
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Step(IntEnum):
    """How far apart two versions are, the largest last."""

    PATCH = 0
    MINOR = 1
    MAJOR = 2


class ReleaseError(Exception):
    """A release that may not be made; the message says why and what to do."""


@dataclass(frozen=True)
class Contents:
    """What a version holds: ``verdicts`` by claim, and for each kind of ``KINDS`` the names of what is there."""

    verdicts: Mapping[str, str]
    names: Mapping[str, frozenset[str]]


def parse(version: str) -> tuple[int, int, int]:
    """Return a version as three numbers. Raises ReleaseError when it is not ``1.2.3``."""
    found = VERSION.fullmatch(version)
    if found is None:
        raise ReleaseError(f"'{version}' is no version: write three numbers, such as 1.2.3")
    major, minor, patch = (int(number) for number in found.groups())
    return major, minor, patch


def after(version: str, step: Step) -> str:
    """Return the version that follows one by a step."""
    major, minor, patch = parse(version)
    return {
        Step.MAJOR: f"{major + 1}.0.0",
        Step.MINOR: f"{major}.{minor + 1}.0",
        Step.PATCH: f"{major}.{minor}.{patch + 1}",
    }[step]


def changes(before: Contents, now: Contents) -> tuple[Step, list[str]]:
    """Return the step that the difference between two versions calls for, and what differs, a line each."""
    lines: list[str] = []
    step = Step.PATCH
    for claim in sorted(before.verdicts.keys() | now.verdicts.keys()):
        old, new = before.verdicts.get(claim), now.verdicts.get(claim)
        if old is None:
            step = max(step, Step.MINOR)
            lines.append(f"{claim}: new claim, {new}")
        elif old != new:
            step = Step.MAJOR
            lines.append(f"{claim}: {old} became {new or 'no verdict'}")
    for kind in KINDS:
        added, gone = now.names[kind] - before.names[kind], before.names[kind] - now.names[kind]
        for word, names in (("added", added), ("taken away", gone)):
            if names:
                step = max(step, Step.MINOR)
                plural = "" if len(names) == 1 else "s"
                lines.append(f"{len(names)} {kind}{plural} {word}")
    return step, lines


def check_version(version: str, last: str, before: Contents, now: Contents) -> None:
    """Raise ReleaseError unless ``version`` is the one that the changes since the ``last`` release call for."""
    step, lines = changes(before, now)
    due = after(last, step)
    if parse(version) != parse(due):
        told = "; ".join(lines) or "only wording changed"
        raise ReleaseError(f"{version} cannot follow {last}: {told}. Remedy: call it {due}")


def contents_now(home: Path) -> Contents:
    """Return what the project at ``home`` holds: its verdicts, facts, parts with readings, figures and pages."""
    verdicts = tables.read("verdicts", home)
    parts = tables.read("reading_parts", home)
    with (home / "figures" / "figures.csv").open(encoding="utf-8", newline="") as handle:
        figures = frozenset(row["name"] for row in csv.DictReader(handle))
    book = home / "book"
    pages = (
        path for path in book.rglob("*") if path.suffix in {".ipynb", ".md"} and "checkpoints" not in path.parent.name
    )
    names = {
        "fact": frozenset(tables.read("facts", home)["fact"]),
        "reading": frozenset(f"{row.claim} {row.part}" for row in parts.itertuples()),
        "figure": figures,
        "page": frozenset(path.relative_to(home).with_suffix("").as_posix() for path in pages),
    }
    return Contents(dict(zip(verdicts["claim"], verdicts["verdict"], strict=True)), names)


def contents_of(version: str, home: Path) -> Contents:
    """Return what a release held. Raises ReleaseError when there is no release of that version."""
    if version not in set(tables.read("releases", home)["version"]):
        raise ReleaseError(f"there is no release {version}; data/releases.csv lists them")
    at = parse(version)
    history = tables.read("verdict_history", home)
    history = history[[parse(cell) <= at for cell in history["version"]]]
    verdicts = {claim: rows["verdict"].iloc[-1] for claim, rows in history.groupby("claim")}
    ledger = tables.read("release_contents", home)
    there = ledger[[_held(row.added, row.removed, at) for row in ledger.itertuples()]]
    return Contents(verdicts, {kind: frozenset(there.loc[there["kind"] == kind, "name"]) for kind in KINDS})


def _held(added: str, removed: object, at: tuple[int, int, int]) -> bool:
    return parse(added) <= at and (pd.isna(removed) or parse(str(removed)) > at)


def last_release(home: Path) -> str:
    """Return the version of the newest release."""
    return str(max(tables.read("releases", home)["version"], key=parse))


def since(history: pd.DataFrame, claim: str, verdict: str, version: str) -> str:
    """Return the version since which a claim has its verdict: that of the last change on record, or ``version``.

    ``history`` is the table ``verdict_history``; ``version`` is the one that is being made.
    """
    rows = history[history["claim"] == claim]
    if not rows.empty and rows["verdict"].iloc[-1] == verdict:
        return str(rows["version"].iloc[-1])
    return version


def recorded(home: Path, version: str, date: str, summary: str, reasons: Mapping[str, str]) -> dict[str, bytes]:
    """Return the three tables with one more release, by path, ready to be written.

    ``reasons`` says, for each claim whose verdict changed, why. Raises ReleaseError when the version does not follow
    from the changes, is there already, or a changed verdict has no reason.
    """
    last = last_release(home)
    before, now = contents_of(last, home), contents_now(home)
    check_version(version, last, before, now)
    step, _ = changes(before, now)
    confidence = tables.read("verdicts", home).set_index("claim")["confidence"]
    rows = []
    for claim, verdict in now.verdicts.items():
        old = before.verdicts.get(claim, "")
        if verdict == old:
            continue
        if not reasons.get(claim):
            raise ReleaseError(f"the verdict on {claim} changed: say why, WHY='{claim}: …'")
        rows.append([version, claim, verdict, _text(confidence[claim]), old, reasons[claim]])
    ledger = tables.read("release_contents", home)
    kept = [
        [row.kind, row.name, row.added, _text(row.removed) or _ended(row, before, now, version)]
        for row in _rows(ledger)
    ]
    added = [[kind, name, version, ""] for kind in KINDS for name in sorted(now.names[kind] - before.names[kind])]
    return {
        "data/releases.csv": _appended(home, "releases", [[version, date, step.name.lower(), summary]]),
        "data/verdict_history.csv": _appended(home, "verdict_history", rows),
        "data/release_contents.csv": _written(["kind", "name", "added", "removed"], kept + added),
    }


@dataclass(frozen=True)
class _Row:
    kind: str
    name: str
    added: str
    removed: object


def _rows(ledger: pd.DataFrame) -> list[_Row]:
    return [_Row(*cells) for cells in ledger[["kind", "name", "added", "removed"]].itertuples(index=False)]


def _ended(row: _Row, before: Contents, now: Contents, version: str) -> str:
    was, still = row.name in before.names[row.kind], row.name in now.names[row.kind]
    return version if was and not still else ""


def _text(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell)


def _appended(home: Path, name: str, rows: list[list[str]]) -> bytes:
    path = home / "data" / f"{name}.csv"
    return path.read_bytes() + _written(None, rows)


def _written(header: list[str] | None, rows: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows(([header] if header else []) + rows)
    return buffer.getvalue().encode("utf-8")
