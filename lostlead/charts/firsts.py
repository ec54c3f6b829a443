"""Charts of Soviet and American firsts, from the table ``firsts`` as ``tables.read`` gives it.

The table holds two lists that count different things: firsts by event (the day of the achievement) and firsts by
launch date (a short list of main ones). They are drawn apart and never added up.
"""

from __future__ import annotations

import re

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from lostlead.charts.families import decimal_year
from lostlead.charts.marks import SIZE, WHITE, bare, heading, key, legend, mark, piled
from lostlead.charts.style import COLOURS, INK, QUIET, RULE, Chart, house_style, new_figure, say_list

EVENTS, LAUNCHED = "firsts by event", "firsts by launch date"
HEADINGS = {EVENTS: "Longer list, by event", LAUNCHED: "Short list, by launch date"}
SOVIET, AMERICAN, JOINT = "Soviet Union", "United States", "Soviet Union and United States"
STATES = {SOVIET: (COLOURS["USSR/Russia"], 1), AMERICAN: (COLOURS["USA"], -1), JOINT: (INK, 0)}
DOMAINS = {"Earth orbit": "o", "deep space": "^", "people": "s"}
# The first step of people on the Moon divides the years: its row in each list.
BEFORE, AFTER = "before the Moon landing", "from the Moon landing on"
LANDING = {EVENTS: "e-1969-07-20-apollo-11", LAUNCHED: "l-1969-07-16-apollo-11"}
CHINA = COLOURS["China"]
# What is named on the timeline: row, words, how far from the line (in marks), side of the words.
NAMED = (
    ("e-1957-10-04-sputnik-1", "Sputnik 1", 6.3, "left"),
    ("e-1961-04-12-vostok-1", "Vostok 1", 4.1, "center"),
    ("e-1965-03-18-voskhod-2", "spacewalk", 5.3, "center"),
    ("e-1971-04-19-salyut-1", "Salyut 1", 5.3, "left"),
    ("e-1986-02-19-mir", "Mir", 4.3, "center"),
    ("e-1962-12-14-mariner-2", "Mariner 2", -4.1, "center"),
    ("e-1969-07-20-apollo-11", "Apollo 11", -4.1, "center"),
    ("e-1976-07-20-viking-1", "Viking 1", -5.2, "center"),
    ("e-1981-04-12-sts-1", "Shuttle", -4.1, "center"),
)


def tally(firsts: pd.DataFrame, of: str) -> pd.DataFrame:
    """Return how many firsts of one list each state has: rows before the Moon landing and from then on."""
    rows = firsts[firsts["list"] == of]
    day = str(rows.set_index("row")["date"].get(LANDING[of], "1969-07-20"))
    part = (rows["date"] < day).map({True: BEFORE, False: AFTER})
    return pd.crosstab(part, rows["state"]).reindex(columns=list(STATES), fill_value=0)


def placed(firsts: pd.DataFrame, of: str) -> pd.DataFrame:
    """Return the firsts of one list with year and height: Soviet ones piled above the line, American ones below."""
    rows = firsts[firsts["list"] == of].copy()
    rows["year"] = rows["date"].str[:4].astype(int)
    order = rows["domain"].map({domain: place for place, domain in enumerate(DOMAINS)})
    rows = rows.assign(order=order).sort_values(["year", "state", "order", "date", "row"])
    side = rows["state"].map({state: side for state, (_, side) in STATES.items()})
    return rows.assign(height=(piled(rows, ["year", "state"]) + 1) * side)


