"""A small book is built whole or not at all, follows its data, and is the same to the byte each time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lostlead import build, figures, theme
from lostlead.build import BuildError, build_book, collect_figures
from lostlead.build.notebooks import read_notebook
from lostlead.build.site import check_site
from lostlead.pages import METADATA

from .conftest import copy_project, keep_one_claim, leave_out_other_pages

PAGES = ("book/method.md", "book/data.ipynb", "book/sources.ipynb", "book/cite.ipynb", "book/references.bib")
CLAIM = "book/claims/c03-first-spacewalk.ipynb"
CHAPTERS = ("book/claims/c03-first-spacewalk", "book/data", "book/sources", "book/cite")
TOC = "format: jb-book\nroot: book/method\nchapters:\n" + "".join(f"- file: {chapter}\n" for chapter in CHAPTERS)
Edit = Callable[[str, str, str], None]
WALK = ",1965-03-18,date,,1965-03-18,fai2015spacewalk"


def quiet(line: str) -> None:
    """Say nothing."""


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def state(home: Path) -> dict[str, str]:
    """Everything a build writes: the site, the notebooks, the figures and the verdicts."""
    return digest(home / "_build" / "html") | digest(home / "book") | digest(home / "figures") | digest(home / "data")


@pytest.fixture(scope="module")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one claim, built once, in a folder with a space and Filipino letters."""
    home = tmp_path_factory.mktemp("aklat ñg wika") / "lost lead"
    copy_project(home, "data", "lostlead", "CITATION.cff", "_config.yml", *PAGES, CLAIM)
    leave_out_other_pages(home / CLAIM)
    (home / "_toc.yml").write_text(TOC, encoding="utf-8")
    keep_one_claim(home, "C03")
    build_book(home, quiet)
    return home


@pytest.fixture
def small(small_book: Path) -> Path:
    """The book of one claim, with everything as its sources say, whatever an earlier test left."""
    build_book(small_book, quiet)
    return small_book


@pytest.fixture
def edit_file(small: Path) -> object:
    """Return a function that changes a file of the small book; all changes are undone after the test."""
    before: dict[Path, bytes] = {}

    def change(name: str, old: str, new: str) -> None:
        path = small / name
        before.setdefault(path, path.read_bytes())
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    yield change
    for path, content in before.items():
        path.write_bytes(content)


def run_cli(home: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(home), "LC_ALL": "C"}
    return subprocess.run(
        [sys.executable, "-m", "lostlead", "book"], cwd=home, env=environment, capture_output=True, text=True
    )


def test_the_record_has_the_fixed_names(small: Path) -> None:
    [record] = json.loads((small / "_build/html/verdicts.json").read_text(encoding="utf-8"))
    assert set(record) == {
        "claim", "verdict", "confidence", "wrong_about", "finding_en", "finding_fil", "held", "failed", "undecided",
        "since", "propositions", "readings", "left_out",
    }  # fmt: skip
    for proposition in record["propositions"]:
        assert {"text", "role", "holds", "wrong_about", "facts", "sources"} <= set(proposition)
        assert proposition["facts"]
        assert proposition["sources"]


def test_a_second_build_does_nothing_and_says_so(small: Path) -> None:
    before = state(small)
    said: list[str] = []
    build_book(small, said.append)
    assert said == ["nothing has changed since the last build: _build/html/index.html"]
    assert state(small) == before


def test_only_a_build_that_ran_every_notebook_writes_its_times_outside_the_site(small: Path, edit_file: Edit) -> None:
    times = small / "_build" / "run-times.csv"
    rows = times.read_text(encoding="utf-8").splitlines()[1:]
    assert {row.split(",")[0] for row in rows} == {f"{page}.ipynb" for page in CHAPTERS}
    times.unlink()
    edit_file("book/method.md", "The article is restated", "The quokka is restated")
    build_book(small, quiet)
    assert not times.exists()


def test_a_damaged_site_or_rendering_is_noticed_and_made_again(small: Path) -> None:
    before = state(small)
    for page in ("_build/html/book/data.html", "_build/cache/pages/_build/html/book/data.html"):
        (small / page).write_text("damaged", encoding="utf-8")
    build_book(small, quiet)
    assert state(small) == before


