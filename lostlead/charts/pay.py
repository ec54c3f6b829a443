"""Charts of pay in Russian science: against the subsistence minimum, and against pay in the West under every reading.

The tables are ``wages``, ``subsistence``, ``rub_rates`` and ``pay_ratio_readings``, as ``tables.read`` gives them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from lostlead.charts.marks import SIZE, bare, key, lanes, legend
from lostlead.charts.strips import LINE, Group, Strip, draw_groups, height_of, say_bounds
from lostlead.charts.style import (
    ARTICLE,
    COLOURS,
    GROUND,
    INK,
    LOST,
    QUIET,
    Chart,
    house_style,
    new_figure,
    say_years,
)


@dataclass(frozen=True)
class Pair:
    """A pay of the table ``wages`` set against a subsistence minimum.

    ``rate`` is the period of ``rub_rates`` for pay in dollars; ``raised`` are two averages (year, month) of all workers
    by which the pay of one month is brought to the level of its year.
    """

    pay: str
    name: str
    minimum: str
    rate: str = ""
    raised: tuple[str, str] | None = None


PAIRS = (
    Pair("ru-space-1992", "space industry", "1992"),
    Pair("ru-science-1993-02", "science", "1993", raised=("ru-national-1993", "ru-national-1993-02")),
    Pair("ru-senior-1994", "senior scientists", "1994", rate="1994"),
    Pair("ru-academy-1996", "institutes of the Academy", "1996", rate="1996"),
    Pair("ru-senior-1997", "senior scientists", "1997", rate="1997"),
    Pair("ru-nuclear-2001", "most staff of nuclear cities", "2001-01/2001-03", rate="2001"),
    Pair("ru-khrunichev-2001", "Khrunichev Center (space)", "2001-01/2001-03"),
    Pair("ru-academy-2002", "the Academy", "2002-01/2002-03", rate="2002"),
    Pair("ru-scientist-2002", "scientists, says their trade union", "2002-01/2002-03"),
)


def in_minimums(wages: pd.DataFrame, subsistence: pd.DataFrame, rates: pd.DataFrame, pair: Pair) -> tuple[float, float]:
    """Return the lowest and highest pay of a month in subsistence minimums of one person.

    Dollars become roubles at the mean market rate of the year; 1,000 old roubles are 1 new one, and the minimum of the
    years before 1998 is in thousands of old roubles, so both have one unit. Raises KeyError for a row that is missing.
    """
    pays = wages.set_index("pay")
    minimums = subsistence[subsistence["series"] == "minimum_per_head"].set_index("period")["value"]
    row = pays.loc[pair.pay]
    factor = 1 / float(row["months_covered"])
    if row["currency"] == "USD":
        factor *= float(rates.set_index("period").loc[pair.rate, "rub_per_usd_market"])
    elif row["currency"] == "RUB-old":
        factor /= 1000
    if pair.raised is not None:
        year, month = pair.raised
        factor *= float(pays.loc[year, "amount_low"]) / float(pays.loc[month, "amount_low"])
    minimum = float(minimums[pair.minimum])
    return float(row["amount_low"]) * factor / minimum, float(row["amount_high"]) * factor / minimum


def pay_in_minimums(wages: pd.DataFrame, subsistence: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Return pay in science in subsistence minimums, a row a pair, with the average of all workers where it is "
    "known.
    """
    values = subsistence.set_index(["series", "period"])["value"]
    details = wages.set_index("pay")
    rows = []
    for pair in PAIRS:
        low, high = in_minimums(wages, subsistence, rates, pair)
        average = values.get(("average_wage_whole_economy", pair.minimum), math.nan)
        rows.append(
            {
                "pay": pair.pay,
                "year": int(details.loc[pair.pay, "year"]),
                "who": pair.name,
                "kind": details.loc[pair.pay, "kind"],
                "minimum_of": pair.minimum,
                "low": math.nan if details.loc[pair.pay, "kind"] == "upper bound" else low,
                "high": high,
                "all_workers": average / values[("minimum_per_head", pair.minimum)],
                "sources": details.loc[pair.pay, "sources"],
            }
        )
    return pd.DataFrame(rows)


FAMILY = 3


