"""What earlier builds worked out, used again only where nothing that it was worked out from has changed.

Everything is known by content. An entry that is damaged, or whose figures are no longer there as it drew them, does
not count; the worst that a wrong file in ``_build/cache`` can do is work done twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

import lostlead
from lostlead import reads, tables
from lostlead.claims import facts_of, registered
from lostlead.sources import BIBLIOGRAPHY, read_sources


def digest_of(*parts: bytes | str) -> str:
    """Return one digest of several pieces in their order."""
    whole = hashlib.sha256()
    for part in parts:
        # Where the system takes names for ASCII, the bytes of a name with other letters come back as they are.
        raw = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        whole.update(f"{len(raw)}:".encode() + raw)
    return whole.hexdigest()


def files_digest(folder: Path, names: Iterable[str] = (".",)) -> str:
    """Return one digest of the files below some names in a folder: their paths and bytes. What is not there counts."""
    found: list[bytes | str] = []
    for name in names:
        path = folder / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if ".ipynb_checkpoints" not in file.parts and (file.is_file() or not file.exists()):
                found += [file.relative_to(folder).as_posix(), tables.content_of(file)]
    return digest_of(*found)


def environment_digest(home: Path) -> str:
    """Return one digest of what runs the book: Python, the installed packages, the lock and the library itself."""
    return digest_of(*environment_parts(home).values())


def environment_parts(home: Path) -> dict[str, str]:
    """Return what runs the book, by what a person would call it, so that a difference can be named."""
    # The same package can be found in two places, as one that is worked on is.
    installed = sorted({f"{package.name}=={package.version}" for package in distributions()})
    modules = sorted(Path(lostlead.__file__).parent.rglob("*.py"))
    return {
        "Python": platform.python_version(),
        "the installed packages": digest_of(*installed),
        "requirements.lock": tables.content_of(home / "requirements.lock"),
        "the library lostlead": digest_of(*(tables.content_of(path) for path in modules)),
    }


class Runs:
    """The notebooks as earlier builds ran them.

    ``workshop`` is the project as the build sees it, ``home`` the one whose figures the earlier build left in place,
    ``folder`` where the entries are, ``environment`` the digest of what runs them.
    """

    def __init__(self, home: Path, workshop: Path, folder: Path, environment: str) -> None:
        self.home, self.workshop, self.folder, self.environment = home, workshop, folder, environment
        folder.mkdir(parents=True, exist_ok=True)

    def find(self, path: Path, notebook: NotebookNode) -> bool:
        """Fill in the outputs of a notebook and put its figures in the workshop, if it need not run again."""
        entry = self._read(path)
        if entry is None or not self._holds(entry, path, notebook):
            return False
        if any(tables.content_of(self.home / name) != content for name, content in entry["drawn"].items()):
            return False
        self._recall(entry, notebook, {name: (self.home / name).read_bytes() for name in entry["drawn"]})
        return True

    def entry_of(self, path: Path) -> tuple[str, dict[str, bytes]]:
        """Return what is kept of a notebook that has just run, and its figures: for the build that asked for it."""
        entry = self._read(path)
        if entry is None:
            raise FileNotFoundError(f"nothing is kept of {path.name}")
        return self._place(path).read_text(encoding="utf-8"), {
            name: (self.workshop / name).read_bytes() for name in entry["drawn"]
        }

    def take_over(self, path: Path, notebook: NotebookNode, kept: str, drawn: Mapping[str, bytes]) -> bool:
        """Keep what another process kept of a notebook, fill in its outputs and put its figures in the workshop.

        Nothing is done, and False returned, when it ran other code or read anything else than what is in this workshop.
        """
        entry = _entry(kept)
        if entry is None or not self._holds(entry, path, notebook):
            return False
        if {name: tables.digest(content) for name, content in drawn.items()} != entry["drawn"]:
            return False
        self._write(path, kept)
        self._recall(entry, notebook, drawn)
        return True

    def _holds(self, entry: dict[str, Any], path: Path, notebook: NotebookNode) -> bool:
        """Tell whether a notebook has the code of an entry and would read the same again."""
        return bool(entry["code"] == self._code(path, notebook)) and all(
            self.content(what) == content for what, content in entry["read"].items()
        )

    def _recall(self, entry: dict[str, Any], notebook: NotebookNode, drawn: Mapping[str, bytes]) -> None:
        """Put the figures of an entry in the workshop and its outputs in the notebook."""
        for name, content in drawn.items():
            (self.workshop / name).parent.mkdir(exist_ok=True)
            (self.workshop / name).write_bytes(content)
        for cell, (count, outputs) in zip(_code_cells(notebook), entry["outputs"], strict=True):
            cell.execution_count, cell.outputs = count, [from_dict(output) for output in outputs]

    def keep(self, path: Path, notebook: NotebookNode, noted: Iterable[str]) -> None:
        """Remember a notebook that has run, with what it was noted to read and draw."""
        noted = sorted(set(noted) - {path.relative_to(self.workshop).as_posix()})
        drawn = [what.removeprefix(reads.DRAWN) for what in noted if what.startswith(reads.DRAWN)]
        read = [what for what in noted if not what.startswith(reads.DRAWN) and what not in drawn]
        entry = {
            "code": self._code(path, notebook),
            "read": {what: self.content(what) for what in read},
            "drawn": {name: tables.content_of(self.workshop / name) for name in drawn},
            "outputs": [[cell.execution_count, cell.outputs] for cell in _code_cells(notebook)],
        }
        self._write(path, _sealed(json.dumps(entry, sort_keys=True, ensure_ascii=False)))

    def told(self, path: Path) -> tuple[list[str], list[str]]:
        """Return the files that a notebook read when it last ran and those it drew, empty when that is not known."""
        entry = self._read(path)
        if entry is None:
            return [], []
        tables_of_parts = {"facts": "data/facts.csv", "claim": "data/claims.csv", "source": BIBLIOGRAPHY}
        read = {tables_of_parts.get(what.partition(" ")[0], what) for what in entry["read"]}
        return sorted(read), sorted(entry["drawn"])

    def content(self, what: str) -> str:
        """Return the digest of what a notebook read: a file of the project, the names in a folder, a part of a table."""
        if what.endswith(os.sep):
            folder = self.workshop / what.strip(os.sep)
            return digest_of(*sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ""
        kind, _, name = what.partition(" ")
        if kind == "facts":
            return digest_of(facts_of(name, self.workshop).to_json())
        if kind == "claim":
            return digest_of(registered(name, self.workshop).to_json())
        if kind == "source":
            return digest_of(repr(read_sources(self.workshop).get(name)))
        return tables.content_of(self.workshop / what)

    def _code(self, path: Path, notebook: NotebookNode) -> str:
        where = path.relative_to(self.workshop).as_posix()
        return digest_of(self.environment, where, *(cell.source for cell in _code_cells(notebook)))

    def _place(self, path: Path) -> Path:
        return self.folder / f"{digest_of(path.relative_to(self.workshop).as_posix())[:24]}.json"

    def _write(self, path: Path, kept: str) -> None:
        draft = self._place(path).with_suffix(".new")
        draft.write_text(kept, encoding="utf-8")
        draft.replace(self._place(path))

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            return _entry(self._place(path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


def _entry(kept: str) -> dict[str, Any] | None:
    """Return an entry from its text, or None when the text is not whole."""
    body = _unsealed(kept)
    entry: dict[str, Any] | None = None if body is None else json.loads(body)
    return entry


def _sealed(text: str) -> str:
    """Return a text below its digest, so that it can be told whether it is whole."""
    return f"{digest_of(text)}\n{text}"


def _unsealed(kept: str) -> str | None:
    """Return the text that was sealed, or None when it is not whole."""
    told, _, text = kept.partition("\n")
    return text if told == digest_of(text) else None


class Texts:
    """Texts that earlier builds made out of others. What a build does not ask for is forgotten with ``forget_rest``.

    ``folder`` is where they are, ``environment`` the digest of what makes them.
    """

    def __init__(self, folder: Path, environment: str) -> None:
        self.folder, self._environment = folder, environment
        self._asked: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def made(self, make: Callable[[], str], *inputs: str) -> str:
        """Return what ``make`` makes out of ``inputs``, which are all that it depends on."""
        name = digest_of(self._environment, *inputs)
        self._asked.add(name)
        path = self.folder / name
        try:
            text = _unsealed(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            text = None
        if text is None:
            text = make()
            path.write_text(_sealed(text), encoding="utf-8", newline="")
        return text

    def forget_rest(self) -> None:
        """Delete what was not asked for."""
        for path in self.folder.iterdir():
            if path.name not in self._asked:
                path.unlink()


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
