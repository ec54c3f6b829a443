"""What goes wrong around a build never breaks the site that is there, and the next build is right."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lostlead import build
from lostlead.build import build_book, clear_leftovers
from lostlead.build.notebooks import BuildError, run_notebooks
from lostlead.charts import style

from .test_build import quiet, state
from .tiny import make_tiny

FACTS = "data/facts.csv"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one claim, built, in a folder with a space and Filipino letters."""
    home = make_tiny(tmp_path_factory.mktemp("aklat ñg Pilipino") / "lost lead")
    build_book(home, quiet)
    return home


@pytest.fixture
def changed(tiny: Path) -> Iterator[Path]:
    """The book with another fact, so that everything has to be built again; it is as before after the test."""
    before = (tiny / FACTS).read_bytes()
    (tiny / FACTS).write_bytes(before.replace(b",1957-10-04,date", b",1956-10-04,date"))
    yield tiny
    (tiny / FACTS).write_bytes(before)
    build_book(tiny, quiet)


def test_a_site_set_aside_by_a_killed_build_is_put_back(tmp_path: Path) -> None:
    aside = tmp_path / "_build" / "making-1" / "retired"
    aside.mkdir(parents=True)
    (aside / "index.html").write_text("the earlier site", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".making-verdicts.csv").touch()
    (tmp_path / "data" / "verdicts.csv").touch()
    clear_leftovers(tmp_path / "_build")
    assert (tmp_path / "_build" / "html" / "index.html").read_text(encoding="utf-8") == "the earlier site"
    assert [path.name for path in (tmp_path / "_build").iterdir()] == ["html"]
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["verdicts.csv"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_disk_that_is_full_at_the_last_step_changes_nothing(
    changed: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    left, copy = [number], shutil.copyfile

    def full(source: Any, target: Any, **options: Any) -> Any:
        if Path(target).name.startswith(build.DRAFT):
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return copy(source, target, **options)

    monkeypatch.setattr(shutil, "copyfile", full)
    before = state(changed)
    with pytest.raises(OSError, match="No space left on device"):
        build_book(changed, quiet)
    assert state(changed) == before


def test_a_flood_of_output_is_stopped_and_told(tmp_path: Path) -> None:
    nbformat.write(
        new_notebook(cells=[new_code_cell("while True:\n    print('x' * 10_000)")]), tmp_path / "trial.ipynb"
    )
    started = time.monotonic()
    with pytest.raises(BuildError, match=r"trial\.ipynb: its output is more than 20,000,000 characters; write less"):
        run_notebooks(tmp_path, [tmp_path / "trial.ipynb"], quiet, 1, total=1)
    assert time.monotonic() - started < 90, "before the time limit of a cell"


def test_a_missing_font_is_told_and_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "FONT_FILES", ("SourceSansPro-Nowhere.ttf",))
    with pytest.raises(FileNotFoundError, match=r"the font file SourceSansPro-Nowhere\.ttf is missing\. Remedy: run"):
        style._add_fonts()
