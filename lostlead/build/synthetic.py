"""A book made from nothing, of as many claims as wanted: to measure how the build grows, and to build where it is told."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lostlead.build.notebooks import write_notebook
from lostlead.build.scaffold import claim_notebook

TAKEN_OVER = ("CITATION.cff", "_config.yml", "book/data.ipynb", "book/sources.ipynb", "book/cite.ipynb")
TABLES = ("claims", "facts", "verdicts", "releases", "verdict_history")
# The descriptor of the project knows claims of two digits; a book of a thousand needs four.
DIGITS = ("[0-9]{2}", "[0-9]{2,4}")
# Every third page has a figure.
EVERY = 3
KINDS = ("weather", "survey", "relay", "research", "mapping")
CHECK = """launch = claim.fact("launch-{n}")
mass = claim.fact("mass-{n}")
purpose = claim.fact("purpose-{n}")

claim.core("It was launched in {said}.", launch.year == {said}, wrong_about="date")
claim.core("It weighed less than a ton.", mass < 1000, wrong_about="number")
claim.detail("It was a {kind} satellite.", purpose == "{kind}", wrong_about="wording")
record = claim.conclude(
    english=f"Satellite {n}, for {{purpose}}, was launched on {{launch}} and weighed {{mass}} kg.",
    filipino=f"Inilunsad ang satellite {n} noong {{launch:fil}}; {{mass}} kg ang bigat nito.",
)"""
DRAW = """from lostlead.charts.style import Chart, new_figure
from lostlead.pages import figure, picture
import pandas as pd

drawn, [axes] = new_figure(3.0, "Masses of satellites")
numbers = list(range(1, {n} % 7 + 4))
axes.bar([str(number) for number in numbers], [{mass} / number for number in numbers])
chart = Chart(
    name="masses-{n}", figure=drawn, data=pd.DataFrame({{"part": numbers, "kg": [{mass} / number for number in numbers]}}),
    title="The mass of satellite {n} and its parts", takeaway="The parts of satellite {n} grow smaller.",
    alt="Bars for the parts of satellite {n}, made up; each is smaller than the one before, and the first has {mass} kg.",
    note="Made up.", credit="Data: facts of this book", tables=("facts",),
)
picture(chart)"""


def make_book(home: Path, project: Path, claims: int) -> Path:
    """Write a project of ``claims`` made-up claims into the new folder ``home`` and return it.

    Settings, citation file, descriptor and the pages of data, sources and citations are those of ``project``. Each claim has a
    notebook, three facts and a source of its own; one in four is said with a wrong year, and every third has a figure.
    """
    for name in TAKEN_OVER:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project / name, home / name)
    (home / "data").mkdir()
    (home / "book" / "claims").mkdir()
    described = json.loads((project / "data" / "datapackage.json").read_text(encoding="utf-8").replace(*DIGITS))
    described["resources"] = [one for one in described["resources"] if one["name"] in TABLES]
    (home / "data" / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    numbers = range(1, claims + 1)
    ids = [f"C{number:0{max(2, len(str(claims)))}}" for number in numbers]
    write_table(home / "data" / "claims.csv", *(_claim(claim, n) for claim, n in zip(ids, numbers, strict=True)))
    facts = [fact for claim, n in zip(ids, numbers, strict=True) for fact in _facts(claim, n)]
    write_table(home / "data" / "facts.csv", *facts)
    verdict = {"claim": ids[0], "verdict": "Supported", "confidence": "high"}
    found = {"wrong_about": "", "finding_en": "Nothing yet.", "finding_fil": "Wala pa.", "held": "0", "failed": "0"}
    write_table(home / "data" / "verdicts.csv", verdict | found | {"undecided": "0", "since": "0.1.0"})
    release = {"version": "0.1.0", "date": "2026-11-22", "step": "first", "summary": "A book made up"}
    write_table(home / "data" / "releases.csv", release)
    history = {"version": "0.1.0"} | verdict | {"before": "", "why": "first verdict"}
    write_table(home / "data" / "verdict_history.csv", history)
    (home / "book" / "references.bib").write_text("\n".join(_source(n) for n in numbers), encoding="utf-8")
    write_notebook(home / "book" / "index.ipynb", _front_page(claims))
    pages = []
    for claim, n in zip(ids, numbers, strict=True):
        page = _page(claim, n).removesuffix(".html")
        pages.append(page)
        write_notebook(home / f"{page}.ipynb", _notebook(claim, n))
    listed = "".join(f"- file: {page}\n" for page in [*pages, "book/data", "book/sources", "book/cite"])
    (home / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{listed}", encoding="utf-8")
    return home


def write_table(path: Path, *rows: Mapping[str, str]) -> None:
    """Write rows as a table of ``data/``; the first has all columns."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _page(claim: str, n: int) -> str:
    return f"book/claims/{claim.lower()}-satellite-{n}.html"


