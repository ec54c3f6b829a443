"""Saving a figure the same to the byte, with its alt text, its credit and the data it draws.

``figures/NAME.svg`` is the figure of the book, ``NAME.png`` the one for print and slides, ``NAME.csv`` what is drawn.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lostlead import reads, tables
from lostlead.charts.style import Chart, house_style

FOLDER = "figures"
REGISTER = f"{FOLDER}/figures.csv"
DPI = 200  # of the PNG
COLUMNS = ("name", "title", "alt", "credit", "tables", "takeaway", "notebook")


def render(chart: Chart) -> dict[str, bytes]:
    """Return the three files of a chart by suffix (``svg``, ``png``, ``csv``), without dates or random ids."""
    files: dict[str, bytes] = {}
    with house_style():
        # Lay out once, then hold still: each further layout would move things by a hair and change the bytes. Without an
        # engine, unlike with one called "none", nothing is drawn for the sake of laying out again.
        if layout := chart.figure.get_layout_engine():
            layout.execute(chart.figure)
        chart.figure.set_layout_engine(None)
        drawing = io.BytesIO()
        chart.figure.savefig(drawing, format="svg", metadata={"Date": None, "Creator": None, "Title": chart.title})
        pixels = io.BytesIO()
        chart.figure.savefig(pixels, format="rgba", dpi=DPI)
    files["svg"] = re.sub(rb"[ \t]+\n", b"\n", drawing.getvalue())
    files["png"] = _as_png(pixels.getvalue(), int(chart.figure.get_figwidth() * DPI), chart.title)
    files["csv"] = chart.data.to_csv(index=False, lineterminator="\n").encode("utf-8")
    return files


def _as_png(pixels: bytes, width: int, title: str) -> bytes:
    """Return a picture of ``width`` pixels (red, green, blue, ground) as a PNG with the 256 colours that fit it best.

    A third of the bytes of one with all colours, and not told apart by eye: a chart has few, and their edges.
    """
    picture = Image.frombytes("RGBA", (width, len(pixels) // (4 * width)), pixels).convert("RGB")
    words = PngInfo()
    words.add_text("Title", title)
    buffer = io.BytesIO()
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        buffer, "png", dpi=(DPI, DPI), pnginfo=words
    )
    return buffer.getvalue()


def save(chart: Chart, home: Path | None = None) -> dict[str, bytes]:
    """Write the files of a chart to ``figures/`` and return them. A file whose bytes would not change is left alone.

    Raises ValueError when the name is not lower case with hyphens, the alt text says too little, or a cell of the data
    is not safe in a spreadsheet.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", chart.name):
        raise ValueError(f"figure name '{chart.name}': use lower-case words with hyphens")
    if len(chart.alt) < 80:
        raise ValueError(f"figure '{chart.name}': the alt text must tell what the chart shows, with its key figures")
    for cell in [*chart.data.columns, *chart.data.to_numpy().ravel()]:
        if isinstance(cell, str) and (fault := tables.unsafe(cell)):
            raise ValueError(f"figure '{chart.name}', its data: {fault[0]}; {fault[1]}")
    folder = (home or tables.find_home()) / FOLDER
    folder.mkdir(exist_ok=True)
    files = render(chart)
    for suffix, content in files.items():
        path = folder / f"{chart.name}.{suffix}"
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
        reads.drew(str(path.absolute()))
    return files


def register_row(chart: Chart, notebook: str) -> dict[str, str]:
    """Return the row of ``figures.csv`` for a chart: name, title, alt, credit, tables (joined by ``;``), takeaway.

    ``notebook`` is the path of its notebook as seen from the page that shows it; the build turns it into the path
    from the root (``book/trends/polls.ipynb``).
    """
    return {
        "name": chart.name,
        "title": chart.title,
        "alt": chart.alt,
        "credit": chart.credit,
        "tables": tables.SEPARATOR.join(chart.tables),
        "takeaway": chart.takeaway,
        "notebook": notebook,
    }


def read_register(home: Path | None = None) -> list[dict[str, str]]:
    """Return the rows of ``figures.csv``, which the build wrote."""
    path = (home or tables.find_home()) / REGISTER
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
