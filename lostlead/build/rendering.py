"""Rendering the book with Jupyter Book; what an earlier build read and wrote is used again where it still holds."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from lostlead import theme
from lostlead.build.cache import digest_of, files_digest
from lostlead.build.notebooks import BuildError

SOURCES = ("book", "data", "figures", "CITATION.cff", "_toc.yml")
# Links between pages are looked for among pages and labels only, not among the names of programs in six languages.
SPHINX = {"myst_ref_domains": ["std"]}
EXTENSION = "lostlead.build.contents"
# Standard input ends with the build, so that a rendering, or a process that it forks to read and write pages, does not
# go on beside the next build of a killed one.
WATCHED = (
    "import os, sys, threading;"
    "watch = lambda: threading.Thread(target=lambda: (os.read(0, 1), os._exit(1)), daemon=True).start();"
    "watch(); os.register_at_fork(after_in_child=watch);"
)
STARTER = WATCHED + (
    "from jupyter_book.sphinx import build_sphinx; folder = sys.argv[1];"
    "made = build_sphinx(folder, folder + '/_build/html', noconfig=True, path_config=folder + '/_config.yml',"
    " confoverrides={'external_toc_path': folder + '/_toc.yml', 'latex_individualpages': False, 'nitpicky': True},"
    " warningiserror=True, keep_going=True, jobs=min(2, os.cpu_count() or 1));"
    "sys.exit(made if isinstance(made, int) else 1)"
)


def render(workshop: Path, kept: Path, environment: str) -> Path:
    """Render the executed notebooks in ``workshop`` and return the folder of the HTML, below ``workshop``.

    ``kept`` is the folder where the renderer's own files stay from build to build. They are used only when they are as
    the earlier rendering left them at its end, and the book has the same pages, settings and ``environment`` (a digest)
    as then. Jupyter Book runs with every warning an error. Raises BuildError with its warnings when there are any, OSError where
    there is no room.
    """
    complete = kept / "complete"
    key = _key(workshop, kept, environment)
    whole = complete.is_file() and complete.read_text(encoding="utf-8") == _seal(key, kept)
    if not whole:
        shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True, exist_ok=True)
    complete.unlink(missing_ok=True)
    changed = [_mirror(workshop / name, kept / name) for name in SOURCES]
    (kept / "_config.yml").write_text(_settings(workshop), encoding="utf-8")
    # With nothing to write Sphinx would not put the static files back.
    if not whole or any(changed):
        # Sphinx gives a style sheet that is there already another address than one that it is about to write.
        shutil.rmtree(kept / "_build" / "html" / "_static", ignore_errors=True)
        _run(kept)
    site = workshop / "site"
    shutil.copytree(kept / "_build" / "html", site)
    complete.write_text(_seal(key, kept), encoding="utf-8")
    # The theme leaves its own templates among the pages; .buildinfo has a hash of the settings' order.
    for leftover in (site / ".buildinfo", *(site / "_static").glob("*webpack-macros.html")):
        leftover.unlink(missing_ok=True)
    return site


def _run(folder: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(folder)]
    environment = os.environ | {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    ends, held = os.pipe()
    try:
        ran = subprocess.run(
            command, stdin=ends, capture_output=True, text=True, encoding="utf-8", errors="replace", env=environment
        )
    finally:
        os.close(ends)
        os.close(held)
    if ran.returncode != 0 or not (folder / "_build" / "html" / "index.html").is_file():
        output = re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout + "\n" + ran.stderr).replace(f"{folder}/", "")
        for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):  # which Sphinx tells of each file that it cannot write
            if os.strerror(number) in output:
                raise OSError(number, os.strerror(number), str(folder))
        faults = [line for line in output.splitlines() if re.search(r"WARNING|ERROR|Error\b", line)]
        raise BuildError("Jupyter Book reports:\n" + "\n".join(faults[:40] or output.splitlines()[-25:]))


def _settings(workshop: Path) -> str:
    """Return the settings of the book for a rendering that runs no notebook."""
    config = yaml.safe_load((workshop / "_config.yml").read_text(encoding="utf-8"))
    config["execute"]["execute_notebooks"] = "off"
    sphinx = config.setdefault("sphinx", {})
    sphinx["config"] = sphinx.get("config", {}) | SPHINX
    sphinx["extra_extensions"] = [*sphinx.get("extra_extensions", []), EXTENSION]
    settings: str = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    return settings


def _key(workshop: Path, kept: Path, environment: str) -> str:
    """Return the digest of all that touches every page: settings, order, packages, look, verdicts, list of files."""
    pages = sorted(path.relative_to(workshop).as_posix() for path in (workshop / "book").rglob("*"))
    return digest_of(
        environment,
        str(kept),
        _settings(workshop),
        theme.digest(),
        str(theme.verdicts_by_page(workshop)),
        files_digest(workshop, ("_toc.yml",)),
        *pages,
    )


def _seal(key: str, kept: Path) -> str:
    """Return what says that a rendering is complete and as it was left."""
    return digest_of(key, files_digest(kept / "_build"))


def _mirror(source: Path, target: Path) -> bool:
    """Make ``target`` the same as ``source``, touching only what differs by content; tell whether anything did."""
    if source.is_file():
        if target.is_file() and target.read_bytes() == source.read_bytes():
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return True
    target.mkdir(parents=True, exist_ok=True)
    gone = [old for old in target.iterdir() if not (source / old.name).exists()]
    for old in gone:
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    return any([_mirror(path, target / path.name) for path in source.iterdir()]) or bool(gone)
