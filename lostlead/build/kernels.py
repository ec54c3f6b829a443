"""Kernels that start at once: real ipykernel kernels, forked from one process that has imported the libraries.

The process is the fork server of the standard library's ``multiprocessing``; what it imports is in ``warm``. Every
kernel is a process of its own with its own working folder and environment, is interrupted and killed like any other,
and ends by itself when the process that asked for it is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from lostlead import reads

PROVISIONER = "lostlead-forked"
# Set before anything is imported: the seed of hashes is fixed when a process starts, the backend when it first draws,
# and threads of the numeric libraries would not survive a fork.
ENVIRONMENT = {
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a warning for people who debug the standard library
}
# Where a forked kernel notes what it reads of the project in HOME; both paths. WARM: a project read before forking.
NOTES, HOME, WARM = "LOSTLEAD_NOTES", "LOSTLEAD_HOME", "LOSTLEAD_WARM"
SOCKET_PATH_LIMIT = 90  # bytes; a longer name of a socket is refused by the system


def kernel_environment() -> dict[str, str]:
    """Return the environment of a kernel, forked or plain."""
    return os.environ | ENVIRONMENT


def choose_kernels(say: Callable[[str], None], *, forked: bool = True, warm: Path | None = None) -> None:
    """Let this process start its kernels as forks or, when asked to or when that cannot be, one by one as Jupyter does.

    The second case, when it was not asked for, is said with its reason. The tables of the project at ``warm`` are read
    before any kernel is forked; a kernel uses them as long as the files have the same content.
    """
    factory = KernelProvisionerFactory.instance()
    factory.default_provisioner_name = "local-provisioner"
    if not forked:
        return
    if "forkserver" not in multiprocessing.get_all_start_methods():
        say("each notebook starts a kernel from nothing, which is slower: this system cannot fork processes")
        return
    try:
        _start_server(warm)
    except OSError as error:
        say(f"each notebook starts a kernel from nothing, which is slower: no process to fork them from ({error})")
        return
    entry = EntryPoint(PROVISIONER, f"{__name__}:{ForkedProvisioner.__name__}", factory.GROUP_NAME)
    factory.provisioners[PROVISIONER] = entry
    factory.default_provisioner_name = PROVISIONER


def _start_server(warm: Path | None = None) -> None:
    multiprocessing.set_forkserver_preload(["lostlead.build.warm"])
    # The server finds modules where this process does.
    found_in = os.pathsep.join(path for path in sys.path if path)
    extra = ENVIRONMENT | {"PYTHONPATH": found_in} | ({WARM: str(warm)} if warm else {})
    with _environment(extra), _without_main():
        forkserver.ensure_running()


@contextmanager
def _environment(extra: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(extra)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the program that is running: the standard library would import it again in every forked process."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _run_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Be a kernel: what a forked process does instead of ``python -m ipykernel_launcher``."""
    os.setsid()  # a process group of its own, so that a signal reaches what the kernel starts, and nobody else
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the kernel has its own way, being stopped is nothing to tell
    threading.Thread(target=_end_with_builder, daemon=True).start()
    server = os.getppid()
    os.environ.clear()
    os.environ.update(environment)
    try:
        os.chdir(folder)
    except FileNotFoundError:
        os._exit(1)  # the build was stopped meanwhile and has cleared up
    sys.argv = ["ipykernel_launcher", *arguments]
    from ipykernel.kernelapp import IPKernelApp

    if NOTES in environment:
        reads.start(Path(environment[HOME]), Path(environment[NOTES]))
    # Named as its parent, the server is watched by the kernel itself.
    IPKernelApp.launch_instance(argv=[*arguments, f"--IPKernelApp.parent_handle={server}"])


def _end_with_builder() -> None:
    """Wait until the process that asked for this kernel is gone, then end, so that none is left behind."""
    builder = multiprocessing.parent_process()
    assert builder is not None
    builder.join()
    os._exit(1)


class _Process:
    """A forked process with the methods of ``subprocess.Popen`` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], folder: str, environment: dict[str, str]) -> None:
        _start_server()  # it is there already, unless somebody ended it
        context: ForkServerContext = multiprocessing.get_context("forkserver")
        # A daemon is ended, not waited for, when this process exits.
        self._process = context.Process(target=_run_kernel, args=(arguments, folder, environment), daemon=True)
        with _without_main():
            self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkedProvisioner(LocalProvisioner):
    """Starts kernels as forks. They talk over sockets in a folder that only this user can open."""

    _folder: str = ""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Give the kernel a folder for its sockets; where its name is too long, loopback ports as usual."""
        self._folder = tempfile.mkdtemp(prefix="kernel-")
        if self.parent is not None:
            self.parent.connection_file = str(Path(self._folder) / "connection.json")
            if len(os.fsencode(self._folder)) < SOCKET_PATH_LIMIT:
                self.parent.transport = "ipc"
                self.parent.ip = str(Path(self._folder) / "socket")
                self.parent.cache_ports = False
        prepared: dict[str, Any] = await super().pre_launch(**kwargs)
        return prepared

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; of the command only the arguments after the module's name are used."""
        folder = str(kwargs.get("cwd") or Path.cwd())
        process = _Process(cmd[cmd.index("-m") + 2 :], folder, dict(kwargs.get("env") or os.environ))
        self.process = process  # type: ignore[assignment]
        # The child makes itself the leader of a group of this number before it does anything else.
        self.pid = self.pgid = process.pid
        self.cwd = folder
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Take away the folder of the sockets."""
        await super().cleanup(restart=restart)
        if not restart:
            shutil.rmtree(self._folder, ignore_errors=True)
