"""The chart of Soviet and American Moon vehicles, from the table ``vehicles_compared`` as ``tables.read`` gives it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from lostlead.charts.marks import heading, key, legend, number
from lostlead.charts.style import COLOURS, GROUND, INK, QUIET, Chart, house_style, new_figure, say_list

SOVIET, AMERICAN = "Soviet Union", "United States"
STATE_COLOURS = {SOVIET: COLOURS["USSR/Russia"], AMERICAN: COLOURS["USA"]}
# What counts things is read as a number, the rest with its unit.
COUNTED = {"count": "", "people": ""}
ROOM = 1.36  # the longest bar ends here, so that its figure stands beside it


def pairs(vehicles_compared: pd.DataFrame) -> pd.DataFrame:
    """Return the preferred figures as one row a measure: unit, and vehicle, value and phase of the two states."""
    rows = vehicles_compared[vehicles_compared["preferred"].astype(bool)]
    order = rows["measure"].drop_duplicates()
    sides = {
        side: rows[rows["state"] == state].set_index("measure")[["vehicle", "value", "unit", "phase"]]
        for side, state in (("soviet", SOVIET), ("american", AMERICAN))
    }
    joined = sides["soviet"].join(
        sides["american"].drop(columns="unit"), lsuffix="_soviet", rsuffix="_american", how="inner"
    )
    return joined.loc[[measure for measure in order if measure in joined.index]]


def compare(vehicles_compared: pd.DataFrame) -> Chart:
    """Draw every measure of the two rockets and the two landers as a pair of bars in its own unit."""
    table = pairs(vehicles_compared)
    others = vehicles_compared[~vehicles_compared["preferred"].astype(bool)]
    with house_style():
        figure, axes = new_figure(0.98 * len(table) + 1.35, "Soviet and American Moon vehicles", panels=len(table))
        for ax, (measure, row) in zip(axes, table.iterrows(), strict=True):
            _pair(ax, str(measure), row, others[others["measure"] == measure])
        keys = [
            Patch(facecolor=QUIET, label="flown"),
            Patch(facecolor=GROUND, edgecolor=QUIET, hatch="////", label="design"),
            key("other figures", "|", INK, markersize=13, markeredgewidth=2),
        ]
        legend(figure, keys, 3)
    ahead = [str(m) for m, row in table.iterrows() if row["value_soviet"] > row["value_american"]]
    behind = [str(m) for m, row in table.iterrows() if row["value_soviet"] < row["value_american"]]
    told = "; ".join(
        f"{m}: {row['vehicle_soviet']} {_words(row['value_soviet'], row['unit'])}, "
        f"{row['vehicle_american']} {_words(row['value_american'], row['unit'])}"
        for m, row in table.iterrows()
    )
    drawn = vehicles_compared[vehicles_compared["measure"].isin(table.index)].reset_index(drop=True)
    whole = [int(value) if float(value).is_integer() else value for value in drawn["value"]]
    drawn = drawn.assign(
        value=pd.Series(whole, dtype=object), drawn_as=drawn["preferred"].map({True: "bar", False: "tick"}).astype(str)
    )
    return Chart(
        name="vehicles-compared",
        figure=figure,
        data=drawn[["measure", "vehicle", "state", "value", "unit", "phase", "drawn_as", "sources"]],
        title="Soviet and American Moon vehicles compared",
        takeaway=(
            f"The Soviet vehicle has the larger figure for {say_list(ahead) if ahead else 'no measure'}, and the smaller one for "
            f"{say_list(behind) if behind else 'none'}."
        ),
        alt=(
            f"{len(table)} pairs of horizontal bars, each pair on a scale of its own. {told}. Hatched as designs: "
            f"{'; '.join(_designs(table))}."
        ),
        note=(
            "Each pair has its own scale and unit. Solid bars were shown in flight, hatched ones are designs or calculations. "
            "The ticks are other published figures for the same thing. A larger mass of the lander is in itself neither better "
            "nor worse."
        ),
        credit="Sources: GCAT (Jonathan McDowell, CC BY), the National Air and Space Museum and the works named in the table",
        tables=("vehicles_compared",),
    )


def _pair(ax: Axes, measure: str, row: pd.Series, others: pd.DataFrame) -> None:
    top = max(row["value_soviet"], row["value_american"], others["value"].max() if len(others) else 0)
    for place, (side, state) in enumerate((("soviet", SOVIET), ("american", AMERICAN))):
        value, colour = row[f"value_{side}"], STATE_COLOURS[state]
        design = row[f"phase_{side}"] == "design"
        ax.barh(
            place, value, height=0.72, color=GROUND if design else colour, edgecolor=colour, hatch="////" if design else None,
            linewidth=1.4,
        )  # fmt: skip
        published = others.loc[others["state"] == state, "value"]
        ax.plot(published, [place] * len(published), "|", color=GROUND, markersize=21, markeredgewidth=5)
        ax.plot(published, [place] * len(published), "|", color=INK, markersize=21, markeredgewidth=1.8)
        end = max([value, *published])
        number(ax, end, place, _words(value, row["unit"]), colour, xytext=(7, 0), ha="left", va="center")
    heading(ax, measure[0].upper() + measure[1:])
    ax.set_yticks([0, 1], [row["vehicle_soviet"], row["vehicle_american"]])
    for label, state in zip(ax.get_yticklabels(), (SOVIET, AMERICAN), strict=True):
        label.set_color(STATE_COLOURS[state])
    ax.invert_yaxis()
    ax.set_xlim(0, top * ROOM)
    ax.set_xticks([])
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    ax.axvline(0, color=QUIET, linewidth=1)


def _designs(table: pd.DataFrame) -> list[str]:
    return [
        f"{row[f'vehicle_{side}']} {measure}"
        for measure, row in table.iterrows()
        for side in ("soviet", "american")
        if row[f"phase_{side}"] == "design"
    ]


def _words(value: float, unit: str) -> str:
    number = f"{value:,.10g}"
    return number if unit in COUNTED else f"{number} {unit}"
