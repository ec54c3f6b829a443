"""Two releases of a small book, the second with a changed verdict: refused where they must be, side by side, verified."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lostlead import tables
from lostlead.build import build_book
from lostlead.build.bench_pages import served
from lostlead.build.release import PLACES, disagreements, read_reasons, set_version, write_archive
from lostlead.build.verify import differences
from lostlead.build.versions import add_site, pages_of
from lostlead.releases import KINDS, ReleaseError, contents_now

from .conftest import ROOT, Requests, copy_project, keep_one_claim, leave_out_other_pages
from .test_build import CLAIM, PAGES, WALK, digest, quiet

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FIRST, SECOND = "0.1.1", "1.0.0"
WALK_PAGE = "book/claims/c03-first-spacewalk.html"
CHAPTERS = ("book/claims/c03-first-spacewalk", "book/data", "book/sources", "book/cite", "book/changes", "book/extra")
TOC = "format: jb-book\nroot: book/method\nchapters:\n" + "".join(f"- file: {chapter}\n" for chapter in CHAPTERS)


def git(home: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=home, capture_output=True, text=True, check=True).stdout.strip()


def commit(home: Path) -> None:
    git(home, "add", "--all")
    git(home, "commit", "--quiet", "--message=A change")


def run(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(home)} | settings
    command = [sys.executable, "-m", "lostlead", *arguments]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def write_rows(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def begin_ledger(home: Path) -> None:
    """Write the ledger as if what the project holds now were its release 0.1.0."""
    now = contents_now(home)
    ledger = {
        "releases": [["version", "date", "step", "summary"], ["0.1.0", "2026-01-02", "first", "The first one"]],
        "verdict_history": [
            ["version", "claim", "verdict", "confidence", "before", "why"],
            *(["0.1.0", claim, verdict, "high", "", "first verdict"] for claim, verdict in now.verdicts.items()),
        ],
        "release_contents": [
            ["kind", "name", "added", "removed"],
            *([kind, name, "0.1.0", ""] for kind in KINDS for name in sorted(now.names[kind])),
        ],
    }
    for name, rows in ledger.items():
        write_rows(home / "data" / f"{name}.csv", rows)


def begin_project(home: Path) -> Path:
    """Make a small project of one claim, committed but not built, whose ledger has one release."""
    copy_project(home, "data", "lostlead", "book/changes.ipynb", *PLACES, ".gitignore", ".gitattributes", *PAGES, CLAIM)
    leave_out_other_pages(home / CLAIM)
    (home / "_toc.yml").write_text(TOC, encoding="utf-8")
    (home / "book" / "extra.md").write_text("# A page that will go\n\n## Its part\n\nWords.\n", encoding="utf-8")
    keep_one_claim(home, "C03")
    (home / "figures").mkdir()
    write_rows(home / "figures" / "figures.csv", [["name"]])
    begin_ledger(home)
    set_version(home, "0.1.0", date(2026, 1, 2))
    git(home, "init", "--quiet")
    git(home, "config", "user.name", "Tests")
    git(home, "config", "user.email", "tests@localhost")
    commit(home)
    return home


@dataclass(frozen=True)
class Story:
    """A project after two releases, with what was said on the way and the state of ``dist/`` after the first."""

    home: Path
    said: dict[str, subprocess.CompletedProcess[str]]
    first: dict[str, str]


def state(home: Path) -> tuple[str, str, dict[str, str]]:
    """Return the commit, what is not committed, and the files of data and dist."""
    files = digest(home / "data") | (digest(home / "dist") if (home / "dist").is_dir() else {})
    return git(home, "rev-parse", "HEAD"), git(home, "status", "--porcelain"), files


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = begin_project(tmp_path_factory.mktemp("aklat ñg wika") / "lost lead")
    said = {}

    def refused(name: str, *arguments: str) -> None:
        before = state(home)
        said[name] = run(home, "release", *arguments, "--without-books")
        assert said[name].returncode == 1, said[name].stdout
        assert state(home) == before, name

    refused("places", FIRST, "--summary", "Wording")
    set_version(home, FIRST, date(2026, 2, 3))
    refused("not committed", FIRST, "--summary", "Wording")
    build_book(home, quiet)
    commit(home)
    refused("no summary", FIRST)
    refused("too far", SECOND, "--summary", "Wording")
    said["first"] = run(home, "release", FIRST, "--summary", "Clearer wording", "--without-books")
    assert said["first"].returncode == 0, said["first"].stderr
    first = digest(home / "dist")
    refused("again", FIRST, "--summary", "Once more")
    edit(home / "data" / "facts.csv", WALK, WALK.replace("1965-03-18,date", "1964-03-18,date"))
    edit(home / "_toc.yml", "- file: book/extra\n", "")
    (home / "book" / "extra.md").unlink()
    set_version(home, "0.2.0", date(2026, 3, 4))
    commit(home)
    refused("not built", "0.2.0", "--summary", "A page less")
    set_version(home, SECOND, date(2026, 3, 4))
    build_book(home, quiet)
    commit(home)
    refused("wrong number", "0.2.0", "--summary", "A new document")
    refused("no reason", SECOND, "--summary", "A new document")
    why = "C03: A diary was found"
    said["second"] = run(home, "release", SECOND, "--summary", "A new document", "--why", why, "--without-books")
    assert said["second"].returncode == 0, said["second"].stderr
    return Story(home, said, first)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("places", r"CITATION\.cff says 0\.1\.0, not 0\.1\.1.*Remedy: make version VERSION=0\.1\.1"),
        ("not committed", r"not everything is committed.*CITATION\.cff"),
        ("no summary", r"say in a sentence what changed"),
        ("too far", r"1\.0\.0 cannot follow 0\.1\.0: only wording changed\. Remedy: call it 0\.1\.1"),
        ("again", r"version 0\.1\.1 is released already"),
        ("not built", r"not those that the book builds. Remedy: run 'make book'"),
        ("wrong number", r"0\.2\.0 cannot follow 0\.1\.1: C03: Partly supported became Supported.*call it 1\.0\.0"),
        ("no reason", r"the verdict on C03 changed: say why"),
    ],
)
def test_a_release_that_may_not_be_is_refused_and_changes_nothing(story: Story, name: str, message: str) -> None:
    told = story.said[name].stderr
    assert re.search(message, told, re.DOTALL), told
    assert "Nothing was released; data/ and dist/ are as they were." in told
    assert "Traceback" not in told


def test_a_release_is_one_commit_and_a_tag_with_its_rows_in_the_ledger(story: Story) -> None:
    home = story.home
    assert git(home, "tag").split() == [f"v{FIRST}", f"v{SECOND}"]
    assert git(home, "status", "--porcelain") == ""
    assert git(home, "log", "-1", "--format=%s") == f"Release {SECOND}"
    assert git(home, "worktree", "list").count("\n") == 0
    rows = tables.read("releases", home).astype(str).to_numpy().tolist()
    assert rows[1:] == [
        [FIRST, "2026-02-03", "patch", "Clearer wording"],
        [SECOND, "2026-03-04", "major", "A new document"],
    ]
    [verdict] = tables.read("verdicts", home).to_dict("records")
    assert (verdict["verdict"], verdict["since"]) == ("Supported", SECOND)


def test_no_file_of_an_old_release_changes_and_no_address_breaks(story: Story) -> None:
    dist = story.home / "dist"
    now = digest(dist)
    moving = ("site/latest/", "site/versions.js")
    old = {name: told for name, told in story.first.items() if not name.startswith(moving)}
    assert len(old) > 20
    assert {name: now[name] for name in old} == old
    gone = "book/extra.html"
    assert gone not in pages_of(dist / "site" / SECOND)
    assert set(pages_of(dist / "site" / FIRST)) <= set(pages_of(dist / "site" / "latest"))
    assert f'href="../../{FIRST}/{gone}"' in (dist / "site" / "latest" / gone).read_text(encoding="utf-8")


def test_the_files_of_a_release(story: Story) -> None:
    folder = story.home / "dist" / SECOND
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["commit"] == git(story.home, "rev-parse", f"v{SECOND}")
    assert (manifest["version"], manifest["date"]) == (SECOND, "2026-03-04")
    archives = {f"lost-lead-{SECOND}-{what}.zip" for what in ("site", "data", "notebooks")}
    assert archives <= set(manifest["files"])
    sums = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert sums.returncode == 0, sums.stdout
    assert sums.stdout.count(": OK") == len(manifest["files"]) + 1
    page = manifest["outputs"][f"site/{WALK_PAGE}"]["inputs"]
    assert {CLAIM, "data/facts.csv", "data/claims.csv", "book/references.bib"} <= set(page)
    for entry in manifest["outputs"].values():
        for name in entry["inputs"]:
            assert (story.home / name).exists(), name
    with zipfile.ZipFile(folder / f"lost-lead-{SECOND}-data.zip") as data:
        facts = data.read(f"lost-lead-{SECOND}-data/data/facts.csv")
        assert facts == (story.home / "data" / "facts.csv").read_bytes()
        assert {entry.date_time for entry in data.infolist()} == {(2026, 3, 4, 0, 0, 0)}


def test_a_release_builds_again_to_the_byte_elsewhere_and_a_changed_byte_is_named(story: Story, tmp_path: Path) -> None:
    """Another folder, time zone, locale and hash seed change nothing; what was altered by hand is all that is told."""
    dist, kept, elsewhere = story.home / "dist", tmp_path / "kept", tmp_path / "ibang ñ lugar"
    shutil.copytree(dist, kept)
    elsewhere.mkdir()
    flip_last_bit(dist / "site" / FIRST / "_static" / "social-card.png")
    flip_last_bit(dist / FIRST / "SHA256SUMS")
    # As if the page had been another one when the release was made.
    manifest = json.loads((dist / FIRST / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][f"site/{WALK_PAGE}"]["sha256"] = "0" * 64
    (dist / FIRST / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    try:
        told = run(
            story.home, "verify", FIRST, "--here", TMPDIR=str(elsewhere), TZ="Pacific/Kiritimati", LC_ALL="C",
            LANG="tr_TR.UTF-8", PYTHONHASHSEED="7",
        )  # fmt: skip
    finally:
        shutil.rmtree(dist)
        shutil.copytree(kept, dist)
    assert told.returncode == 1, told.stderr
    *lines, last = [line for line in told.stdout.splitlines() if not line.startswith("building")]
    page = f"{WALK_PAGE} was altered"
    assert set(lines[:-1]) == {
        f"dist/{FIRST}/lost-lead-{FIRST}-site.zip: {page}",
        f"dist/site/{FIRST}: {page}",
        f"dist/site/{FIRST}: _static/social-card.png was altered",
        f"dist/{FIRST}: SHA256SUMS does not fit the files",
    }
    assert re.fullmatch(rf"outputs: site/{WALK_PAGE} differs \(made from .*{CLAIM}.*\)", lines[-1])
    assert last == f"{FIRST}: 5 differences"


def flip_last_bit(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)


def test_one_changed_byte_in_a_figure_is_named_with_what_it_is_made_from() -> None:
    name = "figures/launches.svg"

    def manifest(figure: str, facts: str) -> dict[str, Any]:
        made = {name: {"sha256": figure, "inputs": ["data/launches.csv"]}, "site/a.html": {"sha256": "1", "inputs": []}}
        return {"environment": {"zlib": "1"}, "inputs": {"data/launches.csv": facts}, "outputs": made, "files": {}}

    assert differences(manifest("1", "1"), manifest("1", "1")) == []
    assert differences(manifest("1", "1"), manifest("2", "1")) == [
        f"outputs: {name} differs (made from data/launches.csv)"
    ]
    assert differences(manifest("1", "1"), manifest("1", "2")) == ["inputs: data/launches.csv differs"]
    fewer = manifest("1", "1") | {"outputs": {}, "environment": {"zlib": "2"}}
    assert differences(manifest("1", "1"), fewer) == [
        "environment: zlib was 1, is 2", f"outputs: {name} is not made again", "outputs: site/a.html is not made again",
    ]  # fmt: skip


def test_what_is_no_release_cannot_be_verified(story: Story) -> None:
    told = run(story.home, "verify", "9.9.9")
    assert told.returncode == 1
    assert "there is no dist/9.9.9/manifest.json" in told.stderr


@pytest.mark.browser
@pytest.mark.parametrize("from_disk", [True, False], ids=["disk", "served"])
def test_the_switcher_leads_to_the_same_page_in_another_version(
    story: Story, browser: Browser, from_disk: bool
) -> None:
    sites = story.home / "dist" / "site"
    with served(sites) as address:
        root = f"{sites.as_uri()}/" if from_disk else f"{address}/"
        page = browser.new_page(viewport={"width": 360, "height": 740})
        failed: list[str] = []
        asked = Requests(page)
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(f"{root}latest/{WALK_PAGE}")
        page.get_by_text(f"Version {SECOND}", exact=True).click()
        asked.settle()
        page.get_by_role("link", name=f"Version {FIRST} of 3 February 2026").click()
        page.wait_for_url(f"{root}{FIRST}/{WALK_PAGE}")
        assert "Partly supported" in page.locator(".verdict .admonition-title").inner_text()
        page.get_by_text(f"Version {FIRST} (the newest is {SECOND})").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        asked.settle()
        page.get_by_role("link", name=f"Version {SECOND} of 4 March 2026").click()
        page.wait_for_url(f"{root}{SECOND}/{WALK_PAGE}")
        assert "Supported" in page.locator(".verdict .admonition-title").inner_text()
        # A page that the other version does not have: its front page, and the link says so.
        asked.settle()
        page.goto(f"{root}{FIRST}/book/extra.html")
        page.get_by_text(f"Version {FIRST} (the newest is {SECOND})").click()
        asked.settle()
        page.get_by_role("link", name=f"Version {SECOND} of 4 March 2026: front page").click()
        page.wait_for_url(f"{root}{SECOND}/book/method.html")
        asked.settle()
        page.goto(f"{root}latest/book/extra.html")
        page.wait_for_url(f"{root}{FIRST}/book/extra.html")
        # The page of changes tells of both releases.
        asked.settle()
        page.goto(f"{root}latest/book/changes.html")
        text = page.locator("article").inner_text()
        assert "Claims whose verdict has changed, 1 of 1: C03." in text
        assert "A diary was found" in text
        assert f"{SECOND}, 4 March 2026: a verdict changed. A new document." in text
        assert "Taken away: 1 page" in text
        asked.settle()
        page.goto(f"{(story.home / '_build' / 'html').as_uri()}/{WALK_PAGE}")
        assert page.locator(".versions").count() == 0
        assert failed + asked.failed == []
        page.close()


def test_every_place_of_the_version_agrees() -> None:
    from lostlead import __version__

    assert disagreements(ROOT, __version__) == []
    assert len(disagreements(ROOT, "77.7.7")) == len(PLACES)


def test_the_version_is_written_everywhere(tmp_path: Path) -> None:
    home = copy_project(tmp_path, *PLACES)
    edit(home / "CHANGELOG.md", "## ", "## Unreleased\n\n- New.\n\n## ")
    assert set(set_version(home, "7.8.9", date(2031, 5, 4))) == set(PLACES)
    assert disagreements(home, "7.8.9") == []
    assert "\n## 7.8.9 (2031-05-04)\n\n- New." in (home / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "Lost Lead 7.8.9, 4 May 2031." in (home / "_config.yml").read_text(encoding="utf-8")
    assert set_version(home, "7.8.9", date(2031, 5, 4)) == []
    with pytest.raises(ReleaseError, match="write three numbers"):
        set_version(home, "7.8", date(2031, 5, 4))
    (home / "CITATION.cff").write_text("version: none\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"CITATION\.cff does not say its version"):
        set_version(home, "7.9.0", date(2031, 5, 4))


def test_reasons_are_read_by_claim() -> None:
    assert read_reasons("C04: a new document; two of them; C07: a slip") == {
        "C04": "a new document; two of them",
        "C07": "a slip",
    }
    assert read_reasons(" ") == {}
    with pytest.raises(ReleaseError, match="no reason by claim"):
        read_reasons("because")


def test_archives_are_the_same_whatever_the_order_time_and_owner(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    write_archive(tmp_path / "1.zip", tmp_path, ["a", "b"], "x", date(2031, 5, 4))
    os.utime(tmp_path / "a", (0, 0))
    (tmp_path / "a").chmod(0o600)
    write_archive(tmp_path / "2.zip", tmp_path, ["b", "a"], "x", date(2031, 5, 4))
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_latest_follows_the_number_not_the_order(tmp_path: Path) -> None:
    """A release of an older line, made later, does not become the newest."""
    site = tmp_path / "built"
    (site / "book").mkdir(parents=True)
    (site / "book" / "a.html").write_text("<html><head></head><body></body></html>", encoding="utf-8")
    sites, dates = tmp_path / "sites", {"2.0.0": "1 May 2031", "10.0.0": "2 May 2031"}
    sites.mkdir()
    for version in ("10.0.0", "2.0.0"):
        add_site(sites, site, version, dates)
    assert digest(sites / "latest") == digest(sites / "10.0.0")
    assert (sites / "versions.js").read_text(encoding="utf-8").index('"10.0.0"') < (sites / "versions.js").read_text(
        encoding="utf-8"
    ).index('"2.0.0"')
