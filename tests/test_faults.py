"""What goes wrong around a build never breaks the site that is there, and the next build is right."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lostlead.build import LOCK, build_book
from lostlead.build.notebooks import BuildError, run_notebooks
from lostlead.charts import style
from lostlead.tables import DESCRIPTOR, DataError, check_all

from .test_build import quiet, state
from .tiny import make_tiny

FACTS = "data/facts.csv"
INTRODUCTION = "book/index.md"
# Loaded by Python itself at its start, in the build, the renderer and the kernels: another clock, and a note of every
# address that is asked for and not on this machine.
MACHINE = """
import datetime, errno, os, sys, time
import pandas  # which takes only the real classes of datetime

away = float(os.environ["TEST_AWAY"])
real = {name: getattr(time, name) for name in ("time", "time_ns", "gmtime", "localtime", "ctime", "strftime")}
day, moment = datetime.date, datetime.datetime
time.time = lambda: real["time"]() + away
time.time_ns = lambda: real["time_ns"]() + int(away) * 10**9
for name in ("gmtime", "localtime", "ctime"):
    setattr(time, name, lambda at=None, name=name: real[name](time.time() if at is None else at))
time.strftime = lambda form, at=None: real["strftime"](form, time.localtime() if at is None else at)

class Real(type):
    def __instancecheck__(cls, thing):
        return isinstance(thing, cls.real) if "real" in vars(cls) else super().__instancecheck__(thing)

class Day(day, metaclass=Real):
    real = day
    def __new__(cls, *parts, **more):
        return day(*parts, **more) if cls is Day else day.__new__(cls, *parts, **more)
    @classmethod
    def today(cls):
        return cls.fromtimestamp(time.time())

class Moment(moment, metaclass=Real):
    real = moment
    def __new__(cls, *parts, **more):
        return moment(*parts, **more) if cls is Moment else moment.__new__(cls, *parts, **more)
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)
    today = now

datetime.date, datetime.datetime = Day, Moment

