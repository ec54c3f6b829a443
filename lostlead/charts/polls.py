"""Charts of opinion polls. One question in one wording is one series; another wording is another series.

The tables are ``polls`` (a row an answer of a poll) and ``poll_questions``. A point is joined to its line only where
the register of questions allows it: reprints, doubtful and undated points and points in other words stand alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes

from lostlead.charts.marks import BELOW, heading, number
from lostlead.charts.style import (
    ARTICLE,
    COLOURS,
    GROUND,
    INK,
    KEEPS,
    LOST,
    UNDECIDED,
    Chart,
    house_style,
    label_end,
    new_figure,
)

CLOSE = 30  # percentage points between two answers whose numbers stand on the outer sides
HALO = [patheffects.withStroke(linewidth=2.5, foreground=GROUND)]  # around numbers that may cross a line
Z95 = 1.96  # two-sided 95 percent of the normal distribution


def margin_of_error(percent: float, sample_size: float) -> float:
    """Return the margin of error in percentage points, at 95 percent, of a share in a simple random sample.

    Formula: 1.96 * sqrt(p * (1 - p) / n), for example in the AAPOR statement on margin of sampling error. Real samples
    are clustered and weighted, so that the true margin is wider. Raises ValueError for a sample of none.
    """
    if sample_size <= 0:
        raise ValueError(f"a sample of {sample_size} has no margin of error")
    share = percent / 100
    return 100 * Z95 * math.sqrt(share * (1 - share) / sample_size)


def poll_moment(row: pd.Series) -> float:
    """Return when a poll was held as a decimal year: first day of fieldwork, else publication, else mid-year.

    Returns NaN when not even the year is known.
    """
    for cell in (row["fieldwork_start"], row["published"]):
        if pd.notna(cell):
            parts = [int(part) for part in str(cell).rstrip("?~%").split("-")]
            # A poll known from a later report only by its year does not stand at the day of that report.
            if len(parts) >= 2 and (pd.isna(row["year"]) or parts[0] == row["year"]):
                return (
                    parts[0] + (parts[1] - 1) / 12 + (parts[2] - 1) / 365
                    if len(parts) == 3
                    else parts[0] + (parts[1] - 0.5) / 12
                )
    return float(row["year"]) + 0.5 if pd.notna(row["year"]) else math.nan


def series(polls: pd.DataFrame, question: str, options: tuple[str, ...]) -> pd.DataFrame:
    """Return the points of one question for some answers, ordered in time, with ``moment``, ``margin``, ``joined``.

    ``margin`` is the published margin of error, else the one computed from the sample, else NaN; ``joined`` is false
    for points that may not be part of a line. Undated points are left out. Raises ValueError when nothing is left.
    """
    rows = polls[(polls["question"] == question) & polls["option"].isin(options)].copy()
    rows["moment"] = [poll_moment(row) for _, row in rows.iterrows()]
    rows = rows[rows["moment"].notna() & (rows["trend_point"] != "undated")]
    if rows.empty:
        raise ValueError(f"question '{question}' has no dated point for {options}")
    rows["margin"] = [
        row["moe_pp"]
        if pd.notna(row["moe_pp"])
        else margin_of_error(row["percent"], row["sample_size"])
        if pd.notna(row["sample_size"])
        else math.nan
        for _, row in rows.iterrows()
    ]
    rows["joined"] = rows["trend_point"] == "yes"
    return rows.sort_values(["option", "moment"]).reset_index(drop=True)


@dataclass(frozen=True)
class Answer:
    """One answer to draw: its option in the table, its name on the chart, its colour and its marker."""

    option: str
    name: str
    colour: str
    marker: str = "o"


def draw_question(ax: Axes, points: pd.DataFrame, answers: tuple[Answer, ...], *, numbers: bool = True) -> None:
    """Draw the answers to one question: joined points as a line, others alone and hollow, margins as bars.

    A wave for which an answer was not found breaks that answer's line: the gap stays a gap.
    """
    waves = list(points[points["joined"]].sort_values("moment")["poll"].unique())
    for answer in answers:
        rows = points[points["option"] == answer.option]
        line = rows[rows["joined"]].set_index("poll")
        for earlier, later in pairwise(waves):
            if earlier in line.index and later in line.index:
                ends = line.loc[[earlier, later]]
                ax.plot(ends["moment"], ends["percent"], color=answer.colour, linewidth=2.2, zorder=2)
        for _, row in rows.iterrows():
            known = pd.notna(row["margin"])
            ax.errorbar(
                row["moment"], row["percent"], yerr=row["margin"] if known else None, color=answer.colour,
                marker=answer.marker, markersize=8, markerfacecolor=answer.colour if known else GROUND,
                markeredgecolor=answer.colour, markeredgewidth=1.8, elinewidth=1.4, capsize=3, zorder=3,
                alpha=1.0 if row["joined"] else 0.75,
            )  # fmt: skip
            if not row["joined"]:
                ax.plot(row["moment"], row["percent"], "x", color=INK, markersize=5, zorder=4)
            crowded = not row["joined"] and (abs(points.loc[points["joined"], "moment"] - row["moment"]) < 1.6).any()
            same = points[(points["poll"] == row["poll"]) & (points["percent"] == row["percent"])]
            if numbers and not crowded and row.name == same.index[0]:
                below = _goes_below(points, rows, row)
                bar = float(row["margin"]) if known else 0.0
                number(
                    ax, row["moment"], row["percent"] + (-bar if below else bar), f"{row['percent']:.0f}", answer.colour,
                    path_effects=HALO, zorder=5, **(BELOW if below else {}),
                )  # fmt: skip
        last = rows.iloc[-1]
        label_end(ax, float(last["moment"]), float(last["percent"]), answer.name, answer.colour, xytext=(9, 0))


def _goes_below(points: pd.DataFrame, rows: pd.DataFrame, row: pd.Series) -> bool:
    """Whether a number stands better below its point: under another answer of the poll, or in a dip of its line."""
    others = points[(points["poll"] == row["poll"]) & (points["option"] != row["option"])]["percent"] - row["percent"]
    if not others.empty:
        return bool(others.between(0, CLOSE).any())
    line = list(rows[rows["joined"]].sort_values("moment")["percent"])
    if not row["joined"] or len(line) < 2:
        return False
    place = list(rows[rows["joined"]].sort_values("moment")["poll"]).index(row["poll"])
    return bool(row["percent"] < min(line[max(place - 1, 0) : place] + line[place + 1 : place + 2]))


def _wording(questions: pd.DataFrame, question: str) -> str:
    row = questions[questions["question"] == question].iloc[0]
    how = "" if row["wording_basis"] == "questionnaire" else " (wording as reported)"
    return f"{row['wording_en']}{how}"


def _say_points(points: pd.DataFrame, option: str) -> str:
    rows = points[points["option"] == option]
    return ", ".join(f"{int(row['year'])} {row['percent']:.0f}" for _, row in rows.iterrows())


def _drawn(points: pd.DataFrame) -> pd.DataFrame:
    columns = [
        "poll", "question", "option", "option_en", "year", "percent", "sample_size", "margin", "joined", "trend_point",
        "sources",
    ]  # fmt: skip
    return points[columns].round({"margin": 1})


MARGIN_NOTE = (
    "Bars: margin of error at 95 percent, as published or from the sample size. Hollow: no sample size was found. A small "
    "cross: reported in other words or doubtful, so not joined to the line."
)


def pollster_trend(
    polls: pd.DataFrame,
    questions: pd.DataFrame,
    *,
    name: str,
    pollster: str,
    question: str,
    answers: tuple[Answer, ...],
) -> Chart:
    """Draw all answers to one question of one pollster over time, with its wording in the note."""
    points = series(polls, question, tuple(answer.option for answer in answers))
    leading = answers[0]
    own = points[points["option"] == leading.option]
    low, high = own.loc[own["percent"].idxmin()], own.loc[own["percent"].idxmax()]
    span = points["moment"].max() - points["moment"].min()
    with house_style():
        figure, [ax] = new_figure(4.6, f"{pollster}: Russia's place in space, percent of Russians")
        draw_question(ax, points, answers)
        ax.set_ylim(0, 82)
        ax.set_yticks([0, 25, 50, 75])
        ax.set_xlim(points["moment"].min() - span * 0.06, points["moment"].max() + span * 0.36)
        years = sorted({int(year) for year in points["year"]})
        step = 5 if years[-1] - years[0] > 8 else 1
        ax.set_xticks([year for year in range(years[0], years[-1] + 1) if year % step == 0])
    said = (
        "named Russia as the leader in space"
        if leading.option == "russia"
        else "said that Russia keeps its lead in space"
    )
    several = "; ".join(f"{a.name}: {_say_points(points, a.option)}" for a in answers)
    return Chart(
        name=name,
        figure=figure,
        data=_drawn(points),
        title=f"{pollster}: Russia's place in space",
        takeaway=(
            f"At {pollster}, between {low['percent']:.0f} percent ({int(low['year'])}) and {high['percent']:.0f} percent "
            f"({int(high['year'])}) of Russians {said}."
        ),
        alt=(
            f"Dot and line chart of one question of {pollster}, {years[0]} to {years[-1]}, percent of Russians. {several}."
        ),
        note=f"Question: “{_wording(questions, question)}” {MARGIN_NOTE}",
        credit=f"Source: {pollster}, mostly as reported in the press (each point's source is in the table)",
        tables=("polls", "poll_questions"),
    )


FOM_ANSWERS = (Answer("keeps", "keeps lead", KEEPS), Answer("lost", "lost it", LOST, "s"))
VCIOM_ANSWERS = FOM_ANSWERS
LEVADA_ANSWERS = (Answer("russia", "Russia", KEEPS), Answer("united-states", "USA", COLOURS["USA"], "s"))


def fom(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw FOM's question whether Russia keeps or has lost the leading position in cosmonautics."""
    return pollster_trend(
        polls, questions, name="polls-fom", pollster="FOM", question="fom-retains-lead", answers=FOM_ANSWERS
    )


