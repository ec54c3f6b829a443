"""Change one deciding value in the data, and that claim's result changes, and no other claim's.

Each claim has one deciding value below, in a fact that no other claim uses or in rows that decide this claim. Its
check is run three times: on the data as they are, with its own value changed, and with the values of all claims changed
at once. The second must differ from the first; the third must equal the second, so that no other change touched it.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lostlead.claims import Claim

from .conftest import ROOT, copy_project

# claim: (table, what names the row, column to change, new value)
CHANGES: dict[str, tuple[str, dict[str, str], str, str]] = {
    "C01": ("facts", {"fact": "soviet-first-nuclear-test-date"}, "value", "1939-08-29"),
    "C02": ("facts", {"fact": "first-crewed-orbital-flight-date"}, "value", "1962-04-12"),
    "C03": ("facts", {"fact": "first-spacewalk-date"}, "value", "1964-03-18"),
    "C04": ("facts", {"fact": "apollo11-people-landed"}, "value", "0"),
    "C05": ("facts", {"fact": "soviet-mars-landing-planned-cia"}, "value", "false"),
    "C06": ("facts", {"fact": "us-overtook-russia-in-launches"}, "value", "201X"),
    "C07": ("facts", {"fact": "soviet-crewed-moon-flights"}, "value", "7"),
    "C08": ("facts", {"fact": "lk-orbital-tests"}, "value", "0"),
    "C09": ("facts", {"fact": "n1-may-1974-decree"}, "value", "1984-05"),
    "C10": ("facts", {"fact": "buran-orbits"}, "value", "1"),
    "C11": ("facts", {"fact": "buran-launcher"}, "value", "Proton"),
    "C12": ("facts", {"fact": "maks-crew"}, "value", "6"),
    "C13": ("facts", {"fact": "kliper-crew"}, "value", "3"),
    "C14": ("facts", {"fact": "nickname-uses-found"}, "value", "1"),
    "C15": ("facts", {"fact": "mir-end-resolution-reported"}, "value", "2002-01-05"),
    "C16": ("facts", {"fact": "space-budget-2001-given"}, "value", "2.9"),
    "C17": ("facts", {"fact": "home-leavers-per-emigrant"}, "value", "0.1"),
    "C18": ("wages", {"pay": "us-chemist-1997"}, "amount_low", "900"),
    "C19": ("facts", {"fact": "space-budget-1994-level"}, "value", "95"),
    "C20": ("facts", {"fact": "vostochny-first-launch"}, "value", "1986-04-28"),
    "C21": ("facts", {"fact": "seat-deal-kind"}, "value", "lease"),
    "C22": ("station_crew_transport", {"year": "2013"}, "vehicle_state", "United States"),
    "C23": ("facts", {"fact": "article-station-share"}, "value", "35"),
    "C24": ("facts", {"fact": "article-poll-lost-share"}, "value", "20"),
    "C25": ("facts", {"fact": "article-poll-leads-share"}, "value", "90"),
    "C26": ("facts", {"fact": "siberian-scientists-below-poverty-line"}, "value", "1"),
}


def change(home: Path, claim: str) -> None:
    """Change the deciding value of one claim in a copy of the data."""
    table, name, column, value = CHANGES[claim]
    path = home / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    found = [row for row in rows if name.items() <= row.items()]
    assert len(found) == 1, f"{claim}: {table}.csv has {len(found)} rows {name}"
    assert found[0][column] != value
    found[0][column] = value
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def concluded(claim: str, home: Path) -> Claim:
    """Run the cells of a claim's notebook up to its record, on the data at ``home``, and return the claim."""
    [path] = (ROOT / "book" / "claims").glob(f"{claim.lower()}-*.ipynb")
    space: dict[str, Any] = {}
    here = Path.cwd()
    os.chdir(home)
    try:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                if "page.publish()" in cell.source:
                    break
                exec(compile(cell.source.replace("page.open()", ""), path.name, "exec"), space)
    finally:
        os.chdir(here)
    [bound] = {id(value): value for value in space.values() if isinstance(value, Claim)}.values()
    assert bound.record is not None
    return bound


def result(claim: str, home: Path) -> dict[str, Any]:
    """Return the record of a claim's notebook, run on the data at ``home``."""
    record = concluded(claim, home).record
    assert record is not None
    return record.as_dict()


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("as it is"), "data", "book/references.bib", "CITATION.cff")


@pytest.fixture(scope="module")
def all_changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = copy_project(tmp_path_factory.mktemp("all changed"), "data", "book/references.bib", "CITATION.cff")
    for claim in CHANGES:
        change(home, claim)
    return home


def decided(record: dict[str, Any]) -> tuple[str, list[bool | None]]:
    return record["verdict"], [proposition["holds"] for proposition in record["propositions"]]


@pytest.mark.parametrize("claim", CHANGES)
def test_a_deciding_value_changes_its_claim_and_no_other(
    claim: str, as_it_is: Path, all_changed: Path, tmp_path: Path
) -> None:
    alone = copy_project(tmp_path / "alone", "data", "book/references.bib", "CITATION.cff")
    change(alone, claim)
    before, own, with_others = (result(claim, home) for home in (as_it_is, alone, all_changed))
    if before["verdict"] == "Not a factual claim":
        assert own["finding_en"] != before["finding_en"]
    else:
        assert decided(own) != decided(before)
    assert with_others == own


@pytest.mark.parametrize("claim", CHANGES)
def test_confidence_is_high_only_on_a_primary_or_two_independent_sources(claim: str, as_it_is: Path) -> None:
    bound = concluded(claim, as_it_is)
    assert bound.record is not None
    deciding = {fact for part in bound.record.propositions if part.holds is not None for fact in part.facts}
    support = [bound.support(fact) for fact in deciding]
    assert all(count >= 1 for _, count in support)
    if bound.record.confidence == "high":
        assert all(primary or count >= 2 for primary, count in support)
    read = bound.facts["checked"].to_dict()
    assert all(read[fact] in {"read", "dataset"} for fact in deciding if ":" not in fact)


def test_every_claim_has_a_deciding_value() -> None:
    with (ROOT / "data" / "claims.csv").open(encoding="utf-8", newline="") as handle:
        assert set(CHANGES) == {row["claim"] for row in csv.DictReader(handle)}
