"""Charts of launches and flights. Every count names its basis: hardware, operator or site.

The tables are ``launches``, ``crewed_launches``, ``person_days`` and ``launch_crosschecks``, as ``tables.read`` gives
them. The pure tables that the charts and the claims share (world totals, shares, who led) are here too.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Patch

from lostlead.charts.marks import bare, heading, legend, number
from lostlead.charts.style import (
    COLOURS,
    GROUND,
    INK,
    QUIET,
    Chart,
    house_style,
    label_end,
    new_figure,
    say_list,
    say_years,
)

RUSSIA, USA, CHINA = "USSR/Russia", "USA", "China"
BASES = ("hardware", "operator", "site")
GCAT_CREDIT = "Source: counted from GCAT (Jonathan McDowell, CC BY)"
GROUPS = ("Other", "Europe")  # several states counted together
MARKS = {RUSSIA: "o", USA: "s", CHINA: "^", "Europe": "v"}


def world_attempts(launches: pd.DataFrame, basis: str) -> pd.Series:
    """Return the world's orbital launch attempts by year (index) on one basis, the sum over all states."""
    return launches[launches["basis"] == basis].groupby("year")["attempts"].sum()


def by_state(launches: pd.DataFrame, basis: str, measure: str = "attempts") -> pd.DataFrame:
    """Return a table of years (index) by states (columns) of attempts or successes on one basis, 0 where none."""
    rows = launches[launches["basis"] == basis]
    wide = rows.pivot_table(index="year", columns="state", values=measure, aggfunc="sum", fill_value=0)
    return wide.astype(int)


def shares_by_decade(launches: pd.DataFrame, basis: str = "hardware") -> pd.DataFrame:
    """Return each state's share of the world's attempts in percent, by decade (``1950s`` …) on one basis.

    Columns are USSR/Russia, USA, China and Other (all the rest); a row adds up to 100.
    """
    wide = by_state(launches, basis)
    wide.index = pd.Index([f"{int(year) // 10 * 10}s" for year in wide.index], name="decade")
    decades = wide.groupby(level=0).sum()
    named = decades[[RUSSIA, USA, CHINA]].copy()
    named["Other"] = decades.sum(axis=1) - named.sum(axis=1)
    return named.div(named.sum(axis=1), axis=0) * 100


def leader_by_year(launches: pd.DataFrame, basis: str, measure: str = "attempts") -> pd.Series:
    """Return, by year, the state with the most attempts (or successes) on one basis; ``tie`` where two share it."""
    wide = by_state(launches, basis, measure)
    top = wide.max(axis=1)
    tied = wide.eq(top, axis=0).sum(axis=1) > 1
    return wide.idxmax(axis=1).mask(tied, "tie").rename("leader")


