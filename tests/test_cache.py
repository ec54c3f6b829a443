"""What was worked out before is used again only while everything that it was worked out from is the same."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

import lostlead
from lostlead import reads, tables
from lostlead.build import only_build
from lostlead.build.cache import Runs, Texts, environment_digest, files_digest
from lostlead.build.kernels import choose_kernels
from lostlead.build.notebooks import read_notebook, run_notebooks, write_notebook

from .conftest import copy_project

C03 = "book/claims/c03-first-spacewalk.ipynb"
C04 = "book/claims/c04-moon-landing.ipynb"


def quiet(line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two claims that have run and are remembered."""
    home = tmp_path_factory.mktemp("remembered") / "lost lead"
    copy_project(home, "data", "book/references.bib", "CITATION.cff", C03, C04)
    choose_kernels(quiet)
    paths = [home / C03, home / C04]
    run_notebooks(home, paths, quiet, 2, total=2, runs=Runs(home, home, home / "kept", "same"))
    return home


@pytest.fixture
def change(ran: Path) -> object:
    """Return a function that replaces text in a file of the project; all is as before after the test."""
    before: dict[Path, bytes] = {}

    def replace(name: str, old: str, new: str) -> None:
        path = ran / name
        before.setdefault(path, path.read_bytes())
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    yield replace
    for path, content in before.items():
        path.write_bytes(content)


Change = Callable[[str, str, str], None]


def known(home: Path, environment: str = "same") -> set[str]:
    """Return the claims that need not run again."""
    runs = Runs(home, home, home / "kept", environment)
    return {name for name in (C03, C04) if runs.find(home / name, read_notebook(home / name))}


def test_an_unchanged_notebook_gets_its_outputs_back(ran: Path) -> None:
    runs = Runs(ran, ran, ran / "kept", "same")
    again = run_notebooks(ran, [ran / C03], quiet, 1, total=1)[ran / C03]
    recalled = read_notebook(ran / C03)
    for cell in recalled.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert runs.find(ran / C03, recalled)
    write_notebook(ran / "again.ipynb", again)
    write_notebook(ran / "recalled.ipynb", recalled)
    assert (ran / "recalled.ipynb").read_bytes() == (ran / "again.ipynb").read_bytes()


@pytest.mark.parametrize(
    ("name", "old", "new", "still_known"),
    [
        (C03, "Two things are asserted", "Two things are said", {C03, C04}),
        (C03, "walk.year == 1964", "walk.year == 1965", {C04}),
        ("data/facts.csv", ",1965-03-18,date,", ",1965-03-19,date,", {C04}),
        ("data/claims.csv", "In 1964 the Russians", "In 1963 the Russians", {C04}),
        (
            "book/references.bib",
            "@online{fai2015spacewalk,\n  title = {",
            "@online{fai2015spacewalk,\n  title = {X ",
            {C04},
        ),
        ("CITATION.cff", "version:", "version: 9 #", set()),
    ],
    ids=["prose", "cell", "fact", "register", "bibliography", "citation"],
)
def test_just_what_depends_on_a_change_runs_again(
    ran: Path, change: Change, name: str, old: str, new: str, still_known: set[str]
) -> None:
    assert known(ran) == {C03, C04}
    change(name, old, new)
    assert known(ran) == still_known


def test_a_table_that_a_claim_reads_row_by_row_counts_as_a_whole(tmp_path: Path) -> None:
    name = "book/claims/c11-buran-and-energia.ipynb"
    copy_project(tmp_path, "data", "book/references.bib", "CITATION.cff", name)
    choose_kernels(quiet)
    runs = Runs(tmp_path, tmp_path, tmp_path / "kept", "same")
    run_notebooks(tmp_path, [tmp_path / name], quiet, 1, total=1, runs=runs)
    assert runs.find(tmp_path / name, read_notebook(tmp_path / name))
    table = tmp_path / "data/energia_buran_flights.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    assert not runs.find(tmp_path / name, read_notebook(tmp_path / name))


