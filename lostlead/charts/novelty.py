"""Charts of what was new: first flights of Russian systems after the Soviet Union.

The table is ``new_systems``, a row a system: its kind, the day of its first flight, how new it was, how it fared.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.lines import Line2D

from lostlead.charts.style import ARTICLE, COLOURS, GROUND, INK, QUIET, RULE, Chart, house_style, new_figure, say_list

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
# Marker, face and edge by novelty: told apart by shape first, so that it reads in grey as well.
RED, PALE = COLOURS["USSR/Russia"], "#f1c1b6"
MARKS = {
    NEW_DESIGN: ("o", RED, RED),
    "new version": ("o", GROUND, INK),
    "conversion": ("^", GROUND, INK),
    "restart of a Soviet design": ("s", GROUND, INK),
}
SIZE = 6.6  # of a mark, in points
# What is named beside its mark: start of the name in the table, words, where they stand.
NAMED = (("Angara family", "Angara", (2, 7), "left"), ("Vostochny", "Vostochny", (7, -4), "left"))
STEP = 1.0  # height of one mark in a pile
HEAD = 1.9  # room above a row for its name


def first_flights(new_systems: pd.DataFrame) -> Chart:
    """Draw every new system at the year of its first flight, a row a kind, the marker by novelty, failures crossed."""
    drawn = _placed(new_systems)
    first, last = int(drawn["year"].min()), int(drawn["year"].max())
    counts = drawn["novelty"].value_counts().reindex(list(MARKS), fill_value=0)
    failed = drawn[drawn["outcome"] == "failure"]
    read = int(((drawn["novelty"] == NEW_DESIGN) & (drawn["novelty_checked"] == "read")).sum())
    with house_style():
        top = float(drawn["height"].max()) + HEAD + 1.6
        figure, [ax] = new_figure(1.9 + top * 0.165, "First flights of Russian systems after the Soviet Union")
        for name, group in drawn.groupby("row", sort=False):
            base = float(group["base"].iloc[0])
            if base > 0:
                ax.axhline(base - 0.75, color=RULE, linewidth=0.8)
            pile = float(group["height"].max())
            ax.text(first - 3.6, pile + 0.75, f"{name}: {len(group)}", va="bottom", color=QUIET, fontweight="semibold")
        for novelty, (marker, face, edge) in MARKS.items():
            rows = drawn[drawn["novelty"] == novelty]
            pale = (rows["novelty_checked"] == "judged") & (novelty == NEW_DESIGN)
            for some, fill in ((rows[~pale], face), (rows[pale], PALE)):
                ax.plot(
                    some["year"], some["height"], marker, markersize=SIZE, markerfacecolor=fill, markeredgecolor=edge,
                    markeredgewidth=1.5,
                )  # fmt: skip
        ax.plot(failed["year"], failed["height"], "x", color=INK, markersize=SIZE + 3, markeredgewidth=1.5)
        for system, name, shift, side in NAMED:
            for point in drawn[drawn["system"].str.startswith(system)].head(1).itertuples():
                ax.annotate(
                    name, (point.year, point.height), textcoords="offset points", xytext=shift, ha=side, color=RED,
                    fontweight="semibold",
                )  # fmt: skip
        ax.plot([first - 2.4], [top - 0.4], linestyle="none", **ARTICLE)
        ax.text(first - 0.8, top - 0.4, "article: nothing after 1991", va="center", ha="left", fontweight="semibold")
        ax.set_xlim(first - 4, last + 1)
        ax.set_ylim(-1.2, top + 0.6)
        ax.set_yticks([])
        ax.grid(False)
        ax.set_xticks([1995, 2005, 2015, 2025])
        figure.legend(
            handles=_keys(counts, read), loc="outside lower left", ncols=1, handlelength=1.0, labelspacing=0.3
        )
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
    parts = []
    base = 0.0
    for name, kinds in reversed(ROWS.items()):
        rows = new_systems[new_systems["kind"].isin(kinds)].copy()
        if rows.empty:
            continue
        rows["row"], rows["base"] = name, base
        rows["year"] = rows["first_flight"].str[:4].astype(int)
        order = rows["novelty"].map({novelty: place for place, novelty in enumerate(MARKS)})
        rows = rows.assign(order=order).sort_values(["year", "order", "first_flight", "system"])
        rows["height"] = base + rows.groupby("year").cumcount() * STEP
        base = float(rows["height"].max()) + HEAD + 1.3
        parts.append(rows)
    return pd.concat(parts[::-1])


def _keys(counts: pd.Series, read: int) -> list[Line2D]:
    """Return the key: a mark for each class, wholly new ones by who calls them so, and the cross."""
    called = [(f"{NEW_DESIGN}, as a source says: {read}", *MARKS[NEW_DESIGN])]
    called += [(f"{NEW_DESIGN}, as we judge: {counts[NEW_DESIGN] - read}", "o", PALE, RED)]
    called += [(f"{novelty}: {counts[novelty]}", *mark) for novelty, mark in MARKS.items() if novelty != NEW_DESIGN]
    called += [("failed", "x", INK, INK)]
    return [
        Line2D(
            [], [], linestyle="none", marker=marker, markersize=SIZE + 1, markerfacecolor=face, markeredgecolor=edge,
            markeredgewidth=1.5, label=label,
        )
        for label, marker, face, edge in called
    ]  # fmt: skip


def _tally(counts: pd.Series) -> str:
    return say_list([f"{number} {novelty}" for novelty, number in counts.items()])
