"""Comparing our tables with what was derived from the originals, and bringing them up to date, as a whole."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lostlead.swap import swap
from lostlead.tables import check_all, resource

Row = dict[str, str]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Derived:
    """What one original says about the rows of one of our tables.

    ``theirs`` has, for each key, the values by column, numbers in full precision as text. ``select`` and ``filled``
    say which of our rows it speaks about: those with these cells, and with something in these columns. ``year`` is
    the column that tells a later row from a missing one. A new row goes after the last of its ``group`` and takes the
    cells of ``constant`` and, for the rest, of its neighbour. ``copies`` are the sources that the original replaces
    when it changes a row; ``source`` is its own key.
    """

    table: str
    original: str
    edition: str
    key: Key
    year: str
    theirs: Mapping[Key, Mapping[str, str]]
    group: Key = ()
    select: Mapping[str, str] = field(default_factory=dict)
    filled: Key = ()
    zero_has_no_row: bool = False
    may_add: bool = True
    constant: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    copies: frozenset[str] = frozenset()

    def speaks_of(self, row: Row) -> bool:
        """Return whether this original says anything about one of our rows."""
        return all(row[name] == cell for name, cell in self.select.items()) and all(row[name] for name in self.filled)


@dataclass(frozen=True)
class Drift:
    """One row that differs. ``kind``: changed (``cells`` has ours and theirs by column), gone (they have no such row),
    missing (we have none), newer (we have none, and it is later than our last).
    """

    table: str
    key: Key
    kind: str
    cells: Mapping[str, tuple[str, str]]

    def named(self, derived: Derived) -> str:
        """Return the row as a reader would name it, such as ``year 1998, state USA, basis site``."""
        parts = {**derived.select, **dict(zip(derived.key, self.key, strict=True))}
        return ", ".join(f"{name} {cell}" for name, cell in parts.items())


def read_rows(home: Path, table: str) -> list[Row]:
    """Return the rows of one of our tables as they are written, every cell text."""
    with (home / "data" / resource(table, home)["path"]).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def compare(ours: Sequence[Row], derived: Derived) -> list[Drift]:
    """Return the rows of ours that differ from the derived ones, in the order of the keys.

    What is earlier than our first row is not drift: where a table begins is our choice; so is where it ends, if its
    rows cannot be added. Numbers are compared at the precision with which our table gives the column; other cells to
    the letter.
    """
    spoken = {tuple(row[name] for name in derived.key): row for row in ours if derived.speaks_of(row)}
    places = _precision(spoken.values(), derived)
    years = sorted(row[derived.year] for row in spoken.values())
    found = []
    for key in sorted({*spoken, *derived.theirs}):
        if key not in spoken:
            theirs = {name: _rounded(cell, places.get(name, 0)) for name, cell in derived.theirs[key].items()}
            year = dict(zip(derived.key, key, strict=True)).get(derived.year) or derived.theirs[key][derived.year]
            if not years or year < years[0] or (year > years[-1] and not derived.may_add):
                continue
            kind = "newer" if year > years[-1] else "missing"
            found.append(Drift(derived.table, key, kind, {name: ("", cell) for name, cell in theirs.items()}))
        elif key not in derived.theirs:
            cells = {name: (spoken[key][name], "") for name in places}
            found.append(Drift(derived.table, key, "gone", cells))
        else:
            cells = {}
            for name, cell in derived.theirs[key].items():
                theirs_now = _rounded(cell, places.get(name, 0))
                if _rounded(spoken[key][name], places.get(name, 0)) != theirs_now:
                    cells[name] = (spoken[key][name], theirs_now)
            if cells:
                found.append(Drift(derived.table, key, "changed", cells))
    return found


def _precision(rows: Iterable[Row], derived: Derived) -> dict[str, int]:
    """Return for each column of values how many decimals our rows give at most."""
    columns = next(iter(derived.theirs.values()), {})
    rows = list(rows)
    return {name: max((len(row[name].partition(".")[2]) for row in rows), default=0) for name in columns}


def _rounded(cell: str, places: int) -> str:
    """Return a number rounded half to even and without closing zeros, and anything else as it is."""
    try:
        number = round(Decimal(cell), places)
    except InvalidOperation:
        return cell
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def apply(ours: Sequence[Row], derived: Derived, drifts: Iterable[Drift]) -> list[Row]:
    """Return our rows brought up to the derived ones. Rows that must be judged by a person (``may_add`` false) and
    rows that the original no longer has are left, except where no row means zero.
    """
    rows = [dict(row) for row in ours]
    place = {tuple(row[name] for name in derived.key): row for row in rows if derived.speaks_of(row)}
    for drift in drifts:
        if drift.kind == "changed":
            row = place[drift.key]
            row |= {name: theirs for name, (_, theirs) in drift.cells.items()}
            _attribute(row, derived)
        elif drift.kind == "gone" and derived.zero_has_no_row:
            rows.remove(place[drift.key])
        elif drift.kind in {"missing", "newer"} and derived.may_add:
            _insert(rows, derived, drift)
    return rows


def _attribute(row: Row, derived: Derived) -> None:
    """Name the original in a changed row instead of the copy that the old value was read in."""
    if not derived.source:
        return
    keys = [derived.source if key in derived.copies else key for key in row["sources"].split(";")]
    if keys == [derived.source]:
        row["checked"] = "dataset"
        row["note"] = f"{derived.original}, edition of {derived.edition}"
    row["sources"] = ";".join(dict.fromkeys(keys))


def _insert(rows: list[Row], derived: Derived, drift: Drift) -> None:
    cells = {**dict(zip(derived.key, drift.key, strict=True)), **derived.select}
    group = [
        place
        for place, row in enumerate(rows)
        if derived.speaks_of(row) and all(row[name] == cells[name] for name in derived.group)
    ]
    earlier = [place for place in group if tuple(rows[place][name] for name in derived.key) < drift.key]
    neighbour = rows[earlier[-1] if earlier else group[0]]
    row = {**neighbour, **cells, **{name: theirs for name, (_, theirs) in drift.cells.items()}, **derived.constant}
    if derived.source:
        row["sources"] = derived.source
        _attribute(row, derived)
    rows.insert(earlier[-1] + 1 if earlier else group[0], row)


def to_csv(rows: Sequence[Row]) -> str:
    """Return rows as the text of a CSV file, as the tables of ``data/`` are written."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def write(home: Path, tables: Mapping[str, Sequence[Row]]) -> None:
    """Put new rows of one or more tables into ``data/``, all of them or none.

    The folder is copied, changed and checked aside; then it changes places with ``data/``. Raises DataError when a
    table would not fit its descriptor; ``data/`` is then as it was.
    """
    workshop = home / "data.new"
    shutil.rmtree(workshop, ignore_errors=True)
    try:
        shutil.copytree(home / "data", workshop / "data")
        for name, rows in tables.items():
            path = workshop / "data" / resource(name, home)["path"]
            path.write_text(to_csv(rows), encoding="utf-8")
        check_all(workshop)
        swap(workshop / "data", home / "data", _retired(home))
    except BaseException:
        recover(home)
        raise
    recover(home)


def recover(home: Path) -> None:
    """Finish or undo a write that was interrupted, so that ``data/`` is whole; remove what it left."""
    if not (home / "data").exists() and _retired(home).exists():
        _retired(home).rename(home / "data")
    for leftover in (home / "data.new", _retired(home)):
        shutil.rmtree(leftover, ignore_errors=True)


def _retired(home: Path) -> Path:
    return home / "data.before.new"
