"""A chart of rows of text: each row says in full what it counts, its mark or range stands on a common scale below it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from lostlead.charts.marks import EDGE, SIZE, WHITE
from lostlead.charts.style import COLOURS, GROUND, QUIET

# Inches that a line of text takes in a chart of rows.
LINE = 0.225
LETTERS = 46  # in such a line
LETTER = 0.028  # of the width of the figure that a letter of a value takes


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
    colour: str = COLOURS["USSR/Russia"]
    beside: float = math.nan  # a second figure to compare with, drawn as a grey bar


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    head: str
    strips: tuple[Strip, ...]


def height_of(groups: Sequence[Group]) -> float:
    """Return how many lines of text a chart of rows takes."""
    return math.fsum(
        (1.5 if group.head else 0) + math.fsum(len(textwrap.wrap(strip.text, LETTERS)) + 1.45 for strip in group.strips)
        for group in groups
    )


def draw_groups(ax: Axes, groups: Sequence[Group], left: float, right: float, *, log: bool = False) -> None:
    """Draw groups of rows from top to bottom: heading, text of each row, and its mark on a common scale below it."""
    if log:
        ax.set_xscale("log")
    ax.set_xlim(left, right)

    def share(x: float) -> float:
        return math.log(x / left) / math.log(right / left) if log else (x - left) / (right - left)

    top = 0.0
    for group in groups:
        if group.head:
            ax.text(left, top + 0.75, group.head, va="center", fontweight="semibold", bbox=WHITE, zorder=5)
            top += 1.5
        for strip in group.strips:
            for text in textwrap.wrap(strip.text, LETTERS):
                ax.text(left, top + 0.5, text, va="center", bbox=WHITE, zorder=5)
                top += 1
            y = top + 0.5
            style: dict[str, Any] = {
                "color": strip.colour, "marker": strip.marker, "markersize": SIZE, "markeredgewidth": EDGE,
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
            on_left = strip.beside > max(ends) or share(max(ends)) + 0.04 + LETTER * len(strip.value) > 0.98
            gap = 30 if (open_up and not on_left) or (open_down and on_left) else 9
            ax.annotate(
                strip.value, (min(ends) if on_left else max(ends), y), textcoords="offset points",
                xytext=(-gap if on_left else gap, 0), ha="right" if on_left else "left", va="center", color=strip.colour,
                fontweight="semibold", zorder=6, bbox=WHITE,
            )  # fmt: skip
            top += 1.45
    ax.set_ylim(top, -0.1)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.grid(visible=True, axis="x")
    ax.minorticks_off()


def say_bounds(low: float, high: float, words: str = "{:,.0f}") -> str:
    """Return a figure with what is known of its ends: ``15,000``, ``10,000 to 30,000``, ``more than …``, ``up to "
    "…``.
    """
    if math.isnan(high):
        return f"more than {words.format(low)}"
    if math.isnan(low):
        return f"up to {words.format(high)}"
    return words.format(low) if low == high else f"{words.format(low)} to {words.format(high)}"
