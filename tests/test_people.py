"""The charts of people and money in science draw what the tables hold, convert as told, and join nothing across a gap."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from lostlead import tables
from lostlead.charts import pay, people
from lostlead.charts.strips import say_bounds
from lostlead.charts.style import Chart, runs
from lostlead.claims import open_claim

from .conftest import ROOT, book_chart, xs_of, ys_of

PERSONNEL = tables.read("rd_personnel", ROOT)
DRAIN = tables.read("brain_drain", ROOT)
WAGES = tables.read("wages", ROOT)
MINIMUMS = tables.read("subsistence", ROOT)
RATES = tables.read("rub_rates", ROOT)
WORKFORCE = tables.read("space_workforce", ROOT)


def drawn_values(chart: Chart, axis: str) -> list[float]:
    """Return the values of all marks and lines on one axis, without rules across a panel."""
    found: list[float] = []
    for ax in chart.figure.axes:
        for line in ax.lines:
            if ys_of(line) != [0.0, 1.0]:
                found += xs_of(line) if axis == "x" else ys_of(line)
    return found


@pytest.mark.parametrize(
    ("name", "axis", "columns", "scale"),
    [
        ("researchers-by-year", "y", ("value",), 1000),
        ("rd-share-of-gdp", "y", ("percent_of_gdp",), 1),
        ("emigration-estimates", "x", ("low", "high"), 1),
        ("emigration-claims", "x", ("low", "high"), 1),
        ("pay-against-minimum", "x", ("low", "high", "all_workers"), 1),
    ],
)
def test_what_is_drawn_is_the_data_and_all_of_it(name: str, axis: str, columns: tuple[str, ...], scale: float) -> None:
    chart = book_chart(name)
    known = {float(value) / scale for column in columns for value in chart.data[column].dropna()}
    drawn = set(drawn_values(chart, axis))
    if name.startswith("emigration"):
        drawn.add(float(chart.data["low"].iloc[-1]))  # the net loss is a rule across the panel
    for value in drawn:
        assert min(abs(value - number) for number in known) < 0.006, f"{value} is drawn but not in the data"
    for number in known:
        assert min(abs(value - number) for value in drawn) < 0.006, f"{number} is in the data but not drawn"


def test_the_workforce_is_drawn_in_percent_and_in_thousands() -> None:
    data = people.workforce(WORKFORCE).data
    known = sorted(row.value / (1000 if row.unit == "employees" else 1) for row in data.itertuples())
    assert sorted(drawn_values(people.workforce(WORKFORCE), "x")) == pytest.approx(known)


def test_years_are_cut_where_one_is_missing() -> None:
    assert runs([1993, 1990, 1991]) == [[1990, 1991], [1993]]
    assert runs([]) == []


def test_no_line_leads_across_a_year_without_a_figure() -> None:
    for chart in (people.researchers(PERSONNEL), people.spending(PERSONNEL)):
        for ax in chart.figure.axes:
            for line in ax.lines:
                if line.get_linestyle() != "None":
                    assert all(np.diff(np.asarray(line.get_xdata(), dtype=float)) == 1)


def test_figures_on_another_basis_join_no_line() -> None:
    for series in ("researchers", "rd_gdp_share"):
        rows = people.of_series(PERSONNEL, series)
        chart = people.researchers(PERSONNEL) if series == "researchers" else people.spending(PERSONNEL)
        scale = 1000 if series == "researchers" else 1
        basis = people.OFFICIAL if series == "researchers" else people.WORLD_BANK
        solid = {(row.year, row.value / scale) for row in rows[rows["basis"] == basis].itertuples()}
        joined = {
            point
            for line in chart.figure.axes[0].lines
            if line.get_color() == people.RUSSIA and line.get_linestyle() != "None"
            for point in zip(np.asarray(line.get_xdata()), np.asarray(line.get_ydata(), dtype=float), strict=True)
        }
        assert joined <= solid


def test_a_year_without_a_figure_is_shaded_and_in_the_data() -> None:
    data = people.researchers(PERSONNEL).data
    empty = data[data["drawn"] == "no figure read"]
    assert empty["value"].isna().all()
    read = {(row.series, row.year) for row in data[data["drawn"] == "figure"].itertuples()}
    shaded = {(row.series, year) for row in empty.itertuples() for year in range(row.year, row.last_year + 1)}
    assert not read & shaded
    assert ("researchers", 1992) in shaded
    assert {year for series, year in read | shaded if series == "researchers"} == set(
        range(data["year"].min(), data["last_year"].max() + 1)
    )


def test_an_unread_figure_is_not_drawn() -> None:
    rumour = PERSONNEL[PERSONNEL["series"] == "researchers"].iloc[[0]].assign(year=1994, value=1.0, checked="unread")
    rows = people.of_series(pd.concat([PERSONNEL, rumour]), "researchers")
    assert 1994 not in set(rows["year"])


def test_a_rise_is_not_told_as_a_fall() -> None:
    more = PERSONNEL.copy()
    more.loc[(more["series"] == "researchers") & (more["year"] == 1995), "value"] = 1_985_200
    assert "48 percent fewer" in people.researchers(PERSONNEL).takeaway  # 518,700 / 992,600 = 0.5226
    assert "100 percent more" in people.researchers(more).takeaway


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(15000, 15000, "15,000"), (1, 2, "1 to 2"), (20000, math.nan, "more than 20,000"), (math.nan, 6, "up to 6")],
)
def test_an_open_end_is_told(low: float, high: float, words: str) -> None:
    assert say_bounds(low, high) == words


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("1989/2002", "1989-2002"), ("2000-03", "2000"), ("199X", "1990s"), ("1991/..", "from 1991"), ("../2002", "to 2002"),
        ("1991~/1998", "about 1991-1998"), ("1992~/..", "from about 1992"), ("1992-07/1992-12", "1992"), (None, "undated"),
    ],
)  # fmt: skip
def test_a_period_is_told_in_years(period: str | None, words: str) -> None:
    assert people.say_period(period) == words


def test_no_figure_of_emigrants_is_drawn_that_is_part_of_another() -> None:
    rows = people.first_decade(DRAIN)
    parts = set(DRAIN.loc[DRAIN["part_of"].notna(), "estimate"])
    assert not parts & set(rows["estimate"])
    assert set(rows["unit"]) == {"people"}
    assert set(rows["flow"]) == {"abroad"}
    assert list(dict.fromkeys(rows["kind"])) == [kind for kind in people.KINDS if kind in set(rows["kind"])]


def test_a_figure_of_emigrants_is_drawn_in_one_of_the_two_charts() -> None:
    charts = [people.emigration(DRAIN, PERSONNEL), people.emigration_claims(DRAIN, PERSONNEL)]
    drawn = [name for chart in charts for name in chart.data["estimate"] if name != "net-loss-of-researchers"]
    assert sorted(drawn) == sorted(people.first_decade(DRAIN)["estimate"])


def test_the_net_loss_of_researchers_is_a_difference_on_one_basis() -> None:
    # 992,600 in 1990 minus 425,900 in 2000 = 566,700.
    assert people.emigration(DRAIN, PERSONNEL).data["high"].iloc[-1] == 566_700


@pytest.mark.parametrize(
    ("who", "low", "high"),
    [
        # 4,374 old roubles = 4.374 thousand; / 1.9 thousand = 2.302
        ("ru-space-1992", 2.302, 2.302),
        # 12,496 / 18,672 * 58,700 = 39,284 old roubles; / 20.6 thousand = 1.907
        ("ru-science-1993-02", 1.907, 1.907),
        # USD 125 * 5.12135 = 640.17 and 170 * 5.12135 = 870.63 new roubles; / 369.4 = 1.733 and 2.357
        ("ru-academy-1996", 1.733, 2.357),
        # USD 100 * 5.78504 = 578.50 and 150 * 5.78504 = 867.76; / 411.2 = 1.407 and 2.110
        ("ru-senior-1997", 1.407, 2.110),
        # 3,000 / 1,719 = 1.745
        ("ru-scientist-2002", 1.745, 1.745),
    ],
)
def test_pay_in_minimums_is_the_arithmetic_of_the_comment(who: str, low: float, high: float) -> None:
    pair = next(pair for pair in pay.PAIRS if pair.pay == who)
    assert pay.in_minimums(WAGES, MINIMUMS, RATES, pair) == pytest.approx((low, high), abs=0.001)


def test_an_upper_bound_has_no_lower_end() -> None:
    rows = pay.pay_in_minimums(WAGES, MINIMUMS, RATES).set_index("pay")
    assert math.isnan(rows.loc["ru-nuclear-2001", "low"])
    assert rows.loc["ru-nuclear-2001", "high"] == pytest.approx(50 * 29.17 / 1396)
    assert rows.loc["ru-space-1992", "all_workers"] == pytest.approx(6.0 / 1.9)


def test_a_pay_without_its_row_is_an_error() -> None:
    with pytest.raises(KeyError):
        pay.in_minimums(WAGES, MINIMUMS, RATES, pay.Pair("ru-nobody", "nobody", "1992"))


def test_the_ratios_of_pay_are_those_of_their_claim() -> None:
    drawn = pd.read_csv(ROOT / "figures" / "pay-ratio-readings.csv").set_index("name")
    readings = tables.read("pay_ratio_readings", ROOT)
    claim = open_claim("C18", ROOT)
    stated = {name: float(claim.fact(name).value) for name in drawn.index if name not in set(readings["reading"])}
    mine = pay.pay_ratios(readings, WAGES, RATES, stated, 24).set_index("name")
    assert list(mine.index) == list(drawn.index)
    assert mine["kind"].tolist() == drawn["kind"].tolist()
    assert mine["ratio"].tolist() == pytest.approx(drawn["ratio"].tolist(), abs=0.051)
    assert [str(holds) for holds in mine["holds"]] == [str(h) if pd.notna(h) else "None" for h in drawn["holds"]]


def test_a_ratio_is_the_arithmetic_of_the_comment() -> None:
    # 63,000 / 12 = 5,250 dollars a month; / 150 = 35.0 and / 100 = 52.5. By purchasing power: * 2.778421 / 5.78504 = 16.81.
    rows = pay.pay_ratios(tables.read("pay_ratio_readings", ROOT), WAGES, RATES, {}, 24).set_index("name")
    assert rows.loc["chemists-senior-1997-market", ["ratio", "high"]].tolist() == pytest.approx([35.0, 52.5])
    assert rows.loc["chemists-senior-1997-ppp", "ratio"] == pytest.approx(16.81, abs=0.005)
    assert rows.loc["chemists-senior-1997-market", "holds"] is True
    assert rows.loc["chemists-senior-1997-ppp", "holds"] is None
