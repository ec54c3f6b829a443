"""A part of a claim is computed under every combination of its choices, and nothing is left out without a reason."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lostlead.claims import Claim, open_claim
from lostlead.evidence import Evidence, EvidenceError
from lostlead.readings import RULES, Explored, Measured, Option, chiefly, explore, frame, held, read_parts, summary
from lostlead.tables import DataError

from .conftest import ROOT

PART = {
    "claim": "C03", "part": "height", "words": "high", "asks": "How high?", "sentence": "{thing}, {unit}: at least ten.",
    "quantity": "height", "unit": "m", "rule": "at least", "decimals": 0, "scale": "linear",
}  # fmt: skip
THINGS = ("tower", "tree", "house")
UNITS = ("metres", "feet")


def rewrite(home: Path, table: str, rows: list[dict[str, Any]]) -> None:
    """Replace the rows of one table of the readings."""
    path = home / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def options(choice: str, names: tuple[str, ...], part: str = "height") -> list[dict[str, Any]]:
    return [
        {"claim": "C03", "part": part, "choice": choice, "choice_asks": f"Which {choice}", "option": name,
         "words": f"the {name}", "definition": name}
        for name in names
    ]  # fmt: skip


@pytest.fixture
def home(data_home: Path) -> Path:
    """A project whose claim C03 has one part with two choices, three things by two units; feet of houses are left out."""
    rewrite(data_home, "reading_parts", [PART])
    rewrite(data_home, "reading_choices", options("thing", THINGS) + options("unit", UNITS))
    rewrite(
        data_home, "reading_exclusions",
        [{"claim": "C03", "part": "height", "options": "thing=house;unit=feet", "reason": "nobody measures it so"}],
    )  # fmt: skip
    return data_home


@pytest.fixture
def claim(home: Path) -> Claim:
    claim = open_claim("C03", home)
    claim.core("It was in 1965.", claim.fact("first-spacewalk-date").year == 1965, wrong_about="date")
    return claim


def height(claim: Claim) -> Callable[..., Measured]:
    fact = claim.fact("first-spacewalk-date")
    heights = {"tower": 30, "tree": 12, "house": 8}

    def measure(thing: Option, unit: Option) -> Measured:
        return Measured(Evidence(heights[thing.name], fact.facts), threshold=10)

    return measure


def explored_height(claim: Claim) -> Explored:
    return explore(claim, "height", height(claim), stands_for="It was in 1965.")


def test_every_combination_is_computed_or_left_out_with_its_reason(claim: Claim) -> None:
    explored = explored_height(claim)
    assert len(explored.readings) + len(explored.left_out) == len(THINGS) * len(UNITS)
    assert [(entry.choices, entry.reason) for entry in explored.left_out] == [
        ({"thing": "house", "unit": "feet"}, "nobody measures it so")
    ]
    assert held(explored.readings) == (4, 5)
    assert claim.readings == explored.readings


def test_a_reading_says_what_it_is_and_what_it_rests_on(claim: Claim) -> None:
    first = explored_height(claim).readings[0]
    assert first.definition == "The tower, the metres: at least ten."
    assert (first.value, first.threshold, first.holds) == (30, 10, True)
    assert first.rests_on == ("first-spacewalk-date",)


def test_the_record_has_the_readings_and_what_was_left_out(claim: Claim) -> None:
    explored_height(claim)
    record = claim.conclude(english="It was so.", filipino="Ganoon nga.").as_dict()
    assert len(record["readings"]) == 5
    assert record["left_out"][0]["reason"] == "nobody measures it so"


def test_a_combination_without_outcome_is_refused(claim: Claim) -> None:
    with pytest.raises(EvidenceError, match=r"no outcome for thing: tower; unit: metres.*reading_exclusions.csv"):
        explore(claim, "height", lambda thing, unit: None)  # type: ignore[arg-type,return-value]


def test_a_reading_that_rests_on_nothing_is_refused(claim: Claim) -> None:
    with pytest.raises(EvidenceError, match="rests on no fact"):
        explore(claim, "height", lambda thing, unit: Measured(Evidence(3, ()), threshold=1))


def test_an_unread_fact_leaves_a_reading_open(claim: Claim) -> None:
    explored = explore(claim, "height", lambda thing, unit: Measured(Evidence(30, ("f",), ("f",)), threshold=10))
    assert {reading.holds for reading in explored.readings} == {None}


def test_an_exclusion_that_leaves_nothing_out_is_named(home: Path) -> None:
    row = {"claim": "C03", "part": "height", "reason": "why"}
    rewrite(
        home, "reading_exclusions",
        [row | {"options": "thing=house"}, row | {"options": "thing=house;unit=feet"}],
    )  # fmt: skip
    claim = open_claim("C03", home)
    with pytest.raises(DataError, match=r"reading_exclusions.csv, row 3.*no combination"):
        explore(claim, "height", height(claim))


def test_an_exclusion_of_an_unknown_option_is_named(home: Path) -> None:
    rewrite(home, "reading_exclusions", [{"claim": "C03", "part": "height", "options": "thing=barn", "reason": "why"}])
    with pytest.raises(DataError, match=r"reading_exclusions.csv, row 2.*'thing' has no option 'barn'"):
        read_parts("C03", home)


def test_a_sentence_names_every_choice(home: Path) -> None:
    rewrite(home, "reading_parts", [PART | {"sentence": "{thing}: at least ten."}])
    with pytest.raises(DataError, match=r"reading_parts.csv, row 2, column 'sentence'"):
        read_parts("C03", home)


def test_a_part_stands_for_a_proposition_that_was_stated(claim: Claim) -> None:
    with pytest.raises(EvidenceError, match=r"no proposition says 'It was tall\.'"):
        explore(claim, "height", height(claim), stands_for="It was tall.")


def test_rows_of_a_table_can_be_the_options(home: Path) -> None:
    rewrite(home, "reading_choices", options("thing", ("*",)) + options("unit", UNITS))
    rewrite(
        home,
        "reading_exclusions",
        [{"claim": "C03", "part": "height", "options": "thing=house;unit=feet", "reason": "why"}],
    )
    claim = open_claim("C03", home)
    things = [Option(name, name, name) for name in THINGS]
    explored = explore(claim, "height", height(claim), options={"thing": things})
    assert len(explored.readings) + len(explored.left_out) == len(THINGS) * len(UNITS)
    with pytest.raises(EvidenceError, match="come from the notebook"):
        explore(claim, "height", height(claim))


CASES = [
    # rule, low, high, threshold, holds: worked out by hand
    ("at least", 10, 10, 10, True), ("at least", 9, 9, 10, False), ("at least", 9, 11, 10, None),
    ("at least", 12, None, 10, True), ("at least", 9, None, 10, None), ("at least", None, 9, 10, False),
    ("more than", 10, 10, 10, False), ("more than", 11, 12, 10, True), ("more than", 10, 11, 10, None),
    ("at most", 10, 10, 10, True), ("at most", 11, 11, 10, False), ("at most", None, 9, 10, True),
    ("less than", 10, 10, 10, False), ("less than", 9, 9, 10, True), ("less than", 9, 10, 10, None),
    ("within", 20, 30, (20, 30), True), ("within", 31, 31, (20, 30), False), ("within", 19, 21, (20, 30), None),
    ("within", 31, None, (20, 30), False), ("within", None, 25, (20, 30), None), ("within", None, 19, (20, 30), False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "low", "high", "threshold", "holds"), CASES)
def test_a_range_decides_only_where_all_of_it_agrees(
    rule: str, low: float | None, high: float | None, threshold: Any, holds: bool | None
) -> None:
    assert RULES[rule](low, high, threshold) is holds


def test_nothing_known_decides_nothing() -> None:
    for rule, thresholds in {rule: (20, 30) if rule == "within" else 10 for rule in RULES}.items():
        assert RULES[rule](None, None, thresholds) is None


def test_the_chief_option_is_the_one_that_holds_most_often(claim: Claim) -> None:
    explored = explored_height(claim)
    best = chiefly(explored)
    assert best is not None
    choice, option, count, size = best
    # tower and tree hold twice in two, house never, metres twice in three, feet twice in two: the first with 2 of 2
    assert (choice.name, option.name, count, size) == ("thing", "tower", 2, 2)
    assert summary(explored) == "holds under 4 of 5 readings, most often where “which thing” is “tower” (2 of 2)"


def test_nothing_is_chief_when_all_agree(claim: Claim) -> None:
    fact = claim.fact("first-spacewalk-date")
    explored = explore(claim, "height", lambda thing, unit: Measured(Evidence(1, fact.facts), threshold=10))
    assert chiefly(explored) is None
    assert summary(explored) == "holds under 0 of 5 readings"


def test_the_table_of_a_part_has_a_row_a_reading(claim: Claim) -> None:
    rows = frame(explored_height(claim))
    assert list(rows["holds"]) == ["yes", "yes", "yes", "yes", "no"]
    assert list(rows.columns[:3]) == ["reading", "thing", "unit"]


def every_part() -> list[tuple[str, str]]:
    with (ROOT / "data" / "reading_parts.csv").open(encoding="utf-8", newline="") as handle:
        return [(row["claim"], row["part"]) for row in csv.DictReader(handle)]


@pytest.mark.parametrize(("claim", "part"), every_part())
def test_every_definition_is_one_sentence_with_all_choices_told(claim: str, part: str) -> None:
    whole = read_parts(claim, ROOT)[part]
    for combination in whole.combinations():
        if any(option.name == "*" for option in combination.values()):
            continue
        told = whole.sentence.format(**{name: option.words for name, option in combination.items()})
        assert told.endswith("."), told
        assert "{" not in told
        assert all(option.words in told for option in combination.values())
