"""Every figure of the book can be read on a phone and tells in words what it shows."""

from __future__ import annotations

from itertools import combinations, pairwise
from unittest.mock import patch

import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from lostlead import figures, tables
from lostlead.charts.marks import lanes, piled, stacked
from lostlead.charts.style import COLOURS, GROUND, TEXT, WIDTH, Chart, balanced, house_style, new_figure, readable

from .conftest import ROOT, book_chart, charts_of

NAMES = [row["name"] for row in figures.read_register(ROOT)]
TALL = 11.2  # inches; a longer figure is cut in two, but for the grids of readings, which are one thing
SHARED = 4.0  # points that the boxes of two texts may share in height: a box is taller than its letters


def written(chart: Chart) -> list[tuple[Text, Bbox]]:
    """Return every text that is drawn in a figure, ticks and key included, with its box in points."""
    seen: list[Text] = []
    draw = Text.draw

    def see(text: Text, renderer: RendererBase) -> None:
        if text.get_visible() and text.get_text().strip():
            seen.append(text)
        draw(text, renderer)

    with house_style(), patch.object(Text, "draw", see):
        chart.figure.draw_without_rendering()
        chart.figure.set_layout_engine("none")
        seen.clear()
        chart.figure.canvas.draw()
    points = 72 / chart.figure.dpi
    return [(text, Bbox(Text.get_window_extent(text).get_points() * points)) for text in seen]


def too_small(chart: Chart) -> list[str]:
    return [text.get_text() for text, _ in written(chart) if float(text.get_fontsize()) < TEXT]


def cut_off(chart: Chart) -> list[str]:
    width, height = (inches * 72 for inches in chart.figure.get_size_inches())
    boxes = written(chart)
    return [t.get_text() for t, b in boxes if b.x0 < -0.5 or b.y0 < -0.5 or b.x1 > width + 0.5 or b.y1 > height + 0.5]


def on_each_other(chart: Chart) -> list[tuple[str, str]]:
    return [
        (one.get_text(), two.get_text())
        for (one, a), (two, b) in combinations(written(chart), 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > SHARED
    ]


def luminance(colour: str) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(colour: str) -> float:
    """Return the contrast of a colour to the white ground, as WCAG 2.2 defines it."""
    return 1.05 / (luminance(colour) + 0.05)


def test_the_notebooks_draw_the_register() -> None:
    notebooks = {row["notebook"] for row in figures.read_register(ROOT)}
    assert sorted({name for notebook in notebooks for name in charts_of(notebook)}) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_tells_what_it_shows(name: str) -> None:
    chart = book_chart(name)
    assert len(chart.alt) >= 80
    assert any(character.isdigit() for character in chart.alt)
    assert chart.takeaway.endswith(".")
    assert chart.note.endswith(".")
    assert chart.credit.startswith("Source")
    assert not {"nan", "None", "NaT"} & set((chart.takeaway + " " + chart.alt + " " + chart.note).split())
    assert not chart.data.empty
    assert set(chart.tables) <= set(tables.table_names(ROOT))


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_can_be_read_on_a_phone(name: str) -> None:
    chart = book_chart(name)
    assert chart.figure.get_figwidth() == WIDTH
    assert chart.figure.get_figheight() <= TALL or name.endswith("-readings")
    assert not too_small(chart)
    assert not cut_off(chart)
    assert not on_each_other(chart)
    # White letters stand on dark bars and tiles; all others must be readable on the ground.
    colours = {text.get_text(): to_hex(text.get_color()) for text, _ in written(chart)}
    pale = {words for words, colour in colours.items() if colour != GROUND and contrast(colour) < 4.5}
    assert not pale


def test_the_checks_of_text_find_what_is_wrong() -> None:
    with house_style():
        figure, [ax] = new_figure(2, "A title")
        figure.set_layout_engine("none")
        ax.set_axis_off()
        ax.text(0.5, 0.5, "small", fontsize=TEXT - 0.1)
        ax.text(0.51, 0.5, "over it")
        ax.text(1.5, 0.5, "outside")
        ax.annotate("hidden", (0.5, 0.5)).set_visible(False)
    chart = Chart("a", figure, tables.read("claims", ROOT), "", "", "", "", "", ())
    assert too_small(chart) == ["small"]
    assert cut_off(chart) == ["outside"]
    assert on_each_other(chart) == [("small", "over it")]


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)  # the grey that just passes


def test_countries_are_told_apart_in_grey() -> None:
    lightness = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(to_rgb, COLOURS.values()))
    assert min(b - a for a, b in pairwise(lightness)) > 0.03


def test_letters_in_every_colour_of_a_country_are_dark_enough() -> None:
    assert min(contrast(readable(colour)) for colour in COLOURS.values()) >= 4.5


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two", ["one two"]),
        ("the collapse as told", ["the collapse", "as told"]),
        ("aaaa bbbb cccc dd", ["aaaa bbbb", "cccc dd"]),
    ],
)
def test_a_title_is_cut_into_lines_of_like_length(text: str, lines: list[str]) -> None:
    assert balanced(text, 16) == lines


def test_marks_of_one_lane_stand_apart() -> None:
    moments = [1957, 1958, 1960, 1960.5, 1963]
    assert lanes(moments, moments, apart=2) == [0, 1, 0, 1, 0]
    assert lanes([1, 2, 5], [4, 2, 6], apart=1) == [0, 1, 0]  # a span keeps its lane to its end


def test_groups_are_stacked_below_each_other_with_room_for_their_names() -> None:
    rows = tables.read("claims", ROOT).head(4)[["claim"]].assign(of=["a", "a", "a", "b"], year=[1, 1, 2, 1])
    rows["lane"] = piled(rows, ["of", "year"])
    assert rows["lane"].tolist() == [0, 1, 0, 0]
    # a: its top at -3, its bottom one lane lower, -4; b: -4 - 3 = -7
    assert stacked(rows, "of", room=3)["y"].tolist() == [-4, -3, -4, -7]
    assert stacked(rows, "of", room=3)["top"].tolist() == [-3, -3, -3, -7]
