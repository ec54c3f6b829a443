"""Notebooks run again elsewhere: alone beside a data package, and on Binder from the same lock."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lostlead import tables
from lostlead.build.notebooks import kept_in, read_notebook, run_notebooks
from lostlead.tables import DataError

from .conftest import ROOT, copy_project

BINDER = ROOT / ".binder"
READ = "from pathlib import Path; from lostlead import tables; print(len(tables.read('claims')))"


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder of downloads: one claim's notebook with a chart, the data package of this version, its checksum."""
    folder = tmp_path / "my downloads"
    inside = copy_project(
        tmp_path / "packed" / Path(tables.PACKAGE).stem,
        "data",
        "CITATION.cff",
        "LICENSE-CONTENT",
        "book/references.bib",
    )
    folder.mkdir()
    shutil.make_archive(str((folder / tables.PACKAGE).with_suffix("")), "zip", inside.parent)
    digest = hashlib.sha256((folder / tables.PACKAGE).read_bytes()).hexdigest()
    (folder / tables.CHECKSUMS).write_text(f"{digest}  {tables.PACKAGE}\n", encoding="utf-8")
    shutil.copy2(ROOT / "book/claims/c24-poll-of-2008.ipynb", folder)
    return folder


def read_claims(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", READ], cwd=folder, capture_output=True, text=True)


def test_a_notebook_downloaded_alone_gives_the_same_verdict(alone: Path) -> None:
    path = alone / "c24-poll-of-2008.ipynb"
    [notebook] = run_notebooks(alone, [path], lambda line: None, 1, total=1).values()
    assert kept_in(notebook, "record") == kept_in(read_notebook(ROOT / "book/claims" / path.name), "record")


def test_the_data_package_is_checked_and_the_reader_is_told(alone: Path) -> None:
    first, second = read_claims(alone), read_claims(alone)
    digest = hashlib.sha256((alone / tables.PACKAGE).read_bytes()).hexdigest()
    assert first.stdout == second.stdout == f"{len(tables.read('claims', ROOT))}\n"
    assert f"data unpacked from {tables.PACKAGE} (sha256 {digest}, as SHA256SUMS lists it)" in first.stderr
    assert "unpacked earlier" in second.stderr


def test_a_package_without_its_checksum_is_used_and_called_unchecked(alone: Path) -> None:
    (alone / tables.CHECKSUMS).unlink()
    ran = read_claims(alone)
    assert ran.returncode == 0
    assert "not checked: SHA256SUMS of the release is not beside it" in ran.stderr


@pytest.mark.parametrize("damage", ["a byte changed", "cut off"])
def test_a_damaged_package_is_refused_and_nothing_is_unpacked(alone: Path, damage: str) -> None:
    archive = alone / tables.PACKAGE
    content = bytearray(archive.read_bytes())
    if damage == "cut off":
        archive.write_bytes(content[: len(content) // 2])
        (alone / tables.CHECKSUMS).unlink()
        told = "cannot be unpacked"
    else:
        content[len(content) // 2] ^= 1
        archive.write_bytes(content)
        told = "not the file that SHA256SUMS lists"
    before = sorted(path.name for path in alone.iterdir())
    with pytest.raises(DataError, match=told):
        tables.find_home(alone)
    assert sorted(path.name for path in alone.iterdir()) == before


def test_without_data_the_reader_is_told_what_to_put_where(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=re.escape(f"put {tables.PACKAGE} of the same release beside the notebook")):
        tables.find_home(tmp_path)


def test_a_clone_goes_before_a_package(alone: Path) -> None:
    clone = copy_project(alone / "clone", "data")
    assert tables.find_home(clone / "data") == clone.resolve()


def test_binder_installs_the_lock_on_a_python_that_the_project_takes() -> None:
    assert (BINDER / "requirements.txt").read_text(encoding="utf-8").split() == ["-r", "../requirements.lock"]
    asked = re.fullmatch(r"python-(3\.\d+)\n", (BINDER / "runtime.txt").read_text(encoding="utf-8"))
    assert asked is not None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    low, high = re.findall(r"\d+\.(\d+)", project["requires-python"])
    assert int(low) <= int(asked[1].split(".")[1]) < int(high)


def test_binder_then_installs_the_library_without_asking_an_index() -> None:
    script = BINDER / "postBuild"
    assert script.stat().st_mode & 0o111
    assert "pip install --quiet --no-deps --no-build-isolation --editable ." in script.read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0
