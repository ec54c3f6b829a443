"""A book of one claim with one figure, made from nothing: small enough to be built, broken and built again many times."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lostlead.build.notebooks import write_notebook
from lostlead.build.synthetic import TABLES, write_table

from .conftest import ROOT, copy_project

CLAIM = "book/claims/c01-first-satellite.ipynb"
PAGE = "_build/html/book/claims/c01-first-satellite.html"
TOC = (
    "format: jb-book\nroot: book/index\nchapters:\n"
    "- file: book/claims/c01-first-satellite\n- file: book/data\n- file: book/sources\n- file: book/cite\n"
)
FACT = {
    "fact": "launch-date",
    "claims": "C01",
    "statement": "The first artificial satellite was launched on 4 October 1957 (Example Institute).",
    "value": "1957-10-04",
    "type": "date",
    "unit": "",
    "period": "1957-10-04",
    "sources": "example2007",
    "locator": "whole page",
    "checked": "read",
    "note": "The day is that of the launch site.",
}
WORD = FACT | {"fact": "name-of-it", "value": "Sputnik", "type": "text"}
MASS = FACT | {"fact": "mass-of-it", "value": "83.6", "type": "number", "unit": "kg"}
REGISTER = {
    "claim": "C01",
    "paragraph": "1",
    "place": "1.1",
    "kind": "fact",
    "restated_en": "The first satellite was launched in 1957.",
    "restated_fil": "Inilunsad noong 1957 ang unang satellite.",
    "page": "book/claims/c01-first-satellite.html",
}
SOURCE = {
    "title": "Fifty years of satellites",
    "title_en": "The same in English",
    "author": "{Example Institute}",
    "publisher": "Example Press",
    "date": "2007-10-04",
    "url": "https://example.org/satellites",
    "language": "en",
    "kind": "web",
    "primary": "yes",
    "access": "page read",
    "note": "made up for the tests",
}
VERDICTS = "claim,verdict,confidence,wrong_about,finding_en,finding_fil,held,failed,undecided,since\n"
DRAW = """from lostlead.charts.style import Chart, new_figure
from lostlead.pages import figure, picture
import pandas as pd

year = int(claim.facts.loc["launch-date", "value"][:4])
name = str(claim.facts.loc["name-of-it", "value"])
drawn, [axes] = new_figure(3.0, "The year of the first satellite")
axes.bar(["it"], [year])
chart = Chart(
    name="first-year", figure=drawn, data=pd.DataFrame({"name": [name], "year": [year]}),
    title="The year of the first satellite", takeaway=f"{name} was launched in {year}.", note=f"Named {name}.",
    alt=f"One bar for the year of the first satellite, {name}, which is the year {year}; there is nothing else to see.",
    credit="Data: facts of this book", tables=("facts",),
)"""
CHECK = """launch, name = claim.fact("launch-date"), claim.fact("name-of-it")

claim.core("The first satellite was launched in 1957.", launch.year == 1957, wrong_about="date")
claim.detail(f"It had a name.", name != "", wrong_about="wording")
record = claim.conclude(
    english=f"The first satellite, {name}, was launched on {launch}.",
    filipino=f"Inilunsad ang unang satellite, {name}, noong {launch:fil}.",
)"""


RELEASE = {"version": "0.1.0", "date": "2026-11-22", "step": "first", "summary": "A book of one claim"}
HISTORY = {
    "version": "0.1.0", "claim": "C01", "verdict": "Supported", "confidence": "high", "before": "", "why": "first verdict",
}  # fmt: skip


def same(text: str) -> str:
    """Change nothing."""
    return text


def make_tiny(home: Path, words: Callable[[str], str] = same) -> Path:
    """Write the project into ``home`` and return it; ``words`` gets every text that an author writes in data."""
    copy_project(
        home, "lostlead", "CITATION.cff", "_config.yml", "book/data.ipynb", "book/sources.ipynb", "book/cite.ipynb"
    )
    (home / "data").mkdir()
    (home / "book" / "claims").mkdir()
    (home / "_toc.yml").write_text(TOC, encoding="utf-8")
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if one["name"] in TABLES]
    for one in package["resources"]:
        one |= {name: words(one[name]) for name in ("title", "description", "x-missing", "x-row")}
    (home / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    write_table(home / "data" / "claims.csv", _said(REGISTER, ("restated_en", "restated_fil"), words))
    told = ("statement", "locator", "note", "period")
    facts = [_said(FACT, told, words), _said(WORD, (*told, "value"), words), _said(MASS, (*told, "unit"), words)]
    write_table(home / "data" / "facts.csv", *facts)
    write_table(home / "data" / "releases.csv", RELEASE)
    write_table(home / "data" / "verdict_history.csv", HISTORY)
    first = "C01,Supported,high,,Nothing yet.,Wala pa.,0,0,0,0.1.0\n"
    (home / "data" / "verdicts.csv").write_text(VERDICTS + first, encoding="utf-8")
    fields = _said(SOURCE, ("title", "title_en", "publisher", "access", "note"), words)
    listed = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    (home / "book" / "references.bib").write_text(f"@online{{example2007,\n{listed}}}\n", encoding="utf-8")
    (home / "book" / "index.md").write_text(
        "(verdict-rule)=\n# A book of one claim\n\nIt is only there to be built, and says nothing of the world.\n",
        encoding="utf-8",
    )
    opening = (
        "from lostlead.claims import open_claim\nfrom lostlead.pages import ClaimPage\n\n"
        'claim = open_claim("C01")\npage = ClaimPage(claim)\npage.open()'
    )
    cells = [
        new_markdown_cell("# C01. The first satellite"),
        *(new_code_cell(code) for code in (opening, CHECK, "page.publish()", DRAW, "picture(chart)")),
        new_code_cell('figure(chart, "c01-first-satellite.ipynb", depth=2)'),
        *(new_code_cell(code) for code in ("page.more_facts()", "page.cite()")),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
        if number > 1 and cell.cell_type == "code":
            cell["metadata"] = {"tags": ["remove-output" if cell.source.startswith("picture") else "remove-input"]}
    write_notebook(home / CLAIM, new_notebook(cells=cells))
    return home


def _said(row: Mapping[str, str], names: tuple[str, ...], words: Callable[[str], str]) -> dict[str, str]:
    return {name: words(value) if name in names else value for name, value in row.items()}
