"""The charts of modules, journeys, seats and prices draw what their tables hold, and nothing that the tables do not."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch, Rectangle

from lostlead import tables
from lostlead.charts import seats
from lostlead.charts.style import COLOURS
from lostlead.claims import open_claim

from .conftest import ROOT

MODULES = tables.read("station_modules", ROOT)
JOURNEYS = tables.read("station_crew_transport", ROOT)
CREWS = tables.read("soyuz_crews", ROOT)
DEALS = tables.read("soyuz_seat_contracts", ROOT)
LANDED = str(open_claim("C22", ROOT).fact("shuttle-last-landing").value.latest)
FLEW = str(open_claim("C22", ROOT).fact("crew-dragon-first-crew").value.earliest)


def bars(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def colour_of(patch: Patch) -> str:
    return to_hex(patch.get_facecolor())


def test_a_bar_a_module_as_heavy_and_as_large_as_the_table_says() -> None:
    chart = seats.modules(MODULES)
    _, mass, volume = chart.figure.axes
    named = MODULES[MODULES["kind"] == "module"]
    # Zarya: 20,351 kg in the table, 20.351 t in the chart.
    assert chart.data.set_index("module").loc["Zarya", "mass_t"] == pytest.approx(20.351)
    assert sorted(bar.get_width() for bar in bars(mass)) == pytest.approx(sorted(named["mass_kg"].astype(float) / 1000))
    known = named["pressurised_volume_m3"].dropna()
    assert sorted(bar.get_width() for bar in bars(volume)) == pytest.approx(sorted(known))
    missing = [text.get_text() for text in volume.texts].count("not found")
    assert missing == len(named) - len(known)


def test_the_tiles_tell_builder_and_owner() -> None:
    chart = seats.modules(MODULES)
    tiles = bars(chart.figure.axes[0])
    zarya = [colour_of(tile) for tile in tiles if tile.get_gid() == "Zarya"]
    assert zarya == [COLOURS["USSR/Russia"], COLOURS["USA"]]
    assert len(tiles) == 2 * len(chart.data)
    assert "PMA-1" not in set(chart.data["module"])


def test_every_state_of_the_modules_has_the_letter_of_the_key() -> None:
    rows = seats.module_rows(MODULES)
    assert set(rows.loc[rows["built"] == "Other", "builder_state"]) <= {"Japan"}
    assert set(rows.loc[rows["owned"] == "Other", "owner_state"]) <= {"Japan"}


@pytest.mark.parametrize(
    ("basis", "volume", "kind"),
    [
        ("pressurised volume", 70.0, "plain"),
        ("pressurised volume, expanded", 16.0, "plain"),
        ("upper bound given by the builder", 12.5, "other basis"),
        (None, None, "not found"),
    ],
)
def test_a_volume_on_another_basis_is_told_apart(basis: str | None, volume: float | None, kind: str) -> None:
    toy = MODULES[MODULES["module"] == "Harmony"].copy()
    toy["volume_basis"], toy["pressurised_volume_m3"] = basis, volume
    assert seats.module_rows(toy)["volume"].to_list() == [kind]


def test_the_stacks_of_journeys_are_the_table() -> None:
    chart = seats.crew_by_vehicle(JOURNEYS)
    for ax, state in zip(chart.figure.axes, ("Russia", "United States"), strict=True):
        drawn: Counter[int] = Counter()
        by_colour: Counter[str] = Counter()
        for bar in bars(ax):
            drawn[round(bar.get_x() + bar.get_width() / 2)] += round(bar.get_height())
            by_colour[colour_of(bar)] += round(bar.get_height())
        rows = JOURNEYS[JOURNEYS["vehicle_state"] == state]
        assert dict(drawn) == {int(year): int(n) for year, n in rows.groupby("year")["people"].sum().items()}
        for column, who in (("russians", "USSR/Russia"), ("americans", "USA"), ("others", "Other")):
            assert by_colour[COLOURS[who]] == int(rows[column].sum())


def test_years_without_an_american_ship_stay_empty() -> None:
    american = seats.crew_by_vehicle(JOURNEYS).figure.axes[1]
    years = {round(bar.get_x() + bar.get_width() / 2) for bar in bars(american)}
    assert not years & set(range(2012, 2020))


def test_both_panels_of_journeys_have_one_scale() -> None:
    figure = seats.crew_by_vehicle(JOURNEYS).figure
    figure.draw_without_rendering()
    per_person = [ax.get_window_extent().height / ax.get_ylim()[1] for ax in figure.axes]
    assert per_person[0] == pytest.approx(per_person[1], rel=0.01)


def test_the_caption_says_only_then_when_it_is_so() -> None:
    assert "no others carried people" in seats.crew_by_vehicle(JOURNEYS).takeaway
    russian, american = JOURNEYS["vehicle_state"] == "Russia", JOURNEYS["vehicle_state"] == "United States"
    both = set(JOURNEYS.loc[russian, "year"]) & set(JOURNEYS.loc[american, "year"])
    assert "no others" not in seats.crew_by_vehicle(JOURNEYS[JOURNEYS["year"].isin(both)]).takeaway


def toy_crews() -> pd.DataFrame:
    rows = [
        ("A", "2011-07-21", "International Space Station", True, "Russia", 3),
        ("B", "2011-07-22", "International Space Station", True, "Russia", 2),
        ("B", "2011-07-22", "International Space Station", True, "Japan", 1),
        ("C", "2012-01-01", "Mir", True, "Russia", 2),
        ("D", "2012-01-02", "International Space Station", False, "United States", 1),
        ("E", "2012-05-30", "International Space Station", True, "Italy", 1),
    ]
    columns = ["flight", "launch_date", "destination", "reached_destination", "nationality", "seats"]
    return pd.DataFrame(rows, columns=columns)


def test_seats_are_those_after_one_day_and_before_another() -> None:
    rows = seats.seats_between(toy_crews(), "2011-07-21", "2012-05-30")
    assert rows[["flight", "nationality"]].to_numpy().tolist() == [
        ["B", "Japan"],
        ["B", "Russia"],
        ["D", "United States"],
    ]
    assert rows["group"].to_list() == ["Other", "USSR/Russia", "USA"]


def test_seats_that_did_not_arrive_are_hollow_and_not_counted() -> None:
    chart = seats.riders(toy_crews(), shuttle_landed="2011-07-21", dragon_flew="2012-05-30")
    above, below = chart.figure.axes
    assert Counter(colour_of(square) for square in bars(above)) == {
        COLOURS["USSR/Russia"]: 2,
        COLOURS["Other"]: 1,
        "#ffffff": 1,
    }
    assert [bar.get_width() for bar in bars(below)] == [2, 1]
    assert ", 3 seats on Soyuz" in chart.takeaway


def test_there_is_a_square_for_every_seat() -> None:
    chart = seats.riders(CREWS, shuttle_landed=LANDED, dragon_flew=FLEW)
    above, below = chart.figure.axes
    assert len(bars(above)) == int(chart.data["seats"].sum())
    there = chart.data[chart.data["reached_destination"].astype(bool)]
    assert sum(bar.get_width() for bar in bars(below)) == int(there["seats"].sum())
    squares = Counter(int(np.round(square.get_x() + square.get_width() / 2)) for square in bars(above))
    assert dict(squares) == {int(year): int(n) for year, n in chart.data.groupby("year")["seats"].sum().items()}


def test_both_tables_agree_on_who_went_up_in_full_years() -> None:
    by_year = seats.seats_between(CREWS, LANDED, FLEW)
    by_year = by_year[by_year["reached_destination"].astype(bool)].groupby("year")["seats"].sum()
    journeys = JOURNEYS[JOURNEYS["vehicle"] == "Soyuz"].set_index("year")["people"]
    for year in range(2012, 2020):
        assert by_year[year] == journeys[year]


def test_a_derived_price_is_the_total_over_the_seats() -> None:
    rows = seats.seat_rows(DEALS).set_index("deal")
    derived = rows[rows["kind"] == "derived"]
    # contract-2008: 141 / 3 = 47; contract-2010: 335 / 6 = 55.83; contract-2011: 753 / 12 = 62.75; contract-2013:
    # 424 / 6 = 70.67; contract-2015: 490 / 6 = 81.67; worked by hand.
    by_hand = {
        "contract-2008": 47.0,
        "contract-2010": 55.83,
        "contract-2011": 62.75,
        "contract-2013": 70.67,
        "contract-2015": 81.67,
    }
    assert set(derived.index) == set(by_hand)
    for deal, price in by_hand.items():
        assert derived.loc[deal, "price_per_seat_usd_mn"] == pytest.approx(price, abs=0.051)
        assert derived.loc[deal, "total_usd_mn"] / derived.loc[deal, "seats"] == pytest.approx(price, abs=0.01)


def test_a_price_is_stated_derived_or_audited() -> None:
    rows = seats.seat_rows(DEALS).set_index("deal")["kind"]
    assert rows["contract-2006"] == "stated"
    assert rows["contract-2013"] == "derived"
    assert rows["price-2014"] == "audited"
    assert "contract-2007" not in rows.index
    assert "contract-2021-axiom" not in rows.index


@pytest.mark.parametrize(
    ("announced", "moment"),
    # 5 January is day 5: 2006 + 4.5 / 365.25; April 2014 runs from day 91 to 120, middle 105.5: 2014 + 105 / 365.25.
    [("2006-01-05", 2006.0123), ("2014-04", 2014.2875)],
)
def test_a_contract_stands_in_the_middle_of_its_date(announced: str, moment: float) -> None:
    toy = DEALS[DEALS["deal"] == "contract-2006"].copy()
    toy["announced"] = announced
    assert seats.seat_rows(toy)["signed"].iloc[0] == pytest.approx(moment, abs=0.0005)


def test_no_line_joins_two_prices() -> None:
    chart = seats.seat_prices(DEALS)
    known = set(chart.data["price_per_seat_usd_mn"])
    drawn = set()
    for line in chart.figure.axes[0].lines:
        heights = set(np.asarray(line.get_ydata(), dtype=float).tolist())
        assert len(heights) == 1
        drawn |= heights
    assert drawn == known


def test_derived_prices_are_hollow_and_dotted() -> None:
    chart = seats.seat_prices(DEALS)
    kinds = chart.data[chart.data["kind"] != "audited"].set_index("price_per_seat_usd_mn")["kind"]
    lines = chart.figure.axes[0].lines
    dots = {float(np.asarray(line.get_ydata())[0]): line for line in lines if line.get_marker() == "o"}
    assert set(dots) == set(kinds.index)
    for price, line in dots.items():
        assert (to_hex(line.get_markerfacecolor()) == "#ffffff") == (kinds[price] == "derived")
    thick = [line for line in lines if line.get_linewidth() > 4 and line.get_marker() == "None"]
    for line in thick:
        price = float(np.asarray(line.get_ydata())[0])
        assert (line.get_linestyle() == "--") == (kinds[price] == "derived")


def test_the_caption_of_the_prices_follows_the_data() -> None:
    assert "more in each new contract" in seats.seat_prices(DEALS).takeaway
    cheaper = DEALS.copy()
    cheaper.loc[cheaper["deal"] == "contract-2013", "price_per_seat_usd_mn"] = 30.0
    assert "more in each new contract" not in seats.seat_prices(cheaper).takeaway
