"""What the server of kernels imports once, before it forks any of them.

Only modules are loaded here, nothing is read or drawn, so that each kernel starts in the state that its own imports
would give. A module that cannot be imported is left out: the notebook that needs it will say so, in its own cell.
"""

from __future__ import annotations

import importlib
import pkgutil
from contextlib import suppress

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
