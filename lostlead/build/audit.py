"""Asking a public database for known vulnerabilities of everything in the lock: the only command that needs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

LOCK = "requirements.lock"
SECONDS = 30  # until a request is given up


def audit(home: Path, say: Callable[[str], None] = print, *, options: tuple[str, ...] = ()) -> int:
    """Tell the known vulnerabilities of all packages in the lock; return 0 when every package was asked and has none.

    The versions and hashes of the lock are used as they are: nothing is installed. ``options`` are further ones of
    pip-audit. Whatever keeps a package from being asked is told in one message, with 1.
    """
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(home / LOCK), "--disable-pip", "--require-hashes",
        "--strict", "--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off",
        "--timeout", str(SECONDS), *options,
    ]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    try:
        packages: list[dict[str, Any]] = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError):
        why = (ran.stderr.strip() or "pip-audit said nothing").splitlines()[-1]
        print(
            f"error: the packages could not be asked about ({why}). Remedy: run this again with a network that reaches "
            "the database of vulnerabilities.",
            file=sys.stderr,
        )
        return 1
    found = flaws(packages)
    for line in found:
        say(line)
    say(f"{len(packages)} packages asked about, {len(found)} known vulnerabilities")
    return 1 if found else 0


def flaws(packages: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a line for each vulnerability in what pip-audit found: package, version, its name, where it is mended."""
    return [
        f"{one['name']} {one['version']}: {flaw['id']}; mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in packages
        for flaw in one["vulns"]
    ]
