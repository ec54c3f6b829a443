"""No computed number is typed in prose: digits stand only in names."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from .conftest import ROOT

# Names that hold a digit. A number that is not part of a name comes from the data.
NAMES = [
    r"C\d{2}\b", r"Apollo \d+", r"Sputnik \d", r"Voskhod \d", r"Vostok \d", r"Phobos \d", r"Gemini \d",
    r"Mars \d+", r"Luna \d+", r"Salyut \d", r"N-?1\b", r"N1-L3", r"L3\b", r"NK-\d+", r"RD-\d+", r"CC BY 4\.0",
    r"Soyuz[- ]\d", r"Angara[- ]A?\d", r"Proton-M", r"2K\b", r"OK-\d\w*", r"5V01\w*", r"F-1\b", r"S-IC",
    r"Spektr-R\w*", r"Glonass-\w\d?", r"MAKS-\d+", r"Mir-2", r"TMA-\d+\w?", r"MS-\d+", r"STS-\d+", r"An-225",
    r"Demo-2", r"Crew-\d", r"Kosmos \d+", r"Venera \d+", r"Rosetta \d", r"Article \d+",
]  # fmt: skip
PAGES = [*sorted((ROOT / "book").rglob("*.ipynb")), *sorted((ROOT / "book").rglob("*.md"))]


def prose_of(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def strays(text: str) -> list[str]:
    """Return the numbers in Markdown prose that are not part of a name, a link target, an anchor or code."""
    text = re.sub(r"^# C\d{2}\. .*$", " ", text, flags=re.MULTILINE)  # the title of a claim page is a name
    text = re.sub(r"```.*?```|`[^`]*`", " ", text, flags=re.DOTALL)
    text = re.sub(r"\[[^\]]*\]\([\w./-]+\.ipynb\)", " ", text)  # the titles of other pages
    text = re.sub(r"\]\([^)]*\)|<[^>]*>|^\([\w-]+\)=$", " ", text, flags=re.MULTILINE)
    text = re.sub("|".join(NAMES), " ", text)
    return re.findall(r"\S*\d\S*", text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_prose_holds_no_typed_number(path: Path) -> None:
    assert strays(prose_of(path)) == []


@pytest.mark.parametrize("text", ["It fell by 40 percent.", "In 1999 it was sunk.", "## The 1980s", "3 of them"])
def test_a_typed_number_is_found(text: str) -> None:
    assert strays(text)


@pytest.mark.parametrize(
    "text", ["Apollo 11 landed.", "See [C03](c03-first-spacewalk.ipynb).", "`year == 1964`", "(x-1)="]
)
def test_a_name_is_no_number(text: str) -> None:
    assert strays(text) == []
