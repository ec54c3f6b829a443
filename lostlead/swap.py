"""Putting a new folder in the place of another so that at no moment there is none, even for a process that is killed."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

HERE, EXCHANGE = -100, 2  # of renameat2: AT_FDCWD, RENAME_EXCHANGE


def swap(fresh: Path, place: Path, aside: Path) -> None:
    """Put the folder ``fresh`` at ``place``; what was there goes to the name ``fresh``, or to ``aside``.

    All three are on one file system. Where the system cannot exchange two folders in one step, the earlier one goes to
    ``aside`` first: whoever finds it there and nothing at ``place`` should move it back. Raises OSError when it cannot be
    done; then the earlier one is at its place.
    """
    if not place.exists():
        fresh.rename(place)
        return
    try:
        exchange(fresh, place)
    except OSError:
        place.rename(aside)
        try:
            fresh.rename(place)
        except OSError:
            aside.rename(place)
            raise


def exchange(one: Path, other: Path) -> None:
    """Let two folders change places in one step. Raises OSError where that cannot be (it can on Linux)."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if library.renameat2(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))
