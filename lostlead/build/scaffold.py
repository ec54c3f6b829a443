"""A new claim's notebook, in the page order of the book, from its row in the register and its check."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lostlead import tables
from lostlead.build.notebooks import BuildError, write_notebook

TOC = "_toc.yml"


def add_claim_page(home: Path, claim: str, title: str, check: str) -> Path:
    """Write the notebook of a registered claim around its check, list it in the contents, and return its path.

    ``check`` is the code of the check cell; it starts from ``claim`` and ends with ``claim.conclude(…)``. Raises
    DataError when the register has no such claim, BuildError when its notebook is there already.
    """
    register = tables.read("claims", home).set_index("claim")
    if claim not in register.index:
        raise tables.DataError("data/claims.csv", f"there is no claim '{claim}'", "add its row first", column="claim")
    path = home / (str(register.loc[claim, "page"]).removesuffix(".html") + ".ipynb")
    if path.exists():
        raise BuildError(f"{path.relative_to(home)} is there already; edit it instead")
    contents = (home / TOC).read_text(encoding="utf-8")
    listed = list(re.finditer(r"^( *- file: )book/claims/\S+\n", contents, re.MULTILINE))
    if not listed:
        raise BuildError(f"{TOC} lists no claim, so that the new one has no place in it")
    last = listed[-1]
    entry = f"{last.group(1)}{path.relative_to(home).with_suffix('').as_posix()}\n"
    write_notebook(path, claim_notebook(claim, title, check))
    (home / TOC).write_text(contents[: last.end()] + entry + contents[last.end() :], encoding="utf-8")
    return path


def claim_notebook(claim: str, title: str, check: str, draw: str = "", show: str = "") -> NotebookNode:
    """Return the notebook of a claim: its title, verdict, check and propositions, and how to cite it.

    ``draw`` is code that ends with the picture of a chart, for JupyterLab only; ``show`` puts it in the book.
    """
    hidden = {"tags": ["remove-input"]}
    opening = (
        "from lostlead.claims import open_claim\nfrom lostlead.pages import ClaimPage\n\n"
        f'claim = open_claim("{claim}")\npage = ClaimPage(claim)\npage.open()'
    )
    figure = [
        new_code_cell(draw, metadata={"tags": ["hide-input", "remove-output"]}),
        new_code_cell(show, metadata=hidden),
    ]
    cells = [
        new_markdown_cell(f"# {claim}. {title}"),
        new_code_cell(opening, metadata={"tags": ["remove-input", "nbval-ignore-output"]}),
        new_markdown_cell("## The check\n\nSay here what the sentence asserts and how it is cut into propositions."),
        new_code_cell(check.strip()),
        new_markdown_cell("## The parts of the claim, and what decides them"),
        new_code_cell("page.publish()", metadata=hidden),
        *(figure if draw else []),
        new_markdown_cell("## What would change this verdict\n\nSay here which document or fact would overturn it."),
        new_markdown_cell("## Cite this claim"),
        new_code_cell("page.cite()", metadata=hidden),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = hashlib.sha1(f"{claim}-{number}".encode(), usedforsecurity=False).hexdigest()[:8]
    notebook: NotebookNode = new_notebook(cells=cells)
    return notebook
