"""How readings stand on a page: in words, as a full table, and as the data of the control that lets a reader choose.

The control itself is ``lostlead/theme/static/readings.js``. The full tables, on a page of their own, need no script.
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
    outcomes = {words: holds for holds, words in WORDS.items()}
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
            outcomes[entry["holds"]],
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

    What comes often is told once: ``texts`` are the texts, told elsewhere by their position. ``kind`` and ``propositions``
    are what the verdict rule needs. A part has its choices, with the name and the words of each option (positions of
    texts); its readings as columns: ``places`` (in the list of all combinations, the last choice changing first),
    ``values`` and ``thresholds`` (a text as a list of its position), ``outcomes``, and ``workings`` (positions, or null);
    a column that says the same of all readings has one entry. An exclusion is, for each choice, the options it names
    (null for all of them), and its reason. A working is a list of positions of ``columns``; a column has its name, its
    cells, and true where the cells are positions of texts.
    """
    packed = _Packed()
    data = {
        "claim": claim.id,
        "kind": claim.kind,
        "propositions": [[p.role == "core", _OUTCOME[p.holds]] for p in claim.propositions],
        "parts": [_part(explored, claim.propositions, packed) for explored in claim.explored],
        "workings": list(packed.workings),
        "columns": [json.loads(column) for column in packed.columns],
        "texts": list(packed.texts),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


_OUTCOME = {True: 1, False: 0, None: None}


class _Packed:
    """What the data tells once, in the order in which it comes first: texts, and tables of figures with their columns."""

    def __init__(self) -> None:
        self.workings: dict[tuple[int, ...], int] = {}
        self.columns: dict[str, int] = {}
        self.texts: dict[str, int] = {}

    def text(self, text: str) -> int:
        """Return the position of a text, added where it is not there yet."""
        return self.texts.setdefault(text, len(self.texts))

    def value(self, value: Any) -> Any:
        """Return a value as it is told: a text as a list of its position, all else as it is."""
        return [self.text(value)] if isinstance(value, str) else value

    def working(self, rows: pd.DataFrame | None) -> int | None:
        """Return the position of a table of figures, added where it is not there yet; None where there is no table."""
        if rows is None:
            return None
        columns = []
        for name in rows.columns:
            cells = [_plain(cell) for cell in rows[name]]
            in_words = any(isinstance(cell, str) for cell in cells)
            if in_words:
                cells = [self.text(str(cell)) if cell is not None else None for cell in cells]
            column = json.dumps([str(name), cells, in_words], ensure_ascii=False)
            columns.append(self.columns.setdefault(column, len(self.columns)))
        return self.workings.setdefault(tuple(columns), len(self.workings))


def _part(explored: Explored, propositions: Sequence[Proposition], packed: _Packed) -> dict[str, Any]:
    part, readings = explored.part, explored.readings
    texts = [proposition.text for proposition in propositions]
    options = {choice.name: [option.name for option in choice.options] for choice in part.choices}

    def place(chosen: dict[str, str]) -> int:
        at = 0
        for name, names in options.items():
            at = at * len(names) + names.index(chosen[name])
        return at

    def excluded(entry: Exclusion) -> list[list[int] | None]:
        named = {name: [options[name].index(option) for option in names] for name, names in entry.options.items()}
        return [named.get(choice.name) for choice in part.choices]

    rests_on = dict.fromkeys(fact for reading in readings for fact in reading.rests_on)
    return {
        "name": part.name,
        "words": part.words,
        "asks": part.asks,
        "sentence": part.sentence,
        "rule": part.rule,
        "unit": part.unit,
        "proposition": texts.index(explored.stands_for) if explored.stands_for else None,
        "choices": [
            {
                "name": choice.name,
                "asks": choice.asks,
                "options": [[packed.text(option.name), packed.text(option.words)] for option in choice.options],
            }
            for choice in part.choices
        ],
        "places": [place(reading.choices) for reading in readings],
        "values": _once([packed.value(reading.value) for reading in readings]),
        "thresholds": _once([packed.value(reading.threshold) for reading in readings]),
        "outcomes": _once([_OUTCOME[reading.holds] for reading in readings]),
        "workings": _once([packed.working(explored.workings.get(reading.name)) for reading in readings]),
        "exclusions": [[excluded(entry), packed.text(entry.reason)] for entry in part.exclusions],
        "tables": list(_tables(rests_on)),
    }


def _once(column: list[Any]) -> list[Any]:
    return column[:1] if all(entry == column[0] for entry in column) else column


def _tables(facts: Iterable[str]) -> Iterable[list[str]]:
    """Return the name and anchor of each table, or fact, that readings rest on."""
    for fact in facts:
        name = fact.removesuffix(f":{EVERY}")
        yield [name, anchor(fact)]


def _plain(cell: Any) -> Any:
    if cell is None or pd.isna(cell):
        return None
    number = cell.item() if hasattr(cell, "item") else cell
    if not isinstance(number, float):
        return number
    return int(number) if number.is_integer() else round(number, 2)