def pay_against_minimum(wages: pd.DataFrame, subsistence: pd.DataFrame, rates: pd.DataFrame) -> Chart:
    """Draw pay in Russian science in subsistence minimums of one person, a row a group and year where both are "
    "known.
    """
    rows = pay_in_minimums(wages, subsistence, rates)
    strips = tuple(
        Strip(
            f"{row.year}: {row.who}", round(row.low, 2), round(row.high, 2), _times(row.low, row.high),
            filled=row.kind == "average", beside=round(row.all_workers, 2),
        )
        for row in rows.itertuples()
    )  # fmt: skip
    groups = [Group("", strips)]
    right = max(4.4, float(rows[["high", "all_workers"]].max().max()) + 0.5)
    with house_style():
        figure, [ax] = new_figure(
            height_of(groups) * LINE + 2.2, "Pay in science and space, in subsistence minimums of one person"
        )
        draw_groups(ax, groups, 0, right)
        for at, words in ((1, "one\nperson"), (FAMILY, "family of\nthree")):
            ax.axvline(at, color=INK, linewidth=1.3, linestyle=(0, (5, 2)), zorder=1)
            ax.annotate(
                words, (at, 1), xycoords=("data", "axes fraction"), textcoords="offset points", xytext=(0, 4), ha="center",
                va="bottom", linespacing=1.0,
            )  # fmt: skip
        ax.set_xticks([0, 1, 2, 3, 4])
        keys = [
            Line2D([], [], marker="o", color=COLOURS["USSR/Russia"], markersize=SIZE, label="average"),
            Line2D([], [], marker="o", color=COLOURS["USSR/Russia"], markersize=SIZE, markerfacecolor=GROUND, linestyle=":",
                   label="other figure"),
            key("all workers", "|", QUIET, markeredgewidth=3.2, markersize=11),
        ]  # fmt: skip
        legend(figure, keys, 3, handlelength=1.2)
    below_three = int((rows["high"] < FAMILY).sum())
    below_one = int((rows["high"] < 1).sum())
    one = "in none" if below_one == 0 else f"in {below_one}"
    known = rows.dropna(subset="all_workers")
    less = int((known["high"] < known["all_workers"]).sum())
    told = "; ".join(
        f"{row.year} {row.who} {_times(row.low, row.high)}"
        + ("" if math.isnan(row.all_workers) else f" (all workers {row.all_workers:.1f})")
        for row in rows.itertuples()
    )
    missing = [
        year for year in range(int(rows["year"].min()), int(rows["year"].max()) + 1) if year not in set(rows["year"])
    ]
    return Chart(
        name="pay-against-minimum",
        figure=figure,
        data=rows.round({"low": 2, "high": 2, "all_workers": 2}),
        title="Pay in Russian science and space against the subsistence minimum",
        takeaway=(
            f"In {below_three} of {len(rows)} comparisons one pay in science or space was less than the subsistence "
            f"minimum of three people, and {one} surely less than that of one person, when it was paid at all."
        ),
        alt=(
            f"Rows of dots and ranges: one month of pay in subsistence minimums of one person, {rows['year'].min()} "
            f"to {rows['year'].max()}. {told}. Dashed lines mark one person and a family of three."
        ),
        note=(
            "The official subsistence minimum a head and month, mean of the year (of the first quarter from 2001 "
            "on). Pay in dollars is turned into roubles at the mean market rate of the year, which is rough for a "
            "single month when prices run. The pay of 1993 is of February, raised to the year by the average wage of "
            "all workers. Hollow: not an average, but a claim, a range of salaries, or (with an arrow) an upper "
            "bound. Grey bar: average wage of all workers, accrued, before arrears, where it is known; pay in "
            f"science was lower in {less} of {len(known)} such cases. The groups differ and make no series. No pair "
            f"was read for {say_years(missing)}. Late pay, second jobs and other earners are not in it."
        ),
        credit="Sources: the works named in the tables wages, subsistence and rub_rates",
        tables=("wages", "subsistence", "rub_rates"),
    )


def _times(low: float, high: float) -> str:
    return f"{low:.1f}" if f"{low:.1f}" == f"{high:.1f}" else say_bounds(low, high, "{:.1f}")


