"""Charts of the station's modules, of who flew to it on whose ships, and of what a seat on Soyuz cost.

The tables are ``station_modules``, ``station_crew_transport``, ``soyuz_crews`` and ``soyuz_seat_contracts``, as
``tables.read`` gives them. Masses are in tonnes, volumes in cubic metres, prices in millions of US dollars of the day.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from lostlead.charts.marks import bare, heading, key, legend
from lostlead.charts.style import (
    COLOURS,
    GROUND,
    INK,
    QUIET,
    RULE,
    Chart,
    house_style,
    new_figure,
    say_list,
    say_years,
)
from lostlead.evidence import Period

# Which colour a state of the tables has; what is not named here is drawn as Other.
GROUPS = {
    "Russia": "USSR/Russia",
    "United States": "USA",
    "ESA": "Europe",
    "Italy": "Europe",
    "Germany and Italy": "Europe",
    "Germany": "Europe",
    "France": "Europe",
    "United Kingdom": "Europe",
    "Denmark": "Europe",
    "Netherlands": "Europe",
    "Belgium": "Europe",
    "Spain": "Europe",
    "China": "China",
}
PLURALS = {"USSR/Russia": "Russians", "USA": "Americans", "Europe": "Europeans", "Other": "others"}
SHORT = {"Kibo Pressurized Module": "Kibo PM", "Kibo ELM-PS": "Kibo ELM", "United Arab Emirates": "UAE"}
LETTERS = {"USSR/Russia": "R", "USA": "US", "Europe": "E", "Other": "J"}
# A volume that its own source calls something else than the volume under pressure is drawn hollow.
PLAIN_VOLUMES = ("pressurised volume", "total internal volume")


def group(state: str) -> str:
    """Return the colour group of a state: USSR/Russia, USA, Europe, China, else Other."""
    return GROUPS.get(state, "Other")


def _dark(colour: str) -> bool:
    return colour in {COLOURS["USSR/Russia"], COLOURS["USA"], COLOURS["Europe"]}


def module_rows(station_modules: pd.DataFrame) -> pd.DataFrame:
    """Return the modules (adapters left out) in the order of launch, with groups, tonnes and whether a volume is plain.

    ``built`` and ``owned`` are colour groups; ``mass_t`` is mass_kg / 1000; ``volume`` is ``plain``, ``other basis`` or
    ``not found``.
    """
    rows = station_modules[station_modules["kind"] == "module"].sort_values(["launch_date", "module"])
    rows = rows.reset_index(drop=True)
    rows["built"] = rows["builder_state"].map(group)
    rows["owned"] = rows["owner_state"].map(group)
    rows["mass_t"] = rows["mass_kg"].astype(float) / 1000
    plain = rows["volume_basis"].fillna("").str.split(",").str[0].isin(PLAIN_VOLUMES)
    rows["volume"] = plain.map({True: "plain", False: "other basis"}).mask(
        rows["pressurised_volume_m3"].isna(), "not found"
    )
    return rows


def modules(station_modules: pd.DataFrame) -> Chart:
    """Draw every module ever attached: who built it, who owns it, its mass (t) and its volume (m3)."""
    rows = module_rows(station_modules)
    places = range(len(rows))
    with house_style():
        figure, [whole] = new_figure(1.75 + 0.31 * len(rows), "The modules of the station, by builder and owner")
        whole.remove()
        tiles, mass, volume = figure.subplots(1, 3, sharey=True, width_ratios=[2.1, 1.35, 1.5])
        for place, row in zip(places, rows.itertuples(), strict=True):
            for column, who in enumerate((row.built, row.owned)):
                colour = COLOURS[who]
                tiles.add_patch(
                    Rectangle((column, place - 0.42), 0.92, 0.84, facecolor=colour, linewidth=0, gid=f"{row.module}")
                )
                tiles.text(column + 0.46, place, LETTERS[who], ha="center", va="center_baseline",
                           color=GROUND if _dark(colour) else INK, fontweight="semibold")  # fmt: skip
            colour = COLOURS[row.owned]
            mass.barh(place, row.mass_t, color=colour, height=0.68)
            mass.annotate(f"{row.mass_t:.1f}", (row.mass_t, place), textcoords="offset points", xytext=(3, 0),
                          va="center_baseline")  # fmt: skip
            if row.volume == "not found":
                volume.text(0, place, "not found", va="center_baseline", color=QUIET, style="italic")
                continue
            hollow = row.volume == "other basis"
            volume.barh(place, row.pressurised_volume_m3, height=0.68 if not hollow else 0.6, linewidth=1.6,
                        facecolor=GROUND if hollow else colour, edgecolor=colour if hollow else "none")  # fmt: skip
            volume.annotate(f"{round(row.pressurised_volume_m3, 1):g}", (row.pressurised_volume_m3, place),
                            textcoords="offset points", xytext=(3, 0), va="center_baseline")  # fmt: skip
        tiles.set_xlim(-0.06, 2)
        tiles.set_ylim(len(rows) - 0.45, -0.55)
        tiles.set_yticks(
            list(places),
            [f"{row.launch_date[:4]} {SHORT.get(row.module, row.module)}" for row in rows.itertuples()],
            color=INK,
        )
        mass.set_xlim(0, float(rows["mass_t"].max()) * 1.72)
        volume.set_xlim(0, float(rows["pressurised_volume_m3"].max()) * 1.75)
        for ax, head in ((mass, "mass, t"), (volume, "volume, m³")):
            heading(ax, head)
            ax.axvline(0, color=RULE, linewidth=1)
        for column, head in enumerate(("built", "owned")):
            tiles.annotate(head, (column + 0.46, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
                           textcoords="offset points", ha="center", color=QUIET)  # fmt: skip
        for ax in (tiles, mass, volume):
            ax.grid(visible=False)
            ax.set_xticks([])
            ax.spines["bottom"].set_visible(False)
        names = {"USSR/Russia": "R Russia", "USA": "US United States", "Europe": "E Europe", "Other": "J Japan"}
        handles = [Patch(color=COLOURS[who], label=name) for who, name in names.items()]
        handles.append(Patch(facecolor=GROUND, edgecolor=INK, label="volume on another basis"))
        legend(figure, handles, 2)
    made, own = rows["built"].value_counts(), rows["owned"].value_counts()
    both = rows[(rows["built"] == "USSR/Russia") & (rows["owned"] != "USSR/Russia")]["module"].to_list()
    theirs = (
        say_list([f"the {state}" for state in rows[rows["module"].isin(both)]["owner_state"].unique()]) if both else ""
    )
    left = rows[rows["end_date"].notna()]
    lost = rows[rows["volume"] == "not found"]["module"].to_list()
    other = rows[rows["volume"] == "other basis"]["module"].to_list()
    first, last = rows["launch_date"].iloc[0][:4], rows["launch_date"].iloc[-1][:4]
    weights = rows.groupby("owned")["mass_t"].sum()

    def count(of: pd.Series) -> str:
        said = {"USSR/Russia": "Russia", "USA": "United States", "Europe": "Europe", "Other": "Japan"}
        return ", ".join(f"{name} {of.get(who, 0)}" for who, name in said.items())

    columns = [
        "module", "launch_date", "end_date", "segment", "builder", "builder_state", "owner", "owner_state", "mass_t",
        "mass_basis", "pressurised_volume_m3", "volume_basis", "sources",
    ]  # fmt: skip
    return Chart(
        name="station-modules",
        figure=figure,
        data=rows[columns],
        title="The modules of the International Space Station, by builder, owner, mass and volume",
        takeaway=(
            f"Of the {len(rows)} modules ever attached to the station, {made.get('USSR/Russia', 0)} were built in Russia and "
            f"{own.get('USSR/Russia', 0)} belong or belonged to Russia"
            + (
                f"; {say_list(both)}, built there, {'belongs' if len(both) == 1 else 'belong'} to {theirs}."
                if both
                else "."
            )
        ),
        alt=(
            f"A row for each of {len(rows)} modules in the order of launch, {first} to {last}, with a tile for the builder, a "
            f"tile for the owner, a bar for mass and one for volume. Built by: {count(made)}. Owned by: {count(own)}. Mass of "
            f"the Russian-owned modules together {weights.get('USSR/Russia', 0):.0f} tonnes of {weights.sum():.0f}. The heaviest "
            f"is {rows.loc[rows['mass_t'].idxmax(), 'module']} with {rows['mass_t'].max():.1f} tonnes; the largest volume "
            f"found is {rows['pressurised_volume_m3'].max():.0f} cubic metres "
            f"({rows.loc[rows['pressurised_volume_m3'].idxmax(), 'module']})."
        ),
        note=(
            "Year of launch, then name; docking adapters, trusses and ships are left out. Bars have the colour of the owner. "
            + "".join(f"{row.module} left the station in {row.end_date[:4]}. " for row in left.itertuples())
            + "Builders and owners in Italy, Germany and ESA count as Europe; a firm counts under its country. Masses are as "
            "published and mixed: some with cargo or outfitting, some without. "
            + (
                f"Hollow bars ({say_list(other)}): a bound, the shell, or a figure on which sources disagree. "
                if other
                else ""
            )
            + (f"No volume was found for {say_list(lost)}. " if lost else "")
            + "The table names the basis of each figure and what other texts give."
        ),
        credit=(
            "Source: GCAT (Jonathan McDowell, CC BY), RussianSpaceWeb, builders, agencies and encyclopedias; each row's source "
            "is in the table"
        ),
        tables=("station_modules",),
    )


def _stack(ax: Axes, rows: pd.DataFrame, floor: pd.Series, *, hatch: bool = False) -> pd.Series:
    """Stack Russians, Americans and others of each row on ``floor`` (by year) and return the new tops by year."""
    tops = floor.copy()
    for column, who in (("russians", "USSR/Russia"), ("americans", "USA"), ("others", "Other")):
        for row in rows.itertuples():
            value = int(getattr(row, column))
            if value:
                ax.bar(
                    int(row.year), value, bottom=float(tops.get(row.year, 0)), width=0.8, facecolor=COLOURS[who],
                    edgecolor=GROUND, linewidth=0.8, hatch="////" if hatch else None,
                )  # fmt: skip
            tops.loc[row.year] = tops.get(row.year, 0) + value
    return tops


def crew_by_vehicle(station_crew_transport: pd.DataFrame) -> Chart:
    """Draw the people carried up to the station by year, Russian ships above, American ships below, by nationality."""
    rows = station_crew_transport.sort_values(["year", "vehicle"])
    first, last = int(rows["year"].min()), int(rows["year"].max())
    peaks = rows.groupby(["year", "vehicle_state"])["people"].sum().groupby("vehicle_state").max()
    tops_of = [float(peaks.get("Russia", 1)) + 1.5, float(peaks.get("United States", 1)) + 6]  # one scale for both
    of_ships = rows.groupby("vehicle")["people"].sum()
    empty = pd.Series(0, index=range(first, last + 1))
    with house_style():
        figure, axes = new_figure(5.4, "People carried up to the station, by ship and year", panels=2, sharex=True,
                                  height_ratios=tops_of)  # fmt: skip
        panels = (("Russia", "On Russian ships (Soyuz)"), ("United States", "On American ships"))
        for ax, (state, head), top_of in zip(axes, panels, tops_of, strict=True):
            some = rows[rows["vehicle_state"] == state]
            ax.set_ylim(0, top_of)
            ax.set_yticks(range(0, int(top_of), 10))
            main = some[some["vehicle"] != "Starliner"]
            tops = _stack(ax, main, empty)
            tops = _stack(ax, some[some["vehicle"] == "Starliner"], tops, hatch=True)
            heading(ax, f"{head}: {int(some['people'].sum())}", INK)
            if some["vehicle"].nunique() < 2:
                continue
            for vehicle, part in some.groupby("vehicle"):
                top = float(tops.loc[int(part["year"].min()) : int(part["year"].max())].max())
                late = int(part["year"].max()) > last - 5
                place = last + 0.5 if late else (float(part["year"].min()) + float(part["year"].max())) / 2
                ax.annotate(
                    f"{vehicle} {int(part['people'].sum())}", (place, top), textcoords="offset points",
                    xytext=(0, 5 if vehicle in {"Starliner", "Space Shuttle"} else 20), ha="right" if late else "center",
                    fontweight="semibold",
                    bbox={"facecolor": GROUND, "linewidth": 0, "pad": 0},
                )  # fmt: skip
        axes[-1].set_xlim(first - 0.7, last + 0.7)
        axes[-1].set_xticks([2000, 2005, 2010, 2015, 2020, 2025])
        handles = [Patch(color=COLOURS[who], label=PLURALS[who]) for who in ("USSR/Russia", "USA", "Other")]
        legend(figure, handles, 3)
    by_state = rows.pivot_table(index="year", columns="vehicle_state", values="people", aggfunc="sum", fill_value=0)
    by_state = by_state.reindex(range(first, last + 1), fill_value=0)
    alone = [int(year) for year in by_state.index[(by_state["United States"] == 0) & (by_state["Russia"] > 0)]]
    never = [int(year) for year in by_state.index[(by_state["United States"] > 0) & (by_state["Russia"] == 0)]]
    total = int(rows["people"].sum())
    soyuz = rows[rows["vehicle_state"] == "Russia"]
    ships = ", ".join(f"{ship} {int(people)}" for ship, people in of_ships.sort_values(ascending=False).items())
    counted = f"Of {total} journeys up to the station, {int(soyuz['people'].sum())} were made on Russian ships"
    columns = ["year", "vehicle", "vehicle_state", "flights", "people", "russians", "americans", "others", "sources"]
    return Chart(
        name="station-crew-by-vehicle",
        figure=figure,
        data=rows[columns].reset_index(drop=True),
        title="People carried up to the International Space Station, by ship and year",
        takeaway=counted + (f"; in {say_years(alone)} no others carried people." if alone else "."),
        alt=(
            f"Two panels of stacked bars, {first} to {last}: people who went up to the station on Russian ships (above) and on "
            f"American ships (below), each bar split into Russians, Americans and others. Journeys by ship: {ships}. "
            + (f"No American ship carried anyone in {say_years(alone)}. " if alone else "")
            + (f"No Russian ship carried anyone in {say_years(never)}. " if never else "")
            + f"On Russian ships: {int(soyuz['russians'].sum())} Russians, {int(soyuz['americans'].sum())} Americans, "
            f"{int(soyuz['others'].sum())} others."
        ),
        note=(
            "People are counted once for each journey up, on flights that arrived at the station, by year of launch (UTC), to "
            f"the end of {last}; both panels have one scale. Hatched: Starliner. The country is the one that a person flew for. "
            "Who came down on another ship is not seen here. Soyuz MS-10, whose launch was aborted, "
            "and ships launched without a crew are left out."
        ),
        credit=(
            "Source: counted from GCAT (Jonathan McDowell, CC BY), the astronaut database and a list of flights; each row's "
            "source is in the table"
        ),
        tables=("station_crew_transport",),
    )


def seats_between(soyuz_crews: pd.DataFrame, after: str, before: str) -> pd.DataFrame:
    """Return the seats to the International Space Station launched after one day and before another (ISO dates).

    Flights that did not arrive are kept (``reached_destination`` tells); ``year`` and ``group`` are added.
    """
    there = soyuz_crews["destination"] == "International Space Station"
    inside = (soyuz_crews["launch_date"] > after) & (soyuz_crews["launch_date"] < before)
    rows = soyuz_crews[there & inside].copy()
    rows["year"] = rows["launch_date"].str[:4].astype(int)
    rows["group"] = rows["nationality"].map(group)
    return rows.sort_values(["launch_date", "nationality"]).reset_index(drop=True)


def riders(soyuz_crews: pd.DataFrame, *, shuttle_landed: str, dragon_flew: str) -> Chart:
    """Draw every seat up on Soyuz between the last Shuttle landing and the first crew on Crew Dragon (ISO dates).

    Above a square a seat by year, below the seats by nationality. Seats of an aborted launch are hollow and not counted.
    """
    rows = seats_between(soyuz_crews, shuttle_landed, dragon_flew)
    arrived = rows[rows["reached_destination"].astype(bool)]
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
    order = ("USSR/Russia", "USA", "Europe", "Other")
    totals = arrived.groupby("nationality")["seats"].sum().sort_values(ascending=False, kind="stable")
    size = 0.86
    with house_style():
        figure, [above, below] = new_figure(
            3.5 + 0.27 * len(totals), "Who went up on Soyuz between the last Shuttle and the first Crew Dragon", panels=2,
            height_ratios=[3.0, 0.27 * len(totals)],
        )  # fmt: skip
        tallest = 0
        for year in years:
            place = 0
            for who, came in [(who, True) for who in order] + [(who, False) for who in order]:
                some = rows[(rows["year"] == year) & (rows["group"] == who) & (rows["reached_destination"] == came)]
                for _ in range(int(some["seats"].sum())):
                    above.add_patch(
                        Rectangle((year - size / 2, place + (1 - size) / 2), size, size, linewidth=0 if came else 1.6,
                                  facecolor=COLOURS[who] if came else GROUND, edgecolor=COLOURS[who])
                    )  # fmt: skip
                    place += 1
            tallest = max(tallest, place)
        above.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        above.set_ylim(0, tallest + 0.3)
        bare(above, years=True)
        above.set_xticks(list(years), [f"{year}" if year % 2 else "" for year in years])
        heading(above, "a square a seat, by year of launch")
        names = [SHORT.get(name, name) for name in totals.index]
        below.barh(names, totals, color=[COLOURS[group(name)] for name in totals.index], height=0.72)
        for place, value in enumerate(totals):
            below.annotate(f"{value}", (float(value), place), textcoords="offset points", xytext=(4, 0),
                           va="center_baseline", fontweight="semibold")  # fmt: skip
        below.tick_params(axis="y", labelcolor=INK)
        heading(below, "seats that reached the station")
        below.set_ylim(len(totals) - 0.4, -0.6)
        below.set_xlim(0, float(totals.max()) * 1.12)
        below.set_xticks([])
        below.grid(False)
        below.spines["bottom"].set_visible(False)
        failed = rows[~rows["reached_destination"].astype(bool)]
        labels = {"USSR/Russia": "Russia", "USA": "USA", "Europe": "Europe", "Other": "other states"}
        handles = [Patch(color=COLOURS[who], label=label) for who, label in labels.items()]
        if len(failed):
            handles.append(Patch(facecolor=GROUND, edgecolor=INK, linewidth=1.6, label="not arrived"))
        key = above.legend(handles=handles[::-1], loc="center right", bbox_to_anchor=(-0.015, 0.5), handlelength=0.9,
                           handletextpad=0.5, labelspacing=0.3, borderaxespad=0)  # fmt: skip
        key.set_in_layout(False)
    everyone = int(totals.sum())
    russians, americans = int(totals.get("Russia", 0)), int(totals.get("United States", 0))
    others = everyone - russians - americans
    start, stop = Period.parse(shuttle_landed).say(), Period.parse(dragon_flew).say()
    each = ", ".join(f"{name} {value}" for name, value in totals.items())
    by_year = (
        arrived.groupby(["year", "group"])["seats"]
        .sum()
        .unstack(fill_value=0)
        .reindex(columns=list(order), fill_value=0)
    )
    most = totals.index[0]
    lost = say_list([str(name) for name in failed["flight"].unique()]) if len(failed) else ""
    drawn = rows.groupby(["year", "nationality", "group", "reached_destination"], as_index=False)["seats"].sum()
    drawn["colour_of"] = drawn.pop("group")
    return Chart(
        name="soyuz-riders",
        figure=figure,
        data=drawn,
        title="Who went up on Soyuz between the last Shuttle and the first Crew Dragon",
        takeaway=(
            f"Between the last Shuttle and the first crew on Crew Dragon, {everyone} seats on Soyuz reached the station: "
            f"{russians} of Russians, {americans} of Americans and {others} of people of other states."
        ),
        alt=(
            f"Above, a column of squares for each year from {years[0]} to {years[-1]}, a square a seat, coloured by state; "
            f"Russians from {by_year['USSR/Russia'].min()} to {by_year['USSR/Russia'].max()} a year, Americans from "
            f"{by_year['USA'].min()} to {by_year['USA'].max()}. Below, bars of the "
            f"seats that reached the station, most for {most}: {each}; together {everyone}."
            + (f" {int(failed['seats'].sum())} seats of {lost}, which did not arrive, are hollow." if lost else "")
        ),
        note=(
            f"Seats on Soyuz launched to the station after the last Shuttle landing ({start}) and before the first launch of "
            f"Crew Dragon with a crew ({stop}), so {years[0]} and {years[-1]} are parts of years. Seats are counted, not "
            "persons: who flew twice counts twice. The state is that of the person, as in the astronaut database."
            + (f" {lost} did not reach the station: it is hollow and not in the totals." if lost else "")
        ),
        credit="Source: counted from GCAT (Jonathan McDowell, CC BY), the astronaut database and a list of flights",
        tables=("soyuz_crews",),
    )


def seat_rows(soyuz_seat_contracts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that give the price of one seat, with ``kind`` and, for contracts, ``signed`` as a moment in years.

    ``kind`` is ``stated`` (a party, the press or the inspector general names the price of a seat), ``derived`` (the total
    over the seats) or ``audited`` (a row of the inspector general). ``signed`` is the middle of the day, month or year.
    """
    rows = soyuz_seat_contracts[soyuz_seat_contracts["price_per_seat_usd_mn"].notna()].copy()
    stated = rows["price_basis"].fillna("").str.startswith("stated")
    rows["kind"] = stated.map({True: "stated", False: "derived"}).mask(rows["row_type"] == "audited price", "audited")
    rows["signed"] = [_moment(str(day)) if pd.notna(day) else float("nan") for day in rows["announced"]]
    return rows.sort_values(["kind", "flights_from", "price_per_seat_usd_mn"]).reset_index(drop=True)


