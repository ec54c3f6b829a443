"""Making a release: its number checked, its row in the ledger, its files in ``dist/``.

All work is done in a checkout of its own. The project itself moves on, by one commit and one tag, only when everything
has succeeded; a release that fails leaves ``data/`` and ``dist/`` as they were.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from lostlead import figures
from lostlead.build import DIST, KEPT, LOCK, SITE, only_build, set_aside
from lostlead.build.cache import Runs
from lostlead.build.notebooks import BuildError
from lostlead.build.versions import add_site
from lostlead.citations import read_edition
from lostlead.evidence import Period
from lostlead.releases import ReleaseError, contents_now, parse, recorded
from lostlead.swap import swap

SITES = "site"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
NAME = "lost-lead"
# Where the version stands, and the date of the release beside it: file and pattern. 'make version' writes them all.
DATE, DAY = r"(?P<date>\d{4}-\d\d-\d\d)", r"(?P<day>\d{1,2} \w+ \d{4})"
NUMBER = r"(?P<version>[^\s\"]+)"
PLACES = {
    "lostlead/__init__.py": rf'^__version__ = "{NUMBER}"$',
    "CITATION.cff": rf'^version: {NUMBER}\ndate-released: "{DATE}"$',
    "data/datapackage.json": rf'^ "version": "{NUMBER}",\n "created": "{DATE}T',
    "_config.yml": rf'^  extra_footer: "Lost Lead {NUMBER}, {DAY}\.',
    "CHANGELOG.md": rf"^## {NUMBER}(?: \({DATE}\))?$",
    "README.md": rf"\(Version {NUMBER}\) \[Data set\]",
}
LEFT_OUT = ("tests/", ".ci/", ".readme/", ".git")  # of what re-runs the notebooks
BOOKS = ("pdf", "epub")
PACK = (
    "import sys; from pathlib import Path; from lostlead.build.release import pack;"
    "pack(Path.cwd(), Path(sys.argv[1]), sys.argv[2], books=sys.argv[3] == 'books')"
)
Say = Callable[[str], None]


def places(home: Path) -> dict[str, re.Match[str]]:
    """Return where the version stands, by file. Raises ReleaseError when a file no longer names it."""
    found = {}
    for name, pattern in PLACES.items():
        path = home / name
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        match = re.search(pattern, text, re.MULTILINE)
        if match is None:
            raise ReleaseError(f"{name} does not say its version in the usual form; compare it with an earlier commit")
        found[name] = match
    return found


def disagreements(home: Path, version: str) -> list[str]:
    """Return the places that do not name ``version``, or not the date of the citation file, with what they say."""
    released = read_edition(home).released
    wanted = {"version": version, "date": released.isoformat(), "day": _in_words(released)}
    return [
        f"{name} says {said}, not {wanted[group]}"
        for name, match in places(home).items()
        for group, said in match.groupdict().items()
        if said != wanted[group]
    ]


def set_version(home: Path, version: str, released: date) -> list[str]:
    """Write version and date of the next release wherever they stand, and return the files that changed.

    The newest heading of the changelog becomes this version's. Raises ReleaseError when a place cannot be found.
    """
    parse(version)
    told = {"version": version, "date": released.isoformat(), "day": _in_words(released)}
    changed = {}
    for name, match in places(home).items():
        text, line = match.string, match[0]
        if name == "CHANGELOG.md":
            line = f"## {version} ({released.isoformat()})"
        else:
            for group, said in match.groupdict().items():
                line = line.replace(said, told[group])
        fresh = text[: match.start()] + line + text[match.end() :]
        if fresh != text:
            changed[name] = fresh
    for name, text in changed.items():
        (home / name).write_text(text, encoding="utf-8")
    return list(changed)


def _in_words(day: date) -> str:
    return Period.parse(day.isoformat()).say()


def read_reasons(text: str) -> dict[str, str]:
    """Return why verdicts changed, by claim, from ``C04: a new document; C07: …``. Raises ReleaseError if it reads otherwise."""
    if not text.strip():
        return {}
    parts = re.split(r"(?:^|;)\s*(C\d\d):", text)
    if parts[0].strip():
        raise ReleaseError(f"'{text}' gives no reason by claim. Remedy: WHY='C04: a new document; C07: …'")
    return {claim: why.strip() for claim, why in zip(parts[1::2], parts[2::2], strict=True) if why.strip()}


def make_release(
    home: Path, version: str, summary: str, reasons: Mapping[str, str], say: Say = print, *, books: bool = True
) -> Path:
    """Release the committed state of the project at ``home`` as ``version`` and return the folder of its files.

    PDF and EPUB are among them unless ``books`` is false.

    Raises ReleaseError when the number does not follow from what changed, places disagree, something is not committed,
    or a changed verdict has no reason (``reasons``, by claim); BuildError when the book does not build.
    """
    started = time.monotonic()
    (home / "_build").mkdir(exist_ok=True)
    with only_build(home / LOCK, say):
        files = _check(home, version, summary, reasons)  # a build that was under way may have changed what is committed
        staging = Path(tempfile.mkdtemp(prefix="making-", dir=home / "_build"))
        try:
            head = git(home, "rev-parse", "HEAD")
            with checkout(home, head) as copy:
                for name, content in files.items():
                    (copy / name).write_bytes(content)
                say(f"building version {version} in a checkout of its own")
                run_in(copy, "-m", "lostlead", "book")
                if contents_now(copy) != contents_now(home):
                    raise ReleaseError(
                        "the committed verdicts, facts, figures and pages are not those that the book builds. "
                        "Remedy: run 'make book', look at what changed, and commit it"
                    )
                git(copy, "add", "--all")
                git(copy, "commit", "--quiet", f"--message=Release {version}")
                commit = git(copy, "rev-parse", "HEAD")
                say("packing the files of the release")
                dist = staging / DIST
                if (home / DIST).is_dir():
                    shutil.copytree(home / DIST, dist, copy_function=os.link)
                (dist / SITES).mkdir(parents=True, exist_ok=True)
                run_in(copy, "-c", PACK, str(dist / version), commit, "books" if books else "")
                add_site(dist / SITES, copy / SITE, version, _dates(dist))
            _take_over(home, staging, head, commit, f"v{version}")
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    say(f"released {version} in {time.monotonic() - started:.0f} s: {DIST}/{version}, {DIST}/{SITES}, tag v{version}")
    return home / DIST / version


def _check(home: Path, version: str, summary: str, reasons: Mapping[str, str]) -> dict[str, bytes]:
    """Return the tables of the ledger with the new release. Raises ReleaseError for whatever forbids it."""
    parse(version)
    if not summary.strip():
        raise ReleaseError("say in a sentence what changed. Remedy: SUMMARY='…'")
    if (home / DIST / version).exists() or git(home, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"version {version} is released already; a release never changes. Remedy: make the next one")
    if told := git(home, "status", "--porcelain"):
        raise ReleaseError("not everything is committed. Remedy: commit or undo, then release:\n" + told)
    # The rule comes first: whoever has the wrong number should not write it into six files.
    files = recorded(home, version, read_edition(home).released.isoformat(), summary.strip(), reasons)
    if told_apart := disagreements(home, version):
        lines = "\n".join(f"  {line}" for line in told_apart)
        raise ReleaseError(f"the version is not the same everywhere:\n{lines}\nRemedy: make version VERSION={version}")
    return files


def _dates(dist: Path) -> dict[str, str]:
    manifests = (json.loads(path.read_text(encoding="utf-8")) for path in dist.glob(f"*/{MANIFEST}"))
    return {told["version"]: _in_words(date.fromisoformat(told["date"])) for told in manifests}


def _take_over(home: Path, staging: Path, head: str, commit: str, tag: str) -> None:
    """Move the project on to the commit of the release, tag it, and put the new ``dist/`` in place: all or nothing."""
    git(home, "merge", "--quiet", "--ff-only", commit)
    try:
        git(home, "tag", tag)
        swap(staging / DIST, home / DIST, set_aside(staging, home / DIST))
    except (OSError, ReleaseError):
        subprocess.run(["git", "tag", "--delete", tag], cwd=home, capture_output=True)
        git(home, "reset", "--quiet", "--keep", head)
        raise


def pack(home: Path, target: Path, commit: str, *, books: bool = True) -> dict[str, Any]:
    """Write the files of a release of the built book at ``home`` into the new folder ``target``; return its manifest.

    The site, the data package and the notebooks as archives; PDF and EPUB if ``books``; the manifest of every output with its
    checksum and its inputs; the checksums of the files. The same book gives the same bytes.
    """
    edition = read_edition(home)
    stem = f"{NAME}-{edition.version}"
    target.mkdir(parents=True)
    for kind in BOOKS if books else ():
        run_in(home, "-m", "lostlead", kind)  # the site then offers it on its front page
        shutil.copyfile(home / SITE.parent / f"{NAME}.{kind}", target / f"{stem}.{kind}")
    tracked = [name for name in git(home, "ls-files", "-z").split("\0") if name]
    data = [name for name in tracked if name.startswith("data/")]
    licences = ["CITATION.cff", "LICENSE-CONTENT", "book/references.bib"]
    rerun = [name for name in tracked if not name.startswith(LEFT_OUT)]
    day = edition.released
    site = [path.relative_to(home / SITE).as_posix() for path in (home / SITE).rglob("*") if path.is_file()]
    write_archive(target / f"{stem}-site.zip", home / SITE, site, f"{stem}-site", day)
    there = [name for name in (*data, *licences) if (home / name).is_file()]
    write_archive(target / f"{stem}-data.zip", home, there, f"{stem}-data", day)
    write_archive(target / f"{stem}-notebooks.zip", home, rerun, f"{stem}-notebooks", day)
    inputs = [name for name in rerun if not name.startswith(f"{figures.FOLDER}/")]
    manifest = {
        "title": edition.title,
        "version": edition.version,
        "date": edition.released.isoformat(),
        "commit": commit,
        "environment": {"python": platform.python_version(), "zlib": zlib.ZLIB_RUNTIME_VERSION},
        "inputs": {name: sha256(home / name) for name in inputs},
        "outputs": outputs_of(home, site),
        "files": {path.name: sha256(path) for path in sorted(target.iterdir())},
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (target / MANIFEST).write_text(text, encoding="utf-8")
    (target / SUMS).write_text(sums_of(target), encoding="utf-8")
    return manifest


def sums_of(folder: Path) -> str:
    """Return the checksums of the files of a release, as ``sha256sum --check`` reads them."""
    paths = sorted(path for path in folder.iterdir() if path.name != SUMS)
    return "".join(f"{sha256(path)}  {path.name}\n" for path in paths)


def outputs_of(home: Path, site: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return every output of a built book with its checksum and what it was made from: figures, then files of the site.

    Inputs are files of the project. A page is made from its notebook and the tables that the notebook read; what belongs
    to no single page, such as the search index, from the whole book.
    """
    runs = Runs(home, home, home / KEPT / "notebooks", "")
    made: dict[str, list[str]] = {}
    for path in sorted((home / "book").rglob("*.ipynb")):
        name = path.relative_to(home).as_posix()
        read, drawn = runs.told(path)
        made[name] = sorted({name, *read})
        made |= {picture: made[name] for picture in drawn}
    pages = {path.relative_to(home).as_posix() for path in (home / "book").rglob("*.md")}
    made |= {name: [name] for name in pages}
    data = {path.name: f"data/{path.name}" for path in (home / "data").iterdir()}
    pictures = {Path(name).name: made[name] for name in made if name.startswith(f"{figures.FOLDER}/")}
    by_page = {name.rsplit(".", 1)[0]: inputs for name, inputs in made.items() if name.startswith("book/")}

    def inputs_of(name: str) -> list[str]:
        last = Path(name).name
        if name.startswith("_static/"):
            return ["lostlead/theme"]
        if name.startswith(("_images/", "_downloads/")) and last in pictures:
            return pictures[last]
        if name.startswith("_downloads/") and last in data:
            return [data[last]]
        return by_page.get(name.removeprefix("_sources/").rsplit(".", 1)[0], ["book", "data"])

    outputs = {
        name: {"sha256": sha256(home / name), "inputs": inputs}
        for name, inputs in sorted(made.items())
        if name.startswith(f"{figures.FOLDER}/")
    }
    for name in sorted(site):
        outputs[f"{SITES}/{name}"] = {"sha256": sha256(home / SITE / name), "inputs": inputs_of(name)}
    return outputs


