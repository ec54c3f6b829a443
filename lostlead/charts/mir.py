"""The chart of the end of Mir. The table is ``mir_timeline`` (a row an event), as ``tables.read`` gives it."""

from __future__ import annotations

import textwrap
from datetime import date
from math import fsum

import pandas as pd
from matplotlib.patches import Rectangle

from lostlead.charts.style import (
    ARTICLE,
    COLOURS,
    GROUND,
    INK,
    LOST,
    QUIET,
    RULE,
    WIDTH,
    Chart,
    house_style,
    new_figure,
)
from lostlead.evidence import Period

# Each kind of event by shape and colour: name in the key, marker, colour, size.
KINDS = {
    "decision": ("decision", "s", INK, 8.0),
    "flight": ("flight", "o", COLOURS["USSR/Russia"], 9.0),
    "money": ("money", "^", COLOURS["China"], 10.0),
    "end": ("end of Mir", "X", INK, 12.0),
}
CREWS = {"Mir": ("crew of Mir", COLOURS["USSR/Russia"]), "ISS": ("crew of the ISS", LOST)}
# All in inches: the places of the columns, the height of a line of text and the air between two labels.
YEARS_AT, BAR_AT, BAR_WIDE, MARK_AT, TEXT_AT = 0.0, 0.48, 0.25, 1.0, 1.17
LINE, AIR, WRAP = 0.205, 0.10, 34


def _spread(wanted: list[float], heights: list[float]) -> list[float]:
    """Return places for labels of given heights as near as their order allows to the wanted ones, none overlapping."""
    places: list[float] = []
    floor = 0.0
    for want, height in zip(wanted, heights, strict=True):
        places.append(max(want, floor + height / 2))
        floor = places[-1] + height / 2
    ceiling = wanted[-1] + heights[-1]
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], ceiling - heights[index] / 2)
        ceiling = places[index] - heights[index] / 2
    return places


def _day(text: str) -> date:
    return Period.parse(text).earliest


def crew_spells(mir_timeline: pd.DataFrame) -> pd.DataFrame:
    """Return the times in which a resident crew of one station was in flight: ``station``, ``first``, ``last``.

    The last spell ends with the table. A day on which nobody of either station was in flight is in no spell.
    """
    changes = mir_timeline[mir_timeline["crew"].notna()].sort_values("date")
    ends = [*changes["date"].iloc[1:], mir_timeline["date"].max()]
    spells = pd.DataFrame({"station": changes["crew"].to_list(), "first": changes["date"].to_list(), "last": ends})
    return spells[spells["station"] != "none"].reset_index(drop=True)


