"""Running the notebooks on a Dask cluster that is there already: the same kernels, and the same bytes.

Scheduler and workers share no folder with the build. Every worker has the project's environment (``make setup`` in a
checkout of the same version); the inputs are sent as one archive, named by its content, and what comes back of each
notebook is what a build keeps of it: the outputs, what was read, and the figures. Nothing of it is used unless the
worker read the same as the build would have.
"""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nbformat import NotebookNode

import lostlead
from lostlead import tables
from lostlead.build.cache import Runs, environment_parts
from lostlead.build.kernels import choose_kernels
from lostlead.build.notebooks import BuildError, read_notebook, run_notebooks

if TYPE_CHECKING:
    from distributed import Client, Future

PATIENCE = 20  # seconds without a scheduler, or without any worker, before the build gives up
# Notebooks that a worker runs one after another. Each batch imports the libraries once, which takes as long as several
# notebooks; small ones spread the work better.
MOST_BATCH = 8
CHECKOUT = Path(lostlead.__file__).resolve().parent.parent
PROJECT, KEPT, OUTCOME = "project", "kept", "outcome.json"
REMEDY = "run 'make setup' in a checkout of the same version on every machine of the cluster, and start from its .venv"
HELPER = "from lostlead.build.cluster import run_here; run_here()"
Say = Callable[[str], None]


class Ran(NamedTuple):
    """What comes back of one notebook: its seconds, what is kept of it (``Runs.entry_of``), its figures by path."""

    seconds: float
    kept: str
    drawn: dict[str, bytes]


class Answer(NamedTuple):
    """What comes back of one batch: the worker's address, the notebooks by name, or why they could not be run."""

    worker: str
    ran: dict[str, Ran]
    fault: str = ""


