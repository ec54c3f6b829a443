"""Chart of how many times the pay of Russian science was paid in the West, under every reading of the claim."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from lostlead.charts.style import ARTICLE, COLOURS, GROUND, INK, LOST, QUIET, TEXT, Chart, house_style, new_figure

# What the article's "dozens of times" is taken to mean: two dozen, or (as the Russian idiom has it) two tens.
DOZENS, TENS = 24, 20
ARTICLE_ROW = "The article: “dozens of times”"
# Dots of one row that lie closer than this (in powers of ten) are put on different levels.
NEAR = 0.095


def levels(readings: pd.DataFrame) -> pd.Series:
    """Return for each reading of one kind the level (0, 1, …) on which its dot and line touch no other."""
    ends: list[float] = []
    chosen = {}
    for name, row in readings.sort_values(["ratio", "high"]).iterrows():
        start, stop = math.log10(row["ratio"]), math.log10(row["high"])
        free = [level for level, end in enumerate(ends) if start - end > NEAR]
        level = free[0] if free else len(ends)
        ends[level : level + 1] = [stop]
        chosen[name] = level
    return pd.Series(chosen).reindex(readings.index)


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
    height = 2.2 + sum(1.5 + 0.62 * count for count in depth.values())
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
        ax.set_yticks([])
        ax.grid(visible=False)
        ax.set_xticks([1, 10, 100], ["1 (the same)", "10 times", "100 times"])
        ax.minorticks_off()
        handles = [
            Line2D([], [], linestyle="none", label=label, **_dot(holds))
            for holds, label in ((True, f"at least {DOZENS}"), (None, "open"), (False, f"less than {DOZENS}"))
        ]
        figure.legend(
            handles=handles, loc="outside lower left", ncols=3, handlelength=0.8, columnspacing=1.0, handletextpad=0.4
        )
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
    ax.text(x, y, text, va="center", ha="left", color=INK, fontsize=TEXT, fontweight="semibold", bbox=white)


def _colour(holds: bool | None) -> str:
    return {True: LOST, False: "#8d959e", None: "#b07a00"}[holds]


def _dot(holds: bool | None) -> dict[str, Any]:
    colour = _colour(holds)
    face = {True: colour, False: GROUND, None: GROUND}[holds]
    return {
        "marker": "s" if holds is None else "o", "markersize": 8, "markerfacecolor": face, "markeredgecolor": colour,
        "markeredgewidth": 1.8,
    }  # fmt: skip
