"""Charts of rockets and missions by their first flights: launcher families, projects that never flew, planetary probes.

The tables are ``new_families``, ``launcher_origins``, ``announced_not_flown`` and ``planetary_missions``, as
``tables.read`` gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import fsum
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from lostlead.charts.marks import SIZE, WHITE, bare, heading, key, lanes, legend, mark, stacked
from lostlead.charts.novelty import MARKS, NEW_DESIGN, PALE, RED
from lostlead.charts.style import COLOURS, GROUND, INK, QUIET, Chart, house_style, new_figure, say_list

CONVERSION, NEW_VERSION = "conversion", "new version"
CLASSES = (NEW_DESIGN, CONVERSION, NEW_VERSION)
SOVIET_ERA = "1957-1991"
BAND = "#edeff2"  # the years between the first and the last launch of a family
APART = 2.2  # years between two marks of one lane, so that they do not touch

ANNOUNCED: Any = {"markersize": 11, "markeredgewidth": 2.4}
STATUS_YEAR = 2025  # the status of a project is that of the end of this year
GIVEN_UP = ("cancelled", "not built")

TARGETS = ("Moon", "Venus", "Mars")
FATES = {
    "worked": (RED, RED, 1),
    "worked in part": (PALE, RED, 1),
    "failed beyond Earth orbit": (INK, INK, -1),
    "stayed in Earth orbit": (COLOURS["Other"], INK, -1),
    "did not reach orbit": (GROUND, INK, -1),
}
LONG_GAP = 20  # years without a mission that are named on the chart


def decimal_year(days: pd.Series) -> pd.Series:
    """Return ISO dates as decimal years: 2 July 1959 is about 1959.5."""
    stamps = pd.to_datetime(days)
    length = stamps.dt.is_leap_year.map({True: 366, False: 365})
    return stamps.dt.year + (stamps.dt.dayofyear - 1) / length


def classed(new_families: pd.DataFrame, launcher_origins: pd.DataFrame) -> pd.DataFrame:
    """Return the versions with how new each was (``novelty``) and who says so (``novelty_by``).

    After 1991 the class is that of the table. For the Soviet years, which the table leaves open, a rule decides: the
    first version of a family is a conversion when the family has a missile in it, else a new design; each later
    version is a new version.
    """
    table = new_families.merge(launcher_origins[["family", "missile_in_family"]], on="family", how="left")
    if table["missile_in_family"].isna().any():
        missing = sorted(set(table.loc[table["missile_in_family"].isna(), "family"]))
        raise ValueError(f"no origin is known of: {say_list(missing)}")
    opens = table["first_flight"] == table["family_first_flight"]
    by_rule = opens.map({True: NEW_DESIGN, False: NEW_VERSION}).mask(
        opens & table["missile_in_family"].astype(bool), CONVERSION
    )
    ruled = table["novelty"].isna()
    return table.assign(
        novelty=table["novelty"].where(~ruled, by_rule),
        novelty_by=table["novelty_checked"].map({"read": "source", "judged": "this project"}).where(~ruled, "rule"),
    )


def launcher_families(new_families: pd.DataFrame, launcher_origins: pd.DataFrame) -> Chart:
    """Draw the first launch of every version of every rocket family, a band a family, the marker by novelty."""
    drawn = _in_lanes(classed(new_families, launcher_origins))
    first, last = int(drawn["moment"].min()), int(new_families["counted_to"].max()[:4])
    counts = drawn["novelty"].value_counts().reindex(list(CLASSES), fill_value=0)
    failed = drawn[drawn["launches_to_orbit"] == 0]
    families = drawn.drop_duplicates("family")
    with house_style():
        depth = -float(drawn["y"].min()) + 1.0
        figure, [ax] = new_figure(1.9 + depth * 0.142, "First launches of Soviet and Russian rockets, by family")
        for name, group in drawn.groupby("family", sort=False):
            _family(ax, str(name), group, first)
        for novelty in CLASSES:
            marker, colour, firm = MARKS[novelty]
            rows = drawn[drawn["novelty"] == novelty]
            mark(ax, rows["moment"], rows["y"], marker, colour, firm=firm)
        mark(ax, failed["moment"], failed["y"], "x", INK, markersize=SIZE + 4)
        ax.axvline(1992, color=QUIET, linewidth=1, zorder=0)
        ax.text(1992.5, 1.5, "after 1991", va="center", color=QUIET)
        ax.set_xlim(first - 3, last + 2)
        ax.set_ylim(-depth, 2.4)
        bare(ax, years=True)
        ax.set_xticks([1960, 1980, 2000, 2020])
        keys = [key(f"{n}: {counts[n]}", MARKS[n][0], MARKS[n][1], firm=MARKS[n][2]) for n in CLASSES]
        legend(figure, [*keys, key(f"never reached orbit: {len(failed)}", "x", INK, markersize=SIZE + 3)], 2)
    early = drawn["era"] == SOVIET_ERA
    old = families["family_first_flight"].str[:4].astype(int) < 1992
    late = families[~old]
    missile = late[late["missile_in_family"].astype(bool)]
    designs = drawn[~early & (drawn["novelty"] == NEW_DESIGN)]
    ukrainian = int(drawn["ukrainian_stages"].astype(bool).sum())
    told = "; ".join(f"{name} {len(group)}" for name, group in drawn.groupby("family", sort=False))
    by_era = "; ".join(
        f"{era} {_tally(drawn.loc[drawn['era'] == era, 'novelty'])}" for era in sorted(set(drawn["era"]))
    )
    columns = [
        "family", "version", "first_flight", "last_flight", "launch_attempts", "launches_to_orbit", "novelty",
        "novelty_by", "missile_in_family", "ukrainian_stages", "sources",
    ]  # fmt: skip
    return Chart(
        name="launcher-families",
        figure=figure,
        data=drawn[columns].reset_index(drop=True),
        title="First launches of Soviet and Russian launch rockets, by family and novelty",
        takeaway=(
            f"Of {len(drawn)} rocket versions, {int(early.sum())} first flew by 1991 and {int((~early).sum())} later; of the "
            f"{len(late)} families that began after 1991, {len(missile)} come from missiles; those with a wholly new design: "
            f"{_families(designs)}."
        ),
        alt=(
            f"Timeline of the first launches of {len(drawn)} versions of Soviet and Russian rockets in {len(families)} "
            f"families, {first} to {last}. Versions by family: {told}. By time and novelty: {by_era}. Crossed because no "
            f"launch reached orbit: {say_list(failed['version'].tolist()) if len(failed) else 'none'}."
        ),
        note=(
            "A mark is the first orbital launch attempt of a version; a grey band runs from the first to the last launch of "
            f"a family up to {drawn['counted_to'].max()}. A cross: no launch brought its load to a usable orbit, even if the "
            "rocket worked. Families and versions are those of GCAT. After 1991 each version "
            f"was classed one by one; {int((drawn['novelty_by'] == 'source').sum())} classes are those of a source. Before, a "
            "rule decides: the first version of a family is a conversion where GCAT lists a missile in the family, else a "
            "new design, and every later one a new version. Proton was also planned as a missile, but never served as one. "
            f"{ukrainian} versions have Ukrainian stages. Counted are types, however often each flew."
        ),
        credit="Sources: GCAT (Jonathan McDowell, CC BY) and the works named in the tables",
        tables=("new_families", "launcher_origins"),
    )


def _in_lanes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the versions with their moment (decimal year) and height: families below each other, oldest on top."""
    table = table.assign(moment=decimal_year(table["first_flight"])).sort_values(["family_first_flight", "moment"])
    groups = [
        group.assign(lane=lanes(group["moment"].to_list(), group["moment"].to_list(), APART))
        for _, group in table.groupby("family", sort=False)
    ]
    return stacked(pd.concat(groups), "family", room=3.0)


