"""Lets the kernels that nbval starts for the notebooks of the book be forked, which saves most of their time."""

from __future__ import annotations

import pytest

from lostlead.build.kernels import choose_kernels


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.path.suffix == ".ipynb":
        choose_kernels(print)
