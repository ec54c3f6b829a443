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
# Colour and marker of an answer: countries, who leads, wishes.
LOOKS = {
    "russia": (COLOURS["USSR/Russia"], "o"),
    "usa": (COLOURS["USA"], "s"),
    "china": (COLOURS["China"], "^"),
    "europe": (COLOURS["Europe"], "s"),
    "other": (COLOURS["Other"], "s"),
    "leads": (KEEPS, "o"),
    "lost": (LOST, "s"),
    "for": ("#1f6f66", "o"),
    "same": (QUIET, "^"),
    "against": ("#8f5aa0", "s"),
    "unsure": (UNDECIDED, "o"),
}
SAME_WORDS = "same words"
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


def read_panels(lines: str) -> tuple[Panel, ...]:
    """Return the panels of a figure from a text, a line a question.

    Cells stand between ``|``: the question, the head, then the answers as ``look option = name``; the name may be left
    out where it is the option itself. A last cell ``same words`` leaves out the wording, which is that of the panel above.
    """
    panels = []
    for line in lines.strip().splitlines():
        question, head, *answers = (cell.strip() for cell in line.split("|"))
        panels.append(
            Panel(question, head, tuple(_answer(cell) for cell in answers if cell != SAME_WORDS), SAME_WORDS in answers)
        )
    return tuple(panels)


def _answer(cell: str) -> Answer:
    what, _, name = cell.partition("=")
    look, option = what.split()
    return Answer(option, name.strip() or option.replace("-", " "), *LOOKS[look])


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
        return math.fsum(block) / len(block)

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
    height = (
        title_room + math.fsum(HEAD + LINE * len(words[p.question]) + 0.06 + GAP for p in panels) + math.fsum(below)
    )
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
