"""Charts of people and money in Russian science: how many, how much, who left.

The tables are ``rd_personnel``, ``brain_drain`` and ``space_workforce``, as ``tables.read`` gives them. Figures on
different bases are never joined, and a line leads only from one year to the next.
"""

from __future__ import annotations

from math import fsum
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator, StrMethodFormatter

from lostlead.charts.marks import BELOW, heading, key, legend, mark, number
from lostlead.charts.strips import LINE, Group, Strip, draw_groups, height_of, say_bounds
from lostlead.charts.style import (
    COLOURS,
    INK,
    QUIET,
    Chart,
    house_style,
    label_end,
    new_figure,
    runs,
    say_list,
    say_years,
)

RUSSIA, USA = COLOURS["USSR/Russia"], COLOURS["USA"]
OFFICIAL, WORLD_BANK = "official statistics", "World Bank and UNESCO"
NO_FIGURE = "#eceff2"
# The year to which the fall after the Soviet collapse is told.
MIDDLE = 1995


def say_change(before: float, after: float) -> str:
    """Return a change in words, in percent of the earlier figure: ``48 percent fewer``, ``5 percent more``."""
    percent = (after - before) / before * 100
    if abs(percent) < 0.5:
        return "about as many"
    return f"{abs(percent):.0f} percent {'fewer' if percent < 0 else 'more'}"


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
    if not solid:
        mark(ax, rows["year"], rows["value"] / scale, "o", colour, firm=False)
        return
    values = rows.set_index("year")["value"] / scale
    for run in runs(list(values.index)):
        ax.plot(run, values.loc[run], color=colour, zorder=3)
        if dots or len(run) == 1:
            mark(ax, run, values.loc[run], "o", colour)


