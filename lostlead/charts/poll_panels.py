"""Every question of the register of polls, one panel a question, with its wording above the panel.

A question of at least ``OVER_TIME`` dated polls is drawn over time; another as rows, one an answer and year. All shares
are percent of the people asked. What may join a line is decided by the table (see ``polls``).
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from lostlead.charts.polls import HALO, Answer, draw_question, series
from lostlead.charts.style import (
    COLOURS,
    GROUND,
    INK,
    KEEPS,
    LOST,
    QUIET,
    RULE,
    UNDECIDED,
    WIDTH,
    Chart,
    house_style,
    new_figure,
    readable,
    say_list,
    say_years,
)

OVER_TIME = 4  # dated polls of one question that make a panel over time
RUSSIA, USA, CHINA = COLOURS["USSR/Russia"], COLOURS["USA"], COLOURS["China"]
EUROPE, OTHER = COLOURS["Europe"], COLOURS["Other"]
FOR, MIDDLE, AGAINST = "#1f6f66", UNDECIDED, "#8f5aa0"  # wishes: not countries, not who leads
STATUS = {
    "marked": "differs",
    "doubtful": "doubtful",
    "reprint": "reprint",
    "undated": "undated",
}

# Inches; a figure is laid out from the top.
HEAD, LINE, ROW, GAP, TIME, TICKS = 0.25, 0.215, 0.27, 0.2, 1.75, 0.29
LETTERS = 47  # in a line of a question
NAMES_LEFT, ROWS_LEFT, ROWS_WIDE = 0.06, 1.78, 1.54
TIME_LEFT, TIME_WIDE = 0.36, 3.0
YEAR = 55  # points on paper between the starts of two years below a panel
BESIDE = 28  # points on paper that a number beside its point needs


@dataclass(frozen=True)
class Panel:
    """One question to draw: its id in the register, who is named above it, and its answers.

    ``shares_wording`` is true where the panel above has the same words, so that they are not repeated.
    """

    question: str
    head: str
    answers: tuple[Answer, ...]
    shares_wording: bool = False


def dated(polls: pd.DataFrame, question: str, options: tuple[str, ...]) -> pd.DataFrame:
    """Return ``polls.series`` with every point inside the year of its poll.

    A poll of which only the year is known, and which was published later, stands in the middle of its own year.
    Reprints stand at their day of printing: the year of the poll is not known.
    """
    points = series(polls, question, options)
    for place, row in points.iterrows():
        if pd.notna(row["year"]) and math.floor(row["moment"]) != row["year"]:
            points.loc[place, "moment"] = row["year"] + 0.5
    return points.sort_values(["option", "moment"], ignore_index=True)


def apart(polls: pd.DataFrame, questions: pd.DataFrame) -> pd.DataFrame:
    """Return all points that join no line, or join it only with a mark, and why: a row a point, as words.

    Columns: pollster, when, question, answer, percent, status, why, sources. ``status`` is one of ``STATUS``.
    """
    rows = polls[polls["trend_point"] != "yes"].merge(
        questions[["question", "series_rule"]], on="question", how="left", validate="many_to_one"
    )
    when = rows["fieldwork_start"].fillna(rows["published"].map(lambda day: f"published {day}", na_action="ignore"))
    why = [
        " ".join(str(part) for part in (row["wording_note"], row["note"]) if pd.notna(part)) or str(row["series_rule"])
        for _, row in rows.iterrows()
    ]
    return pd.DataFrame(
        {
            "pollster": rows["pollster_reported"],
            "when": when.fillna("not known"),
            "question": [wording(questions, question) for question in rows["question"]],
            "answer": rows["option_en"],
            "percent": rows["percent"],
            "status": rows["trend_point"].map(STATUS),
            "why": why,
            "sources": rows["sources"],
        }
    )


def wording(questions: pd.DataFrame, question: str) -> str:
    """Return a question in English: in quotation marks where the questionnaire was seen, without where it was not."""
    row = questions.set_index("question").loc[question]
    text = str(row["wording_en"]).replace(" -- ", " – ")
    return f"“{text}”" if row["wording_basis"] == "questionnaire" else text[:1].upper() + text[1:]


def _when(points: pd.DataFrame) -> str:
    years = sorted({int(year) for year in points["year"].dropna()})
    printed = sorted({str(day)[:4] for day in points.loc[points["year"].isna(), "published"]})
    return say_years(years) if years else f"printed in {say_list(printed)}"


def _draw_rows(ax: Axes, points: pd.DataFrame, answers: tuple[Answer, ...]) -> None:
    """Draw a row for each answer and poll: the share, its margin as a bar, a cross where it may join no line."""
    several = points["moment"].nunique() > 1
    place = 0
    for answer in answers:
        for number, (_, row) in enumerate(points[points["option"] == answer.option].iterrows()):
            known, share = pd.notna(row["margin"]), float(row["percent"])
            ax.errorbar(
                share, place, xerr=row["margin"] if known else None, color=answer.colour, marker=answer.marker,
                markersize=8, markerfacecolor=answer.colour if known else GROUND, markeredgecolor=answer.colour,
                markeredgewidth=1.8, elinewidth=1.4, capsize=3, zorder=3, alpha=1.0 if row["joined"] else 0.75, clip_on=False,
            )  # fmt: skip
            if not row["joined"]:
                ax.plot(share, place, "x", color=INK, markersize=5, zorder=4, clip_on=False)
            right = share + (float(row["margin"]) if known else 0)
            ax.annotate(f"{share:g}", (right, place), textcoords="offset points", xytext=(9, 0), va="center",
                        color=INK, fontweight="semibold")  # fmt: skip
            if not row["joined"]:
                ax.annotate(STATUS[row["trend_point"]], (right, place), textcoords="offset points",
                            xytext=(13 + 7.5 * len(f"{share:g}"), -0.5), va="center", color=QUIET)  # fmt: skip
            left = -(ROWS_LEFT - NAMES_LEFT) * 72
            if number == 0:
                ax.annotate(answer.name, (0, place), textcoords="offset points", xytext=(left, 0), va="center",
                            color=INK)  # fmt: skip
            if several:
                ax.annotate(f"{int(row['year'])}", (0, place), textcoords="offset points", xytext=(-8, 0), ha="right",
                            va="center", color=QUIET)  # fmt: skip
            place += 1
    ax.set_ylim(place - 0.45, -0.55)
    ax.set_yticks([])
    ax.set_xlim(0, 100)
    ax.set_xticks([0, 50, 100], [])
    ax.tick_params(axis="x", length=0)
    ax.grid(visible=True, axis="x")
    ax.spines["bottom"].set_visible(False)
    ax.axvline(0, color=RULE, linewidth=1.6, zorder=1)


def spread(heights: list[float], room: float) -> list[float]:
    """Return heights, given from the top down, moved apart as little as needed so that each has ``room`` of its own."""
    blocks = [[height] for height in heights]

    def centre(block: list[float]) -> float:
        return sum(block) / len(block)

    merged = True
    while merged:
        merged = False
        for at in range(len(blocks) - 1):
            upper, lower = blocks[at], blocks[at + 1]
            if centre(upper) - centre(lower) < room * (len(upper) + len(lower)) / 2 - 1e-9:
                blocks[at : at + 2] = [upper + lower]
                merged = True
                break
    return [centre(block) + room * ((len(block) - 1) / 2 - at) for block in blocks for at in range(len(block))]


def _write_numbers(ax: Axes, points: pd.DataFrame, answers: tuple[Answer, ...]) -> None:
    """Write every share beside its point, and the name of an answer beside its last one."""
    names = {answer.option: answer for answer in answers}
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    year, percent = TIME_WIDE * 72 / (right - left), TIME * 72 / (high - low)  # points on paper
    waves = sorted({float(moment) for moment in points["moment"]})
    last = points.sort_values("moment").groupby("option")["moment"].last()
    for at, wave in enumerate(waves):
        rows = points[points["moment"] == wave].sort_values("percent", ascending=False, kind="stable")
        free_right = (waves[at + 1] - wave) * year if at + 1 < len(waves) else math.inf
        free_left = (wave - waves[at - 1]) * year if at else math.inf
        to_right = free_right >= BESIDE or free_right >= free_left
        beside = max(free_left, free_right) >= BESIDE
        shares = [float(share) * percent for share in rows["percent"]]
        bars = [float(margin) * percent for margin in rows["margin"].fillna(0)]
        heights = spread(shares, 14.0)
        for place, (_, row) in enumerate(rows.iterrows()):
            answer = names[str(row["option"])]
            if beside:
                shift, away = heights[place] - shares[place], 8.0 if to_right else -8.0
                side = "left" if to_right else "right"
            else:  # above its point, or below where another point stands close above
                below = place > 0 and shares[place - 1] - shares[place] < 40
                shift, away, side = (bars[place] + 11) * (-1 if below else 1), 0.0, "center"
            texts = [(f"{row['percent']:g}", INK, away)]
            if beside and to_right and wave == last[answer.option]:
                texts.append((answer.name, readable(answer.colour), BESIDE + 1.0))
            for text, colour, right_by in texts:
                ax.annotate(
                    text, (wave, float(row["percent"])), textcoords="offset points", xytext=(right_by, shift), ha=side,
                    va="center", color=colour, fontweight="semibold", zorder=5,
                    path_effects=HALO,
                )  # fmt: skip


def _draw_time(ax: Axes, points: pd.DataFrame, answers: tuple[Answer, ...], top: float) -> None:
    """Draw a question over time with ``draw_question``; the numbers stand beside the points."""
    bare = tuple(Answer(answer.option, "", answer.colour, answer.marker) for answer in answers)
    draw_question(ax, points, bare, numbers=False)
    start, end = points["moment"].min(), points["moment"].max()
    ax.set_xlim(start - (end - start) * 0.1, end + (end - start) * 0.36)
    step = next(step for step in (1, 2, 5, 10) if step * TIME_WIDE * 72 / (end - start) > YEAR)
    ax.set_xticks([year for year in range(math.ceil(start) - 1, math.floor(end) + 1) if year % step == 0])
    ax.set_ylim(0, top)
    ax.set_yticks([tick for tick in (0, 25, 50, 75, 100) if tick < top])
    _write_numbers(ax, points, answers)


def draw_panels(
    polls: pd.DataFrame, questions: pd.DataFrame, title: str, panels: tuple[Panel, ...]
) -> tuple[Chart, dict[str, pd.DataFrame]]:
    """Draw questions below each other, each with its pollster, its years and its wording above its panel.

    Returns a chart that still lacks its name and takeaway, and the points of each question.
    """
    frames = {p.question: dated(polls, p.question, tuple(a.option for a in p.answers)) for p in panels}
    over_time = {name: frame["moment"].nunique() >= OVER_TIME for name, frame in frames.items()}
    words = {
        p.question: [] if p.shares_wording else textwrap.wrap(wording(questions, p.question), LETTERS) for p in panels
    }
    tops = [(f["percent"] + f["margin"].fillna(0)).max() for name, f in frames.items() if over_time[name]]
    top = math.ceil((max(tops) + 6) / 5) * 5 if tops else 0.0
    last_rows = max((at for at, p in enumerate(panels) if not over_time[p.question]), default=-1)
    title_room = 0.14 + 0.27 * len(textwrap.wrap(title, 40))
    below = [
        TIME + TICKS if over_time[p.question] else len(frames[p.question]) * ROW + (TICKS if at == last_rows else 0)
        for at, p in enumerate(panels)
    ]
    height = title_room + sum(HEAD + LINE * len(words[p.question]) + 0.06 + GAP for p in panels) + sum(below)
    with house_style():
        figure, axes = new_figure(height, title, panels=len(panels))
        figure.set_layout_engine("none")
        figure.suptitle(figure.get_suptitle(), x=0.01, y=1 - 0.05 / height, ha="left", va="top",
                        fontweight="semibold", color=INK)  # fmt: skip
        down = title_room
        for at, (ax, panel) in enumerate(zip(axes, panels, strict=True)):
            points = frames[panel.question]
            for text, weight, colour, room in (
                (f"{panel.head}, {_when(points)}", "semibold", INK, HEAD),
                ("\n".join(words[panel.question]), "normal", QUIET, LINE * len(words[panel.question]) + 0.06),
            ):
                figure.text(NAMES_LEFT / WIDTH, 1 - down / height, text, fontweight=weight, color=colour, ha="left",
                            va="top", linespacing=1.15)  # fmt: skip
                down += room
            if over_time[panel.question]:
                ax.set_position((TIME_LEFT / WIDTH, 1 - (down + TIME) / height, TIME_WIDE / WIDTH, TIME / height))
                _draw_time(ax, points, panel.answers, top)
            else:
                tall = len(points) * ROW
                ax.set_position((ROWS_LEFT / WIDTH, 1 - (down + tall) / height, ROWS_WIDE / WIDTH, tall / height))
                _draw_rows(ax, points, panel.answers)
                if at == last_rows:
                    ax.set_xticks([0, 50, 100], ["0", "50", "100%"])
            down += below[at] + GAP
    data = pd.concat(frames.values(), ignore_index=True)
    said = " ".join(
        f"{p.head}, {_when(frames[p.question])}: "
        + "; ".join(f"{a.name} {_say(frames[p.question], a.option)}" for a in p.answers)
        + "."
        for p in panels
    )
    kinds = "one panel a question" if len(panels) > 1 else "one question"
    return (
        Chart(
            name="",
            figure=figure,
            data=_tidy(data),
            title=title,
            takeaway="",
            alt=f"Dots for the answers to {len(panels)} poll questions, {kinds}, in percent. {said}",
            note=_note(data, any(over_time.values())),
            credit="Source: the pollsters named, mostly as reported in the press (each point's source is in the data)",
            tables=("polls", "poll_questions"),
        ),
        frames,
    )


def _tidy(points: pd.DataFrame) -> pd.DataFrame:
    columns = [
        "poll", "question", "option", "option_en", "pollster_reported", "year", "percent", "sample_size", "margin",
        "joined", "trend_point", "sources",
    ]  # fmt: skip
    return points[columns].round({"margin": 1})


def _say(points: pd.DataFrame, option: str) -> str:
    rows = points[points["option"] == option]
    parts = []
    for _, row in rows.iterrows():
        status = "" if row["joined"] else f" ({STATUS[row['trend_point']]})"
        year = f" in {int(row['year'])}" if points["year"].nunique() > 1 else ""
        parts.append(f"{row['percent']:g}{year}{status}")
    return say_list(parts)


def _note(points: pd.DataFrame, lines: bool) -> str:
    parts = ["Percent of those asked. Above each panel its question in English: in quotation marks where the"
             " questionnaire was seen, else as reported."]  # fmt: skip
    if points["margin"].notna().any():
        parts.append("Bars: margin of error at 95 percent, as published or from the sample size.")
    if points["margin"].isna().any():
        parts.append("Hollow: no sample size was found.")
    found = [STATUS[kind] for kind in STATUS if kind in set(points["trend_point"])]
    if found:
        parts.append(f"A small cross: {' or '.join(found)}, so joined to no line.")
    if "marked" in set(points["trend_point"]):
        parts.append("“Differs”: asked in another way or of other people, or reported in other words.")
    if lines:
        parts.append("A line joins only the answers of polls that asked the same question in turn.")
    return " ".join(parts)


def _finish(chart: Chart, name: str, takeaway: str, note: str = "") -> Chart:
    return Chart(
        name=name,
        figure=chart.figure,
        data=chart.data,
        title=chart.title,
        takeaway=takeaway,
        alt=chart.alt,
        note=f"{note} {chart.note}".strip(),
        credit=chart.credit,
        tables=chart.tables,
    )


def _shares(points: pd.DataFrame, option: str) -> pd.Series:
    """Return the shares of one answer by year, without doubtful points and reprints."""
    rows = points[(points["option"] == option) & points["trend_point"].isin(["yes", "marked"])]
    return rows.set_index("year")["percent"].sort_index()


def _range(shares: pd.Series) -> str:
    """Return ``31 (2012) to 65 percent (2022)``, or one figure where there is one."""
    if len(shares) == 1:
        return f"{shares.iloc[0]:g} percent ({shares.index[0]})"
    return f"{shares.min():g} ({shares.idxmin()}) to {shares.max():g} percent ({shares.idxmax()})"


def _in_turn(shares: pd.Series) -> str:
    """Return ``62 percent in 2010 and 50 in 2021``."""
    parts = [f"{share:g} in {year}" for year, share in shares.items()]
    parts[0] = parts[0].replace(" in ", " percent in ", 1)
    return say_list(parts)


COUNTRIES = (
    Answer("russia", "Russia", RUSSIA),
    Answer("united-states", "USA", USA, "s"),
    Answer("china", "China", CHINA, "^"),
)
HARD = Answer("hard-to-say", "hard to say", MIDDLE)

MAIN_OTHER = (
    Panel("fom-retains-lead", "FOM", (HARD,)),
    Panel(
        "vciom-position-trend",
        "VCIOM",
        (Answer("lost-pity", "lost, a pity", LOST, "s"), Answer("lost-no-worry", "lost, no worry", LOST)),
    ),
    Panel(
        "levada-leader-country",
        "Levada Center",
        (Answer("china", "China", CHINA, "^"), Answer("european-union", "EU", EUROPE, "s"), HARD),
    ),
)
WHICH_COUNTRY = (
    Panel(
        "vciom-leaders-multi",
        "VCIOM",
        (
            *COUNTRIES,
            Answer("japan", "Japan", OTHER),
            Answer("france", "France", EUROPE),
            Answer("india", "India", OTHER),
        ),
    ),
    Panel("superjob-main-space-power", "SuperJob (working people)", COUNTRIES),
)
LEADERSHIP_OTHER = (
    Panel(
        "romir-great-space-power",
        "ROMIR",
        (Answer("yes", "to a degree", KEEPS), Answer("disagree", "no", LOST, "s")),
    ),
    Panel(
        "vciom-leads-or-lags-2018",
        "VCIOM",
        (Answer("leads", "leads", KEEPS), Answer("lags", "lags behind", LOST, "s"), HARD),
    ),
    Panel(
        "vciom-russia-leader-oct2018",
        "VCIOM",
        (
            Answer("leader-strengthening", "leads, gets stronger", KEEPS),
            Answer("opposite-view", "opposite view", LOST, "s"),
        ),
    ),
    Panel(
        "superjob-when-leading",
        "SuperJob (working people)",
        (
            Answer("korolev-gagarin", "Gagarin's time", FOR),
            Answer("mir", "Mir's time", FOR),
            Answer("now", "now", KEEPS),
            Answer("1990s", "the 1990s", FOR),
            Answer("never", "never", AGAINST, "s"),
        ),
    ),
)
DOUBTFUL = (
    Panel("fom-retains-lead-reprint2005", "FOM, German reprint", (Answer("keeps", "leading power", KEEPS),)),
    Panel(
        "romir-leading-position",
        "ROMIR Monitoring",
        (Answer("keeps", "leads", KEEPS), Answer("losing", "is losing it", LOST, "s")),
    ),
    Panel("vciom-leads-or-lags-2018-conflicting", "VCIOM, in a translation", (Answer("leads", "leads", KEEPS),)),
)
# Which published figure each of the doubtful ones seems to repeat: (question, option), (poll, question, option).
TWINS = (
    (("fom-retains-lead-reprint2005", "keeps"), ("fom-2004", "fom-retains-lead", "keeps")),
    (("romir-leading-position", "keeps"), ("fom-2004", "fom-retains-lead", "keeps")),
    (("romir-leading-position", "losing"), ("fom-2004", "fom-retains-lead", "lost")),
    (("vciom-leads-or-lags-2018-conflicting", "leads"), ("vciom-2018-04", "vciom-leads-or-lags-2018", "leads")),
)
FUTURE_IMPORTANCE = (
    Panel(
        "fom-lead-in-10-years", "FOM", (Answer("will", "will lead", KEEPS), Answer("will-not", "will not", LOST, "s"))
    ),
    Panel(
        "fom-space-power-authority-important",
        "FOM",
        (Answer("important", "important", FOR), Answer("not-very-important", "not very", AGAINST, "s")),
    ),
    Panel(
        "fom-personally-important-lead",
        "FOM",
        (Answer("important", "important", FOR), Answer("do-not-care", "do not care", AGAINST, "s")),
    ),
    Panel(
        "vciom-should-keep-leading-status",
        "VCIOM",
        (Answer("should", "should", FOR), Answer("should-not", "should not", AGAINST, "s")),
    ),
    Panel(
        "vciom-should-participate",
        "VCIOM",
        (Answer("should", "should", FOR), Answer("no-need", "no need", AGAINST, "s")),
    ),
)
WANTED = (
    ("fom-space-power-authority-important", "important"),
    ("fom-personally-important-lead", "important"),
    ("vciom-should-keep-leading-status", "should"),
    ("vciom-should-participate", "should"),
)
SPENDING = (
    Panel(
        "fom-funding",
        "FOM",
        (
            Answer("more", "more", FOR),
            Answer("the-same", "the same", QUIET, "^"),
            Answer("less", "less", AGAINST, "s"),
            HARD,
        ),
    ),
    Panel(
        "romir-funding",
        "ROMIR",
        (
            Answer("increase", "increase", FOR),
            Answer("keep", "keep", QUIET, "^"),
            Answer("cut", "cut", AGAINST, "s"),
        ),
    ),
)
EXPAND = (
    Answer("expand", "expand", FOR),
    Answer("keep", "keep", QUIET, "^"),
    Answer("cut", "cut", AGAINST, "s"),
)
PROGRAMMES = (
    Panel("vciom-programme-size", "VCIOM", EXPAND),
    Panel("levada-programme-size", "Levada Center", EXPAND),
)
MIR_PRIDE_SCIENCE = (
    Panel("romir-keep-mir", "ROMIR-Gallup", (Answer("agree", "agree", FOR),)),
    Panel("romir-mir-end-and-space-power", "ROMIR-Gallup", (Answer("reject", "no", AGAINST, "s"),)),
    Panel(
        "fom-mir-end-feeling",
        "FOM",
        (Answer("regret", "regret", FOR), Answer("indifferent", "indifferent", MIDDLE, "s")),
    ),
    Panel("vciom-proud-gagarin", "VCIOM", (Answer("agree", "agree", FOR),)),
    Panel("fom-significant-successes-now", "FOM", (Answer("yes", "yes", FOR), Answer("no", "no", AGAINST, "s"))),
    Panel(
        "vciom-science-leading-area",
        "VCIOM",
        (
            Answer("military", "military", OTHER, "s"),
            Answer("space", "space", FOR),
            Answer("health-care", "health care", OTHER, "s"),
        ),
    ),
)
AHEAD = (Answer("soviet-union", "Soviet Union", RUSSIA), Answer("united-states", "United States", USA, "s"))
WORLD_1957 = {
    "Britain": "almond-ahead-in-science-1957-britain",
    "France": "almond-ahead-in-science-1957-france",
    "Italy": "almond-ahead-in-science-1957-italy",
    "West Germany": "almond-ahead-in-science-1957-west-germany",
}
WORLD = (
    *(
        Panel(question, country, AHEAD, shares_wording=at > 0)
        for at, (country, question) in enumerate(WORLD_1957.items())
    ),
    Panel(
        "gallup-us-or-russia-ahead",
        "United States, Gallup",
        (
            Answer("russia", "Russia", RUSSIA),
            Answer("united-states", "USA", USA, "s"),
            Answer("same", "the same", MIDDLE),
            Answer("unsure", "unsure", MIDDLE),
            Answer("no-opinion", "no opinion", MIDDLE),
        ),
    ),
    Panel(
        "us1961-first-on-moon",
        "United States, pollster not named",
        (
            Answer("russia", "Russia", RUSSIA),
            Answer("united-states", "United States", USA, "s"),
            Answer("no-opinion", "no opinion", MIDDLE),
        ),
    ),
)
AMERICANS = (
    Panel(
        "us-important-ahead-of-russia",
        "CNN/ORC and a pollster not named",
        (
            Answer("very-important", "very", FOR),
            Answer("very-or-fairly-important", "very or fairly", FOR, "^"),
            Answer("important-total", "in all", FOR, "^"),
        ),
    ),
    Panel(
        "pew-us-leader-essential",
        "Pew",
        (
            Answer("essential", "essential", FOR),
            Answer("not-essential", "not essential", AGAINST, "s"),
            Answer("no-answer", "no answer", MIDDLE),
        ),
    ),
    Panel("gallup-us-maintaining-lead", "Gallup", (Answer("good-or-very-good", "good or very good", FOR),)),
    Panel(
        "apnorc-us-leading",
        "AP-NORC",
        (
            Answer("leader", "the leader", USA, "s"),
            Answer("one-of-several", "one of several", UNDECIDED),
            Answer("not-leader", "not a leader", LOST, "s"),
        ),
    ),
    Panel(
        "cbs-us-still-leader",
        "CBS News",
        (Answer("still-leader", "still the leader", USA, "s"), Answer("falling-behind", "falling behind", LOST, "s")),
    ),
)


def main_other_answers(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the answers to the three main questions that their own charts leave out."""
    chart, frames = draw_panels(polls, questions, "Russia's place in space: the other answers, percent", MAIN_OTHER)
    china = _shares(frames["levada-leader-country"], "china")
    hard = _shares(frames["fom-retains-lead"], "hard-to-say")
    return _finish(
        chart,
        "polls-main-other-answers",
        f"China as the leader in space was named by {_range(china)} of Russians at the Levada Center; at FOM {_in_turn(hard)} "
        "could not say whether Russia leads.",
        "These are the answers that the charts of the three main questions leave out; VCIOM's two are parts of “lost”.",
    )


