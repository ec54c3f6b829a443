"""The figures of the page of all poll questions: which questions stand on which, and what each shows in words."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from lostlead.charts.poll_panels import Panel, draw_panels, read_panels
from lostlead.charts.style import Chart, say_list

# A line a question: its id in the register, who asked whom, and the answers drawn, each with its look and, where the
# words of the register do not say it briefly, its name.
PANELS: dict[str, tuple[Panel, ...]] = {
    name: read_panels(lines)
    for name, lines in {
        "polls-main-other-answers": """
            fom-retains-lead | FOM | unsure hard-to-say
            vciom-position-trend | VCIOM | lost lost-pity = lost, a pity | lost lost-no-worry = lost, no worry
            levada-leader-country | Levada Center | china china = China | europe european-union = EU | unsure hard-to-say
        """,
        "polls-leadership-countries": """
            vciom-leaders-multi | VCIOM | russia russia = Russia | usa united-states = USA | china china = China \
                | other japan = Japan | europe france = France | other india = India
            superjob-main-space-power | SuperJob (working people) | russia russia = Russia | usa united-states = USA \
                | china china = China
        """,
        "polls-leadership-other": """
            romir-great-space-power | ROMIR | leads yes = to a degree | lost disagree = no
            vciom-leads-or-lags-2018 | VCIOM | leads leads | lost lags = lags behind | unsure hard-to-say
            vciom-russia-leader-oct2018 | VCIOM | leads leader-strengthening = leads, gets stronger | lost opposite-view
            superjob-when-leading | SuperJob (working people) | for korolev-gagarin = Gagarin's time | for mir = Mir's time \
                | leads now | for 1990s = the 1990s | against never
        """,
        "polls-leadership-doubtful": """
            fom-retains-lead-reprint2005 | FOM, German reprint | leads keeps = leading power
            romir-leading-position | ROMIR Monitoring | leads keeps = leads | lost losing = is losing it
            vciom-leads-or-lags-2018-conflicting | VCIOM, in a translation | leads leads
        """,
        "polls-future-importance": """
            fom-lead-in-10-years | FOM | leads will = will lead | lost will-not
            fom-space-power-authority-important | FOM | for important | against not-very-important = not very
            fom-personally-important-lead | FOM | for important | against do-not-care
            vciom-should-keep-leading-status | VCIOM | for should | against should-not
            vciom-should-participate | VCIOM | for should | against no-need
        """,
        "polls-spending": """
            fom-funding | FOM | for more | same the-same | against less | unsure hard-to-say
            romir-funding | ROMIR | for increase | same keep | against cut
        """,
        "polls-programme-size": """
            vciom-programme-size | VCIOM | for expand | same keep | against cut
            levada-programme-size | Levada Center | for expand | same keep | against cut
        """,
        "polls-mir-pride-science": """
            romir-keep-mir | ROMIR-Gallup | for agree
            romir-mir-end-and-space-power | ROMIR-Gallup | against reject = no
            fom-mir-end-feeling | FOM | for regret | unsure indifferent
            vciom-proud-gagarin | VCIOM | for agree
            fom-significant-successes-now | FOM | for yes | against no
            vciom-science-leading-area | VCIOM | other military | for space | other health-care
        """,
        "polls-world-1957-1965": """
            almond-ahead-in-science-1957-britain | Britain | russia soviet-union = Soviet Union \
                | usa united-states = United States
            almond-ahead-in-science-1957-france | France | russia soviet-union = Soviet Union \
                | usa united-states = United States | same words
            almond-ahead-in-science-1957-italy | Italy | russia soviet-union = Soviet Union \
                | usa united-states = United States | same words
            almond-ahead-in-science-1957-west-germany | West Germany | russia soviet-union = Soviet Union \
                | usa united-states = United States | same words
            gallup-us-or-russia-ahead | United States, Gallup | russia russia = Russia | usa united-states = USA \
                | unsure same = the same | unsure unsure | unsure no-opinion
            us1961-first-on-moon | United States, pollster not named | russia russia = Russia \
                | usa united-states = United States | unsure no-opinion
        """,
        "polls-united-states-all-answers": """
            us-important-ahead-of-russia | CNN/ORC and a pollster not named | for very-important = very \
                | for very-or-fairly-important = very or fairly | for important-total = in all
            pew-us-leader-essential | Pew | for essential | against not-essential | unsure no-answer
            gallup-us-maintaining-lead | Gallup | for good-or-very-good
            apnorc-us-leading | AP-NORC | usa leader = the leader | unsure one-of-several | lost not-leader = not a leader
            cbs-us-still-leader | CBS News | usa still-leader = still the leader | lost falling-behind
        """,
    }.items()
}
# Which published figure each of the doubtful ones seems to repeat: (question, option), (poll, question, option).
TWINS = (
    (("fom-retains-lead-reprint2005", "keeps"), ("fom-2004", "fom-retains-lead", "keeps")),
    (("romir-leading-position", "keeps"), ("fom-2004", "fom-retains-lead", "keeps")),
    (("romir-leading-position", "losing"), ("fom-2004", "fom-retains-lead", "lost")),
    (("vciom-leads-or-lags-2018-conflicting", "leads"), ("vciom-2018-04", "vciom-leads-or-lags-2018", "leads")),
)


def _draw(polls: pd.DataFrame, questions: pd.DataFrame, name: str, title: str) -> tuple[Chart, dict[str, pd.DataFrame]]:
    chart, frames = draw_panels(polls, questions, title, PANELS[name])
    return replace(chart, name=name), frames


def _finish(chart: Chart, takeaway: str, note: str = "") -> Chart:
    return replace(chart, takeaway=takeaway, note=f"{note} {chart.note}".strip())


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


def main_other_answers(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the answers to the three main questions that their own charts leave out."""
    chart, frames = _draw(
        polls, questions, "polls-main-other-answers", "Russia's place in space: the other answers, percent"
    )
    china = _shares(frames["levada-leader-country"], "china")
    hard = _shares(frames["fom-retains-lead"], "hard-to-say")
    return _finish(
        chart,
        f"China as the leader in space was named by {_range(china)} of Russians at the Levada Center; at FOM {_in_turn(hard)} "
        "could not say whether Russia leads.",
        "These are the answers that the charts of the three main questions leave out; VCIOM's two are parts of “lost”.",
    )