def _moment(text: str) -> float:
    """Return an EDTF date as a decimal year, the middle of its span: ``2014-04`` is 2014.29."""
    period = Period.parse(text)
    days = (period.earliest.timetuple().tm_yday + period.latest.timetuple().tm_yday) / 2
    return period.earliest.year + (days - 0.5) / 365.25


def seat_prices(soyuz_seat_contracts: pd.DataFrame) -> Chart:
    """Draw what a seat cost: each contract from its announcement to its flights, and the audited prices by year.

    Prices are in millions of US dollars of the day, as announced: not corrected for inflation.
    """
    rows = seat_rows(soyuz_seat_contracts)
    contracts = rows[rows["kind"] != "audited"].sort_values("signed")
    audited = rows[rows["kind"] == "audited"]
    single = audited[audited["flights_from"] == audited["flights_to"]]
    spans = audited[audited["flights_from"] != audited["flights_to"]]
    last = int(rows["flights_to"].max()) + 1
    over = say_list(
        [f"{low}-{high}" for low, high in sorted(set(zip(spans["flights_from"], spans["flights_to"], strict=True)))]
    )
    with house_style():
        figure, [ax] = new_figure(6.2, "Price of a seat on Soyuz, millions of US dollars of the day")
        for row in contracts.itertuples():
            colour = COLOURS["USSR/Russia"] if row.from_party == "Roscosmos" else COLOURS["USA"]
            price = row.price_per_seat_usd_mn
            style = "-" if row.kind == "stated" else (0, (0.5, 0.5))
            start, stop = float(row.flights_from), float(row.flights_to) + 1
            ax.plot([row.signed, max(start, row.signed)], [price, price], color=colour, linewidth=1.0)
            ax.plot([max(start, row.signed), stop], [price, price], color=colour, linewidth=4.2, linestyle=style,
                    solid_capstyle="butt")  # fmt: skip
            ax.plot([row.signed], [price], "o", markersize=8, markeredgewidth=1.8, markeredgecolor=colour,
                    markerfacecolor=colour if row.kind == "stated" else GROUND, zorder=4)  # fmt: skip
            boeing = row.from_party != "Roscosmos"
            ax.annotate(f"{row.from_party} {price:g}" if boeing else f"{price:g}", (stop if boeing else row.signed, price),
                        textcoords="offset points", xytext=(5 if boeing else -7, 0), va="center",
                        ha="left" if boeing else "right", color=colour, fontweight="semibold")  # fmt: skip
        for row in single.itertuples():
            half = 0.25 if "first-half" in row.deal else 0.75 if "second-half" in row.deal else 0.5
            ax.plot([float(row.flights_from) + half], [row.price_per_seat_usd_mn], "s", color=INK, markersize=6,
                    markeredgecolor=GROUND, markeredgewidth=0.8, zorder=5)  # fmt: skip
        for row in spans.itertuples():
            word = "mean" if "mean" in row.deal else "highest"
            ax.plot([last + 0.25], [row.price_per_seat_usd_mn], "<", color=INK, markersize=8, zorder=5, clip_on=False)
            ax.annotate(f"{word} {row.price_per_seat_usd_mn:g}", (last + 0.25, row.price_per_seat_usd_mn),
                        textcoords="offset points", xytext=(7, 0), va="center", color=INK)  # fmt: skip
        ax.set_xlim(2002.6, last + 6)
        ax.set_ylim(0, 100)
        ax.set_xticks([2006, 2010, 2014, 2018])
        handles = [
            key("contract, price stated", "o", QUIET, markersize=8, linewidth=4.2, linestyle="-"),
            key("price derived: total over seats", "o", QUIET, firm=False, markersize=8, linewidth=4.2,
                linestyle=(0, (0.5, 0.5))),
            key("NASA inspector general, by year", "s", INK, markersize=6.5, markeredgewidth=0),
            key(f"the same, for {over}", "<", INK),
        ]  # fmt: skip
        legend(figure, handles, 1, handlelength=1.8)
    own = contracts[contracts["from_party"] == "Roscosmos"]
    prices = own["price_per_seat_usd_mn"]
    low, high = own.loc[prices.idxmin()], own.loc[prices.idxmax()]
    rising = prices.is_monotonic_increasing
    unpriced = soyuz_seat_contracts[
        (soyuz_seat_contracts["row_type"] == "contract")
        & soyuz_seat_contracts["seats"].notna()
        & soyuz_seat_contracts["price_per_seat_usd_mn"].isna()
    ]
    more = bool(
        contracts.loc[contracts["kind"] == "derived", "buys_more_than_seats"].astype("boolean").fillna(False).all()
    )
    steps = ", ".join(
        f"{row.announced[:4]} {row.price_per_seat_usd_mn:g} ({row.kind})" for row in contracts.itertuples()
    )
    by_year = ", ".join(f"{row.flights_from} {row.price_per_seat_usd_mn:g}" for row in single.itertuples())
    columns = [
        "deal", "kind", "announced", "from_party", "to_party", "flights_from", "flights_to", "seats", "total_usd_mn",
        "price_per_seat_usd_mn", "price_basis", "sources",
    ]  # fmt: skip
    above = high["price_per_seat_usd_mn"]
    top = spans["price_per_seat_usd_mn"].max() if len(spans) else float("nan")
    return Chart(
        name="seat-prices",
        figure=figure,
        data=rows[columns],
        title="Price of a seat on Soyuz, by contract and by year",
        takeaway=(
            f"A seat cost {low['price_per_seat_usd_mn']:g} million dollars in the contract of {low['announced'][:4]} and "
            f"{above:g} million in that of {high['announced'][:4]}"
            + (", and more in each new contract with Roscosmos that gives a price." if rising else ".")
        ),
        alt=(
            f"Prices of a seat in millions of dollars of the day, 0 to 100. A horizontal line for each of {len(contracts)} "
            f"contracts leads from its announcement to its flights; year announced and price: {steps}. Squares give the price by "
            f"the NASA inspector general for single years of flight: {by_year}. Triangles at the right give his figures for the "
            "whole time: " + ", ".join(f"{r.price_per_seat_usd_mn:g}" for r in spans.itertuples()) + "."
        ),
        note=(
            "US dollars of the day, not corrected for inflation. Dot: day of announcement; thick line: years of the flights, "
            "ends included. Derived prices divide the total of a contract by its seats"
            + (", although the total also pays for other things, such as training and rescue. " if more else ". ")
            + "Red: sold by Roscosmos; blue: sold by Boeing, which had the seats from RSC Energia. "
            + (
                f"Contracts without a price of a seat ({say_list([d[:4] for d in unpriced['announced']])}), offers and exchanges "
                "without money are not drawn. "
                if len(unpriced)
                else "Offers and exchanges without money are not drawn. "
            )
            + (
                f"The contract of {high['announced'][:4]}, above the highest price that the inspector general found, is not "
                "among those that he counted. "
                if above > top and high["in_nasa_oig_70"] == "no"
                else ""
            )
            + "The prices of single years come from different reports and are not joined. The list of contracts is not complete."
        ),
        credit="Source: NASA, Roscosmos, the NASA inspector general (as quoted) and the press; each row's source is in the table",
        tables=("soyuz_seat_contracts",),
    )