def write_archive(path: Path, folder: Path, names: Iterable[str], inside: str, day: date) -> None:
    """Write files of a folder into a zip archive below the folder ``inside``: in fixed order, of one day, without owner."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(names):
            entry = zipfile.ZipInfo(f"{inside}/{name}", (day.year, day.month, day.day, 0, 0, 0))
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, (folder / name).read_bytes())


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def checkout(home: Path, commit: str) -> Iterator[Path]:
    """Give a checkout of a commit in a folder of its own, which goes afterwards."""
    git(home, "worktree", "prune")
    with tempfile.TemporaryDirectory(prefix="lost-lead-") as folder:
        copy = Path(folder) / "checkout"
        git(home, "worktree", "add", "--quiet", "--detach", str(copy), commit)
        try:
            yield copy
        finally:
            git(home, "worktree", "remove", "--force", str(copy))


def git(home: Path, *arguments: str) -> str:
    """Return what git says. Raises ReleaseError with git's own words when it fails."""
    ran = subprocess.run(["git", *arguments], cwd=home, capture_output=True, text=True, encoding="utf-8")
    if ran.returncode != 0:
        raise ReleaseError(f"git {' '.join(arguments[:2])} fails: {ran.stderr.strip()}")
    return ran.stdout.strip()


def run_in(folder: Path, *arguments: str, python: str = sys.executable) -> None:
    """Run Python in a checkout, with the library of that checkout. Raises BuildError with its last words when it fails."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    ran = subprocess.run(
        [python, *arguments], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    if ran.returncode != 0:
        raise BuildError((ran.stderr.strip() or ran.stdout.strip())[-3000:])
