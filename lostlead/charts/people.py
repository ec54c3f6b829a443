"""Charts of people and money in Russian science: how many, how much, who left, and what they were paid.

The tables are ``rd_personnel``, ``brain_drain``, ``wages``, ``subsistence``, ``rub_rates`` and ``space_workforce``, as
``tables.read`` gives them. Figures on different bases are never joined, and a line leads only from one year to the next.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator, StrMethodFormatter

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

RUSSIA, USA = COLOURS["USSR/Russia"], COLOURS["USA"]
SMALL = TEXT - 2.5
OFFICIAL, WORLD_BANK = "official statistics", "World Bank and UNESCO"
NO_FIGURE = "#eceff2"
# The year to which the fall after the Soviet collapse is told.
MIDDLE = 1995
# Inches that a line of small text takes in a chart of rows.
LINE = 0.186


def runs(years: Sequence[int]) -> list[list[int]]:
    """Return years in order, cut wherever one is missing: ``[1990, 1991, 1993]`` gives ``[[1990, 1991], [1993]]``."""
    found: list[list[int]] = []
    for year in sorted(years):
        if found and year == found[-1][-1] + 1:
            found[-1].append(year)
        else:
            found.append([year])
    return found


def say_change(before: float, after: float) -> str:
    """Return a change in words, in percent of the earlier figure: ``48 percent fewer``, ``5 percent more``."""
    percent = (after - before) / before * 100
    if abs(percent) < 0.5:
        return "about as many"
    return f"{abs(percent):.0f} percent {'fewer' if percent < 0 else 'more'}"


def say_bounds(low: float, high: float, words: str = "{:,.0f}") -> str:
    """Return a figure with what is known of its ends: ``15,000``, ``10,000 to 30,000``, ``more than …``, ``up to "
    "…``.
    """
    if math.isnan(high):
        return f"more than {words.format(low)}"
    if math.isnan(low):
        return f"up to {words.format(high)}"
    return words.format(low) if low == high else f"{words.format(low)} to {words.format(high)}"


def say_period(period: Any) -> str:
    """Return the years of a period (EDTF) in words: ``1989-2002``, ``from 1991``, ``to 2002``, ``1990s``, "
    "``about …``.
    """
    if pd.isna(period):
        return "undated"
    ends = [part.strip() for part in str(period).split("/")]
    years = ["" if end == ".." else end[:3] + "0s" if end[:4].endswith("X") else end[:4] for end in ends]
    about = "about " if any(end.endswith(("?", "~", "%")) for end in ends) else ""
    if len(years) == 1 or years[0] == years[1]:
        return about + years[0]
    if not years[0]:
        return f"to {about}{years[1]}"
    return about + "-".join(years) if years[1] else f"from {about}{years[0]}"


def of_series(rd_personnel: pd.DataFrame, series: str, country: str = "Russia") -> pd.DataFrame:
    """Return the figures of one series of one country that somebody read, in order of years."""
    own = (
        (rd_personnel["country"] == country)
        & (rd_personnel["series"] == series)
        & (rd_personnel["checked"] != "unread")
    )
    rows = rd_personnel[own].astype({"year": int, "value": float})
    return rows.sort_values(["year", "basis"]).reset_index(drop=True)


def _draw_basis(ax: Axes, rows: pd.DataFrame, colour: str, *, solid: bool, scale: float = 1, dots: bool = True) -> None:
    """Draw the figures of one basis: dots, joined from one year to the next where both are known."""
    style: dict[str, Any] = {
        "color": colour, "markersize": 6.5, "markerfacecolor": colour if solid else GROUND, "markeredgecolor": colour,
        "markeredgewidth": 1.5, "zorder": 3,
    }  # fmt: skip
    if not solid:
        ax.plot(rows["year"], rows["value"] / scale, marker="o", linestyle="none", **style)
        return
    values = rows.set_index("year")["value"] / scale
    for run in runs(list(values.index)):
        ax.plot(run, values.loc[run], marker="o" if dots or len(run) == 1 else None, **style)


def researchers(rd_personnel: pd.DataFrame) -> Chart:
    """Draw head counts by year, in thousands: researchers, all staff in research, and the CIS's specialists.

    Each definition has a panel, and all panels the same scale. Years for which nobody read a figure are shaded.
    """
    panels = (
        ("researchers", "Researchers", 1.25),
        ("rd_personnel", "All staff in research and development", 1.75),
        ("rd_specialists_cis", "Specialists, as the CIS committee counts", 1.25),
    )
    found = {series: of_series(rd_personnel, series) for series, _, _ in panels}
    first = min(int(rows["year"].min()) for rows in found.values())
    last = max(int(rows["year"].max()) for rows in found.values())
    missing = {
        series: [year for year in range(first, last + 1) if year not in set(rows["year"])]
        for series, rows in found.items()
    }
    with house_style():
        figure, axes = new_figure(
            6.9, "People in Russian research, thousands", panels=3, sharex=True,
            gridspec_kw={"height_ratios": [top for _, _, top in panels]},
        )  # fmt: skip
        for ax, (series, name, top) in zip(axes, panels, strict=True):
            rows = found[series]
            for run in runs(missing[series]):
                ax.axvspan(run[0] - 0.5, run[-1] + 0.5, color=NO_FIGURE, linewidth=0, zorder=0)
            solid = rows[rows["basis"] == OFFICIAL] if series != "rd_specialists_cis" else rows
            _draw_basis(ax, rows.drop(solid.index), RUSSIA, solid=False, scale=1000)
            _draw_basis(ax, solid, RUSSIA, solid=True, scale=1000)
            labelled: list[int] = []
            ends = solid["year"].isin([solid["year"].min(), MIDDLE, solid["year"].max()])
            for row in [*solid[ends].itertuples(), *solid[~ends].itertuples()]:
                if ends[row.Index] or all(abs(row.year - year) > 5 for year in labelled):
                    labelled.append(row.year)
                    below = row.year == solid["year"].max() and len(solid) > 2
                    later = solid.loc[solid["year"] > row.year, "value"]
                    steep = not later.empty and later.iloc[0] < 0.9 * row.value
                    ax.annotate(
                        f"{row.value / 1000:,.0f}", (row.year, row.value / 1000), textcoords="offset points",
                        xytext=(0, -19) if below else (7, 5) if steep else (0, 7),
                        ha="left" if steep else "center", color=RUSSIA, fontweight="semibold",
                        fontsize=SMALL + 1,
                    )  # fmt: skip
            ax.set_title(name, loc="left", color=INK, pad=4, fontsize=TEXT - 0.5, fontweight="semibold")
            ax.set_ylim(0, top * 1000)
            ax.yaxis.set_major_locator(MultipleLocator(500))
            ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes[-1].set_xlim(first - 0.8, last + 4)
        axes[-1].set_xticks([1990, 2000, 2010, 2020])
        handles: list[Any] = [
            Line2D([], [], linestyle="none", marker="o", color=RUSSIA, markersize=6.5, label="official figure"),
            Line2D([], [], linestyle="none", marker="o", markerfacecolor=GROUND, markeredgecolor=RUSSIA,
                   markeredgewidth=1.5, markersize=6.5, label="rounded, or new scope"),
            Patch(color=NO_FIGURE, label="no figure was read"),
        ]  # fmt: skip
        figure.legend(
            handles=handles, loc="outside lower left", ncols=2, handlelength=1.1, columnspacing=1.0, fontsize=SMALL
        )
    official = {series: rows[rows["basis"] == OFFICIAL].set_index("year")["value"] for series, rows in found.items()}
    people, staff = official["researchers"], official["rd_personnel"]
    start, middle, end = int(people.index[0]), MIDDLE, int(people.index[-1])
    cis = found["rd_specialists_cis"]
    marks = pd.concat([found[series].assign(drawn="figure") for series, _, _ in panels])
    marks["last_year"] = marks["year"]
    gaps = pd.DataFrame(
        [
            {"series": series, "year": run[0], "last_year": run[-1], "drawn": "no figure read"}
            for series, years in missing.items()
            for run in runs(years)
        ]
    )
    data = pd.concat([marks, gaps]).sort_values(["series", "year"], kind="stable").reset_index(drop=True)
    after = f"; the latest figure read is {people[end]:,.0f} ({end})" if end > middle else ""
    return Chart(
        name="researchers-by-year",
        figure=figure,
        data=data[["series", "year", "last_year", "basis", "value", "unit", "drawn", "sources"]].astype(
            {"value": "Int64"}
        ),
        title="People in Russian research and development by year",
        takeaway=(
            f"Russia had {people[start]:,.0f} researchers in {start} and {people[middle]:,.0f} in {middle}, "
            f"{say_change(people[start], people[middle])}{after}."
        ),
        alt=(
            f"Three panels of dots on one scale, {first} to {last}. Researchers: "
            + ", ".join(f"{year} {value:,.0f}" for year, value in people.items())
            + ". All staff in research and development: "
            + ", ".join(f"{year} {value:,.0f}" for year, value in staff.items())
            + ". Specialists as the CIS committee counts: "
            + ", ".join(f"{row.year} {row.value:,.0f}" for row in cis.itertuples())
            + ". Shaded: the years without a figure."
        ),
        note=(
            "Head counts. Researchers are a part of all staff; the CIS committee uses a third definition, so the "
            "panels must not be joined. Hollow: rounded figures, figures by other bodies, or an estimate for a wider "
            "sector. A line joins only years that follow each other. No figure for researchers was read for "
            f"{say_years(missing['researchers'])}; for all staff, for {say_years(missing['rd_personnel'])}. Figures "
            "for these years that nobody has read are not drawn. The change is net: people who retired or died are "
            "in it, and new ones are subtracted."
        ),
        credit="Source: official statistics, as printed in the works named in the table rd_personnel",
        tables=("rd_personnel",),
    )


def spending(rd_personnel: pd.DataFrame) -> Chart:
    """Draw spending on research and development in percent of GDP, Russia and the United States, by year and basis."""
    russia, usa = of_series(rd_personnel, "rd_gdp_share"), of_series(rd_personnel, "rd_gdp_share", "United States")
    line, other = russia[russia["basis"] == WORLD_BANK], russia[russia["basis"] != WORLD_BANK]
    covered = set(line["year"])
    first = int(russia["year"].min())
    last = int(max(russia["year"].max(), usa["year"].max()))
    with house_style():
        figure, [ax] = new_figure(4.6, "Spending on research and development, percent of GDP")
        for rows, colour, name, up in ((usa, USA, "USA", 9), (line, RUSSIA, "Russia", 14)):
            _draw_basis(ax, rows, colour, solid=True, dots=False)
            end = rows.iloc[-1]
            label_end(
                ax,
                end["year"],
                end["value"],
                f"{name} {end['value']:.2f}",
                colour,
                xytext=(-4, up),
                ha="right",
                va="bottom",
            )
            ax.plot(end["year"], end["value"], "o", color=colour, markersize=6)
        _draw_basis_apart(ax, other, covered)
        ax.set_ylim(0, 3.3)
        ax.set_yticks([0, 1, 2, 3])
        ax.set_xlim(first - 1, last + 3)
        ax.set_xticks([1990, 2000, 2010, 2020])
        handles = [
            Line2D([], [], color=QUIET, label="World Bank, UNESCO"),
            Line2D([], [], linestyle="none", marker="o", markerfacecolor=GROUND, markeredgecolor=RUSSIA,
                   markeredgewidth=1.5, markersize=6.5, label="other sources"),
        ]  # fmt: skip
        figure.legend(handles=handles, loc="outside lower left", ncols=2, handlelength=1.4, fontsize=SMALL + 1)
    drawn = pd.concat([russia, usa])
    years = f"from {line['year'].min()} to {line['year'].max()}"
    span = f"between {line['value'].min():.2f} and {line['value'].max():.2f} percent {years}"
    across = f"between {usa['value'].min():.2f} and {usa['value'].max():.2f} ({usa['year'].min()}-{usa['year'].max()})"
    early = [
        f"{year}: " + " or ".join(f"{value:.2f}" for value in sorted(set(other.loc[other["year"] == year, "value"])))
        for year in sorted(set(other["year"]))
        if year not in covered
    ]
    nobody = [year for year in range(first, last + 1) if year not in set(russia["year"])]
    differ = [
        f"{year} ({' and '.join(f'{value:.2f}' for value in sorted(set(same['value'].round(2))))})"
        for year, same in russia.groupby("year")
        if same["value"].max() - same["value"].min() > 0.01
    ]
    wide = sorted(set(russia.loc[russia["basis"].str.contains("summary estimate"), "year"]))
    wider = f" The figure for {say_years(wide)} is a first estimate for a wider sector." if wide else ""
    conflict = f" Sources differ for {say_list(differ)}." if differ else ""
    return Chart(
        name="rd-share-of-gdp",
        figure=figure,
        data=drawn[["country", "year", "basis", "value", "sources"]]
        .rename(columns={"value": "percent_of_gdp"})
        .reset_index(drop=True),
        title="Spending on research and development in percent of GDP, Russia and the United States",
        takeaway=(
            f"Russian spending on research lay {span} by the figures of the World Bank; that of the United States "
            f"{across}. For years outside them other sources have, in percent, {'; '.join(early)}."
        ),
        alt=(
            f"Line chart of spending on research and development in percent of GDP, {first} to {last}. Russia lies "
            f"{span}; the United States {across}. Single hollow dots for Russia from other sources: "
            f"{'; '.join(early)}."
        ),
        note=(
            "Gross domestic spending on research and development in percent of GDP of the same year; a share says "
            "nothing of the sum. Hollow dots rest on other sources and are not joined to the line; many of them "
            f"repeat it.{wider}{conflict} No figure for Russia was read for {say_years(nobody)}."
        ),
        credit="Sources: World Bank and UNESCO (copies of their data), and the works named in the table rd_personnel",
        tables=("rd_personnel",),
    )


def _draw_basis_apart(ax: Axes, rows: pd.DataFrame, covered: set[int]) -> None:
    """Draw single hollow dots, with their value where the year has no other figure."""
    for row in rows.itertuples():
        ax.plot(
            row.year, row.value, "o", markerfacecolor=GROUND, markeredgecolor=RUSSIA, markeredgewidth=1.5, markersize=6.5,
            zorder=4,
        )  # fmt: skip
    alone = rows[~rows["year"].isin(covered)]
    for year, same in alone.groupby("year"):
        values = sorted(set(same["value"]))
        low = year == alone["year"].max() or len(values) > 1
        ax.annotate(
            " or ".join(f"{value:.2f}" for value in values), (float(str(year)), values[0] if low else values[-1]),
            textcoords="offset points", xytext=(0, -19) if low else (8, 0), ha="center" if low else "left",
            va="bottom" if low else "center", color=RUSSIA, fontweight="semibold", fontsize=SMALL + 1,
        )  # fmt: skip


@dataclass(frozen=True)
class Strip:
    """One row of a chart of rows: its text, then a mark or a range with its value in words.

    An end that is not known is NaN: the line then ends in an arrow.
    """

    text: str
    low: float
    high: float
    value: str
    filled: bool = True
    marker: str = "o"
    colour: str = RUSSIA
    beside: float = math.nan  # a second figure to compare with, drawn as a grey bar


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    head: str
    strips: tuple[Strip, ...]


def _lines(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width)


def height_of(groups: Sequence[Group], width: int) -> float:
    """Return how many lines of text a chart of rows takes."""
    return sum(
        (1.5 if group.head else 0) + sum(len(_lines(strip.text, width)) + 1.45 for strip in group.strips)
        for group in groups
    )


def draw_groups(ax: Axes, groups: Sequence[Group], left: float, right: float, width: int, *, log: bool) -> None:
    """Draw groups of rows from top to bottom: heading, text of each row, and its mark on a common scale below it."""
    if log:
        ax.set_xscale("log")
    ax.set_xlim(left, right)

    def share(x: float) -> float:
        return math.log(x / left) / math.log(right / left) if log else (x - left) / (right - left)

    white = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.8}
    top = 0.0
    for group in groups:
        if group.head:
            ax.text(
                left,
                top + 0.75,
                group.head,
                va="center",
                fontweight="semibold",
                fontsize=TEXT - 0.5,
                bbox=white,
                zorder=5,
            )
            top += 1.5
        for strip in group.strips:
            for text in _lines(strip.text, width):
                ax.text(left, top + 0.5, text, va="center", fontsize=SMALL, bbox=white, zorder=5)
                top += 1
            y = top + 0.5
            style: dict[str, Any] = {
                "color": strip.colour, "marker": strip.marker, "markersize": 7.5, "markeredgewidth": 1.6,
                "markeredgecolor": strip.colour, "markerfacecolor": strip.colour if strip.filled else GROUND,
                "linestyle": "-" if strip.filled else ":", "zorder": 6,
            }  # fmt: skip
            ends = [end for end in (strip.low, strip.high) if not math.isnan(end)]
            if not math.isnan(strip.beside):
                ax.plot([strip.beside, strip.beside], [y - 0.42, y + 0.42], color=QUIET, linewidth=3.2, zorder=5)
            ax.plot(
                ends if strip.low != strip.high else ends[:1],
                [y] * (1 if strip.low == strip.high else len(ends)),
                **style,
            )
            open_up, open_down = math.isnan(strip.high), math.isnan(strip.low)
            if open_up or open_down:
                ax.annotate(
                    "", (ends[0], y), xytext=(25 if open_up else -25, 0), textcoords="offset points", zorder=5,
                    arrowprops={
                        "arrowstyle": "<|-,head_width=0.25", "color": strip.colour, "linewidth": 1.4, "shrinkA": 0,
                        "shrinkB": 4,
                    },
                )  # fmt: skip
            on_left = strip.beside > max(ends) or share(max(ends)) + 0.04 + 0.024 * len(strip.value) > 0.98
            gap = 30 if (open_up and not on_left) or (open_down and on_left) else 9
            ax.annotate(
                strip.value, (min(ends) if on_left else max(ends), y), textcoords="offset points",
                xytext=(-gap if on_left else gap, 0), ha="right" if on_left else "left", va="center", color=strip.colour,
                fontweight="semibold", fontsize=SMALL + 0.5, zorder=6, bbox=white,
            )  # fmt: skip
            top += 1.45
    ax.set_ylim(top, -0.1)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.grid(visible=True, axis="x")
    ax.minorticks_off()


KINDS = {
    "count": "Counted from records",
    "estimate": "Estimated, with some basis",
    "forecast": "Forecast from surveys",
    "claim": "Claimed, no basis stated",
}


def first_decade(brain_drain: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of people who went abroad in the first decade, without those that are part of another one.

    Shares and yearly flows are not among them: they have other units. ``top`` is the highest end that is known.
    """
    own = (
        (brain_drain["flow"] == "abroad")
        & (brain_drain["unit"] == "people")
        & brain_drain["part_of"].isna()
        & (brain_drain["period"].fillna("9") < "2002")
        & (brain_drain["checked"] != "unread")
    )
    rows = brain_drain[own].copy()
    rows["top"] = rows["high"].fillna(rows["low"])
    rows["rank"] = rows["kind"].map({kind: place for place, kind in enumerate(KINDS)})
    return rows.sort_values(["rank", "top", "low"], kind="stable").drop(columns="rank").reset_index(drop=True)