def _family(ax: Axes, name: str, group: pd.DataFrame, first: int) -> None:
    """Draw the band of a family and write its name, the number of versions and of launches above it."""
    start, end = decimal_year(pd.Series([group["first_flight"].min(), group["last_flight"].max()]))
    low, high = float(group["y"].min()), float(group["y"].max())
    ax.fill_between([start, end], low - 0.5, high + 0.5, color=BAND, linewidth=0, zorder=0)
    launches = int(group["launch_attempts"].sum())
    words = f"{len(group)} version{'s' if len(group) > 1 else ''}, {launches:,} launch{'es' if launches > 1 else ''}"
    origin = " (missile)" if bool(group["missile_in_family"].iloc[0]) else ""
    ax.text(
        first - 3, float(group["top"].iloc[0]) + 0.65, f"{name}{origin}: {words}", va="bottom", color=QUIET, bbox=WHITE,
        zorder=0.5,
    )  # fmt: skip


def _families(rows: pd.DataFrame) -> str:
    return say_list(list(dict.fromkeys(rows["family"]))) if len(rows) else "none"


def _tally(values: pd.Series) -> str:
    return say_list([f"{number} {name}" for name, number in values.value_counts().items()])


def announced(announced_not_flown: pd.DataFrame) -> Chart:
    """Draw every project that was announced and has not flown: a dotted line from the announcement to the first date."""
    drawn = announced_not_flown.sort_values(["announced_by", "first_flight_planned", "system"]).reset_index(drop=True)
    dated = drawn[drawn["first_flight_planned"].notna()]
    first, last = int(drawn["announced_by"].min()), int(dated["first_flight_planned"].max())
    step = 1.0
    with house_style():
        figure, [ax] = new_figure(
            1.45 + len(drawn) * 0.42, f"Announced after 1991, not flown by the end of {STATUS_YEAR}"
        )
        left, right = first - 1.0, max(last, STATUS_YEAR) + 1.2
        for place, row in enumerate(drawn.itertuples()):
            y = -place * step
            name = ax.text(left, y + 0.4, row.system, va="center", fontweight="semibold", bbox=WHITE)
            ax.annotate(
                row.status, (1, 0.5), xycoords=name, textcoords="offset points", xytext=(7, 0), va="center", color=RED,
            )  # fmt: skip
            if pd.notna(row.first_flight_planned):
                ax.plot([row.announced_by, row.first_flight_planned], [y, y], ":", color=INK, linewidth=2)
                mark(ax, row.first_flight_planned, y, "o", INK, firm=False)
            else:
                late = row.announced_by > (left + right) / 2
                ax.text(
                    row.announced_by + (-0.6 if late else 0.6), y, "no year read", va="center", color=QUIET,
                    ha="right" if late else "left",
                )  # fmt: skip
            mark(ax, row.announced_by, y, "|", INK, **ANNOUNCED)
        ax.axvline(STATUS_YEAR + 0.5, color=QUIET, linewidth=1, zorder=0)
        ax.set_xlim(left, right)
        ax.set_ylim(-(len(drawn) - 1) * step - 0.6, 0.85)
        bare(ax, years=True)
        ax.set_xticks([year for year in (2000, 2005, 2010, 2015, 2020, 2025) if left <= year <= right])
        keys = [
            key("announced", "|", INK, **ANNOUNCED),
            key("first date for a flight", "o", INK, firm=False, linestyle=":", linewidth=2),
        ]
        legend(figure, keys, 2, handlelength=1.6)
    counts = drawn["status"].value_counts()
    fates = say_list([f"{number} {status}" for status, number in counts.items()])
    due = dated[dated["first_flight_planned"] <= STATUS_YEAR]
    wait = (dated["first_flight_planned"] - dated["announced_by"]).astype(int)
    told = "; ".join(
        f"{row.system}: {row.announced_by}, "
        f"{'no year read' if pd.isna(row.first_flight_planned) else f'planned for {row.first_flight_planned}'}, {row.status}"
        for row in drawn.itertuples()
    )
    return Chart(
        name="announced-not-flown",
        figure=figure,
        data=drawn[
            ["system", "kind", "what", "announced_by", "first_flight_planned", "status", "status_detail", "sources"]
        ],
        title="Russian space projects announced after 1991 that have not flown",
        takeaway=(
            f"{len(due)} of the {len(dated)} projects with a known first year were to fly by {STATUS_YEAR}, and did not; of "
            f"all {len(drawn)} drawn, {int(counts.reindex(GIVEN_UP, fill_value=0).sum())} were given up."
        ),
        alt=f"{len(drawn)} dotted lines, from the announcement of a project to the first date planned for a flight. {told}.",
        note=(
            f"Fates by the end of {STATUS_YEAR} (vertical line): {fates}. A project is given up when it was cancelled or not "
            f"built. From announcement to first date: {int(wait.min())} to {int(wait.max())} years. The announcement is the "
            "year of the earliest text read, so that it may in truth be earlier. Drawn is the first date only; later dates are "
            f"in the table. For {len(drawn) - len(dated)} no single year was read. It is a list of what was found, so that "
            "the number of projects is no measure."
        ),
        credit="Sources: the works named in the table",
        tables=("announced_not_flown",),
    )


