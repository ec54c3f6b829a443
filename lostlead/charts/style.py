"""How every chart looks: one colour a country, one marker for the article, the same type, the same bytes.

Solid lines are actual figures, dotted ones planned, proposed or estimated. Gaps stay gaps. The drawing is narrow and
its type large, so that it can be read at the width of a phone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

WIDTH = 4.3  # inches; at 310 px on a phone a point is then about one pixel
TEXT = 13.5  # points: no letter of a figure is smaller, so that it is at least as large as the caption
INK = "#1f2328"
QUIET = "#5c6570"
RULE = "#d5d9de"
GROUND = "#ffffff"
# Told apart by colour-blind readers (hue) and in grey (lightness); labels stand at the lines as well.
COLOURS = {
    "USSR/Russia": "#d2452a",
    "USA": "#123a6b",
    "China": "#d89a00",
    "Europe": "#245c3d",
    "Other": "#8d959e",
}
KEEPS, LOST, UNDECIDED = "#d2452a", "#33506b", "#9aa2ab"
# Colours too light for letters, and what letters beside them have: at least 4.5 to 1 against the ground.
DARKER = {COLOURS["China"]: "#8a6100", COLOURS["Other"]: QUIET, UNDECIDED: QUIET}
ARTICLE: dict[str, Any] = {
    "marker": "D",
    "markerfacecolor": "none",
    "markeredgecolor": INK,
    "markersize": 10,
    "markeredgewidth": 1.8,
}
FONT_FILES = ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf", "SourceSansPro-It.ttf")


@dataclass(frozen=True)
class Chart:
    """A drawn figure with all that has to go with it.

    ``data`` is what is drawn, tidy, a row a mark; ``takeaway`` is the first sentence of the caption; ``alt`` tells
    what the chart shows, key figures included; ``note`` has definitions, units and gaps; ``credit`` names the
    sources in words; ``tables`` are the tables it was drawn from.
    """

    name: str
    figure: Figure
    data: pd.DataFrame
    title: str
    takeaway: str
    alt: str
    note: str
    credit: str
    tables: tuple[str, ...]


def _add_fonts() -> str:
    folder = files("font_source_sans_pro") / "files"
    for name in FONT_FILES:
        with as_file(folder / name) as path:
            # matplotlib would only warn, and draw with another font.
            if not path.is_file():
                raise FileNotFoundError(f"the font file {name} is missing. Remedy: run 'make setup' again")
            font_manager.fontManager.addfont(str(path))
    return "Source Sans Pro"


RC: Any = {
    "font.family": _add_fonts(),
    "font.size": TEXT,
    "axes.edgecolor": RULE,
    "axes.labelcolor": QUIET,
    "axes.titlesize": TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "ytick.major.size": 0,
    "xtick.major.size": 4,
    "text.color": INK,
    "figure.facecolor": GROUND,
    "savefig.facecolor": GROUND,
    "legend.frameon": False,
    "legend.fontsize": TEXT,
    "legend.handlelength": 0.9,
    "legend.handletextpad": 0.5,
    "legend.columnspacing": 1.0,
    "legend.labelspacing": 0.25,
    "legend.borderaxespad": 0.3,
    "lines.linewidth": 2.2,
    "hatch.linewidth": 1.0,
    # The same bytes on every machine: fixed ids in the SVG, letters drawn as outlines.
    "svg.hashsalt": "lostlead",
    "svg.fonttype": "path",
    "path.simplify": True,
    "axes.unicode_minus": True,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw everything inside with the style of the house, whatever the reader's own matplotlib settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        yield


def new_figure(height: float, title: str, *, panels: int = 1, **options: Any) -> tuple[Figure, list[Axes]]:
    """Return a figure of the house width with ``panels`` axes below each other and its title at the top left."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(panels, 1, squeeze=False, **options)[:, 0]
    figure.suptitle(
        "\n".join(balanced(title, 40)), x=0.01, ha="left", fontsize=TEXT + 1.5, fontweight="semibold", color=INK
    )
    return figure, list(axes)


def balanced(text: str, letters: int) -> list[str]:
    """Return a text in as few lines of at most ``letters`` as it needs, all about as long: no word is left alone."""
    lines = textwrap.wrap(text, letters)
    for width in range(letters - 1, 0, -1):
        closer = textwrap.wrap(text, width)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines


def readable(colour: str) -> str:
    """Return the colour of letters that belong to a mark of ``colour``."""
    return DARKER.get(colour, colour)


def label_end(ax: Axes, x: float, y: float, text: str, colour: str, **options: Any) -> None:
    """Write the name of a line beside its end, in its colour."""
    settings: dict[str, Any] = {"va": "center", "ha": "left", "xytext": (6, 0)} | options
    ax.annotate(text, (x, y), textcoords="offset points", color=readable(colour), fontweight="semibold", **settings)


def say_list(names: list[str]) -> str:
    """Return names as running text: ``a``, ``a and b``, ``a, b and c``."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def runs(years: Iterable[int]) -> list[list[int]]:
    """Return years in order, cut wherever one is missing: ``[1990, 1991, 1993]`` gives ``[[1990, 1991], [1993]]``."""
    found: list[list[int]] = []
    for year in sorted(years):
        if found and year == found[-1][-1] + 1:
            found[-1].append(year)
        else:
            found.append([year])
    return found


def say_years(years: list[int]) -> str:
    """Return years as running text, runs of three or more as ``1967-1991``: ``1957, 1967-1991 and 2003``."""
    parts: list[str] = []
    for run in runs(years):
        parts += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(year) for year in run]
    return say_list(parts) if parts else "no year"
