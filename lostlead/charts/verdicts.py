"""All verdicts in one figure: a tile a claim, a row a paragraph of the article."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from lostlead.charts.style import GROUND, INK, QUIET, Chart, house_style, new_figure
from lostlead.verdicts import Verdict

# Told apart by sign, by lightness and by hue; the sign stands on the tile.
TILES = {
    Verdict.SUPPORTED: ("✔", "#1d6f42", GROUND),
    Verdict.PARTLY: ("◐", "#f0c56a", INK),
    Verdict.CONTRADICTED: ("✘", "#8f1d14", GROUND),
    Verdict.UNPROVEN: ("?", "#d5d9de", INK),
    Verdict.OPINION: ("○", GROUND, INK),
}
SIGN_FONT = "DejaVu Sans"  # Source Sans has no such signs; this font comes with matplotlib


def overview(claims: pd.DataFrame, verdicts: pd.DataFrame) -> Chart:
    """Draw the verdict on every checked claim as a tile, in the order of the article, a row a paragraph."""
    table = claims.merge(verdicts, on="claim").copy()
    table["order"] = [float(place.split("-")[0].split(".")[1]) for place in table["place"]]
    table = table.sort_values(["paragraph", "order", "claim"])
    table["column"] = table.groupby("paragraph").cumcount()
    paragraphs = sorted(int(p) for p in table["paragraph"].unique())
    width = int(table["column"].max()) + 1
    counts = table["verdict"].value_counts()
    named = [verdict for verdict in Verdict if verdict in counts.index]
    with house_style():
        figure, [ax] = new_figure(
            1.9 + 0.62 * len(paragraphs) + 0.2 * len(named), "The verdicts, paragraph by paragraph"
        )
        for row in table.itertuples():
            sign, colour, ink = TILES[Verdict(row.verdict)]
            y = -paragraphs.index(int(row.paragraph))
            ax.add_patch(Rectangle((row.column, y), 0.92, 0.86, facecolor=colour, edgecolor=QUIET, linewidth=0.8))
            ax.text(
                row.column + 0.46,
                y + 0.6,
                sign,
                ha="center",
                va="center",
                color=ink,
                fontfamily=SIGN_FONT,
            )
            ax.text(row.column + 0.46, y + 0.22, row.claim, ha="center", va="center", color=ink)
        for at, paragraph in enumerate(paragraphs):
            ax.text(-0.15, -at + 0.43, f"{paragraph}", ha="right", va="center", color=QUIET)
        for at, verdict in enumerate(named):
            sign, colour, ink = TILES[verdict]
            low = -len(paragraphs) - 0.35 - at * 0.62
            ax.add_patch(Rectangle((0, low), 0.6, 0.5, facecolor=colour, edgecolor=QUIET, linewidth=0.8))
            ax.text(0.3, low + 0.25, sign, ha="center", va="center", color=ink, fontfamily=SIGN_FONT)
            ax.text(0.8, low + 0.25, f"{verdict}: {counts[verdict]}", ha="left", va="center")
        ax.set_xlim(-0.6, width)
        ax.set_ylim(-len(paragraphs) - 0.4 - len(named) * 0.62, 1)
        ax.set_axis_off()
    said = "; ".join(f"{v}: {', '.join(table.loc[table['verdict'] == v, 'claim'])}" for v in named)
    return Chart(
        name="verdicts-overview",
        figure=figure,
        data=table[["claim", "paragraph", "place", "verdict", "confidence", "wrong_about"]],
        title="The verdicts on all claims",
        takeaway=(
            f"Of {len(table)} claims, {counts.get('Supported', 0)} are supported by the evidence, "
            f"{counts.get('Partly supported', 0)} partly, and {counts.get('Contradicted', 0)} are contradicted."
        ),
        alt=f"Rows of tiles, one a claim, one row for each paragraph of the article. {said}.",
        note="A row is a paragraph of the article; claims differ in weight, so the counts are no score.",
        credit="Source: the verdict records of this book",
        tables=("claims", "verdicts"),
    )