def timeline(firsts: pd.DataFrame) -> Chart:
    """Draw both lists of firsts year by year, a panel a list: Soviet marks above the line, American ones below."""
    tables = {of: placed(firsts, of) for of in (EVENTS, LAUNCHED)}
    first = min(int(rows["year"].min()) for rows in tables.values())
    last = max(int(rows["year"].max()) for rows in tables.values())
    counts = {of: tally(firsts, of) for of in tables}
    with house_style():
        figure, axes = new_figure(
            6.3, "Soviet and American firsts in space, in two lists", panels=2, sharex=True, height_ratios=[12.4, 7]
        )
        for ax, (of, rows) in zip(axes, tables.items(), strict=True):
            _piles(ax, rows)
            heading(ax, f"{HEADINGS[of]}: {len(rows)}", INK)
        heights = tables[EVENTS].set_index("row")
        for row, words, level, side in NAMED:
            if row in heights.index:
                _name(axes[0], heights.loc[row], words, level, side)
        for ax, rows in zip(axes, tables.values(), strict=True):
            for year in rows.loc[rows["state"] == JOINT, "year"]:
                ax.text(year + 0.8, 0, "joint", va="center", bbox=WHITE)
        axes[0].set_ylim(-6.2, 7.0)
        axes[1].set_ylim(-3.5, 3.5)
        for ax, of in zip(axes, tables, strict=True):
            for state, va in ((SOVIET, "top"), (AMERICAN, "bottom")):
                colour, up = STATES[state]
                y = (6.2 if ax is axes[0] else 3.5) * up
                number = int(counts[of][state].sum())
                ax.text(last + 0.8, y, f"{state}: {number}", ha="right", va=va, color=colour, fontweight="semibold")
        axes[1].set_xlim(first - 1.2, last + 1)
        axes[1].set_xticks([1960, 1970, 1980, 1990])
        legend(figure, [key(domain, marker, QUIET) for domain, marker in DOMAINS.items()], 3)
    drawn = pd.concat(tables.values())
    twins = int(tables[LAUNCHED]["same_as"].notna().sum())
    columns = ["list", "row", "date", "year", "event", "state", "mission", "domain", "counted_by", "sources"]
    return Chart(
        name="firsts-timeline",
        figure=figure,
        data=drawn.assign(height=drawn["height"].astype(int))[[*columns, "height"]].reset_index(drop=True),
        title="Soviet and American firsts in space by year, in two lists",
        takeaway=_takeaway(counts),
        alt=(
            f"Two panels of marks by year, {first} to {last}; Soviet firsts are piled above a line, American ones below it. "
            f"Firsts by event: {_alt(tables[EVENTS])}. Firsts by launch date: {_alt(tables[LAUNCHED])}. Named: "
            f"{say_list([words for row, words, *_ in NAMED if row in heights.index])}."
        ),
        note=(
            "What counts as a first is a choice, and both lists are choices of this project: the longer one takes in smaller "
            "steps and counts the day of the achievement; the short one has only main steps and counts the launch of the craft. "
            f"{twins} of its {len(tables[LAUNCHED])} steps are in the longer list too, so that the two may not be added. "
            f"Shape: field of spaceflight ({_domains(tables[EVENTS])} in the longer list). Heights only count marks; no first is "
            "weighed. Firsts of other states and firsts after the Soviet Union are left out."
        ),
        credit="Sources: GCAT (Jonathan McDowell, CC BY) and the works named in the table",
        tables=("firsts",),
    )


def _piles(ax: Axes, rows: pd.DataFrame) -> None:
    for (state, domain), group in rows.groupby(["state", "domain"]):
        colour, _ = STATES[str(state)]
        mark(ax, group["year"], group["height"], DOMAINS[str(domain)], colour, markeredgewidth=0)
    ax.axhline(0, color=QUIET, linewidth=1, zorder=0)
    bare(ax, years=True)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)


def _name(ax: Axes, mark: pd.Series, words: str, level: float, side: str) -> None:
    """Write a name off the piles, with a thin line to its mark."""
    colour, up = STATES[str(mark["state"])]
    ax.plot([mark["year"]] * 2, [mark["height"], level - 0.45 * up], color=colour, linewidth=0.8, zorder=0)
    shift = 0.5 if side == "left" else 0.0
    ax.text(mark["year"] - shift, level, words, ha=side, va="center", color=colour)


def _takeaway(counts: dict[str, pd.DataFrame]) -> str:
    """Return the counts of both lists before and from the Moon landing in words."""
    told = []
    for part, start in ((BEFORE, "Before the first landing of people on the Moon"), (AFTER, "from it on")):
        long, short = (counts[of].reindex([part], fill_value=0).loc[part] for of in (EVENTS, LAUNCHED))
        told.append(
            f"{start} the longer list has {long[SOVIET]} Soviet and {long[AMERICAN]} American firsts, the short one "
            f"{short[SOVIET]} and {short[AMERICAN]}"
        )
    return "; ".join(told) + "."