def rivals(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return, by year (index), what decides who leads: columns ``Russia``, ``USA``, ``best other`` and ``world``.

    ``rows`` are those of one basis, with a column ``state``; ``best other`` is the largest single state but Russia, so
    groups of states do not count there.
    """
    wide = rows.pivot_table(index="year", columns="state", values=measure, aggfunc="sum", fill_value=0)
    single = wide.drop(columns=[state for state in (RUSSIA, *GROUPS) if state in wide])
    table = pd.DataFrame({"Russia": wide[RUSSIA], "USA": wide[USA], "best other": single.max(axis=1)})
    return table.assign(world=wide.sum(axis=1))


def attempts_by_state(launches: pd.DataFrame, basis: str = "hardware") -> Chart:
    """Draw orbital launch attempts by year for the USSR and Russia, the USA, China and Europe on one basis."""
    wide = by_state(launches, basis)
    first, last = int(wide.index.min()), int(wide.index.max())
    peak = int(wide[RUSSIA].idxmax())
    drawn = [RUSSIA, USA, CHINA, "Europe"]
    with house_style():
        figure, [ax] = new_figure(4.3, "Orbital launch attempts a year")
        for state in drawn:
            ax.plot(wide.index, wide[state], color=COLOURS[state], marker=MARKS[state], markevery=[-1], markersize=6)
            name = "Russia" if state == RUSSIA else state
            label_end(ax, last, float(wide.loc[last, state]), f"{name} {wide.loc[last, state]}", COLOURS[state])
        number(ax, peak, wide.loc[peak, RUSSIA], f"USSR {peak}: {wide.loc[peak, RUSSIA]}", COLOURS[RUSSIA])
        ax.set_xlim(first, last + 15)
        ax.set_ylim(0, None)
        ax.set_xticks([1960, 1980, 2000, 2020])
    long = wide[drawn].reset_index().melt("year", var_name="state", value_name="attempts")
    total = int(wide.loc[last].sum())
    return Chart(
        name="launch-attempts-by-state",
        figure=figure,
        data=long.assign(basis=basis),
        title="Orbital launch attempts a year, by state",
        takeaway=(
            f"The Soviet Union tried {wide.loc[peak, RUSSIA]} launches in {peak}; Russia tried {wide.loc[last, RUSSIA]} "
            f"in {last}, of {total} in the world."
        ),
        alt=(
            f"Line chart of orbital launch attempts a year from {first} to {last}, by the state that built the rocket. "
            f"USSR and Russia rise to {wide.loc[peak, RUSSIA]} in {peak}, fall to {wide.loc[1996, RUSSIA]} in 1996 and "
            f"stand at {wide.loc[last, RUSSIA]} in {last}. The USA falls to {wide[USA].loc[1970:2000].min()} at its "
            f"lowest between 1970 and 2000 and reaches {wide.loc[last, USA]} in {last}; China reaches "
            f"{wide.loc[last, CHINA]}, Europe {wide.loc[last, 'Europe']}."
        ),
        note=(
            f"Attempts, failures included, by the state that built the rocket ({basis} basis); the USSR and Russia are one "
            "line. Launches of other states are not drawn."
        ),
        credit=GCAT_CREDIT,
        tables=("launches",),
    )


def share_by_decade(launches: pd.DataFrame, basis: str = "hardware") -> Chart:
    """Draw the share of the world's orbital launch attempts by decade as stacked bars on one basis."""
    shares = shares_by_decade(launches, basis)
    last = int(launches["year"].max())
    labels = [f"{d[:4]}-{last}" if d == shares.index[-1] else d for d in shares.index]
    with house_style():
        figure, [ax] = new_figure(4.9, "Share of the world's orbital launch attempts, percent")
        left = pd.Series(0.0, index=shares.index)
        for state in shares.columns:
            ax.barh(
                labels, shares[state], left=left, color=COLOURS[state], edgecolor=GROUND, linewidth=1.5, height=0.74
            )
            for place, decade in enumerate(shares.index):
                width = shares.loc[decade, state]
                if width >= 9 and state != "Other":
                    dark = state == CHINA
                    ax.text(
                        left[decade] + width / 2, place, f"{width:.0f}", ha="center", va="center",
                        color=INK if dark else GROUND, fontweight="semibold",
                    )  # fmt: skip
            left = left + shares[state]
        handles = [Patch(color=COLOURS[s], label="USSR, Russia" if s == RUSSIA else s) for s in shares.columns]
        legend(figure, handles, 4)
        ax.invert_yaxis()
        ax.grid(visible=False)
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
    top = shares[RUSSIA].idxmax()
    after = shares[RUSSIA].loc[top:]
    course = "and has fallen in every decade since, to" if after.is_monotonic_decreasing else "and stands at"
    long = shares.reset_index().melt("decade", var_name="state", value_name="share_pct").round({"share_pct": 1})
    steps = ", ".join(f"{d} {shares.loc[d, RUSSIA]:.0f}" for d in shares.index)
    return Chart(
        name="launch-share-by-decade",
        figure=figure,
        data=long.assign(basis=basis),
        title="Share of the world's orbital launch attempts by decade",
        takeaway=(
            f"The Soviet and Russian share was largest in the {top} ({shares.loc[top, RUSSIA]:.0f} percent) "
            f"{course} {shares[RUSSIA].iloc[-1]:.0f} percent in {shares.index[-1][:4]}-{last}."
        ),
        alt=(
            "Stacked bars, one a decade, of the shares of world orbital launch attempts in percent. USSR and Russia: "
            f"{steps}. USA: " + ", ".join(f"{d} {shares.loc[d, USA]:.0f}" for d in shares.index) + "."
        ),
        note=(
            f"Share of attempts, failures included, by the state that built the rocket ({basis} basis). The first bar "
            f"starts in {int(launches['year'].min())}, the last one ends in {last}."
        ),
        credit=GCAT_CREDIT,
        tables=("launches",),
    )


def leaders(launches: pd.DataFrame) -> Chart:
    """Draw who made most orbital launch attempts in each year, a row of tiles for each of the three bases."""
    table = pd.DataFrame({basis: leader_by_year(launches, basis) for basis in BASES})
    first, last = int(table.index.min()), int(table.index.max())
    with house_style():
        figure, axes = new_figure(3.9, "Who made most launch attempts in each year", panels=3, sharex=True)
        for ax, basis in zip(axes, BASES, strict=True):
            for year, state in table[basis].items():
                tie = state == "tie"
                ax.bar(
                    int(year), 1, width=0.92, color="#e6e0d4" if tie else COLOURS[state], hatch="////" if tie else None,
                    edgecolor=INK if tie else "none", linewidth=0,
                )  # fmt: skip
            heading(ax, f"by {basis}")
            bare(ax, years=True)
            ax.set_ylim(0, 1)
            ax.set_xlim(first - 0.6, last + 0.6)
        axes[-1].set_xticks([1960, 1970, 1980, 1990, 2000, 2010, 2020])
        first_places = {state for basis in BASES for state in table[basis]}
        names = {RUSSIA: "USSR, Russia", USA: "USA", CHINA: "China"}
        handles = [Patch(color=COLOURS[state], label=name) for state, name in names.items() if state in first_places]
        if "tie" in first_places:
            handles.append(Patch(facecolor="#e6e0d4", edgecolor=INK, hatch="////", label="tie"))
        legend(figure, handles, 4)
    years = {
        basis: [int(year) for year, state in table[basis].items() if state == RUSSIA and year >= 1992]
        for basis in BASES
    }

    def led_by(state: str) -> str:
        return say_years([int(year) for year, leader in table["hardware"].items() if leader == state])

    after = ", ".join(f"by {basis} {len(years[basis])}" for basis in BASES)
    return Chart(
        name="launch-leader-by-year",
        figure=figure,
        data=table.reset_index().melt("year", var_name="basis", value_name="leader"),
        title="Who made most orbital launch attempts in each year",
        takeaway=(
            f"By hardware, Russia made most launch attempts in {len(years['hardware'])} of the {last - 1991} years after the "
            f"Soviet Union, the last time in {max(years['hardware'])}."
        ),
        alt=(
            f"Three rows of coloured tiles, one tile a year from {first} to {last}: the state with most orbital launch "
            f"attempts by hardware, operator and site. By hardware the USSR and Russia "
            f"lead in {led_by(RUSSIA)}, the USA in {led_by(USA)}, China in {led_by(CHINA)}; a tie in {led_by('tie')}. Russian "
            f"years since 1992: {after}."
        ),
        note=(
            "Hardware: the state that built the rocket. Operator: the state of the seller or user. Site: the state that "
            "runs the launch site. A hatched tile is a tie."
        ),
        credit=GCAT_CREDIT,
        tables=("launches",),
    )


def crewed(crewed_launches: pd.DataFrame) -> Chart:
    """Draw crewed orbital launch attempts by year, a panel of bars a state."""
    wide = crewed_launches.pivot_table(index="year", columns="state", values="attempts", aggfunc="sum", fill_value=0)
    first, last = int(wide.index.min()), int(wide.index.max())
    wide = wide.reindex(range(first, last + 1), fill_value=0).astype(int)
    totals = wide.sum()
    top = int(wide.to_numpy().max())
    names = {RUSSIA: "USSR, Russia", USA: "USA", CHINA: "China"}
    with house_style():
        figure, axes = new_figure(5.6, "Crewed launch attempts a year", panels=3, sharex=True, sharey=True)
        for ax, (state, name) in zip(axes, names.items(), strict=True):
            ax.bar(wide.index, wide[state], color=COLOURS[state], width=0.85)
            heading(ax, f"{name}: {totals[state]} in all", COLOURS[state])
            ax.set_ylim(0, top + 0.5)
            ax.set_yticks([0, 5, top] if top > 6 else [0, top])
        axes[-1].set_xticks([1960, 1980, 2000, 2020])
    russia_years = int((wide[RUSSIA] > 0).sum())
    gap = [int(year) for year in wide.index if wide.loc[year, USA] == 0 and year > 2000]
    without = f"; in {say_years(gap)} it launched no crew" if gap else ""
    return Chart(
        name="crewed-launches-by-year",
        figure=figure,
        data=wide.reset_index().melt("year", var_name="state", value_name="attempts"),
        title="Crewed orbital launch attempts a year, by state",
        takeaway=(
            f"Since {first} the USSR and Russia have tried to launch crews {totals[RUSSIA]} times, the USA {totals[USA]} "
            f"times{without}."
        ),
        alt=(
            f"Three panels of bars, crewed orbital launch attempts a year from {first} to {last}. USSR and Russia "
            f"{totals[RUSSIA]} in all, in {russia_years} of {len(wide)} years; USA {totals[USA]}, at most {wide[USA].max()} "
            f"a year ({say_list([str(y) for y in wide.index[wide[USA] == wide[USA].max()]])}), none in {say_years(gap)} "
            f"after 2000; China {totals[CHINA]}, from {int(wide.index[wide[CHINA] > 0].min())}."
        ),
        note=(
            "Launches with people aboard that were to reach orbit, failures included; on all three bases the same. One "
            "Soviet attempt (1983) burnt on the pad before lift-off. A Shuttle carried up to eight people, a Soyuz three."
        ),
        credit=GCAT_CREDIT,
        tables=("crewed_launches",),
    )


def days_in_space(person_days: pd.DataFrame) -> Chart:
    """Draw person-days in space by year for the USSR and Russia and for the USA."""
    wide = person_days.pivot_table(index="year", columns="state", values="person_days", aggfunc="sum")
    first, last = int(wide.index.min()), int(wide.index.max())
    wide = wide.reindex(range(first, last + 1)).fillna(0.0)
    ahead = [int(year) for year in wide.index if wide.loc[year, RUSSIA] > wide.loc[year, USA]]
    totals = wide.sum()
    with house_style():
        figure, [ax] = new_figure(4.2, "Person-days in space a year")
        for state, name in ((RUSSIA, "Russia"), (USA, "USA")):
            ax.plot(wide.index, wide[state], color=COLOURS[state], marker=MARKS[state], markevery=[-1], markersize=6)
            label_end(ax, last, float(wide.loc[last, state]), name, COLOURS[state])
        ax.set_xlim(first, last + 12)
        ax.set_ylim(0, None)
        ax.set_xticks([1960, 1980, 2000, 2020])
    return Chart(
        name="person-days-by-year",
        figure=figure,
        data=wide[[RUSSIA, USA]].reset_index().melt("year", var_name="state", value_name="person_days"),
        title="Person-days in space a year",
        takeaway=(
            f"Soviet and Russian crews spent more time in space than American ones in {len(ahead)} of {len(wide)} years, "
            f"without a break from {_longest_run(ahead)[0]} to {_longest_run(ahead)[1]}."
        ),
        alt=(
            f"Line chart of person-days in space a year from {first} to {last}. USSR and Russia ahead of the USA in "
            f"{say_years(ahead)}; sums {totals[RUSSIA]:,.0f} person-days for the USSR and Russia, {totals[USA]:,.0f} for "
            "the USA."
        ),
        note=(
            f"By the country the person flew for; days are split by calendar year. The data end with {last}. People of "
            "other countries are not drawn."
        ),
        credit="Source: astronaut database of Stavnichuk and Corlett (to January 2020), corrected by hand with GCAT",
        tables=("person_days",),
    )


def _longest_run(years: list[int]) -> tuple[int, int]:
    best = (years[0], years[0])
    start = previous = years[0]
    for year in years[1:]:
        if year != previous + 1:
            start = year
        previous = year
        if year - start > best[1] - best[0]:
            best = (start, year)
    return best


def crosscheck(crosschecks: pd.DataFrame, independent: pd.Series) -> Chart:
    """Draw how far other published counts of launches are from the catalogue's.

    ``independent`` is true, row by row, where the other source does not print the catalogue's own counts. Only
    comparisons of like with like, and of launches of one to three years, are drawn.
    """
    usable = crosschecks["like_with_like"].astype(bool) & independent & (crosschecks["catalogue_count"] <= 400)
    rows = crosschecks[usable].copy()
    rows["difference"] = (rows["other_count"] - rows["catalogue_count"]).astype(int)
    warned = rows["sources"].str.contains("kaggle2020missions")
    kept, bad = rows[~warned], rows[warned]
    same = int((kept["difference"] == 0).sum())
    near = int(kept["difference"].abs().between(1, 2).sum())
    far = kept[kept["difference"].abs() > 2].sort_values("difference")
    with house_style():
        figure, [ax] = new_figure(4.2, "Other counts against the catalogue's, difference in launches")
        ax.axhline(0, color=QUIET, linewidth=1)
        ax.plot(
            bad["catalogue_count"], bad["difference"], "x", color="#8d959e", markersize=8, markeredgewidth=2,
            label="a file known to be incomplete",
        )  # fmt: skip
        ax.plot(
            kept["catalogue_count"], kept["difference"], "o", color="#123a6b", alpha=0.75, markersize=7,
            label="other published counts",
        )  # fmt: skip
        ax.set_xlabel("count in the catalogue")
        legend(figure, ax.get_legend_handles_labels()[0], 1)
    return Chart(
        name="launch-crosscheck",
        figure=figure,
        data=rows[
            [
                "comparison",
                "year_from",
                "year_to",
                "state",
                "basis",
                "catalogue_count",
                "other_count",
                "difference",
                "sources",
            ]
        ],
        title="Counts of launches in other publications against the catalogue's",
        takeaway=(
            f"Of {len(kept)} counts published by others, {same} equal the catalogue's and {near} differ by one or two."
        ),
        alt=(
            f"Scatter of the difference between {len(kept)} published launch counts and the catalogue's. {same} lie on zero, "
            f"{near} within two; further off: "
            + "; ".join(f"{r.state} {r.year_from}, {r.difference:+d}" for r in far.itertuples())
            + f". {len(bad)} crosses show a popular file that misses many launches (down to {bad['difference'].min()})."
        ),
        note=(
            "Each dot is a count for one to three years by a source that does not print the catalogue's own counts; "
            "comparisons of different things (objects, forecasts) are left out. Crosses: a file of launches copied from a "
            "web site, shown as a warning."
        ),
        credit="Sources: GCAT (Jonathan McDowell, CC BY) and the publications named in the table",
        tables=("launch_crosschecks",),
    )
