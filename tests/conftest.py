"""What the tests share: copies of the project that a test may change as it likes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from lostlead.build.notebooks import write_notebook

ROOT = Path(__file__).resolve().parent.parent


def copy_project(target: Path, *names: str) -> Path:
    """Copy parts of the project (all that git tracks by default) to ``target`` and return it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *names],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    for name in listed.decode("utf-8").split("\0"):
        if name and (ROOT / name).is_file():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path)
    return target


def leave_out_other_pages(notebook: Path) -> None:
    """Take the links to related pages out of a claim's notebook, for a small book that has no other claims."""
    content = nbformat.read(notebook, as_version=4)
    content.cells = [cell for cell in content.cells if not cell.source.startswith("## Related")]
    write_notebook(notebook, content)


@pytest.fixture
def data_home(tmp_path: Path) -> Path:
    """A copy of the data and the bibliography, in a folder with a space in its name."""
    return copy_project(tmp_path / "lost lead", "data", "book/references.bib", "CITATION.cff")


@pytest.fixture
def edit(data_home: Path) -> Callable[[str, str, str], None]:
    """Return a function that replaces text once in a file of the copy, and fails when it is not there."""

    def replace(name: str, old: str, new: str) -> None:
        path = data_home / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
