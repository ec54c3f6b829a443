"""Linting, formatting and types hold, in the library, the tests and the notebooks."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from .conftest import ROOT

CHECKS = {
    "lint": ["ruff", "check", "lostlead", "tests", "book"],
    "format": ["ruff", "format", "--check", "lostlead", "tests", "book"],
    "types": ["mypy", "lostlead", "tests"],
    "types of notebooks": [
        "nbqa",
        "mypy",
        "book",
        f"--config-file={os.devnull}",
        "--ignore-missing-imports",
        "--allow-redefinition",
    ],
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_code_passes(name: str) -> None:
    command = [sys.executable, "-m", *CHECKS[name]]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-3000:]
