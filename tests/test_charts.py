"""Charts draw what the tables hold, join only what may be joined, and leave gaps open."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from lostlead import tables
from lostlead.charts import launches, polls
from lostlead.charts.style import say_years
from lostlead.figures import read_register

from .conftest import ROOT, book_chart, xs_of, ys_of

LAUNCHES = tables.read("launches", ROOT)
POLLS = tables.read("polls", ROOT)
QUESTIONS = tables.read("poll_questions", ROOT)

PAGES = ("book/trends/launches.ipynb", "book/trends/polls.ipynb")
BY_LINES = [row["name"] for row in read_register(ROOT) if row["notebook"] in PAGES]


def toy_launches() -> pd.DataFrame:
    rows = [
        (1999, "USSR/Russia", 3), (1999, "USA", 3), (1999, "China", 1),
        (2000, "USSR/Russia", 1), (2000, "USA", 2), (2000, "Japan", 1),
    ]  # fmt: skip
    return pd.DataFrame(
        [{"year": y, "state": s, "basis": b, "attempts": n, "successes": n} for y, s, n in rows for b in launches.BASES]
    )


def test_a_share_is_a_part_of_all_attempts_of_the_decade() -> None:
    shares = launches.shares_by_decade(toy_launches(), "site")
    assert shares.loc["2000s"].to_dict() == {"USSR/Russia": 25.0, "USA": 50.0, "China": 0.0, "Other": 25.0}
    assert shares.loc["1990s", "USSR/Russia"] == pytest.approx(300 / 7)


def test_a_shared_first_place_is_a_tie() -> None:
    assert launches.leader_by_year(toy_launches(), "hardware").to_dict() == {1999: "tie", 2000: "USA"}


def test_shares_of_a_decade_add_up_to_a_hundred() -> None:
    for basis in launches.BASES:
        assert launches.shares_by_decade(LAUNCHES, basis).sum(axis=1).round(6).eq(100).all()


@pytest.mark.parametrize("name", BY_LINES)
def test_the_lines_of_a_chart_are_its_data(name: str) -> None:
    chart = book_chart(name)
    numbers = chart.data.select_dtypes("number").to_numpy(dtype=float).ravel()
    known = {round(float(value), 1) for value in numbers if not math.isnan(value)}
    if "margin" in chart.data:  # the ends of the bars
        for row in chart.data.dropna(subset="margin").itertuples():
            known |= {round(row.percent - row.margin, 1), round(row.percent + row.margin, 1)}
    for ax in chart.figure.axes:
        for line in ax.lines:
            if line.get_marker() == "D" or set(xs_of(line)) == {0.0, 1.0}:
                continue  # the article's own figure; a rule across the panel
            for value in ys_of(line):
                assert min(abs(value - number) for number in known) < 0.11, (
                    f"{name}: {value} is drawn but not in the data"
                )


def test_the_caption_of_the_decades_follows_the_data() -> None:
    rising = LAUNCHES.copy()
    late = (rising["state"] == "USSR/Russia") & (rising["year"] >= 2020)
    rising.loc[late, "attempts"] = 500
    assert "has fallen in every decade" in launches.share_by_decade(LAUNCHES).takeaway
    assert "has fallen in every decade" not in launches.share_by_decade(rising).takeaway


@pytest.mark.parametrize(
    ("percent", "sample", "margin"),
    [(50, 1500, 2.53), (50, 1000, 3.10), (20, 1600, 1.96), (50, 100, 9.8)],
)
def test_the_margin_of_error_is_the_textbooks(percent: float, sample: float, margin: float) -> None:
    # 1.96 * sqrt(p(1-p)/n): 50 percent of 1,500 gives 1.96 * 1.2910 = 2.530; worked by hand.
    assert polls.margin_of_error(percent, sample) == pytest.approx(margin, abs=0.005)


def test_a_sample_of_nobody_has_no_margin() -> None:
    with pytest.raises(ValueError, match="no margin of error"):
        polls.margin_of_error(50, 0)


def test_a_published_margin_goes_before_a_computed_one() -> None:
    points = polls.series(POLLS, "levada-leader-country", ("russia",))
    assert points.set_index("year")["margin"].loc[2016] == 4.1
    assert math.isnan(points.set_index("year")["margin"].loc[2011])


def test_doubtful_points_and_points_in_other_words_join_no_line() -> None:
    points = polls.series(POLLS, "fom-retains-lead", ("keeps", "lost"))
    apart = points[~points["joined"]]
    assert set(apart["year"]) == {2003, 2014}


def test_a_wave_without_an_answer_breaks_its_line() -> None:
    figure = polls.fom(POLLS, QUESTIONS).figure
    lost = polls.series(POLLS, "fom-retains-lead", ("lost",)).set_index("year")
    ends = {tuple(round(x, 3) for x in xs_of(line)) for line in figure.axes[0].lines if len(xs_of(line)) == 2}
    across_2012 = (round(float(lost.loc[2008, "moment"]), 3), round(float(lost.loc[2017, "moment"]), 3))
    inside = (round(float(lost.loc[2004, "moment"]), 3), round(float(lost.loc[2008, "moment"]), 3))
    assert inside in ends
    assert across_2012 not in ends


def test_an_undated_poll_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="no dated point"):
        polls.series(POLLS, "yougov-us-losing-or-keeping-lead", ("losing",))


@pytest.mark.parametrize(
    ("start", "published", "year", "moment"),
    [("2008-04-11", None, 2008, 2008.277), ("2012", "2012-04-11", 2012, 2012.5), (None, "2011-07", 2011, 2011.542)],
)
def test_a_poll_stands_at_its_fieldwork_else_its_release(
    start: str | None, published: str | None, year: int, moment: float
) -> None:
    row = pd.Series({"fieldwork_start": start, "published": published, "year": year})
    if start == "2012":
        moment = 2012.277  # a bare year is coarser than the day of the release
    assert polls.poll_moment(row) == pytest.approx(moment, abs=0.002)


def test_a_poll_known_from_a_later_report_stands_in_its_own_year() -> None:
    row = pd.Series({"fieldwork_start": "2011", "published": "2012-04-08", "year": 2011})
    assert polls.poll_moment(row) == 2011.5


@pytest.mark.parametrize(
    ("years", "words"),
    [
        ([1957], "1957"),
        ([2003, 1957], "1957 and 2003"),
        ([1967, 1968, 1969, 2003], "1967-1969 and 2003"),
        ([], "no year"),
    ],
)
def test_years_are_said_in_runs(years: list[int], words: str) -> None:
    assert say_years(years) == words


def test_places_are_added_up_the_same_in_every_python() -> None:
    """From 3.12 on ``sum`` rounds floats otherwise than before, which moves a figure by a hair; ``fsum`` never does."""
    for path in sorted((ROOT / "lostlead" / "charts").glob("*.py")):
        for line in re.findall(r".*(?<![.\w])sum\(.*", path.read_text(encoding="utf-8")):
            assert re.search(r" is | == ", line), f"{path.name}: {line.strip()}"
