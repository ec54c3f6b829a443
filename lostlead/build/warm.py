"""What the server of kernels does once, before it forks any of them: imports, and reading and checking the tables.

Nothing is drawn and nothing is decided here. The tables wait in the caches of ``tables`` and ``sources``, which go by
content, and the styles of citations in those of ``citations``, so that a kernel gets what it would have read. A module
that cannot be imported, or a table that is at fault, is left out: the build or the notebook that needs it will say so, in
its own place.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
from contextlib import suppress
from pathlib import Path

import lostlead

# What a kernel imports while it starts, and what only its first cell would.
KERNEL = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.datapub", "ipykernel.debugger", "psutil",
    "tornado.platform.asyncio", "IPython.core.completer", "IPython.core.completerlib", "IPython.core.debugger",
    "IPython.core.oinspect", "IPython.extensions.storemagic",
)  # fmt: skip
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
        from lostlead.citations import cite, read_edition
        from lostlead.claims import read_facts
        from lostlead.tables import check_all

        check_all(Path(home))
        read_facts(Path(home))
        cite(read_edition(Path(home)))

# What is there now stays: a kernel need not look through it for rubbish, nor copy its pages of memory to do so.
gc.collect()
gc.freeze()
