"""Running notebooks, each in a fresh kernel, and keeping them the same to the byte."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lostlead.build.cache import Runs
from lostlead.build.kernels import HOME, NOTES, kernel_environment
from lostlead.pages import METADATA

TIME_LIMIT = 120  # seconds a cell
MOST_OUTPUT = 20_000_000  # characters a notebook
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class BuildError(Exception):
    """The book cannot be made; the message says which page is at fault and why."""


class _Client(NotebookClient):  # type: ignore[misc]
    """Runs a notebook, and stops it when it writes more than any page could show."""

    heard = 0

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Count what a message holds before it is kept."""
        self.heard += len(repr(msg["content"]))
        if self.heard > MOST_OUTPUT and self.task_poll_for_reply is not None:
            # The way in which the client itself stops waiting for a kernel that has died.
            self.task_poll_for_reply.cancel()
            return None
        return super().process_message(msg, cell, cell_index)


class _Loop(asyncio.SelectorEventLoop):
    """Leaves signals to the build. nbclient would end a kernel on Ctrl+C, and the build would tell that it died."""

    def add_signal_handler(self, *_: Any) -> None:  # type: ignore[override]
        """Refuse, as outside of the main thread."""
        raise RuntimeError("the build answers to signals itself")


def read_notebook(path: Path) -> NotebookNode:
    """Return a notebook. Raises BuildError when the file is not one."""
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        raise BuildError(f"{path.name} is not a notebook: {str(error)[:120]}") from error
    return notebook


def write_notebook(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook without what changes from run to run or from machine to machine."""
    notebook.metadata["kernelspec"] = dict(KERNEL)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kept_in(notebook: NotebookNode, what: str) -> list[dict[str, Any]]:
    """Return what the outputs of a notebook keep for the build under one name (``record`` or ``figure``), in order."""
    kept = [
        output.get("metadata", {}).get(METADATA, {}).get(what)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    return [dict(entry) for entry in kept if entry]


def run_notebooks(
    home: Path,
    paths: Sequence[Path],
    say: Callable[[str], None],
    jobs: int,
    *,
    total: int,
    first: int = 0,
    runs: Runs | None = None,
    times: dict[str, float] | None = None,
) -> dict[Path, NotebookNode]:
    """Run notebooks, ``jobs`` at a time, each in a kernel of its own and in its own folder; return them executed.

    One that ``runs`` remembers, and that would read the same again, is not run. ``times`` gets the seconds of each that
    ran, by its path from ``home``. Raises BuildError, naming notebook and
    cell, at the first that fails, runs over its time, or loses its kernel.
    """

    async def run_all() -> dict[Path, NotebookNode]:
        gate = asyncio.Semaphore(jobs)
        count = first
        done: dict[Path, NotebookNode] = {}

        async def run_one(path: Path) -> None:
            nonlocal count
            async with gate:
                started = time.monotonic()
                done[path], ran = await _run_or_recall(home, path, runs)
                count += 1
                name, took = path.relative_to(home).as_posix(), time.monotonic() - started
                if ran and times is not None:
                    times[name] = took
                say(f"[{count}/{total}] {name} ({f'{took:.1f} s' if ran else 'unchanged'})")

        async with asyncio.TaskGroup() as group:
            for path in paths:
                group.create_task(run_one(path))
        return {path: done[path] for path in paths}

    try:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            return runner.run(run_all())
    except* BuildError as failures:
        raise _first(failures) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BuildError:
    found = group.exceptions[0]
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, BuildError)
    return found


async def _run_or_recall(home: Path, path: Path, runs: Runs | None) -> tuple[NotebookNode, bool]:
    """Return a notebook with its outputs, and whether it had to run for them."""
    notebook = read_notebook(path)
    if runs is None:
        return await _execute(home, path, notebook, {}), True
    if runs.find(path, notebook):
        return notebook, False
    with tempfile.TemporaryDirectory(prefix="notes-") as folder:
        notes = Path(folder) / "notes"
        await _execute(home, path, notebook, {NOTES: str(notes), HOME: str(home)})
        if notes.is_file():  # a plain kernel notes nothing, so that its notebook runs each time
            runs.keep(path, notebook, notes.read_text(encoding="utf-8").splitlines())
    return notebook, True


async def _execute(home: Path, path: Path, notebook: NotebookNode, extra: dict[str, str]) -> NotebookNode:
    where = path.relative_to(home).as_posix()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = _Client(
        notebook,
        timeout=TIME_LIMIT,
        kernel_name="python3",
        record_timing=False,
        shutdown_kernel="immediate",
        # The kernels talk on loopback only; the warning about that would drown our own words.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        await client.async_execute(env=kernel_environment() | extra)
    except CellExecutionError as error:
        number = sum(cell.cell_type == "code" and cell.get("execution_count") is not None for cell in notebook.cells)
        message = re.sub(r"\x1b\[[0-9;]*m", "", f"{error.ename}: {error.evalue}").strip()
        raise BuildError(f"{where}, code cell {number}: {message}") from None
    except CellTimeoutError:
        raise BuildError(f"{where}: a cell ran longer than {TIME_LIMIT} s") from None
    except DeadKernelError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # the build is stopped; nbclient takes that for a kernel's death
            raise asyncio.CancelledError from None
        if client.heard > MOST_OUTPUT:
            raise BuildError(f"{where}: its output is more than {MOST_OUTPUT:,} characters; write less") from None
        raise BuildError(f"{where}: its kernel died") from None
    except (RuntimeError, OSError, EOFError) as error:
        raise BuildError(f"{where}: its kernel did not start ({error})") from None
    return notebook
