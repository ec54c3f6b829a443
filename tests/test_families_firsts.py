"""The charts of firsts, rocket families, missions and plans draw what their tables hold, and class by stated rules."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from lostlead import tables
from lostlead.charts import families, firsts
from lostlead.charts.marks import lanes

from .conftest import ROOT, book_chart, xs_of, ys_of

VERSIONS = tables.read("new_families", ROOT)
ORIGINS = tables.read("launcher_origins", ROOT)
PLANS = tables.read("announced_not_flown", ROOT)
MISSIONS = tables.read("planetary_missions", ROOT)
FIRSTS = tables.read("firsts", ROOT)


def points(ax: Axes, *markers: str) -> list[tuple[float, float]]:
    """Return the points of the lines that are drawn with one of the markers."""
    found: list[tuple[float, float]] = []
    for line in ax.lines:
        if line.get_marker() in markers:
            found += zip([round(x, 3) for x in xs_of(line)], ys_of(line), strict=True)
    return found


def test_a_date_is_a_decimal_year() -> None:
    # 2 July is day 183 of a year of 365 days: 182 / 365 = 0.49863; in a leap year 1 July is: 182 / 366 = 0.49727.
    years = families.decimal_year(pd.Series(["1959-01-01", "1959-07-02", "1960-07-01"]))
    assert years.round(5).tolist() == [1959.0, 1959.49863, 1960.49727]


def test_launches_of_one_lane_stand_apart() -> None:
    moments = sorted(families.decimal_year(VERSIONS["first_flight"]))
    by_lane: dict[int, list[float]] = {}
    for moment, lane in zip(moments, lanes(moments, moments, families.APART), strict=True):
        by_lane.setdefault(lane, []).append(moment)
    assert all(np.diff(lane).min() >= families.APART for lane in by_lane.values() if len(lane) > 1)


def test_the_rule_for_the_soviet_years() -> None:
    toy = pd.DataFrame(
        {
            "family": ["A", "A", "B", "B"],
            "first_flight": ["1960-01-01", "1961-01-01", "1970-01-01", "1999-01-01"],
            "family_first_flight": ["1960-01-01", "1960-01-01", "1970-01-01", "1970-01-01"],
            "novelty": [pd.NA, pd.NA, pd.NA, "conversion"],
            "novelty_checked": [pd.NA, pd.NA, pd.NA, "read"],
        }
    )
    origins = pd.DataFrame({"family": ["A", "B"], "missile_in_family": [True, False]})
    classed = families.classed(toy, origins)
    assert classed["novelty"].tolist() == ["conversion", "new version", "new design", "conversion"]
    assert classed["novelty_by"].tolist() == ["rule", "rule", "rule", "source"]
    with pytest.raises(ValueError, match="no origin is known of: B"):
        families.classed(toy, origins[:1])


def test_the_table_decides_the_class_after_1991() -> None:
    classed = families.classed(VERSIONS, ORIGINS).set_index("version")
    later = VERSIONS[VERSIONS["era"] != families.SOVIET_ERA].set_index("version")
    assert classed.loc[later.index, "novelty"].tolist() == later["novelty"].tolist()
    assert set(classed.loc[classed["era"] == families.SOVIET_ERA, "novelty_by"]) == {"rule"}


def test_every_version_is_drawn_once() -> None:
    chart = book_chart("launcher-families")
    drawn = [x for x, _ in points(chart.figure.axes[0], "o", "^")]
    assert sorted(drawn) == sorted(families.decimal_year(VERSIONS["first_flight"]).round(3))
    crossed = [x for x, _ in points(chart.figure.axes[0], "x")]
    never = VERSIONS[VERSIONS["launches_to_orbit"] == 0]
    assert sorted(crossed) == sorted(families.decimal_year(never["first_flight"]).round(3))
    assert set(chart.data["version"]) == set(VERSIONS["version"])
    assert len(set(points(chart.figure.axes[0], "o", "^"))) == len(VERSIONS), "two marks on one spot"


def test_a_plan_is_dotted_and_ends_at_its_first_date() -> None:
    chart = book_chart("announced-not-flown")
    dotted = [line for line in chart.figure.axes[0].lines if line.get_linestyle() == ":"]
    dated = PLANS.dropna(subset="first_flight_planned")
    assert Counter(tuple(xs_of(line)) for line in dotted) == Counter(
        (float(a), float(b)) for a, b in zip(dated["announced_by"], dated["first_flight_planned"], strict=True)
    )
    assert len(points(chart.figure.axes[0], "|")) == len(PLANS)
    assert sum(text.get_text() == "no year read" for text in chart.figure.axes[0].texts) == len(PLANS) - len(dated)


def test_the_caption_of_the_plans_follows_the_data() -> None:
    late = PLANS.assign(
        first_flight_planned=PLANS["first_flight_planned"].where(PLANS["first_flight_planned"].isna(), 2030)
    )
    assert families.announced(late).takeaway.startswith("0 of the ")
    assert not families.announced(PLANS).takeaway.startswith("0 of the ")


def test_a_failure_is_told_by_how_far_it_came() -> None:
    toy = pd.DataFrame(
        {
            "launch_date": ["1960-10-10", "1962-11-04", "1973-08-09", "1970-08-17", "1971-05-19"],
            "outcome": ["failure", "failure", "failure", "success", "partial success"],
            "reached": ["no orbit", "Earth orbit", "deep space", "deep space", "deep space"],
        }
    )
    assert families.fates(toy)["fate"].tolist() == [
        "did not reach orbit", "stayed in Earth orbit", "failed beyond Earth orbit", "worked", "worked in part",
    ]  # fmt: skip


def test_the_longest_gap_is_found() -> None:
    assert families.longest_gap([1959, 1960, 1976], 1980) == (1961, 1975)
    assert families.longest_gap([1959, 1965], 1991) == (1966, 1991)


def test_every_mission_is_a_block_of_its_fate() -> None:
    chart = book_chart("planetary-missions")
    for ax, target in zip(chart.figure.axes, families.TARGETS, strict=True):
        rows = chart.data[chart.data["target"] == target]
        drawn: Counter[tuple[int, str, bool]] = Counter()
        places = set()
        for patch in ax.patches:
            assert isinstance(patch, Rectangle)
            year = round(patch.get_x() + patch.get_width() / 2)
            drawn[year, to_hex(patch.get_facecolor()), patch.get_y() > 0] += 1
            places.add((year, round(patch.get_y(), 3)))
        wanted: Counter[tuple[int, str, bool]] = Counter()
        for year, fate in zip(rows["year"], rows["fate"], strict=True):
            face, _, side = families.FATES[fate]
            wanted[int(year), to_hex(face), side > 0] += 1
        assert drawn == wanted
        assert len(places) == len(rows), "blocks lie on each other"


def test_a_mission_that_worked_left_earth_orbit() -> None:
    assert set(MISSIONS.loc[MISSIONS["outcome"] != "failure", "reached"]) == {"deep space"}


def test_missions_and_launch_failures_agree_with_the_n1_table() -> None:
    flights = tables.read("n1_launches", ROOT)
    shared = MISSIONS[MISSIONS["launch_tag"].isin(flights["gcat_tag"])]
    assert len(shared) == 3  # the third flight carried mock-ups and is no mission to the Moon
    assert set(shared["reached"]) == {"no orbit"}


@pytest.mark.parametrize("of", [firsts.EVENTS, firsts.LAUNCHED])
def test_each_list_of_firsts_has_its_own_panel(of: str) -> None:
    ax = book_chart("firsts-timeline").figure.axes[[firsts.EVENTS, firsts.LAUNCHED].index(of)]
    rows = firsts.placed(FIRSTS, of)
    drawn = Counter(points(ax, *firsts.DOMAINS.values()))
    assert drawn == Counter((float(x), float(y)) for x, y in zip(rows["year"], rows["height"], strict=True))
    assert max(drawn.values()) == 1
    assert len(rows) == (FIRSTS["list"] == of).sum()


def test_firsts_are_counted_before_and_from_the_landing_on() -> None:
    toy = pd.DataFrame(
        {
            "row": ["e-a", "e-1969-07-20-apollo-11", "e-b", "l-a"],
            "date": ["1961-04-12", "1969-07-20", "1971-04-19", "1961-04-12"],
            "state": [firsts.SOVIET, firsts.AMERICAN, firsts.SOVIET, firsts.SOVIET],
            "list": [firsts.EVENTS] * 3 + [firsts.LAUNCHED],
        }
    )
    counts = firsts.tally(toy, firsts.EVENTS)
    assert counts.loc[firsts.BEFORE].to_dict() == {firsts.SOVIET: 1, firsts.AMERICAN: 0, firsts.JOINT: 0}
    assert counts.loc[firsts.AFTER].to_dict() == {firsts.SOVIET: 1, firsts.AMERICAN: 1, firsts.JOINT: 0}


def test_who_followed_is_drawn_at_its_launch() -> None:
    chart = book_chart("firsts-and-followers")
    drawn = sorted(x for x, _ in points(chart.figure.axes[0], "o", "s", "^"))
    assert drawn == sorted(families.decimal_year(chart.data["date"]).round(3))
    short = FIRSTS[FIRSTS["list"] == firsts.LAUNCHED]
    assert len(chart.data) == len(short) + short["second_date"].notna().sum() + short["china_date"].notna().sum()


def test_a_step_that_was_not_read_is_not_counted() -> None:
    short = FIRSTS[FIRSTS["list"] == firsts.LAUNCHED]
    cut = short[short["row"].isin(["l-1957-10-04-sputnik-1", "l-1957-11-03-sputnik-2"])]
    # Sputnik 1 to Explorer 1: day 277 of 1957 to day 32 of 1958, (31 + 365 - 276) / 365 = 0.33 years; Enos is unread.
    takeaway = firsts.followers(cut).takeaway
    assert "made the same step in 1, in the median 0.3 years later" in takeaway
    assert "for 0 of all 2 firsts" in takeaway


def test_a_label_is_short() -> None:
    assert firsts.short_name("first soft landing on Mars (signal lost)") == "Soft landing on Mars"