def fates(planetary_missions: pd.DataFrame) -> pd.DataFrame:
    """Return the missions with their year and ``fate``: the outcome, failures told apart by how far the launch came."""
    by_outcome = planetary_missions["outcome"].map({"success": "worked", "partial success": "worked in part"})
    by_reach = planetary_missions["reached"].map(
        {
            "no orbit": "did not reach orbit",
            "Earth orbit": "stayed in Earth orbit",
            "deep space": "failed beyond Earth orbit",
        }
    )
    return planetary_missions.assign(
        year=planetary_missions["launch_date"].str[:4].astype(int), fate=by_outcome.fillna(by_reach)
    )


def longest_gap(years: Sequence[int], last: int) -> tuple[int, int]:
    """Return the first and the last year of the longest run of years without any of ``years``, up to ``last``."""
    known = sorted({*years, last + 1})
    start, end = max(pairwise(known), key=lambda pair: pair[1] - pair[0])
    return start + 1, end - 1


def planetary(planetary_missions: pd.DataFrame) -> Chart:
    """Draw a block for every mission to the Moon, Venus and Mars by launch year: above the line what worked."""
    drawn = fates(planetary_missions)
    first, last = int(drawn["year"].min()), int(drawn["year"].max())
    sides = drawn["fate"].map({fate: side for fate, (_, _, side) in FATES.items()})
    piles = drawn.assign(side=sides).groupby(["target", "year", "side"]).size().groupby(level=["target", "side"]).max()
    with house_style():
        reach = {(t, s): int(piles.get((t, s), 0)) for t in TARGETS for s in (1, -1)}
        heights = [reach[t, 1] + reach[t, -1] + 1.6 for t in TARGETS]
        figure, axes = new_figure(
            2.25 + fsum(heights) * 0.15, "Soviet and Russian missions to the Moon, Venus and Mars, by year of launch",
            panels=3, sharex=True, height_ratios=heights,
        )  # fmt: skip
        for ax, target in zip(axes, TARGETS, strict=True):
            _target(ax, drawn[drawn["target"] == target], target, last)
            ax.set_ylim(-reach[target, -1] - 0.4, reach[target, 1] + 0.6)
        axes[-1].set_xlim(first - 1, last + 1.5)
        axes[-1].set_xticks([1960, 1980, 2000, 2020])
        handles = [
            Patch(facecolor=face, edgecolor=edge, linewidth=1, label=f"{fate}: {int((drawn['fate'] == fate).sum())}")
            for fate, (face, edge, _) in FATES.items()
        ]
        legend(figure, handles, 1)
    told = "; ".join(f"{t}: {_summary(drawn[drawn['target'] == t])}" for t in TARGETS)
    near = drawn["fate"].isin(["did not reach orbit", "stayed in Earth orbit"])
    russian = drawn[drawn["state"] == "Russia"]
    whole = say_list(
        [f"{_number((drawn['fate'][drawn['target'] == t] == 'worked').sum())} at {_the(t)}" for t in TARGETS]
    )
    some = _number((russian["outcome"] != "failure").sum())
    ruled = int(drawn["crewed_ship_test"].astype(bool).sum())
    after = f"Of the {len(russian)} launched after 1991, {some} worked, in whole or in part." if len(russian) else ""
    columns = ["target", "year", "fate", "mission", "launch_date", "aim", "state", "reached", "outcome", "sources"]
    return Chart(
        name="planetary-missions",
        figure=figure,
        data=drawn[columns].sort_values(["target", "launch_date"]).reset_index(drop=True),
        title="Soviet and Russian missions to the Moon, Venus and Mars and their fates, by year of launch",
        takeaway=(
            f"Of {len(drawn)} Soviet and Russian missions, {int((drawn['fate'] == 'worked').sum())} fully worked: {whole}; "
            f"{int(near.sum())} came no further than Earth orbit."
        ),
        alt=(
            f"Blocks by launch year, {first} to {last}, one a mission; above the line those that worked, below it those that "
            f"failed. {told}. {after}"
        ).strip(),
        note=(
            "A block is one launch. The outcome is the grade in Olaf Frohn's list of space probes, which takes in what was sent "
            "back and not only the arrival; other lists grade single missions differently. How far a launch came is from GCAT. "
            f"{ruled} of the missions to the Moon were tests, without people, of ships meant for crews. {after} Not drawn: "
            "tests aimed at no planet, and ExoMars, a European craft on a Russian rocket."
        ),
        credit="Sources: Olaf Frohn's list of space probes; GCAT (Jonathan McDowell, CC BY)",
        tables=("planetary_missions",),
    )


