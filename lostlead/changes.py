"""The page of changes: which verdict changed when and why, what each release brought, and what was corrected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from lostlead import tables
from lostlead.evidence import Period
from lostlead.pages import Block, claim_links, escape, fact_link, table, verdict_words
from lostlead.releases import KINDS, parse

STEPS = {
    "first": "the first release",
    "major": "a verdict changed",
    "minor": "facts, readings, figures or pages were added or taken away",
    "patch": "only wording changed",
}


def verdict_changes(home: Path | None = None) -> Block:
    """Return how many verdicts have changed since they were first given, then claim by claim every verdict with its why."""
    home = home or tables.find_home()
    history, checked = tables.read("verdict_history", home), set(tables.read("verdicts", home)["claim"])
    register = tables.read("claims", home).set_index("claim")
    history = history.assign(order=[parse(version) for version in history["version"]])
    rows = []
    for row in history.sort_values(["claim", "order"], kind="stable").itertuples():
        before = verdict_words(row.before) if pd.notna(row.before) else ""
        link = claim_links([row.claim], register, checked)
        rows.append([link, row.version, before, verdict_words(row.verdict), escape(row.confidence), escape(row.why)])
    changed = history[history["before"].notna()]
    header = ["Claim", "Version", "Before", "Verdict", "Confidence", "Why"]
    return Block(
        f"{_counted(changed, len(set(history['claim'])))}\n\n{table(header, rows, classes='sortable filterable')}"
    )


def _counted(changed: pd.DataFrame, claims: int) -> str:
    if changed.empty:
        return f"None of the verdicts on {claims} claims has changed since it was first given."
    which = sorted(set(changed["claim"]))
    return f"Claims whose verdict has changed, {len(which)} of {claims}: {', '.join(which)}."


def release_list(home: Path | None = None) -> Block:
    """Return the releases, the newest first: date, kind, what changed in a sentence, and what was added or taken away."""
    home = home or tables.find_home()
    listed, ledger = tables.read("releases", home), tables.read("release_contents", home)
    facts = set(tables.read("facts", home)["fact"])
    parts = []
    for row in sorted(listed.itertuples(), key=lambda row: parse(row.version), reverse=True):
        date = Period.parse(str(row.date)).say()
        parts += [f"**{row.version}**, {date}: {STEPS[row.step]}. {escape(row.summary).rstrip('.')}.", ""]
        for word, column in (("Added", "added"), ("Taken away", "removed")):
            parts += _difference(word, ledger[ledger[column] == row.version], facts, folded=row.step != "first")
    return Block("\n".join(parts) + "\n")


def _difference(word: str, rows: pd.DataFrame, facts: set[str], *, folded: bool) -> list[str]:
    """Return the lines that say what a release added or took away: how many of each kind, and in a fold their names."""
    names = {kind: list(rows.loc[rows["kind"] == kind, "name"]) for kind in KINDS}
    told = [f"{len(found)} {kind}{'' if len(found) == 1 else 's'}" for kind, found in names.items() if found]
    if not told:
        return []
    line = f"{word}: {', '.join(told)}"
    if not folded:
        return [f"{line}.", ""]
    lists = [f"- {kind.capitalize()}s: {_named(kind, found, facts)}" for kind, found in names.items() if found]
    return [f":::{{dropdown}} {line}", *lists, ":::", ""]


def _named(kind: str, names: Sequence[str], facts: set[str]) -> str:
    return ", ".join(fact_link(name) if kind == "fact" and name in facts else f"`{name}`" for name in names)


def corrections_log(home: Path | None = None) -> Block:
    """Return the corrections, the newest first: what was wrong, what stands now, why, and whether it is done."""
    home = home or tables.find_home()
    register, checked = tables.read("claims", home).set_index("claim"), set(tables.read("verdicts", home)["claim"])
    rows = tables.read("corrections", home).sort_values(["date", "correction"], ascending=[False, True])
    header = ["Date", "Version", "Claims", "What was wrong", "Now", "Why", "Status"]
    return Block(
        table(header, _correction_rows(rows, register, checked), classes="sortable filterable stacked labelled")
    )


def _correction_rows(rows: pd.DataFrame, register: pd.DataFrame, checked: set[str]) -> Iterable[list[str]]:
    for row in rows.itertuples():
        claims = claim_links(tables.split(row.claims), register, checked)
        told = (escape(text) for text in (row.what, row.now, row.why, row.status))
        yield [str(row.date), row.version, claims, *told]
