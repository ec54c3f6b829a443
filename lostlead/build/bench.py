"""Timing the build beside the plain tool: the same notebooks, the same machine, one run."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

LEFT_OUT = (".git", ".venv", "_build", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", "*.egg-info")
PLAIN = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", ".", "--all"]
OURS = [sys.executable, "-m", "lostlead", "book"]
# The fact and the page that are changed, and to what and back.
FACT = ("data/facts.csv", ",1965-03-18,date,", ",1965-03-19,date,")
PAGE = ("book/method.md", "The article is restated claim by claim", "Here the article is restated claim by claim")
REPEATS = 3
Change = Callable[[Path, int], None]


@dataclass(frozen=True)
class Case:
    """One thing that is timed: its name, the share of the plain build's time it may take, what is done before it."""

    name: str
    target: float
    prepare: Change


def from_nothing(copy: Path, turn: int) -> None:
    """Take away all that earlier builds left."""
    shutil.rmtree(copy / "_build", ignore_errors=True)


def nothing_changed(copy: Path, turn: int) -> None:
    """Leave everything as it is."""


def one_fact(copy: Path, turn: int) -> None:
    """Change the value of one fact, and change it back the next time."""
    _swap(copy, FACT, turn)


def one_page(copy: Path, turn: int) -> None:
    """Change the text of one page, and change it back the next time."""
    _swap(copy, PAGE, turn)


CASES = (
    Case("from nothing", 1 / 6, from_nothing),
    Case("nothing changed", 1 / 30, nothing_changed),
    Case("one fact changed", 1 / 10, one_fact),
    Case("text of one page", 1 / 12, one_page),
)


def compare_with_plain_build(home: Path) -> int:
    """Print how long ``lostlead book`` takes beside ``jupyter-book build``: medians, ratios and their targets.

    Both run in copies, so that nothing of the checkout changes. Returns 0 when every build worked, however long it took.
    """
    with tempfile.TemporaryDirectory(prefix="bench ") as folder:
        try:
            plain = _seconds(PLAIN, _copied(home, Path(folder) / "plain"))
            print(f"{'plain jupyter-book build':<26} {plain:6.1f} s", flush=True)
            copy = _copied(home, Path(folder) / "ours")
            for case in CASES:
                print(_line(case, _median(case, copy), plain), flush=True)
        except subprocess.CalledProcessError as error:
            print(f"error: '{' '.join(error.cmd[1:])}' failed:\n{error.stderr[-2000:]}", file=sys.stderr)
            return 1
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest single process {peak:.0f} MB; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    return 0


def _median(case: Case, copy: Path) -> float:
    times = []
    for turn in range(1 if case.prepare is from_nothing else REPEATS):
        case.prepare(copy, turn)
        times.append(_seconds(OURS, copy))
    return median(times)


def _line(case: Case, seconds: float, plain: float) -> str:
    """Return one line of the table: seconds, the ratio to the plain build as 1/n, the target, and whether it is met."""
    met = "met" if seconds <= plain * case.target else "not met"
    return f"{case.name:<26} {seconds:6.1f} s   1/{plain / seconds:<5.1f} target 1/{1 / case.target:<4.0f} {met}"


def _seconds(command: list[str], folder: Path) -> float:
    started = time.monotonic()
    subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return time.monotonic() - started


def _copied(home: Path, copy: Path) -> Path:
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return copy


def _swap(copy: Path, edit: tuple[str, str, str], turn: int) -> None:
    name, old, new = edit
    path = copy / name
    text = path.read_text(encoding="utf-8")
    if turn % 2:
        old, new = new, old
    if old not in text:
        raise ValueError(f"{name} has no {old!r} any more; name another place in lostlead/build/bench.py")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
