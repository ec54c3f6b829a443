"""How readings stand on a page: in words, as a full table, and as the data of the control that lets a reader choose.

The control itself is ``lostlead/theme/static/readings.js``. Without it the tables are there, complete.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from lostlead import figures
from lostlead.claims import Claim
from lostlead.evidence import anchor
from lostlead.readings import EVERY, IS, WORDS, Exclusion, Explored, Part, held, summary
from lostlead.tables import DataError
from lostlead.verdicts import Proposition, Reading

HOLDS = {True: "✔ holds", False: "✘ fails", None: "? undecided"}
OUTCOMES = {words: holds for holds, words in WORDS.items()}
OUTCOME = {True: 1, False: 0, None: None}


def in_sum(claim: Claim) -> list[str]:
    """Return a sentence for each part of the claim that has readings, or one for the readings that have no part."""
    if claim.explored:
        return [f"“{explored.part.words}” {summary(explored)}." for explored in claim.explored]
    if claim.readings:
        count, size = held(claim.readings)
        return [f"It holds under {count} of {size} readings."]
    return []


def header(part: Part) -> list[str]:
    """Return the heads of the full table of a part: a column a choice, then value, threshold and outcome."""
    return [choice.asks for choice in part.choices] + ["Value", "Threshold", "It then"]


def row(part: Part, chosen: Iterable[str], value: Any, threshold: Any, holds: bool | None) -> list[str]:
    """Return one reading as cells of the full table; a value that is not known is None."""
    unit = f" {part.unit}" if part.unit and part.rule != IS else ""
    shown = "not known" if value is None else f"{said(value)}{unit}"
    return [*chosen, shown, f"{part.rule} {said(threshold)}", HOLDS[holds]]


def row_of(part: Part, reading: Reading) -> list[str]:
    """Return a reading that was just computed as cells of the full table."""
    return row(part, reading.choices.values(), reading.value, reading.threshold, reading.holds)


def table_anchor(part: Part) -> str:
    """Return the anchor of the full table of a part on the page of readings."""
    return f"readings-{part.claim.lower()}-{part.name}"


def data_of(part: Part, home: Path = Path()) -> Path:
    """Return the path of the data of the chart of a part's readings."""
    return home / figures.FOLDER / f"{part.claim.lower()}-{part.name}-readings.csv"


def drawn(part: Part, home: Path) -> list[list[str]]:
    """Return the full table of a part from the data of the chart of its readings, which ``readings.frame`` made.

    It is empty when there is no such chart. Raises DataError when a column is missing.
    """
    try:  # and so it is noted as read even where it is not there
        with data_of(part, home).open(encoding="utf-8", newline="") as handle:
            entries = list(csv.DictReader(handle))
    except FileNotFoundError:
        return []
    columns = [choice.name for choice in part.choices]
    for name in [*columns, "value", "threshold", "holds"]:
        if entries and name not in entries[0]:
            where = data_of(part).as_posix()
            raise DataError(where, "the column is missing", f"run the notebook of {part.claim} again", column=name)
    return [
        row(
            part,
            (entry[name] for name in columns),
            _number(entry["value"]) if entry["value"] else None,
            _number(entry["threshold"]),
            OUTCOMES[entry["holds"]],
        )
        for entry in entries
    ]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def said(value: Any) -> str:
    """Return a value or threshold as it is read: numbers from ten thousand on with commas, words as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.10g}" if abs(value) >= 10000 else f"{value:.10g}"


def reasons(explored: Explored) -> list[tuple[str, int]]:
    """Return why combinations were left out, each reason with the number of combinations, in the order of the data."""
    counted: dict[str, int] = {}
    for entry in explored.left_out:
        counted[entry.reason] = counted.get(entry.reason, 0) + 1
    return list(counted.items())


def island(claim: Claim) -> str:
    """Return the data of the control as JSON that can stand in a page: no ``<`` or ``&`` is left in it.

    ``kind`` and ``propositions`` are what the verdict rule needs; each part has its choices, its sentence, and its
    readings as ``[options, value, threshold, outcome, working]`` (``options`` are positions; ``working`` is the position
    of the figures behind the reading, or null). A working is a list of positions of ``columns``; a column has its name,
    its cells, and true where the cells are positions of ``texts``. An exclusion is, for each choice, the options it
    names (null for all of them), and its reason.
    """
    workings = _Workings()
    data = {
        "claim": claim.id,
        "kind": claim.kind,
        "propositions": [[p.role == "core", OUTCOME[p.holds]] for p in claim.propositions],
        "parts": [_part(explored, claim.propositions, workings) for explored in claim.explored],
        "workings": list(workings.tables),
        "columns": [json.loads(column) for column in workings.columns],
        "texts": list(workings.texts),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


class _Workings:
    """The figures behind readings: each table, column and text once, in the order in which it comes first."""

    def __init__(self) -> None:
        self.tables: dict[tuple[int, ...], int] = {}
        self.columns: dict[str, int] = {}
        self.texts: dict[Any, int] = {}

    def place(self, rows: pd.DataFrame) -> int:
        """Return the position of a table of figures, added where it is not there yet."""
        columns = []
        for name in rows.columns:
            cells = [_plain(cell) for cell in rows[name]]
            in_words = any(isinstance(cell, str) for cell in cells)
            if in_words:
                cells = [self.texts.setdefault(cell, len(self.texts)) for cell in cells]
            column = json.dumps([str(name), cells, in_words], ensure_ascii=False)
            columns.append(self.columns.setdefault(column, len(self.columns)))
        return self.tables.setdefault(tuple(columns), len(self.tables))


def _part(explored: Explored, propositions: Sequence[Proposition], workings: _Workings) -> dict[str, Any]:
    part = explored.part
    texts = [proposition.text for proposition in propositions]
    places = {choice.name: [option.name for option in choice.options] for choice in part.choices}

    def options(chosen: dict[str, str]) -> list[int]:
        return [places[name].index(option) for name, option in chosen.items()]

    def excluded(entry: Exclusion) -> list[list[int] | None]:
        named = {name: [places[name].index(option) for option in names] for name, names in entry.options.items()}
        return [named.get(choice.name) for choice in part.choices]

    rests_on = dict.fromkeys(fact for reading in explored.readings for fact in reading.rests_on)
    return {
        "name": part.name,
        "words": part.words,
        "asks": part.asks,
        "sentence": part.sentence,
        "rule": part.rule,
        "unit": part.unit,
        "proposition": texts.index(explored.stands_for) if explored.stands_for else None,
        "choices": [
            {"name": choice.name, "asks": choice.asks, "options": [[option.name, option.words] for option in choice.options]}
            for choice in part.choices
        ],
        "readings": [
            [
                options(reading.choices), reading.value, reading.threshold, OUTCOME[reading.holds],
                None if (rows := explored.workings.get(reading.name)) is None else workings.place(rows),
            ]
            for reading in explored.readings
        ],
        "exclusions": [[excluded(entry), entry.reason] for entry in part.exclusions],
        "tables": list(_tables(rests_on)),
    }  # fmt: skip


def _tables(facts: Iterable[str]) -> Iterable[list[str]]:
    """Return the name and anchor of each table, or fact, that readings rest on."""
    for fact in facts:
        name = fact.removesuffix(f":{EVERY}")
        yield [name, anchor(fact)]


def _plain(cell: Any) -> Any:
    if cell is None or pd.isna(cell):
        return None
    number = cell.item() if hasattr(cell, "item") else cell
    return round(number, 2) if isinstance(number, float) else number
