"""Charts of space budgets. Money of one scope (agency, programme, all space) is never joined to money of another.

The tables are ``budgets`` (a row an amount), ``deflators`` (prices, rates, national totals), ``programme_2016_2025``
and ``enterprise_funding``. The conversions are pure functions here; each names its series and its base year. Filled
marks are money approved by law (or paid, for NASA), hollow ones drafts, plans, requests and outside estimates.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from lostlead.charts.style import (
    COLOURS,
    GROUND,
    INK,
    QUIET,
    TEXT,
    Chart,
    house_style,
    label_end,
    new_figure,
    say_list,
    say_years,
)

RED, BLUE, GREY = COLOURS["USSR/Russia"], COLOURS["USA"], "#8d959e"
SMALL = TEXT - 2
DOLLAR_YEAR, ROUBLE_YEAR, CRISIS_YEAR = 2024, 2021, 2000  # base years of constant prices
US_PRICES, RU_PRICES = "us-gdp-deflator", "ru-cpi-mean-change"
# US federal outlays: the longer file up to its last year, the newer edition after it.
US_TOTALS = ("us-federal-outlays-fy", "us-federal-outlays-fy-2026ed")
RUB_RATES = ("rub-usd-mean", "rub-usd-mean-cbr")
CREDIT = "Sources: the works named row by row in the tables"
# What is more than a draft or a plan.
FIRM = ("executed", "approved", "year-end list")
LATE = ("year-end list", "expected")
SCOPES = {
    "ru-agency-budget": ("space agency", "o"),
    "ru-fkp": ("Federal Space Programme", "^"),
    "ru-state-programme": ("state programme", "s"),
}


def one_series(deflators: pd.DataFrame, *names: str) -> pd.Series:
    """Return series of the table ``deflators`` by year; where two have a year, the one named first counts.

    Raises ValueError for a name that the table does not have.
    """
    found: pd.Series = pd.Series(dtype=float)
    for name in names:
        rows = deflators[deflators["series"] == name]
        if rows.empty:
            raise ValueError(f"the table has no series '{name}'")
        found = found.combine_first(pd.Series(rows["value"].to_numpy(float), index=rows["year"].astype(int)))
    return found.sort_index()


def unread_years(deflators: pd.DataFrame, name: str) -> set[int]:
    """Return the years of a series that nobody has read in a source."""
    rows = deflators[(deflators["series"] == name) & (deflators["checked"] == "unread")]
    return {int(year) for year in rows["year"]}


def index_factor(index: pd.Series, year: int, base: int) -> float:
    """Return how many units of money of the year ``base`` one unit of ``year`` is worth, by a price index.

    Formula: index(base) / index(year). Raises KeyError where the index has no value.
    """
    return float(index.loc[base] / index.loc[year])


def change_factor(changes: pd.Series, year: int, base: int) -> float:
    """Return the same from yearly changes of prices in percent: the product of 1 + change/100 from year + 1 to base.

    For a base before the year it is one over that product. Raises KeyError where a change is missing.
    """
    if base < year:
        return 1 / change_factor(changes, base, year)
    factor = 1.0
    for step in range(year + 1, base + 1):
        factor *= 1 + float(changes.loc[step]) / 100
    return factor


def to_dollars(roubles: float, rate: float) -> float:
    """Return money in dollars at a rate in roubles per dollar (market, or per international dollar for PPP)."""
    if rate <= 0:
        raise ValueError(f"{rate} is not a rate")
    return roubles / rate


def nasa_years(budgets: pd.DataFrame, deflators: pd.DataFrame) -> pd.DataFrame:
    """Return NASA outlays by fiscal year: ``nominal`` and ``constant`` (billion dollars), ``share`` of outlays.

    ``constant`` is in dollars of DOLLAR_YEAR by the deflator of gross domestic product (calendar years) and missing
    where the deflator is; ``share`` is in percent of all federal outlays of the year.
    """
    rows = budgets[budgets["series"] == "nasa-outlays"].sort_values("year")
    nominal = pd.Series(rows["value"].to_numpy(float) / 1000, index=rows["year"].astype(int))
    prices, totals = one_series(deflators, US_PRICES), one_series(deflators, *US_TOTALS)
    constant = {y: nominal[y] * index_factor(prices, y, DOLLAR_YEAR) for y in nominal.index if y in prices.index}
    table = pd.DataFrame({"nominal": nominal, "constant": pd.Series(constant)})
    table["share"] = table["nominal"] * 1000 / totals.reindex(table.index) * 100
    return table.rename_axis("year")


def in_constant_roubles(budgets: pd.DataFrame, deflators: pd.DataFrame, series: str, base: int) -> pd.DataFrame:
    """Return a rouble series in roubles of ``base`` (consumer prices, annual mean), with ``steps`` read or unread.

    Years to which the price series does not reach are left out.
    """
    changes, unread = one_series(deflators, RU_PRICES), unread_years(deflators, RU_PRICES)
    rows = budgets[budgets["series"] == series].copy()
    rows["year"] = rows["year"].astype(int)
    rows = rows[(rows["year"] <= changes.index.max()) & (rows["year"] >= changes.index.min() - 1)].sort_values("year")
    rows["constant"] = [v * change_factor(changes, y, base) for v, y in zip(rows["value"], rows["year"], strict=True)]
    spans = [set(range(min(y, base) + 1, max(y, base) + 1)) for y in rows["year"]]
    rows["steps"] = ["unread" if span & unread else "read" for span in spans]
    return rows


def against_nasa(budgets: pd.DataFrame, deflators: pd.DataFrame, series: tuple[str, ...]) -> pd.DataFrame:
    """Return Russian amounts as percent of NASA outlays, at the market rate and at PPP, and of the Russian GDP.

    The market rate is the annual mean; GDP in roubles is the World Bank's in dollars times the same rate. Cells for
    which a rate, an outlay or a GDP is missing are NaN; a calendar year is held against the US fiscal year.
    """
    nasa = nasa_years(budgets, deflators)["nominal"]
    market, parity = one_series(deflators, *RUB_RATES), one_series(deflators, "ppp-gdp-rus")
    gdp = one_series(deflators, "gdp-usd-rus")
    rows = budgets[budgets["series"].isin(series)].copy()
    rows["year"] = rows["year"].astype(int)

    def cell(year: int, value: float, rates: pd.Series, whole: pd.Series) -> float:
        known = year in rates.index and year in whole.index
        return to_dollars(value, rates[year]) / whole[year] * 100 if known else float("nan")

    for column, rates, whole in (("market", market, nasa), ("ppp", parity, nasa), ("gdp", market, gdp)):
        rows[column] = [cell(y, v, rates, whole) for y, v in zip(rows["year"], rows["value"], strict=True)]
    keep = ["series", "scope", "status", "year", "value", "market", "ppp", "gdp", "sources"]
    return rows[keep].sort_values(["series", "year"]).reset_index(drop=True)


def whole(value: float) -> str:
    """Return a number rounded to a whole one, halves up."""
    return f"{math.floor(value + 0.5):,d}"


def _dotted(ax: Axes, rows: pd.DataFrame, y: str, colour: str, **options: Any) -> None:
    """Join neighbouring years of the same series and status with a dotted line; everything else stays a gap."""
    for _, group in rows.groupby(["series", "status"]):
        for earlier, later in pairwise(group.sort_values("year").itertuples()):
            if int(later.year) == int(earlier.year) + 1:
                pair = [getattr(earlier, y), getattr(later, y)]
                ax.plot([earlier.year, later.year], pair, ":", color=colour, linewidth=1.8, zorder=2, **options)


def _mark(ax: Axes, x: float, y: float, marker: str, colour: str, *, firm: bool, **options: Any) -> None:
    settings: dict[str, Any] = {"markersize": 7, "markeredgewidth": 1.7, "zorder": 3} | options
    ax.plot(
        [x], [y], marker, color=colour, markeredgecolor=colour, markerfacecolor=colour if firm else GROUND, **settings
    )


def _key(label: str, marker: str, colour: str, *, firm: bool) -> Line2D:
    return Line2D(
        [], [], linestyle="none", marker=marker, markersize=7, markeredgewidth=1.7, markeredgecolor=colour,
        markerfacecolor=colour if firm else GROUND, label=label,
    )  # fmt: skip


def _panel(ax: Axes, title: str, colour: str = QUIET) -> None:
    weight = "semibold" if colour != QUIET else "normal"
    ax.set_title(title, loc="left", color=colour, fontweight=weight, fontsize=SMALL + 1, pad=5)
    ax.tick_params(labelsize=SMALL)


def _above(ax: Axes, x: float, y: float, text: str, colour: str, **options: Any) -> None:
    settings: dict[str, Any] = {"xytext": (0, 7), "ha": "center", "va": "bottom"} | options
    ax.annotate(text, (x, y), textcoords="offset points", color=colour, fontsize=SMALL, **settings)


def nasa_outlays(budgets: pd.DataFrame, deflators: pd.DataFrame) -> Chart:
    """Draw NASA outlays by fiscal year in dollars of the day and of DOLLAR_YEAR, with the latest law and request."""
    table = nasa_years(budgets, deflators)
    first, last = int(table.index.min()), int(table.index.max())
    constant = table["constant"].dropna()
    peak, top = int(constant.idxmax()), float(constant.max())
    end = int(constant.index.max())
    extra = budgets[budgets["series"].isin(["nasa-enacted", "nasa-enacted-with-reconciliation", "nasa-request"])].copy()
    extra["billions"] = extra["value"] / 1000
    names = {
        "nasa-enacted": "law",
        "nasa-enacted-with-reconciliation": "law with extra act",
        "nasa-request": "request",
    }
    with house_style():
        figure, [ax] = new_figure(4.5, "NASA's spending, billion dollars a year")
        ax.plot(constant.index, constant, color=BLUE, linewidth=2.6)
        ax.plot(table.index, table["nominal"], color=GREY, linewidth=2.0)
        _above(ax, peak, top, f"{peak}: {top:.1f}", BLUE, fontweight="semibold")
        ax.annotate(f"in dollars of {DOLLAR_YEAR}", (1971, 33.5), ha="left", color=BLUE, fontweight="semibold")
        ax.annotate("in dollars of the day", (1992, 8.2), ha="left", color=QUIET, fontweight="semibold")
        for row in extra.itertuples():
            _mark(ax, row.year, row.billions, "s" if row.series == "nasa-request" else "o", BLUE, firm=False)
        ax.set_xlim(first - 1, last + 4)
        ax.set_ylim(0, top * 1.14)
        ax.set_xticks([1960, 1980, 2000, 2020])
        figure.legend(
            handles=[_key("voted by law", "o", BLUE, firm=False), _key("asked for", "s", BLUE, firm=False)],
            loc="outside lower left", ncols=2, handlelength=0.8, fontsize=SMALL,
        )  # fmt: skip
    consumer, own = one_series(deflators, "us-cpi-u"), one_series(deflators, "nasa-new-start-index")
    other = {
        "US consumer prices": table.loc[peak, "nominal"] * index_factor(consumer, peak, DOLLAR_YEAR),
        "NASA's own index": table.loc[peak, "nominal"] * index_factor(own, peak, DOLLAR_YEAR),
    }
    say_other = say_list([f"{value:.1f} by {name}" for name, value in other.items()])
    said = say_list([f"{r.billions:.1f} ({names[r.series]})" for r in extra.sort_values("billions").itertuples()])
    years = say_list([str(y) for y in sorted({int(y) for y in extra["year"]})])
    since = constant.loc[peak + 20 :]
    data = pd.concat([
        table["nominal"].rename("billion_usd").reset_index().assign(prices="of the day", status="executed"),
        constant.rename("billion_usd").reset_index().assign(prices=f"of {DOLLAR_YEAR}", status="executed"),
        extra.assign(billion_usd=extra["billions"], prices="of the day")[["year", "billion_usd", "prices", "status"]],
    ])  # fmt: skip
    return Chart(
        name="nasa-outlays",
        figure=figure,
        data=data.round({"billion_usd": 4}).reset_index(drop=True),
        title="NASA's spending in dollars of the day and in constant dollars",
        takeaway=(
            f"In constant prices NASA spent most in {peak}: {top:.1f} billion dollars of {DOLLAR_YEAR}. In {end} it "
            f"spent {constant[end]:.1f} billion, {constant[end] / top * 100:.0f} percent of that."
        ),
        alt=(
            f"Line chart of NASA outlays, fiscal years {first} to {last}, billion dollars. In dollars of {DOLLAR_YEAR} "
            f"they rise to {top:.1f} in {peak}, and between {int(since.index.min())} and {end} lie between "
            f"{since.min():.1f} and {since.max():.1f}. In dollars of the day they grow from "
            f"{table['nominal'].iloc[0]:.1f} to {table.loc[last, 'nominal']:.1f} in {last}. Hollow marks for {years}: "
            f"{said}."
        ),
        note=(
            "Outlays (money paid out) by US fiscal year; the extra quarter of 1976 is left out. Constant prices: "
            f"deflator of US gross domestic product (series {US_PRICES}), calendar years, base {DOLLAR_YEAR}; it ends "
            f"in {end}. In prices of {DOLLAR_YEAR} the spending of {peak} would be {say_other}. Hollow marks are money "
            f"voted or asked for, not paid, so they join no line: {said}. Values before 1962 and after 2015 come from "
            "copies of official tables."
        ),
        credit=CREDIT,
        tables=("budgets", "deflators"),
    )


def nasa_share(budgets: pd.DataFrame, deflators: pd.DataFrame) -> Chart:
    """Draw NASA outlays as percent of all US federal outlays by fiscal year."""
    share = nasa_years(budgets, deflators)["share"].dropna()
    first, last, peak = int(share.index.min()), int(share.index.max()), int(share.idxmax())
    under = [int(year) for year in share.index if share[year] < 0.5]
    start = next((y for y in under if all(share.loc[y:] < 0.5)), None)
    newer = one_series(deflators, US_TOTALS[1])
    older = one_series(deflators, US_TOTALS[0])
    shared = sorted(set(newer.index) & set(older.index))
    apart = say_list([f"{year} ({abs(older[year] - newer[year]) / 1000:.0f} billion dollars)" for year in shared])
    with house_style():
        figure, [ax] = new_figure(4.1, "NASA's share of US federal spending, percent")
        ax.plot(share.index, share, color=BLUE, linewidth=2.6)
        _above(ax, peak, float(share[peak]), f"{peak}: {share[peak]:.2f}", BLUE, fontweight="semibold")
        label_end(
            ax, last, float(share[last]), f"{last}: {share[last]:.2f}", BLUE, xytext=(0, 12), ha="right", va="bottom"
        )
        ax.set_ylim(0, share.max() * 1.14)
        ax.set_xlim(first - 1, last + 2)
        ax.set_xticks([1960, 1980, 2000, 2020])
        ax.set_yticks([0, 1, 2, 3, 4])
    tail = f" and has been below half a percent in every year since {start}" if start else ""
    return Chart(
        name="nasa-share-of-outlays",
        figure=figure,
        data=share.rename("percent_of_federal_outlays").round(4).reset_index(),
        title="NASA's share of US federal spending",
        takeaway=f"NASA's share of US federal spending was largest in {peak} ({share[peak]:.1f} percent){tail}.",
        alt=(
            f"Line chart of NASA outlays in percent of all US federal outlays, fiscal years {first} to {last}: "
            f"{share[first]:.2f} in {first}, a peak of {share[peak]:.2f} in {peak}, {share[1975]:.2f} in 1975, "
            f"{share[1991]:.2f} in 1991 and {share[last]:.2f} in {last}."
        ),
        note=(
            f"Outlays of NASA over all federal outlays of the fiscal year (series {US_TOTALS[0]} to "
            f"{int(older.index.max())}, then {US_TOTALS[1]}). The two editions of the total differ in {apart}, which "
            f"moves the share by less than {_moved(share, older, newer, shared)} of a percentage point. A small share "
            "can come from a large total: compare the chart in dollars."
        ),
        credit=CREDIT,
        tables=("budgets", "deflators"),
    )


def _moved(share: pd.Series, older: pd.Series, newer: pd.Series, years: list[int]) -> str:
    """Return, rounded up to hundredths, how far another total of outlays would move the share."""
    moves = [abs(float(share[y] * older[y] / newer[y] - share[y])) for y in years]
    return f"{math.floor(max([0.0, *moves]) * 100) / 100 + 0.01:.2f}"


def soviet_1989(budgets: pd.DataFrame) -> Chart:
    """Draw the one Soviet budget that was published, for 1989: its parts in roubles, and the dollar figures."""
    roubles = budgets[budgets["series"] == "su-1989-rub"].set_index("scope")["value"]
    dollars = budgets[budgets["series"] == "su-1989-usd"].set_index("scope")["value"] / 1000
    chart_1989 = float(budgets.set_index("entry").loc["ru-usd-roscosmos-chart-1989", "value"]) / 1000
    parts = [("military", "defence", "#7e1f0e"), ("one project (Buran)", "Buran", "#e2866f"), ("civil", "civil", RED)]
    rates = [
        ("all space (UPI)", float(dollars["total"])),
        ("civil (UPI)", float(dollars["civil"])),
        ("civil (Roscosmos chart)", chart_1989),
    ]
    with house_style():
        figure, axes = new_figure(
            4.6, "The Soviet space budget of 1989", panels=2, gridspec_kw={"height_ratios": [1, 2.1]}
        )
        left = 0.0
        ax = axes[0]
        for scope, name, colour in parts:
            width = float(roubles[scope])
            ax.barh([0], [width], left=left, color=colour, edgecolor=GROUND, linewidth=1.5, height=0.6)
            ax.text(
                left + width / 2, 0, f"{width:.1f}", ha="center", va="center",
                color=INK if name == "Buran" else GROUND, fontweight="semibold",
            )  # fmt: skip
            ax.text(left + width / 2, 0.46, name, ha="center", va="bottom", color=INK, fontsize=SMALL)
            left += width
        ax.set_ylim(-0.4, 0.95)
        _panel(ax, f"billion Soviet roubles, {roubles['total']:.1f} in all")
        ax = axes[1]
        for place, (name, value) in enumerate(rates):
            firm = "Roscosmos" not in name
            ax.barh([place], [value], color=RED if firm else GROUND, edgecolor=RED, linewidth=1.7, height=0.4)
            said = f"{value:.2f}".rstrip("0")
            ax.text(value + 0.15, place, said, va="center", color=RED, fontweight="semibold")
            ax.text(0, place - 0.26, name, va="bottom", color=INK, fontsize=SMALL)
        ax.set_ylim(len(rates) - 0.6, -0.75)
        ax.set_xlim(0, float(dollars["total"]) * 1.14)
        _panel(ax, "billion dollars, as reported")
        for ax in axes:
            ax.set_yticks([])
            ax.set_xticks([])
            ax.grid(visible=False)
            ax.spines["bottom"].set_visible(False)
    rate = float(dollars["total"] / roubles["total"])
    military = float(roubles["military"] / roubles["total"] * 100)
    data = pd.DataFrame(
        [{"panel": "billion Soviet roubles", "what": n, "value": float(roubles[s])} for s, n, _ in parts]
        + [{"panel": "billion US dollars, as reported", "what": n, "value": v} for n, v in rates]
    )
    return Chart(
        name="soviet-budget-1989",
        figure=figure,
        data=data.round({"value": 3}),
        title="The Soviet space budget of 1989, by part, in roubles and as reported in dollars",
        takeaway=(
            f"The first Soviet space budget that was made public, for 1989, was {roubles['total']:.1f} billion Soviet "
            f"roubles, of which {military:.0f} percent was for defence."
        ),
        alt=(
            "Two panels of bars on the Soviet space budget of 1989. In Soviet roubles: defence "
            f"{roubles['military']:.1f} billion, Buran {roubles['one project (Buran)']:.1f}, civil "
            f"{roubles['civil']:.1f}, together {roubles['total']:.1f}. In dollars as reported: all space "
            f"{dollars['total']:.1f} billion and civil {dollars['civil']:.1f} (UPI), civil {chart_1989:.2f} (a "
            "Roscosmos chart)."
        ),
        note=(
            f"Budgeted, not paid. UPI's dollars are the roubles at the official rate ({rate:.2f} dollars a rouble), "
            "which says nothing of what they could buy; the later Roscosmos chart does not tell its rate. The figures "
            "conflict and may not be put beside later dollars. The roubles come from a text that quotes a Soviet "
            "brochure of 1990."
        ),
        credit=CREDIT,
        tables=("budgets",),
    )


OTHER_SCOPES = {
    "ru-industry-all-lines": "industry, draft",
    "ru-fkp-plus-glonass": "programme and GLONASS",
    "ru-gov-statement-national-programmes": "national programmes",
    "ru-gov-statement-industry": "industry, plan",
    "ru-gov-statement-state-corporation": "state corporation",
}
# Where the names stand: points to the right and up, and the side that touches the mark.
NAME_PLACES = {
    "ru-industry-all-lines": (8, -1, "left"),
    "ru-fkp-plus-glonass": (4, -11, "left"),
    "ru-gov-statement-national-programmes": (8, 3, "left"),
    "ru-gov-statement-industry": (8, 7, "left"),
    "ru-gov-statement-state-corporation": (-2, 13, "center"),
}


def russia_by_scope(budgets: pd.DataFrame) -> Chart:
    """Draw Russian space money in roubles of the day, a panel a scope, laws told apart from drafts and plans."""
    groups = {
        "ru-agency-budget": ("Space agency", ("ru-agency-budget",)),
        "ru-fkp": ("Federal Space Programme", ("ru-fkp", "ru-fkp-earlier-plan")),
        "ru-state-programme": (
            "State programme",
            ("ru-state-programme", "ru-state-programme-amended", "ru-state-programme-earlier-plan"),
        ),
        "other": ("Other scopes, as told", tuple(OTHER_SCOPES)),
    }
    frames = []
    with house_style():
        figure, axes = new_figure(
            9.6, "Russian space money, billion roubles of the day, by what it covers", panels=4, sharex=True,
            gridspec_kw={"height_ratios": [1, 1, 1.5, 1.5]},
        )  # fmt: skip
        for ax, (main, (title, names)) in zip(axes, groups.items(), strict=True):
            rows = budgets[budgets["series"].isin(names)].assign(panel=title).copy()
            rows["year"] = rows["year"].astype(int)
            frames.append(rows)
            _panel(ax, title, RED)
            _dotted(ax, rows[rows["series"] == main], "value", RED)
            for row in rows.itertuples():
                earlier = row.series.endswith("earlier-plan")
                late = row.status in LATE
                _mark(
                    ax, row.year, row.value, "_" if earlier else "D" if late else "o", GREY if earlier else RED,
                    firm=row.status in FIRM, markersize=9 if earlier else 6.5, zorder=2.5 if earlier else 3,
                )  # fmt: skip
            ax.set_ylim(0, rows["value"].max() * 1.3)
            if main == "other":
                for row in rows.itertuples():
                    right, up, side = NAME_PLACES[row.series]
                    ax.annotate(
                        f"{whole(row.value)} {OTHER_SCOPES[row.series]}", (row.year, row.value), xytext=(right, up),
                        textcoords="offset points", ha=side, va="center", fontsize=SMALL, color=INK,
                    )  # fmt: skip
            else:
                own = rows[~rows["series"].str.endswith("earlier-plan")]
                top = own.loc[own["value"].idxmax()]
                _above(ax, top["year"], top["value"], whole(top["value"]), RED, fontweight="semibold")
                start = own.loc[own[own["year"] == own["year"].min()]["value"].idxmin()]
                under = {"xytext": (0, -8), "va": "top"} if start["value"] > top["value"] / 3 else {}
                _above(ax, start["year"], start["value"], whole(start["value"]), RED, fontweight="semibold", **under)
        axes[-1].set_xlim(2003.5, 2028)
        axes[-1].set_xticks([2005, 2010, 2015, 2020, 2025])
        figure.legend(
            handles=[
                _key("in a law or told as given", "o", RED, firm=True),
                _key("draft or plan", "o", RED, firm=False),
                _key("late in the year: list", "D", RED, firm=True),
                _key("late in the year: expected", "D", RED, firm=False),
                Line2D([], [], linestyle="none", marker="_", markersize=9, color=GREY, markeredgewidth=1.7,
                       label="earlier plan for that year"),
            ],
            loc="outside lower left", ncols=1, handlelength=0.9, fontsize=SMALL, labelspacing=0.25,
        )  # fmt: skip
    drawn = pd.concat(frames, ignore_index=True)
    state = drawn[drawn["series"].isin(["ru-state-programme", "ru-state-programme-amended"])]
    early = state[(state["series"] == "ru-state-programme") & (state["status"] == "draft")].set_index("year")["value"]
    late_on = state[state["status"].isin(LATE)].set_index("year")["value"]
    both = sorted(set(early.index) & set(late_on.index))
    gap = {year: (float(early[year]), float(late_on[year])) for year in both}
    wide = max(gap, key=lambda y: gap[y][1] / gap[y][0])
    eleven = drawn[drawn["year"] == 2011]["value"]
    executed = int((drawn["status"] == "executed").sum())
    none = "none is" if executed == 0 else f"{executed} are"
    plain = drawn[~drawn["series"].str.endswith("earlier-plan")]

    def tell(title: str) -> str:
        mine = plain[plain["panel"] == title].sort_values("year")
        return ", ".join(f"{r.year} {whole(r.value)} ({r.status})" for r in mine.itertuples())

    return Chart(
        name="russia-budget-by-scope",
        figure=figure,
        data=drawn[["panel", "series", "body", "scope", "status", "basis", "year", "value", "sources"]].rename(
            columns={"value": "billion_roubles"}
        ),
        title="Russian space money by what it covers, in roubles of the day",
        takeaway=(
            "How large Russia's space budget was depends on what is counted and when: for 2011 the figures run from "
            f"{whole(eleven.min())} to {whole(eleven.max())} billion roubles, and for {wide} the state programme had "
            f"{whole(gap[wide][0])} in the draft and {whole(gap[wide][1])} late in the year."
        ),
        alt=(
            "Four panels of points on one time axis, billion roubles of the day. "
            + " ".join(f"{title}: {tell(title)}." for title, _ in groups.values())
        ),
        note=(
            f"Prices of the day. Of the {len(drawn)} figures {none} money known to be paid out. A dotted line joins "
            "neighbouring years of the same kind; gaps are years for which nothing was found. The four scopes overlap "
            f"and may not be added or joined. {int((drawn['basis'] == 'derived').sum())} of the figures are derived "
            "from others, as the table tells."
        ),
        credit=CREDIT,
        tables=("budgets",),
    )


def russia_constant(budgets: pd.DataFrame, deflators: pd.DataFrame) -> Chart:
    """Draw three Russian series in roubles of ROUBLE_YEAR (consumer prices), a panel a scope, on one scale."""
    frames = {name: in_constant_roubles(budgets, deflators, name, ROUBLE_YEAR) for name in SCOPES}
    drawn = pd.concat(frames.values(), ignore_index=True)
    top = float(drawn["constant"].max())
    with house_style():
        figure, axes = new_figure(
            6.8, f"Russian space money in roubles of {ROUBLE_YEAR}, billion", panels=3, sharex=True, sharey=True
        )
        for ax, (name, (title, _)) in zip(axes, SCOPES.items(), strict=True):
            rows = frames[name]
            _panel(ax, title[0].upper() + title[1:], RED)
            _dotted(ax, rows[rows["steps"] == "read"], "constant", RED)
            for row in rows.itertuples():
                known = row.steps == "read"
                _mark(ax, row.year, row.constant, "o" if known else "x", RED if known else GREY,
                      firm=row.status in FIRM and known)  # fmt: skip
            known = rows[rows["steps"] == "read"]
            low_high = {int(known["year"].idxmin()), int(known["constant"].idxmax()), int(known["year"].idxmax())}
            for pick in sorted(low_high):
                under = pick == int(known["year"].idxmax()) and known.loc[pick, "constant"] < known["constant"].max()
                _above(ax, known.loc[pick, "year"], known.loc[pick, "constant"], whole(known.loc[pick, "constant"]), RED,
                       fontweight="semibold", **({"xytext": (0, -8), "va": "top"} if under else {}))  # fmt: skip
            ax.set_ylim(0, top * 1.3)
        axes[-1].set_xlim(2003.5, 2025.5)
        axes[-1].set_xticks([2005, 2010, 2015, 2020, 2025])
        figure.legend(
            handles=[
                _key("in a law or told as given", "o", RED, firm=True), _key("draft or plan", "o", RED, firm=False),
                _key("by price rises not yet read", "x", GREY, firm=False),
            ],
            loc="outside lower left", ncols=1, handlelength=0.9, fontsize=SMALL, labelspacing=0.25,
        )  # fmt: skip
    known = drawn[drawn["steps"] == "read"]
    federal = known[known["series"] == "ru-fkp"].sort_values("year")
    rise = federal.loc[federal["constant"].idxmax()]
    start, end = federal.iloc[0], federal.iloc[-1]
    state = known[known["series"] == "ru-state-programme"].sort_values("year")
    unread = sorted({int(y) for y in drawn.loc[drawn["steps"] == "unread", "year"]})
    later = "less" if end["constant"] < rise["constant"] else "no less"
    beyond = sorted(
        int(y) for y in budgets.loc[budgets["series"].isin(SCOPES), "year"] if int(y) > int(drawn["year"].max())
    )
    return Chart(
        name="russia-budget-constant-roubles",
        figure=figure,
        data=drawn[["series", "scope", "status", "year", "value", "constant", "steps", "sources"]]
        .rename(
            columns={
                "value": "billion_roubles_of_the_day",
                "constant": f"billion_roubles_of_{ROUBLE_YEAR}",
                "steps": "price_changes",
            }
        )
        .round(2),
        title=f"Russian space money by what it covers, in roubles of {ROUBLE_YEAR}",
        takeaway=(
            f"In roubles of {ROUBLE_YEAR} the Federal Space Programme had {start['constant']:.0f} billion in "
            f"{start['year']}, {rise['constant']:.0f} in {rise['year']} and {end['constant']:.0f} in {end['year']}: "
            f"{later} than at its height."
        ),
        alt=(
            f"Three panels of points on one scale, billion roubles of {ROUBLE_YEAR}. "
            + " ".join(
                f"{SCOPES[n][0][0].upper()}{SCOPES[n][0][1:]}: "
                + ", ".join(f"{r.year} {r.constant:.0f}" for r in frames[n].itertuples())
                + "."
                for n in SCOPES
            )
        ),
        note=(
            "Laws, drafts and plans; no executed amount was found. Prices: change of the annual mean of consumer "
            f"prices (series {RU_PRICES}), base {ROUBLE_YEAR}. The price rises of {say_years(unread)} were not read in "
            f"a source, so those points are grey crosses; for {say_years(beyond)} there is no price series, so nothing "
            f"is drawn. State programme, next-year figures: {int(state['constant'].min())} to "
            f"{state['constant'].max():.0f} in {int(state['year'].min())}-{int(state['year'].max())}. The scopes may "
            "not be joined."
        ),
        credit=CREDIT,
        tables=("budgets", "deflators"),
    )


EARLY = "ru-space-budgeted"


def russia_against_nasa(budgets: pd.DataFrame, deflators: pd.DataFrame) -> Chart:
    """Draw Russian amounts as percent of NASA outlays, at market rates and at PPP, and as percent of GDP."""
    rows = against_nasa(budgets, deflators, (*SCOPES, EARLY))
    nasa = nasa_years(budgets, deflators)["nominal"]
    us_gdp = one_series(deflators, "gdp-usd-usa")
    years = [int(y) for y in us_gdp.index if y in nasa.index]
    us_share = pd.Series({y: nasa[y] / us_gdp[y] * 100 for y in years})
    told = budgets[budgets["series"] == "ru-gdp-share"]
    marks = {name: (label, marker) for name, (label, marker) in SCOPES.items()} | {EARLY: ("programme, as told", "v")}
    panels = (("market", "percent of NASA, at market rates"), ("ppp", "percent of NASA, at purchasing power"),
              ("gdp", "percent of gross domestic product"))  # fmt: skip
    with house_style():
        figure, axes = new_figure(7.9, "Russian space money against NASA's", panels=3, sharex=True)
        for ax, (column, title) in zip(axes, panels, strict=True):
            _panel(ax, title)
            shown = rows[rows[column].notna()]
            _dotted(ax, shown[shown["series"] != EARLY], column, RED)
            for row in shown.itertuples():
                _mark(ax, row.year, getattr(row, column), marks[row.series][1], RED, firm=row.status in FIRM,
                      clip_on=False)  # fmt: skip
        high = float(rows[["market", "ppp"]].max().max())
        for ax, (column, _) in zip(axes[:2], panels[:2], strict=True):
            ax.set_ylim(0, high * 1.22)
            for pick in (rows[column].idxmax(), rows[rows[column].notna()]["year"].idxmax()):
                _above(ax, rows.loc[pick, "year"], rows.loc[pick, column], f"{rows.loc[pick, column]:.0f}", RED,
                       fontweight="semibold")  # fmt: skip
        axes[2].plot(us_share.index, us_share, color=BLUE)
        label_end(axes[2], years[-1], float(us_share.iloc[-1]), "NASA", BLUE)
        for row in told.itertuples():
            _mark(axes[2], row.year, row.value, "x", INK, firm=True, markersize=8)
        axes[2].set_ylim(0, max(rows["gdp"].max(), told["value"].max()) * 1.2)
        axes[2].set_xlim(1999, 2027.5)
        axes[2].set_xticks([2000, 2005, 2010, 2015, 2020, 2025])
        figure.legend(
            handles=[_key(label, marker, RED, firm=True) for label, marker in marks.values()]
            + [Line2D([], [], linestyle="none", marker="x", color=INK, markersize=8, markeredgewidth=1.7,
                      label="share told in the press"), _key("hollow: draft, plan", "o", RED, firm=False)],
            loc="outside lower left", ncols=2, handlelength=0.8, columnspacing=0.8, fontsize=SMALL - 0.5,
            labelspacing=0.25,
        )  # fmt: skip
    best = rows.loc[rows["market"].idxmax()]
    newest = rows.loc[rows[rows["market"].notna()]["year"].idxmax()]
    parity = rows.loc[rows["ppp"].idxmax()]
    richest = rows.loc[rows["gdp"].idxmax()]
    same = int(richest["year"])
    wide = rows[rows["series"].isin(["ru-agency-budget", "ru-state-programme"]) & rows["gdp"].notna()]
    above = [int(r.year) for r in wide.itertuples() if r.gdp > us_share[int(r.year)]]
    long = pd.concat([
        rows.melt(
            ["series", "scope", "status", "year", "sources"], ["market", "ppp", "gdp"], "measure", "percent"
        ).dropna(subset="percent"),
        us_share.rename("percent").rename_axis("year").reset_index().assign(
            series="nasa-outlays", scope="agency", status="executed", measure="gdp"
        ),
        told[["series", "scope", "status", "year", "sources"]].assign(percent=told["value"], measure="gdp"),
    ])  # fmt: skip
    long["measure"] = long["measure"].map(
        {
            "market": "of NASA outlays, market rate",
            "ppp": "of NASA outlays, PPP",
            "gdp": "of own gross domestic product",
        }
    )
    return Chart(
        name="russia-against-nasa",
        figure=figure,
        data=long.round({"percent": 3}).reset_index(drop=True),
        title="Russian space money against NASA's, and as a share of gross domestic product",
        takeaway=(
            f"At market rates the Russian figures are at most {best['market']:.0f} percent of NASA's spending "
            f"({best['year']}) and {newest['market']:.0f} percent in {newest['year']}; at purchasing power they reach "
            f"{parity['ppp']:.0f} percent. As a share of gross domestic product the agency or state programme had more "
            f"than NASA in {len(set(above))} of {wide['year'].nunique()} years."
        ),
        alt=(
            "Three panels of points, 2000 to 2025. Percent of NASA outlays at market rates: "
            + ", ".join(
                f"{r.year} {marks[r.series][0]} {r.market:.1f}"
                for r in rows.sort_values("year").itertuples()
                if r.market == r.market
            )
            + f". At purchasing power: highest {parity['ppp']:.0f} in {parity['year']}. "
            f"Percent of gross domestic product: Russia highest {richest['gdp']:.2f} in {same}, when NASA had "
            f"{us_share[same]:.2f}."
        ),
        note=(
            "Russian figures are laws, drafts and plans of different scope, NASA's are outlays, and NASA is not all "
            f"American space money. Rates: annual mean (series {RUB_RATES[0]}, for 2025 {RUB_RATES[1]}); purchasing "
            "power: World Bank parity (ppp-gdp-rus), ends in 2024; gross domestic product: World Bank, to 2023. "
            "Prices cancel out, so there is no base year. The figures told for 2001 and 2002 are of unclear scope and "
            "may be only a part. Of the shares told in the press (crosses) nobody says what they cover."
        ),
        credit=CREDIT,
        tables=("budgets", "deflators"),
    )


LEVELS = {  # rows of enterprise_funding that tell a level against 1989, and how each becomes an index
    "level-1994": "officials in parliament",
    "level-1996": "magazine",
    "level-2000": "agency head, prices of 2000",
    "level-2002": "agency head, basis not told",
}


def levels_since_1989(funding: pd.DataFrame, budgets: pd.DataFrame) -> pd.DataFrame:
    """Return what was told of the level of Russian space money with 1989 = 100: ``year, index, said_by, basis``.

    A percent level stands as it is, a cut of p percent is 100 - p, a level in constant roubles is divided by that of
    1989, "1989 divided by the year" is 100 over it; the dollars of the Roscosmos chart are divided by its 1989.
    """
    rows = funding.set_index("figure")
    base = float(rows.loc["level-1989", "value"])
    chart = budgets[budgets["series"] == "ru-usd-roscosmos-chart"].set_index("year")["value"].astype(float)
    chart.index = chart.index.astype(int)
    found = [
        (1994, float(rows.loc["level-1994", "value"]), LEVELS["level-1994"], "prices not told"),
        (1996, 100 - float(rows.loc["level-1996", "value"]), LEVELS["level-1996"], "prices not told"),
        (2000, float(rows.loc["level-2000", "value"]) / base * 100, LEVELS["level-2000"], "roubles, prices of 2000"),
        (2002, 100 / float(rows.loc["level-2002", "value"]), LEVELS["level-2002"], "prices not told"),
    ]
    found += [(y, chart[y] / chart[1989] * 100, "chart of Roscosmos", "dollars, basis not told") for y in (2004, 2007)]
    return pd.DataFrame(found, columns=["year", "index_1989", "said_by", "basis"])


def needed_and_budgeted(budgets: pd.DataFrame, funding: pd.DataFrame, deflators: pd.DataFrame) -> pd.DataFrame:
    """Return what was said to be needed and what was budgeted, in billion roubles of CRISIS_YEAR (consumer prices)."""
    changes = one_series(deflators, RU_PRICES)
    by = budgets.set_index("entry")
    extra = funding.set_index("figure").loc["level-2001-b"]
    told = [
        ("1995: Mir", 1995, "need", by.loc["ru-mir-need-1995"]),
        ("1995: Mir", 1995, "budget", by.loc["ru-1995-unclear-1995"]),
        ("1999: civil space", 1999, "need", by.loc["ru-space-need-1999"]),
        ("2000: programme", 2000, "budget", by.loc["ru-space-budgeted-2000"]),
        ("2000: Mir, extra", 2000, "promised", by.loc["ru-mir-budgeted-2000"]),
        ("2001, told in 2000", 2001, "need", by.loc["ru-space-need-2001"]),
        ("2001, told in winter", 2001, "need", by.loc["ru-space-need-minimum-2001"]),
        ("2001, told in winter", 2001, "budget", by.loc["ru-space-budgeted-2001"]),
        ("2001, told in June", 2001, "budget", extra),
        ("2002: industry", 2002, "budget", by.loc["ru-space-budgeted-2002"]),
    ]
    rows = [(name, year, kind, float(row["value"]), row["sources"]) for name, year, kind, row in told]
    table = pd.DataFrame(rows, columns=["row", "year", "kind", "of_the_day", "sources"])
    table["constant"] = [
        float(v) * change_factor(changes, y, CRISIS_YEAR)
        for v, y in zip(table["of_the_day"], table["year"], strict=True)
    ]
    return table


PAID = {
    "share-paid-1992-03-to-1992-11": "1992, institutes",
    "share-paid-1994": "1994, of the need",
    "share-paid-1995-01-to-1995-02": "1995, two months",
    "share-paid-1997": "1997, by November",
    "share-paid-1997-b": "1997, station, late",
    "share-paid-1999": "1999, firms",
    "share-paid-2001-01-to-2001-06": "2001, by June",
    "share-paid-2001-to-2003": "2001-03, programme",
}


def collapse(budgets: pd.DataFrame, deflators: pd.DataFrame, funding: pd.DataFrame) -> Chart:
    """Draw what was told of the 1990s: the level against 1989, needed and budgeted, and the share that was paid."""
    level = levels_since_1989(funding, budgets)
    money = needed_and_budgeted(budgets, funding, deflators)
    paid = funding.set_index("figure").loc[list(PAID)].assign(row=list(PAID.values()))
    names = list(dict.fromkeys(money["row"]))
    with house_style():
        figure, axes = new_figure(
            10.0, "The collapse of the 1990s, as it was told", panels=3,
            gridspec_kw={"height_ratios": [1.15, 1.55, 1.7]},
        )  # fmt: skip
        ax = axes[0]
        _panel(ax, "size of the money, 1989 = 100")
        _mark(ax, 1989, 100, "o", RED, firm=True)
        _above(ax, 1989, 100, "100", RED, fontweight="semibold", xytext=(9, 0), ha="left", va="center")
        for row in level.itertuples():
            chart = row.said_by == "chart of Roscosmos"
            _mark(ax, row.year, row.index_1989, "s" if chart else "o", RED, firm=False)
            _above(ax, row.year, row.index_1989, f"{row.index_1989:.0f}", RED, fontweight="semibold")
        ax.annotate("Roscosmos chart,\nin dollars", (2008.4, 57), ha="right", fontsize=SMALL, color=QUIET)
        ax.set_ylim(0, 112)
        ax.set_xlim(1988, 2008.6)
        ax.set_xticks([1990, 1995, 2000, 2005])
        ax = axes[1]
        _panel(ax, f"needed and budgeted,\nbillion roubles of {CRISIS_YEAR}")
        styles = {"need": ("o", False), "budget": ("o", True), "promised": ("s", False)}
        for row in money.itertuples():
            place = names.index(row.row)
            marker, firm = styles[row.kind]
            _mark(ax, row.constant, place, marker, RED, firm=firm)
            beside = row.kind == "need" and row.constant < money["constant"].max() * 0.8
            ax.annotate(f"{row.constant:.1f}", (row.constant, place), xytext=(7, 0) if beside else (0, 6),
                        textcoords="offset points", ha="left" if beside else "center",
                        va="center" if beside else "bottom", fontsize=SMALL - 0.5, color=RED)  # fmt: skip
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(len(names) - 0.5, -0.9)
        ax.set_xlim(0, float(money["constant"].max()) * 1.08)
        ax.legend(
            handles=[_key("needed or asked", "o", RED, firm=False), _key("budgeted", "o", RED, firm=True),
                     _key("promised", "s", RED, firm=False)],
            loc="lower right", handlelength=0.8, fontsize=SMALL, labelspacing=0.25, borderaxespad=0.1,
        )  # fmt: skip
        ax = axes[2]
        _panel(ax, "paid, percent of what was due")
        for place, row in enumerate(paid.itertuples()):
            bound = row.bound != "exact"
            whole = bool(row.whole_period)
            ax.barh([place], [row.value], height=0.62, color=GROUND if bound else RED, edgecolor=RED, linewidth=1.5,
                    alpha=1.0 if whole else 0.6, linestyle=":" if bound else "-")  # fmt: skip
            sign = "below " if bound else ""
            inside = row.value > 80
            ax.text(row.value - 2 if inside else row.value + 2, place, f"{sign}{row.value:g}", va="center",
                    ha="right" if inside else "left", color=GROUND if inside else RED, fontsize=SMALL,
                    fontweight="semibold")  # fmt: skip
        ax.set_yticks(range(len(paid)), list(paid["row"]))
        ax.set_ylim(len(paid) - 0.5, -0.6)
        ax.set_xlim(0, 103)
        for ax in axes[1:]:
            ax.grid(visible=False)
            ax.tick_params(axis="y", labelcolor=INK, labelsize=SMALL)
    low = level[level["year"] <= 2002]
    full = paid[paid["whole_period"].astype(bool)]
    data = pd.concat([
        level.rename(columns={"index_1989": "value"}).assign(panel="size, 1989 = 100", kind="level"),
        pd.DataFrame([{"year": 1989, "value": 100.0, "panel": "size, 1989 = 100", "kind": "base"}]),
        money.rename(columns={"row": "what", "constant": "value"}).assign(panel=f"billion roubles of {CRISIS_YEAR}"),
        paid[["row", "value", "bound", "whole_period", "said_by", "sources"]]
        .rename(columns={"row": "what"})
        .assign(panel="percent paid", kind="paid"),
    ], ignore_index=True)  # fmt: skip
    columns = [
        "panel",
        "kind",
        "year",
        "what",
        "value",
        "of_the_day",
        "bound",
        "whole_period",
        "said_by",
        "basis",
        "sources",
    ]
    data["year"] = data["year"].astype("Int64")
    factor = change_factor(one_series(deflators, RU_PRICES), 1995, CRISIS_YEAR)
    return Chart(
        name="budget-collapse-1990s",
        figure=figure,
        data=data[columns].round({"value": 2}),
        title="The collapse of Russian space money in the 1990s: size, need, payment",
        takeaway=(
            f"By what officials and the press told, Russian space money was between {low['index_1989'].min():.0f} and "
            f"{low['index_1989'].max():.0f} percent of its 1989 size in "
            f"{int(low['year'].min())}-{int(low['year'].max())}, and of what was due between {full['value'].min():g} "
            f"and {full['value'].max():g} percent came."
        ),
        alt=(
            "Three panels. Size with 1989 = 100: " + ", ".join(f"{r.year} {r.index_1989:.0f}" for r in level.itertuples())
            + f". Billion roubles of {CRISIS_YEAR}: "
            + "; ".join(f"{r.row} {r.kind} {r.constant:.1f}" for r in money.itertuples())
            + ". Percent paid of what was due: "
            + "; ".join(f"{r.row} {'below ' if r.bound != 'exact' else ''}{r.value:g}" for r in paid.itertuples())
            + "."
        ),
        note=(
            "Single statements, each on its own basis, so nothing is joined; some come from people who asked for "
            f"money. Middle panel: consumer prices, annual mean (series {RU_PRICES}), base {CRISIS_YEAR}; one new "
            f"rouble of 1995 is {factor:.2f} of {CRISIS_YEAR}. The budget told for 1995 may be for Mir or for all "
            "space; the two budgets told for 2001 conflict. Bottom panel: white bars are upper bounds, pale ones "
            "cover only a part of the year or a payment date before its end. Budgets by year for 1992-1994 and "
            "1996-1998 were not found."
        ),
        credit=CREDIT,
        tables=("budgets", "deflators", "enterprise_funding"),
    )  # fmt: skip


STEPS = {
    "2014-11": "November 2014: asked for",
    "2015-03": "March 2015: cited by officials",
    "2015-04": "April 2015: planned",
    "2015-11": "November 2015: draft",
    "2016-03": "March 2016: approved",
    "2020-08": "August 2020: left after a cut",
    "2022-02": "February 2022: left after cuts",
}


def programme(steps: pd.DataFrame) -> Chart:
    """Draw the Federal Space Programme 2016-2025 from the proposal to the cuts, stacked bars, billion roubles."""
    colours = {"budget": RED, "not told apart": "#e2a99b", "conditional": GROUND, "other sources": GREY}
    rows = steps.copy()
    rows["date"] = rows["date"].str.slice(0, 7)
    dates = list(dict.fromkeys(rows.sort_values("date")["date"]))
    totals = rows.groupby("date")["value"].sum()
    with house_style():
        figure, [ax] = new_figure(6.3, "Federal Space Programme 2016-2025, billion roubles for ten years")
        for place, date in enumerate(dates):
            left = 0.0
            for row in rows[rows["date"] == date].itertuples():
                firm = row.status == "approved"
                face = colours[row.part]
                ax.barh(
                    [place], [row.value], left=left, height=0.42, color=face if firm or row.part != "budget" else "#f3d3ca",
                    edgecolor=RED if row.part != "other sources" else QUIET, linewidth=1.5,
                    linestyle="-" if firm else ":", hatch="////" if row.part == "not told apart" else None,
                )  # fmt: skip
                left += row.value
            ax.text(0, place - 0.27, STEPS.get(date, date), va="bottom", fontsize=SMALL, color=INK)
            ax.text(left + 40, place, f"{left:,.0f}", va="center", color=RED, fontweight="semibold")
        ax.set_ylim(len(dates) - 0.6, -0.75)
        ax.set_xlim(0, float(totals.max()) * 1.19)
        ax.set_yticks([])
        ax.set_xticks([])
        ax.grid(visible=False)
        ax.spines["bottom"].set_visible(False)
        figure.legend(
            handles=[
                Patch(facecolor=RED, edgecolor=RED, label="budget, approved"),
                Patch(facecolor="#f3d3ca", edgecolor=RED, linestyle=":", label="budget, not law"),
                Patch(facecolor=GREY, edgecolor=QUIET, linestyle=":", label="other sources"),
                Patch(facecolor=GROUND, edgecolor=RED, linestyle=":", label="conditional"),
                Patch(facecolor="#e2a99b", edgecolor=RED, hatch="////", linestyle=":", label="parts not told"),
            ],
            loc="outside lower left", ncols=2, handlelength=1.1, fontsize=SMALL, labelspacing=0.25, columnspacing=1.0,
        )  # fmt: skip
    budget = rows[rows["part"] == "budget"].set_index("date")["value"]
    law = rows[(rows["status"] == "approved") & (rows["part"] == "budget")].iloc[0]
    first = str(budget.index[0])
    change = (float(law["value"]) / float(budget[first]) - 1) * 100
    word = "less" if change < 0 else "more"
    last = rows[rows["status"] == "estimate"].sort_values("date").iloc[-1]
    return Chart(
        name="programme-2016-2025",
        figure=figure,
        data=rows[["date", "label", "part", "status", "value", "said_by", "sources", "note"]].rename(
            columns={"value": "billion_roubles"}
        ),
        title="The Federal Space Programme 2016-2025 from proposal to cuts",
        takeaway=(
            f"The programme was approved with {law['value']:,.0f} billion roubles of firm budget money, "
            f"{abs(change):.0f} percent {word} than the {budget[first]:,.0f} billion first asked of the budget."
        ),
        alt=(
            "Bars for the steps of the Federal Space Programme 2016-2025, billion roubles for ten years: "
            + "; ".join(
                f"{STEPS.get(d, d)} {totals[d]:,.0f} ("
                + ", ".join(f"{r.part} {r.value:,.0f}" for r in rows[rows["date"] == d].itertuples())
                + ")"
                for d in dates
            )
            + "."
        ),
        note=(
            "Roubles of the day, not of one price level. The sum of March 2015 does not tell what it includes. The "
            f"last bars are derived: the approved sum less the cut told, {law['value'] - last['value']:,.0f} in the "
            "last case; whether that includes the cut told before is not said. What was paid is not known."
        ),
        credit=CREDIT,
        tables=("programme_2016_2025",),
    )  # fmt: skip


OTHERS = {
    "China": ("euroconsult",),
    "ESA": ("esa",),
    "Japan": ("japan", "euroconsult"),
    "India": ("india-be", "india-re", "euroconsult"),
    "Russia": ("euroconsult",),
}
OTHERS_COLUMNS = [
    "country", "series", "body", "scope", "status", "year", "year_type", "value", "unit", "currency", "billion_usd",
    "sources",
]  # fmt: skip
CURRENCIES = {"EUR": "eur-usd-mean", "INR": "inr-usd-mean", "JPY": "jpy-usd-mean"}
MILLIONS = {"million": 1.0, "billion": 1000.0, "crore (ten million)": 10.0}


def others_in_dollars(budgets: pd.DataFrame, deflators: pd.DataFrame) -> pd.DataFrame:
    """Return the budgets of OTHERS in billion dollars of the day, at the mean market rate of the calendar year."""
    rates = {currency: one_series(deflators, name) for currency, name in CURRENCIES.items()}
    wanted = pd.concat([
        budgets[(budgets["country"] == country) & budgets["series"].isin(names)] for country, names in OTHERS.items()
    ]).copy()  # fmt: skip
    wanted["year"] = wanted["year"].astype(int)
    wanted["billion_usd"] = [
        float(r.value)
        * MILLIONS[r.unit]
        / 1000
        / (1.0 if r.currency == "USD" else float(rates[r.currency].loc[r.year]))
        for r in wanted.itertuples()
    ]
    return wanted.sort_values(["country", "series", "year"]).reset_index(drop=True)


def others(budgets: pd.DataFrame, deflators: pd.DataFrame) -> Chart:
    """Draw space budgets of China, ESA, Japan, India and (estimate) Russia in dollars of the day, a panel each."""
    rows = others_in_dollars(budgets, deflators)
    top = float(rows["billion_usd"].max())
    colours = {"China": "#9a6d00", "ESA": COLOURS["Europe"], "Russia": RED}
    with house_style():
        figure, axes = new_figure(
            8.4, "Space budgets of others, billion dollars of the day", panels=len(OTHERS), sharex=True, sharey=True,
            gridspec_kw={"height_ratios": [1.25, 1, 1, 1, 1]},
        )  # fmt: skip
        for ax, country in zip(axes, OTHERS, strict=True):
            mine, colour = rows[rows["country"] == country], colours.get(country, QUIET)
            _panel(ax, country, colour)
            _dotted(ax, mine, "billion_usd", colour)
            for row in mine.itertuples():
                outside = row.series == "euroconsult"
                _mark(ax, row.year, row.billion_usd, "s" if outside else "o", colour,
                      firm=row.status in ("approved", "revised"), markersize=6.5)  # fmt: skip
            ends = mine[mine["series"] == OTHERS[country][0]]
            for pick in dict.fromkeys((int(ends["year"].idxmin()), int(ends["year"].idxmax()))):
                value = float(ends.loc[pick, "billion_usd"])
                _above(ax, ends.loc[pick, "year"], value, f"{value:.1f}", colour, fontweight="semibold")
            ax.set_ylim(0, top * 1.3)
            ax.set_yticks([0, 10, 20])
        axes[-1].set_xlim(2010, 2026.5)
        axes[-1].set_xticks([2010, 2015, 2020, 2025])
        figure.legend(
            handles=[_key("estimate of a consultancy, military included", "s", QUIET, firm=False),
                     _key("own budget, approved or revised", "o", QUIET, firm=True),
                     _key("own budget, draft or request", "o", QUIET, firm=False)],
            loc="outside lower left", ncols=1, handlelength=0.8, fontsize=SMALL, labelspacing=0.25,
        )  # fmt: skip
    outside = rows[rows["series"] == "euroconsult"]
    china = outside[outside["country"] == "China"].set_index("year")["billion_usd"]
    russia = outside[outside["country"] == "Russia"].set_index("year")["billion_usd"]
    shared = max(set(china.index) & set(russia.index))
    tell = {
        c: ", ".join(
            f"{r.year} {r.billion_usd:.1f}" for r in rows[rows["country"] == c].sort_values("year").itertuples()
        )
        for c in OTHERS
    }
    return Chart(
        name="space-budgets-others",
        figure=figure,
        data=rows[OTHERS_COLUMNS].round({"billion_usd": 3}),
        title="Space budgets of China, ESA, Japan, India and Russia, in dollars of the day",
        takeaway=(
            f"By the same outside estimates China spent {china[shared]:.1f} billion dollars on space in {shared} and "
            f"Russia {russia[shared]:.1f}; for {int(china.index.max())} China is put at {china.iloc[-1]:.0f} billion."
        ),
        alt="Five panels of points, billion dollars of the day. " + " ".join(f"{c}: {text}." for c, text in tell.items()),
        note=(
            "Squares: estimates of one consultancy (Euroconsult, now Novaspace), mostly read in the press; they "
            "include military space and may not be put beside own budgets (circles). Nominal; own money turned into "
            "dollars at the mean market rate of the calendar year (Federal Reserve), for India and Japan of the year "
            "in which the fiscal year begins. Such dollars follow the exchange rate: a lower yen or rupee looks like "
            "a cut. Japan counts all ministries; ESA is the agency without national programmes."
        ),
        credit=CREDIT,
        tables=("budgets", "deflators"),
    )  # fmt: skip