def test_a_page_that_is_added_counts_for_a_notebook_that_looks_for_pages(tmp_path: Path) -> None:
    copy_project(tmp_path, "data", "book/references.bib", "book/method.md")
    cell = "from pathlib import Path\nsorted(path.name for path in Path('..').resolve().rglob('*.md'))"
    path = tmp_path / "book/trial/looks.ipynb"
    path.parent.mkdir()
    write_notebook(path, new_notebook(cells=[new_code_cell(cell)]))
    choose_kernels(quiet)
    runs = Runs(tmp_path, tmp_path, tmp_path / "kept", "same")
    run_notebooks(tmp_path, [path], quiet, 1, total=1, runs=runs)
    assert runs.find(path, read_notebook(path))
    (tmp_path / "book/added.md").write_text("# Added", encoding="utf-8")
    assert not runs.find(path, read_notebook(path))


@pytest.mark.parametrize("name", ["requirements.lock", "lostlead/claims.py"])
def test_the_lock_and_every_library_module_count_for_all_notebooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    copy_project(tmp_path, "lostlead", "requirements.lock")
    monkeypatch.setattr(lostlead, "__file__", str(tmp_path / "lostlead" / "__init__.py"))
    before = environment_digest(tmp_path)
    assert environment_digest(tmp_path) == before
    with (tmp_path / name).open("a", encoding="utf-8") as handle:
        handle.write("# changed\n")
    assert environment_digest(tmp_path) != before


def test_another_environment_runs_every_notebook_again(ran: Path) -> None:
    assert known(ran, environment="other") == set()


@pytest.mark.parametrize("damage", [lambda raw: b"", lambda raw: raw[:-10], lambda raw: raw.replace(b"C03", b"C04")])
def test_a_damaged_entry_is_noticed(ran: Path, damage: Callable[[bytes], bytes]) -> None:
    entries = sorted((ran / "kept").glob("*.json"))
    before = {path: path.read_bytes() for path in entries}
    assert len(entries) == 2
    for path in entries:
        path.write_bytes(damage(before[path]))
    left = known(ran)
    for path in entries:
        path.write_bytes(before[path])
    assert C03 not in left
    assert known(ran) == {C03, C04}


def test_a_figure_that_is_gone_or_touched_is_drawn_again(ran: Path) -> None:
    runs = Runs(ran, ran, ran / "kept figures", "same")
    (ran / "figures").mkdir()
    (ran / "figures/a.svg").write_text("<svg/>", encoding="utf-8")
    notebook = read_notebook(ran / C03)
    runs.keep(ran / C03, notebook, ["figures/a.svg", "drawn figures/a.svg", "CITATION.cff"])
    assert runs.find(ran / C03, notebook)
    (ran / "figures/a.svg").write_text("<svg></svg>", encoding="utf-8")
    assert not runs.find(ran / C03, notebook)
    (ran / "figures/a.svg").unlink()
    assert not runs.find(ran / C03, notebook)


def test_a_figure_that_another_notebook_drew_is_read_and_not_drawn(tmp_path: Path) -> None:
    copy_project(tmp_path, "data", "book/references.bib")
    (tmp_path / "figures").mkdir()
    drawn = tmp_path / "figures/c08-single-figures-readings.csv"
    drawn.write_text("measure,sense,figures,value,threshold,holds\nthrust,more,preferred,1,100,no\n", encoding="utf-8")
    path = tmp_path / "book/all.ipynb"
    cell = "from lostlead.pages import all_readings\nall_readings()"
    write_notebook(path, new_notebook(cells=[new_code_cell(cell)]))
    choose_kernels(quiet)
    runs = Runs(tmp_path, tmp_path, tmp_path / "kept", "same")
    run_notebooks(tmp_path, [path], quiet, 1, total=1, runs=runs)
    assert "figures/c08-single-figures-readings.csv" in runs.told(path)[0]
    assert runs.told(path)[1] == []
    assert runs.find(path, read_notebook(path))
    before = drawn.read_bytes()
    drawn.write_bytes(before.replace(b"1,100,no", b"101,100,yes"))
    assert not runs.find(path, read_notebook(path))
    drawn.write_bytes(before)
    other = tmp_path / "figures/c08-most-measures-readings.csv"
    other.write_text("vehicles,counted,mass,many,value,threshold,holds\na,b,c,d,1,50,no\n", encoding="utf-8")
    assert not runs.find(path, read_notebook(path))


