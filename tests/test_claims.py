"""A claim is bound to its own facts; its record follows from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lostlead.claims import Claim, open_claim, read_facts, typed
from lostlead.evidence import EvidenceError, Period
from lostlead.tables import DataError

from .conftest import ROOT

Edit = Callable[[str, str, str], None]


def conclude_spacewalk(claim: Claim) -> None:
    walk = claim.fact("first-spacewalk-date")
    claim.core("It was Soviet.", claim.fact("first-spacewalk-state") == "Soviet Union", wrong_about="attribution")
    claim.core("It was in 1964.", walk.year == 1964, wrong_about="date")
    claim.conclude(english=f"It was on {walk}.", filipino=f"Noong {walk:fil}.")


def test_a_record_counts_and_names_everything() -> None:
    claim = open_claim("C03", ROOT)
    conclude_spacewalk(claim)
    record = claim.record
    assert record is not None
    assert (record.verdict, record.wrong_about, record.held, record.failed, record.undecided) == (
        "Partly supported", "date", 1, 1, 0,
    )  # fmt: skip
    assert record.finding_en == "It was on 18 March 1965."
    assert record.finding_fil == "Noong ika-18 ng Marso 1965."
    assert record.propositions[1].facts == ("first-spacewalk-date",)
    assert "fai2015spacewalk" in record.propositions[1].sources


def test_the_verdict_follows_the_fact(data_home: Path, edit: Edit) -> None:
    edit(
        "data/facts.csv",
        ",1965-03-18,date,,1965-03-18,fai2015spacewalk",
        ",1964-03-18,date,,1965-03-18,fai2015spacewalk",
    )
    claim = open_claim("C03", data_home)
    conclude_spacewalk(claim)
    assert claim.record is not None
    assert claim.record.verdict == "Supported"


def test_an_unread_fact_is_named_when_it_would_decide(data_home: Path, edit: Edit) -> None:
    row = next(
        line
        for line in (data_home / "data/facts.csv").read_text().splitlines()
        if line.startswith("first-spacewalk-date,")
    )
    edit("data/facts.csv", row, row.replace(",read,", ",unread,"))
    with pytest.raises(EvidenceError, match=r"C03: .*nobody has read: first-spacewalk-date"):
        conclude_spacewalk(open_claim("C03", data_home))


def test_a_fact_that_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match="C03 asks for the fact 'first-spacewalk-dat', which is not there"):
        open_claim("C03", ROOT).fact("first-spacewalk-dat")


def test_a_fact_of_another_claim_is_refused() -> None:
    with pytest.raises(DataError, match="does not list C04, which uses it") as caught:
        open_claim("C04", ROOT).fact("first-spacewalk-date")
    assert caught.value.row


def test_a_claim_that_is_not_in_the_register_is_told() -> None:
    with pytest.raises(DataError, match="there is no claim 'C99'"):
        open_claim("C99", ROOT)


def test_rows_of_a_table_are_evidence_named_by_their_keys() -> None:
    claim = open_claim("C06", ROOT)
    attempts = claim.cell("launches", "attempts", year=1957, basis="site", state="USSR/Russia")
    assert (attempts.value, attempts.facts) == (2, ("launches:1957,USSR/Russia,site",))
    assert claim.support(attempts.facts[0]) == (False, 1)


def test_a_cell_must_be_one() -> None:
    with pytest.raises(EvidenceError, match="2 rows of 'launches'"):
        open_claim("C06", ROOT).cell("launches", "attempts", year=1957, basis="site")
    with pytest.raises(EvidenceError, match="no row of 'launches'"):
        open_claim("C06", ROOT).cell("launches", "attempts", year=1066)


def test_a_claim_of_fact_needs_a_core_proposition() -> None:
    claim = open_claim("C03", ROOT)
    with pytest.raises(EvidenceError, match="C03 has no proposition"):
        claim.conclude(english="", filipino="")
    claim.detail("It was Soviet.", claim.fact("first-spacewalk-state") == "Soviet Union", wrong_about="attribution")
    with pytest.raises(EvidenceError, match="C03 has no core proposition"):
        claim.conclude(english="", filipino="")


def test_conclude_is_called_once() -> None:
    claim = open_claim("C03", ROOT)
    conclude_spacewalk(claim)
    with pytest.raises(EvidenceError, match="concluded already"):
        claim.conclude(english="", filipino="")


def test_an_undecided_core_leaves_the_claim_unproven() -> None:
    claim = open_claim("C03", ROOT)
    claim.undecided("It was in 1964.", role="core", why="nobody looked", facts=["first-spacewalk-date"])
    record = claim.conclude(english="Open.", filipino="Bukas pa.")
    assert (record.verdict, record.confidence, record.undecided) == ("Unproven", "low", 1)


def test_a_conflict_about_what_decides_lowers_confidence() -> None:
    claim = open_claim("C03", ROOT)
    claim.conflict("The date is told in two ways.", claim.fact("first-spacewalk-date").year == 1965)
    conclude_spacewalk(claim)
    assert claim.record is not None
    assert claim.record.confidence == "low"


@pytest.mark.parametrize(("core_holds", "reading_holds", "expected"), [(True, False, "low"), (True, True, "high")])
def test_a_reading_against_the_verdict_lowers_confidence(core_holds: bool, reading_holds: bool, expected: str) -> None:
    claim = open_claim("C03", ROOT)
    walk = claim.fact("first-spacewalk-date")
    claim.core("It was in the 1960s.", (walk.year >= 1960) == core_holds, wrong_about="date")
    claim.reading("strict", "In 1965.", walk, (walk.year == 1965) == reading_holds)
    assert claim.conclude(english="", filipino="").confidence == expected


def test_values_are_typed() -> None:
    assert typed("12", "number") == 12
    assert isinstance(typed("12.0", "number"), float)
    assert typed("true", "boolean") is True
    assert typed("1965-03-18", "date") == Period.parse("1965-03-18")
    for value, kind in (("twelve", "number"), ("yes", "boolean"), ("spring", "date")):
        with pytest.raises(ValueError, match=value):
            typed(value, kind)


def test_a_number_needs_a_unit(data_home: Path, edit: Edit) -> None:
    edit("data/facts.csv", ",2,number,people,", ",2,number,,")
    with pytest.raises(DataError, match="a number has no unit"):
        read_facts(data_home)
