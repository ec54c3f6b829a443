"""What a notebook reads and draws, noted while it runs, so that the build knows when it must run again.

A file of the project is noted by its path from the root (``data/launches.csv``), whoever opens it, and a folder whose
names are listed by its path and a stroke (``book/claims/``). Where a notebook can only see a part of a table, just that
part is noted (``facts C03``, ``claim C03``, ``source fom2008``). What a notebook draws is noted as such
(``drawn figures/polls.svg``): another one may read the same file. Nothing is noted unless ``start`` was called, as the
build does in its kernels.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DRAWN = "drawn "  # before the path of what was drawn

_notes: Path | None = None
_home = ""
_seen: set[str] = set()
_covered = False


def start(home: Path, notes: Path) -> None:
    """Write from now on a line to ``notes`` for all that is read of the project at ``home``, each once."""
    global _notes, _home
    _notes, _home = notes, f"{home.resolve()}{os.sep}"
    sys.addaudithook(_hear)


def note(what: str) -> None:
    """Note one thing that is read: a path from the root of the project, or a part of a table."""
    if _notes is None or _covered or what in _seen:
        return
    _seen.add(what)
    with _notes.open("a", encoding="utf-8") as handle:
        handle.write(f"{what}\n")


def opened(path: str) -> None:
    """Note a file, or a folder whose name ends with a stroke, by its full path; what is not of the project does not count.

    What is opened is heard of anyway; this is for a file whose content is known without opening it.
    """
    _note_path("", path)


def drew(path: str) -> None:
    """Note a file, by its full path, as drawn, whether or not it was there already with the same content."""
    _note_path(DRAWN, path)


def _note_path(kind: str, path: str) -> None:
    if _notes is not None and path.startswith(_home):
        note(kind + (path.removeprefix(_home) or os.sep))


@contextmanager
def only(*parts: str) -> Iterator[None]:
    """Note ``parts`` and none of the files that are opened inside: the caller passes on nothing else of them."""
    global _covered
    for part in parts:
        note(part)
    before, _covered = _covered, True
    try:
        yield
    finally:
        _covered = before


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    listed = event in {"os.listdir", "os.scandir"}
    if event != "open" and not listed:
        return
    name = arguments[0] or "."  # a folder that is not named is the working folder
    if not isinstance(name, str | bytes | os.PathLike):
        return
    opened(os.path.abspath(os.fsdecode(name)) + (os.sep if listed else ""))  # noqa: PTH100 - a Path drops the stroke
