"""The live originals: fetch what a machine can read, derive our tables again, tell what drifted.

Nothing in the book needs this: the tables of ``data/`` are what is checked, and they change only by ``write``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lostlead.tables import DataError
from lostlead.upstream import drift, gcat, worldbank
from lostlead.upstream.drift import Derived, Drift
from lostlead.upstream.fetching import Manners, Original, fetch, forget

CACHE = "_build/upstream"
SEEN = "drift.json"
# Where the originals are; an environment variable of the name given puts another address in its place.
BASES = {
    "LOSTLEAD_GCAT": "https://planet4589.org/space/gcat/tsv",
    "LOSTLEAD_WORLDBANK": "https://api.worldbank.org/v2",
}


def refresh(
    home: Path, say: Callable[[str], None], *, write: bool = False, newer: bool = False, manners: Manners | None = None
) -> int:
    """Fetch the originals, tell row by row what drifted, and return how many rows did.

    With ``write``, ``data/`` takes over the drifted rows, all or none; with ``newer``, rows later than ours as well.
    Raises DataError when an original cannot be had or read, or a table would not fit its descriptor; ``data/`` is
    then as it was.
    """
    drift.recover(home)
    derived = _derive_all(home, say, manners or Manners())
    tables = {entry.table: drift.read_rows(home, entry.table) for entry in derived}
    fresh = {name: list(rows) for name, rows in tables.items()}
    found: list[tuple[Derived, list[Drift]]] = []
    for entry in derived:
        drifts = drift.compare(tables[entry.table], entry)
        found.append((entry, drifts))
        wanted = [item for item in drifts if newer or item.kind != "newer"]
        fresh[entry.table] = drift.apply(fresh[entry.table], entry, wanted)
    _report(found, _first_seen(home / CACHE / SEEN, found), say)
    count = sum(item.kind != "newer" for _, drifts in found for item in drifts)
    changed = {name: rows for name, rows in fresh.items() if rows != tables[name]}
    if write and changed:
        drift.write(home, changed)
        say(f"written: {', '.join(f'data/{name}' for name in sorted(changed))}")
        say("Now say in CHANGELOG.md what changed and why, in book/references.bib which editions, and run: make book")
    elif write:
        say("nothing to write: data/ is as it was")
    elif changed:
        say("data/ is as it was; to take over what drifted: python -m lostlead refresh --write")
    return count


def _derive_all(home: Path, say: Callable[[str], None], manners: Manners) -> list[Derived]:
    bases = {name: os.environ.get(name, address) for name, address in BASES.items()}
    catalogue = gcat.originals(bases["LOSTLEAD_GCAT"])
    queries = worldbank.originals(bases["LOSTLEAD_WORLDBANK"])
    tables = {original.name: _read(home, original, gcat.read_table, say, manners) for original in catalogue}
    edition = tables["launch.tsv"][0]
    until = max(int(row["year"]) for row in drift.read_rows(home, "launches"))
    with _kept_if_right(catalogue, home):
        found = gcat.launches({name: rows for name, (_, rows) in tables.items()})
        derived = gcat.derive(found, edition, until)
    indicators = {
        Path(original.name).stem: _read(home, original, worldbank.read_indicator, say, manners) for original in queries
    }
    with _kept_if_right(queries, home):
        return [*derived, *worldbank.derive(indicators)]


@contextmanager
def _kept_if_right(originals: Iterable[Original], home: Path) -> Iterator[None]:
    """Take originals that turn out wrong out of the cache, so that the next run fetches them again."""
    try:
        yield
    except DataError:
        for original in originals:
            forget(original, home / CACHE)
        raise


def _read(
    home: Path, original: Original, read: Callable[[Path], Any], say: Callable[[str], None], manners: Manners
) -> Any:
    path, sha256 = fetch(original, home / CACHE, manners)
    with _kept_if_right([original], home):
        edition, content = read(path)
    say(f"{original.name}: edition of {edition}, {path.stat().st_size:,} bytes, sha256 {sha256[:16]}")
    return edition, content


def _first_seen(path: Path, found: list[tuple[Derived, list[Drift]]]) -> dict[str, str]:
    """Return for each drifted row the edition in which this drift was first seen, and keep that for the next run."""
    try:
        before: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        before = {}
    names = [(_address(entry, item), entry.edition) for entry, drifts in found for item in drifts]
    seen = {name: before.get(name, edition) for name, edition in names}
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(json.dumps(seen, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(path)
    return seen


def _address(entry: Derived, item: Drift) -> str:
    return f"{item.table}: {item.named(entry)}: {json.dumps(item.cells, sort_keys=True)}"


def _report(found: list[tuple[Derived, list[Drift]]], seen: dict[str, str], say: Callable[[str], None]) -> None:
    kinds = {
        "changed": "differs",
        "gone": "theirs has no such row",
        "missing": "ours has no such row",
        "newer": "later than ours",
    }
    say(f"compared on {datetime.now(UTC).date().isoformat()}:")
    for entry, drifts in found:
        which = f" ({', '.join(entry.select.values())})" if entry.select else ""
        say(f"{entry.table}{which} and {entry.original} of {entry.edition}: {_tell(drifts)}")
        for item in drifts:
            cells = "; ".join(
                f"{name}: ours {a or 'none'}, theirs {b or 'none'}" for name, (a, b) in item.cells.items()
            )
            since = seen[_address(entry, item)]
            say(f"  {item.named(entry)}: {kinds[item.kind]}; {cells}; since the edition of {since}")


def _tell(drifts: list[Drift]) -> str:
    later = sum(item.kind == "newer" for item in drifts)
    parts = [f"rows drifted: {len(drifts) - later}" if len(drifts) > later else "nothing drifted"]
    return ", ".join(parts + ([f"later than ours: {later}"] if later else []))
