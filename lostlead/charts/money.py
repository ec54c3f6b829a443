"""Money of different years, currencies and prices made comparable. No drawing here; ``budgets`` draws.

The tables are ``budgets`` (a row an amount), ``deflators`` (prices, rates, national totals) and ``enterprise_funding``.
Each conversion is a pure function that names its series and its base year.
"""

from __future__ import annotations

import pandas as pd

DOLLAR_YEAR, ROUBLE_YEAR, CRISIS_YEAR = 2024, 2021, 2000  # base years of constant prices
US_PRICES, RU_PRICES = "us-gdp-deflator", "ru-cpi-mean-change"
# US federal outlays: the longer file up to its last year, the newer edition after it.
US_TOTALS = ("us-federal-outlays-fy", "us-federal-outlays-fy-2026ed")
RUB_RATES = ("rub-usd-mean", "rub-usd-mean-cbr")


def one_series(deflators: pd.DataFrame, *names: str) -> pd.Series:
    """Return series of the table ``deflators`` by year; where two have a year, the one named first counts.

    Raises ValueError for a name that the table does not have.
    """
    found: pd.Series = pd.Series(dtype=float)
    for name in names:
        rows = deflators[deflators["series"] == name]
        if rows.empty:
            raise ValueError(f"the table has no series '{name}'")
        found = found.combine_first(pd.Series(rows["value"].to_numpy(float), index=rows["year"].astype(int)))
    return found.sort_index()


def unread_years(deflators: pd.DataFrame, name: str) -> set[int]:
    """Return the years of a series that nobody has read in a source."""
    rows = deflators[(deflators["series"] == name) & (deflators["checked"] == "unread")]
    return {int(year) for year in rows["year"]}


def index_factor(index: pd.Series, year: int, base: int) -> float:
    """Return how many units of money of the year ``base`` one unit of ``year`` is worth, by a price index.

    Formula: index(base) / index(year). Raises KeyError where the index has no value.
    """
    return float(index.loc[base] / index.loc[year])


def change_factor(changes: pd.Series, year: int, base: int) -> float:
    """Return the same from yearly changes of prices in percent: the product of 1 + change/100 from year + 1 to base.

    For a base before the year it is one over that product. Raises KeyError where a change is missing.
    """
    if base < year:
        return 1 / change_factor(changes, base, year)
    factor = 1.0
    for step in range(year + 1, base + 1):
        factor *= 1 + float(changes.loc[step]) / 100
    return factor


def to_dollars(roubles: float, rate: float) -> float:
    """Return money in dollars at a rate in roubles per dollar (market, or per international dollar for PPP)."""
    if rate <= 0:
        raise ValueError(f"{rate} is not a rate")
    return roubles / rate


def nasa_years(budgets: pd.DataFrame, deflators: pd.DataFrame) -> pd.DataFrame:
    """Return NASA outlays by fiscal year: ``nominal`` and ``constant`` (billion dollars), ``share`` of outlays.

    ``constant`` is in dollars of DOLLAR_YEAR by the deflator of gross domestic product (calendar years) and missing
    where the deflator is; ``share`` is in percent of all federal outlays of the year.
    """
    rows = budgets[budgets["series"] == "nasa-outlays"].sort_values("year")
    nominal = pd.Series(rows["value"].to_numpy(float) / 1000, index=rows["year"].astype(int))
    prices, totals = one_series(deflators, US_PRICES), one_series(deflators, *US_TOTALS)
    constant = {y: nominal[y] * index_factor(prices, y, DOLLAR_YEAR) for y in nominal.index if y in prices.index}
    table = pd.DataFrame({"nominal": nominal, "constant": pd.Series(constant)})
    table["share"] = table["nominal"] * 1000 / totals.reindex(table.index) * 100
    return table.rename_axis("year")


def in_constant_roubles(budgets: pd.DataFrame, deflators: pd.DataFrame, series: str, base: int) -> pd.DataFrame:
    """Return a rouble series in roubles of ``base`` (consumer prices, annual mean), with ``steps`` read or unread.

    Years to which the price series does not reach are left out.
    """
    changes, unread = one_series(deflators, RU_PRICES), unread_years(deflators, RU_PRICES)
    rows = budgets[budgets["series"] == series].copy()
    rows["year"] = rows["year"].astype(int)
    rows = rows[(rows["year"] <= changes.index.max()) & (rows["year"] >= changes.index.min() - 1)].sort_values("year")
    rows["constant"] = [v * change_factor(changes, y, base) for v, y in zip(rows["value"], rows["year"], strict=True)]
    spans = [set(range(min(y, base) + 1, max(y, base) + 1)) for y in rows["year"]]
    rows["steps"] = ["unread" if span & unread else "read" for span in spans]
    return rows


def against_nasa(budgets: pd.DataFrame, deflators: pd.DataFrame, series: tuple[str, ...]) -> pd.DataFrame:
    """Return Russian amounts as percent of NASA outlays, at the market rate and at PPP, and of the Russian GDP.

    The market rate is the annual mean; GDP in roubles is the World Bank's in dollars times the same rate. Cells for
    which a rate, an outlay or a GDP is missing are NaN; a calendar year is held against the US fiscal year.
    """
    nasa = nasa_years(budgets, deflators)["nominal"]
    market, parity = one_series(deflators, *RUB_RATES), one_series(deflators, "ppp-gdp-rus")
    gdp = one_series(deflators, "gdp-usd-rus")
    rows = budgets[budgets["series"].isin(series)].copy()
    rows["year"] = rows["year"].astype(int)

    def cell(year: int, value: float, rates: pd.Series, whole: pd.Series) -> float:
        known = year in rates.index and year in whole.index
        return to_dollars(value, rates[year]) / whole[year] * 100 if known else float("nan")

    for column, rates, whole in (("market", market, nasa), ("ppp", parity, nasa), ("gdp", market, gdp)):
        rows[column] = [cell(y, v, rates, whole) for y, v in zip(rows["year"], rows["value"], strict=True)]
    keep = ["series", "scope", "status", "year", "value", "market", "ppp", "gdp", "sources"]
    return rows[keep].sort_values(["series", "year"]).reset_index(drop=True)


