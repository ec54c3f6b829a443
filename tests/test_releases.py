"""A version number follows from what changed, and the ledger of releases can be trusted."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lostlead import tables
from lostlead.releases import (
    KINDS,
    Contents,
    ReleaseError,
    Step,
    after,
    changes,
    check_version,
    contents_now,
    contents_of,
    last_release,
    parse,
    recorded,
    since,
)

from .conftest import ROOT, copy_project

Edit = Callable[[str, str, str], None]
EMPTY: frozenset[str] = frozenset()


def contents(verdict: str = "Supported", *, facts: str = "a b") -> Contents:
    names = dict.fromkeys(KINDS, EMPTY) | {"fact": frozenset(facts.split())}
    return Contents({"C01": verdict}, names)


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (contents(), Step.PATCH),
        (contents(facts="a b c"), Step.MINOR),
        (contents(facts="a"), Step.MINOR),
        (contents("Contradicted"), Step.MAJOR),
        (contents("Contradicted", facts="a b c"), Step.MAJOR),
    ],
)
def test_the_step_follows_from_what_changed(now: Contents, step: Step) -> None:
    assert changes(contents(), now)[0] == step


@pytest.mark.parametrize(("step", "version"), [(Step.PATCH, "1.2.4"), (Step.MINOR, "1.3.0"), (Step.MAJOR, "2.0.0")])
def test_the_version_that_follows(step: Step, version: str) -> None:
    assert after("1.2.3", step) == version


@pytest.mark.parametrize("wrong", ["1.2.3", "1.2.4", "1.3.0", "2.1.0", "3.0.0"])
def test_another_number_is_refused_and_the_right_one_is_named(wrong: str) -> None:
    with pytest.raises(ReleaseError, match=r"C01: Supported became Contradicted.*call it 2\.0\.0"):
        check_version(wrong, "1.2.3", contents(), contents("Contradicted"))
    check_version("2.0.0", "1.2.3", contents(), contents("Contradicted"))


@pytest.mark.parametrize("text", ["1.2", "v1.2.3", "1.2.3-beta", "", "one"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match="write three numbers"):
        parse(text)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The data and pages of the project, in a folder with a space."""
    return copy_project(tmp_path / "lost lead", "data", "book", "figures/figures.csv", "CITATION.cff")


def test_what_a_release_held_can_be_told_again(home: Path) -> None:
    last = last_release(home)
    held = contents_of(last, home)
    assert len(held.verdicts) == 26
    history = tables.read("verdict_history", home)
    assert dict(held.verdicts) == dict(zip(history["claim"], history["verdict"], strict=True))
    with pytest.raises(ReleaseError, match=r"no release 9\.9\.9"):
        contents_of("9.9.9", home)


def write(home: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (home / name).write_bytes(content)


def test_a_release_is_recorded_once_and_read_back(home: Path) -> None:
    last = last_release(home)
    before, now = contents_of(last, home), contents_now(home)
    version = after(last, changes(before, now)[0])
    reasons = {claim: "a reason" for claim in now.verdicts}
    write(home, recorded(home, version, "2027-01-01", "what changed", reasons))
    assert last_release(home) == version
    assert contents_of(version, home) == now
    assert contents_of(last, home) == before
    with pytest.raises(ReleaseError, match="cannot follow"):
        recorded(home, version, "2027-01-02", "again", reasons)


def test_a_changed_verdict_needs_a_reason_and_a_first_number(home: Path) -> None:
    path = home / "data" / "verdicts.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^C04,Supported,", "C04,Contradicted,", text, flags=re.MULTILINE), encoding="utf-8")
    last = last_release(home)
    due = after(last, Step.MAJOR)
    with pytest.raises(ReleaseError, match=rf"C04: Supported became Contradicted.*call it {re.escape(due)}"):
        recorded(home, after(last, Step.PATCH), "2027-01-01", "", {"C04": "why"})
    with pytest.raises(ReleaseError, match="the verdict on C04 changed: say why"):
        recorded(home, due, "2027-01-01", "", {})
    write(home, recorded(home, due, "2027-01-01", "C04 turned", {"C04": "a new document was found"}))
    rows = tables.read("verdict_history", home)
    [row] = [row for row in rows.itertuples() if row.version == due]
    assert (row.claim, row.before, row.verdict, row.why) == (
        "C04",
        "Supported",
        "Contradicted",
        "a new document was found",
    )
    assert since(rows, "C04", "Contradicted", "9.0.0") == due
    assert since(rows, "C04", "Supported", "9.0.0") == "9.0.0"
    assert since(rows, "C01", "Supported", "9.0.0") == "0.1.0"


def corrections() -> list[dict[str, str]]:
    with (ROOT / "data" / "corrections.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("row", corrections(), ids=lambda row: row["correction"])
def test_a_correction_is_in_place_as_long_as_it_is_needed(row: dict[str, str]) -> None:
    place, _, expected = row["guard"].partition("=")
    table, key, column = place.split(":")
    rows = tables.read(table, ROOT)
    found = [
        entry for entry, address in zip(rows.to_dict("records"), tables.row_keys(table, rows, ROOT), strict=True)
        if address == f"{table}:{key}"
    ]  # fmt: skip
    assert len(found) == 1, f"{row['correction']}: no row {table}:{key} any more; take the correction's guard off"
    assert str(found[0][column]) == expected
