"""What goes wrong around a build never breaks the site that is there, and the next build is right."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lostlead import build
from lostlead.build import build_book, clear_leftovers
from lostlead.build.notebooks import BuildError, run_notebooks
from lostlead.charts import style

from .test_build import digest, quiet, state
from .tiny import CLAIM, make_tiny

KILLS = 20
FACTS = "data/facts.csv"
# Stands in for a machine without network, with a clock of another year: loaded by Python itself at its start, in the
# build, the renderer and the kernels.
MACHINE = """
import datetime, errno, os, socket, time
away = float(os.environ["TEST_CLOCK"]) - time.time()
real = {name: getattr(time, name) for name in ("time", "time_ns", "gmtime", "localtime", "ctime", "strftime")}
time.time = lambda: real["time"]() + away
time.time_ns = lambda: real["time_ns"]() + int(away) * 10**9
for name in ("gmtime", "localtime", "ctime"):
    setattr(time, name, lambda at=None, name=name: real[name](time.time() if at is None else at))
time.strftime = lambda form, at=None: real["strftime"](form, time.localtime() if at is None else at)
class Date(datetime.date):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(time.time())
class Now(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
    @classmethod
    def utcnow(cls):
        return cls.utcfromtimestamp(time.time())
    today = now
datetime.date, datetime.datetime = Date, Now
class Unplugged(socket.socket):
    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            with open(os.environ["TEST_ASKED"], "a") as asked:
                asked.write(f"{address}\\n")
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        return super().connect(address)
socket.socket = Unplugged
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one claim, built, in a folder with a space and Filipino letters."""
    home = make_tiny(tmp_path_factory.mktemp("aklat ñg Pilipino") / "lost lead")
    build_book(home, quiet)
    return home


@pytest.fixture
def changed(tiny: Path) -> Iterator[Path]:
    """The book with another fact, so that everything has to be built again; it is as before after the test."""
    before = (tiny / FACTS).read_bytes()
    (tiny / FACTS).write_bytes(before.replace(b",1957-10-04,date", b",1956-10-04,date"))
    yield tiny
    (tiny / FACTS).write_bytes(before)
    build_book(tiny, quiet)


def command(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, Any]:
    path = os.pathsep.join([str(home), (extra or {}).get("PYTHONPATH", "")]).rstrip(os.pathsep)
    environment = os.environ | {"LC_ALL": "C"} | dict(extra or {}) | {"PYTHONPATH": path}
    return {"args": [sys.executable, "-m", "lostlead", "book"], "cwd": home, "env": environment}


def refused(home: Path, *, before: list[str] | None = None, limit: Callable[[], None] | None = None) -> str:
    """Build in a process of its own, see it fail in one message with nothing changed, and return the message."""
    was = state(home)
    how = command(home)
    how["args"] = [*(before or []), *how["args"]]
    ran: subprocess.CompletedProcess[str] = subprocess.run(**how, capture_output=True, text=True, preexec_fn=limit)
    assert ran.returncode == 1, ran.stderr
    assert "Traceback" not in ran.stderr
    assert "an earlier site, if there is one, is untouched" in ran.stderr
    assert state(home) == was
    return ran.stderr


def running(home: Path) -> list[str]:
    """Return the commands of the processes that name a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(home) in words:
            found.append(words)
    return found


def test_a_build_killed_at_any_moment_leaves_a_whole_site_and_the_next_is_right(tiny: Path) -> None:
    sound = (tiny / FACTS).read_bytes()
    inputs = {"as it is": sound, "changed": sound.replace(b",1957-10-04,date", b",1956-10-04,date")}
    whole: dict[str, dict[str, str]] = {}
    sites: dict[str, dict[str, str]] = {}
    for name in ("changed", "as it is"):
        (tiny / FACTS).write_bytes(inputs[name])
        started = time.monotonic()
        subprocess.run(**command(tiny), check=True, capture_output=True)
        lasts = time.monotonic() - started
        whole[name], sites[name] = state(tiny), digest(tiny / "_build" / "html")
    moments = random.Random(1957)
    for kill in range(1, KILLS + 1):
        name = ("changed", "as it is")[kill % 2]
        (tiny / FACTS).write_bytes(inputs[name])
        process = subprocess.Popen(**command(tiny), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0, lasts))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert digest(tiny / "_build" / "html") in sites.values(), f"kill {kill}"
        deadline = time.monotonic() + 10
        while running(tiny):
            assert time.monotonic() < deadline, running(tiny)
            time.sleep(0.1)
        if kill % 5 == 0:
            subprocess.run(**command(tiny), check=True, capture_output=True)
            assert state(tiny) == whole[name], f"after kill {kill}"
    (tiny / FACTS).write_bytes(sound)
    build_book(tiny, quiet)
    assert state(tiny) == whole["as it is"]


def test_a_site_set_aside_by_a_killed_build_is_put_back(tmp_path: Path) -> None:
    aside = tmp_path / "_build" / "making-1" / "retired"
    aside.mkdir(parents=True)
    (aside / "index.html").write_text("the earlier site", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".making-verdicts.csv").touch()
    (tmp_path / "data" / "verdicts.csv").touch()
    clear_leftovers(tmp_path / "_build")
    assert (tmp_path / "_build" / "html" / "index.html").read_text(encoding="utf-8") == "the earlier site"
    assert [path.name for path in (tmp_path / "_build").iterdir()] == ["html"]
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["verdicts.csv"]


