"""Charts of the International Space Station. The table is ``station_share``: the Russian share by every reading found."""

from __future__ import annotations

import pandas as pd

from lostlead.charts.marks import bare, key, legend
from lostlead.charts.style import ARTICLE, COLOURS, GROUND, INK, RULE, Chart, house_style, new_figure

SHUTTLE_ENDED = 2011
WIDE = 5.0  # percentage points on each side of the article's figure that still pass for it
# A line of the chart for measures that ask the same thing; what is not named here gets a line of its own.
LINES = {
    "number of modules": "Modules by number",
    "modules launched on Russian rockets": "Modules by number",
    "mass of modules": "Modules by mass",
    "mass of the whole station": "Whole station by mass",
    "pressurised volume": "Living space (volume)",
    "segments": "One of two, four or five partners",
    "partner agencies": "One of two, four or five partners",
    "assembly flights": "Assembly flights",
    "launches to the station": "Launches of all kinds",
    "crewed flights to the station": "Crewed and cargo flights",
    "cargo flights to the station": "Crewed and cargo flights",
    "people carried to the station by Soyuz": "People who went up on Soyuz",
    "Russians among those who went up": "Russians among people who came",
    "Russians among all visitors": "Russians among people who came",
    "places in the resident crew": "Places in the resident crew",
    "person-days on the station, long stays": "Days spent aboard",
    "person-days on the station, all flights": "Days spent aboard",
    "spacewalks": "Spacewalks",
    "research investigations": "Research investigations",
    "use of the station": "Right to use it, as stated",
    "planned contribution": "Contribution, as planned",
    "money spent": "Money",
    "cost of the station": "Money",
}
# How Zarya is counted: its value in the table, name, marker, face, edge, and a nudge so that rings do not hide dots.
WAYS = (
    ("Russia", "Zarya counted as Russian", "o", COLOURS["USSR/Russia"], GROUND, -0.08),
    ("United States", "Zarya counted as American", "o", GROUND, COLOURS["USA"], 0.08),
    ("not applicable", "Zarya plays no part", "s", COLOURS["Other"], GROUND, 0.0),
)


def share_lines(station_share: pd.DataFrame) -> pd.DataFrame:
    """Return the readings with ``line`` (the line of the chart), ``recent`` (dated since the Shuttle ended) and ``order``.

    ``order`` is the place of the line, 0 for the one with the largest median; the rows are sorted by it and by percent.
    """
    rows = station_share.copy()
    rows["line"] = [LINES.get(measure, measure[:1].upper() + measure[1:]) for measure in rows["measure"]]
    rows["recent"] = [int(str(moment)[:4].replace("X", "9")) >= SHUTTLE_ENDED for moment in rows["as_of"]]
    medians = rows.groupby("line")["percent"].median().sort_values(ascending=False, kind="stable")
    rows["order"] = rows["line"].map({line: place for place, line in enumerate(medians.index)})
    return rows.sort_values(["order", "percent", "reading"]).reset_index(drop=True)


def share_readings(station_share: pd.DataFrame, *, article_percent: float = 25.0) -> Chart:
    """Draw every reading of the Russian share, a line a group of measures, against the article's own figure."""
    rows = share_lines(station_share)
    lines = list(rows.drop_duplicates("order")["line"])
    low, high = article_percent - WIDE, article_percent + WIDE
    step = 0.47
    with house_style():
        figure, [ax] = new_figure(
            1.9 + step * len(lines), "The Russian share of the station, percent, by every reading found"
        )
        ax.axvspan(low, high, color="#f3ead2", zorder=0)
        ax.axvline(article_percent, color=INK, linewidth=1.2, zorder=1)
        for place, line in enumerate(lines):
            ax.hlines(place, 0, 100, color=RULE, linewidth=0.8, zorder=1)
            ax.text(100, place - 0.16, line, ha="right", va="bottom", color=INK)
        for counted, _, marker, face, edge, nudge in WAYS:
            for recent, alpha in ((False, 0.4), (True, 1.0)):
                some = rows[(rows["zarya_counted_as"] == counted) & (rows["recent"] == recent)]
                ax.plot(
                    some["percent"], some["order"] + nudge, marker, markersize=8, markerfacecolor=face, markeredgecolor=edge,
                    markeredgewidth=0.9 if edge == GROUND else 1.6, alpha=alpha, zorder=4 if recent else 3, clip_on=False,
                )  # fmt: skip
        ax.plot([article_percent], [-1], **ARTICLE, linestyle="none", zorder=5, clip_on=False)
        ax.annotate(
            f"the article: {article_percent:.0f}", (article_percent, -1), textcoords="offset points", xytext=(11, 0),
            va="center", color=INK, fontweight="semibold",
        )  # fmt: skip
        ax.set_ylim(len(lines) - 0.4, -1.5)
        ax.set_xlim(0, 101)
        bare(ax, years=True)
        ax.set_xticks([0, 25, 50, 75, 100])
        keys = [
            key(label, marker, edge, markersize=8, markerfacecolor=face, markeredgewidth=1.6)
            for _, label, marker, face, edge, _ in WAYS
        ]
        keys.append(key(f"pale: before {SHUTTLE_ENDED}", "o", COLOURS["USSR/Russia"], alpha=0.4))
        legend(figure, keys, 1)
    inside = rows["percent"].between(low, high)
    smallest, largest = rows.iloc[rows["percent"].argmin()], rows.iloc[rows["percent"].argmax()]
    spans = rows.groupby("order", sort=True)["percent"].agg(["min", "max"])
    said = "; ".join(
        f"{line} {spans.loc[place, 'min']:.0f}"
        + (
            f" to {spans.loc[place, 'max']:.0f}"
            if round(spans.loc[place, "max"]) > round(spans.loc[place, "min"])
            else ""
        )
        for place, line in enumerate(lines)
    )
    columns = ["line", "measure", "basis", "zarya_counted_as", "as_of", "percent", "qualifier", "reading", "sources"]
    return Chart(
        name="station-share-readings",
        figure=figure,
        data=rows[columns],
        title="The Russian share of the International Space Station, by every reading",
        takeaway=(
            f"Of {len(rows)} ways to read the Russian share of the station, {int(inside.sum())} lie between {low:.0f} and "
            f"{high:.0f} percent; they run from {smallest['percent']:.0f} to {largest['percent']:.0f}."
        ),
        alt=(
            f"Dots on {len(lines)} lines, each a group of measures, on a scale from 0 to 100 percent; a vertical line and a "
            f"hollow diamond mark the article's {article_percent:.0f}, a band {low:.0f} to {high:.0f}. Lowest to highest dot of "
            f"each line, largest median first: {said}. {int(inside.sum())} of {len(rows)} dots lie in the band."
        ),
        note=(
            f"Each dot is a row of the table: one measure, count and date. The band is the article's figure with {WIDE:.0f} "
            "points on either side, ends included. Zarya was built in Russia, works in the Russian segment and belongs to the "
            f"United States, so hardware is counted both ways. Pale dots refer to times before {SHUTTLE_ENDED}. Some shares are "
            "bounds or rounded; many readings lean on the same hardware."
        ),
        credit=(
            "Source: counted from GCAT (Jonathan McDowell, CC BY), the astronaut database, agencies and press; each row's "
            "source is in the table"
        ),
        tables=("station_share",),
    )
