"""Reading the tables of ``data/`` by name, checked and typed by ``data/datapackage.json``.

A table is a CSV file with a row a record. Its descriptor (Data Package v2) gives every column a type, constraints
and, in ``x-unit``, a unit. Whatever does not fit ends as one ``DataError`` that names file, row, column and remedy.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import stat
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from frictionless import FrictionlessException, Package, Report
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from lostlead import __version__, reads

DESCRIPTOR = "data/datapackage.json"
# The data package of a release, which holds one folder of the same name, and the checksums that lie beside it.
PACKAGE, CHECKSUMS = f"lost-lead-{__version__}-data.zip", "SHA256SUMS"
MEND_DESCRIPTOR = "mend it there; compare with the other tables of the descriptor"
SEPARATOR = ";"
# How the integer, number and boolean columns of a descriptor are held in pandas; every other type stays text.
PANDAS_TYPES = {"integer": "Int64", "year": "Int64", "number": "float64", "boolean": "boolean"}
# The one way in which each type is written. Libraries read more (``1e3``, ``1_000``, ``NaN``, digits of other scripts,
# ``20240105``), and not all of them the same.
FORMS = {
    "integer": (re.compile(r"-?[0-9]+"), "write digits only, such as 1957"),
    "year": (re.compile(r"-?[0-9]+"), "write digits only, such as 1957"),
    "number": (re.compile(r"-?[0-9]+(\.[0-9]+)?"), "write digits with at most one point, such as 83.6"),
    "boolean": (re.compile(r"true|false"), "write true or false"),
    "date": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "write a date such as 1957-10-04"),
}
MOST_DIGITS = 15  # more are not kept exactly by a float
# Characters that nobody sees: controls (line breaks too), what turns the direction of text, zero-width marks.
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
# Nanoseconds after which a further change of a file cannot leave the same note of the system; some keep whole seconds.
SETTLED = 3_000_000_000
FORMULA = ("=", "+", "-", "@")  # a spreadsheet runs a cell that begins so


# What every table of the descriptor says; what it may say besides is in the standard, which frictionless checks.
TEXT = {"type": "string", "minLength": 1}
FIELD = {
    "type": "object",
    "required": ["name", "type", "description"],
    "properties": {"name": TEXT, "type": TEXT, "description": TEXT},
}
TABLE = {
    "type": "object",
    "required": ["name", "path", "title", "description", "licenses", "schema"],
    "properties": {
        "name": TEXT, "title": TEXT, "description": TEXT,
        "path": {"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.csv$"},  # a file that lies in data/ itself
        "licenses": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["name"]}},
        "schema": {
            "type": "object",
            "required": ["fields", "primaryKey"],
            "properties": {"fields": {"type": "array", "minItems": 1, "items": FIELD}},
        },
    },
}  # fmt: skip
SHAPE = {
    "type": "object",
    "required": ["resources"],
    "properties": {"resources": {"type": "array", "minItems": 1, "items": TABLE}},
}


class DataError(Exception):
    """Something in the data that a person has to put right.

    ``row`` is the line of the file as an editor counts it (the header is line 1); ``column`` is a column name, or
    for the bibliography a field name. Either may be None when the fault is not in one place.
    """

    def __init__(
        self, file: str, problem: str, remedy: str, *, row: int | None = None, column: str | None = None
    ) -> None:
        self.file, self.problem, self.remedy, self.row, self.column = file, problem, remedy, row, column
        place = file
        if row is not None:
            place += f", row {row}"
        if column is not None:
            place += f", column '{column}'"
        super().__init__(f"{place}: {problem}. Remedy: {remedy}.")


def find_home(start: Path | None = None) -> Path:
    """Return the project folder: the nearest folder at or above ``start`` (or the working folder) that holds the data.

    A notebook that was downloaded alone finds the data package of its version (PACKAGE) beside it or above: that is
    unpacked there once, and a line on the standard error says so. Raises DataError when there is neither, or the
    package is not the one in the list of checksums beside it.
    """
    here = (start or Path.cwd()).resolve()
    folders = (here, *here.parents)
    for folder in folders:
        if (folder / DESCRIPTOR).is_file():
            return folder
    for folder in folders:
        if (folder / PACKAGE).is_file():
            return _unpacked(folder / PACKAGE)
    raise DataError(
        DESCRIPTOR, f"not found at or above {here}",
        f"run this from inside a clone of Lost Lead, or put {PACKAGE} of the same release beside the notebook",
    )  # fmt: skip


@lru_cache
def _unpacked(archive: Path) -> Path:
    """Return the folder with the content of a data package, beside it. What is there already is used as it is."""
    home = archive.with_suffix("")
    if (home / DESCRIPTOR).is_file():
        print(f"Lost Lead: data of {home.name}, unpacked earlier", file=sys.stderr)
        return home
    content = archive.read_bytes()
    own = digest(content)
    sums = archive.with_name(CHECKSUMS)
    listed = sums.read_text(encoding="utf-8").splitlines() if sums.is_file() else []
    told = next((line.split()[0] for line in listed if line.split()[1:] == [archive.name]), None)
    if told not in (None, own):
        raise DataError(archive.name, f"it is not the file that {CHECKSUMS} lists ({own})", "download both again")
    checked = f"as {CHECKSUMS} lists it" if told else f"not checked: {CHECKSUMS} of the release is not beside it"
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=archive.parent) as folder:
        try:
            with zipfile.ZipFile(archive) as package:
                package.extractall(folder)
            (Path(folder) / home.name).rename(home)
        except (zipfile.BadZipFile, OSError) as error:
            raise DataError(archive.name, f"it cannot be unpacked ({error})", "download it again") from error
    print(f"Lost Lead: data unpacked from {archive.name} (sha256 {own}, {checked})", file=sys.stderr)
    return home


def read_descriptor(home: Path | None = None) -> dict[str, Any]:
    """Return the data package descriptor of the project as a dictionary.

    Raises DataError when it is not JSON, or does not describe tables.
    """
    path = (home or find_home()) / DESCRIPTOR
    return _descriptor(path, content_of(path))


_digests: dict[Path, tuple[tuple[int, ...], str]] = {}


def content_of(path: Path) -> str:
    """Return the digest of a file (empty when there is none), so that one changed on disk is read again.

    It is worked out again whenever the file has changed by what the system notes of it, and as long as the last
    change is so recent that a further one might leave the same note.
    """
    try:
        seen = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    if not stat.S_ISREG(seen.st_mode):
        return ""
    noted = (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    known, content = _digests.get(path, (None, ""))
    if known == noted:
        reads.opened(str(path.absolute()))
        return content
    content = digest(path.read_bytes())
    if time.time_ns() - max(seen.st_mtime_ns, seen.st_ctime_ns) > SETTLED:
        _digests[path] = (noted, content)
    return content


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=4)
def _descriptor(path: Path, content: str) -> dict[str, Any]:
    try:
        descriptor: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(DESCRIPTOR, "the file is missing", "restore it from the repository") from error
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(DESCRIPTOR, f"it is not valid JSON ({error})", "mend the JSON at the place named") from error
    fault = best_match(Draft202012Validator(SHAPE).iter_errors(descriptor))
    if fault is not None:
        raise DataError(
            DESCRIPTOR, f"{_place(descriptor, fault.absolute_path)}{_short(fault.message)}", MEND_DESCRIPTOR
        )
    return descriptor


def _place(descriptor: Any, path: Iterable[str | int]) -> str:
    """Return a place in the descriptor in words, tables and columns by their names where they have one."""
    words, here = [], descriptor
    for step in path:
        here = here[step]
        name = here.get("name") if isinstance(here, dict) else None
        words.append(f"'{name}'" if isinstance(name, str) else f"number {step + 1}" if isinstance(step, int) else step)
    return f"{' '.join(words)}: " if words else ""


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:100] + " … " + text[-100:]


def resource(name: str, home: Path | None = None) -> dict[str, Any]:
    """Return the descriptor of one table. Raises DataError when the package has no table of that name."""
    resources: list[dict[str, Any]] = read_descriptor(home)["resources"]
    for entry in resources:
        if entry["name"] == name:
            return entry
    known = ", ".join(entry["name"] for entry in resources)
    raise DataError(DESCRIPTOR, f"there is no table '{name}'", f"use one of: {known}")


def table_names(home: Path | None = None) -> list[str]:
    """Return the names of all tables, in the order of the descriptor."""
    return [entry["name"] for entry in read_descriptor(home)["resources"]]


def read(name: str, home: Path | None = None) -> pd.DataFrame:
    """Return one table as a data frame, a row a record, typed by its descriptor.

    Whole numbers are ``Int64``, numbers ``float64``, booleans ``boolean``; everything else, dates included, is text,
    with missing cells as NA. Raises DataError for a missing file, a misspelt column, a wrong type, a broken
    constraint, a repeated key, a reference to nothing, a byte that is not UTF-8, or a table without rows.
    """
    home = home or find_home()
    entry = resource(name, home)
    described = content_of(home / DESCRIPTOR)
    return _read_checked(home, name, content_of(home / "data" / entry["path"]), described).copy(deep=False)


@lru_cache(maxsize=4)
def _package(home: Path, content: str) -> Package:
    """Return the package as frictionless sees it. Raises DataError when the descriptor is not as the standard says."""
    descriptor = read_descriptor(home)
    try:
        return Package.from_descriptor(descriptor, basepath=str(home / "data"))
    except FrictionlessException as error:
        notes = "; ".join(reason.note for reason in error.reasons or [error.error])
        alone = {entry["name"]: descriptor | {"resources": [entry]} for entry in descriptor["resources"]}
        at_fault = [name for name, one in alone.items() if not Package.validate_descriptor(one).valid]
        where = f"table '{at_fault[0]}': " if len(at_fault) == 1 else ""
        raise DataError(DESCRIPTOR, where + _short(notes), MEND_DESCRIPTOR) from error


@lru_cache(maxsize=64)
def _read_checked(home: Path, name: str, content: str, described: str) -> pd.DataFrame:
    entry = resource(name, home)
    file = f"data/{entry['path']}"
    _refuse_unreadable(home / file, file)
    _refuse_unsafe(home / file, file, entry)
    try:
        report = _package(home, described).get_resource(name).validate()
    except (TypeError, ValueError, re.error) as error:
        problem = f"the rules of table '{name}' cannot be applied ({error})"
        raise DataError(DESCRIPTOR, problem, "mend its constraints there") from error
    _raise_first(report, file, entry)
    types = {field["name"]: PANDAS_TYPES.get(field["type"], "str") for field in entry["schema"]["fields"]}
    frame = pd.read_csv(home / file, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8")
    if frame.empty:
        raise DataError(file, "the table has a header but no rows", "restore the rows from the repository")
    return frame


def _refuse_unreadable(path: Path, file: str) -> None:
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(file, "the file is missing", "restore it, or take its entry out of the descriptor") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        start = raw.rfind(b"\n", 0, error.start) + 1
        before = raw[start : error.start].decode("utf-8")
        column = _column_at(raw, before)
        raise DataError(
            file,
            f"byte 0x{raw[error.start]:02x} is not UTF-8 text",
            "save the file as UTF-8",
            row=row,
            column=column,
        ) from error
    if text.startswith("\ufeff"):
        raise DataError(file, "the file starts with a byte order mark", "save it as UTF-8 without a mark", row=1)
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise DataError(file, "there is a NUL character in the text", "delete it", row=row)
    if not text.strip():
        raise DataError(file, "the file is empty", "restore it from the repository")


def _refuse_unsafe(path: Path, file: str, entry: dict[str, Any]) -> None:
    """Refuse what programs read in different ways, run, or do not show; cells are told by row and column."""
    types = {field["name"]: field["type"] for field in entry["schema"]["fields"]}
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        try:
            header = next(reader)
            if len(header) == 1 < len(types):
                problem, remedy = (
                    "the header is one cell",
                    f"divide by commas; the header must be exactly: {','.join(types)}",
                )
                raise DataError(file, problem, remedy, row=1, column=header[0][:60])
            for cells in reader:
                row = reader.line_num - sum(cell.count("\n") for cell in cells)
                for column, cell in zip(header, cells, strict=False):
                    if fault := unsafe(cell, types.get(column, "string")):
                        raise DataError(file, *fault, row=row, column=column)
        except csv.Error as error:
            remedy = "check the quotes and commas of this row; a cell has at most 131,072 characters"
            raise DataError(file, f"this is not CSV ({error})", remedy, row=reader.line_num) from error


def unsafe(cell: str, kind: str = "string") -> tuple[str, str] | None:
    """Return what is wrong with a cell of a column of type ``kind``, and the remedy; None when nothing is."""
    shown = cell if len(cell) <= 60 else cell[:60] + "…"
    if hidden := HIDDEN.search(cell):
        sign = f"U+{ord(hidden[0]):04X}"
        return f"there is a character that cannot be seen ({sign})", "delete it; a cell is one line of plain text"
    if cell != cell.strip():
        return f"'{shown}' begins or ends with a blank", "delete the blank"
    if kind in FORMS:
        form, remedy = FORMS[kind]
        if cell and not form.fullmatch(cell):
            return f"'{shown}' is not of the right type ({kind})", f"write a value of that type: {remedy}"
        if kind != "date" and sum(sign.isdigit() for sign in cell) > MOST_DIGITS:
            return f"'{shown}' has more than {MOST_DIGITS} digits", "round it, or make the column text"
    elif cell.startswith(FORMULA):
        return f"'{shown}' begins with {cell[0]}, which a spreadsheet takes for a formula", "begin it with a word"
    return None


def _column_at(raw: bytes, before: str) -> str | None:
    header = next(csv.reader([raw.split(b"\n", 1)[0].decode("utf-8", "replace").strip()]), [])
    position = len(next(csv.reader([before]), [""])) - 1
    return header[position] if 0 <= position < len(header) else None


def _raise_first(report: Report, file: str, entry: dict[str, Any]) -> None:
    """Turn the first finding of a frictionless report into a DataError; label faults come before cell faults."""
    findings = report.flatten(["rowNumber", "fieldName", "fieldNumber", "type", "note", "cell"])
    if not findings:
        return
    names = [field["name"] for field in entry["schema"]["fields"]]
    labels = [f for f in findings if f[3] in {"incorrect-label", "missing-label", "extra-label", "duplicate-label"}]
    # A row that is too short also breaks the rules of its missing cells: tell the cause.
    in_row = [f for f in findings if f[0] == findings[0][0]]
    shape = [f for f in in_row if f[3] in {"missing-cell", "extra-cell", "blank-row"}]
    row, field, number, kind, note, cell = (labels or shape or findings)[0]
    if labels:
        field = _header_cell(report, number) or field
        remedy = f"the header must be exactly: {','.join(names)}"
        raise DataError(file, f"the header is wrong here ({kind.replace('-', ' ')})", remedy, row=1, column=field)
    kinds = {
        "type-error": (f"'{cell}' is not of the right type ({note})", "write a value of that type"),
        "constraint-error": ("the cell is empty", "fill it: this column must not be empty")
        if not cell
        else (f"'{cell}' breaks a rule of this column ({note})", "write a value that the rule allows"),
        "primary-key": (f"the key of this row is used twice ({note})", "give the row a key of its own, or delete it"),
        "unique-error": (f"'{cell}' is used twice ({note})", "give the row a value of its own"),
        "foreign-key": (f"it refers to something that is not there ({note})", "correct the name, or add what it names"),
        "missing-cell": ("the row is too short", "write all columns; check the commas and quotes"),
        "extra-cell": ("the row is too long", "quote cells that hold a comma; check the quotes"),
        "blank-row": ("the row is empty", "delete it"),
    }
    problem, remedy = kinds.get(kind, (f"{kind.replace('-', ' ')}: {note or cell}", "mend the file as described"))
    if kind == "foreign-key" and field is None:
        field = _foreign_field(note, entry)
    raise DataError(file, problem, remedy, row=row, column=field)


def _header_cell(report: Report, number: int | None) -> str | None:
    labels: list[str] = report.tasks[0].labels if report.tasks else []
    return labels[number - 1] if number and number <= len(labels) else None


def _foreign_field(note: str, entry: dict[str, Any]) -> str | None:
    for key in entry["schema"].get("foreignKeys", []):
        fields = key["fields"] if isinstance(key["fields"], list) else [key["fields"]]
        if any(field in note for field in fields):
            return str(fields[0])
    return None


def line_of(name: str, position: int, home: Path | None = None) -> int:
    """Return the line, as an editor counts it, on which record ``position`` (0 for the first) of a table starts."""
    home = home or find_home()
    path = home / "data" / resource(name, home)["path"]
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        next(reader)
        for index, _ in enumerate(reader):
            if index + 1 == position:
                return reader.line_num + 1
    return position + 2


def split(cell: Any) -> tuple[str, ...]:
    """Return the parts of a cell that joins several names with ``;`` (none for a missing cell)."""
    return () if cell is None or pd.isna(cell) else _parts(str(cell))


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(SEPARATOR) if part.strip())


def key_fields(name: str, home: Path | None = None) -> list[str]:
    """Return the columns that together name a row of a table (its primary key)."""
    key = resource(name, home)["schema"]["primaryKey"]
    return [key] if isinstance(key, str) else list(key)


def row_keys(name: str, rows: pd.DataFrame, home: Path | None = None) -> list[str]:
    """Return the address of each row, ``table:key``, the parts of a longer key joined by commas."""
    fields = key_fields(name, home)
    columns = (rows[field].tolist() for field in fields)
    return [f"{name}:" + ",".join(map(str, parts)) for parts in zip(*columns, strict=True)]


def check_all(home: Path | None = None) -> dict[str, pd.DataFrame]:
    """Read every table of the package and return them by name. Raises DataError at the first fault."""
    home = home or find_home()
    names = table_names(home)
    listed = {resource(name, home)["path"] for name in names}
    for path in sorted((home / "data").glob("*.csv")):
        if path.name not in listed:
            raise DataError(f"data/{path.name}", "no descriptor names this file", f"describe it in {DESCRIPTOR}")
    return {name: read(name, home) for name in names}


def check_references(frame: pd.DataFrame, name: str, column: str, known: Iterable[str], home: Path | None) -> None:
    """Check that every name in a ``;``-joined column is one of ``known``. Raises DataError naming the row."""
    known = set(known)
    file = f"data/{resource(name, home)['path']}"
    for position, cell in enumerate(frame[column]):
        for part in split(cell):
            if part not in known:
                raise DataError(
                    file,
                    f"'{part}' is not known",
                    "correct the spelling, or add the entry that it names",
                    row=line_of(name, position, home),
                    column=column,
                )