def researchers(rd_personnel: pd.DataFrame) -> Chart:
    """Draw head counts by year, in thousands: researchers, all staff in research, and the CIS's specialists.

    Each definition has a panel, and all panels the same scale. Years for which nobody read a figure are shaded.
    """
    panels = (
        ("researchers", "Researchers", 1.35),
        ("rd_personnel", "All staff in research and development", 1.8),
        ("rd_specialists_cis", "Specialists, as the CIS committee counts", 1.35),
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
            7.4, "People in Russian research, thousands", panels=3, sharex=True,
            height_ratios=[top for _, _, top in panels],
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
                    number(
                        ax, row.year, row.value / 1000, f"{row.value / 1000:,.0f}", RUSSIA,
                        **(BELOW if below else {"xytext": (7, 4), "ha": "left"} if steep else {}),
                    )  # fmt: skip
            heading(ax, name, INK)
            ax.set_ylim(0, top * 1000)
            ax.yaxis.set_major_locator(MultipleLocator(500))
            ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes[-1].set_xlim(first - 0.8, last + 4)
        axes[-1].set_xticks([1990, 2000, 2010, 2020])
        keys = [
            key("official figure", "o", RUSSIA),
            key("rounded, or new scope", "o", RUSSIA, firm=False),
            Patch(color=NO_FIGURE, label="no figure was read"),
        ]
        legend(figure, keys, 2)
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
        for rows, colour, name, up in ((usa, USA, "USA", 9), (line, RUSSIA, "Russia", 9)):
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
        keys = [Line2D([], [], color=QUIET, label="World Bank, UNESCO"), key("other sources", "o", RUSSIA, firm=False)]
        legend(figure, keys, 2, handlelength=1.4)
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
        mark(ax, row.year, row.value, "o", RUSSIA, firm=False, zorder=4)
    alone = rows[~rows["year"].isin(covered)]
    for year, same in alone.groupby("year"):
        values = sorted(set(same["value"]))
        low = year == alone["year"].max() or len(values) > 1
        words = " or ".join(f"{value:.2f}" for value in values)
        beside = {"xytext": (8, 0), "ha": "left", "va": "center"}
        number(ax, float(str(year)), values[0] if low else values[-1], words, RUSSIA, **(BELOW if low else beside))


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
    """Draw what was counted or estimated about scientists who went abroad, in people, on a logarithmic scale."""
    rows, loss = first_decade(brain_drain), net_loss(rd_personnel)
    counted, rest = rows[rows["kind"] == "count"], rows[rows["kind"] != "count"]
    yearly = brain_drain[(brain_drain["flow"] == "abroad") & (brain_drain["unit"] == "people per year")]
    per_year = "".join(
        f" {row.who_counts} has {say_bounds(row.low, row.high)} a year, another unit: not drawn."
        for row in yearly.itertuples()
    )
    return _emigration(
        rows[rows["kind"].isin(["count", "estimate"])], loss,
        name="emigration-estimates",
        head="Scientists who went abroad: counted or estimated",
        title="Scientists who went abroad: counts and estimates",
        takeaway=(
            f"The {len(rows)} figures found for scientists who went abroad, claims included, reach from "
            f"{rows['low'].fillna(rows['top']).min():,.0f} to {rows['top'].max():,.0f} people, because they do not "
            f"count the same: the highest count from records is {counted['top'].max():,.0f}, the highest other figure "
            f"{rest['top'].max():,.0f}."
        ),
        note=(
            "Filled: counted from records, which leaves out contracts. Hollow and dotted: estimated. Figures that are "
            f"a part of another one, or of later years, are left out.{per_year}"
        ),
    )  # fmt: skip


def emigration_claims(brain_drain: pd.DataFrame, rd_personnel: pd.DataFrame) -> Chart:
    """Draw what was forecast or claimed without a basis about scientists who went abroad, on the same scale."""
    rows, loss = first_decade(brain_drain), net_loss(rd_personnel)
    said = rows[rows["kind"].isin(["forecast", "claim"])]
    lowest = said["low"].fillna(said["top"]).min()
    return _emigration(
        said, loss,
        name="emigration-claims",
        head="Scientists who went abroad: forecast or claimed",
        title="Scientists who went abroad: forecasts and claims",
        takeaway=(
            f"The {len(said)} figures that are forecasts, or claims without a basis, reach from {lowest:,.0f} to "
            f"{said['top'].max():,.0f} people."
        ),
        note="Hollow and dotted: forecast (triangle) or claimed. The scale is that of the chart of counts and estimates.",
    )  # fmt: skip


def net_loss(rd_personnel: pd.DataFrame) -> float:
    """Return by how many the researchers of 1990 were more than those of 2000, by official statistics."""
    counts = of_series(rd_personnel, "researchers")
    counts = counts[counts["basis"] == OFFICIAL].set_index("year")["value"]
    return float(counts[1990] - counts[2000])


def _emigration(
    rows: pd.DataFrame, loss: float, *, name: str, head: str, title: str, takeaway: str, note: str
) -> Chart:
    """Draw figures of ``brain_drain`` by kind, with the net loss of researchers as a line across."""
    kinds = [kind for kind in KINDS if (rows["kind"] == kind).any()]
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
        for kind in kinds
    ]  # fmt: skip
    with house_style():
        figure, [ax] = new_figure(height_of(groups) * LINE + 1.7, head)
        draw_groups(ax, groups, 400.0, 2_000_000.0, log=True)
        ax.axvline(loss, color=INK, linewidth=1.3, linestyle=(0, (5, 2)), zorder=1)
        ax.annotate(
            f"net loss of researchers 1990-2000: {loss:,.0f}", (1, 1), xycoords="axes fraction",
            textcoords="offset points", xytext=(0, 5), ha="right", annotation_clip=False,
        )  # fmt: skip
        ax.set_xticks([1e3, 1e4, 1e5, 1e6], ["1,000", "10,000", "100,000", "1 million"])
        ax.set_xlabel("people, logarithmic scale")
    highest, over = rows.loc[rows["top"].idxmax()], rows[rows["top"] > loss / 2]
    told = []
    for kind in kinds:
        mine = rows[rows["kind"] == kind]
        low, high = mine["low"].fillna(mine["top"]).min(), mine["top"].max()
        told.append(f"{KINDS[kind]}, {len(mine)}: {say_bounds(low, high)}")
    data = rows[["estimate", "kind", "who_counts", "counted", "period", "low", "high", "sources"]].reset_index(
        drop=True
    )
    data.loc[len(data)] = [
        "net-loss-of-researchers", "reference line", "official statistics", "researchers of 1990 minus those of 2000",
        "1990/2000", loss, loss, "",
    ]  # fmt: skip
    return Chart(
        name=name,
        figure=figure,
        data=data.astype({"low": "Int64", "high": "Int64"}),
        title=title,
        takeaway=takeaway,
        alt=(
            f"{len(rows)} rows of dots and ranges on a logarithmic scale of people, grouped by how the figure came "
            f"about. {'; '.join(told)}. The highest is of {highest['who_counts']}. A dashed line marks the net loss "
            f"of researchers from 1990 to 2000, {loss:,.0f}."
        ),
        note=(
            "People who left for good, people on contracts, and all who are abroad at one moment are different "
            f"things; the text of each row says what it counts. {note} An arrow: only one end is named. Dashed: "
            "researchers of 1990 minus those of 2000, a net figure with retired and dead people in it; "
            f"{len(over)} of these {len(rows)} figures, at the highest end named, are more than half of it."
        ),
        credit="Sources: the works named in the tables brain_drain and rd_personnel",
        tables=("brain_drain", "rd_personnel"),
    )


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
    heights = [height_of(left), height_of(counted)]
    with house_style():
        figure, axes = new_figure(
            fsum(heights) * LINE + 2.0, "People in the Russian space industry", panels=2,
            height_ratios=heights,
        )  # fmt: skip
        draw_groups(axes[0], left, 0, 100)
        axes[0].set_xticks([0, 25, 50, 75, 100])
        draw_groups(axes[1], counted, 0, 300)
        axes[1].set_xticks([0, 100, 200, 300])
        legend(figure, [key("read", "o", RUSSIA), key("could not be read again", "o", RUSSIA, firm=False)], 2)
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
