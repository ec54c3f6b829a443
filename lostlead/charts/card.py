"""The card that a shared link shows: the question of the book and the verdicts on all claims as tiles."""

from __future__ import annotations

import io

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lostlead.charts.style import INK, QUIET, house_style
from lostlead.charts.verdicts import SIGN_FONT, TILES
from lostlead.verdicts import Verdict

SIZE = (1200, 630)  # pixels, the shape that those who show such cards ask for


def social_card(claims: pd.DataFrame, verdicts: pd.DataFrame) -> bytes:
    """Return the card as a PNG of 1200 × 630 pixels, the same to the byte each time.

    ``claims`` and ``verdicts`` are the tables of these names; claims without a verdict are left out.
    """
    table = claims.merge(verdicts, on="claim").sort_values("claim")
    counts = table["verdict"].value_counts()
    buffer = io.BytesIO()
    with house_style():
        figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100)
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_xlim(0, SIZE[0])
        ax.set_ylim(SIZE[1], 0)
        ax.set_axis_off()
        ax.text(60, 110, "Lost Lead", fontsize=62, fontweight="semibold", color=INK, va="center")
        ax.text(
            62, 200, "Did Russia lose its lead in space, and if so, when and why?", fontsize=28, color=INK, va="center"
        )
        ax.text(
            62, 252, f"One article, {len(table)} claims, each checked by code.", fontsize=24, color=QUIET, va="center"
        )
        columns = max(13, -(-len(table) // 2))  # two rows at most
        step = 1079 / columns
        for at, row in enumerate(table.itertuples()):
            sign, colour, ink = TILES[Verdict(row.verdict)]
            x, y = 62 + at % columns * step, 300 + at // columns * 96
            ax.add_patch(Rectangle((x, y), step - 8, 86, facecolor=colour, edgecolor=QUIET, linewidth=1))
            middle = x + (step - 8) / 2
            ax.text(middle, y + 33, sign, fontsize=26, fontfamily=SIGN_FONT, color=ink, ha="center", va="center")
            ax.text(middle, y + 68, row.claim, fontsize=16, color=ink, ha="center", va="center")
        shown = [f"{counts[verdict]} {verdict.lower()}" for verdict in Verdict if verdict in counts.index]
        ax.text(62, 560, ", ".join(shown), fontsize=21, color=INK, va="center")
        figure.savefig(buffer, format="png", dpi=100, metadata={"Software": None})
    return buffer.getvalue()
