"""Figures: the same bytes everywhere, described, and with their data beside them."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageChops

from lostlead import figures, tables
from lostlead.charts import launches
from lostlead.charts.style import Chart, house_style

from .conftest import ROOT

with (ROOT / figures.REGISTER).open(encoding="utf-8", newline="") as handle:
    REGISTER = list(csv.DictReader(handle))
NAMES = [row["name"] for row in REGISTER]
DRAW = """
import hashlib, sys
from lostlead import figures, tables
from lostlead.charts import launches
chart = launches.leaders(tables.read("launches"))
for suffix, content in sorted(figures.render(chart).items()):
    print(suffix, hashlib.sha256(content).hexdigest())
"""


@pytest.fixture(scope="module")
def chart() -> Chart:
    return launches.leaders(tables.read("launches", ROOT))


def digests(chart: Chart) -> str:
    return "".join(f"{s} {hashlib.sha256(c).hexdigest()}\n" for s, c in sorted(figures.render(chart).items()))


@pytest.mark.parametrize(
    ("zone", "locale", "seed"), [("Asia/Manila", "C", "1"), ("America/Caracas", "tr_TR.UTF-8", "4242")]
)
def test_a_figure_is_the_same_to_the_byte_elsewhere(chart: Chart, zone: str, locale: str, seed: str) -> None:
    environment = os.environ | {"TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed}
    ran = subprocess.run(
        [sys.executable, "-c", DRAW], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == digests(chart)


def test_the_committed_files_are_what_the_chart_draws(chart: Chart) -> None:
    for suffix, content in figures.render(chart).items():
        assert (ROOT / "figures" / f"{chart.name}.{suffix}").read_bytes() == content


def test_the_few_colours_of_a_png_are_not_told_from_all_of_them(chart: Chart) -> None:
    few = Image.open(io.BytesIO(figures.render(chart)["png"]))
    buffer = io.BytesIO()
    with house_style():
        chart.figure.savefig(buffer, format="png", dpi=figures.DPI)
    every = Image.open(buffer).convert("RGB")
    assert (few.mode, few.size, few.info["Title"]) == ("P", every.size, chart.title)
    assert round(few.info["dpi"][0]) == figures.DPI
    off = np.asarray(ImageChops.difference(every, few.convert("RGB")))
    assert off.max() <= 12  # of 255, so that no rare colour is lost
    assert (off > 8).mean() < 0.001
    assert few.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_a_readers_own_settings_do_not_change_a_figure(chart: Chart) -> None:
    import matplotlib as mpl

    before = digests(chart)
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.hashsalt": None}):
        assert digests(launches.leaders(tables.read("launches", ROOT))) == before


@pytest.mark.parametrize("row", REGISTER, ids=NAMES)
def test_a_registered_figure_has_all_its_files_and_words(row: dict[str, str]) -> None:
    for suffix in ("svg", "png", "csv"):
        assert (ROOT / "figures" / f"{row['name']}.{suffix}").stat().st_size > 0
    assert len(row["alt"]) >= 80
    assert row["title"]
    assert row["credit"]
    assert row["takeaway"].endswith(".")
    assert set(row["tables"].split(";")) <= set(tables.table_names(ROOT))


@pytest.mark.parametrize("name", NAMES)
def test_the_data_of_a_figure_opens_plainly(name: str) -> None:
    frame = pd.read_csv(ROOT / "figures" / f"{name}.csv")
    assert len(frame) > 0
    assert not any(column.startswith("Unnamed") for column in frame.columns)


def test_every_file_in_the_folder_is_registered() -> None:
    known = {f"{name}.{suffix}" for name in NAMES for suffix in ("svg", "png", "csv")} | {"figures.csv"}
    assert {path.name for path in (ROOT / "figures").iterdir()} == known


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_on_its_page_and_in_the_gallery(name: str) -> None:
    row = next(row for row in REGISTER if row["name"] == name)
    assert f":name: figure-{name}\\n" in (ROOT / row["notebook"]).read_text(encoding="utf-8")
    assert f"(#figure-{name})" in (ROOT / "book" / "gallery.ipynb").read_text(encoding="utf-8")


def test_a_careless_figure_is_refused(chart: Chart, tmp_path: Path) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="lower-case words with hyphens"):
        figures.save(replace(chart, name="My Figure"), tmp_path)
    with pytest.raises(ValueError, match="alt text must tell"):
        figures.save(replace(chart, alt="A chart."), tmp_path)
    assert not (tmp_path / "figures").exists()
