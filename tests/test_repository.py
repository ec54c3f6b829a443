"""What a stranger finds in the repository fits together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from contextlib import chdir
from typing import Any
from urllib.parse import urlsplit

import nbformat
from cffconvert import Citation

from lostlead import tables
from lostlead.__main__ import COMMANDS

from .conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_house_is_complete() -> None:
    for name in (
        "README.md", "CITATION.cff", "CHANGELOG.md", "LICENSE", "LICENSE-CONTENT", "Makefile", "pyproject.toml",
        "requirements.lock", ".ci/run", ".binder", "_config.yml", "_toc.yml", "book/references.bib",
        "data/datapackage.json", "data/claims.csv", "data/facts.csv", "data/verdicts.csv", "figures/figures.csv",
    ):  # fmt: skip
        assert (ROOT / name).exists(), name


def test_the_citation_is_valid() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    citation = Citation(text)
    citation.validate()
    assert "Lost Lead" in citation.as_apalike()
    assert not re.search(r"undefined|TODO", text, re.IGNORECASE)


def test_the_lock_pins_everything_by_hash_and_names_no_address() -> None:
    assert "http" not in LOCK.replace("httpcore", "").replace("httpx", "")
    pins = re.split(r"\n(?=[a-z0-9])", LOCK.strip(), flags=re.IGNORECASE)
    assert len(pins) > 100
    for pin in pins:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", pin), pin.splitlines()[0]
        assert "--hash=sha256:" in pin, pin.splitlines()[0]


def test_the_lock_has_every_direct_dependency() -> None:
    wanted = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["test"]
    names = {re.split(r"[<>=\[]", name)[0].lower() for name in wanted}
    locked = {match.lower() for match in re.findall(r"^([A-Za-z0-9._-]+)", LOCK, re.MULTILINE)}
    assert names <= locked, names - locked


def test_make_help_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE).group(1).split())  # type: ignore[union-attr]
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in shown.splitlines() if line.startswith("  make ")} == targets


def test_the_commands_are_the_targets_and_need_no_environment() -> None:
    ran = subprocess.run([sys.executable, "-S", "-m", "lostlead", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0
    for name in COMMANDS:
        assert f"\n  {name} " in ran.stdout
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in set(COMMANDS) - {"help"}:
        assert f"\n{name}:" in makefile, name


def test_a_mistyped_command_is_told_without_a_traceback() -> None:
    ran = subprocess.run([sys.executable, "-m", "lostlead", "bok"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "invalid choice: 'bok'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "\nmake test\n" in script
    assert "make test" in README
    assert "make book" in README


def test_every_page_is_in_the_contents_and_named_plainly() -> None:
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    listed = set(re.findall(r"(?:file|root): (\S+)", contents))
    pages = {
        path.relative_to(ROOT).with_suffix("").as_posix()
        for path in (ROOT / "book").rglob("*")
        if path.suffix in {".md", ".ipynb"} and ".ipynb_checkpoints" not in path.parts
    }
    assert listed == pages
    for page in pages:
        assert re.fullmatch(r"book/([a-z]+/)?[a-z0-9]+(-[a-z0-9]+)*", page), page


def test_pictures_of_the_readme_are_there_and_described() -> None:
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", README)
    assert pictures
    for alt, path in pictures:
        assert len(alt) > 20
        assert (ROOT / path).is_file()


def committed_files_with(word: str) -> str:
    """Return the names of the committed text files that hold a word, in any case."""
    ran = subprocess.run(
        ["git", "grep", "--untracked", "-I", "-i", "-l", "-F", word], cwd=ROOT, capture_output=True, text=True
    )
    return ran.stdout


def test_nothing_committed_names_the_package_index() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--help"], capture_output=True, text=True, check=True,
        env=os.environ | {"COLUMNS": "400"},
    ).stdout  # fmt: skip
    host = urlsplit(re.findall(r"https?://\S+", told)[0].rstrip(").")).hostname
    assert host is not None
    assert committed_files_with(host) == ""
    assert committed_files_with(host.split(".")[0]) == ""


def test_setting_up_names_no_address() -> None:
    for name in ("pyproject.toml", "Makefile", ".ci/run", ".binder/requirements.txt", ".binder/postBuild"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.findall(r"https?://(?!127\.0\.0\.1)\S+", text), name


def test_nothing_committed_names_this_machine() -> None:
    assert committed_files_with(f"{ROOT}/") == ""


def test_the_data_load_in_one_line_as_the_readme_says() -> None:
    """The R line is not run: R is not part of the environment."""
    [line] = re.findall(r"^from frictionless .*$", README, re.MULTILINE)
    assert f"```python\n{line}\n```" in notebook_text("book/data.ipynb")
    names: dict[str, Any] = {}
    with chdir(ROOT):
        exec(line, names)
    assert list(names["tables"]) == tables.table_names(ROOT)
    for name, rows in names["tables"].items():
        assert len(rows) == len(tables.read(name, ROOT)), name
    assert isinstance(names["tables"]["launches"][0]["year"], int)


def notebook_text(name: str) -> str:
    return "\n".join(cell.source for cell in nbformat.read(ROOT / name, as_version=4).cells)