def vciom(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw VCIOM's question whether Russia keeps or is losing its position in space."""
    return pollster_trend(
        polls, questions, name="polls-vciom", pollster="VCIOM", question="vciom-position-trend", answers=VCIOM_ANSWERS
    )


def levada(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the Levada Center's question which country leads in space."""
    return pollster_trend(
        polls, questions, name="polls-levada", pollster="Levada Center", question="levada-leader-country",
        answers=LEVADA_ANSWERS,
    )  # fmt: skip


SIDE_BY_SIDE = (
    ("FOM: Russia keeps the lead", "fom-retains-lead", "keeps"),
    ("VCIOM: Russia keeps its position", "vciom-position-trend", "keeps"),
    ("Levada: Russia is the leading country", "levada-leader-country", "russia"),
)


def side_by_side(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the three pollsters' shares for Russia below each other on one time axis, never as one line."""
    frames = []
    with house_style():
        figure, axes = new_figure(
            6.4, "Three pollsters, three questions: percent of Russians for Russia", panels=3, sharex=True, sharey=True
        )
        for ax, (title, question, option) in zip(axes, SIDE_BY_SIDE, strict=True):
            points = series(polls, question, (option,))
            frames.append(points)
            draw_question(ax, points, (Answer(option, "", KEEPS),))
            heading(ax, title)
            ax.set_ylim(0, 92)
            ax.set_yticks([0, 50])
        axes[-1].set_xlim(1997, 2025.5)
        axes[-1].set_xticks([2000, 2005, 2010, 2015, 2020, 2025])
    points = pd.concat(frames, ignore_index=True)
    lows = points[(points["year"] >= 2012) & (points["year"] <= 2013)]["percent"]
    highs = points[(points["year"] >= 2015) & (points["year"] <= 2017)]["percent"]
    return Chart(
        name="polls-three-pollsters",
        figure=figure,
        data=_drawn(points),
        title="Three pollsters on Russia's place in space",
        takeaway=(
            f"All three pollsters have a low in 2012-2013 ({lows.min():.0f} to {lows.max():.0f} percent) and much more in "
            f"2015-2017 ({highs.min():.0f} to {highs.max():.0f} percent): opinion did not slide in one direction."
        ),
        alt=(
            "Three panels on one time axis, percent of Russians for Russia as leader. "
            + " ".join(
                f"{title}: {_say_points(frame, option)}."
                for frame, (title, _, option) in zip(frames, SIDE_BY_SIDE, strict=True)
            )
        ),
        note=("Three different questions, so the panels may be compared in shape and not in level. " + MARGIN_NOTE),
        credit="Source: FOM, VCIOM and Levada Center, mostly as reported in the press",
        tables=("polls", "poll_questions"),
    )


def article_against_pollsters(
    polls: pd.DataFrame, *, article_lost_2008: float, article_leads_earlier: float, first_year: int = 2001
) -> Chart:
    """Draw the two figures of the article against what FOM, VCIOM and Levada published.

    ``article_lost_2008`` is the share that the article says was exceeded in 2008 for "no longer a leader";
    ``article_leads_earlier`` the share that it gives for "Russia dominates" three years before.
    """
    lost = series(polls, "fom-retains-lead", ("lost",))
    keeps = series(polls, "fom-retains-lead", ("keeps",))
    others = pd.concat(
        [series(polls, "vciom-position-trend", ("keeps", "lost")), series(polls, "levada-leader-country", ("russia",))]
    )
    others_lead = others[others["side"] == "leads"]
    others_lost = others[others["side"] == "lost"]
    with house_style():
        figure, axes = new_figure(
            6.6, "The article's two figures and the polls found", panels=2, sharex=True, sharey=True
        )
        panels = (
            (axes[0], "“no longer a leader”, percent", lost, others_lost, LOST, 2008.5, article_lost_2008),
            (axes[1], "“Russia leads”, percent", keeps, others_lead, KEEPS, 2005.5, article_leads_earlier),
        )
        for ax, title, own, other, colour, x, y in panels:
            shown = own[own["moment"] >= first_year]
            apart = shown[~shown["joined"]]
            ax.plot(shown["moment"], shown["percent"], "o", color=colour, markersize=8, zorder=3)
            ax.plot(apart["moment"], apart["percent"], "x", color=GROUND, markersize=5, markeredgewidth=1.6, zorder=4)
            rest = other[other["moment"] >= first_year]
            ax.plot(rest["moment"], rest["percent"], "o", markerfacecolor=GROUND, markeredgecolor=colour, markersize=7,
                    markeredgewidth=1.6, linestyle="none", zorder=2)  # fmt: skip
            named = shown[shown["year"].isin([2004, 2008])]
            for _, row in named.iterrows():
                up = 6 if row["percent"] == named["percent"].max() else -6
                number(ax, row["moment"], row["percent"], f"FOM {row['percent']:.0f}", colour, xytext=(8, up),
                       ha="left", va="center")  # fmt: skip
            ax.plot([x], [y], **ARTICLE, linestyle="none", zorder=4)
            heading(ax, title)
            ax.set_ylim(0, 90)
            ax.set_yticks([0, 25, 50, 75])
        axes[0].annotate(
            "", (2008.5, article_lost_2008 + 14), (2008.5, article_lost_2008 + 3),
            arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 1.6},
        )  # fmt: skip
        axes[0].annotate(f"article: over {article_lost_2008:.0f}", (2008.5, article_lost_2008), textcoords="offset points",
                         xytext=(12, 4), color=INK, fontweight="semibold")  # fmt: skip
        axes[1].annotate(f"article: {article_leads_earlier:.0f}", (2005.5, article_leads_earlier),
                         textcoords="offset points", xytext=(0, 12), ha="center", color=INK, fontweight="semibold")  # fmt: skip
        axes[1].set_xlim(first_year - 0.5, 2025)
        axes[1].set_xticks([2005, 2010, 2015, 2020, 2025])
    fom_2008 = lost[lost["year"] == 2008]["percent"].iloc[0]
    keep_2008 = keeps[keeps["year"] == 2008]["percent"].iloc[0]
    keep_2004 = keeps[keeps["year"] == 2004]["percent"].iloc[0]
    data = _drawn(pd.concat([lost, keeps, others], ignore_index=True))
    return Chart(
        name="polls-article-figures",
        figure=figure,
        data=data,
        title="The article's poll figures against published polls",
        takeaway=(
            f"For 2008 the article has over {article_lost_2008:.0f} percent for “no longer a leader”; the one national poll "
            f"found, by FOM, has {fom_2008:.0f}, and {keep_2008:.0f} for “keeps the lead”."
        ),
        alt=(
            f"Two panels of dots. Above, percent saying that Russia no longer leads: FOM {_say_points(lost, 'lost')}; the "
            f"article's hollow diamond stands over {article_lost_2008:.0f} in 2008. Below, percent saying that Russia leads: "
            f"FOM {_say_points(keeps, 'keeps')}; the article's diamond stands at {article_leads_earlier:.0f} in 2005. FOM has "
            f"{keep_2004:.0f} for 2004; no poll of 2005 on this question was found."
        ),
        note=(
            "Filled dots: FOM (a white cross: doubtful or in other words). Rings: VCIOM and Levada, with other questions. "
            "Hollow diamonds: the article's own figures; it is undated, so its “three years ago” is drawn as three years "
            "before 2008, one of two readings."
        ),
        credit="Source: FOM, VCIOM and Levada Center, mostly as reported in the press; the article",
        tables=("polls",),
    )


US_PANELS = (
    (
        "pew-us-leader-essential",
        "Pew: essential that the US stays a leader",
        (Answer("essential", "", COLOURS["USA"]),),
    ),
    (
        "us-important-ahead-of-russia",
        "Very important to be ahead of Russia",
        (Answer("very-important", "", COLOURS["USA"]),),
    ),
    (
        "gallup-us-or-russia-ahead",
        "Gallup: who is farther ahead?",
        (Answer("united-states", "USA", COLOURS["USA"], "s"), Answer("russia", "Russia", KEEPS)),
    ),
    (
        "apnorc-us-leading",
        "AP-NORC: is the US the leader?",
        (
            Answer("one-of-several", "one of several", UNDECIDED),
            Answer("leader", "the leader", COLOURS["USA"], "s"),
        ),
    ),
)


def united_states(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw polls of Americans on leadership in space, a panel a question, for comparison."""
    frames = []
    with house_style():
        figure, axes = new_figure(
            8.0, "What Americans told pollsters, percent", panels=len(US_PANELS), sharex=True, sharey=True
        )
        for ax, (question, title, answers) in zip(axes, US_PANELS, strict=True):
            points = series(polls, question, tuple(a.option for a in answers))
            frames.append(points)
            draw_question(ax, points, answers)
            heading(ax, title)
            ax.set_ylim(0, 95)
            ax.set_yticks([0, 50])
        axes[-1].set_xlim(1957, 2043)
        axes[-1].set_xticks([1960, 1980, 2000, 2020])
    points = pd.concat(frames, ignore_index=True)
    pew = frames[0]
    return Chart(
        name="polls-united-states",
        figure=figure,
        data=_drawn(points),
        title="Americans on leadership in space",
        takeaway=(
            f"Most Americans call leadership in space essential ({pew['percent'].min():.0f} to {pew['percent'].max():.0f} "
            f"percent at Pew), and in {int(frames[3]['year'].iloc[0])} few thought that they had it alone."
        ),
        alt=(
            "Four panels, one a question, percent of Americans. "
            + " ".join(
                f"{title}: "
                + "; ".join(f"{a.option.replace('-', ' ')} {_say_points(frame, a.option)}" for a in answers)
                + "."
                for frame, (_, title, answers) in zip(frames, US_PANELS, strict=True)
            )
        ),
        note=(
            "Wordings: "
            + " ".join(f"{title}: “{_wording(questions, question)}”" for question, title, _ in US_PANELS)
            + " "
            + MARGIN_NOTE
        ),
        credit="Source: the pollsters named; each point's source is in the table",
        tables=("polls", "poll_questions"),
    )