@contextmanager
def connected(address: str, inputs: Sequence[str], say: Say) -> Iterator[Callable[..., dict[Path, NotebookNode]]]:
    """Connect to the scheduler at ``address``; what is yielded does on its workers what ``run_notebooks`` does here.

    ``inputs`` are the names of the files and folders that notebooks read. Raises BuildError, with a remedy, when there
    is no such scheduler, it has no workers, or they are lost.
    """
    try:
        from distributed import Client
    except ImportError:
        raise BuildError("a cluster needs the package 'distributed'. Remedy: run 'make setup'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would say is said here, once
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise BuildError(
            f"no Dask scheduler answers at '{address}' ({_first_line(error)}). Remedy: start one, or give the address "
            "that it tells, such as tcp://127.0.0.1:8786"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise _no_workers(address) from None
        threads = client.nthreads()
        say(f"the notebooks run on the cluster at {address}: {len(threads)} workers, {sum(threads.values())} at a time")
        yield partial(_run, client, address, inputs)


def _run(
    client: Client,
    address: str,
    inputs: Sequence[str],
    home: Path,
    paths: Sequence[Path],
    say: Say,
    *,
    total: int,
    runs: Runs,
    times: dict[str, float],
    first: int = 0,
) -> dict[Path, NotebookNode]:
    notebooks = {path: read_notebook(path) for path in paths}
    names = {path.relative_to(home).as_posix(): path for path in paths}
    due = []
    count = first
    for name, path in names.items():
        if runs.find(path, notebooks[path]):
            count += 1
            say(f"[{count}/{total}] {name} (unchanged)")
        else:
            due.append(name)
    archive = pack(home, inputs)
    sent = client.submit(_as_it_is, archive, key=f"lostlead-inputs-{tables.digest(archive)}")
    size = max(1, min(MOST_BATCH, len(due) // (2 * max(1, sum(client.nthreads().values())))))
    batches = [due[at : at + size] for at in range(0, len(due), size)]
    own = environment_parts(CHECKOUT)
    under_way = {client.submit(run_batch, sent, batch, own, runs.environment, pure=False): batch for batch in batches}
    while under_way:
        for future in _next_done(client, address, list(under_way)):
            answer = _answer_of(future, address, under_way.pop(future))
            for name, ran in answer.ran.items():
                path = names[name]
                if not runs.take_over(path, notebooks[path], ran.kept, ran.drawn):
                    raise BuildError(
                        f"{name}: the worker {answer.worker} did not read what is here. Remedy: build again"
                    )
                count += 1
                times[name] = ran.seconds
                say(f"[{count}/{total}] {name} ({ran.seconds:.1f} s on {answer.worker})")
    return notebooks


def _next_done(client: Client, address: str, futures: list[Future]) -> set[Future]:
    """Wait for the next batches that are done. Raises BuildError when there is nobody left to do them."""
    from distributed import wait

    while True:
        try:
            with client.as_current():
                done: set[Future] = wait(futures, timeout=PATIENCE, return_when="FIRST_COMPLETED").done
            return done
        except TimeoutError:
            pass
        except (OSError, CancelledError) as error:
            raise _lost(address, error) from None
        try:
            if not client.nthreads():
                raise _no_workers(address)
        except OSError as error:
            raise _lost(address, error) from None


def _answer_of(future: Future, address: str, batch: Sequence[str]) -> Answer:
    from distributed import KilledWorker

    told = f"{batch[0]}{f' and {len(batch) - 1} more' if len(batch) > 1 else ''}"
    try:
        answer: Answer = future.result(timeout=PATIENCE)
    except KilledWorker:
        raise BuildError(
            f"{told}: several workers were lost one after another while they ran this. Remedy: look at their logs; they "
            "may lack memory"
        ) from None
    except ImportError as error:
        raise BuildError(f"the cluster at {address} cannot run this book ({error}). Remedy: {REMEDY}") from None
    except Exception as error:
        if future.status == "error":
            raise BuildError(f"{told}: a worker failed: {type(error).__name__}: {_first_line(error)}") from None
        raise _lost(address, error) from None
    if answer.fault:
        raise BuildError(answer.fault)
    return answer


def _no_workers(address: str) -> BuildError:
    return BuildError(
        f"the scheduler at {address} has no workers. Remedy: start some from the environment of the project: "
        f".venv/bin/dask worker {address}"
    )


def _lost(address: str, error: BaseException) -> BuildError:
    return BuildError(
        f"the connection to the cluster at {address} was lost ({_first_line(error)}). Remedy: see that the scheduler "
        "runs, and build again; or build without it"
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def pack(home: Path, inputs: Sequence[str]) -> bytes:
    """Return the files below some names as one archive, whose bytes depend on their paths and content only."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in inputs:
            for path in sorted((home / name).rglob("*")) if (home / name).is_dir() else [home / name]:
                if path.is_file():
                    content = path.read_bytes()
                    member = tarfile.TarInfo(path.relative_to(home).as_posix())
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _as_it_is(content: bytes) -> bytes:
    """Be the task whose result is the archive: a worker that lost it can have it again from the scheduler."""
    return content


def run_batch(archive: bytes, names: Sequence[str], wanted: dict[str, str], environment: str) -> Answer:
    """Run notebooks of a packed project on a worker and return what the build needs of them.

    They are run by a process of their own, for a worker may not have children that fork. ``wanted`` is
    ``environment_parts`` of the build, ``environment`` the digest under which it keeps what has run.
    """
    from distributed import get_worker

    worker = str(get_worker().address)
    own = environment_parts(CHECKOUT)
    differs = [part for part, content in wanted.items() if own[part] != content]
    if differs:
        told = f"the worker {worker} has another environment than this build; {' and '.join(differs)} differ"
        return Answer(worker, {}, f"{told}. Remedy: {REMEDY}")
    with tempfile.TemporaryDirectory(prefix="lostlead-") as folder:
        home = Path(folder) / PROJECT
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
            packed.extractall(home, filter="data")
        ends, held = os.pipe()  # the helper ends when nobody holds the other end any more: when this worker is killed
        try:
            helper = subprocess.run(
                [sys.executable, "-c", HELPER, folder, environment, *names],
                stdin=ends, capture_output=True, text=True, encoding="utf-8", errors="replace",
                env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            )  # fmt: skip
        finally:
            os.close(ends)
            os.close(held)
        if helper.returncode:
            return Answer(
                worker, {}, f"{names[0]}: the worker {worker} could not run it: {helper.stderr.strip()[-500:]}"
            )
        outcome = json.loads((Path(folder) / OUTCOME).read_text(encoding="utf-8"))
        if outcome["fault"]:
            return Answer(worker, {}, outcome["fault"])
        runs = Runs(home, home, Path(folder) / KEPT, environment)
        return Answer(worker, {name: Ran(took, *runs.entry_of(home / name)) for name, took in outcome["times"].items()})


def run_here() -> None:
    """Run the notebooks named in the arguments: what the process does that a worker starts."""
    threading.Thread(target=lambda: (os.read(0, 1), os._exit(1)), daemon=True).start()
    folder, environment, *names = sys.argv[1:]
    home = Path(folder) / PROJECT
    said: list[str] = []
    times: dict[str, float] = {}
    fault = ""
    choose_kernels(said.append, warm=home)
    if said:
        fault = f"{names[0]}: a worker cannot run it: {said[0]}"
    else:
        runs = Runs(home, home, Path(folder) / KEPT, environment)
        try:
            run_notebooks(home, [home / name for name in names], said.append, 1, total=0, runs=runs, times=times)
        except BuildError as error:
            fault = str(error)
    (Path(folder) / OUTCOME).write_text(json.dumps({"fault": fault, "times": times}), encoding="utf-8")
