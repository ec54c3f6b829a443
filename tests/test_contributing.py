"""The recipe in CONTRIBUTING for a new claim works as it is written."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lostlead.build import BuildError
from lostlead.build.scaffold import add_claim_page
from lostlead.tables import DataError

from .conftest import ROOT, copy_project, leave_out_other_pages
from .test_build import PAGES

CHAPTERS = ("book/data", "book/sources", "book/cite")


def scratch(target: Path) -> Path:
    """A scratch copy of the project, with one other claim beside the pages on method, data and sources."""
    home = copy_project(
        target, "data", "lostlead", "CITATION.cff", "CONTRIBUTING.md", "_config.yml", *PAGES,
        "book/claims/c03-first-spacewalk.ipynb",
    )  # fmt: skip
    leave_out_other_pages(home / "book/claims/c03-first-spacewalk.ipynb")
    chapters = ["book/claims/c03-first-spacewalk", *CHAPTERS]
    (home / "_toc.yml").write_text(
        "format: jb-book\nroot: book/method\nchapters:\n" + "".join(f"  - file: {name}\n" for name in chapters),
        encoding="utf-8",
    )
    lines = (home / "data/verdicts.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.startswith(("claim,", "C03,"))]
    (home / "data/verdicts.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return home


def test_the_recipe_for_a_new_claim_gets_its_page_and_its_verdict(tmp_path: Path) -> None:
    home = scratch(tmp_path / "scratch clone")
    (home / ".venv/bin").mkdir(parents=True)
    (home / ".venv/bin/python").symlink_to(sys.executable)
    text = (home / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = re.search(r"## Add a claim.*?```sh\n(.*?)```", text, re.DOTALL)
    assert recipe is not None
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(home), *sys.path])}
    ran = subprocess.run(
        ["bash", "-e"], input=recipe.group(1), cwd=home, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    records = json.loads((home / "_build/html/verdicts.json").read_text(encoding="utf-8"))
    assert [(record["claim"], record["verdict"]) for record in records] == [
        ("C03", "Partly supported"),
        ("C27", "Supported"),
    ]
    page = (home / "_build/html/book/claims/c27-first-satellite.html").read_text(encoding="utf-8")
    assert "4 October 1957" in page
    assert "ika-4 ng Oktubre 1957" in page
    with (home / "data/verdicts.csv").open(encoding="utf-8", newline="") as handle:
        assert [row["claim"] for row in csv.DictReader(handle)] == ["C03", "C27"]


def test_a_page_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    home = scratch(tmp_path / "scratch")
    before = (home / "book/claims/c03-first-spacewalk.ipynb").read_bytes()
    with pytest.raises(BuildError, match="is there already"):
        add_claim_page(home, "C03", "Again", "")
    assert (home / "book/claims/c03-first-spacewalk.ipynb").read_bytes() == before


def test_a_claim_must_be_in_the_register_first(tmp_path: Path) -> None:
    home = scratch(tmp_path / "scratch")
    with pytest.raises(DataError, match="add its row first"):
        add_claim_page(home, "C99", "Nothing", "")


def test_the_readme_of_contributors_names_no_missing_file() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:book|data|lostlead|tests)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