LEVELS = {  # rows of enterprise_funding that tell a level against 1989, and how each becomes an index
    "level-1994": "officials in parliament",
    "level-1996": "magazine",
    "level-2000": "agency head, prices of 2000",
    "level-2002": "agency head, basis not told",
}


def levels_since_1989(funding: pd.DataFrame, budgets: pd.DataFrame) -> pd.DataFrame:
    """Return what was told of the level of Russian space money with 1989 = 100: ``year, index, said_by, basis``.

    A percent level stands as it is, a cut of p percent is 100 - p, a level in constant roubles is divided by that of
    1989, "1989 divided by the year" is 100 over it; the dollars of the Roscosmos chart are divided by its 1989.
    """
    rows = funding.set_index("figure")
    base = float(rows.loc["level-1989", "value"])
    chart = budgets[budgets["series"] == "ru-usd-roscosmos-chart"].set_index("year")["value"].astype(float)
    chart.index = chart.index.astype(int)
    found = [
        (1994, float(rows.loc["level-1994", "value"]), LEVELS["level-1994"], "prices not told"),
        (1996, 100 - float(rows.loc["level-1996", "value"]), LEVELS["level-1996"], "prices not told"),
        (2000, float(rows.loc["level-2000", "value"]) / base * 100, LEVELS["level-2000"], "roubles, prices of 2000"),
        (2002, 100 / float(rows.loc["level-2002", "value"]), LEVELS["level-2002"], "prices not told"),
    ]
    found += [(y, chart[y] / chart[1989] * 100, "chart of Roscosmos", "dollars, basis not told") for y in (2004, 2007)]
    return pd.DataFrame(found, columns=["year", "index_1989", "said_by", "basis"])


def needed_and_budgeted(budgets: pd.DataFrame, funding: pd.DataFrame, deflators: pd.DataFrame) -> pd.DataFrame:
    """Return what was said to be needed and what was budgeted, in billion roubles of CRISIS_YEAR (consumer prices)."""
    changes = one_series(deflators, RU_PRICES)
    by = budgets.set_index("entry")
    extra = funding.set_index("figure").loc["level-2001-b"]
    told = [
        ("1995: Mir", 1995, "need", by.loc["ru-mir-need-1995"]),
        ("1995: Mir", 1995, "budget", by.loc["ru-1995-unclear-1995"]),
        ("1999: civil space", 1999, "need", by.loc["ru-space-need-1999"]),
        ("2000: programme", 2000, "budget", by.loc["ru-space-budgeted-2000"]),
        ("2000: Mir, extra", 2000, "promised", by.loc["ru-mir-budgeted-2000"]),
        ("2001, told in 2000", 2001, "need", by.loc["ru-space-need-2001"]),
        ("2001, told in winter", 2001, "need", by.loc["ru-space-need-minimum-2001"]),
        ("2001, told in winter", 2001, "budget", by.loc["ru-space-budgeted-2001"]),
        ("2001, told in June", 2001, "budget", extra),
        ("2002: industry", 2002, "budget", by.loc["ru-space-budgeted-2002"]),
    ]
    rows = [(name, year, kind, float(row["value"]), row["sources"]) for name, year, kind, row in told]
    table = pd.DataFrame(rows, columns=["row", "year", "kind", "of_the_day", "sources"])
    table["constant"] = [
        float(v) * change_factor(changes, y, CRISIS_YEAR)
        for v, y in zip(table["of_the_day"], table["year"], strict=True)
    ]
    return table


OTHERS = {
    "China": ("euroconsult",),
    "ESA": ("esa",),
    "Japan": ("japan", "euroconsult"),
    "India": ("india-be", "india-re", "euroconsult"),
    "Russia": ("euroconsult",),
}
CURRENCIES = {"EUR": "eur-usd-mean", "INR": "inr-usd-mean", "JPY": "jpy-usd-mean"}
MILLIONS = {"million": 1.0, "billion": 1000.0, "crore (ten million)": 10.0}


def others_in_dollars(budgets: pd.DataFrame, deflators: pd.DataFrame) -> pd.DataFrame:
    """Return the budgets of OTHERS in billion dollars of the day, at the mean market rate of the calendar year."""
    rates = {currency: one_series(deflators, name) for currency, name in CURRENCIES.items()}
    wanted = pd.concat([
        budgets[(budgets["country"] == country) & budgets["series"].isin(names)] for country, names in OTHERS.items()
    ]).copy()  # fmt: skip
    wanted["year"] = wanted["year"].astype(int)
    wanted["billion_usd"] = [
        float(r.value)
        * MILLIONS[r.unit]
        / 1000
        / (1.0 if r.currency == "USD" else float(rates[r.currency].loc[r.year]))
        for r in wanted.itertuples()
    ]
    return wanted.sort_values(["country", "series", "year"]).reset_index(drop=True)
