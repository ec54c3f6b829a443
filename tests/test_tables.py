"""Every table fits its descriptor, and a slip in one is told with file, row, column and remedy."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from frictionless import Package
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from lostlead import tables
from lostlead.build import check_inputs
from lostlead.claims import read_facts
from lostlead.tables import DataError

from .conftest import ROOT

Edit = Callable[[str, str, str], None]
RESOURCES = tables.read_descriptor(ROOT)["resources"]
HAND_MADE = {  # tables whose rows are ours and name no source
    "claims", "verdicts", "poll_questions", "gaps", "reading_parts", "reading_choices", "reading_exclusions",
    "releases", "verdict_history", "release_contents", "corrections",
}  # fmt: skip


def test_the_package_is_valid_by_frictionless() -> None:
    report = Package(str(ROOT / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:5]


def test_all_inputs_are_in_order() -> None:
    check_inputs(ROOT)


@pytest.mark.parametrize("entry", RESOURCES, ids=lambda entry: entry["name"])
def test_a_table_says_what_it_is(entry: dict[str, object]) -> None:
    for key in ("title", "description", "x-row", "x-missing", "x-compiled", "licenses", "sources", "encoding"):
        assert entry.get(key), f"{entry['name']} does not say its {key}"
    schema = entry["schema"]
    assert isinstance(schema, dict)
    assert schema["primaryKey"]
    names = [field["name"] for field in schema["fields"]]
    if entry["name"] not in HAND_MADE:
        assert {"sources", "checked"} <= set(names)
    for field in schema["fields"]:
        assert field["description"], field["name"]
        if field["type"] == "number":
            assert field.get("x-unit"), f"{entry['name']}.{field['name']} has no unit"


@pytest.mark.parametrize("name", tables.table_names(ROOT))
def test_a_table_is_read_with_its_types(name: str) -> None:
    frame = tables.read(name, ROOT)
    for field in tables.resource(name, ROOT)["schema"]["fields"]:
        expected = tables.PANDAS_TYPES.get(field["type"], "str")
        assert str(frame[field["name"]].dtype) == expected
    assert not frame.duplicated(tables.key_fields(name, ROOT)).any()


SLIPS = [
    ("data/facts.csv", "fact,claims,statement", "fact,claim,statement", 1, "claim", "the header must be exactly"),
    (
        "data/launches.csv",
        "1957,USA,hardware,1,0",
        "1957,USA,hardware,one,0",
        2,
        "attempts",
        "write a value of that type",
    ),
    ("data/launches.csv", "1957,USA,hardware,1,0", "1957,USA,hardware,-1,0", 2, "attempts", "the rule allows"),
    ("data/launches.csv", "1957,USA,hardware", "1957,Narnia,hardware", 2, "state", "the rule allows"),
    ("data/launches.csv", "1957,USA,hardware,1,0,gcat", "1957,USA,hardware,1,0,gkat", 2, "sources", "add the entry"),
    (
        "data/launches.csv",
        "1957,USA,hardware,1,0,gcat,dataset",
        "1957,USA,hardware,1,0",
        2,
        "sources",
        "write all columns",
    ),
    ("data/polls.csv", "fom-2002,fom-retains-lead,", "fom-2002,fom-retains-leed,", 2, "question", "add what it names"),
    ("data/facts.csv", ",date,,1945-09-02,", ",date,,1945-09-02,unknown-source;", 2, "sources", "add the entry"),
    ("data/facts.csv", "1945-09-02,date", "2 Sept 1945,date", 2, "value", "write a value of type date"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column", "remedy"), SLIPS, ids=[f"{s[4]}-{n}" for n, s in enumerate(SLIPS)]
)
def test_a_slip_is_told_with_file_row_column_and_remedy(
    data_home: Path, edit: Edit, file: str, old: str, new: str, row: int, column: str, remedy: str
) -> None:
    edit(file, old, new)
    with pytest.raises(DataError) as caught:
        check_inputs(data_home)
    error = caught.value
    assert (error.file, error.row, error.column) == (file, row, column)
    assert remedy in error.remedy
    assert str(error).startswith(f"{file}, row {row}, column '{column}': ")


def test_a_duplicate_id_is_told_with_its_row(data_home: Path) -> None:
    path = data_home / "data" / "claims.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"data/claims\.csv, row {len(lines) + 1}"):
        check_inputs(data_home)


def test_a_missing_file_is_told(data_home: Path) -> None:
    (data_home / "data" / "polls.csv").unlink()
    with pytest.raises(DataError, match=r"data/polls\.csv: the file is missing\. Remedy: restore it"):
        check_inputs(data_home)


def test_a_byte_that_is_not_utf8_is_told_with_row_and_column(data_home: Path) -> None:
    path = data_home / "data" / "launches.csv"
    path.write_bytes(path.read_bytes().replace(b"1958,USA", b"1958,US\xc1", 1))
    line = path.read_bytes().split(b"\n").index(next(x for x in path.read_bytes().split(b"\n") if b"\xc1" in x)) + 1
    with pytest.raises(DataError, match=rf"row {line}, column 'state': byte 0xc1 is not UTF-8"):
        check_inputs(data_home)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "the file is empty"), (b"\xef\xbb\xbfyear\n", "byte order mark"), (b"year\n\x00\n", "NUL character")],
)
def test_an_unusable_file_is_told(data_home: Path, content: bytes, message: str) -> None:
    (data_home / "data" / "launches.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        tables.read("launches", data_home)


def test_a_table_without_rows_is_told(data_home: Path) -> None:
    path = data_home / "data" / "person_days.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"data/person_days\.csv: the table has a header but no rows"):
        tables.read("person_days", data_home)


def test_a_table_that_nobody_describes_is_told(data_home: Path) -> None:
    (data_home / "data" / "stray.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"data/stray\.csv: no descriptor names this file"):
        check_inputs(data_home)


def test_an_unknown_table_name_lists_the_known_ones(data_home: Path) -> None:
    with pytest.raises(DataError, match=r"there is no table 'lanches'.*launches"):
        tables.read("lanches", data_home)


def test_outside_the_project_the_remedy_is_to_go_inside(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="run this from inside a clone"):
        tables.find_home(tmp_path)


def test_a_line_number_counts_the_lines_of_a_quoted_cell(data_home: Path, edit: Edit) -> None:
    edit("data/facts.csv", "In Europe the war ended in May 1945.", '"In Europe\nthe war ended in May 1945."')
    assert tables.line_of("facts", 1, data_home) == 4


def test_rows_are_named_by_their_key() -> None:
    rows = tables.read("launches", ROOT).query("year == 1957 and basis == 'site'")
    assert tables.row_keys("launches", rows, ROOT) == ["launches:1957,USA,site", "launches:1957,USSR/Russia,site"]


def test_the_three_bases_count_the_same_launches() -> None:
    launches = tables.read("launches", ROOT)
    totals = launches.groupby(["year", "basis"])[["attempts", "successes"]].sum().unstack("basis")
    for measure in ("attempts", "successes"):
        assert (totals[measure].nunique(axis=1) == 1).all()
    assert (launches["successes"] <= launches["attempts"]).all()


def test_crewed_launches_are_counted_in_order() -> None:
    crewed = tables.read("crewed_launches", ROOT)
    assert (crewed["reached_orbit"] <= crewed["lift_offs"]).all()
    assert (crewed["lift_offs"] <= crewed["attempts"]).all()
    launches = tables.read("launches", ROOT).query("basis == 'hardware'")
    both = crewed.merge(launches, on=["year", "state"], suffixes=("_crewed", "_all"))
    assert (both["attempts_crewed"] <= both["attempts_all"]).all()


def test_the_recorded_counts_of_the_crosschecks_are_those_of_the_launch_table() -> None:
    launches = tables.read("launches", ROOT)
    checks = tables.read("launch_crosschecks", ROOT)
    plain = checks[
        checks["catalogue_measure"].isin(["attempts", "successful launches", "failures"])
        & checks["basis"].isin(["hardware", "operator", "site", "all agree"])
        & checks["year_from"].str.fullmatch(r"\d{4}")
        & checks["year_to"].str.fullmatch(r"\d{4}")
        & checks["state"].isin([*launches["state"].unique(), "World"])
    ]
    assert len(plain) > 60
    for row in plain.itertuples():
        rows = launches[
            launches["year"].between(int(row.year_from), int(row.year_to))
            & (launches["basis"] == (row.basis if row.basis != "all agree" else "hardware"))
            & ((launches["state"] == row.state) | (row.state == "World"))
        ]
        attempts, successes = int(rows["attempts"].sum()), int(rows["successes"].sum())
        expected = {"attempts": attempts, "successful launches": successes, "failures": attempts - successes}
        assert row.catalogue_count == expected[row.catalogue_measure], row.comparison


def test_polls_of_one_question_do_not_exceed_a_hundred_percent() -> None:
    polls = tables.read("polls", ROOT).merge(tables.read("poll_questions", ROOT), on="question")
    single = polls[(polls["answer_type"] == "single") & ~polls["is_subtotal"].astype(bool)]
    sums = single.groupby(["poll", "question"])["percent"].sum()
    assert (sums <= 101).all(), sums[sums > 101]


# Cells as people, spreadsheets and bad days write them. Whatever happens to a table, it is read as it is written or
# refused with its place; nothing is guessed.
CELLS = (
    "", " ", "0", "-0", "00", "007", " 7", "7 ", "1e3", "1E400", "1_000", "1,000", "1.5", "1.", ".5", "+1", "--1", "0x10",
    "NaN", "nan", "inf", "-Infinity", "None", "null", "NA", "N/A", "#REF!", "true", "True", "TRUE", "yes", "1/2", "１２",
    "٣", "²", "9" * 15, "9" * 16, "9" * 40, "0." + "1" * 30, "1957-10-04", "1957-02-30", "1957-13-01", "0000-00-00",
    "19571004", "4.10.1957", "04/10/1957", "1957-10-4", "1957-10-04T00:00:00Z", "9999-12-31", "=1+1", "+1+1", "-cmd|' /C",
    "@SUM(A1)", "\t=1", "a;b", ";", ";;", "gcat", "gcat;", "gcat; gcat", "C03", "c03", "C03;C03", "USA", "usa", "USA\u200b",
    "\u202eASU", "שלום", "e\u0301", "\ufeff1", "a\x00b", "a\nb", "a\rb", "\u2028", "\x85", "\xa0", '"', "'", "a,b", "\\",
    "x" * 200_000,
)  # fmt: skip
TRIES = 8  # inputs a table
Rows = list[list[str]]


def written(rows: Rows, ends: str = "\n", *, quoting: Any = csv.QUOTE_MINIMAL) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=ends, quoting=quoting).writerows(rows)
    return buffer.getvalue().encode("utf-8", "surrogatepass")


@st.composite
def mishap(draw: st.DrawFn, rows: Rows) -> tuple[str, bytes]:
    """One thing that goes wrong with a table, by name, and the bytes of the file after it."""
    rows = [list(row) for row in rows]
    row, column = draw(st.integers(1, len(rows) - 1)), draw(st.integers(0, len(rows[0]) - 1))
    other, to = draw(st.integers(1, len(rows) - 1)), draw(st.integers(0, len(rows[0]) - 1))
    cell = draw(st.one_of(st.sampled_from(CELLS), st.text(max_size=12), st.floats().map(str), st.integers().map(str)))
    what = draw(st.sampled_from(["cell", "cell", "cell", "cell", "row", "rows", "columns", "bytes", "writing"]))
    if what == "cell":
        rows[row][column] = cell
    elif what == "row":
        edit = draw(st.sampled_from(["delete", "repeat", "shorten", "lengthen", "swap cells", "blank"]))
        if edit == "delete" and len(rows) > 2:
            del rows[row]
        elif edit == "repeat":
            rows.insert(other, list(rows[row]))
        elif edit == "shorten":
            del rows[row][column]
        elif edit == "lengthen":
            rows[row].insert(column, cell)
        elif edit == "swap cells":
            rows[row][column], rows[row][to] = rows[row][to], rows[row][column]
        else:
            rows[row] = [""] * len(rows[0])
        what = f"row: {edit}"
    elif what == "rows":
        rows[row], rows[other] = rows[other], rows[row]
    elif what == "columns":
        edit = draw(st.sampled_from(["delete", "repeat", "swap", "rename"]))
        for line in rows:
            if edit == "delete":
                del line[column]
            elif edit == "repeat":
                line.insert(to, line[column])
            elif edit == "swap":
                line[column], line[to] = line[to], line[column]
        if edit == "rename":
            rows[0][column] = cell
        what = f"columns: {edit}"
    elif what == "writing":
        what = draw(
            st.sampled_from(
                ["CRLF", "CR", "all quoted", "semicolons", "UTF-16", "BOM", "no last line end", "blank lines"]
            )
        )
        plain = written(rows)
        return what, {
            "CRLF": written(rows, "\r\n"),
            "CR": written(rows, "\r"),
            "all quoted": written(rows, quoting=csv.QUOTE_ALL),
            "semicolons": plain.replace(b",", b";"),
            "UTF-16": plain.decode("utf-8").encode("utf-16"),
            "BOM": b"\xef\xbb\xbf" + plain,
            "no last line end": plain.rstrip(b"\n"),
            "blank lines": plain.replace(b"\n", b"\n\n", 3),
        }[what]
    raw = written(rows)
    if what == "bytes":
        at = draw(st.integers(0, len(raw) - 1))
        new = draw(
            st.sampled_from(
                [b"", b"\x00", b"\xff", b"\xc3", b'"', b"\r", b"\n", b"\r\n", b",", b"\xef\xbb\xbf", b";", b"\t"]
            )
        )
        raw = raw[:at] + new + raw[at + draw(st.integers(0, 2)) :]
    return what, raw


def shown(value: Any) -> str:
    """A value of a frame as the one way in which it may stand in the file."""
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    return str(value)


def same(cell: str, value: Any, kind: str) -> bool:
    """Tell whether a value is what the cell of the file says, read strictly."""
    if kind == "number" and cell:
        return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) is not None and float(cell) == value
    if kind == "integer" and cell:
        return re.fullmatch(r"-?[0-9]+", cell) is not None and int(cell) == value
    return cell == shown(value)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the data in which one table at a time is broken."""
    home = tmp_path_factory.mktemp("broken") / "lost lead"
    shutil.copytree(ROOT / "data", home / "data")
    (home / "book").mkdir()
    shutil.copy2(ROOT / "book" / "references.bib", home / "book")
    return home