def test_a_claim_is_noted_to_read_its_own_part_of_the_registers(ran: Path) -> None:
    notes = [set(json.loads(path.read_text().split("\n", 1)[1])["read"]) for path in (ran / "kept").glob("*.json")]
    [spacewalk] = [noted for noted in notes if "facts C03" in noted]
    assert {"claim C03", "facts C03", "source fai2015spacewalk", "CITATION.cff"} <= spacewalk
    assert not spacewalk & {"data/facts.csv", "data/claims.csv", "book/references.bib", "claim C04"}


def test_a_file_that_has_just_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the system notes times so coarsely that it tells nothing of a second change."""
    path = tmp_path / "a"
    path.write_text("1", encoding="utf-8")
    noted = path.stat()
    monkeypatch.setattr(Path, "stat", lambda self: noted)
    before = tables.content_of(path)
    path.write_text("2", encoding="utf-8")
    assert tables.content_of(path) != before


def test_a_file_whose_digest_is_known_counts_as_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, notes = tmp_path / "a", tmp_path / "notes"
    path.write_text("1", encoding="utf-8")
    monkeypatch.setattr(tables, "SETTLED", -1)
    content = tables.content_of(path)
    monkeypatch.setattr(reads, "_notes", notes)
    monkeypatch.setattr(reads, "_home", f"{tmp_path}/")
    monkeypatch.setattr(reads, "_seen", set())
    monkeypatch.setattr(tables, "digest", lambda raw: pytest.fail("opened although its digest is known"))
    assert tables.content_of(path) == content
    assert notes.read_text(encoding="utf-8") == "a\n"


def test_a_text_is_made_again_when_what_it_is_made_of_or_the_text_kept_has_changed(tmp_path: Path) -> None:
    made: list[str] = []

    def make(texts: Texts, word: str) -> str:
        return texts.made(lambda: made.append(word) or f"{word}\n made", word)  # type: ignore[func-returns-value]

    texts = Texts(tmp_path, "same")
    assert [make(texts, word) for word in ("a", "b", "a")] == ["a\n made", "b\n made", "a\n made"]
    assert made == ["a", "b"]
    make(Texts(tmp_path, "other"), "a")
    assert made == ["a", "b", "a"]
    for path in tmp_path.iterdir():
        path.write_text(path.read_text(encoding="utf-8") + "!", encoding="utf-8")
    again = Texts(tmp_path, "same")
    assert make(again, "a") == "a\n made"
    again.forget_rest()
    assert len(list(tmp_path.iterdir())) == 1


def test_files_are_known_by_path_and_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1", encoding="utf-8")
    digests = {files_digest(tmp_path)}
    (tmp_path / "a").rename(tmp_path / "b")
    digests.add(files_digest(tmp_path))
    (tmp_path / "b").write_text("2", encoding="utf-8")
    digests.add(files_digest(tmp_path))
    assert len(digests) == 3
    assert files_digest(tmp_path, ["b"]) != files_digest(tmp_path, ["b", "absent"])


def test_a_second_build_of_a_folder_waits_and_says_so(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    program = (
        "import fcntl, sys; hold = open(sys.argv[1], 'w'); fcntl.flock(hold, 2); print('held', flush=True); input()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == "held\n"
    said: list[str] = []

    def release(line: str) -> None:
        said.append(line)
        assert other.stdin is not None
        other.stdin.close()

    with only_build(lock, release), lock.open("w") as second, pytest.raises(BlockingIOError):
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert said == ["another build of this folder is under way; waiting until it has ended"]
    other.wait()


def test_what_a_killed_build_left_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "making-1" / "book").mkdir(parents=True)
    with only_build(tmp_path / "lock", quiet):
        assert not (tmp_path / "making-1").exists()
