"""Charts of space budgets over time. Money of one scope (agency, programme, all space) is joined to no other.

The tables are ``budgets`` (a row an amount) and ``deflators``; ``money`` converts. Filled marks are money approved by
law (or paid, for NASA), hollow ones drafts, plans, requests and outside estimates.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from lostlead.charts.marks import BELOW, heading, key, legend, mark, number
from lostlead.charts.money import (
    DOLLAR_YEAR,
    OTHERS,
    ROUBLE_YEAR,
    RU_PRICES,
    RUB_RATES,
    US_PRICES,
    US_TOTALS,
    against_nasa,
    in_constant_roubles,
    index_factor,
    nasa_years,
    one_series,
    others_in_dollars,
)
from lostlead.charts.style import (
    COLOURS,
    INK,
    QUIET,
    Chart,
    house_style,
    label_end,
    new_figure,
    say_list,
    say_years,
)

RED, BLUE, GREY = COLOURS["USSR/Russia"], COLOURS["USA"], "#8d959e"
CREDIT = "Sources: the works named row by row in the tables"
# What is more than a draft or a plan.
FIRM = ("executed", "approved", "year-end list")
LATE = ("year-end list", "expected")
SCOPES = {
    "ru-agency-budget": ("space agency", "o"),
    "ru-fkp": ("Federal Space Programme", "^"),
    "ru-state-programme": ("state programme", "s"),
}


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
        number(ax, peak, top, f"{peak}: {top:.1f}", BLUE)
        ax.annotate(f"in dollars of {DOLLAR_YEAR}", (1971, 33.5), ha="left", color=BLUE, fontweight="semibold")
        ax.annotate("in dollars of the day", (1990.5, 7.4), ha="left", color=QUIET, fontweight="semibold")
        for row in extra.itertuples():
            mark(ax, row.year, row.billions, "s" if row.series == "nasa-request" else "o", BLUE, firm=False)
        ax.set_xlim(first - 1, last + 4)
        ax.set_ylim(0, top * 1.14)
        ax.set_xticks([1960, 1980, 2000, 2020])
        legend(figure, [key("voted by law", "o", BLUE, firm=False), key("asked for", "s", BLUE, firm=False)], 2)
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
        number(ax, peak, float(share[peak]), f"{peak}: {share[peak]:.2f}", BLUE)
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
    frames = [
        budgets[budgets["series"].isin(names)].assign(panel=title).astype({"year": int})
        for title, names in groups.values()
    ]
    tops = [float(rows["value"].max()) * 1.3 for rows in frames]
    with house_style():
        figure, axes = new_figure(
            10.4, "Russian space money, billion roubles of the day, by what it covers", panels=4, sharex=True,
            height_ratios=tops,
        )  # fmt: skip
        for ax, (main, (title, _)), rows, ceiling in zip(axes, groups.items(), frames, tops, strict=True):
            heading(ax, title, RED)
            _dotted(ax, rows[rows["series"] == main], "value", RED)
            for row in rows.itertuples():
                earlier = row.series.endswith("earlier-plan")
                late = row.status in LATE
                mark(
                    ax, row.year, row.value, "_" if earlier else "D" if late else "o", GREY if earlier else RED,
                    firm=row.status in FIRM, markersize=9 if earlier else 6.5, zorder=2.5 if earlier else 3,
                )  # fmt: skip
            ax.set_ylim(0, ceiling)
            ax.set_yticks(range(0, int(ceiling), 100))
            if main == "other":
                for row in rows.itertuples():
                    right, up, side = NAME_PLACES[row.series]
                    ax.annotate(
                        f"{whole(row.value)} {OTHER_SCOPES[row.series]}", (row.year, row.value), xytext=(right, up),
                        textcoords="offset points", ha=side, va="center", color=INK,
                    )  # fmt: skip
            else:
                own = rows[~rows["series"].str.endswith("earlier-plan")]
                top = own.loc[own["value"].idxmax()]
                number(ax, top["year"], top["value"], whole(top["value"]), RED)
                start = own.loc[own[own["year"] == own["year"].min()]["value"].idxmin()]
                under = BELOW if start["value"] > top["value"] / 3 else {}
                number(ax, start["year"], start["value"], whole(start["value"]), RED, **under)
        axes[-1].set_xlim(2003.5, 2028)
        axes[-1].set_xticks([2005, 2010, 2015, 2020, 2025])
        keys = [
            key("in a law or told as given", "o", RED),
            key("draft or plan", "o", RED, firm=False),
            key("late in the year: list", "D", RED),
            key("late in the year: expected", "D", RED, firm=False),
            key("earlier plan for that year", "_", GREY, markersize=9),
        ]
        legend(figure, keys, 1)
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
            "Prices of the day; the panels have one scale. "
            f"Of the {len(drawn)} figures {none} money known to be paid out. A dotted line joins "
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
            7.4, f"Russian space money in roubles of {ROUBLE_YEAR}, billion", panels=3, sharex=True, sharey=True
        )
        for ax, (name, (title, _)) in zip(axes, SCOPES.items(), strict=True):
            rows = frames[name]
            heading(ax, title[0].upper() + title[1:], RED)
            _dotted(ax, rows[rows["steps"] == "read"], "constant", RED)
            for row in rows.itertuples():
                known = row.steps == "read"
                mark(ax, row.year, row.constant, "o" if known else "x", RED if known else GREY,
                      firm=row.status in FIRM and known)  # fmt: skip
            known = rows[rows["steps"] == "read"]
            low_high = {int(known["year"].idxmin()), int(known["constant"].idxmax()), int(known["year"].idxmax())}
            for pick in sorted(low_high):
                under = pick == int(known["year"].idxmax()) and known.loc[pick, "constant"] < known["constant"].max()
                point = known.loc[pick]
                number(ax, point["year"], point["constant"], whole(point["constant"]), RED, **(BELOW if under else {}))
            ax.set_ylim(0, top * 1.3)
        axes[-1].set_xlim(2003.5, 2025.5)
        axes[-1].set_xticks([2005, 2010, 2015, 2020, 2025])
        keys = [
            key("in a law or told as given", "o", RED),
            key("draft or plan", "o", RED, firm=False),
            key("by price rises not yet read", "x", GREY),
        ]
        legend(figure, keys, 1)
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
        figure, axes = new_figure(9.2, "Russian space money against NASA's", panels=3, sharex=True)
        for ax, (column, title) in zip(axes, panels, strict=True):
            heading(ax, title)
            shown = rows[rows[column].notna()]
            _dotted(ax, shown[shown["series"] != EARLY], column, RED)
            for row in shown.itertuples():
                mark(ax, row.year, getattr(row, column), marks[row.series][1], RED, firm=row.status in FIRM,
                      clip_on=False)  # fmt: skip
        high = float(rows[["market", "ppp"]].max().max())
        for ax, (column, _) in zip(axes[:2], panels[:2], strict=True):
            ax.set_ylim(0, high * 1.22)
            for pick in (rows[column].idxmax(), rows[rows[column].notna()]["year"].idxmax()):
                number(ax, rows.loc[pick, "year"], rows.loc[pick, column], f"{rows.loc[pick, column]:.0f}", RED)  # fmt: skip
        axes[2].plot(us_share.index, us_share, color=BLUE)
        label_end(axes[2], years[-1], float(us_share.iloc[-1]), "NASA", BLUE)
        for row in told.itertuples():
            mark(axes[2], row.year, row.value, "x", INK, firm=True, markersize=8)
        axes[2].set_ylim(0, max(rows["gdp"].max(), told["value"].max()) * 1.2)
        axes[2].set_yticks([0, 0.1, 0.2, 0.3])
        axes[2].set_xlim(1999, 2027.5)
        axes[2].set_xticks([2000, 2005, 2010, 2015, 2020, 2025])
        keys = [key(label, marker, RED) for label, marker in marks.values()]
        keys += [key("share told in the press", "x", INK), key("hollow: draft or plan", "o", RED, firm=False)]
        legend(figure, keys, 1)
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


OTHERS_COLUMNS = [
    "country", "series", "body", "scope", "status", "year", "year_type", "value", "unit", "currency", "billion_usd",
    "sources",
]  # fmt: skip


def others(budgets: pd.DataFrame, deflators: pd.DataFrame) -> Chart:
    """Draw space budgets of China, ESA, Japan, India and (estimate) Russia in dollars of the day, a panel each."""
    rows = others_in_dollars(budgets, deflators)
    top = float(rows["billion_usd"].max())
    colours = {"China": COLOURS["China"], "ESA": COLOURS["Europe"], "Russia": RED}
    with house_style():
        figure, axes = new_figure(
            9.2, "Space budgets of others, billion dollars of the day", panels=len(OTHERS), sharex=True, sharey=True,
            gridspec_kw={"height_ratios": [1.25, 1, 1, 1, 1]},
        )  # fmt: skip
        for ax, country in zip(axes, OTHERS, strict=True):
            mine, colour = rows[rows["country"] == country], colours.get(country, QUIET)
            heading(ax, country, colours.get(country, INK))
            _dotted(ax, mine, "billion_usd", colour)
            for row in mine.itertuples():
                outside = row.series == "euroconsult"
                mark(ax, row.year, row.billion_usd, "s" if outside else "o", colour,
                      firm=row.status in ("approved", "revised"), markersize=6.5)  # fmt: skip
            ends = mine[mine["series"] == OTHERS[country][0]]
            for pick in dict.fromkeys((int(ends["year"].idxmin()), int(ends["year"].idxmax()))):
                value = float(ends.loc[pick, "billion_usd"])
                number(ax, ends.loc[pick, "year"], value, f"{value:.1f}", colour)
            ax.set_ylim(0, top * 1.3)
            ax.set_yticks([0, 10, 20])
        axes[-1].set_xlim(2010, 2026.5)
        axes[-1].set_xticks([2010, 2015, 2020, 2025])
        keys = [
            key("estimate of a consultancy, with military", "s", QUIET, firm=False),
            key("own budget, approved or revised", "o", QUIET),
            key("own budget, draft or request", "o", QUIET, firm=False),
        ]
        legend(figure, keys, 1)
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
