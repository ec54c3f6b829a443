"""The charts of budgets draw what their tables hold, convert money right, and join nothing across scopes or gaps."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from lostlead import tables
from lostlead.charts import budget_steps, budgets, money
from lostlead.charts.style import Chart
from lostlead.figures import read_register

from .conftest import ROOT, book_chart, xs_of, ys_of

BUDGETS = tables.read("budgets", ROOT)
DEFLATORS = tables.read("deflators", ROOT)
FUNDING = tables.read("enterprise_funding", ROOT)
PROGRAMME = tables.read("programme_2016_2025", ROOT)

CHARTS = [row["name"] for row in read_register(ROOT) if row["notebook"] == "book/trends/budgets.ipynb"]


def numbers_of(chart: Chart) -> list[float]:
    values = [float(v) for v in chart.data.select_dtypes("number").to_numpy(dtype=float, na_value=math.nan).ravel()]
    return [value for value in values if not math.isnan(value)]


@pytest.mark.parametrize("name", CHARTS)
def test_every_mark_of_a_chart_of_budgets_is_in_its_data(name: str) -> None:
    chart = book_chart(name)
    known = numbers_of(chart)
    for ax in chart.figure.axes:
        flat = {text.get_text() for text in ax.get_yticklabels()} & {"1995: Mir"}  # a row a statement: money is on x
        for line in ax.lines:
            if set(ys_of(line)) == {0.0, 1.0}:
                continue  # a rule across the panel
            for value in xs_of(line) if flat else ys_of(line):
                assert min(abs(value - number) for number in known) < 0.006, f"{name}: {value} is not in the data"
        for patch in ax.patches:
            width = patch.get_width()  # type: ignore[attr-defined]
            assert min(abs(width - number) for number in known) < 0.006, f"{name}: a bar of {width} is not in the data"


def test_an_index_moves_money_to_the_base_year() -> None:
    index = pd.Series({1966: 20.0, 2024: 100.0})
    assert money.index_factor(index, 1966, 2024) == 5  # 100 / 20
    assert money.index_factor(index, 2024, 1966) == 0.2
    with pytest.raises(KeyError):
        money.index_factor(index, 1970, 2024)


def test_yearly_changes_are_chained_from_the_year_after() -> None:
    changes = pd.Series({2019: 50.0, 2020: 10.0, 2021: 20.0})
    assert money.change_factor(changes, 2019, 2021) == pytest.approx(1.32)  # 1.10 * 1.20; the 50 percent come before
    assert money.change_factor(changes, 2021, 2021) == 1
    assert money.change_factor(changes, 2021, 2019) == pytest.approx(1 / 1.32)
    with pytest.raises(KeyError):
        money.change_factor(changes, 2020, 2022)


def test_a_rate_is_roubles_for_a_dollar() -> None:
    assert money.to_dollars(60, 30) == 2
    with pytest.raises(ValueError, match="not a rate"):
        money.to_dollars(60, 0)


def test_an_unknown_series_is_refused_and_the_first_named_counts() -> None:
    toy = pd.DataFrame({"series": ["a", "a", "b", "b"], "year": [1, 2, 2, 3], "value": [10.0, 20.0, 99.0, 30.0]})
    assert money.one_series(toy, "a", "b").to_dict() == {1: 10.0, 2: 20.0, 3: 30.0}
    with pytest.raises(ValueError, match="no series 'c'"):
        money.one_series(toy, "c")


def test_the_peak_of_nasa_in_constant_dollars_by_hand() -> None:
    # 5,933.5 mn dollars; deflator 17.038 (1966) and 125.23 (2024): 125.23 / 17.038 = 7.35004; 5.9335 * 7.35004 = 43.6115
    table = money.nasa_years(BUDGETS, DEFLATORS)
    assert table.loc[1966, "constant"] == pytest.approx(43.6115, abs=0.001)
    assert table.loc[2024, "constant"] == table.loc[2024, "nominal"]  # the base year is itself


def test_the_share_of_nasa_by_hand() -> None:
    # 5,933.5 over 134,532 mn dollars of all outlays of 1966: 0.044105; 24,576 over 7,011,105 of 2025: 0.0035053
    share = money.nasa_years(BUDGETS, DEFLATORS)["share"]
    assert share[1966] == pytest.approx(4.4105, abs=0.0005)
    assert share[2025] == pytest.approx(0.35053, abs=0.0005)


def test_a_year_without_a_deflator_has_no_constant_dollars() -> None:
    table = money.nasa_years(BUDGETS, DEFLATORS)
    assert math.isnan(table.loc[2025, "constant"])
    assert not math.isnan(table.loc[2025, "nominal"])


def test_roubles_of_2021_by_hand() -> None:
    # 2018 2.8783, 2019 4.4704, 2020 3.3817, 2021 6.6945 percent:
    # 1.028783 * 1.044704 = 1.074774; * 1.033817 = 1.111119; * 1.066945 = 1.185503; 173.2 * 1.185503 = 205.33
    rows = money.in_constant_roubles(BUDGETS, DEFLATORS, "ru-state-programme", 2021).set_index("year")
    assert rows.loc[2017, "constant"] == pytest.approx(205.33, abs=0.01)
    assert rows.loc[2017, "steps"] == "read"
    # backwards: 2022 rose by 13.75 percent (unread): 210.22 / 1.1375 = 184.81
    assert rows.loc[2022, "constant"] == pytest.approx(184.81, abs=0.01)
    assert rows.loc[2022, "steps"] == "unread"
    assert 2025 not in rows.index  # no price series, so no point


def test_russia_against_nasa_by_hand() -> None:
    rows = money.against_nasa(BUDGETS, DEFLATORS, ("ru-agency-budget",)).set_index("year")
    # 167.63 bn roubles at 31.83714 are 5.26523 bn dollars; NASA 16.975: 31.018 percent; of 2,292.47 (GDP): 0.22968
    assert rows.loc[2013, "market"] == pytest.approx(31.018, abs=0.005)
    assert rows.loc[2013, "gdp"] == pytest.approx(0.22968, abs=0.0001)
    # at the parity of 19.505592 they are 8.59395 bn international dollars: 50.627 percent
    assert rows.loc[2013, "ppp"] == pytest.approx(50.627, abs=0.005)


def test_a_missing_rate_leaves_a_gap() -> None:
    rows = money.against_nasa(BUDGETS, DEFLATORS, ("ru-state-programme",)).set_index("year")
    assert math.isnan(rows.loc[2025, "ppp"])  # the parity ends in 2024
    assert math.isnan(rows.loc[2026, "market"])  # no outlays and no rate yet
    # 317.4927 bn roubles at 83.3 are 3.81144 bn dollars; NASA 24.576: 15.509 percent
    assert rows.loc[2025, "market"] == pytest.approx(15.509, abs=0.005)


def test_the_need_of_1995_in_roubles_of_2000_by_hand() -> None:
    # 1996 47.752, 1997 14.7613, 1998 27.6857, 1999 85.7465, 2000 20.7988 percent: 1.47752 * 1.147613 = 1.695621;
    # * 1.276857 = 2.165066; * 1.857465 = 4.021534; * 1.207988 = 4.857965; 5.5 * 4.857965 = 26.719
    rows = money.needed_and_budgeted(BUDGETS, FUNDING, DEFLATORS)
    first = rows[(rows["year"] == 1995) & (rows["kind"] == "need")].iloc[0]
    assert first["constant"] == pytest.approx(26.719, abs=0.005)
    # a year after the base is divided: 6.5 / (1.21477 * 1.157887) = 6.5 / 1.406566 = 4.6212
    assert rows[rows["year"] == 2002].iloc[0]["constant"] == pytest.approx(4.6212, abs=0.001)


def test_the_levels_against_1989_by_hand() -> None:
    level = money.levels_since_1989(FUNDING, BUDGETS).set_index("year")["index_1989"]
    assert level[1996] == 20  # cut by 80
    assert level[2000] == pytest.approx(5.344, abs=0.001)  # 7 / 131
    assert level[2002] == pytest.approx(5.263, abs=0.001)  # 1 / 19
    assert level[2004] == pytest.approx(23.476, abs=0.001)  # 770 / 3,280


def test_other_money_in_dollars_by_hand() -> None:
    rows = money.others_in_dollars(BUDGETS, DEFLATORS)
    india = rows[(rows["series"] == "india-be") & (rows["year"] == 2025)].iloc[0]
    # 13,416.2 crore = 134.162 bn rupees at 87.1468: 1.53950
    assert india["billion_usd"] == pytest.approx(1.5395, abs=0.0005)
    china = rows[(rows["country"] == "China") & (rows["year"] == 2018)].iloc[0]
    assert china["billion_usd"] == 5.83  # already in dollars


DOTTED = {
    "russia-budget-by-scope": "billion_roubles",
    "russia-budget-constant-roubles": "billion_roubles_of_2021",
    "russia-against-nasa": "percent",
    "space-budgets-others": "billion_usd",
}


@pytest.mark.parametrize("name", DOTTED)
def test_a_dotted_line_joins_neighbouring_years_of_one_series_and_status(name: str) -> None:
    chart = book_chart(name)
    data = chart.data
    for ax in chart.figure.axes:
        for line in ax.lines:
            xs, ys = xs_of(line), ys_of(line)
            if line.get_linestyle() != ":" or len(xs) < 2:
                continue
            assert xs[1] - xs[0] == 1
            kinds = [
                {
                    (row["series"], row["status"], row.get("country"))
                    for _, row in data[data["year"] == x].iterrows()
                    if abs(row[DOTTED[name]] - y) < 0.006
                }
                for x, y in zip(xs, ys, strict=True)
            ]
            assert kinds[0] & kinds[1], f"{name}: {xs} joins different series"


def test_points_that_rest_on_unread_prices_are_marked_and_joined_to_nothing() -> None:
    chart = book_chart("russia-budget-constant-roubles")
    unread = chart.data[chart.data["price_changes"] == "unread"]
    assert set(unread["year"]) == {2022, 2023, 2024}
    crosses = [line for ax in chart.figure.axes for line in ax.lines if line.get_marker() == "x"]
    assert sorted(x for line in crosses for x in xs_of(line)) == sorted(float(year) for year in unread["year"])
    joined = [x for ax in chart.figure.axes for line in ax.lines if line.get_linestyle() == ":" for x in xs_of(line)]
    assert max(joined) <= 2021
    assert "2022-2024 were not read" in chart.note


def test_the_voted_money_of_nasa_joins_no_line() -> None:
    chart = book_chart("nasa-outlays")
    lines = [xs_of(line) for line in chart.figure.axes[0].lines if len(xs_of(line)) > 1]
    assert max(max(xs) for xs in lines) == 2025
    assert 2026 in set(chart.data["year"])


def test_the_parts_of_the_soviet_budget_add_up() -> None:
    parts = book_chart("soviet-budget-1989").data.groupby("panel")["value"].sum()
    assert parts["billion Soviet roubles"] == pytest.approx(6.9)  # 3.9 + 1.3 + 1.7


def test_the_takeaways_follow_the_data() -> None:
    poorer = BUDGETS.copy()
    poorer.loc[poorer["series"] == "ru-agency-budget", "value"] /= 4
    poorer.loc[poorer["series"] == "ru-state-programme", "value"] /= 4
    assert "in 9 of 9 years" in book_chart("russia-against-nasa").takeaway
    assert "in 0 of 9 years" in budgets.russia_against_nasa(poorer, DEFLATORS).takeaway
    richer = PROGRAMME.copy()
    richer.loc[richer["status"] == "approved", "value"] = 3000.0
    assert "percent more than" in budget_steps.programme(richer).takeaway
    assert "34 percent less than" in book_chart("programme-2016-2025").takeaway  # 1,406 / 2,117 = 0.664


def test_the_firm_part_and_the_rest_of_the_programme_are_the_total_told() -> None:
    whole = PROGRAMME.groupby("date")["value"].sum()
    assert whole["2014-11"] == 2436  # 2,117 + 319
    assert whole["2015-11"] == 1521  # 1,406 + 115
    left = PROGRAMME.set_index("step")["value"]
    assert left["after-cut-2020-left"] == left["approved-2016-firm"] - 150
    assert left["after-cut-2022-left"] == left["approved-2016-firm"] - 277


@pytest.mark.parametrize(("value", "words"), [(198.5, "199"), (130.5, "131"), (2435.6, "2,436"), (0.4, "0")])
def test_halves_are_rounded_up(value: float, words: str) -> None:
    assert budgets.whole(value) == words
