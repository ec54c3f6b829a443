"""Specification charts: every reading of one part of a claim, sorted, with the choices behind it as a grid below.

The form is the specification curve of Simonsohn, Simmons and Nelson (2020). Input is a ``Part`` with its readings as
``lostlead.readings`` gives them.
"""

from __future__ import annotations

import math
import textwrap

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullLocator

from lostlead.charts.style import COLOURS, INK, QUIET, RULE, Chart, house_style, new_figure, say_list
from lostlead.readings import IS, Choice, Explored, Option, Part, frame, held, summary
from lostlead.verdicts import Reading

HOLDS, FAILS, OPEN = COLOURS["Europe"], COLOURS["USSR/Russia"], COLOURS["Other"]
MARKS = {True: ("o", HOLDS, HOLDS), False: ("o", "none", FAILS), None: ("X", OPEN, OPEN)}
SAID = {True: "the claim holds", False: "it fails", None: "it stays open"}
LINE, BAR = 0.30, 0.17  # inches: a line of the grid's words, and its row of bars below
# Of the panel's width: a bar that holds, and one that does not; narrower where they would touch.
WIDE, NARROW = 0.009, 0.0055
CURVE = 2.3


def specification(explored: Explored, name: str, credit: str, tables: tuple[str, ...]) -> Chart:
    """Draw every reading of a part against its threshold, from the smallest value to the largest.

    ``name`` is that of the figure, ``credit`` names the sources in words, ``tables`` are those the readings use.
    """
    part = explored.part
    readings = sorted(explored.readings, key=_order)
    grid = [
        (choice, option)
        for choice in part.choices
        for option in choice.options
        if _used(readings, choice.name, option.name)
    ]
    heads = len({choice.name for choice, _ in grid})
    title = f"“{part.words}”: {part.quantity}, by every reading"
    numeric = part.scale != "none" and any(_middle(reading) is not None for reading in readings)
    top = CURVE if numeric else 0.5
    lines = len(textwrap.wrap(title, 40))
    below = heads * LINE * 1.25 + len(grid) * (LINE + BAR)
    with house_style():
        figure, axes = new_figure(
            0.5 + 0.3 * lines + top + below + 1.15,
            title,
            panels=2,
            gridspec_kw={"height_ratios": [top, below]},
            sharex=True,
        )
        curve, choices = axes
        _draw_curve(curve, part, readings, numeric=numeric)
        _draw_grid(choices, grid, readings)
        handles = [
            Line2D(
                [],
                [],
                marker=marker,
                markerfacecolor=face,
                markeredgecolor=edge,
                linestyle="none",
                markersize=8,
                label=SAID[holds],
            )
            for holds, (marker, face, edge) in MARKS.items()
            if any(reading.holds is holds for reading in readings)
        ]
        figure.legend(
            handles=handles,
            loc="outside lower left",
            ncols=min(2, len(handles)),
            handletextpad=0.2,
            columnspacing=1.0,
            labelcolor=QUIET,
        )
    return Chart(
        name=name,
        figure=figure,
        data=frame(explored),
        title=title,
        takeaway=_takeaway(explored),
        alt=_alt(explored, grid),
        note=_note(part, readings, numeric=numeric),
        credit=credit,
        tables=tables,
    )


def _ends(reading: Reading) -> list[float]:
    return [end for end in (reading.low, reading.high) if end is not None]


def _middle(reading: Reading) -> float | None:
    ends = _ends(reading)
    return math.fsum(ends) / len(ends) if ends else None


def _limits(reading: Reading) -> list[float]:
    return [limit for limit in reading.limits if limit is not None]


def _order(reading: Reading) -> tuple[bool, float, int, str]:
    """Sort by value; without a value those that hold come first and the open ones last."""
    middle = _middle(reading)
    place = {True: 0, False: 1, None: 2}[reading.holds]
    return middle is None, middle or 0.0, place, reading.name


def _used(readings: list[Reading], choice: str, option: str) -> bool:
    return any(reading.choices[choice] == option for reading in readings)


