"""The verdict rule as a table of cases, and what a proposition refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lostlead.evidence import Evidence, EvidenceError
from lostlead.verdicts import Proposition, Verdict, confidence, decide, errors_shown, plain, propose

YES, NO, OPEN = True, False, None
CASES: list[tuple[list[bool | None], list[bool | None], str, str]] = [
    # core, detail, kind, verdict
    ([YES], [], "fact", "Supported"),
    ([YES, YES], [YES], "fact", "Supported"),
    ([YES], [OPEN], "fact", "Supported"),
    ([YES], [NO], "fact", "Partly supported"),
    ([YES, NO], [], "fact", "Partly supported"),
    ([YES, OPEN], [], "fact", "Partly supported"),
    ([YES, NO], [NO], "fact", "Partly supported"),
    ([NO], [], "fact", "Contradicted"),
    ([NO, NO], [YES], "fact", "Contradicted"),
    ([NO, OPEN], [], "fact", "Contradicted"),
    ([OPEN], [], "fact", "Unproven"),
    ([OPEN], [YES], "fact", "Unproven"),
    ([OPEN, OPEN], [NO], "fact", "Unproven"),
    ([], [YES], "fact", "Unproven"),
    ([], [YES], "opinion", "Not a factual claim"),
    ([YES], [], "opinion", "Not a factual claim"),
]


def proposition(role: str, holds: bool | None, wrong_about: str = "") -> Proposition:
    return Proposition("text", role, holds, wrong_about, ("fact",), ("source",))


@pytest.mark.parametrize(("core", "detail", "kind", "verdict"), CASES)
def test_the_rule(core: list[bool | None], detail: list[bool | None], kind: str, verdict: str) -> None:
    propositions = [proposition("core", h) for h in core] + [proposition("detail", h) for h in detail]
    assert decide(propositions, kind) == verdict


@given(
    st.lists(st.tuples(st.sampled_from(["core", "detail"]), st.sampled_from([YES, NO, OPEN])), max_size=6), st.randoms()
)
def test_the_order_of_propositions_does_not_matter(parts: list[tuple[str, bool | None]], random: Any) -> None:
    propositions = [proposition(role, holds) for role, holds in parts]
    shuffled = propositions[:]
    random.shuffle(shuffled)
    assert decide(propositions) == decide(shuffled)


@given(st.lists(st.sampled_from([YES, NO, OPEN]), max_size=5), st.lists(st.sampled_from([YES, NO, OPEN]), max_size=5))
def test_a_claim_of_fact_always_gets_one_of_four_verdicts(core: list[bool | None], detail: list[bool | None]) -> None:
    verdict = decide([proposition("core", h) for h in core] + [proposition("detail", h) for h in detail])
    assert verdict in set(Verdict) - {Verdict.OPINION}
    if verdict == Verdict.SUPPORTED:
        assert NO not in core + detail
    if verdict == Verdict.CONTRADICTED:
        assert YES not in core


@pytest.mark.parametrize(
    ("support", "disputed", "expected"),
    [
        ([(True, 1)], False, "high"),
        ([(False, 2)], False, "high"),
        ([(True, 1), (False, 3)], False, "high"),
        ([(False, 1)], False, "medium"),
        ([(True, 1), (False, 1)], False, "medium"),
        ([(False, 0)], False, "low"),
        ([], False, "low"),
        ([(True, 5)], True, "low"),
    ],
)
def test_confidence(support: list[tuple[bool, int]], disputed: bool, expected: str) -> None:
    assert confidence(support, disputed=disputed) == expected


def test_a_proposition_without_a_fact_is_refused_by_name() -> None:
    with pytest.raises(EvidenceError, match="'It flew' rests on no fact"):
        propose("It flew", "core", Evidence(True, ()), wrong_about="date", sources=())
    with pytest.raises(EvidenceError, match="'It flew' rests on no fact"):
        propose("It flew", "core", True, wrong_about="date", sources=())  # type: ignore[arg-type]


def test_a_fact_that_nobody_has_read_decides_nothing() -> None:
    rumour = Evidence(True, ("rumour",), ("rumour",))
    with pytest.raises(EvidenceError, match="'It flew' would be decided by a fact that nobody has read: rumour"):
        propose("It flew", "core", rumour, wrong_about="date", sources=())


def test_an_undecided_proposition_may_rest_on_an_unread_fact() -> None:
    rumour = Evidence(None, ("rumour",), ("rumour",))
    assert propose("It flew", "core", rumour, wrong_about="date", sources=()).holds is None


@pytest.mark.parametrize(
    ("role", "value", "wrong_about", "message"),
    [
        ("main", True, "date", "the role is 'core' or 'detail'"),
        ("core", 7, "date", "compare, so that it is a yes or a no"),
        ("core", True, "", "wrong_about is one of"),
        ("core", True, "colour", "wrong_about is one of"),
    ],
)
def test_a_malformed_proposition_is_refused(role: str, value: Any, wrong_about: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        propose("It flew", role, Evidence(value, ("fact",)), wrong_about=wrong_about, sources=())


def test_only_a_failing_proposition_shows_an_error() -> None:
    held = propose("a", "core", Evidence(True, ("f",)), wrong_about="date", sources=("s",))
    failed = propose("b", "core", Evidence(False, ("f",)), wrong_about="scope", sources=("s",))
    assert (held.wrong_about, failed.wrong_about) == ("", "scope")
    assert errors_shown([failed, held, failed]) == "scope"


def test_a_plain_finding_has_no_links() -> None:
    assert plain("On [18 March 1965](#fact-walk), not in 1964.") == "On 18 March 1965, not in 1964."
