"""Charts of what was new: first flights of Russian systems after the Soviet Union.

The table is ``new_systems``, a row a system: its kind, the day of its first flight, how new it was, how it fared.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.lines import Line2D

from lostlead.charts.marks import SIZE, bare, key, legend, mark, piled, stacked
from lostlead.charts.style import ARTICLE, COLOURS, INK, QUIET, RULE, Chart, house_style, new_figure, say_list

NEW_DESIGN = "new design"
# The rows of the chart, top to bottom: kinds of the table and the words for them.
ROWS = {
    "rockets": ("launcher family", "launcher version"),
    "upper stages": ("upper stage",),
    "rocket engines": ("engine",),
    "ships for crews": ("crewed ship",),
    "station modules": ("module",),
    "probes to the Moon and planets": ("planetary probe",),
    "satellites and cargo ships": ("spacecraft",),
    "launch sites": ("site",),
}
# Marker, colour and whether it is filled, by novelty: told apart by shape first, so that it reads in grey as well.
RED, PALE = COLOURS["USSR/Russia"], "#f1c1b6"
MARKS = {
    NEW_DESIGN: ("o", RED, True),
    "new version": ("o", INK, False),
    "conversion": ("^", INK, False),
    "restart of a Soviet design": ("s", INK, False),
}
# What is named beside its mark: start of the name in the table, words, where they stand.
NAMED = (("Angara family", "Angara", (2, 7), "left"), ("Vostochny", "Vostochny", (7, -4), "left"))
HEAD = 3.2  # room above a row for its name, in marks


def first_flights(new_systems: pd.DataFrame) -> Chart:
    """Draw every new system at the year of its first flight, a row a kind, the marker by novelty, failures crossed."""
    drawn = _placed(new_systems)
    first, last = int(drawn["year"].min()), int(drawn["year"].max())
    counts = drawn["novelty"].value_counts().reindex(list(MARKS), fill_value=0)
    failed = drawn[drawn["outcome"] == "failure"]
    read = int(((drawn["novelty"] == NEW_DESIGN) & (drawn["novelty_checked"] == "read")).sum())
    with house_style():
        depth = -float(drawn["y"].min()) + 1.2
        figure, [ax] = new_figure(2.3 + depth * 0.165, "First flights of Russian systems after the Soviet Union")
        for name, group in drawn.groupby("row", sort=False):
            ax.text(first - 3.6, group["top"].iloc[0] + 0.75, f"{name}: {len(group)}", va="bottom", color=QUIET,
                    fontweight="semibold")  # fmt: skip
            if group["y"].min() > drawn["y"].min():
                ax.axhline(group["y"].min() - 0.75, color=RULE, linewidth=0.8)
        for novelty, (marker, colour, firm) in MARKS.items():
            rows = drawn[drawn["novelty"] == novelty]
            pale = (rows["novelty_checked"] == "judged") & firm
            mark(ax, rows.loc[~pale, "year"], rows.loc[~pale, "y"], marker, colour, firm=firm)
            mark(ax, rows.loc[pale, "year"], rows.loc[pale, "y"], marker, colour, markerfacecolor=PALE)
        mark(ax, failed["year"], failed["y"], "x", INK, markersize=SIZE + 3)
        for system, name, shift, side in NAMED:
            for point in drawn[drawn["system"].str.startswith(system)].head(1).itertuples():
                ax.annotate(
                    name, (point.year, point.y), textcoords="offset points", xytext=shift, ha=side, color=RED,
                    fontweight="semibold",
                )  # fmt: skip
        ax.plot([first - 2.4], [0.9], linestyle="none", **ARTICLE)
        ax.text(first - 0.8, 0.9, "article: nothing after 1991", va="center", ha="left", fontweight="semibold")
        ax.set_xlim(first - 4, last + 1)
        ax.set_ylim(-depth, 1.9)
        bare(ax, years=True)
        ax.set_xticks([1995, 2005, 2015, 2025])
        legend(figure, _keys(counts, read), 1)
    per_row = drawn.groupby("row", sort=False)
    whole = [f"{name} {int((g['novelty'] == NEW_DESIGN).sum())} of {len(g)}" for name, g in per_row]
    without = [str(name) for name, g in per_row if not (g["novelty"] == NEW_DESIGN).any()]
    none = f"; none among {say_list(without)}" if without else ""
    columns = ["system", "kind", "year", "first_flight", "novelty", "novelty_checked", "outcome", "sources"]
    return Chart(
        name="new-systems-after-1991",
        figure=figure,
        data=drawn[columns].sort_values(["first_flight", "system"]).reset_index(drop=True),
        title="First flights of Russian space systems after 1991, by kind and novelty",
        takeaway=(
            f"Of {len(drawn)} systems that first flew from {first} to {last}, {counts[NEW_DESIGN]} are classed as wholly "
            f"new designs{none}; {len(failed)} failed."
        ),
        alt=(
            f"Timeline of {len(drawn)} Russian space systems by year of first flight, {first} to {last}, a row a kind. "
            f"Novelty: {_tally(counts)}. Wholly new designs by kind: {'; '.join(whole)}. Crossed as failures: "
            f"{say_list(failed.sort_values('first_flight')['system'].tolist())}. The article's claim, nothing new after "
            "1991, is a hollow diamond above the rows."
        ),
        note=(
            f"Filled: wholly new designs; {read} of these are called new by a source (full colour), the rest were classed "
            "by this project (pale). A cross: it failed, or no launch of the type reached orbit. Rockets are complete, with "
            "those that have Ukrainian stages; the rest is a chosen list of types, so that the numbers of different rows "
            "cannot be compared."
        ),
        credit="Sources: GCAT (Jonathan McDowell, CC BY) and the works named in the table",
        tables=("new_systems",),
    )


def _placed(new_systems: pd.DataFrame) -> pd.DataFrame:
    """Return the systems with year, row and height: marks of one row and year are piled on each other."""
    row_of = {kind: name for name, kinds in ROWS.items() for kind in kinds}
    rows = new_systems[new_systems["kind"].isin(row_of)].copy()
    rows["row"] = pd.Categorical(rows["kind"].map(row_of), list(ROWS))
    rows["year"] = rows["first_flight"].str[:4].astype(int)
    rows["order"] = rows["novelty"].map({novelty: place for place, novelty in enumerate(MARKS)})
    rows = rows.sort_values(["row", "year", "order", "first_flight", "system"]).astype({"row": str})
    return stacked(rows.assign(lane=piled(rows, ["row", "year"])), "row", room=HEAD)


def _keys(counts: pd.Series, read: int) -> list[Line2D]:
    """Return the key: a mark for each class, wholly new ones by who calls them so, and the cross."""
    marker, colour, _ = MARKS[NEW_DESIGN]
    return [
        key(f"{NEW_DESIGN}, as a source says: {read}", marker, colour),
        key(f"{NEW_DESIGN}, as we judge: {counts[NEW_DESIGN] - read}", marker, colour, markerfacecolor=PALE),
        *(key(f"{novelty}: {counts[novelty]}", m, c, firm=firm) for novelty, (m, c, firm) in MARKS.items() if not firm),
        key("failed", "x", INK, markersize=SIZE + 1),
    ]


def _tally(counts: pd.Series) -> str:
    return say_list([f"{number} {novelty}" for novelty, number in counts.items()])