def _alt(rows: pd.DataFrame) -> str:
    numbers = rows["state"].value_counts()
    decades = rows.groupby([rows["year"] // 10 * 10, "state"]).size().unstack(fill_value=0)
    told = "; ".join(
        f"{decade}s {row.get(SOVIET, 0)} Soviet, {row.get(AMERICAN, 0)} American" for decade, row in decades.iterrows()
    )
    joint = f", {numbers[JOINT]} joint" if JOINT in numbers else ""
    return f"{numbers.get(SOVIET, 0)} Soviet, {numbers.get(AMERICAN, 0)} American{joint} ({told})"


def _domains(rows: pd.DataFrame) -> str:
    numbers = rows["domain"].value_counts()
    return say_list([f"{domain} {numbers.get(domain, 0)}" for domain in DOMAINS])


def short_name(event: str) -> str:
    """Return an event for a label: without ``first`` and without what stands in brackets."""
    words = re.sub(r"\s*\([^)]*\)", "", event).removeprefix("first ")
    return words[0].upper() + words[1:]


def followers(firsts: pd.DataFrame) -> Chart:
    """Draw for each first of the short list who did it when, and when the other state and China did the same."""
    rows = firsts[firsts["list"] == LAUNCHED].sort_values("date").reset_index(drop=True)
    long = _steps(rows)
    first, last = int(long["moment"].min()), int(long["moment"].max())
    with house_style():
        figure, [ax] = new_figure(1.85 + len(rows) * 0.42, "Main firsts in space, and who did the same later")
        for place, row in rows.iterrows():
            y = -float(str(place))
            steps = long[long["row"] == row["row"]]
            ax.plot([steps["moment"].min(), steps["moment"].max()], [y, y], color=RULE, linewidth=2.2, zorder=1)
            ax.text(first - 1.5, y + 0.42, short_name(row["event"]), va="center")
            for step in steps.itertuples():
                _step(ax, step, y)
        ax.set_xlim(first - 2, last + 3)
        ax.set_ylim(-len(rows) + 0.4, 0.9)
        bare(ax, years=True)
        ax.set_xticks([1960, 1980, 2000, 2020])
        red, blue = STATES[SOVIET][0], STATES[AMERICAN][0]
        keys = [
            key("Soviet Union, first", "o", red),
            key("United States, first", "s", blue),
            key("China, later", "^", CHINA, firm=False),
            key("later", "o", red, firm=False),
            key("later", "s", blue, firm=False),
        ]
        legend(figure, keys, 2)
    both = long[long["place"] == "other of the two"].merge(
        rows[["row", "state", "date"]], on="row", suffixes=("", "_first")
    )
    both["lag"] = both["moment"] - decimal_year(both["date_first"])
    sure = both[~both["doubtful"]]
    soviet = sure.loc[sure["state_first"] == SOVIET, "lag"]
    alone = rows[rows["second_date"].isna()]
    chinese = rows[rows["china_date"].notna()]
    doubtful = both[both["doubtful"]]
    told = "; ".join(_told(row) for row in rows.itertuples())
    middle = f", in the median {soviet.median():.1f} years later" if len(soviet) else ""
    return Chart(
        name="firsts-and-followers",
        figure=figure,
        data=long.drop(columns="moment").reset_index(drop=True),
        title="Main firsts in space, and when the other state and China did the same",
        takeaway=(
            f"Of the {int((rows['state'] == SOVIET).sum())} Soviet firsts of the short list, the United States made the same "
            f"step in {len(soviet)}{middle}; for {len(alone)} of all {len(rows)} firsts no such step of the other state was "
            "found."
        ),
        alt=f"{len(rows)} rows, one a first, with marks at the launch dates of those who made the step. {told}.",
        note=(
            "Dates are launches of the craft (UTC). Filled: who was first; hollow: the others. Where a mark of the other state "
            "is missing, no such step of it was found. China's steps are drawn where they were found "
            f"({len(chinese)} rows). Pale: {_or_none(doubtful['mission'].tolist())}; that the flight made the same step was not "
            "read in a source, so that it is not counted above. Names are shortened; what stood in brackets is in the table. "
            "The choice of the firsts is a judgement of this project."
        ),
        credit="Sources: GCAT (Jonathan McDowell, CC BY) and the works named in the table",
        tables=("firsts",),
    )


def _steps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each state that made a step: first, other of the two, China; undated ones left out."""
    parts = []
    for place, state, date, mission in (
        ("first", "state", "date", "mission"),
        ("other of the two", "second_state", "second_date", "second_mission"),
        ("China", None, "china_date", "china_mission"),
    ):
        part = rows[rows[date].notna()]
        parts.append(
            pd.DataFrame(
                {
                    "row": part["row"],
                    "event": part["event"],
                    "place": place,
                    "state": part[state] if state else "China",
                    "date": part[date],
                    "mission": part[mission],
                    "doubtful": (place == "other of the two") & part["note"].fillna("").str.contains("unread"),
                    "sources": part["sources"],
                }
            )
        )
    long = pd.concat(parts)
    return long.assign(moment=decimal_year(long["date"])).sort_values(["row", "date"])


def _step(ax: Axes, step: object, y: float) -> None:
    state, place = str(getattr(step, "state", "")), str(getattr(step, "place", ""))
    colour = STATES[state][0] if state in STATES else CHINA
    marker = {SOVIET: "o", AMERICAN: "s"}.get(state, "^")
    opens = place == "first"
    red, green, blue = (0.6 + 0.4 * part for part in to_rgb(colour))
    mark(
        ax, float(getattr(step, "moment", 0)), y, marker, colour, firm=opens, markersize=SIZE if opens else SIZE + 2,
        markeredgecolor=(red, green, blue) if getattr(step, "doubtful", False) else colour, zorder=3 if opens else 2,
    )  # fmt: skip


def _told(row: object) -> str:
    event, state, date = (str(getattr(row, name)) for name in ("event", "state", "date"))
    second = getattr(row, "second_date", None)
    other = "no other" if pd.isna(second) else f"{getattr(row, 'second_state', '')} {str(second)[:4]}"
    return f"{short_name(event)}: {state} {date[:4]}, {other}"


def _or_none(names: list[str]) -> str:
    return say_list(names) if names else "none"
