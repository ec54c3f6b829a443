"""Timing the build beside the plain tool: the same notebooks, the same machine, one run."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LEFT_OUT = (".git", ".venv", "_build", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", "*.egg-info")


def compare_with_plain_build(home: Path) -> int:
    """Build the book with ``lostlead book`` and with ``jupyter-book build``; print seconds, ratio and peak memory.

    Both run in copies, so that nothing of the checkout changes. Returns 0 when both builds worked.
    """
    plain = "from jupyter_book.cli.main import main; main()"
    commands = {
        "plain jupyter-book build": [sys.executable, "-c", plain, "build", ".", "--all"],
        "lostlead book": [sys.executable, "-m", "lostlead", "book"],
    }
    seconds: dict[str, float] = {}
    for name, command in commands.items():
        with tempfile.TemporaryDirectory(prefix="bench ") as folder:
            copy = Path(folder) / "book"
            shutil.copytree(home, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
            started = time.monotonic()
            ran = subprocess.run(command, cwd=copy, capture_output=True, text=True)
            seconds[name] = time.monotonic() - started
            if ran.returncode != 0:
                print(f"error: '{name}' failed:\n{ran.stderr[-2000:]}", file=sys.stderr)
                return 1
        print(f"{name:<26} {seconds[name]:6.1f} s", flush=True)
    ratio = seconds["lostlead book"] / seconds["plain jupyter-book build"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"ratio {ratio:.2f}; largest single process {peak:.0f} MB")
    return 0
