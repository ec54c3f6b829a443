"""Notebooks run on a Dask cluster come back the same to the byte, and trouble with the cluster is one clear message."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from distributed import LocalCluster
from nbformat import NotebookNode

from lostlead import build
from lostlead.__main__ import main
from lostlead.build import INPUTS, build_book, cluster
from lostlead.build.cache import Runs, environment_digest, environment_parts
from lostlead.build.cluster import connected, pack
from lostlead.build.kernels import choose_kernels
from lostlead.build.notebooks import BuildError, read_notebook, run_notebooks, write_notebook
from lostlead.build.synthetic import make_book

from .conftest import ROOT
from .test_kernels import alive, until


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    """A scheduler and two worker processes on loopback."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as started:
        started.wait_for_workers(2)
        yield started


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of three claims that nothing has run yet, in a folder with a space and Filipino letters."""
    home = make_book(tmp_path_factory.mktemp("aklat ñg Pilipino") / "lost lead", ROOT, 3)
    (home / "figures").mkdir()
    return home


def quiet(line: str) -> None:
    """Say nothing."""


def claims_of(book: Path) -> list[Path]:
    return sorted((book / "book" / "claims").glob("*.ipynb"))


def run_there(
    address: str, book: Path, kept: Path, *paths: Path, say: Callable[[str], None] = quiet
) -> dict[Path, NotebookNode]:
    """Run notebooks (the first claim, if none is named) on a cluster, as a build does that keeps them in ``kept``."""
    runs = Runs(book, book, kept, environment_digest(book))
    named = paths or claims_of(book)[:1]
    with connected(address, INPUTS, say) as run:
        return run(book, named, say, total=len(named), runs=runs, times={})


def drawn(book: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (book / "figures").iterdir()}


def test_what_workers_ran_is_the_same_to_the_byte_and_counts_as_run(
    workers: LocalCluster, book: Path, tmp_path: Path
) -> None:
    paths, kept = claims_of(book)[1:], tmp_path / "kept"
    said: list[str] = []
    there = run_there(workers.scheduler_address, book, kept, *paths, say=said.append)
    figures = drawn(book)
    assert set(figures) == {f"masses-3.{suffix}" for suffix in ("svg", "png", "csv")}
    assert said[0].endswith("2 workers, 2 at a time")
    assert {line.split(" on ")[1].rstrip(")") for line in said[1:]} == set(workers.scheduler.workers)
    run_there(workers.scheduler_address, book, kept, *paths, say=said.append)
    assert [line.split("(")[1] for line in said[4:]] == ["unchanged)"] * 2
    for name in figures:
        (book / "figures" / name).unlink()
    choose_kernels(quiet)
    here = run_notebooks(book, paths, quiet, 2, total=2)
    assert drawn(book) == figures
    for path in paths:
        assert there[path].cells[1].outputs
        write_notebook(tmp_path / "there", there[path])
        write_notebook(tmp_path / "here", here[path])
        assert (tmp_path / "there").read_bytes() == (tmp_path / "here").read_bytes()


def test_a_failing_notebook_is_told_as_ever(workers: LocalCluster, book: Path, tmp_path: Path) -> None:
    facts = book / "data" / "facts.csv"
    before = facts.read_bytes()
    facts.write_bytes(before.replace(b"launch-1,", b"start-1,"))
    try:
        with pytest.raises(BuildError, match=r"c01-satellite-1\.ipynb, code cell 2: DataError: .*'launch-1'"):
            run_there(workers.scheduler_address, book, tmp_path / "kept")
    finally:
        facts.write_bytes(before)


def test_another_environment_is_refused_by_name(
    workers: LocalCluster, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = environment_parts(ROOT) | {"Python": "3.10.1", "requirements.lock": "other"}
    monkeypatch.setattr(cluster, "environment_parts", lambda home: ours)
    told = "has another environment than this build; Python and requirements.lock differ. Remedy: run 'make setup'"
    with pytest.raises(BuildError, match=told):
        run_there(workers.scheduler_address, book, tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "somewhere://there", "tcp://:x"])
def test_no_scheduler_is_told(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(BuildError, match=f"no Dask scheduler answers at '{address}'"):
        run_there(address, book, tmp_path / "kept")


def test_a_build_without_its_cluster_leaves_everything_as_it_was(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    home = shutil.copytree(book, tmp_path / "book")
    with pytest.raises(BuildError, match="no Dask scheduler answers"):
        build_book(home, quiet, cluster="tcp://127.0.0.1:9")
    assert {path.name for path in (home / "_build").iterdir()} == {"cache", "lock"}


@pytest.mark.parametrize("words", [["book", "--cluster", "tcp://there:1"], ["book"]])
def test_the_address_is_an_argument_or_in_the_environment(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    asked: list[str] = []
    monkeypatch.setattr(build, "build_book", lambda *_, cluster: asked.append(cluster))
    monkeypatch.setenv("DASK_SCHEDULER", "tcp://there:1" if len(words) == 1 else "tcp://other:1")
    assert main(words) == 0
    assert asked == ["tcp://there:1"]


def test_what_was_run_on_other_input_is_not_taken(book: Path, tmp_path: Path) -> None:
    path = claims_of(book)[2]
    choose_kernels(quiet)
    run_notebooks(book, [path], quiet, 1, total=1, runs=Runs(book, book, tmp_path / "there", "env"))
    kept, pictures = Runs(book, book, tmp_path / "there", "env").entry_of(path)
    spoilt = {name: content + b" " for name, content in pictures.items()}
    other = read_notebook(path)
    other.cells[3].source += "\n"
    here = Runs(book, book, tmp_path / "here", "env")
    assert not here.take_over(path, read_notebook(path), kept.replace("1960", "1961"), pictures)
    assert not here.take_over(path, read_notebook(path), kept, spoilt)
    assert not here.take_over(path, other, kept, pictures)
    assert not Runs(book, book, tmp_path / "here", "another").take_over(path, read_notebook(path), kept, pictures)
    facts = book / "data" / "facts.csv"
    before = facts.read_bytes()
    facts.write_bytes(before.replace(b"Satellite 3 weighed", b"Satellite 3 once weighed"))
    assert not here.take_over(path, read_notebook(path), kept, pictures)
    facts.write_bytes(before)
    assert not list((tmp_path / "here").iterdir())
    assert here.take_over(path, read_notebook(path), kept, pictures)
    assert here.find(path, read_notebook(path))


def test_the_archive_depends_on_content_only(book: Path, tmp_path: Path) -> None:
    before = pack(book, INPUTS)
    os.utime(book / "data" / "facts.csv", (1, 1))
    assert pack(book, INPUTS) == before
    assert pack(book, ("data",)) != before


def test_a_worker_that_is_killed_is_told_and_leaves_no_kernel(
    workers: LocalCluster, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.scheduler, "allowed_failures", 0)  # else three more are killed first
    path, note = claims_of(book)[0], tmp_path / "kernel"
    before = path.read_bytes()
    # Above a kernel are the server that forked it, the process that runs the notebooks, and the worker.
    kill = "__import__('psutil').Process().parents()[2].kill()"
    cell = f"open({str(note)!r}, 'w').write(str(__import__('os').getpid())); {kill}; __import__('time').sleep(60)"
    notebook = read_notebook(path)
    notebook.cells[1].source = cell
    write_notebook(path, notebook)
    try:
        with pytest.raises(BuildError, match="several workers were lost one after another while they ran this"):
            run_there(workers.scheduler_address, book, tmp_path / "kept")
    finally:
        path.write_bytes(before)
    until(lambda: not alive(int(note.read_text())))


def test_lost_workers_are_told(
    workers: LocalCluster, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last test of this file: the cluster has no workers afterwards."""

    def pack_and_lose(home: Path, inputs: Sequence[str]) -> bytes:
        workers.scale(0)
        until(lambda: not workers.scheduler.workers)
        return pack(home, inputs)

    monkeypatch.setattr(cluster, "PATIENCE", 1)
    monkeypatch.setattr(cluster, "pack", pack_and_lose)
    for _ in ("while it is running", "when it starts"):
        with pytest.raises(BuildError, match=r"the scheduler at tcp://\S+ has no workers. Remedy: start some"):
            run_there(workers.scheduler_address, book, tmp_path / "kept")
