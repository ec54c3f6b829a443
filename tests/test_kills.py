"""A build that is killed, at whatever moment, leaves a whole site and nothing that the next build would take for true."""

from __future__ import annotations

import csv
import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lostlead import build, figures, swap
from lostlead.build import VERDICTS, build_book, clear_leftovers, set_aside
from lostlead.build.rendering import WATCHED

from .test_build import digest, quiet, state
from .test_kernels import alive, until
from .tiny import make_tiny

KILLS = 20
FACTS = "data/facts.csv"
YEARS = (b",1957-10-04,date", b",1956-10-04,date")


def start(home: Path, **more: Any) -> subprocess.Popen[str]:
    """Start the command that builds a book."""
    return subprocess.Popen(
        [sys.executable, "-m", "lostlead", "book"], cwd=home, env=os.environ | {"PYTHONPATH": str(home)}, text=True,
        stdout=subprocess.PIPE, **more,
    )  # fmt: skip


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it, the eldest first."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for one in found:
        found += [child for child, parent in parents if parent == one]
    return found


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one claim, built, in a folder with a space and Filipino letters."""
    home = make_tiny(tmp_path_factory.mktemp("aklat ñg Pilipino") / "lost lead")
    build_book(home, quiet)
    return home


def test_killed_at_twenty_moments_the_site_is_whole_and_the_next_build_is_right(tiny: Path) -> None:
    """The kills lie anywhere from start to end; half of them leave kernels, their server and the renderer running."""
    facts, site = tiny / FACTS, tiny / "_build" / "html"
    inputs, whole, sites = [facts.read_bytes()], [state(tiny)], [digest(site)]
    inputs.append(inputs[0].replace(*YEARS))
    facts.write_bytes(inputs[1])
    started, said = time.monotonic(), [0.0]  # when a build in peace says its lines, in seconds; its end counts as one
    builder = start(tiny)
    assert builder.stdout is not None
    said += [time.monotonic() - started for _ in builder.stdout]
    assert builder.wait() == 0
    whole.append(state(tiny))
    sites.append(digest(site))
    assert sites[0] != sites[1]

    dice = random.Random(1957)
    moments = [said[-1] * (kill + dice.random()) / KILLS for kill in range(KILLS)]
    dice.shuffle(moments)
    struck: list[float] = []
    families: set[int] = set()
    for kill, moment in enumerate(moments):
        facts.write_bytes(inputs[kill % 2])
        if kill % 4 == 0:
            shutil.rmtree(tiny / "_build" / "cache")  # so that the build begins from nothing
        builder = start(tiny)
        assert builder.stdout is not None
        lines = sum(line <= moment for line in said) - 1
        for _ in range(lines):
            builder.stdout.readline()  # a machine that is busier than before does not change where the kill strikes
        time.sleep(moment - said[lines])
        if builder.poll() is None:
            struck.append(moment)
        members = family(builder.pid)
        families |= set(members)
        for pid in members if kill % 4 < 2 else members[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        builder.wait()
        builder.stdout.close()
        assert digest(site) in sites, f"kill {kill}, {lines} lines and {moment - said[lines]:.2f} s after the start"
        if kill % 7 == 6:
            build_book(tiny, quiet)
            assert state(tiny) == whole[kill % 2], f"after kill {kill}"
    build_book(tiny, quiet)
    assert state(tiny) == whole[1]
    assert len(struck) >= KILLS - 3, "kills that came after the end"
    until(lambda: not any(alive(pid) for pid in families))


def test_the_renderer_and_what_it_forks_end_with_the_build() -> None:
    program = f"{WATCHED} import time; os.fork(); print(os.getpid(), flush=True); time.sleep(600)"
    renderer = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert renderer.stdin is not None
    assert renderer.stdout is not None
    pids = [int(renderer.stdout.readline()) for _ in range(2)]
    assert all(alive(pid) for pid in pids)
    renderer.stdin.close()
    until(lambda: not any(alive(pid) for pid in pids), seconds=10)
    renderer.wait()
    renderer.stdout.close()


@pytest.mark.parametrize(
    ("sign", "after"), [(signal.SIGTERM, "tables"), (signal.SIGINT, "rendering")], ids=["SIGTERM", "Ctrl+C"]
)
def test_a_build_that_is_told_to_stop_does_and_changes_nothing(tiny: Path, sign: signal.Signals, after: str) -> None:
    facts = (tiny / FACTS).read_bytes()
    (tiny / FACTS).write_bytes(facts.replace(*YEARS) if YEARS[0] in facts else facts.replace(*YEARS[::-1]))
    before = state(tiny)
    # A job in the background would not hear of Ctrl+C.
    builder = start(tiny, stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert builder.stdout is not None
    while not builder.stdout.readline().startswith(after):
        assert builder.poll() is None
    time.sleep(1)
    members = family(builder.pid)
    builder.send_signal(sign)
    rest, told = builder.communicate()
    (tiny / FACTS).write_bytes(facts)
    assert (builder.returncode, rest, told) == (1, "", "stopped; build again when you like\n")
    assert len(members) > 2
    until(lambda: not any(alive(pid) for pid in members))
    assert {Path(FACTS).name} == {name for name, content in state(tiny).items() if before[name] != content}
    assert not list((tiny / "_build").glob("making-*"))


class Killed(BaseException):
    """Stands in for a signal that leaves no time for anything."""


def lay_out(home: Path, names: tuple[str, ...]) -> None:
    """Write what a build puts in place, with one figure for each name."""
    for name in ("site", "book", "data", "figures"):
        (home / name).mkdir(parents=True)
    for page in ("index.html", "other.html"):
        (home / "site" / page).write_text(" ".join(names), encoding="utf-8")
    (home / "book" / "a.ipynb").write_text(" ".join(names), encoding="utf-8")
    (home / VERDICTS).write_text(" ".join(names), encoding="utf-8")
    for name in names:
        (home / "figures" / f"{name}.svg").write_text(" ".join(names), encoding="utf-8")
    with (home / figures.REGISTER).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerows([["name"], *([name] for name in names)])


def put(home: Path, *names: str) -> None:
    """Put in place what a build made."""
    clear_leftovers(home / "_build")
    workshop = home / "_build" / "making-1"
    lay_out(workshop, names)
    build._put_in_place(home, workshop, workshop / "site")
    shutil.rmtree(workshop)


@pytest.mark.parametrize("exchanging", [True, False], ids=["exchange", "two steps"])
def test_killed_at_any_step_of_putting_in_place_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanging: bool
) -> None:
    left = [1000]

    def counted(does: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return does(*arguments, **options)

        return step

    def cannot(*_: Path) -> None:
        raise OSError("this system cannot")

    monkeypatch.setattr(swap, "exchange", counted(swap.exchange) if exchanging else cannot)
    monkeypatch.setattr(shutil, "copyfile", counted(shutil.copyfile))
    for name in ("rename", "replace", "unlink"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
    old, new = ("both", "going"), ("both", "coming")
    for following in (old, new):
        (expected := tmp_path / f"expected {following[1]}" / "_build").mkdir(parents=True)
        put(expected.parent, *following)
        for kill in range(1000):
            (home := tmp_path / f"{following[1]} {kill}").mkdir()
            (home / "_build").mkdir()
            put(home, *old)
            left[0] = kill
            with suppress(Killed):
                put(home, *new)
                break  # it had ended before the kill
            left[0] = 1000
            if not exchanging:
                clear_leftovers(home / "_build")
            shown = {path.read_text(encoding="utf-8") for path in (home / "_build" / "html").iterdir()}
            assert shown in ({"both going"}, {"both coming"}), f"kill {kill}"
            put(home, *following)
            assert digest(home) == digest(expected.parent), f"after kill {kill}"
        assert kill > 8
        left[0] = 1000


def test_a_disk_that_is_full_at_any_step_of_putting_in_place_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "_build").mkdir()
    put(tmp_path, "both", "going")
    before, copy, steps = digest(tmp_path), shutil.copyfile, 0

    def full(source: Path, target: Path) -> None:
        nonlocal steps
        steps += 1
        copy(source, target)
        if steps == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    monkeypatch.setattr(shutil, "copyfile", full)
    for number in range(1, 6):
        steps = 0
        with pytest.raises(OSError, match="No space left on device"):
            put(tmp_path, "both", "coming")
        shutil.rmtree(tmp_path / "_build" / "making-1")
        assert digest(tmp_path) == before, f"full at step {number}"
    steps = number = 0
    put(tmp_path, "both", "coming")
    assert steps == 5


def test_what_a_killed_build_or_release_had_set_aside_is_put_back(tmp_path: Path) -> None:
    workshop = tmp_path / "_build" / "making-1"
    for place in (tmp_path / "_build" / "html", tmp_path / "dist"):
        set_aside(workshop, place).mkdir(parents=True)
        (set_aside(workshop, place) / "index.html").write_text(place.name, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".making-verdicts.csv").touch()
    (tmp_path / "data" / "verdicts.csv").touch()
    clear_leftovers(tmp_path / "_build")
    assert (tmp_path / "_build" / "html" / "index.html").read_text(encoding="utf-8") == "html"
    assert (tmp_path / "dist" / "index.html").read_text(encoding="utf-8") == "dist"
    assert [path.name for path in (tmp_path / "_build").iterdir()] == ["html"]
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["verdicts.csv"]
