"""The commands of the project, by name: ``python3 -m lostlead --help``."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {
    "book": "check the data, run every notebook, render, and put the site in _build/html (--cluster tcp://…: on Dask)",
    "test": "run all tests (add pytest's own options after the name)",
    "pdf": "write the built site to _build/lost-lead.pdf and offer it there (--code: with the notebooks' code, not offered)",
    "epub": "write the built site to _build/lost-lead.epub and offer it there",
    "serve": "show the built site at http://127.0.0.1:8000",
    "lab": "open the notebooks in JupyterLab",
    "bench": "time the build beside a plain jupyter-book build of the same notebooks",
    "bench-scale": "time the build of made-up books of 30, 100, 300 and 1,000 claims, and watch its memory (SIZES=30,100)",
    "bench-pages": "weigh the pages beside those of the plain theme, in Chromium",
    "refresh": "fetch the live originals and tell what drifted from data/ (--write takes it over)",
    "links": "ask every source address, and its archived copy, whether it still answers",
    "version": "write the version of the next release, and its date, wherever they stand: version 1.2.0 [2027-01-31]",
    "release": "release what is committed: release 1.2.0 --summary '…' [--why 'C04: …'], into dist/",
    "verify": "build a release again in a fresh environment and tell what differs: verify 1.2.0 (--here: in this one)",
    "audit": "tell the known vulnerabilities of everything in requirements.lock (asks the network)",
    "claim": "write the notebook of a new claim: claim C27 'Its title', with the check on standard input",
    "clean": "remove what a build wrote, keep the environment",
    "help": "show this list",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 when it worked, 1 with one clear message when it did not."""
    lines = "\n".join(f"  {name:<11} {what}" for name, what in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="lostlead",
        description="Lost Lead: a reproducible check of one article on Russia in space.",
        epilog=f"commands (each also as 'make NAME', which sets up the environment first):\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command", help="one of the commands below")
    options, rest = parser.parse_known_args(arguments)
    takes_more = {"book", "test", "version", "release", "verify", "claim", "refresh", "links"}
    if rest and options.command not in takes_more and [options.command, *rest] != ["pdf", "--code"]:
        parser.error(f"'{options.command}' takes no further arguments: {' '.join(rest)}")
    if options.command == "help":
        parser.print_help()
        return 0
    if options.command == "clean":
        return _clean()
    if not _ready():
        print("error: the environment is not set up. Remedy: run 'make setup' in the project folder.", file=sys.stderr)
        return 1
    with_arguments = {
        "book": _book, "claim": _claim, "refresh": _refresh, "links": _links,
        "version": _version, "release": _release, "verify": _verify,
    }  # fmt: skip
    if options.command in with_arguments:
        return with_arguments[options.command](rest)
    if options.command in {"pdf", "epub"}:
        return _paper(options.command, code=bool(rest))
    without = {
        "serve": _serve, "lab": _lab, "audit": _audit,
        "bench": _bench, "bench-scale": _bench_scale, "bench-pages": _bench_pages,
    }  # fmt: skip
    return without[options.command]() if options.command in without else _test(rest)


def _ready() -> bool:
    from importlib.util import find_spec

    return all(find_spec(name) for name in ("jupyter_book", "frictionless", "matplotlib", "pytest"))


def _book(words: Sequence[str] = ()) -> int:
    from lostlead.build import BuildError, build_book
    from lostlead.evidence import EvidenceError
    from lostlead.tables import DataError

    parser = argparse.ArgumentParser(prog="lostlead book", description="Build the book.")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", default=os.environ.get("DASK_SCHEDULER", ""),
        help="run the notebooks on the workers of this Dask scheduler (DASK_SCHEDULER does the same)",
    )  # fmt: skip
    options = parser.parse_args(words)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        build_book(ROOT, lambda line: print(line, flush=True), cluster=options.cluster)
    except KeyboardInterrupt:
        print("stopped; build again when you like", file=sys.stderr)
        return 1
    except (DataError, BuildError, EvidenceError) as error:
        print(
            f"error: {error}\nThe book was not built; an earlier site, if there is one, is untouched.", file=sys.stderr
        )
        return 1
    except OSError as error:
        print(
            f"error: {_first(error)}. Remedy: make room on the disk, or make the folder writable, and build again.\n"
            "The book was not built; an earlier site, if there is one, is untouched.",
            file=sys.stderr,
        )
        return 1
    return 0


