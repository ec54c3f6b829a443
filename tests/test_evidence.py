"""Evidence remembers its facts, and does not claim to know more than its dates do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lostlead.evidence import Evidence, EvidenceError, Period, anchor

TRUTH = [True, False, None]
LAUNCH = Evidence(Period.parse("1965-03-18"), ("walk",))


def test_a_comparison_carries_the_facts_of_both_sides() -> None:
    other = Evidence(Period.parse("1965-06-03"), ("american-walk",))
    later = LAUNCH - other
    assert (later.value, later.facts) == (-77, ("walk", "american-walk"))


def test_what_is_unread_stays_known_as_unread() -> None:
    test = (LAUNCH.year == 1965) & Evidence(True, ("rumour",), ("rumour",))
    assert test.unread == ("rumour",)


@pytest.mark.parametrize(
    ("first", "second", "before", "same"),
    [
        ("1965-03-18", "1965-03-19", True, False),
        ("1965-03-18", "1965-03-18", False, True),
        ("1965-03", "1965-04-01", True, False),
        ("1965-03", "1965-03-18", None, None),
        ("196X", "1970", True, False),
        ("1974-05?", "1974-05-20", None, None),
        ("1974~", "1980", True, False),
    ],
)
def test_dates_are_ordered_only_as_far_as_they_are_known(
    first: str, second: str, before: bool | None, same: bool | None
) -> None:
    a, b = Evidence(Period.parse(first), ("a",)), Evidence(Period.parse(second), ("b",))
    assert (a < b).value is before
    assert (b > a).value is before
    assert (a == b).value is same
    assert (a != b).value is (None if same is None else not same)


def test_a_date_without_a_known_year_has_no_year() -> None:
    assert (Evidence(Period.parse("199X"), ("a",)).year == 1995).value is None


@given(st.sampled_from(TRUTH), st.sampled_from(TRUTH))
def test_undecided_parts_follow_kleenes_logic(a: bool | None, b: bool | None) -> None:
    both, either = Evidence(a, ("a",)) & Evidence(b, ("b",)), Evidence(a, ("a",)) | Evidence(b, ("b",))
    assert both.value == (False if False in (a, b) else None if None in (a, b) else True)
    assert either.value == (True if True in (a, b) else None if None in (a, b) else False)
    assert (~both).value == ((~Evidence(a, ("a",))) | (~Evidence(b, ("b",)))).value


@given(st.dates(), st.dates())
def test_known_days_compare_like_days(a: object, b: object) -> None:
    first, second = Evidence(Period.parse(str(a)), ("a",)), Evidence(Period.parse(str(b)), ("b",))
    assert (first < second).value == (str(a) < str(b))
    assert (first <= second).value == (str(a) <= str(b))
    assert (first == second).value == (a == b)


def test_days_between_two_dates_are_counted() -> None:
    assert (Evidence(Period.parse("1965-06-03"), ("b",)) - LAUNCH).value == 77


def test_evidence_is_no_plain_yes_or_no() -> None:
    with pytest.raises(EvidenceError, match=r"join it with & and \|"):
        bool(LAUNCH.year == 1965)


def test_a_date_is_not_compared_with_a_number() -> None:
    with pytest.raises(EvidenceError, match=r"use \.year"):
        _ = LAUNCH == 1965
    with pytest.raises(EvidenceError, match=r"use \.year"):
        _ = LAUNCH < 1965


@pytest.mark.parametrize("text", ["18 March 1965", "1965-13-01", "1965-02-30", "", "soon"])
def test_only_edtf_is_a_date(text: str) -> None:
    with pytest.raises(ValueError, match="not an EDTF date"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "english", "filipino"),
    [
        ("1965-03-18", "18 March 1965", "ika-18 ng Marso 1965"),
        ("1965-03", "March 1965", "Marso 1965"),
        ("1965", "1965", "1965"),
        ("199X", "1990s", "dekada 1990"),
        ("1990~", "about 1990", "mga 1990"),
        ("1974-05?", "probably May 1974", "marahil Mayo 1974"),
    ],
)
def test_dates_are_said_in_both_languages(text: str, english: str, filipino: str) -> None:
    assert (Period.parse(text).say("en"), Period.parse(text).say("fil")) == (english, filipino)


def test_a_value_in_a_sentence_links_to_its_fact() -> None:
    assert f"{LAUNCH}" == "[18 March 1965](#fact-walk)"
    assert f"{LAUNCH:fil-month}" == "[Marso 1965](#fact-walk)"
    assert f"{Evidence(28249, ('person_days:1961,USA',))}" == "[28,249](#table-person_days)"
    assert anchor("launches:1957,USA,site") == "table-launches"
