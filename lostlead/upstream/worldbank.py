"""Series of prices, rates, output and research in our tables, derived again from the indicators of the World Bank.

The API (version 2) answers a query for one indicator with a JSON list of two: facts about the answer (``page``,
``pages``, ``total``, ``lastupdated``), and records with ``countryiso3code``, ``date`` (a year) and ``value``. What it
cannot answer it says in a list of one, with ``message``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from lostlead.tables import DataError
from lostlead.upstream.drift import Derived
from lostlead.upstream.fetching import Original

SOURCE = "worldbank-indicators"
# Copies and reprints of these indicators that our rows were read in.
COPIES = frozenset(
    {
        "datahub-cpi", "datahub-gdp", "datahub-ppp", "imf-codeforiati", "owid2024rdgdp", "owid2024researchers",
        "owid2025rdgdp", "rosstat-unread", "wb2019researchers",
    }
)  # fmt: skip
ECONOMIES = {"RUS": "Russia", "USA": "United States"}
SEE = "look at the answer: the API has changed, and lostlead/upstream/worldbank.py must follow"


@dataclass(frozen=True)
class Series:
    """Which rows of which of our tables are one indicator of one economy, and by how much its unit is ours."""

    indicator: str
    economy: str
    table: str
    value: str = "value"
    year: str = "year"
    select: dict[str, str] = field(default_factory=dict)
    unit: int = 1
    whole_row: bool = True  # false where the row also holds what another source says


def _research(indicator: str, series: str) -> list[Series]:
    basis = {"series": series, "basis": "World Bank and UNESCO"}
    return [
        Series(indicator, code, "rd_personnel", select={"country": name, **basis}) for code, name in ECONOMIES.items()
    ]


SERIES = [
    Series("FP.CPI.TOTL.ZG", "RUS", "deflators", select={"series": "ru-cpi-mean-change"}),
    Series("PA.NUS.PPP", "RUS", "deflators", select={"series": "ppp-gdp-rus"}),
    Series("PA.NUS.FCRF", "RUS", "deflators", select={"series": "rub-usd-mean"}),
    Series("NY.GDP.MKTP.CD", "RUS", "deflators", select={"series": "gdp-usd-rus"}, unit=10**9),
    Series("NY.GDP.MKTP.CD", "USA", "deflators", select={"series": "gdp-usd-usa"}, unit=10**9),
    Series("PA.NUS.PPP", "RUS", "rub_rates", value="rub_per_international_dollar", year="period", whole_row=False),
    *_research("GB.XPD.RSDV.GD.ZS", "rd_gdp_share"),
    *_research("SP.POP.SCIE.RD.P6", "researchers_per_million"),
]


def originals(base: str) -> list[Original]:
    """Return one query for each indicator, under the base address of the API."""
    economies = ";".join(ECONOMIES)
    return [
        Original(
            f"{indicator}.json",
            f"{base.rstrip('/')}/country/{economies}/indicator/{indicator}?format=json&per_page=20000",
            "json",
        )
        for indicator in dict.fromkeys(series.indicator for series in SERIES)
    ]


def read_indicator(path: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """Return the day of the last update (ISO) and the values by economy and year, as text in full precision.

    Raises DataError naming the file, and row and field where there is one, for what is not JSON, an answer without
    data, a field that is missing, an answer of several pages, and one that holds another indicator.
    """
    file = path.name
    try:
        answer = json.loads(path.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
    except ValueError as error:
        raise DataError(file, f"it is not whole JSON ({error})", "run the command again") from error
    if not isinstance(answer, list) or len(answer) != 2 or not answer[1]:
        raise DataError(file, f"there is no data in the answer: {json.dumps(answer)[:200]}", SEE)
    about, records = answer
    edition = _field(about, "lastupdated", file, None)
    if _field(about, "pages", file, None) != "1" or str(len(records)) != _field(about, "total", file, None):
        raise DataError(file, "the answer does not hold all records", SEE, column="total")
    values: dict[str, dict[str, str]] = {}
    for number, record in enumerate(records, start=1):
        if _field(_field(record, "indicator", file, number), "id", file, number) != path.stem:
            raise DataError(file, "the record is of another indicator", SEE, row=number, column="indicator")
        economy, year = (_field(record, name, file, number) for name in ("countryiso3code", "date"))
        value = _field(record, "value", file, number)
        if value is not None:
            values.setdefault(economy, {})[year] = _number(value, file, number)
    return edition, values


def _field(record: Any, name: str, file: str, number: int | None) -> Any:
    if not isinstance(record, dict) or name not in record:
        raise DataError(file, "this field is not there", SEE, row=number, column=name)
    return record[name]


def _number(value: Any, file: str, number: int) -> str:
    try:
        amount = Decimal(value)
    except (ArithmeticError, TypeError, ValueError):
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise DataError(file, f"'{value}' is not a number", SEE, row=number, column="value")
    return str(amount)


def derive(indicators: dict[str, tuple[str, dict[str, dict[str, str]]]]) -> list[Derived]:
    """Return what the indicators (edition and values, by name) say about our tables.

    Raises DataError when an indicator has nothing for an economy that our rows are about.
    """
    return [_derived(series, *indicators[series.indicator]) for series in SERIES]


def _derived(series: Series, edition: str, values: dict[str, dict[str, str]]) -> Derived:
    if not values.get(series.economy):
        raise DataError(f"{series.indicator}.json", f"it has nothing for {series.economy}", SEE)
    return Derived(
        table=series.table,
        original=f"World Bank {series.indicator}",
        edition=edition,
        key=(series.year,),
        year=series.year,
        theirs={
            (year,): {series.value: str(Decimal(value) / series.unit)} for year, value in values[series.economy].items()
        },
        select=series.select,
        filled=(series.value,),
        may_add=series.whole_row,
        source=SOURCE,
        copies=COPIES,
    )