def test_built_change_by_change_and_built_at_once_are_the_same(small: Path, edit_file: Edit) -> None:
    for name, old, new in (
        ("book/method.md", "The article is restated", "The okapi is restated"),
        ("book/method.md", "## From sentence to verdict", "## From zebra to verdict"),
        ("_config.yml", "code MIT.", "code MIT!"),
        ("book/method.md", "The okapi is restated", "The article is restated"),
    ):
        edit_file(name, old, new)
        build_book(small, quiet)
    stepwise = state(small)
    shutil.rmtree(small / "_build")
    build_book(small, quiet)
    assert state(small) == stepwise


def test_a_changed_fact_changes_the_verdict_and_back_to_the_byte(small: Path, edit_file: Edit) -> None:
    before = state(small)
    facts = (small / "data/facts.csv").read_bytes()
    edit_file("data/facts.csv", WALK, WALK.replace("1965-03-18,date", "1964-03-18,date"))
    build_book(small, quiet)
    [record] = json.loads((small / "_build/html/verdicts.json").read_text(encoding="utf-8"))
    assert record["verdict"] == "Supported"
    assert "C03,Supported" in (small / "data/verdicts.csv").read_text(encoding="utf-8")
    page = (small / "_build/html/book/claims/c03-first-spacewalk.html").read_text(encoding="utf-8")
    assert "18 March 1964" in page
    (small / "data/facts.csv").write_bytes(facts)
    build_book(small, quiet)
    assert state(small) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("data/facts.csv", WALK, WALK.replace("1965-03-18,date", "spring,date"), "data/facts.csv, row"),
        ("data/facts.csv", WALK, WALK + ";nobody", "'nobody' is not known"),
        (CLAIM, 'c03.fact(\\"first-spacewalk-date\\")', 'c03.fact(\\"first-spacewalk-day\\")', f"{CLAIM}, code cell 2"),
        (CLAIM, "walk.year == 1964", "walk.year", "compare, so that it is a yes or a no"),
        ("book/method.md", "(sources.ipynb)", "(nowhere.ipynb)", "nowhere.ipynb"),
    ],
    ids=["wrong type", "unknown source", "unknown fact", "no comparison", "broken link"],
)
def test_a_fault_is_one_message_and_leaves_everything_as_it_was(
    small: Path, edit_file: Edit, name: str, old: str, new: str, message: str
) -> None:
    edit_file(name, old, new)
    before = state(small)
    ran = run_cli(small)
    assert ran.returncode == 1
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "an earlier site, if there is one, is untouched" in ran.stderr
    assert state(small) == before
    assert {path.name for path in (small / "_build").iterdir()} - {"run-times.csv"} == {"html", "cache", "lock"}


def test_an_unread_fact_cannot_decide(small: Path, edit_file: Edit) -> None:
    row = next(
        r
        for r in (small / "data/facts.csv").read_text(encoding="utf-8").splitlines()
        if r.startswith("first-spacewalk-date,")
    )
    edit_file("data/facts.csv", row, row.replace(",read,", ",unread,"))
    with pytest.raises(BuildError, match="nobody has read: first-spacewalk-date"):
        build_book(small, quiet)


def test_a_notebook_of_another_claim_is_refused(small: Path, edit_file: Edit) -> None:
    edit_file("data/claims.csv", "c03-first-spacewalk.html", "c03-other-page.html")
    with pytest.raises(
        BuildError, match=r"publishes the verdict on C03, whose page is book/claims/c03-other-page\.html"
    ):
        build_book(small, quiet)


def shows(**row: str) -> NotebookNode:
    """A notebook whose only output keeps a figure for the build."""
    output = new_output("display_data", metadata={METADATA: {"figure": row}})
    notebook: NotebookNode = new_notebook(cells=[new_code_cell("figure(chart)", outputs=[output])])
    return notebook


def test_the_register_of_figures_names_the_own_page_of_each(tmp_path: Path) -> None:
    book = tmp_path / "book"
    rows = collect_figures(
        tmp_path,
        {
            book / "claims/c24-poll.ipynb": shows(name="polls", notebook="../trends/polls.ipynb"),
            book / "trends/polls.ipynb": shows(name="polls", notebook="polls.ipynb"),
            book / "index.ipynb": shows(name="all-verdicts", notebook="index.ipynb"),
        },
    )
    assert rows == [
        {"name": "all-verdicts", "notebook": "book/index.ipynb"},
        {"name": "polls", "notebook": "book/trends/polls.ipynb"},
    ]


