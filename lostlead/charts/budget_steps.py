"""Charts of single budgets and their steps: the Soviet one of 1989, the collapse of the 1990s, the programme 2016-2025.

The tables are ``budgets``, ``deflators``, ``programme_2016_2025`` and ``enterprise_funding``; ``money`` converts.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from lostlead.charts.budgets import CREDIT, GREY, RED
from lostlead.charts.marks import bare, heading, key, legend, mark, number
from lostlead.charts.money import (
    CRISIS_YEAR,
    RU_PRICES,
    change_factor,
    levels_since_1989,
    needed_and_budgeted,
    one_series,
)
from lostlead.charts.style import GROUND, INK, QUIET, RULE, Chart, house_style, new_figure

PALE, MIXED = "#f3d3ca", "#e2a99b"  # of red: not law, of unknown parts


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
        figure, axes = new_figure(4.8, "The Soviet space budget of 1989", panels=2, height_ratios=[1, 2.1])
        left = 0.0
        ax = axes[0]
        for scope, name, colour in parts:
            width = float(roubles[scope])
            ax.barh([0], [width], left=left, color=colour, edgecolor=GROUND, linewidth=1.5, height=0.6)
            ax.text(
                left + width / 2, 0, f"{width:.1f}", ha="center", va="center",
                color=INK if name == "Buran" else GROUND, fontweight="semibold",
            )  # fmt: skip
            ax.text(left + width / 2, 0.46, name, ha="center", va="bottom", color=INK)
            left += width
        ax.set_ylim(-0.4, 0.95)
        heading(ax, f"billion Soviet roubles, {roubles['total']:.1f} in all")
        ax = axes[1]
        for place, (name, value) in enumerate(rates):
            firm = "Roscosmos" not in name
            ax.barh([place], [value], color=RED if firm else GROUND, edgecolor=RED, linewidth=1.7, height=0.4)
            said = f"{value:.2f}".rstrip("0")
            ax.text(value + 0.15, place, said, va="center", color=RED, fontweight="semibold")
            ax.text(0, place - 0.26, name, va="bottom", color=INK)
        ax.set_ylim(len(rates) - 0.6, -0.75)
        ax.set_xlim(0, float(dollars["total"]) * 1.14)
        heading(ax, "billion dollars, as reported")
        for ax in axes:
            bare(ax)
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
    """Draw what was told of the money of the 1990s: its level against 1989, and what was needed and budgeted."""
    level = levels_since_1989(funding, budgets)
    money = needed_and_budgeted(budgets, funding, deflators)
    names = list(dict.fromkeys(money["row"]))
    styles = {
        "need": ("o", False, "needed or asked"),
        "budget": ("o", True, "budgeted"),
        "promised": ("s", False, "promised"),
    }
    with house_style():
        figure, [ax, below] = new_figure(
            8.0, "The collapse of the 1990s, as it was told", panels=2, height_ratios=[1, 1.6]
        )
        heading(ax, "size of the money, 1989 = 100")
        mark(ax, 1989, 100, "o", RED)
        number(ax, 1989, 100, "100", RED, xytext=(9, 0), ha="left", va="center")
        for row in level.itertuples():
            chart = row.said_by == "chart of Roscosmos"
            mark(ax, row.year, row.index_1989, "s" if chart else "o", RED, firm=False)
            number(ax, row.year, row.index_1989, f"{row.index_1989:.0f}", RED)
        ax.annotate("chart of Roscosmos,\nin dollars", (2008.4, 63), ha="right", color=QUIET)
        ax.set_ylim(0, 112)
        ax.set_xlim(1988, 2008.6)
        ax.set_xticks([1990, 1995, 2000, 2005])
        heading(below, f"billion roubles of {CRISIS_YEAR}")
        below.axvline(0, color=RULE, linewidth=0.8, zorder=0)
        for row in money.itertuples():
            place = names.index(row.row)
            marker, firm, _ = styles[row.kind]
            mark(below, row.constant, place, marker, RED, firm=firm)
            pair = money[(money["row"] == row.row) & (abs(money["constant"] - row.constant) < 3)]
            left = (len(pair) > 1 and row.constant == pair["constant"].min()) or row.constant > 20
            number(below, row.constant, place, f"{row.constant:.1f}", RED, xytext=(-8 if left else 8, 0),
                   ha="right" if left else "left", va="center")  # fmt: skip
        _rows(below, names)
        below.set_xlim(-4.0, float(money["constant"].max()) * 1.06)
        below.set_xticks([0, 10, 20])
        legend(figure, [key(label, marker, RED, firm=firm) for marker, firm, label in styles.values()], 3)
    low = level[level["year"] <= 2002]
    data = pd.concat([
        level.rename(columns={"index_1989": "value"}).assign(panel="size, 1989 = 100", kind="level"),
        pd.DataFrame([{"year": 1989, "value": 100.0, "panel": "size, 1989 = 100", "kind": "base"}]),
        money.rename(columns={"row": "what", "constant": "value"}).assign(panel=f"billion roubles of {CRISIS_YEAR}"),
    ], ignore_index=True)  # fmt: skip
    columns = ["panel", "kind", "year", "what", "value", "of_the_day", "said_by", "basis", "sources"]
    factor = change_factor(one_series(deflators, RU_PRICES), 1995, CRISIS_YEAR)
    return Chart(
        name="budget-collapse-1990s",
        figure=figure,
        data=data[columns].astype({"year": "Int64"}).round({"value": 2}),
        title="The collapse of Russian space money in the 1990s: size, need and budget",
        takeaway=(
            f"By what officials and the press told, Russian space money was between {low['index_1989'].min():.0f} and "
            f"{low['index_1989'].max():.0f} percent of its 1989 size in "
            f"{int(low['year'].min())}-{int(low['year'].max())}."
        ),
        alt=(
            "Two panels. Size with 1989 = 100: " + ", ".join(f"{r.year} {r.index_1989:.0f}" for r in level.itertuples())
            + f". Billion roubles of {CRISIS_YEAR}: "
            + "; ".join(f"{r.row} {r.kind} {r.constant:.1f}" for r in money.itertuples())
            + "."
        ),
        note=(
            "Single statements, each on its own basis, so nothing is joined; some come from people who asked for "
            f"money. Lower panel: consumer prices, annual mean (series {RU_PRICES}), base {CRISIS_YEAR}; one new "
            f"rouble of 1995 is {factor:.2f} of {CRISIS_YEAR}. The budget told for 1995 may be for Mir or for all "
            "space; the two budgets told for 2001 conflict. Budgets by year for 1992-1994 and 1996-1998 were not "
            "found. What of the budgets was paid is in the next chart."
        ),
        credit=CREDIT,
        tables=("budgets", "deflators", "enterprise_funding"),
    )  # fmt: skip


def _rows(ax: Axes, names: list[str]) -> None:
    """Name the rows of a panel at the left, from top to bottom."""
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(visible=False)
    ax.tick_params(axis="y", labelcolor=INK)


def paid(funding: pd.DataFrame) -> Chart:
    """Draw which part of the Russian space money that was due came, by what was told of single years."""
    rows = funding.set_index("figure").loc[list(PAID)].assign(what=list(PAID.values()))
    with house_style():
        figure, [ax] = new_figure(5.0, "Paid in the 1990s, percent of what was due")
        for place, row in enumerate(rows.itertuples()):
            bound, inside = row.bound != "exact", row.value > 80
            ax.barh([place], [row.value], height=0.66, color=GROUND if bound else RED if row.whole_period else MIXED,
                    edgecolor=RED, linewidth=1.5, linestyle=":" if bound else "-")  # fmt: skip
            ax.text(row.value - 2 if inside else row.value + 2, place, f"{'below ' if bound else ''}{row.value:g}",
                    va="center_baseline", ha="right" if inside else "left", color=GROUND if inside else RED,
                    fontweight="semibold")  # fmt: skip
        _rows(ax, list(rows["what"]))
        ax.set_xlim(0, 103)
        ax.set_xticks([0, 50, 100])
        keys = [
            Patch(facecolor=RED, edgecolor=RED, label="full period"),
            Patch(facecolor=MIXED, edgecolor=RED, label="part of it"),
            Patch(facecolor=GROUND, edgecolor=RED, linestyle=":", label="upper bound"),
        ]
        legend(figure, keys, 3)
    full = rows[rows["whole_period"].astype(bool)]
    return Chart(
        name="budget-paid-1990s",
        figure=figure,
        data=rows[["what", "value", "bound", "whole_period", "said_by", "sources"]]
        .rename(columns={"value": "percent_paid"})
        .reset_index(drop=True),
        title="What part of the Russian space money that was due was paid, 1992-2003",
        takeaway=(
            f"Where a full period is told of, between {full['value'].min():g} and {full['value'].max():g} percent of "
            "what was due came."
        ),
        alt=(
            "Bars of the percent paid of what was due. "
            + "; ".join(f"{r.what}: {'below ' if r.bound != 'exact' else ''}{r.value:g}" for r in rows.itertuples())
            + "."
        ),
        note=(
            "Single statements of different people on different money, so the bars make no series; "
            "1994 is measured "
            "against the need, 2001-03 is a shortfall of allocations, not of payments. "
            "White bars are upper bounds, pale ones cover only a part "
            "of the year or a payment date before its end."
        ),
        credit=CREDIT,
        tables=("enterprise_funding",),
    )


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
    colours = {"budget": RED, "not told apart": MIXED, "conditional": GROUND, "other sources": GREY}
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
                    [place], [row.value], left=left, height=0.42, color=face if firm or row.part != "budget" else PALE,
                    edgecolor=RED if row.part != "other sources" else QUIET, linewidth=1.5,
                    linestyle="-" if firm else ":", hatch="////" if row.part == "not told apart" else None,
                )  # fmt: skip
                left += row.value
            ax.text(0, place - 0.27, STEPS.get(date, date), va="bottom", color=INK)
            ax.text(left + 40, place, f"{left:,.0f}", va="center", color=RED, fontweight="semibold")
        ax.set_ylim(len(dates) - 0.6, -0.75)
        ax.set_xlim(0, float(totals.max()) * 1.19)
        bare(ax)
        keys = [
            Patch(facecolor=RED, edgecolor=RED, label="budget, approved"),
            Patch(facecolor=PALE, edgecolor=RED, linestyle=":", label="budget, not law"),
            Patch(facecolor=GREY, edgecolor=QUIET, linestyle=":", label="other sources"),
            Patch(facecolor=GROUND, edgecolor=RED, linestyle=":", label="conditional"),
            Patch(facecolor=MIXED, edgecolor=RED, hatch="////", linestyle=":", label="parts not told"),
        ]
        legend(figure, keys, 2)
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
