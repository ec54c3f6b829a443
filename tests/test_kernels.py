"""Forked kernels do what kernels started one by one do, and none is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lostlead.build import notebooks
from lostlead.build.kernels import choose_kernels
from lostlead.build.notebooks import BuildError, read_notebook, run_notebooks, write_notebook

from .conftest import ROOT, copy_project


def quiet(line: str) -> None:
    """Say nothing."""


@pytest.fixture(autouse=True)
def forked() -> Iterator[None]:
    said: list[str] = []
    choose_kernels(said.append)
    assert said == []
    yield
    choose_kernels(quiet)


def run(folder: Path, *cells: str) -> list[str]:
    """Run the cells as one notebook in ``folder`` and return what each shows as text."""
    path = folder / "trial.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(cell) for cell in cells]), path)
    [done] = run_notebooks(folder, [path], quiet, 1, total=1).values()
    return ["".join(o.get("text", o.get("data", {}).get("text/plain", "")) for o in c.outputs) for c in done.cells]


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and only waits to be counted does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so; fail when it does not come to pass."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_executed_notebooks_are_the_same_to_the_byte_in_forked_and_in_plain_kernels(tmp_path: Path) -> None:
    written: dict[bool, dict[str, bytes]] = {}
    for way in (True, False):
        home = copy_project(tmp_path / f"forked {way}", "data", "book", "CITATION.cff", "figures/figures.csv")
        choose_kernels(quiet, forked=way)
        names = ["book/claims/c03-first-spacewalk.ipynb", "book/claims/c24-poll-of-2008.ipynb", "book/sources.ipynb"]
        for path, notebook in run_notebooks(home, [home / name for name in names], quiet, 2, total=3).items():
            write_notebook(path, notebook)
        files = [*(home / "figures").iterdir(), *(home / name for name in names)]
        written[way] = {path.relative_to(home).as_posix(): path.read_bytes() for path in files}
    assert any(name.endswith(".svg") for name in written[True])
    assert written[True] == written[False]


def test_a_forked_kernel_has_its_own_folder_environment_and_clean_state(tmp_path: Path) -> None:
    folder = tmp_path / "ñg folder"
    folder.mkdir()
    probe = "import os, sys, lostlead; print(os.getcwd(), os.environ['MPLBACKEND'], sys.flags.hash_randomization)"
    [first] = run(folder, probe + "\nlostlead.left = 1\nos.environ['LEFT'] = '1'")
    assert first == f"{folder} agg 0\n"
    [state, server] = run(
        folder, "import os, lostlead; hasattr(lostlead, 'left'), 'LEFT' in os.environ", "os.getppid()"
    )
    assert state == "(False, False)"
    assert int(server) == forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]


def test_plain_kernels_are_not_forked(tmp_path: Path) -> None:
    choose_kernels(quiet, forked=False)
    assert run(tmp_path, "import os; os.getppid()") == [str(os.getpid())]


def test_a_system_that_cannot_fork_says_so_and_runs_plain_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    said: list[str] = []
    choose_kernels(said.append)
    assert said == ["each notebook starts a kernel from nothing, which is slower: this system cannot fork processes"]
    assert run(tmp_path, "import os; os.getppid()") == [str(os.getpid())]


def test_a_server_that_does_not_start_is_told_and_plain_kernels_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(forkserver, "ensure_running", refuse)
    said: list[str] = []
    choose_kernels(said.append)
    assert said[0].endswith("no process to fork them from (no more processes)")
    assert run(tmp_path, "import os; os.getppid()") == [str(os.getpid())]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its kernel died"),
        ("import time; time.sleep(60)", "a cell ran longer than 1 s"),
        ("1 / 0", "code cell 1: ZeroDivisionError: division by zero"),
    ],
    ids=["dead", "hanging", "failing"],
)
def test_trouble_of_a_forked_kernel_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str, told: str
) -> None:
    monkeypatch.setattr(notebooks, "TIME_LIMIT", 1 if "sleep" in cell else 60)
    with pytest.raises(BuildError, match=rf"trial\.ipynb[:,] {told}"):
        run(tmp_path, cell)


def test_a_killed_server_is_started_again_with_the_same_seed_of_hashes(tmp_path: Path) -> None:
    [before] = run(tmp_path, "hash('Leonov')")
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid))
    assert run(tmp_path, "hash('Leonov')") == [before]


def test_an_interrupt_reaches_the_kernel_and_only_it(tmp_path: Path) -> None:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(cwd=str(tmp_path))
    try:
        sent = client.execute("import time; time.sleep(60)")
        while client.get_iopub_msg(timeout=30)["msg_type"] != "execute_input":
            pass
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=30)
        assert reply["parent_header"]["msg_id"] == sent
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert manager.is_alive()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert not manager.is_alive()


def test_a_killed_build_leaves_no_kernel_and_no_server_behind(tmp_path: Path) -> None:
    told = tmp_path / "pids"
    cell = f"import os, time\nopen({str(told)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}} ')\ntime.sleep(600)"
    nbformat.write(new_notebook(cells=[new_code_cell(cell)]), tmp_path / "trial.ipynb")
    program = (
        "import sys; from pathlib import Path; from lostlead.build.kernels import choose_kernels;"
        "from lostlead.build.notebooks import run_notebooks; choose_kernels(print); home = Path(sys.argv[1]);"
        "run_notebooks(home, [home / 'trial.ipynb'], print, 1, total=1)"
    )
    build = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT)
    until(lambda: told.is_file() and told.read_text().count(" ") == 2)
    pids = [int(pid) for pid in told.read_text().split()]
    assert all(alive(pid) for pid in pids)
    build.kill()
    build.wait()
    until(lambda: not any(alive(pid) for pid in pids), seconds=10)


def test_notebooks_of_the_book_are_compared_in_forked_kernels(tmp_path: Path) -> None:
    """What nbval starts is forked too: its notebook sees a parent that is no pytest."""
    for name in ("conftest.py", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    cell = "import os\nwith open('/proc/%d/cmdline' % os.getppid()) as told:\n    print('forkserver' in told.read())"
    nbformat.write(new_notebook(cells=[new_code_cell(cell)]), tmp_path / "trial.ipynb")
    path = tmp_path / "trial.ipynb"
    done = read_notebook(path)
    done.cells[0].execution_count = 1
    done.cells[0].outputs = [nbformat.v4.new_output("stream", name="stdout", text="True\n")]
    nbformat.write(done, path)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", str(path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-2000:]