def _target(ax: Axes, rows: pd.DataFrame, target: str, last: int) -> None:
    """Draw the blocks of one target, what worked above the line, and name the longest gap."""
    for fate, (face, edge, side) in FATES.items():
        for year, number in rows[rows["fate"] == fate].groupby("year").size().items():
            for block in range(int(number)):
                before = _below(rows, int(year), fate)
                bottom = before + block if side > 0 else -before - block - 1
                ax.bar(year, 0.86, bottom=bottom + 0.07, width=0.8, facecolor=face, edgecolor=edge, linewidth=0.9)
    ax.axhline(0, color=QUIET, linewidth=1)
    start, end = longest_gap(rows["year"].tolist(), last)
    if end - start + 1 >= LONG_GAP:
        words = f"none {start}-{end}"
        ax.text((start + end) / 2, 0.25, words, ha="center", va="bottom", color=QUIET)
    worked = int((rows["fate"] == "worked").sum())
    part = int((rows["fate"] == "worked in part").sum())
    heading(ax, f"{target}: {worked} of {len(rows)} worked, {part} in part", INK)
    bare(ax, years=True)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)


def _below(rows: pd.DataFrame, year: int, fate: str) -> int:
    """Return how many blocks of the same side lie between the line and those of ``fate`` in one year."""
    order = list(FATES)
    nearer = [name for name in order[: order.index(fate)] if FATES[name][2] == FATES[fate][2]]
    return int(((rows["year"] == year) & rows["fate"].isin(nearer)).sum())


def _number(count: int) -> str:
    return str(int(count)) if count else "none"


def _the(target: str) -> str:
    return "the Moon" if target == "Moon" else target


def _summary(rows: pd.DataFrame) -> str:
    parts = [f"{int((rows['fate'] == fate).sum())} {fate}" for fate in FATES if (rows["fate"] == fate).any()]
    return f"{len(rows)} missions, {say_list(parts)}"
