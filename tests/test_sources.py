"""The bibliography: one work one entry, independence by origin, and slips told by entry and field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lostlead.sources import BIBLIOGRAPHY, cited_in_prose, read_sources, works
from lostlead.tables import DataError

from .conftest import ROOT

Edit = Callable[[str, str, str], None]
SOURCES = read_sources(ROOT)


def test_keys_are_named_in_the_order_of_the_file() -> None:
    assert list(SOURCES) == sorted(SOURCES)


def test_no_two_entries_have_the_same_address_and_title() -> None:
    seen: dict[tuple[str, str], str] = {}
    for key, source in SOURCES.items():
        if source.url:
            same = seen.setdefault((source.url, source.title), key)
            assert same == key, f"{key} and {same} are one work"


def test_two_reprints_of_one_release_are_one_source() -> None:
    reprints = [key for key, source in SOURCES.items() if source.origin == "VCIOM release of 12 April 2011"]
    assert len(reprints) >= 2
    assert works(reprints, SOURCES) == {"VCIOM release of 12 April 2011"}


def test_a_reprint_and_the_entry_of_its_work_are_one_source() -> None:
    assert works(["gcat", "economist2018"], SOURCES) == {"gcat"}


def test_sources_without_an_origin_are_independent() -> None:
    assert len(works(["gcat", "fai2015spacewalk"], SOURCES)) == 2


def test_an_archived_copy_is_asked_for_near_the_date_of_the_source() -> None:
    source = SOURCES["polit2008fom"]
    assert source.archived == f"https://web.archive.org/web/20080411/{source.url}"


def test_a_source_has_a_short_name_for_running_text() -> None:
    assert SOURCES["polit2008fom"].label == "FOM 2008"
    assert SOURCES["gcat"].label.startswith("McDowell")


SLIPS = [
    ("kind = {database}", "kind = {data base}", "kind", "is not a kind"),
    ("primary = {no}", "primary = {maybe}", "primary", "neither yes nor no"),
    ("language = {en}", "language = {English}", "language", "not a language code"),
    ("url = {http", "url = {javascript", "url", "not http or https"),
    ("title = {", "titel = {", "titel", "this field is not known"),
    ("date = {2", "date = {spring 2", "date", "is not an EDTF date"),
]


@pytest.mark.parametrize(("old", "new", "field", "problem"), SLIPS, ids=[slip[2] for slip in SLIPS])
def test_a_slip_in_an_entry_is_told(data_home: Path, edit: Edit, old: str, new: str, field: str, problem: str) -> None:
    edit(BIBLIOGRAPHY, old, new)
    with pytest.raises(DataError, match=problem) as caught:
        read_sources(data_home)
    assert caught.value.column == field
    assert caught.value.row
    assert caught.value.remedy


def test_a_key_used_twice_is_told_with_its_line(data_home: Path) -> None:
    path = data_home / BIBLIOGRAPHY
    text = path.read_text(encoding="utf-8")
    entry = text[text.index("@online{gcat,") : text.index("}\n\n", text.index("@online{gcat,")) + 3]
    path.write_text(text + "\n" + entry, encoding="utf-8")
    with pytest.raises(DataError, match="repeated") as caught:
        read_sources(data_home)
    assert caught.value.row == text.count("\n") + 2


def test_broken_bibtex_is_told_with_its_line(data_home: Path) -> None:
    path = data_home / BIBLIOGRAPHY
    path.write_text("@online{a,\n  title = {x\n", encoding="utf-8")
    with pytest.raises(DataError, match="this is not BibTeX"):
        read_sources(data_home)


def test_a_missing_bibliography_is_told(data_home: Path) -> None:
    (data_home / BIBLIOGRAPHY).unlink()
    with pytest.raises(DataError, match=r"book/references\.bib: the file is missing"):
        read_sources(data_home)


def test_a_source_cited_in_prose_is_in_the_bibliography() -> None:
    cited = cited_in_prose(ROOT)
    assert "book/method.md" in cited["simonsohn2020specification"]
    assert cited.keys() <= read_sources(ROOT).keys()
