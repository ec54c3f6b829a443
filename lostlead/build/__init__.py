"""Making the book: check the data, run the notebooks, render, check the site, and put it in place as a whole.

Everything happens in a folder of its own below ``_build/``. Only when all of it has succeeded are the site, the
executed notebooks, the figures and ``data/verdicts.csv`` put where readers find them; a failed build changes nothing.
"""

from __future__ import annotations

import csv
import fcntl
import io
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

from lostlead import crate, exports, figures, releases, status, tables, theme
from lostlead.build.cache import Runs, Texts, digest_of, environment_digest, files_digest
from lostlead.build.cluster import connected
from lostlead.build.head import add_to_head
from lostlead.build.kernels import choose_kernels
from lostlead.build.notebooks import BuildError, kept_in, run_notebooks, write_notebook
from lostlead.build.rendering import render
from lostlead.build.site import check_site, finish_pages
from lostlead.citations import read_edition
from lostlead.claims import read_facts
from lostlead.sources import BIBLIOGRAPHY, cited_in_prose, read_sources
from lostlead.swap import swap
from lostlead.tables import DataError

__all__ = ["BuildError", "build_book", "check_inputs"]

INPUTS = ("book", "data", "CITATION.cff", "_config.yml", "_toc.yml")
SITE = Path("_build") / "html"
KEPT = Path("_build") / "cache"
TIMES = Path("_build") / "run-times.csv"
LOCK = Path("_build") / "lock"
DIST = "dist"  # of the releases
AT_A_TIME = (os.cpu_count() or 1) + 1  # notebooks: a kernel that starts or ends mostly waits, and another can work
DRAFT = ".making-"  # what a file is called before it is in place
VERDICTS = "data/verdicts.csv"
LAST = ("book/cite.ipynb", "book/gallery.ipynb")  # they list the figures of all other pages
VERDICT_COLUMNS = (
    "claim", "verdict", "confidence", "wrong_about", "finding_en", "finding_fil", "held", "failed", "undecided", "since",
)  # fmt: skip
Say = Callable[[str], None]
Run = Callable[..., dict[Path, Any]]


def check_inputs(home: Path) -> None:
    """Check every table against its schema, every reference between tables, and the bibliography.

    Raises DataError at the first fault, so that a slip is told before a single notebook runs.
    """
    frames = tables.check_all(home)
    sources = read_sources(home)
    read_facts(home)
    used = set(cited_in_prose(home))
    for name, frame in frames.items():
        if "sources" in frame:
            tables.check_references(frame, name, "sources", sources, home)
            used |= {key for cell in frame["sources"] for key in tables.split(cell)}
    for key, source in sources.items():
        if key not in used and not any(other.origin == key for other in sources.values()):
            raise DataError(
                BIBLIOGRAPHY, f"no table or page uses the entry '{source.key}'", "use it, or delete it", column=None
            )