# What the article's "dozens of times" is taken to mean: two dozen, or (as the Russian idiom has it) two tens.
DOZENS, TENS = 24, 20
ARTICLE_ROW = "The article: “dozens of times”"
# Dots of one row that lie closer than this (in powers of ten) are put on different levels.
NEAR = 0.095
PAY_KINDS = {
    "average pay": "Salary",
    "pay abroad": "Pay of Russians abroad",
    "contract pay": "Contracts for work in Russia",
    "cosmonauts": "Astronauts, cosmonauts",
    "grant": "Emergency grants",
}


def _a_month(pay: pd.Series, end: str, rate: float | None, months: float | None = None) -> float:
    amount = float(pay[f"amount_{end}"]) / (float(pay["months_covered"]) if months is None else months)
    if pay["currency"] == "USD" or rate is None:
        return amount
    return amount / (1000 if pay["currency"] == "RUB-old" else 1) / rate


def pay_ratios(
    readings: pd.DataFrame, wages: pd.DataFrame, rates: pd.DataFrame, stated: dict[str, float], threshold: float
) -> pd.DataFrame:
    """Return every ratio of Western to Russian pay as ``charts.pay.ratios`` draws it, a row a reading.

    Roubles become dollars at the market rate of the period that the reading names. For purchasing power the ratio is
    multiplied by roubles per international dollar and divided by roubles per dollar. ``stated`` are ratios that a source
    prints. ``holds`` is True where all of the range reaches the threshold, False where none does, None otherwise.
    """
    pays, periods = wages.set_index("pay"), rates.set_index("period")
    rows: list[dict[str, Any]] = []
    for row in readings.itertuples():
        rate, factor = None, 1.0
        if pd.notna(row.rate_period):
            rate = float(periods.loc[row.rate_period, "rub_per_usd_market"])
            if row.conversion == "purchasing power":
                factor = float(periods.loc[row.rate_period, "rub_per_international_dollar"]) / rate
        months = None if pd.isna(row.west_months) else float(row.west_months)
        west, russia = pays.loc[row.west_pay], pays.loc[row.russia_pay]
        low = _a_month(west, "low", rate, months) / _a_month(russia, "high", rate) * factor
        high = _a_month(west, "high", rate, months) / _a_month(russia, "low", rate) * factor
        surely, surely_not = row.bound != "upper" and low >= threshold, row.bound != "lower" and high < threshold
        rows.append(
            {
                "name": row.reading,
                "kind": PAY_KINDS[row.family] + ", what it buys" * (row.conversion == "purchasing power"),
                "ratio": low,
                "high": low if row.bound == "lower" else high,
                "holds": True if surely else False if surely_not else None,
            }
        )
    for name, times in stated.items():
        rows.append(
            {
                "name": name,
                "kind": "Ratios stated in a source",
                "ratio": times,
                "high": times,
                "holds": times >= threshold,
            }
        )
    return pd.DataFrame(rows)


def levels(readings: pd.DataFrame) -> pd.Series:
    """Return for each reading of one kind the level (0, 1, …) on which its dot and line touch no other."""
    rows = readings.sort_values(["ratio", "high"])
    spans = rows[["ratio", "high"]].map(math.log10)
    return pd.Series(lanes(spans["ratio"].to_list(), spans["high"].to_list(), NEAR), index=rows.index).reindex(
        readings.index
    )


