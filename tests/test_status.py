"""The page on the state of the book shows what is the same on every machine; run times stand beside it, measured once."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import date
from pathlib import Path

import pytest

from lostlead import status

from .conftest import ROOT, copy_project
from .test_repository import LOCK


def rows_of(markdown: str) -> dict[str, list[str]]:
    """The rows of a Markdown table by the plain words of their first cell."""
    rows = [line.strip("| ").split(" | ") for line in markdown.splitlines() if line.startswith("| ")]
    return {re.sub(r"\[([^]]*)\]\([^)]*\)|`", r"\1", row[0]).replace("\\", ""): row for row in rows[2:]}


@pytest.mark.parametrize("name", status.PACKAGES)
def test_a_package_that_is_shown_has_one_version_in_the_lock(name: str) -> None:
    found = re.findall(rf"^{re.escape(name)}==(\S+) \\$", LOCK, re.MULTILINE)
    assert len(found) == 1
    assert f"| `{name}` | {found[0]} |" in status.environment().markdown


def test_every_input_has_its_checksum() -> None:
    shown = rows_of(status.inputs(ROOT).markdown)
    assert set(shown) == {f"data/{path.name}" for path in (ROOT / "data").iterdir()} | {"book/references.bib"}
    for name, row in shown.items():
        content = (ROOT / name).read_bytes()
        assert row[1:] == [f"{len(content):,}", f"`{hashlib.sha256(content).hexdigest()[: status.SHOWN]}`"]


def test_run_times_are_of_notebooks_of_this_book_and_the_rest_is_called_not_measured() -> None:
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "book").rglob("*.ipynb")}
    times = status.read_times(ROOT)
    assert times
    assert set(times) <= there
    assert all(float(row["seconds"]) > 0 for row in times.values())
    assert status.notebooks(ROOT).markdown.count("| not measured |") == len(there - set(times))


def test_a_checksum_follows_the_code_and_not_the_output(tmp_path: Path) -> None:
    home = copy_project(tmp_path / "lost lead", "data/datapackage.json", "book/cite.ipynb", "book/gaps.ipynb")
    path = home / "book" / "cite.ipynb"
    before = rows_of(status.notebooks(home).markdown)
    assert set(before) == {"cite", "gaps"}
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Version 0", "Version 9"), encoding="utf-8")
    assert rows_of(status.notebooks(home).markdown) == before
    path.write_text(text.replace('"dois()"', '"dois(None)"'), encoding="utf-8")
    after = rows_of(status.notebooks(home).markdown)
    assert after["cite"] != before["cite"]
    assert after["gaps"] == before["gaps"]


def test_run_times_are_a_table_with_day_and_machine() -> None:
    text = status.times_csv({"book/b.ipynb": 2.34, "book/a.ipynb": 1}, date(2026, 11, 22))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["notebook"], row["seconds"], row["measured"]) for row in rows] == [
        ("book/a.ipynb", "1.0", "2026-11-22"),
        ("book/b.ipynb", "2.3", "2026-11-22"),
    ]
    assert tuple(rows[0]) == status.COLUMNS