def build_book(
    home: Path, say: Say = print, *, jobs: int | None = None, forked: bool = True, cluster: str = ""
) -> Path:
    """Build the book of the project at ``home`` and return the folder of the site.

    Runs ``jobs`` notebooks at a time (one more than there are processors), in forked kernels unless ``forked`` is false;
    with the address of a Dask scheduler in ``cluster``, on its workers. Raises DataError for faults in the data and
    BuildError for a notebook that fails, a warning of the renderer, or a fault of the site; then nothing outside
    ``_build/`` has changed, and the earlier site stands.
    """
    started = time.monotonic()
    (home / "_build").mkdir(exist_ok=True)
    with only_build(home / LOCK, say):
        kept = home / KEPT
        environment = environment_digest(home)
        before = files_digest(home, (*INPUTS, figures.FOLDER))
        if _is_done(home, digest_of(environment, theme.digest(), before)):
            say(f"nothing has changed since the last build: {SITE / 'index.html'}")
            return home / SITE
        workshop = Path(tempfile.mkdtemp(prefix="making-", dir=home / "_build"))
        try:
            for name in INPUTS:
                _copy(home / name, workshop / name)
            (workshop / figures.FOLDER).mkdir()
            if not cluster:
                choose_kernels(say, forked=forked, warm=workshop)
            check_inputs(workshop)
            say("tables and sources are in order")
            runs = Runs(home, workshop, kept / "notebooks", environment)
            times: dict[str, float] = {}
            with _runner(cluster, jobs or AT_A_TIME, say) as run:
                records = _run_all(workshop, say, run, runs, times)
            made = digest_of(environment, theme.digest(), files_digest(workshop, (*INPUTS, figures.FOLDER)))
            exports.write_downloads(workshop, records)
            say("rendering the pages")
            site = render(workshop, kept / "pages", environment)
            say("finishing and checking the pages")
            exports.write_records(site, workshop, records)
            finish_pages(site, Texts(kept / "texts", digest_of(environment, theme.digest())))
            add_to_head(site, workshop, records)
            crate.write_crate(workshop, site, records)
            faults = check_site(site)
            if faults:
                raise BuildError("the site has faults:\n" + "\n".join(f"  {fault}" for fault in faults))
            _put_in_place(home, workshop, site)
            if len(times) == len(list((workshop / "book").rglob("*.ipynb"))):  # all of one machine and one day
                (home / TIMES).write_text(status.times_csv(times, date.today()), encoding="utf-8")
            (kept / "done").write_text(f"{made}\n{files_digest(home / SITE)}\n", encoding="utf-8")
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    say(f"built in {time.monotonic() - started:.0f} s: {SITE / 'index.html'}")
    return home / SITE


@contextmanager
def only_build(lock: Path, say: Say) -> Iterator[None]:
    """Wait, and say so, while another build of the same folder is under way; take away what a killed one left.

    The system gives the lock back when its holder ends, however it ends.
    """
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another build of this folder is under way; waiting until it has ended")
            fcntl.flock(handle, fcntl.LOCK_EX)
        clear_leftovers(lock.parent)
        yield


def clear_leftovers(folder: Path) -> None:
    """Take away what a killed build left below ``_build`` and beside its targets; put back what it had set aside."""
    for workshop in folder.glob("making-*"):
        for place in (folder.parent / SITE, folder.parent / DIST):
            if set_aside(workshop, place).is_dir() and not place.exists():
                set_aside(workshop, place).rename(place)
        shutil.rmtree(workshop, ignore_errors=True)
    for name in ("book", "data", figures.FOLDER):
        for draft in (folder.parent / name).rglob(f"{DRAFT}*"):
            draft.unlink(missing_ok=True)


def set_aside(workshop: Path, place: Path) -> Path:
    """Return where the earlier site, or the earlier ``dist/``, may be for a moment while it is replaced."""
    return workshop / f"earlier-{place.name}"


def _is_done(home: Path, made: str) -> bool:
    """Tell whether the site in place is the one that was built from these very inputs."""
    done = home / KEPT / "done"
    return done.is_file() and done.read_text(encoding="utf-8") == f"{made}\n{files_digest(home / SITE)}\n"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    else:
        shutil.copy2(source, target)


@contextmanager
def _runner(cluster: str, jobs: int, say: Say) -> Iterator[Run]:
    """Give what runs notebooks: kernels here, ``jobs`` at a time, or the workers of a cluster."""
    if not cluster:
        yield partial(run_notebooks, jobs=jobs)
        return
    with connected(cluster, (*INPUTS, figures.FOLDER), say) as run:
        yield run


def _run_all(
    workshop: Path, say: Say, run: Run, runs: Runs | None = None, times: dict[str, float] | None = None
) -> list[dict[str, Any]]:
    """Run the claims, write their verdicts, then run the pages that read them; those that list the figures come last
    of all, when the register of figures is written. Returns the verdict records.
    """
    every = _longest_first(workshop, sorted((workshop / "book").rglob("*.ipynb")))
    claims = [path for path in every if path.parent.name == "claims"]
    done = run(workshop, claims, say, runs=runs, times=times, total=len(every))
    records = collect_records(workshop, done)
    _write_csv(workshop / VERDICTS, VERDICT_COLUMNS, records)
    last = [path for path in every if path.relative_to(workshop).as_posix() in LAST]
    pages = [path for path in every if path not in claims and path not in last]
    done |= run(workshop, pages, say, runs=runs, times=times, total=len(every), first=len(claims))
    _write_csv(workshop / figures.REGISTER, figures.COLUMNS, collect_figures(workshop, done))
    done |= run(workshop, last, say, runs=runs, times=times, total=len(every), first=len(done))
    for path, notebook in done.items():
        write_notebook(path, notebook)
    return records