def _year(n: int) -> int:
    return 1957 + n % 60


def _mass(n: int) -> int:
    return 80 + n * 37 % 1200


def _kind(n: int) -> str:
    return KINDS[n % len(KINDS)]


def _said(n: int) -> int:
    """Return the year that the claim says: one in four is wrong."""
    return _year(n) - (n % 4 == 1)


def _claim(claim: str, n: int) -> dict[str, str]:
    return {
        "claim": claim,
        "paragraph": str(1 + n % 5),
        "place": f"{1 + n % 5}.{n}",
        "kind": "fact",
        "restated_en": f"Satellite {n}, a {_kind(n)} satellite of less than a ton, was launched in {_said(n)}.",
        "restated_fil": f"Inilunsad noong {_said(n)} ang satellite {n}, na wala pang isang tonelada ang bigat.",
        "page": _page(claim, n),
    }


def _facts(claim: str, n: int) -> Iterator[dict[str, str]]:
    day = f"{_year(n)}-{1 + n % 12:02}-{1 + n % 28:02}"
    rows = (
        ("launch", f"was launched on {day}", day, "date", ""),
        ("mass", f"weighed {_mass(n)} kg without its last stage", str(_mass(n)), "number", "kg"),
        ("purpose", f"was built for {_kind(n)}", _kind(n), "text", ""),
    )
    for name, said, value, kind, unit in rows:
        yield {
            "fact": f"{name}-{n}", "claims": claim, "statement": f"Satellite {n} {said} (Example Institute {n}).",
            "value": value, "type": kind, "unit": unit, "period": day, "sources": f"example{n}", "locator": "whole page",
            "checked": "read", "note": "Made up, as the whole book is." if name == "mass" else "",
        }  # fmt: skip


def _source(n: int) -> str:
    fields = {
        "title": f"Catalogue of satellite {n}",
        "author": f"{{Example Institute {n}}}",
        "date": "2007-10-04",
        "url": f"https://example.org/{n}",
        "language": "en",
        "kind": "web",
        "primary": "yes" if n % 2 else "no",
        "access": "made up",
    }
    listed = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@online{{example{n},\n{listed}}}\n"


def _front_page(claims: int) -> NotebookNode:
    cells = [
        new_markdown_cell(f"(verdict-rule)=\n# A book of {claims} claims"),
        new_markdown_cell("It is only there to be built, and says nothing of the world."),
        new_code_cell("from lostlead.pages import verdict_counts, verdict_table\n\nverdict_counts()"),
        new_code_cell("verdict_table()"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"front-{number}"
        if cell.cell_type == "code":
            cell["metadata"] = {"tags": ["remove-input"]}
    notebook: NotebookNode = new_notebook(cells=cells)
    return notebook


def _notebook(claim: str, n: int) -> NotebookNode:
    check = CHECK.format(n=n, said=_said(n), kind=_kind(n))
    if n % EVERY:
        return claim_notebook(claim, f"Satellite {n}", check)
    draw = DRAW.format(n=n, mass=_mass(n))
    show = f'figure(chart, "{Path(_page(claim, n)).stem}.ipynb", depth=2)'
    return claim_notebook(claim, f"Satellite {n}", check, draw, show)
