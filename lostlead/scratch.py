"""A copy of the data to try things on: what is changed in it changes nothing in the book."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lostlead import reads, tables
from lostlead.sources import BIBLIOGRAPHY, read_sources
from lostlead.tables import DataError


@contextmanager
def scratch(home: Path | None = None) -> Iterator[Path]:
    """Give a folder with a copy of the tables and the bibliography, which is gone when the block ends.

    Pass it on as ``home``: ``open_claim("C24", home)``, ``tables.read("polls", home)``.
    """
    home = home or tables.find_home()
    copied = [*sorted((home / "data").iterdir()), home / BIBLIOGRAPHY]
    # The copies are named by claims and keys that the book does not have: only the originals count as read.
    with tempfile.TemporaryDirectory(prefix="scratch ") as folder, reads.only(*(_name(one, home) for one in copied)):
        for path in copied:
            target = Path(folder) / path.relative_to(home)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
        yield Path(folder)


def _name(path: Path, home: Path) -> str:
    return path.relative_to(home).as_posix()


def add_row(home: Path, table: str, **cells: str | float | None) -> None:
    """Add a row to a table of the copy at ``home``; columns that are not named stay empty.

    Raises DataError, and leaves the table as it was, when a column is not there or the row breaks a rule of the table.
    """
    entry = tables.resource(table, home)
    columns = [field["name"] for field in entry["schema"]["fields"]]
    path = home / "data" / entry["path"]
    for column in cells:
        if column not in columns:
            raise DataError(
                f"data/{entry['path']}", f"there is no column '{column}'", f"use: {', '.join(columns)}", column=column
            )
    row = io.StringIO()
    csv.DictWriter(row, columns, restval="", lineterminator="\n").writerow(cells)
    before = path.read_text(encoding="utf-8")
    path.write_text(before.rstrip("\n") + "\n" + row.getvalue(), encoding="utf-8")
    try:
        tables.read(table, home)
    except DataError:
        path.write_text(before, encoding="utf-8")
        raise


def add_source(home: Path, key: str, title: str) -> None:
    """Add a made-up source to the bibliography of the copy at ``home``.

    Its key starts with ``zz-``, so that it stands last and nobody takes it for a real one. Raises DataError when it
    does not, or when it is there already, and leaves the bibliography as it was.
    """
    if not key.startswith("zz-"):
        raise DataError(BIBLIOGRAPHY, f"the made-up source '{key}' could be taken for a real one", "start it with zz-")
    path = home / BIBLIOGRAPHY
    before = path.read_text(encoding="utf-8")
    fields = {
        "title": title,
        "publisher": "nobody",
        "language": "en",
        "kind": "web",
        "primary": "no",
        "access": "made up",
    }
    entry = f"@online{{{key},\n" + "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items()) + "}\n"
    path.write_text(f"{before.rstrip()}\n\n{entry}", encoding="utf-8")
    try:
        read_sources(home)
    except DataError:
        path.write_text(before, encoding="utf-8")
        raise