def which_country(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions which country or countries lead, as asked by VCIOM and SuperJob."""
    chart, frames = draw_panels(polls, questions, "Which country leads in space? Percent of Russians", WHICH_COUNTRY)
    points = frames["vciom-leaders-multi"]
    firsts = []
    for year, rows in points[points["joined"]].groupby("year"):
        first = rows.loc[rows["percent"].idxmax()]
        country = "the United States" if first["option"] == "united-states" else first["option_en"]
        firsts.append(f"{country} in {year} ({first['percent']:g} percent)")
    superjob = _shares(frames["superjob-main-space-power"], "russia")
    return _finish(
        chart,
        "polls-leadership-countries",
        f"When VCIOM allowed several answers, the country named most often was {say_list(firsts)}; asked for one country, "
        f"{_in_turn(superjob)} named Russia at SuperJob.",
        "VCIOM's shares add up to more than all people, since several answers were allowed.",
    )


def leadership_other(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the other questions to Russians on whether their country leads in space, or led."""
    chart, frames = draw_panels(
        polls, questions, "Other questions on Russia's lead, percent of Russians", LEADERSHIP_OTHER
    )
    great = _shares(frames["romir-great-space-power"], "yes")
    now = _shares(frames["superjob-when-leading"], "now")
    leads = _shares(frames["vciom-leads-or-lags-2018"], "leads")
    return _finish(
        chart,
        "polls-leadership-other",
        f"Russia “leads” for {_range(leads)} at VCIOM, is to some degree a great space power for {_in_turn(great)} "
        f"at ROMIR, and leads “now” for {_in_turn(now)} at SuperJob.",
        "ROMIR asked in towns only in its last poll; at SuperJob several answers were allowed.",
    )


def doubtful(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions that are known only from a reprint or a doubtful report, and say what each seems to repeat."""
    chart, frames = draw_panels(polls, questions, "Doubtful and reprinted figures on Russia's lead, percent", DOUBTFUL)
    known = polls.set_index(["poll", "question", "option"])["percent"]
    own = {(row["question"], row["option"]): row["percent"] for _, row in pd.concat(frames.values()).iterrows()}
    pairs = [(own[one], float(known.loc[other])) for one, other in TWINS]
    same = sum(one == other for one, other in pairs)
    return _finish(
        chart,
        "polls-leadership-doubtful",
        f"{same} of these {len(pairs)} figures equal one of a poll that is known better; none of them is counted as a poll of "
        "its own.",
        "Held against FOM's poll of 2004 (reprint, ROMIR) and VCIOM's of April 2018: "
        + say_list([f"{one:g} against {other:g}" for one, other in pairs])
        + ", in the order drawn.",
    )


def future_importance(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions to Russians on the lead in ten years and on whether space matters."""
    chart, frames = draw_panels(
        polls, questions, "Will Russia lead, and does it matter? Percent of Russians", FUTURE_IMPORTANCE
    )
    wanted = pd.concat([_shares(frames[question], option) for question, option in WANTED])
    majority = "in every poll found a majority wants" if wanted.min() > 50 else "the polls found want"
    return _finish(
        chart,
        "polls-future-importance",
        f"At FOM {_range(_shares(frames['fom-lead-in-10-years'], 'will'))} expected Russia to lead in ten years; "
        f"{majority} standing, a lead or a part in space ({wanted.min():g} to {wanted.max():g} percent).",
    )


def spending(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions to Russians on more or less money for space."""
    chart, frames = draw_panels(polls, questions, "More money for space, or less? Percent of Russians", SPENDING)
    fom, romir = frames["fom-funding"], frames["romir-funding"]
    gaps = pd.concat(
        [_shares(fom, "more") - _shares(fom, "less"), _shares(romir, "increase") - _shares(romir, "cut")]
    ).dropna()
    ahead = "; more people were for more than for less each time that both are known" if gaps.min() > 0 else ""
    return _finish(
        chart,
        "polls-spending",
        f"For more money for space were {_range(_shares(fom, 'more'))} of Russians at FOM and "
        f"{_range(_shares(romir, 'increase'))} at ROMIR{ahead}.",
        "Two questions in different words: compare the ups and downs, not the levels.",
    )


def programme_size(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the question of VCIOM and the Levada Center on the size of the space programmes."""
    chart, frames = draw_panels(
        polls, questions, "Expand the space programmes, or cut? Percent of Russians", PROGRAMMES
    )
    cuts = pd.concat([_shares(frame, "cut") for frame in frames.values()])
    wishes = [f"{_range(_shares(frames[panel.question], 'expand'))} at {'the ' if ' ' in panel.head else ''}{panel.head}"
              for panel in PROGRAMMES]  # fmt: skip
    return _finish(
        chart,
        "polls-programme-size",
        f"For larger space programmes were {say_list(wishes)}; never more than {cuts.max():g} percent were for cuts.",
    )


def mir_pride_science(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions to Russians on the end of Mir, on pride, and on what Russian science is good at."""
    chart, frames = draw_panels(polls, questions, "Mir, pride and science, percent of Russians", MIR_PRIDE_SCIENCE)
    areas = frames["vciom-science-leading-area"].sort_values("percent", ascending=False)
    space = areas[areas["option"] == "space"].iloc[0]
    regret, cold = (_shares(frames["fom-mir-end-feeling"], option) for option in ("regret", "indifferent"))
    rank = [str(option) for option in areas["option"]].index("space") + 1
    place = {1: "first", 2: "second", 3: "third"}[rank]
    return _finish(
        chart,
        "polls-mir-pride-science",
        f"In {regret.index[0]}, as Mir was about to end, {regret.iloc[0]:g} percent of Russians felt regret and {cold.iloc[0]:g} "
        f"percent did not mind; in {int(space['year'])} space came {place} of the {len(areas)} fields found in which Russian "
        f"science leads ({space['percent']:g} percent).",
        "For three questions only one answer was found; about fields of science several answers were allowed.",
    )


def world(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the polls of the first space years: four countries of Europe in 1957, the United States in 1961 and 1965."""
    chart, frames = draw_panels(polls, questions, "Who is ahead? Polls of 1957-1965, percent", WORLD)
    soviet: list[str] = []
    american: list[str] = []
    for country, question in WORLD_1957.items():
        shares = frames[question].set_index("option")["percent"]
        (soviet if shares["soviet-union"] > shares["united-states"] else american).append(country)
    gallup = frames["gallup-us-or-russia-ahead"]
    us, russia = _shares(gallup, "united-states"), _shares(gallup, "russia")
    europe = f"In 1957 more people saw the Soviet Union ahead in science than the United States in {say_list(soviet)}"
    if american:
        europe += f", but not in {say_list(american)}"
    return _finish(
        chart,
        "polls-world-1957-1965",
        f"{europe if soviet else 'In 1957 none of the four countries saw the Soviet Union ahead in science'}; Americans put "
        f"their own country ahead in space with {_in_turn(us)}, Russia with {_in_turn(russia)}.",
        "The question of 1957 is on science in general, not on space.",
    )


def americans(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw all answers to the dated questions to Americans since 2006, and the one of 1961 that was asked again."""
    chart, frames = draw_panels(polls, questions, "Americans on their own lead in space, percent", AMERICANS)
    cbs = frames["cbs-us-still-leader"].set_index("option")["percent"]
    norc = frames["apnorc-us-leading"].set_index("option")["percent"]
    essential = _shares(frames["pew-us-leader-essential"], "essential")
    return _finish(
        chart,
        "polls-united-states-all-answers",
        f"At Pew {_range(essential)} of Americans call leadership in space essential; at CBS News "
        f"{cbs['still-leader']:g} percent saw their country still as the leader and {cbs['falling-behind']:g} percent saw it "
        f"fall behind, and at AP-NORC "
        f"{norc['leader']:g} percent called it the only leader.",
        "In 1961 the question was on Russia alone; in 2011 on Russia and other countries.",
    )


CHARTS = (
    main_other_answers,
    which_country,
    leadership_other,
    doubtful,
    future_importance,
    spending,
    programme_size,
    mir_pride_science,
    world,
    americans,
)