def _first(error: OSError) -> object:
    """Return what went wrong first: the copying of a folder goes on after a fault and tells each file."""
    return error.args[0][0][2] if isinstance(error, shutil.Error) else error


def _paper(kind: str, *, code: bool) -> int:
    from lostlead.build import SITE, BuildError
    from lostlead.build.downloads import make_epub, make_pdf

    if not (ROOT / SITE / "index.html").is_file() and _book() != 0:
        return 1
    try:
        if kind == "pdf":
            make_pdf(ROOT, code=code)
        else:
            make_epub(ROOT)
    except (BuildError, OSError) as error:
        print(f"error: {error}\nNothing was written.", file=sys.stderr)
        return 1
    return 0


def _test(options: list[str]) -> int:
    return subprocess.call([sys.executable, "-m", "pytest", *options], cwd=ROOT)


def _serve() -> int:
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    site = ROOT / "_build" / "html"
    if not (site / "index.html").is_file():
        print("error: there is no site yet. Remedy: run 'make book'.", file=sys.stderr)
        return 1
    port = int(os.environ.get("PORT", "8000"))
    with ThreadingHTTPServer(("127.0.0.1", port), partial(SimpleHTTPRequestHandler, directory=str(site))) as server:
        print(f"http://127.0.0.1:{server.server_port}/ (stop with Ctrl+C)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _lab() -> int:
    # JupyterLab would otherwise ask other hosts for news and updates.
    quiet = [
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    return subprocess.call([sys.executable, "-m", "jupyterlab", "--notebook-dir", str(ROOT), *quiet], cwd=ROOT)


def _bench() -> int:
    from lostlead.build.bench import compare_with_plain_build

    return compare_with_plain_build(ROOT)


def _bench_scale() -> int:
    from lostlead.build import BuildError
    from lostlead.build.bench_scale import SIZES, measure_growth, read_sizes

    told = os.environ.get("SIZES", "")
    try:
        return measure_growth(ROOT, read_sizes(told) if told else SIZES)
    except (BuildError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _audit() -> int:
    from lostlead.build.audit import audit

    return audit(ROOT)


def _bench_pages() -> int:
    from lostlead.build.bench_pages import compare_pages

    return compare_pages(ROOT)


def _claim(words: list[str]) -> int:
    from lostlead.build import BuildError
    from lostlead.build.scaffold import add_claim_page
    from lostlead.tables import DataError

    if len(words) != 2:
        print(
            "error: give the id and the title. Remedy: python -m lostlead claim C27 'Its title' < check.py",
            file=sys.stderr,
        )
        return 2
    try:
        path = add_claim_page(ROOT, words[0], words[1], sys.stdin.read())
    except (DataError, BuildError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{path.relative_to(ROOT)} is written and listed in _toc.yml; now run: make book")
    return 0


def _version(words: list[str]) -> int:
    from datetime import date

    from lostlead.build.release import set_version
    from lostlead.releases import ReleaseError

    parser = argparse.ArgumentParser(prog="lostlead version", description=COMMANDS["version"])
    parser.add_argument("version")
    parser.add_argument("date", nargs="?", default="", help="day of the release, 2027-01-31; today if it is not given")
    options = parser.parse_args(words)
    try:
        changed = set_version(ROOT, options.version, date.fromisoformat(options.date) if options.date else date.today())
    except (ReleaseError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"version {options.version}: {', '.join(changed) or 'everything says so already'}; now run: make book")
    return 0


def _release(words: list[str]) -> int:
    from lostlead.build import BuildError
    from lostlead.build.release import make_release, read_reasons
    from lostlead.releases import ReleaseError
    from lostlead.tables import DataError

    parser = argparse.ArgumentParser(prog="lostlead release", description=COMMANDS["release"])
    parser.add_argument("version")
    parser.add_argument("--summary", default="", help="what changed, in a sentence")
    parser.add_argument("--why", default="", help="why verdicts changed: 'C04: a new document; C07: …'")
    parser.add_argument("--without-books", action="store_true", help="make no PDF and no EPUB")
    options = parser.parse_args(words)
    try:
        reasons, books = read_reasons(options.why), not options.without_books
        make_release(ROOT, options.version, options.summary, reasons, lambda line: print(line, flush=True), books=books)
    except (ReleaseError, BuildError, DataError, OSError) as error:
        print(f"error: {error}\nNothing was released; data/ and dist/ are as they were.", file=sys.stderr)
        return 1
    return 0


def _verify(words: list[str]) -> int:
    from lostlead.build import BuildError
    from lostlead.build.verify import verify
    from lostlead.releases import ReleaseError

    parser = argparse.ArgumentParser(prog="lostlead verify", description=COMMANDS["verify"])
    parser.add_argument("version")
    parser.add_argument("--here", action="store_true", help="build in the present environment: quicker, proves less")
    options = parser.parse_args(words)
    try:
        faults = verify(ROOT, options.version, lambda line: print(line, flush=True), here=options.here)
    except (ReleaseError, BuildError, OSError) as error:
        print(f"error: {error}\nThe release could not be compared.", file=sys.stderr)
        return 1
    for fault in faults:
        print(fault)
    print(f"{options.version}: {f'{len(faults)} differences' if faults else 'the same to the byte'}")
    return 1 if faults else 0


def _refresh(words: list[str]) -> int:
    from lostlead.tables import DataError
    from lostlead.upstream import refresh

    parser = argparse.ArgumentParser(prog="lostlead refresh", description=COMMANDS["refresh"])
    parser.add_argument("--write", action="store_true", help="take over what drifted into data/, all of it or nothing")
    parser.add_argument("--newer", action="store_true", help="take over rows later than ours as well")
    options = parser.parse_args(words)
    try:
        refresh(ROOT, lambda line: print(line, flush=True), write=options.write, newer=options.newer)
    except (DataError, OSError) as error:
        print(f"error: {error}\ndata/ is as it was.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what was fetched is kept for the next run", file=sys.stderr)
        return 1
    return 0


def _links(words: list[str]) -> int:
    from lostlead.sources import read_sources
    from lostlead.tables import DataError
    from lostlead.upstream import links

    parser = argparse.ArgumentParser(prog="lostlead links", description=COMMANDS["links"])
    parser.add_argument("keys", nargs="*", metavar="KEY", help="only these sources")
    parser.add_argument("--again", action="store_true", help="ask again what an earlier run found out")
    options = parser.parse_args(words)
    notes = ROOT / links.NOTES
    try:
        sources = read_sources(ROOT)
        unknown = [key for key in options.keys if key not in sources]
        if unknown:
            parser.error(f"no such source: {', '.join(unknown)}")
        if options.again:
            notes.unlink(missing_ok=True)
        addresses = [
            links.Address(key, what, url)
            for key in options.keys or sources
            for what, url in (("page", sources[key].url), ("copy", sources[key].archived))
            if url
        ]
        links.report(links.check(addresses, notes, links.Patience()), print)
    except (DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the next run goes on from here", file=sys.stderr)
        return 1
    return 0


def _clean() -> int:
    for path in [ROOT / "_build", *ROOT.rglob(".ipynb_checkpoints")]:
        if ".venv" not in path.parts:
            shutil.rmtree(path, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