def _longest_first(home: Path, notebooks: Sequence[Path]) -> list[Path]:
    """Return notebooks in the order in which they are done soonest: no long one is left for the end."""
    times = status.read_times(home)

    def took(path: Path) -> float:
        row = times.get(path.relative_to(home).as_posix())
        return float(row["seconds"]) if row else inf

    return sorted(notebooks, key=took, reverse=True)


def collect_records(home: Path, notebooks: dict[Path, Any]) -> list[dict[str, Any]]:
    """Return the verdict records that the claim notebooks published, in the order of the claims.

    ``since`` is the version of the last change on record (``data/verdict_history.csv``), or the one being made.
    Raises BuildError when a notebook publishes none or more than one, or one that is not its own.
    """
    history, version = tables.read("verdict_history", home), read_edition(home).version
    register = tables.read("claims", home).set_index("claim")
    records = []
    for path, notebook in sorted(notebooks.items()):
        found = kept_in(notebook, "record")
        where = path.relative_to(home).as_posix()
        if len(found) != 1:
            raise BuildError(f"{where} publishes {len(found)} verdicts; call publish() once, in its last code cell")
        record = dict(found[0])
        page = register.loc[record["claim"], "page"]
        if where.removesuffix(".ipynb") + ".html" != page:
            raise BuildError(f"{where} publishes the verdict on {record['claim']}, whose page is {page}")
        record["since"] = releases.since(history, record["claim"], record["verdict"], version)
        records.append(record)
    return sorted(records, key=lambda record: str(record["claim"]))


def collect_figures(home: Path, notebooks: dict[Path, Any]) -> list[dict[str, Any]]:
    """Return the rows of the register of figures, ordered by name, each with the path of its own page from the root.

    Raises BuildError when two pages show a figure of one name but not with the same words or the same own page.
    """
    rows: dict[str, dict[str, Any]] = {}
    for path, notebook in sorted(notebooks.items()):
        for kept in kept_in(notebook, "figure"):
            page = Path(os.path.relpath(path.parent / kept["notebook"], home)).as_posix()
            row = kept | {"notebook": page}
            if rows.setdefault(row["name"], row) != row:
                where = path.relative_to(home).as_posix()
                raise BuildError(f"{where} shows the figure '{row['name']}' otherwise than another page does")
    return [rows[name] for name in sorted(rows)]


def _read_csv(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8")


def _put_in_place(home: Path, workshop: Path, site: Path) -> None:
    """Swap the site in, then bring notebooks, figures and verdicts up to date, each file as a whole.

    All of it is written beside its place first: where there is no room or no leave to write, nothing has changed. The
    register of figures comes first of the files, so that a build killed after it leaves no figure that no register names.
    """
    register = workshop / figures.REGISTER
    drawn = [path for path in (workshop / figures.FOLDER).iterdir() if path != register]
    fresh = [register, *drawn, *(workshop / "book").rglob("*.ipynb"), workshop / VERDICTS]
    drafts: dict[Path, Path] = {}
    try:
        for path in fresh:
            place = home / path.relative_to(workshop)
            if not place.is_file() or place.read_bytes() != path.read_bytes():
                drafts[place] = place.with_name(DRAFT + place.name)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, drafts[place])
        swap(site, home / SITE, set_aside(workshop, home / SITE))
    except OSError:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        raise
    _remove_retired_figures(home, workshop)
    for place, draft in drafts.items():
        draft.replace(place)


def _remove_retired_figures(home: Path, workshop: Path) -> None:
    kept = {row["name"] for row in _read_csv(workshop / figures.REGISTER)}
    for row in _read_csv(home / figures.REGISTER):
        if row["name"] not in kept:
            for suffix in ("svg", "png", "csv"):
                (home / figures.FOLDER / f"{row['name']}.{suffix}").unlink(missing_ok=True)
