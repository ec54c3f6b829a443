"""How the build grows: books of more and more made-up claims, each built from nothing in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil

from lostlead.build.notebooks import BuildError
from lostlead.build.synthetic import make_book

SIZES = (30, 100, 300, 1000)
MOST_MEMORY = 1.5e9  # bytes
MEASURED_EVERY = 0.5  # seconds
NOISE = 1.1  # two runs of one build on a quiet machine differ by up to a tenth
BUILD = (
    "import sys; from pathlib import Path; from lostlead.build import build_book;"
    "build_book(Path(sys.argv[1]), lambda line: print(line, flush=True))"
)
# What the build says where a stage begins.
STAGES = {"tables and sources": "notebooks", "rendering": "rendering", "finishing": "rest"}
HEADER = (
    f"{'claims':>7} {'total s':>8} {'notebooks':>10} {'rendering':>10} {'rest':>7} {'ms a claim':>11} "
    f"{'largest MB':>11} {'together MB':>12}"
)


@dataclass(frozen=True)
class Growth:
    """One build: number of claims, seconds by stage, and the most memory, in bytes, of one process and of all at once.

    Memory that processes share is counted once in ``together`` and in full in ``largest``.
    """

    claims: int
    seconds: dict[str, float]
    largest: int
    together: int

    @property
    def total(self) -> float:
        """All seconds of the build."""
        return sum(self.seconds.values())

    @property
    def line(self) -> str:
        """The line of the table, under HEADER."""
        stages = self.seconds
        return (
            f"{self.claims:>7,} {self.total:>8.1f} {stages['notebooks']:>10.1f} {stages['rendering']:>10.1f} "
            f"{stages['rest']:>7.1f} {1000 * self.total / self.claims:>11.0f} "
            f"{self.largest / 1e6:>11.0f} {self.together / 1e6:>12.0f}"
        )


def read_sizes(text: str) -> list[int]:
    """Return numbers of claims from a text such as ``30,100``, ascending. Raises BuildError when they are none."""
    try:
        sizes = sorted({int(part) for part in text.split(",")})
    except ValueError:
        sizes = [0]
    if not 1 <= sizes[0] <= sizes[-1] <= 9999:
        raise BuildError(f"'{text}' are no sizes of books. Remedy: numbers from 1 to 9999 with commas, SIZES=30,100")
    return sizes


def measure_growth(project: Path, sizes: Sequence[int] = SIZES) -> int:
    """Print a line of the table for each size, and whether the targets are met. Returns 0 when every build worked."""
    print(HEADER, flush=True)
    done = []
    for claims in sizes:
        with tempfile.TemporaryDirectory(prefix="scale ") as folder:
            try:
                done.append(_measure(make_book(Path(folder) / "book", project, claims), claims))
            except BuildError as error:
                print(f"error: the book of {claims} claims: {error}", file=sys.stderr)
                return 1
        print(done[-1].line, flush=True)
    for line in judge(done):
        print(line)
    return 0


def judge(done: Sequence[Growth]) -> list[str]:
    """Return whether the cost of a claim rises from size to size by more than noise, and whether memory stays under its limit."""
    costs = [one.total / one.claims for one in done]
    rises = any(after > NOISE * before for before, after in pairwise(costs))
    most = max(one.together for one in done)
    return [
        f"the cost of a claim {'rises' if rises else 'does not rise'} with the size",
        f"memory {'stays under' if most < MOST_MEMORY else 'is more than'} {MOST_MEMORY / 1e9} GB",
    ]


def _measure(home: Path, claims: int) -> Growth:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with (home / "errors").open("w+") as errors:
        build = subprocess.Popen(
            [sys.executable, "-c", BUILD, str(home)],
            cwd=home, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8",
        )  # fmt: skip
        with build, _Watch(build.pid) as watch:
            assert build.stdout is not None
            seconds = _stages(build.stdout, time.monotonic)
        if build.returncode:
            errors.seek(0)
            raise BuildError(errors.read()[-2000:])
    return Growth(claims, seconds, watch.largest, watch.together)


def _stages(lines: Iterable[str], clock: Callable[[], float]) -> dict[str, float]:
    """Return the seconds of each stage from the lines that a build says, read as it says them."""
    seconds, stage, since = {"notebooks": 0.0, "rendering": 0.0, "rest": 0.0}, "rest", clock()
    for line in lines:
        for words, begins in STAGES.items():
            if line.startswith(words):
                seconds[stage] += clock() - since
                stage, since = begins, clock()
    seconds[stage] += clock() - since
    return seconds


class _Watch:
    """Watches, while it is open, how much memory a process and its children take."""

    def __init__(self, pid: int) -> None:
        self.largest = self.together = 0
        self._root = psutil.Process(pid)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(MEASURED_EVERY):
            own, together = [], 0
            with suppress(psutil.Error):
                for process in [self._root, *self._root.children(recursive=True)]:
                    with suppress(psutil.Error):
                        used = process.memory_full_info()
                        own.append(used.rss)
                        # Where the system tells no share of what is common, what is the process's own.
                        together += getattr(used, "pss", used.uss)
            self.largest = max(self.largest, *own, 0)
            self.together = max(self.together, together)