def which_country(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions which country or countries lead, as asked by VCIOM and SuperJob."""
    chart, frames = _draw(
        polls, questions, "polls-leadership-countries", "Which country leads in space? Percent of Russians"
    )
    points = frames["vciom-leaders-multi"]
    firsts = []
    for year, rows in points[points["joined"]].groupby("year"):
        first = rows.loc[rows["percent"].idxmax()]
        country = "the United States" if first["option"] == "united-states" else first["option_en"]
        firsts.append(f"{country} in {year} ({first['percent']:g} percent)")
    superjob = _shares(frames["superjob-main-space-power"], "russia")
    return _finish(
        chart,
        f"When VCIOM allowed several answers, the country named most often was {say_list(firsts)}; asked for one country, "
        f"{_in_turn(superjob)} named Russia at SuperJob.",
        "VCIOM's shares add up to more than all people, since several answers were allowed.",
    )


def leadership_other(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the other questions to Russians on whether their country leads in space, or led."""
    chart, frames = _draw(
        polls, questions, "polls-leadership-other", "Other questions on Russia's lead, percent of Russians"
    )
    great = _shares(frames["romir-great-space-power"], "yes")
    now = _shares(frames["superjob-when-leading"], "now")
    leads = _shares(frames["vciom-leads-or-lags-2018"], "leads")
    return _finish(
        chart,
        f"Russia “leads” for {_range(leads)} at VCIOM, is to some degree a great space power for {_in_turn(great)} "
        f"at ROMIR, and leads “now” for {_in_turn(now)} at SuperJob.",
        "ROMIR asked in towns only in its last poll; at SuperJob several answers were allowed.",
    )


def doubtful(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions that are known only from a reprint or a doubtful report, and say what each seems to repeat."""
    chart, frames = _draw(
        polls, questions, "polls-leadership-doubtful", "Doubtful and reprinted figures on Russia's lead, percent"
    )
    known = polls.set_index(["poll", "question", "option"])["percent"]
    own = {(row["question"], row["option"]): row["percent"] for _, row in pd.concat(frames.values()).iterrows()}
    pairs = [(own[one], float(known.loc[other])) for one, other in TWINS]
    same = sum(one == other for one, other in pairs)
    return _finish(
        chart,
        f"{same} of these {len(pairs)} figures equal one of a poll that is known better; none of them is counted as a poll of "
        "its own.",
        "Held against FOM's poll of 2004 (reprint, ROMIR) and VCIOM's of April 2018: "
        + say_list([f"{one:g} against {other:g}" for one, other in pairs])
        + ", in the order drawn.",
    )


def future_importance(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions to Russians on the lead in ten years and on whether space matters."""
    chart, frames = _draw(
        polls, questions, "polls-future-importance", "Will Russia lead, and does it matter? Percent of Russians"
    )
    wishes = PANELS[chart.name][1:]  # the first answer of each is the wish
    wanted = pd.concat([_shares(frames[panel.question], panel.answers[0].option) for panel in wishes])
    majority = "in every poll found a majority wants" if wanted.min() > 50 else "the polls found want"
    return _finish(
        chart,
        f"At FOM {_range(_shares(frames['fom-lead-in-10-years'], 'will'))} expected Russia to lead in ten years; "
        f"{majority} standing, a lead or a part in space ({wanted.min():g} to {wanted.max():g} percent).",
    )


def spending(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions to Russians on more or less money for space."""
    chart, frames = _draw(polls, questions, "polls-spending", "More money for space, or less? Percent of Russians")
    fom, romir = frames["fom-funding"], frames["romir-funding"]
    gaps = pd.concat(
        [_shares(fom, "more") - _shares(fom, "less"), _shares(romir, "increase") - _shares(romir, "cut")]
    ).dropna()
    ahead = "; more people were for more than for less each time that both are known" if gaps.min() > 0 else ""
    return _finish(
        chart,
        f"For more money for space were {_range(_shares(fom, 'more'))} of Russians at FOM and "
        f"{_range(_shares(romir, 'increase'))} at ROMIR{ahead}.",
        "Two questions in different words: compare the ups and downs, not the levels.",
    )


def programme_size(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the question of VCIOM and the Levada Center on the size of the space programmes."""
    chart, frames = _draw(
        polls, questions, "polls-programme-size", "Expand the space programmes, or cut? Percent of Russians"
    )
    cuts = pd.concat([_shares(frame, "cut") for frame in frames.values()])
    wishes = [f"{_range(_shares(frames[panel.question], 'expand'))} at {'the ' if ' ' in panel.head else ''}{panel.head}"
              for panel in PANELS[chart.name]]  # fmt: skip
    return _finish(
        chart,
        f"For larger space programmes were {say_list(wishes)}; never more than {cuts.max():g} percent were for cuts.",
    )


def mir_pride_science(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the questions to Russians on the end of Mir, on pride, and on what Russian science is good at."""
    chart, frames = _draw(polls, questions, "polls-mir-pride-science", "Mir, pride and science, percent of Russians")
    areas = frames["vciom-science-leading-area"].sort_values("percent", ascending=False)
    space = areas[areas["option"] == "space"].iloc[0]
    regret, cold = (_shares(frames["fom-mir-end-feeling"], option) for option in ("regret", "indifferent"))
    rank = [str(option) for option in areas["option"]].index("space") + 1
    place = {1: "first", 2: "second", 3: "third"}[rank]
    return _finish(
        chart,
        f"In {regret.index[0]}, as Mir was about to end, {regret.iloc[0]:g} percent of Russians felt regret and {cold.iloc[0]:g} "
        f"percent did not mind; in {int(space['year'])} space came {place} of the {len(areas)} fields found in which Russian "
        f"science leads ({space['percent']:g} percent).",
        "For three questions only one answer was found; about fields of science several answers were allowed.",
    )


def world(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw the polls of the first space years: four countries of Europe in 1957, the United States in 1961 and 1965."""
    chart, frames = _draw(polls, questions, "polls-world-1957-1965", "Who is ahead? Polls of 1957-1965, percent")
    soviet: list[str] = []
    american: list[str] = []
    for panel in PANELS[chart.name][:4]:
        shares = frames[panel.question].set_index("option")["percent"]
        (soviet if shares["soviet-union"] > shares["united-states"] else american).append(panel.head)
    gallup = frames["gallup-us-or-russia-ahead"]
    us, russia = _shares(gallup, "united-states"), _shares(gallup, "russia")
    europe = f"In 1957 more people saw the Soviet Union ahead in science than the United States in {say_list(soviet)}"
    if american:
        europe += f", but not in {say_list(american)}"
    return _finish(
        chart,
        f"{europe if soviet else 'In 1957 none of the four countries saw the Soviet Union ahead in science'}; Americans put "
        f"their own country ahead in space with {_in_turn(us)}, Russia with {_in_turn(russia)}.",
        "The question of 1957 is on science in general, not on space.",
    )


def americans(polls: pd.DataFrame, questions: pd.DataFrame) -> Chart:
    """Draw all answers to the dated questions to Americans since 2006, and the one of 1961 that was asked again."""
    chart, frames = _draw(
        polls, questions, "polls-united-states-all-answers", "Americans on their own lead in space, percent"
    )
    cbs = frames["cbs-us-still-leader"].set_index("option")["percent"]
    norc = frames["apnorc-us-leading"].set_index("option")["percent"]
    essential = _shares(frames["pew-us-leader-essential"], "essential")
    return _finish(
        chart,
        f"At Pew {_range(essential)} of Americans call leadership in space essential; at CBS News "
        f"{cbs['still-leader']:g} percent saw their country still as the leader and {cbs['falling-behind']:g} percent saw it "
        f"fall behind, and at AP-NORC "
        f"{norc['leader']:g} percent called it the only leader.",
        "In 1961 the question was on Russia alone; in 2011 on Russia and other countries.",
    )