@pytest.mark.parametrize(
    "other", [{"notebook": "polls.ipynb"}, {"notebook": "../trends/polls.ipynb", "title": "Polls"}]
)
def test_one_figure_told_in_two_ways_is_refused(tmp_path: Path, other: dict[str, str]) -> None:
    book = tmp_path / "book"
    notebooks = {
        book / "trends/polls.ipynb": shows(name="polls", notebook="polls.ipynb"),
        book / "claims/c24-poll.ipynb": shows(name="polls", **other),
    }
    with pytest.raises(BuildError, match=r"book/trends/polls\.ipynb shows the figure 'polls' otherwise"):
        collect_figures(tmp_path, notebooks)


def test_the_gallery_runs_last_when_the_register_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("book/gallery.ipynb", "book/index.ipynb", "book/trends/polls.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name in ("data", "figures"):
        (tmp_path / name).mkdir()
    runs: list[list[str]] = []

    def run(home: Path, paths: list[Path], *_: object, **__: int) -> dict[Path, NotebookNode]:
        runs.append([path.stem for path in paths])
        if "gallery" in runs[-1]:
            assert "polls," in (home / figures.REGISTER).read_text(encoding="utf-8")
        return {path: shows(name=path.stem, notebook=path.name) for path in paths}

    monkeypatch.setattr(build, "collect_records", lambda *_: [])
    build._run_all(tmp_path, quiet, run)
    assert runs == [[], ["index", "polls"], ["gallery"]]


def test_what_is_not_a_notebook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(BuildError, match=r"a\.ipynb is not a notebook"):
        read_notebook(path)


HEAD = f'<head><meta http-equiv="Content-Security-Policy" content="{theme.POLICY}"></head>'
FAULTS = [
    ('<a href="gone.html">x</a>', "broken link to gone.html"),
    ('<a href="#gone">x</a>', "broken anchor #gone"),
    ('<a href="other.html#gone">x</a>', "broken anchor other.html#gone"),
    ('<a href="../../outside.html">x</a>', "outside.html"),
    ('<img src="pic.png" alt="pic.png">', "no described alt text"),
    ('<img src="pic.png">', "no described alt text"),
    ('<script src="https://elsewhere.example/x.js"></script>', "from another host"),
    ('<a href="other.html"></a>', "has no words"),
    ("<p>As shown [?].</p>", "an empty citation"),
    ('<a href="javascript:alert(1)">x</a>', "a javascript link"),
    ('<a href="JavaScript:alert(1)">x</a>', "a javascript link"),
    ('<a href="data:text/html,x">x</a>', "a data link"),
    ("<script>alert(1)</script>", "a script inside the page: alert(1)"),
    ("<style>p {color: red}</style>", "a style inside the page: p {color: red}"),
    ('<p style="color: red">x</p>', "<p> has style="),
    ('<p onclick="alert(1)">x</p>', "<p> has onclick="),
]


@pytest.mark.parametrize(("html", "fault"), FAULTS)
def test_a_faulty_page_is_found(tmp_path: Path, html: str, fault: str) -> None:
    (tmp_path / "other.html").write_text(f"{HEAD}<article id='top'></article>", encoding="utf-8")
    (tmp_path / "pic.png").write_bytes(b"")
    (tmp_path / "index.html").write_text(f"{HEAD}<article>{html}</article>", encoding="utf-8")
    faults = check_site(tmp_path)
    assert len(faults) == 1
    assert fault in faults[0]
    assert faults[0].startswith("index.html: ")


def test_a_page_without_the_policy_is_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<article>x</article>", encoding="utf-8")
    assert check_site(tmp_path) == ["index.html: the page has not the policy of the theme"]


def test_a_sound_page_has_no_faults(tmp_path: Path) -> None:
    (tmp_path / "pic.png").write_bytes(b"")
    (tmp_path / "index.html").write_text(
        f"{HEAD}<article id='top'><a href='#top'>top</a> <a href='https://example.org'>out</a> "
        "<img src='pic.png' alt='Bars of launches by decade, falling.'></article>",
        encoding="utf-8",
    )
    assert check_site(tmp_path) == []
