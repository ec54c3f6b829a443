"""What the book was made with and from: packages, inputs with checksums, notebooks with their measured run times.

A run time differs each time and would change the bytes of the page with every build. So a build that runs every notebook
writes its times to ``_build/run-times.csv``, outside the book; the page shows the ones that a person took over into
``book/run_times.csv``, with the day and the machine.
"""

from __future__ import annotations

import csv
import io
import os
import platform
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path

import nbformat

from lostlead import tables
from lostlead.pages import Block, escape, table
from lostlead.sources import BIBLIOGRAPHY

MEASURED = "book/run_times.csv"
COLUMNS = ("notebook", "seconds", "measured", "python", "processors")
# What runs and renders the book. The lock has one version of each for all versions of Python (tested).
PACKAGES = (
    "jupyter-book", "sphinx", "myst-nb", "nbclient", "ipykernel", "pandas", "matplotlib", "frictionless", "pybtex",
    "citeproc-py", "rocrate",
)  # fmt: skip
SHOWN = 16  # letters of a checksum


def times_csv(seconds: Mapping[str, float], day: date) -> str:
    """Return run times, by path of the notebook, as the text of a table with the day and this machine."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for notebook, took in sorted(seconds.items()):
        writer.writerow([notebook, f"{took:.1f}", day.isoformat(), platform.python_version(), os.cpu_count()])
    return buffer.getvalue()


def read_times(home: Path) -> dict[str, dict[str, str]]:
    """Return the rows of the measured run times by notebook; none where nothing was measured."""
    path = home / MEASURED
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["notebook"]: row for row in csv.DictReader(handle)}


def environment() -> Block:
    """Return the packages that ran and rendered the book, with their versions."""
    return Block(table(["Package", "Version"], [[f"`{name}`", version(name)] for name in PACKAGES]))


def inputs(home: Path | None = None) -> Block:
    """Return every input of the book with its size and the start of its checksum."""
    home = home or tables.find_home()
    names = [f"data/{tables.resource(name, home)['path']}" for name in tables.table_names(home)]
    rows = []
    for name in sorted([*names, tables.DESCRIPTOR, BIBLIOGRAPHY]):
        size = (home / name).stat().st_size
        rows.append([f"`{name}`", f"{size:,}", f"`{tables.content_of(home / name)[:SHOWN]}`"])
    return Block(table(["File", "Bytes", "SHA-256, start"], rows, classes="sortable filterable"))


def notebooks(home: Path | None = None) -> Block:
    """Return every notebook with its cells of code, the start of the checksum of its code, and its measured time.

    For a page in ``book/``.
    """
    home = home or tables.find_home()
    times = read_times(home)
    rows = []
    for path in sorted((home / "book").rglob("*.ipynb")):
        name = path.relative_to(home).as_posix()
        code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        digest = tables.digest("\n\n".join(code).encode("utf-8"))
        took = times[name]["seconds"] if name in times else "not measured"
        link = f"[{escape(path.stem)}]({path.relative_to(home / 'book').as_posix()})"
        rows.append([link, str(len(code)), took, f"`{digest[:SHOWN]}`"])
    header = ["Notebook", "Cells of code", "Seconds", "SHA-256 of its code, start"]
    measured = {(row["measured"], row["python"], row["processors"]) for row in times.values()}
    told = [
        f"Measured on {day}, Python {python}, {processors} processors, several notebooks at a time; the "
        f"times add up to {sum(float(row['seconds']) for row in times.values()):.0f} seconds."
        for day, python, processors in sorted(measured)
    ]
    return Block("\n".join([*told, "", table(header, rows, classes="sortable filterable")]))