def timeline(mir_timeline: pd.DataFrame, *, article_year: int = 1999) -> Chart:
    """Draw the end of Mir from top to bottom: decisions, money, flights and the fall, beside who had a crew in flight.

    ``article_year`` is the year in which the article has Mir sunk; it stands as the hollow diamond at mid-year.
    """
    rows = mir_timeline.sort_values("date")
    labelled = rows[rows["label"].notna()]
    events = [(_day(row.date), row.kind, f"{_day(row.date):%b %Y}: {row.label}") for row in labelled.itertuples()]
    events.append((date(article_year, 7, 1), "article", f"The article: Mir is sunk in {article_year}"))
    events.sort(key=lambda event: event[0])
    texts = [textwrap.wrap(text, WRAP) for _, _, text in events]
    heights = [LINE * len(lines) + AIR for lines in texts]
    start, stop = _day(rows["date"].iloc[0]), _day(rows["date"].iloc[-1])
    length = fsum(heights) + 0.35

    def place(day: date) -> float:
        return (day - start).days / (stop - start).days * length

    spells = crew_spells(rows)
    labels_at = _spread([place(day) for day, _, _ in events], heights)
    with house_style():
        figure, [ax] = new_figure(length + 1.2, "The end of Mir: what was decided, paid and flown")
        for year in range(start.year, stop.year + 1):
            top, bottom = place(max(start, date(year, 1, 1))), place(min(stop, date(year, 12, 31)))
            if year % 2 == 0:
                ax.add_patch(Rectangle((0, top), 0.92, bottom - top, facecolor=RULE, alpha=0.45, linewidth=0))
            ax.text(YEARS_AT + 0.04, top + 0.05, str(year), va="top", color=QUIET, fontweight="semibold")
        for spell in spells.itertuples():
            name, colour = CREWS[spell.station]
            top = place(_day(spell.first))
            bottom = place(_day(spell.last))
            ax.add_patch(Rectangle((BAR_AT, top), BAR_WIDE, bottom - top, facecolor=colour, linewidth=0, zorder=2))
            if bottom - top > 1.3:
                ax.text(BAR_AT + BAR_WIDE / 2, (top + bottom) / 2, name, rotation=90, ha="center", va="center",
                        color=GROUND, fontweight="semibold", zorder=3)  # fmt: skip
        for (day, kind, _), lines, at in zip(events, texts, labels_at, strict=True):
            ax.plot([BAR_AT + BAR_WIDE, MARK_AT], [place(day), at], color=QUIET, linewidth=0.9, zorder=1)
            if kind == "article":
                ax.plot([MARK_AT], [at], linestyle="none", zorder=4, **(ARTICLE | {"markerfacecolor": GROUND}))
            else:
                _, marker, colour, size = KINDS[kind]
                ax.plot([MARK_AT], [at], linestyle="none", marker=marker, color=colour, markersize=size, zorder=4,
                        markeredgecolor=GROUND, markeredgewidth=0.8)  # fmt: skip
            strong = "semibold" if kind in {"article", "end"} else "normal"
            ax.text(TEXT_AT, at, "\n".join(lines), va="center", fontweight=strong, linespacing=1.08)
        for name, marker, colour, size in KINDS.values():
            ax.plot([], [], linestyle="none", marker=marker, color=colour, markersize=size, label=name)
        figure.legend(loc="outside lower left", ncols=4, handletextpad=0.1, columnspacing=0.7, handlelength=1.2)
        ax.set_xlim(0, WIDTH - 0.1)
        ax.set_ylim(length + 0.08, -0.05)
        ax.axis("off")
    fell = rows[rows["kind"] == "end"]["date"].iloc[-1]
    first_iss = spells[spells["station"] == "ISS"]["first"].iloc[0]
    left = spells[spells["station"] == "Mir"]["last"].iloc[0]
    days = (_day(fell) - _day(first_iss)).days
    later = spells[(spells["station"] == "Mir") & (spells["first"] > left)]
    again = " and ".join(
        f"from {Period.parse(s.first).say()} to {Period.parse(s.last).say()}" for s in later.itertuples()
    )
    words = "; ".join(text for _, kind, text in events if kind != "article")
    told = next(text for _, kind, text in events if kind == "article")
    drawn = labelled[["date", "kind", "label", "crew", "sources"]]
    article = pd.DataFrame([{"date": str(article_year), "kind": "article", "label": told}])
    return Chart(
        name="mir-timeline",
        figure=figure,
        data=pd.concat([drawn, article], ignore_index=True),
        title=f"The end of Mir, {start.year}-{stop.year}",
        takeaway=(
            f"Mir fell on {Period.parse(fell).say()} (the article has {article_year}), {days} days after the first crew of the "
            "International Space Station was launched."
        ),
        alt=(
            f"Timeline from top to bottom, {start.year} to {stop.year}, with {len(labelled)} labelled events and a bar that "
            f"shows whose resident crew was in flight. The bar of Mir ends on {Period.parse(left).say()}"
            + (f", comes back {again}" if again else "")
            + f"; that of the International Space Station begins on {Period.parse(first_iss).say()} and runs to "
            f"the end. Mir falls on {Period.parse(fell).say()}. The article's hollow diamond stands in {article_year}. "
            f"Events: {words}."
        ),
        note=(
            "Bar: a resident crew of Mir or of the International Space Station (ISS) is in flight, from its launch to its "
            "landing; where there is no bar, neither station had one. Hollow diamond: the article, which names only the "
            "year, so it stands at mid-year. Labels are moved apart where they would overlap; the thin lines lead to the "
            "true day. Not all events of the table are drawn."
        ),
        credit="Source: agencies, builders and the press, named row by row in the table",
        tables=("mir_timeline",),
    )
