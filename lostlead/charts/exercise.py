"""The chart of the exercise on joining: wrong on purpose, and saying so in the picture itself."""

from __future__ import annotations

import pandas as pd

from lostlead.charts.polls import poll_moment
from lostlead.charts.style import INK, KEEPS, QUIET, Chart, house_style, new_figure, say_list

TITLE = "Wrong on purpose: one line through polls that asked different things"


def joined_wrongly(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw every dated share of Russians for "Russia leads", of any pollster and question, as if it were one series."""
    mine = questions[(questions["topic"] == "leadership") & (questions["country"] == "Russia")]
    rows = polls[polls["question"].isin(mine["question"]) & (polls["side"] == "leads")].copy()
    rows["moment"] = [poll_moment(row) for _, row in rows.iterrows()]
    rows = rows.dropna(subset="moment").sort_values(["moment", "question"]).reset_index(drop=True)
    rows = rows.merge(mine[["question", "pollster"]], on="question")
    first, last = rows.iloc[0], rows.iloc[-1]
    with house_style():
        figure, [ax] = new_figure(4.4, TITLE)
        ax.plot(rows["moment"], rows["percent"], color=KEEPS, marker="o", markersize=5)
        ax.text(
            0.02, 0.92, "WRONG ON PURPOSE", transform=ax.transAxes, color=INK, fontweight="semibold",
            fontsize=18,
        )  # fmt: skip
        ax.set_ylim(0, 95)
        ax.set_yticks([0, 25, 50, 75])
        ax.set_ylabel("percent of Russians", color=QUIET)
        years = [int(rows["moment"].min()), int(rows["moment"].max()) + 1]
        ax.set_xticks([year for year in range(*years) if year % 10 == 0])
        ax.set_xlim(years[0] - 1, years[1])
    asked = say_list(sorted(set(rows["pollster"])))
    return Chart(
        name="exercise-joined-wrongly",
        figure=figure,
        data=rows[["poll", "question", "pollster", "option_en", "year", "percent", "trend_point", "sources"]],
        title=TITLE,
        takeaway=f"This line is wrong on purpose: it joins {rows['question'].nunique()} questions as if they were one.",
        alt=(
            f"Wrong on purpose. One line through {len(rows)} shares of Russians from {int(first['year'])} to "
            f"{int(last['year'])}, from {first['percent']:.0f} to {last['percent']:.0f} percent, with sharp jumps between "
            f"{rows['percent'].min():.0f} and {rows['percent'].max():.0f}. "
            f"The points are of different pollsters ({asked}) and of different questions."
        ),
        note="Every share is real; the line is not. For an exercise only, not to be cited as a trend.",
        credit=f"Source: {asked}; each row's source is in the table",
        tables=("polls", "poll_questions"),
    )