def hear(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[0] if event.startswith("socket.get") else arguments[1]
        host = address[0] if isinstance(address, tuple) else address if event.startswith("socket.get") else None
        if host not in (None, "", "localhost", "::1") and not str(host).startswith("127."):
            with open(os.environ["TEST_ASKED"], "a") as asked:
                asked.write(f"{event} {address}\\n")
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

sys.addaudithook(hear)
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


def command(home: Path, *words: str, **extra: str) -> dict[str, Any]:
    """Return what starts a command of the project at ``home`` in a process of its own."""
    path = os.pathsep.join(filter(None, [str(home), extra.pop("PYTHONPATH", "")]))
    environment = os.environ | {"LC_ALL": "C"} | extra | {"PYTHONPATH": path}
    return {"args": [sys.executable, "-m", "lostlead", *(words or ("book",))], "cwd": home, "env": environment}


def refused(home: Path, *before: str, limit: Callable[[], None] | None = None) -> str:
    """Build in a process of its own, see it fail in one message with nothing changed, and return the message."""
    was = state(home)
    how = command(home)
    how["args"] = [*before, *how["args"]]
    ran: subprocess.CompletedProcess[str] = subprocess.run(**how, capture_output=True, text=True, preexec_fn=limit)
    assert state(home) == was
    one_clear_message(ran)
    return ran.stderr


def one_clear_message(ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 1, ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stderr.count("error: ") == 1, ran.stderr
    assert len(ran.stderr) < 1000
    assert "an earlier site, if there is one, is untouched" in ran.stderr


@cache
def can(*words: str) -> bool:
    """Tell whether this machine lets us run a command in surroundings of its own."""
    return bool(shutil.which(words[0])) and subprocess.run([*words, "true"], capture_output=True).returncode == 0


def test_two_builds_at_once_do_not_disturb_each_other(tiny: Path, tmp_path: Path) -> None:
    home = tmp_path / "lost lead"
    shutil.copytree(tiny, home, ignore=shutil.ignore_patterns("_build"))
    processes = [
        subprocess.Popen(**command(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    [waited] = [out for out, _ in said if "another build of this folder is under way; waiting" in out]
    assert "nothing has changed since the last build" in waited
    assert state(home) == state(tiny)


@pytest.mark.parametrize("words", [("epub",), ("release", "0.1.1", "--summary=A trial")], ids=["epub", "release"])
def test_what_needs_a_finished_build_waits_for_the_one_under_way(tiny: Path, words: tuple[str, ...]) -> None:
    """Here the build under way is this test, which has the lock."""
    with (tiny / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = subprocess.Popen(**command(tiny, *words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "another build of this folder is under way; waiting until it has ended\n"
        waiting.kill()
        waiting.communicate()


@pytest.mark.parametrize("room", [2_000, 100_000], ids=lambda room: f"{room} bytes")
def test_a_file_that_cannot_grow_is_told_and_changes_nothing(changed: Path, room: int) -> None:
    """No file can grow beyond ``room``: writing fails as on a full disk, at another step each time."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    assert "File too large" in refused(changed, limit=limit)


FULL_DISK = """
mount -t tmpfs none "$1" && cp -a "$2/." "$1" && cd "$1" || exit 99
mount -o remount,size=$(( $(df --output=used -k . | tail -1) + $3 ))k . || exit 99
PYTHONPATH=$PWD "$4" -m lostlead book; code=$?
ls _build > "$5/left"; cp -a "$1/." "$5"
exit $code
"""


@pytest.mark.skipif(not can("unshare", "-rm"), reason="this machine lets nobody mount a disk of his own")
@pytest.mark.parametrize("room", [100, 1_000, 2_500], ids=lambda room: f"{room} kB")
def test_a_full_disk_is_told_and_changes_nothing(changed: Path, tmp_path: Path, room: int) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    words = ["unshare", "-rm", "sh", "-c", FULL_DISK, "sh", disk, changed, room, sys.executable, kept]
    ran = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    one_clear_message(ran)
    assert "No space left on device" in ran.stderr
    assert state(kept) == state(changed)
    assert set((kept / "left").read_text().split()) - {"run-times.csv"} == {"cache", "html", "lock"}


@pytest.mark.parametrize("name", ["_build", "data"])
def test_a_folder_that_cannot_be_written_is_told_and_nothing_changes(changed: Path, name: str) -> None:
    folder = changed / name
    # The superuser may write everywhere, unless told that he may not.
    humble = ["setpriv", "--bounding-set=-dac_override", "--"] if os.geteuid() == 0 else []
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        told = refused(changed, *humble)
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
    ("language", "clock", "zone"),
    [
        ("C", 86_400, "Pacific/Kiritimati"),
        ("tr_TR.UTF-8", 2_230_000_000, "Pacific/Marquesas"),
    ],
    ids=["C, 1970", "Turkish, 2040"],
)
def test_clock_language_and_missing_network_change_no_byte(
    tiny: Path, tmp_path: Path, language: str, clock: int, zone: str
) -> None:
    home = tmp_path / "ñandú at isá pa" / "lost lead"
    shutil.copytree(tiny, home, ignore=shutil.ignore_patterns("_build"))
    for path in home.rglob("*"):
        os.utime(path, (clock, clock))
    machine, asked = tmp_path / "machine", tmp_path / "asked"
    machine.mkdir()
    (machine / "sitecustomize.py").write_text(MACHINE, encoding="utf-8")
    if language.endswith("UTF-8"):
        made = subprocess.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", machine / language], capture_output=True)
        if made.returncode != 0 and "CI" not in os.environ:
            pytest.skip("the Turkish locale cannot be made; install Debian's package 'locales'")
        assert made.returncode == 0, made.stderr
    how = command(
        home,
        PYTHONPATH=str(machine), TEST_AWAY=str(clock - int(time.time())), TEST_ASKED=str(asked), TZ=zone, LANG=language,
        LC_ALL=language, LOCPATH=str(machine), PYTHONUTF8="0", PYTHONCOERCECLOCALE="0",
    )  # fmt: skip
    how["args"] = [*(["unshare", "-rn"] if can("unshare", "-rn") else []), *how["args"]]
    ran = subprocess.run(**how, capture_output=True, text=True, errors="replace")
    assert ran.returncode == 0, ran.stderr
    assert not asked.exists(), asked.read_text()
    assert state(home) == state(tiny)
    # The clock is set right. What is written now is older than the last build, and is seen all the same.
    page = home / INTRODUCTION
    page.write_text(page.read_text(encoding="utf-8").replace("only there", "just there"), encoding="utf-8")
    build_book(home, quiet)
    assert "just there to be built" in (home / "_build" / "html" / "book" / "index.html").read_text(encoding="utf-8")


def table(descriptor: Any) -> Any:
    """Return what describes the first table."""
    return descriptor["resources"][0]


def column(descriptor: Any) -> Any:
    """Return what describes the second column of the first table."""
    return table(descriptor)["schema"]["fields"][1]


DESCRIPTORS: dict[str, tuple[Callable[[Any], object], str]] = {
    "no tables": (lambda it: it.pop("resources"), "'resources' is a required property"),
    "tables not in a list": (lambda it: it.update(resources={}), "resources: {} is not of type 'array'"),
    "a table that is a word": (lambda it: it["resources"].insert(0, "x"), "resources number 1: 'x' is not of"),
    "a table left out": (lambda it: it["resources"].pop(0), "data/claims.csv: no descriptor names this file"),
    "a table without name": (lambda it: table(it).pop("name"), "resources number 1: 'name' is a required"),
    "two of one name": (lambda it: table(it).update(name="facts"), "data/facts.csv: no descriptor names this file"),
    "no path": (lambda it: table(it).pop("path"), "resources 'claims': 'path' is a required"),
    "a path out of data": (lambda it: table(it).update(path="../CITATION.cff"), "'claims' path: '../CITATION.cff'"),
    "a path from the root": (lambda it: table(it).update(path="/etc/hostname"), "'claims' path: '/etc/hostname'"),
    "a path of the web": (lambda it: table(it).update(path="https://example.org/c.csv"), "'claims' path: 'https://exam"),
    "several paths": (lambda it: table(it).update(path=["claims.csv"]), "'claims' path: ['claims.csv'] is not of"),
    "another file": (lambda it: table(it).update(path="claim.csv"), "data/claims.csv: no descriptor names this file"),
    "no title": (lambda it: table(it).pop("title"), "resources 'claims': 'title' is a required"),
    "a title that is a number": (lambda it: table(it).update(title=5), "'claims' title: 5 is not of type 'string'"),
    "no columns": (lambda it: table(it)["schema"].pop("fields"), "'claims' schema: 'fields' is a required"),
    "no key": (lambda it: table(it)["schema"].pop("primaryKey"), "'claims' schema: 'primaryKey' is a required"),
    "a key of no column": (lambda it: table(it)["schema"].update(primaryKey="x"), "table 'claims': primary key"),
    "a column left out": (lambda it: table(it)["schema"]["fields"].pop(), "data/claims.csv, row 1, column 'page'"),
    "a column without name": (lambda it: column(it).pop("name"), "schema fields number 2: 'name' is a required"),
    "a column without type": (lambda it: column(it).pop("type"), "fields 'paragraph': 'type' is a required"),
    "a type of another name": (lambda it: column(it).update(type="whole"), "table 'claims': field type \"whole\""),
    "a rule of another name": (lambda it: column(it).update(constraints={"least": 1}), "constraint \"least\" is not"),
    "a rule of another kind": (lambda it: column(it).update(constraints={"minimum": "x"}), "the rules of table 'claims'"),
    "a broken pattern": (
        lambda it: table(it)["schema"]["fields"][0].update(constraints={"pattern": "C["}), "the rules of table 'claims'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), DESCRIPTORS.values(), ids=DESCRIPTORS)
def test_a_fault_of_the_descriptor_is_one_clear_message(
    tmp_path: Path, change: Callable[[Any], object], message: str
) -> None:
    make_tiny(tmp_path)
    check_all(tmp_path)  # what is read already does not hide that the descriptor has changed
    descriptor = json.loads((tmp_path / DESCRIPTOR).read_text(encoding="utf-8"))
    change(descriptor)
    (tmp_path / DESCRIPTOR).write_text(json.dumps(descriptor), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        check_all(tmp_path)
    assert message in str(caught.value)
    assert "Remedy: " in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "Expecting value"), (b"{", "line 1 column 2"), (b'{"title": "\xe9"}', "can't decode byte 0xe9"),
        (b"\xef\xbb\xbf{}", "BOM"), (b"[" * 100_000, "recursion depth"), (b"null", "None is not of type 'object'"),
        (b'{"resources": NaN}', "nan is not of type 'array'"),
    ],
    ids=["empty", "cut off", "not UTF-8", "byte order mark", "deep", "null", "not a number"],
)  # fmt: skip
def test_a_descriptor_that_is_none_is_told(tmp_path: Path, raw: bytes, message: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / DESCRIPTOR).write_bytes(raw)
    with pytest.raises(DataError) as caught:
        check_all(tmp_path)
    assert caught.value.file == DESCRIPTOR
    assert message in str(caught.value)


def test_a_missing_font_is_told_and_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "FONT_FILES", ("SourceSansPro-Nowhere.ttf",))
    with pytest.raises(FileNotFoundError, match=r"the font file SourceSansPro-Nowhere\.ttf is missing\. Remedy: run"):
        style._add_fonts()
