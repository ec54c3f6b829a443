"""Our tables of launches, derived again from Jonathan McDowell's General Catalog of Artificial Space Objects (GCAT).

GCAT is tab-separated text: a header that starts with ``#``, a line ``# Updated`` with the date of the edition, then a
row a record with padded cells. One launch is a row of ``launch.tsv``; who built its rocket stands in ``lv.tsv``, the
states of makers and agencies in ``orgs.tsv``, those of launch sites in ``sites.tsv``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from lostlead.tables import DataError
from lostlead.upstream.drift import Derived
from lostlead.upstream.fetching import Original

# The columns we read. The code of a launch was called Launch_Code up to April 2025 and LaunchCode in December 2025.
CODE = ("LaunchCode", "Launch_Code")
COLUMNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "launch.tsv": (("Launch_Tag",), ("Launch_Date",), ("LV_Type",), ("Launch_Site",), ("Agency",), CODE),
    "lv.tsv": (("LV_Name",), ("LV_Manufacturer",)),
    "orgs.tsv": (("Code",), ("StateCode",)),
    "sites.tsv": (("Site",), ("StateCode",)),
}
FOLDERS = {"launch.tsv": "launch", "lv.tsv": "tables", "orgs.tsv": "tables", "sites.tsv": "tables"}
SEE = "look at the file: the catalogue has changed, and lostlead/upstream/gcat.py must follow"

# Which of our states a code of GCAT belongs to; every other code is Other.
SOVIET = {"SU": "USSR/Russia", "RU": "USSR/Russia"}
MAKERS = SOVIET | {"US": "USA", "NZ": "USA", "CYM": "USA", "CN": "China", "J": "Japan", "IN": "India"}
MAKERS |= dict.fromkeys(("F", "I", "D", "UK", "I-ESA", "I-ELDO"), "Europe")
# Sites: Kwajalein (TTPI) is a range of the USA; Kourou, Hammaguir, San Marco and Gran Canaria are run by Europeans; the
# platform of Sea Launch lies off Kiribati (KI).
SITES = SOVIET | {"US": "USA", "TTPI": "USA", "CN": "China", "J": "Japan", "IN": "India", "KI": "Sea Launch"}
SITES |= dict.fromkeys(("GUF", "DZ", "KE", "ESCN", "UK", "N", "F", "I", "D"), "Europe")
SEA_LAUNCH = "Zenit-3SL"


@dataclass(frozen=True)
class Launch:
    """One orbital launch attempt: its day (UTC), the version of its rocket, the state code of the rocket's maker, and
    the state that each basis of our table gives it to.
    """

    tag: str
    day: date
    version: str
    success: bool
    maker: str
    hardware: str
    operator: str
    site: str


def originals(base: str) -> list[Original]:
    """Return the files of GCAT that the derivation needs, under the base address of its tab-separated tables."""
    return [Original(name, f"{base.rstrip('/')}/{FOLDERS[name]}/{name}", "tsv") for name in COLUMNS]


def read_table(path: Path) -> tuple[str, list[dict[str, str]]]:
    """Return the edition of a table (an ISO date) and its rows, with the columns we read, cells without padding.

    Raises DataError naming the file, and row and column where there is one, for a missing or doubled column, a row
    of another length, a missing date of edition, text that is not UTF-8, and a file that is cut off.
    """
    file = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError(file, "it is not UTF-8 text", SEE) from error
    if not text.endswith("\n"):
        raise DataError(file, "it is cut off: the last line has no end", "run the command again")
    lines = [line.split("\t") for line in text[:-1].split("\n")]
    header = [name.strip().lstrip("#") for name in lines[0]]
    places = {wanted[0]: _place(header, wanted, file) for wanted in COLUMNS[file]}
    edition = ""
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if cells[0].startswith("#"):
            edition = edition or _edition(cells[0])
            continue
        if len(cells) != len(header):
            raise DataError(file, f"the row has {len(cells)} cells, the header {len(header)}", SEE, row=number)
        rows.append({name: cells[place].strip() for name, place in places.items()})
    if not edition:
        raise DataError(file, "no line tells when it was updated", SEE)
    if not rows:
        raise DataError(file, "it has no rows", SEE)
    return edition, rows


def _place(header: Sequence[str], wanted: tuple[str, ...], file: str) -> int:
    places = [place for place, name in enumerate(header) if name in wanted]
    if len(places) != 1:
        problem = "this column is not there" if not places else "this column is there twice"
        raise DataError(file, f"{problem}; the columns are {', '.join(header)[:300]}", SEE, row=1, column=wanted[0])
    return places[0]


def _edition(line: str) -> str:
    found = re.search(r"Updated (\d{4} \w{3} +\d{1,2})", line)
    return datetime.strptime(" ".join(found[1].split()), "%Y %b %d").date().isoformat() if found else ""


def launches(tables: dict[str, list[dict[str, str]]]) -> list[Launch]:
    """Return the orbital launch attempts of the catalogue: code O or D (orbit, deep space) with S or F (success,
    failure); pad explosions (E) are no attempts. Raises DataError for a code that nothing explains.
    """
    makers = {row["LV_Name"]: row["LV_Manufacturer"] for row in reversed(tables["lv.tsv"])}
    states = {row["Code"]: row["StateCode"] for row in tables["orgs.tsv"]}
    sites = {row["Site"]: row["StateCode"] for row in tables["sites.tsv"]}
    found = []
    for row in tables["launch.tsv"]:
        code = row[CODE[0]]
        if code[:1] not in {"O", "D"} or code[1:2] not in {"S", "F"}:
            continue
        maker = _explain(makers, row["LV_Type"], "LV_Type", row)
        built = _explain(states, _first(maker), "LV_Manufacturer", row)
        operated = _explain(states, _first(row["Agency"]), "Agency", row)
        place = _explain(sites, _first(row["Launch_Site"]), "Launch_Site", row)
        found.append(
            Launch(
                tag=row["Launch_Tag"],
                day=_day(row),
                version=row["LV_Type"],
                success=code[1] == "S",
                maker=built,
                hardware="Sea Launch" if row["LV_Type"] == SEA_LAUNCH else MAKERS.get(built, "Other"),
                operator=MAKERS.get(operated, "Other"),
                site=SITES.get(place, "Other"),
            )
        )
    return found


def _first(code: str) -> str:
    """Return the first of several joined organisations, without the mark of doubt."""
    return code.split("/")[0].rstrip("?")


def _explain(known: dict[str, str], code: str, column: str, row: dict[str, str]) -> str:
    if code not in known:
        raise DataError(
            "launch.tsv", f"launch {row['Launch_Tag']}: no table of the catalogue explains '{code}'", SEE, column=column
        )
    return known[code]


def _day(row: dict[str, str]) -> date:
    try:
        return datetime.strptime(" ".join(row["Launch_Date"].rstrip("?").split()[:3]), "%Y %b %d").date()
    except ValueError as error:
        raise DataError(
            "launch.tsv",
            f"launch {row['Launch_Tag']}: '{row['Launch_Date']}' is not a day",
            SEE,
            column="Launch_Date",
        ) from error


def derive(found: Iterable[Launch], edition: str, until: int) -> list[Derived]:
    """Return ``launches`` (by year, state and basis) and the counts of ``new_families``.

    ``until`` is the last year of our tables. Years after it are derived for ``launches`` as far as they are over in
    this edition. Raises DataError when the catalogue does not reach the end of that year.
    """
    over = [launch for launch in found if launch.day.year < int(edition[:4])]
    last = max((launch.day.year for launch in over), default=0)
    if last < until:
        raise DataError(
            "launch.tsv",
            f"the edition of {edition} has no whole year after {last}, our tables go to {until}",
            "look whether the file is cut off, or wait for a later edition",
        )
    return [_by_state(over, edition), _by_version([item for item in over if item.day.year <= until], edition)]


def _by_state(found: Sequence[Launch], edition: str) -> Derived:
    attempts: Counter[tuple[str, ...]] = Counter()
    successes: Counter[tuple[str, ...]] = Counter()
    for launch in found:
        for basis in ("hardware", "operator", "site"):
            key = (str(launch.day.year), getattr(launch, basis), basis)
            attempts[key] += 1
            successes[key] += launch.success
    return Derived(
        table="launches",
        original="GCAT launch list",
        edition=edition,
        key=("year", "state", "basis"),
        year="year",
        group=("basis",),
        theirs={
            key: {"attempts": str(count), "successes": str(successes[key])} for key, count in sorted(attempts.items())
        },
        zero_has_no_row=True,
        constant={"sources": "gcat", "checked": "dataset"},
    )


def _by_version(found: Sequence[Launch], edition: str) -> Derived:
    flights: dict[str, list[Launch]] = {}
    for launch in sorted(found, key=lambda launch: launch.day):
        if launch.maker in SOVIET:
            flights.setdefault(launch.version, []).append(launch)
    return Derived(
        table="new_families",
        original="GCAT launch list",
        edition=edition,
        key=("version",),
        year="last_flight",
        group=(),
        theirs={
            (version,): {
                "first_flight": flown[0].day.isoformat(),
                "last_flight": flown[-1].day.isoformat(),
                "launch_attempts": str(len(flown)),
                "launches_to_orbit": str(sum(launch.success for launch in flown)),
            }
            for version, flown in flights.items()
        },
        # How new a version is has to be judged: a person adds the row.
        may_add=False,
    )
