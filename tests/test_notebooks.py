"""Notebooks are committed executed, and use the facts that say they are used. (nbval compares their outputs.)"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from lostlead import tables
from lostlead.claims import read_facts

from .conftest import ROOT

NOTEBOOKS = sorted((ROOT / "book").rglob("*.ipynb"))
CLAIMS = [path for path in NOTEBOOKS if path.parent.name == "claims"]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_of(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_is_committed_executed_and_without_errors(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [o for cell in code for o in cell.outputs if o.output_type in {"error", "stream"}]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


@pytest.mark.parametrize("path", CLAIMS, ids=relative)
def test_a_claim_page_follows_the_order_of_the_book(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    headings = re.findall(
        r"^#+ (.+)$", "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown"), re.MULTILINE
    )
    assert headings[0].startswith(f"{path.name[:3].upper()}. ")
    wanted = [
        "The check",
        "The parts of the claim, and what decides them",
        "What would change this verdict",
        "Cite this claim",
    ]
    assert [heading for heading in headings if heading in wanted] == wanted


def test_every_claim_page_is_the_one_in_the_register() -> None:
    register = tables.read("claims", ROOT)
    pages = set(register["page"])
    assert {relative(path).removesuffix(".ipynb") + ".html" for path in CLAIMS} <= pages
    checked = set(tables.read("verdicts", ROOT)["claim"])
    assert {path.name[:3].upper() for path in CLAIMS} == checked


def test_every_fact_is_on_the_page_of_each_claim_it_lists() -> None:
    shown = {path.name[:3].upper(): path.read_text(encoding="utf-8") for path in CLAIMS}
    for fact, row in read_facts(ROOT).iterrows():
        for claim in tables.split(row["claims"]):
            if claim in shown:
                assert f"(#fact-{fact})" in shown[claim], f"{fact} lists {claim}, whose page does not show it"


def test_every_fact_is_used_by_a_notebook() -> None:
    everything = "\n".join(path.read_text(encoding="utf-8") for path in NOTEBOOKS if path.stem != "data")
    unused = [
        fact
        for fact in read_facts(ROOT).index
        if f"fact-{fact})" not in everything and f'\\"{fact}\\"' not in everything
    ]
    assert not unused, f"no notebook uses {unused}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=relative)
def test_a_notebook_does_not_touch_the_network_or_other_folders(path: Path) -> None:
    code = code_of(path)
    assert not re.search(r"https?://|urllib|requests|socket|(?<![.\w])open\(|read_csv|subprocess", code)
