"""Verifying a release: are its files as its manifest says, and does its commit build them again, to the byte?"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lostlead.build import DIST
from lostlead.build.notebooks import BuildError
from lostlead.build.release import MANIFEST, PACK, SITES, SUMS, checkout, run_in, sha256, sums_of
from lostlead.build.versions import pages_of, switcher_line
from lostlead.releases import ReleaseError, parse

Say = Callable[[str], None]


def verify(home: Path, version: str, say: Say = print, *, here: bool = False) -> list[str]:
    """Return how the release of ``version`` in ``dist/`` differs from its manifest and from a new build of its commit.

    The new build has an environment of its own, made from the lock of that commit, unless ``here`` says to use the
    present one. Raises ReleaseError when there is no such release, BuildError when its commit does not build.
    """
    parse(version)
    path = home / DIST / version / MANIFEST
    if not path.is_file():
        raise ReleaseError(f"there is no {DIST}/{version}/{MANIFEST}. Remedy: put the files of the release there")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    faults = altered(home, version, manifest)
    with checkout(home, manifest["commit"]) as copy, tempfile.TemporaryDirectory(prefix="lost-lead-") as folder:
        python = sys.executable if here else fresh_environment(copy, say)
        say(f"building {version} again")
        run_in(copy, "-m", "lostlead", "book", python=python)
        books = "books" if any(name.endswith(".pdf") for name in manifest["files"]) else ""
        run_in(copy, "-c", PACK, str(Path(folder) / version), manifest["commit"], books, python=python)
        again = json.loads((Path(folder) / version / MANIFEST).read_text(encoding="utf-8"))
    return faults + differences(manifest, again)


def fresh_environment(copy: Path, say: Say) -> str:
    """Make the environment of a checkout from its own lock and return the path of its Python."""
    say("making a fresh environment from the lock (a few minutes)")
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "MAKE"))
    }
    # The Python below the present environment, in its own version.
    base = getattr(sys, "_base_executable", sys.executable)
    ran = subprocess.run(
        ["make", "setup", f"PYTHON={base}"], cwd=copy, env=clean, capture_output=True, text=True, encoding="utf-8"
    )
    if ran.returncode != 0:
        raise BuildError(f"the environment of the release cannot be made:\n{ran.stderr.strip()[-2000:]}")
    return str(copy / ".venv" / "bin" / "python")


def altered(home: Path, version: str, manifest: dict[str, Any]) -> list[str]:
    """Return what is in ``dist/`` for a release but not as its manifest says: files, the site's archive, the site."""
    folder, site = home / DIST / version, home / DIST / SITES / version
    faults = _compared(f"{DIST}/{version}", manifest["files"], {name: sha256(folder / name) for name in _files(folder)})
    if (folder / SUMS).read_text(encoding="utf-8", errors="replace") != sums_of(folder):
        faults.append(f"{DIST}/{version}: {SUMS} does not fit the files")
    told = {
        name.removeprefix(f"{SITES}/"): entry["sha256"]
        for name, entry in manifest["outputs"].items()
        if name.startswith(f"{SITES}/")
    }
    for path in sorted(folder.glob("*-site.zip")):
        faults += _compared(f"{DIST}/{version}/{path.name}", told, _inside(path))
    if site.is_dir():
        faults += _compared(f"{DIST}/{SITES}/{version}", told, _published(site))
    return faults


def _files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name not in {MANIFEST, SUMS}]


def _inside(path: Path) -> dict[str, str]:
    """Return the checksums of the files in an archive, without the folder that holds them all."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            return {name.partition("/")[2]: hashlib.sha256(archive.read(name)).hexdigest() for name in names}
    except (zipfile.BadZipFile, zlib.error) as error:
        raise ReleaseError(f"{path.name} is damaged: {error}") from error


def _published(site: Path) -> dict[str, str]:
    """Return the checksums of a site as it was before its pages got the line that loads the switcher."""
    found = {path.relative_to(site).as_posix(): sha256(path) for path in site.rglob("*") if path.is_file()}
    for page in pages_of(site):
        whole = (site / page).read_bytes().replace(switcher_line(page).encode(), b"", 1)
        found[page] = hashlib.sha256(whole).hexdigest()
    return found


def _compared(where: str, told: dict[str, str], found: dict[str, str]) -> list[str]:
    return [
        *(f"{where}: {name} is missing" for name in sorted(told.keys() - found.keys())),
        *(f"{where}: {name} is not in the manifest" for name in sorted(found.keys() - told.keys())),
        *(f"{where}: {name} was altered" for name in sorted(told.keys() & found.keys()) if told[name] != found[name]),
    ]


def differences(manifest: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """Return what differs between the manifest of a release and that of a new build, by file, inputs first."""
    lines = []
    for what, said in manifest["environment"].items():
        if again["environment"].get(what) != said:
            lines.append(f"environment: {what} was {said}, is {again['environment'].get(what)}")
    for part in ("inputs", "outputs", "files"):
        old, new = _sums(manifest[part]), _sums(again[part])
        lines += [f"{part}: {name} is not made again" for name in sorted(old.keys() - new.keys())]
        lines += [f"{part}: {name} is new" for name in sorted(new.keys() - old.keys())]
        for name in sorted(name for name in old.keys() & new.keys() if old[name] != new[name]):
            lines.append(f"{part}: {name} differs{_made_from(manifest[part][name])}")
    return lines


def _sums(part: dict[str, Any]) -> dict[str, str]:
    return {name: entry["sha256"] if isinstance(entry, dict) else entry for name, entry in part.items()}


def _made_from(entry: Any) -> str:
    inputs: Iterable[str] = entry["inputs"] if isinstance(entry, dict) else ()
    told = ", ".join(inputs)
    return f" (made from {told})" if told else ""