def ratios(readings: pd.DataFrame) -> Chart:
    """Draw every ratio as a dot on a logarithmic scale, a row a kind of reading.

    ``readings`` has ``name``, ``kind``, ``ratio`` (the lowest that the two wages allow) and ``holds`` (whether it is
    at least two dozen: True, False or None); where there is a ``high``, a line leads from the dot to it.
    """
    rows = readings.copy()
    rows["high"] = rows["high"].fillna(rows["ratio"]) if "high" in rows else rows["ratio"]
    kinds = list(dict.fromkeys(rows["kind"]))
    rows["level"] = pd.concat([levels(rows[rows["kind"] == kind]) for kind in kinds])
    depth = {kind: int(rows.loc[rows["kind"] == kind, "level"].max()) + 1 for kind in kinds}
    height = 2.2 + math.fsum(1.5 + 0.62 * count for count in depth.values())
    left, right = 0.28, 420.0
    with house_style():
        figure, [ax] = new_figure(1.45 + height * 0.245, "How many times Russian pay the West paid")
        ax.set_xscale("log")
        ax.set_xlim(left, right)
        ax.axvspan(TENS, DOZENS, color=COLOURS["China"], alpha=0.28, linewidth=0, zorder=0)
        ax.axvline(1, color=QUIET, linewidth=1, zorder=0)
        _head(ax, 0, ARTICLE_ROW, left)
        ax.plot([TENS, DOZENS], [0.95, 0.95], linestyle="none", clip_on=False, **{**ARTICLE, "markersize": 8})
        ax.annotate(
            f"{TENS} and {DOZENS}", (TENS, 0.95), textcoords="offset points", xytext=(-9, 0), ha="right", va="center",
            fontweight="semibold",
        )  # fmt: skip
        top = 2.2
        for kind in kinds:
            mine = rows[rows["kind"] == kind]
            held = sum(holds is True for holds in mine["holds"])
            _head(ax, top, f"{kind}: {held} of {len(mine)}", left)
            for row in mine.itertuples():
                y = top + 0.98 + 0.62 * row.level
                if row.high > row.ratio:
                    ax.plot([row.ratio, row.high], [y, y], color=_colour(row.holds), linewidth=2.2, zorder=2)
                ax.plot(row.ratio, y, **_dot(row.holds), zorder=3)
            top += 1.5 + 0.62 * depth[kind]
        ax.set_ylim(top - 0.35, -0.55)
        bare(ax, years=True)
        ax.set_xticks([1, 10, 100], ["1 (the same)", "10 times", "100 times"])
        ax.minorticks_off()
        keys = [
            Line2D([], [], linestyle="none", label=label, **_dot(holds))
            for holds, label in ((True, f"at least {DOZENS}"), (None, "open"), (False, f"less than {DOZENS}"))
        ]
        legend(figure, keys, 3)
    held = sum(holds is True for holds in rows["holds"])
    open_ = sum(holds is None for holds in rows["holds"])
    lowest, highest = rows.loc[rows["ratio"].idxmin()], rows.loc[rows["high"].idxmax()]
    each = "; ".join(_told(kind, rows[rows["kind"] == kind]) for kind in kinds)
    return Chart(
        name="pay-ratio-readings",
        figure=figure,
        data=rows.drop(columns="level").round({"ratio": 1, "high": 1}).reset_index(drop=True),
        title="How many times Russian pay the West paid, under every reading",
        takeaway=(
            f"Of {len(rows)} ways to compare, {held} make Western pay at least {DOZENS} times the Russian, "
            f"{len(rows) - held - open_} make it less, and {open_} leave it open: it depends on who is compared and how."
        ),
        alt=(
            f"Dot plot on a logarithmic scale of {len(rows)} ratios of Western to Russian pay, from {lowest['ratio']:.1f} "
            f"to {highest['high']:.0f} times, a row a kind of comparison, with a band at {TENS} to {DOZENS}, the article's "
            f"dozens of times. At least {DOZENS}: {each}."
        ),
        note=(
            f"A dot is the lowest ratio that the two figures allow, a line leads to the highest. The number after each "
            f"heading is how many dots are at least {DOZENS} (two dozen). Diamonds: the article's own figure, read as two dozen "
            f"({DOZENS}) or as two tens ({TENS}). The readings are not independent of each other, and not votes."
        ),
        credit="Sources: the works named in the tables wages and rub_rates, and the facts of this claim",
        tables=("pay_ratio_readings", "wages", "rub_rates", "facts"),
    )


def _told(kind: str, mine: pd.DataFrame) -> str:
    held = sum(holds is True for holds in mine["holds"])
    low, high = mine["ratio"].min(), mine["high"].max()
    return f"{kind}, {held} of {len(mine)} (from {low:.1f} to {high:.1f})"


def _head(ax: Axes, y: float, text: str, x: float) -> None:
    white = {"facecolor": GROUND, "edgecolor": "none", "pad": 1.2}
    ax.text(x, y, text, va="center", ha="left", color=INK, fontweight="semibold", bbox=white)


def _colour(holds: bool | None) -> str:
    return {True: LOST, False: "#8d959e", None: "#b07a00"}[holds]


def _dot(holds: bool | None) -> dict[str, Any]:
    colour = _colour(holds)
    face = {True: colour, False: GROUND, None: GROUND}[holds]
    return {
        "marker": "s" if holds is None else "o", "markersize": 8, "markerfacecolor": face, "markeredgecolor": colour,
        "markeredgewidth": 1.8,
    }  # fmt: skip