def test_two_builds_at_once_do_not_disturb_each_other(changed: Path) -> None:
    processes = [
        subprocess.Popen(**command(changed), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    waited = [out for out, _ in said if "another build of this folder is under way; waiting" in out]
    assert len(waited) == 1
    assert "nothing has changed since the last build" in waited[0]
    together = state(changed)
    shutil.rmtree(changed / "_build")
    build_book(changed, quiet)
    assert state(changed) == together


@pytest.mark.parametrize("room", [2_000, 25_000, 100_000], ids=lambda room: f"{room} bytes")
def test_a_full_disk_is_told_and_changes_nothing(changed: Path, room: int) -> None:
    """No file can grow beyond ``room``, as on a disk that is full: writing raises OSError at another step each time."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    assert "File too large" in refused(changed, limit=limit)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_disk_that_is_full_at_the_last_step_changes_nothing(
    changed: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    left, copy = [number], shutil.copyfile

    def full(source: Any, target: Any, **options: Any) -> Any:
        if Path(target).name.startswith(build.DRAFT):
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return copy(source, target, **options)

    monkeypatch.setattr(shutil, "copyfile", full)
    before = state(changed)
    with pytest.raises(OSError, match="No space left on device"):
        build_book(changed, quiet)
    assert state(changed) == before


@pytest.mark.parametrize("name", ["_build", "data"])
def test_a_folder_that_cannot_be_written_is_told_and_nothing_changes(changed: Path, name: str) -> None:
    folder = changed / name
    # The superuser may write everywhere, unless told that he may not.
    humble = ["setpriv", "--bounding-set=-dac_override", "--"] if os.geteuid() == 0 else []
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        told = refused(changed, before=humble)
    finally:
        folder.chmod(mode)
    assert "Permission denied" in told
    assert "make the folder writable" in told


def test_a_flood_of_output_is_stopped_and_told(tmp_path: Path) -> None:
    nbformat.write(
        new_notebook(cells=[new_code_cell("while True:\n    print('x' * 10_000)")]), tmp_path / "trial.ipynb"
    )
    started = time.monotonic()
    with pytest.raises(BuildError, match=r"trial\.ipynb: its output is more than 20,000,000 characters; write less"):
        run_notebooks(tmp_path, [tmp_path / "trial.ipynb"], quiet, 1, total=1)
    assert time.monotonic() - started < 90, "before the time limit of a cell"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", f"{CLAIM}: its kernel died"),
        ("raise SystemExit('enough')", f"{CLAIM}, code cell 1: SystemExit: enough"),
        ("open('/nowhere/at/all')", f"{CLAIM}, code cell 1: FileNotFoundError"),
    ],
    ids=["dead", "leaving", "failing"],
)
def test_a_notebook_in_trouble_fails_the_build_and_changes_nothing(changed: Path, cell: str, told: str) -> None:
    path = changed / CLAIM
    before = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, new_code_cell(cell))
    nbformat.write(notebook, path)
    try:
        assert told in refused(changed)
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize(
    ("language", "clock", "zone"),
    [("C", 0.0, "Asia/Manila"), ("tr_TR.UTF-8", 2_208_988_800.0, "America/St_Johns")],
    ids=["C, 1970", "Turkish, 2040"],
)
def test_clock_language_and_missing_network_change_no_byte(
    tiny: Path, tmp_path: Path, language: str, clock: float, zone: str
) -> None:
    expected = state(tiny)
    copy = tmp_path / "ñandú at isá pa" / "lost lead"
    shutil.copytree(tiny, copy, ignore=shutil.ignore_patterns("_build"))
    for path in copy.rglob("*"):
        os.utime(path, (clock, clock))
    machine = tmp_path / "machine"
    machine.mkdir()
    (machine / "sitecustomize.py").write_text(MACHINE, encoding="utf-8")
    if shutil.which("localedef") and language != "C":
        # Where the system has the sources of the language but not the language; elsewhere only its name is set.
        subprocess.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", str(machine / language)], capture_output=True)
    extra = {
        "PYTHONPATH": str(machine), "TEST_CLOCK": str(clock), "TEST_ASKED": str(tmp_path / "asked"), "LC_ALL": language,
        "LANG": language, "LOCPATH": str(machine), "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": zone,
    }  # fmt: skip
    ran = subprocess.run(**command(copy, extra), capture_output=True, text=True, errors="replace")
    assert ran.returncode == 0, ran.stderr
    assert state(copy) == expected
    assert not (tmp_path / "asked").exists(), (tmp_path / "asked").read_text()


def test_a_missing_font_is_told_and_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "FONT_FILES", ("SourceSansPro-Nowhere.ttf",))
    with pytest.raises(FileNotFoundError, match=r"the font file SourceSansPro-Nowhere\.ttf is missing\. Remedy: run"):
        style._add_fonts()