def _draw_curve(ax: Axes, part: Part, readings: list[Reading], *, numeric: bool) -> None:
    ax.grid(visible=numeric, axis="y")
    ax.tick_params(axis="x", length=0)
    limits = sorted({limit for reading in readings for limit in _limits(reading)})
    if numeric and part.scale == "log":
        ax.set_yscale("log")
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    if numeric and part.rule == "within":
        for low, high in {(min(band), max(band)) for band in (_limits(reading) for reading in readings) if band}:
            ax.axhspan(low, high, color="#e8d9ac", alpha=0.5, zorder=0)
    elif numeric and len(limits) <= 3:
        for limit in limits:
            ax.axhline(limit, color=INK, linewidth=1.2, zorder=1)
    for place, reading in enumerate(readings):
        marker, face, edge = MARKS[reading.holds]
        value = _middle(reading) if numeric else 0.0
        if value is None:
            continue
        ends = _ends(reading)
        if numeric and len(set(ends)) == 2:
            ax.vlines(place, min(ends), max(ends), color=edge, linewidth=2, zorder=2)
        elif numeric and len(ends) == 1:
            arrow = "v" if reading.low is None else "^"
            ax.plot([place], [value], arrow, markersize=9, markerfacecolor="none", markeredgecolor=edge, zorder=3)
            continue
        size = 7 if len(readings) <= 40 else 5
        ax.plot(
            [place],
            [value],
            marker,
            markersize=size,
            markerfacecolor=face,
            markeredgecolor=edge,
            markeredgewidth=1.3,
            zorder=3,
        )
    if not numeric:
        ax.set_yticks([])
        ax.set_ylim(-1, 1)
    elif part.scale == "linear":
        low, high = ax.get_ylim()
        ax.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    ax.set_xlim(-0.8, len(readings) - 0.2)
    ax.set_xticks([])


def _draw_grid(ax: Axes, grid: list[tuple[Choice, Option]], readings: list[Reading]) -> None:
    ax.grid(visible=False)
    ax.set_yticks([])
    ax.spines["bottom"].set_visible(False)
    y, last = 0.0, ""
    for choice, option in grid:
        if choice.name != last:
            y -= LINE * 1.25
            ax.text(
                0,
                y,
                choice.asks,
                transform=ax.get_yaxis_transform(),
                va="bottom",
                ha="left",
                color=INK,
                fontweight="semibold",
            )
            last = choice.name
        y -= LINE
        with_it = [
            (place, reading) for place, reading in enumerate(readings) if reading.choices[choice.name] == option.name
        ]
        count, size = held(reading for _, reading in with_it)
        ax.text(
            0,
            y,
            f"{option.name}: {count} of {size}",
            transform=ax.get_yaxis_transform(),
            va="bottom",
            ha="left",
            color=QUIET,
        )
        ax.hlines(y - BAR / 2, -0.8, len(readings) - 0.2, color=RULE, linewidth=0.8)
        for holds, (_, _, colour) in MARKS.items():
            bars = [place for place, reading in with_it if reading.holds is holds]
            height, width = (BAR, WIDE) if holds else (BAR / 2, NARROW)
            _draw_bars(ax, bars, y - BAR / 2, height, min(0.8, width * len(readings)), colour)
        y -= BAR
    ax.set_ylim(y - 0.05, 0)


def _draw_bars(ax: Axes, places: list[int], middle: float, height: float, width: float, colour: str) -> None:
    """Draw upright bars (``height`` in inches) as one dashed line as thick as they are high, which keeps the file small."""
    x = [end for place in places for end in (place - width / 2, place + width / 2, math.nan)]
    y = [middle for _ in x]
    ax.plot(x, y, color=colour, linewidth=height * 72, solid_capstyle="butt")


def _takeaway(explored: Explored) -> str:
    return f"“{explored.part.words}” {summary(explored)}."


def _alt(explored: Explored, grid: list[tuple[Choice, Option]]) -> str:
    part, readings = explored.part, explored.readings
    values = [value for value in map(_middle, readings) if value is not None]
    spread = ""
    if part.scale != "none" and values:
        spread = f" The values run from {min(values):,.4g} to {max(values):,.4g} {part.unit}".rstrip() + "."
    rows = []
    for choice, option in grid:
        count, size = held(reading for reading in readings if reading.choices[choice.name] == option.name)
        rows.append(f"{option.name} {count} of {size}")
    count, size = held(readings)
    return (
        f"{size} readings in a row, sorted by {part.quantity}; the claim holds under {count}.{spread} Below, a grid of bars "
        f"shows the choices behind each reading. How many hold: {'; '.join(rows)}."
    )


def _note(part: Part, readings: list[Reading], *, numeric: bool) -> str:
    limits = [str(limit) for limit in dict.fromkeys(reading.threshold for reading in readings)]
    rule = "" if part.rule == IS else f"{part.rule} "
    needed = f"It holds when the value is {rule}{say_list(limits[:3])} {part.unit}".rstrip() if len(limits) <= 3 else ""
    drawn = (" (the band)" if part.rule == "within" else " (the line)") if numeric and needed else ""
    parts = [
        f"{needed}{drawn}."
        if needed
        else f"Each reading has its own threshold; the value has to be {rule or 'the same as '}it."
    ]
    parts.append(
        "Behind each option stands how many of its readings hold. Readings are not votes and not independent of each other."
    )
    return " ".join(parts)