@pytest.mark.parametrize("entry", RESOURCES, ids=lambda entry: entry["name"])
def test_a_broken_table_is_read_as_it_is_written_or_refused_with_its_place(broken: Path, entry: dict[str, Any]) -> None:
    name, path = entry["name"], broken / "data" / entry["path"]
    sound = path.read_bytes()
    start = list(csv.reader(io.StringIO(sound.decode("utf-8"), newline="")))
    # A long table is tried by its first rows: what is done to a row does not depend on where it stands.
    start = start[:40]
    fields = [field["name"] for field in entry["schema"]["fields"]]
    types = {field["name"]: field["type"] for field in entry["schema"]["fields"]}

    @given(done=mishap(start))
    @settings(
        max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True,
        phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @example(done=("nothing", written(start)))
    def breaks(done: tuple[str, bytes]) -> None:
        what, raw = done
        path.write_bytes(raw)
        try:
            frame = read_facts(broken) if name == "facts" else tables.read(name, broken)
        except DataError as error:
            assert error.file == f"data/{entry['path']}", what
            assert error.problem, what
            assert error.remedy, what
            whole = re.search("empty|no rows|not CSV|too (short|long)|row is empty", error.problem)
            assert whole or error.row is not None, (what, str(error))
            assert whole or error.column is not None, (what, str(error))
            return
        lines = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
        lines = [line for line in lines if line]
        assert lines[0] == fields == list(frame.columns), what
        assert len(lines) - 1 == len(frame), what
        for line, values in zip(lines[1:], frame.itertuples(index=False), strict=True):
            for cell, value, column in zip(line, values, fields, strict=True):
                assert same(cell, value, types[column]), (what, column, cell, value)

    try:
        breaks()
    finally:
        path.write_bytes(sound)
