"""Every question of the register of polls is drawn or listed, with its words, and nothing is joined that may not be."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from lostlead import tables
from lostlead.charts import poll_figures, poll_panels
from lostlead.charts.poll_panels import apart, dated, read_panels, spread, wording
from lostlead.charts.style import Chart

from .conftest import ROOT, charts_of

POLLS = tables.read("polls", ROOT)
QUESTIONS = tables.read("poll_questions", ROOT)
ROW = ["question", "poll", "option", "percent"]


@pytest.fixture(scope="module")
def drawn() -> dict[str, Chart]:
    return charts_of("book/trends/poll-questions.ipynb")


def rows_of(frame: pd.DataFrame) -> set[tuple[object, ...]]:
    return set(frame[ROW].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def elsewhere() -> list[Chart]:
    """The charts of the other page of polls."""
    return list(charts_of("book/trends/polls.ipynb").values())


def test_every_dated_answer_is_on_a_figure(drawn: dict[str, Chart], elsewhere: list[Chart]) -> None:
    shown = set().union(*(rows_of(chart.data) for chart in [*drawn.values(), *elsewhere]))
    missing = rows_of(POLLS[POLLS["trend_point"] != "undated"]) - shown
    assert not missing
    assert not shown & rows_of(POLLS[POLLS["trend_point"] == "undated"])


def test_every_question_is_on_a_figure_or_in_the_listing(drawn: dict[str, Chart], elsewhere: list[Chart]) -> None:
    shown = set().union(*(set(chart.data["question"]) for chart in [*drawn.values(), *elsewhere]))
    undated = set(POLLS.loc[POLLS["trend_point"] == "undated", "question"])
    assert set(QUESTIONS["question"]) == shown | undated


def test_every_point_apart_is_listed_with_its_reason() -> None:
    listed = apart(POLLS, QUESTIONS)
    assert len(listed) == (POLLS["trend_point"] != "yes").sum()
    assert set(listed["status"]) <= set(poll_panels.STATUS.values())
    assert listed.notna().all(axis=None)
    assert (listed["why"].str.len() > 10).all()


def test_the_words_of_a_question_stand_above_its_panel(drawn: dict[str, Chart]) -> None:
    for chart in drawn.values():
        written = " ".join(text.get_text() for text in chart.figure.texts).replace("\n", " ")
        for question in chart.data["question"].unique():
            assert wording(QUESTIONS, question) in written, f"{chart.name}: {question}"


def test_a_wording_stands_in_quotation_marks_only_where_the_questionnaire_was_seen() -> None:
    assert wording(QUESTIONS, "gallup-us-or-russia-ahead").startswith("“Which country – the United States")
    assert not wording(QUESTIONS, "us1961-first-on-moon").startswith("“")


def test_every_mark_is_a_row_of_the_data_and_every_row_a_mark(drawn: dict[str, Chart]) -> None:
    for chart in drawn.values():
        marks: list[float] = []
        for ax in chart.figure.axes:
            in_rows = ax.yaxis_inverted()
            for line in ax.lines:
                values = np.asarray(line.get_xdata() if in_rows else line.get_ydata(), dtype=float)
                if len(values) == 1 and line.get_marker() not in {"x", "_", "|"}:
                    marks.append(float(values[0]))
        assert sorted(marks) == sorted(chart.data["percent"]), chart.name


def test_lines_join_only_what_the_register_allows(drawn: dict[str, Chart]) -> None:
    for chart in drawn.values():
        joined = chart.data[chart.data["joined"]]
        for ax in chart.figure.axes:
            for line in ax.lines:
                ends = np.asarray(line.get_ydata(), dtype=float)
                if ax.yaxis_inverted():
                    assert len(ends) == 1 or set(np.asarray(line.get_ydata(), dtype=float)) == {0.0, 1.0}
                elif len(ends) == 2:
                    pairs = [
                        set(rows["percent"]) >= set(ends.tolist()) for _, rows in joined.groupby(["question", "option"])
                    ]
                    assert any(pairs), f"{chart.name}: {ends} joins two answers"


def test_the_gap_of_a_wave_without_an_answer_stays_open(drawn: dict[str, Chart]) -> None:
    # VCIOM asked in 2012 as well but only "expand" was found: "keep" (28 in 2011, 40 in 2015) is not joined across it.
    chart = drawn["polls-programme-size"]
    joins = [tuple(np.asarray(line.get_ydata(), dtype=float)) for line in chart.figure.axes[0].lines]
    assert (55.0, 57.0) in joins
    assert (28.0, 40.0) not in joins


def toy(**cells: object) -> pd.DataFrame:
    row = {
        "poll": "a", "question": "q", "option": "yes", "fieldwork_start": None, "published": None, "year": 2011,
        "percent": 50.0, "sample_size": None, "moe_pp": None, "trend_point": "yes",
    }  # fmt: skip
    return pd.DataFrame([row | cells]).astype({"year": "Int64"})


def test_a_poll_known_by_its_year_stands_in_that_year_even_if_published_later() -> None:
    # Fieldwork "2011", told in April 2012: in the middle of 2011, not in 2012.
    points = dated(toy(fieldwork_start="2011", published="2012-04-08"), "q", ("yes",))
    assert points["moment"].tolist() == [2011.5]


def test_a_reprint_stands_at_its_printing() -> None:
    # 25 April 2005: 2005 + 3/12 + 24/365 = 2005.25 + 0.0658 = 2005.316
    points = dated(toy(year=pd.NA, published="2005-04-25", trend_point="reprint"), "q", ("yes",))
    assert points["moment"].tolist() == [pytest.approx(2005.316, abs=0.001)]
    assert not points["joined"].any()


@pytest.mark.parametrize(
    ("heights", "apart_by_10"),
    [
        ([40.0, 20.0], [40.0, 20.0]),  # far enough already
        ([22.0, 20.0], [26.0, 16.0]),  # the middle stays at 21
        ([30.0, 30.0, 30.0], [40.0, 30.0, 20.0]),
        ([50.0, 22.0, 20.0], [50.0, 26.0, 16.0]),
        ([], []),
    ],
)
def test_numbers_move_apart_no_more_than_they_must(heights: list[float], apart_by_10: list[float]) -> None:
    assert spread(heights, 10) == pytest.approx(apart_by_10)


def test_a_line_of_text_is_a_question_with_its_answers() -> None:
    one, two = read_panels(
        "q-1 | Pollster | for more | against cut-all = less | unsure no-idea\nq-2 | X | for a | same words"
    )
    assert [(a.option, a.name, a.marker) for a in one.answers] == [
        ("more", "more", "o"), ("cut-all", "less", "s"), ("no-idea", "no idea", "o"),
    ]  # fmt: skip
    assert (one.question, one.head, one.shares_wording) == ("q-1", "Pollster", False)
    assert two.shares_wording
    with pytest.raises(KeyError):
        read_panels("q | X | gladly yes")


def test_captions_follow_the_data() -> None:
    cold = POLLS.copy()
    cold.loc[cold["question"] == "vciom-should-participate", "percent"] = 30.0
    assert "in every poll found a majority" in poll_figures.future_importance(POLLS, QUESTIONS).takeaway
    assert "in every poll found a majority" not in poll_figures.future_importance(cold, QUESTIONS).takeaway
    thrifty = POLLS.copy()
    thrifty.loc[(thrifty["question"] == "romir-funding") & (thrifty["option"] == "cut"), "percent"] = 60.0
    assert "more than for less each time" in poll_figures.spending(POLLS, QUESTIONS).takeaway
    assert "more than for less each time" not in poll_figures.spending(thrifty, QUESTIONS).takeaway


def test_the_doubtful_figures_are_held_against_what_they_repeat() -> None:
    # 52 and 52 against FOM 2004's 52, 35 against its 35, and 86 against VCIOM's 84: three of four are equal.
    chart = poll_figures.doubtful(POLLS, QUESTIONS)
    assert chart.takeaway.startswith("3 of these 4 figures equal")
    assert "86 against 84" in chart.note


def test_margins_are_those_of_the_sample() -> None:
    # VCIOM, October 2018: 72 percent of 1,600 is 1.96 * sqrt(0.72 * 0.28 / 1600) = 1.96 * 0.011225 = 2.20 points.
    points = dated(POLLS, "vciom-russia-leader-oct2018", ("leader-strengthening",))
    assert points["margin"].tolist() == [pytest.approx(2.20, abs=0.005)]
    assert math.isnan(dated(POLLS, "vciom-proud-gagarin", ("agree",))["margin"].iloc[0])
