"""What the server of kernels does once, before it forks any of them: imports, and reading and checking the tables.

Nothing is drawn and nothing is decided here. The tables wait in the caches of ``tables`` and ``sources``, which go by
content, so that a kernel gets what it would have read. A module that cannot be imported, or a table that is at fault,
is left out: the build or the notebook that needs it will say so, in its own place.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from contextlib import suppress
from pathlib import Path

import lostlead

KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.datapub", "IPython.core.completer")
DRAWING = ("matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg")
NOT_FOR_NOTEBOOKS = ("lostlead.build", "lostlead.__main__")


def library_modules() -> list[str]:
    """Return the names of the library's modules that notebooks use, in order."""
    found = pkgutil.walk_packages(lostlead.__path__, "lostlead.")
    return sorted(module.name for module in found if not module.name.startswith(NOT_FOR_NOTEBOOKS))


for name in (*KERNEL, *DRAWING, *library_modules()):
    with suppress(Exception):
        importlib.import_module(name)

with suppress(Exception):
    if home := os.environ.get("LOSTLEAD_WARM"):
        from lostlead.claims import read_facts
        from lostlead.tables import check_all

        check_all(Path(home))
        read_facts(Path(home))
