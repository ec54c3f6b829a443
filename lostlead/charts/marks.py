"""What several charts draw in the same way: marks and their keys, headings, numbers beside marks, rows without axes.

Filled marks are firm figures, hollow ones the others; what that means, each chart says in its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lostlead.charts.style import GROUND, QUIET, readable

SIZE, EDGE = 7.0, 1.7  # of a mark and of its outline, in points
BELOW: Any = {"xytext": (0, -8), "va": "top"}  # for a number that stands below its mark
WHITE: Any = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.8}  # behind words that cross a line


def mark(ax: Axes, x: Any, y: Any, marker: str, colour: str, *, firm: bool = True, **options: Any) -> None:
    """Draw marks at ``x``, ``y`` (numbers or columns), joined by no line; hollow where they are not ``firm``."""
    ax.plot(x, y, **(_look(marker, colour, firm) | {"zorder": 3} | options))


def key(label: str, marker: str, colour: str, *, firm: bool = True, **options: Any) -> Line2D:
    """Return the entry of a key for what ``mark`` draws with the same marker, colour and options."""
    return Line2D([], [], label=label, **(_look(marker, colour, firm) | options))


def _look(marker: str, colour: str, firm: bool) -> dict[str, Any]:
    return {
        "linestyle": "none", "marker": marker, "markersize": SIZE, "markeredgewidth": EDGE, "color": colour,
        "markeredgecolor": colour, "markerfacecolor": colour if firm else GROUND,
    }  # fmt: skip


def legend(figure: Figure, handles: Iterable[Any], columns: int, **options: Any) -> None:
    """Write the key below the panels of a figure, at the left."""
    figure.legend(handles=list(handles), loc="outside lower left", ncols=columns, **options)


def heading(ax: Axes, text: str, colour: str = QUIET, **options: Any) -> None:
    """Write the heading of a panel above it, at the left; in another colour than grey it is semibold."""
    settings: dict[str, Any] = {"loc": "left", "pad": 4} | options
    ax.set_title(text, color=readable(colour), fontweight="normal" if colour == QUIET else "semibold", **settings)


def number(ax: Axes, x: float, y: float, text: str, colour: str, **options: Any) -> None:
    """Write a number by its mark, above it when nothing else is asked for."""
    settings: dict[str, Any] = {"xytext": (0, 7), "ha": "center", "va": "bottom", "fontweight": "semibold"} | options
    ax.annotate(text, (x, y), textcoords="offset points", color=readable(colour), **settings)


def bare(ax: Axes, *, years: bool = False) -> None:
    """Take the grid and the axes away where the marks carry their own numbers; ``years`` leaves those below."""
    ax.set_yticks([])
    ax.grid(visible=False)
    if not years:
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)


def lanes(starts: Sequence[float], ends: Sequence[float], apart: float) -> list[int]:
    """Return for spans in rising order of their start the lowest lane in which each stands ``apart`` from the one before.

    A span that starts where it ends is a single mark.
    """
    last: list[float] = []
    found: list[int] = []
    for start, end in zip(starts, ends, strict=True):
        lane = next((lane for lane, before in enumerate(last) if start - before >= apart), len(last))
        last[lane : lane + 1] = [end]
        found.append(lane)
    return found


def piled(rows: pd.DataFrame, by: list[str]) -> pd.Series:
    """Return how many rows with the same values of ``by`` come before each row: its place in their pile, from 0."""
    return rows.groupby(by, sort=False).cumcount()


def stacked(rows: pd.DataFrame, by: str, room: float) -> pd.DataFrame:
    """Return rows with ``y``, groups below each other in their order, each with ``room`` above it for its name.

    ``lane`` is the place of a row in its group, from 0 at the bottom; ``top`` is the height of the group's highest lane.
    """
    parts = []
    y = 0.0
    for _, group in rows.groupby(by, sort=False):
        top = y - room
        base = top - float(group["lane"].max())
        parts.append(group.assign(y=base + group["lane"], top=top))
        y = base
    return pd.concat(parts)