def emigration(brain_drain: pd.DataFrame, rd_personnel: pd.DataFrame) -> Chart:
    """Draw what was counted, estimated or claimed about scientists who went abroad, in people, on a logarithmic scale.

    A line across marks the net loss of researchers between 1990 and 2000 by official statistics.
    """
    rows = first_decade(brain_drain)
    counts = of_series(rd_personnel, "researchers")
    counts = counts[counts["basis"] == OFFICIAL].set_index("year")["value"]
    loss = float(counts[1990] - counts[2000])
    groups = [
        Group(
            KINDS[kind],
            tuple(
                Strip(
                    f"{row.who_counts[:1].upper()}{row.who_counts[1:]}: {row.counted} ({say_period(row.period)})",
                    row.low, row.high, say_bounds(row.low, row.high),
                    filled=kind == "count", marker="^" if kind == "forecast" else "o",
                )
                for row in rows[rows["kind"] == kind].itertuples()
            ),
        )
        for kind in KINDS
        if (rows["kind"] == kind).any()
    ]  # fmt: skip
    width, left, right = 54, 400.0, 2_000_000.0
    with house_style():
        figure, [ax] = new_figure(height_of(groups, width) * LINE + 1.5, "Scientists who went abroad, by source")
        draw_groups(ax, groups, left, right, width, log=True)
        ax.axvline(loss, color=INK, linewidth=1.3, linestyle=(0, (5, 2)), zorder=1)
        ax.annotate(
            f"net loss of researchers 1990-2000: {loss:,.0f}", (loss, 1), xycoords=("data", "axes fraction"),
            textcoords="offset points", xytext=(24, 5), ha="right", fontsize=SMALL, annotation_clip=False,
        )  # fmt: skip
        ax.set_xticks([1e3, 1e4, 1e5, 1e6], ["1,000", "10,000", "100,000", "1 million"])
        ax.set_xlabel("people, logarithmic scale", fontsize=SMALL)
    over = rows[rows["top"] > loss / 2]
    counted, rest = rows[rows["kind"] == "count"], rows[rows["kind"] != "count"]
    yearly = brain_drain[(brain_drain["flow"] == "abroad") & (brain_drain["unit"] == "people per year")]
    per_year = "".join(
        f" {row.who_counts} has {say_bounds(row.low, row.high)} a year, another unit: not drawn."
        for row in yearly.itertuples()
    )
    highest = rows.loc[rows["top"].idxmax()]
    told = []
    for kind, words in KINDS.items():
        mine = rows[rows["kind"] == kind]
        if not mine.empty:
            low, high = mine["low"].fillna(mine["top"]).min(), mine["top"].max()
            told.append(f"{words}, {len(mine)}: {say_bounds(low, high)}")
    data = rows[["estimate", "kind", "who_counts", "counted", "period", "low", "high", "sources"]].copy()
    data.loc[len(data)] = [
        "net-loss-of-researchers", "reference line", "official statistics", "researchers of 1990 minus those of 2000",
        "1990/2000", loss, loss, "",
    ]  # fmt: skip
    return Chart(
        name="emigration-estimates",
        figure=figure,
        data=data.astype({"low": "Int64", "high": "Int64"}),
        title="Scientists who went abroad: counts, estimates and claims",
        takeaway=(
            f"The {len(rows)} figures found for scientists who went abroad reach from "
            f"{rows['low'].fillna(rows['top']).min():,.0f} to {rows['top'].max():,.0f} people, because they do not "
            f"count the same: the highest count from records is {counted['top'].max():,.0f}, the highest other figure "
            f"{rest['top'].max():,.0f}."
        ),
        alt=(
            f"{len(rows)} rows of dots and ranges on a logarithmic scale of people, grouped by how the figure came "
            f"about. {'; '.join(told)}. The highest is of {highest['who_counts']}. A dashed line marks the net loss "
            f"of researchers from 1990 to 2000, {loss:,.0f}."
        ),
        note=(
            "People who left for good, people on contracts, and all who are abroad at one moment are different "
            "things; the text of each row says what it counts. Filled: counted from records, which leaves out "
            "contracts. Hollow and dotted: estimated, forecast or claimed. An arrow: only one end is named. Figures "
            f"that are a part of another one, or of later years, are left out.{per_year} Dashed: researchers of 1990 "
            f"minus those of 2000, a net figure with retired and dead people in it; {len(over)} of {len(rows)} "
            "figures, at the highest end named, are more than half of it."
        ),
        credit="Sources: the works named in the tables brain_drain and rd_personnel",
        tables=("brain_drain", "rd_personnel"),
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
            height_of(groups, 60) * LINE + 2.15, "Pay in science and space, in subsistence minimums of one person"
        )
        draw_groups(ax, groups, 0, right, 60, log=False)
        for at, words in ((1, "one\nperson"), (FAMILY, "family of\nthree")):
            ax.axvline(at, color=INK, linewidth=1.3, linestyle=(0, (5, 2)), zorder=1)
            ax.annotate(
                words, (at, 1), xycoords=("data", "axes fraction"), textcoords="offset points", xytext=(0, 4), ha="center",
                va="bottom", fontsize=SMALL, linespacing=1.0,
            )  # fmt: skip
        ax.set_xticks([0, 1, 2, 3, 4])
        handles: list[Any] = [
            Line2D([], [], marker="o", color=RUSSIA, markersize=7, label="average"),
            Line2D(
                [],
                [],
                marker="o",
                color=RUSSIA,
                markersize=7,
                markerfacecolor=GROUND,
                linestyle=":",
                label="other figure",
            ),
            Line2D(
                [],
                [],
                linestyle="none",
                marker="|",
                markeredgewidth=3.2,
                markersize=11,
                color=QUIET,
                label="all workers",
            ),
        ]
        figure.legend(
            handles=handles, loc="outside lower left", ncols=3, handlelength=1.2, columnspacing=1.0, fontsize=SMALL,
            handletextpad=0.5,
        )  # fmt: skip
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


def workforce(space_workforce: pd.DataFrame) -> Chart:
    """Draw the figures on people in the Russian space industry: shares said to have left, and numbers of employees."""
    rows = space_workforce[space_workforce["checked"] != "unread"].copy()
    rows["year"] = [int(str(when)[:4]) for when in rows["as_of"]]
    rows["again"] = ~rows["note"].fillna("").str.contains("could not be read a second time")
    gone = rows[(rows["unit"] == "percent") & rows["counted"].str.contains("left|gone")]
    staff = rows[rows["unit"] == "employees"].sort_values("year", kind="stable")
    rest = rows.drop([*gone.index, *staff.index])

    def strips(part: pd.DataFrame, scale: float, words: str) -> tuple[Strip, ...]:
        return tuple(
            Strip(
                f"{row.year}: {row.counted}", row.value / scale, row.value / scale, words.format(row.value / scale),
                filled=row.again,
            )
            for row in part.itertuples()
        )  # fmt: skip

    left = [Group("Who had left, percent", strips(gone, 1, "{:.0f}"))]
    counted = [Group("Employees, thousands", strips(staff, 1000, "{:.4g}"))]
    width = 50
    heights = [height_of(left, width), height_of(counted, width)]
    with house_style():
        figure, axes = new_figure(
            sum(heights) * LINE + 2.0, "People in the Russian space industry", panels=2,
            gridspec_kw={"height_ratios": heights},
        )  # fmt: skip
        draw_groups(axes[0], left, 0, 100, width, log=False)
        axes[0].set_xticks([0, 25, 50, 75, 100])
        draw_groups(axes[1], counted, 0, 300, width, log=False)
        axes[1].set_xticks([0, 100, 200, 300])
        handles = [
            Line2D([], [], linestyle="none", marker="o", color=RUSSIA, markersize=7.5, label="read"),
            Line2D([], [], linestyle="none", marker="o", markerfacecolor=GROUND, markeredgecolor=RUSSIA, markeredgewidth=1.6,
                   markersize=7.5, label="could not be read again"),
        ]  # fmt: skip
        figure.legend(handles=handles, loc="outside lower left", ncols=2, handlelength=1.0, fontsize=SMALL)
    drawn = pd.concat([gone, staff])
    least, most = gone.loc[gone["value"].idxmin()], gone.loc[gone["value"].idxmax()]
    whole = staff[~staff["counted"].str.contains("Khrunichev")]
    others = "; ".join(f"{row.counted} {row.value:g} {row.unit} ({row.year})" for row in rest.itertuples())
    not_drawn = f" Not drawn, as they tell of age: {others}." if others else ""
    return Chart(
        name="space-workforce",
        figure=figure,
        data=drawn[["row", "as_of", "counted", "value", "unit", "who_counts", "again", "sources"]]
        .rename(columns={"again": "read_a_second_time"})
        .reset_index(drop=True),
        title="People in the Russian space industry: shares who left, and head counts",
        takeaway=(
            f"The figures found put the part that had left at {least['value']:.0f} percent ({least['year']}) to "
            f"{most['value']:.0f} percent ({most['year']}), of groups that differ; head counts of the whole industry "
            f"or its state corporation were found for {whole['year'].min()} to {whole['year'].max()} only, between "
            f"{whole['value'].min():,.0f} and {whole['value'].max():,.0f}."
        ),
        alt=(
            "Two panels of rows. Who had left, percent: "
            + "; ".join(f"{row.year} {row.counted} {row.value:g}" for row in gone.itertuples())
            + ". Employees: "
            + "; ".join(f"{row.year} {row.counted} {row.value:,.0f}" for row in staff.itertuples())
            + "."
        ),
        note=(
            "Words of officials, firms and encyclopedias; scopes and base years differ or are not told, so the rows "
            "make no series, and no fall may be computed from them. Where the sources name where people went, it is "
            f"better paid work, not other countries.{not_drawn} No head count of the industry around 1990 was found."
        ),
        credit="Sources: the works named in the table space_workforce",
        tables=("space_workforce",),
    )


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
