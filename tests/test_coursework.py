"""The exercises: their worked answers are run, and what they say is worked out here a second time in another way."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import nbformat
import pytest
from bs4 import BeautifulSoup

from lostlead import tables
from lostlead.build.notebooks import kept_in, run_notebooks
from lostlead.build.scaffold import add_claim_page
from lostlead.scratch import add_row, add_source, scratch
from lostlead.sources import read_sources
from lostlead.tables import DataError

from .conftest import ROOT, copy_project

NOTEBOOK = ROOT / "book" / "coursework.ipynb"
CELLS = nbformat.read(NOTEBOOK, as_version=4).cells
ANSWERS = [cell for cell in CELLS if "hide-cell" in cell.metadata.get("tags", [])]


def rows_of(table: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def digest_of_data() -> str:
    files = sorted((ROOT / "data").iterdir())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@pytest.fixture(scope="module")
def answers() -> SimpleNamespace:
    """What the names of the notebook stand for when all its cells have run; the data are as they were."""
    before, names = digest_of_data(), dict[str, Any]()
    with chdir(ROOT), patch("lostlead.pages.picture", lambda chart: None):
        for cell in CELLS:
            if cell.cell_type == "code":
                exec(cell.source, names)
    assert digest_of_data() == before
    return SimpleNamespace(**names)


def test_each_of_six_exercises_starts_from_the_book_and_has_one_answer_behind_a_fold() -> None:
    parts: list[list[Any]] = []
    for cell in CELLS:
        if cell.cell_type == "markdown" and "**Task.**" in cell.source:
            parts.append([])
            assert "**Start from**" in cell.source
            assert "**Hint.**" in cell.source
        if parts and cell in ANSWERS:
            parts[-1].append(cell)
    assert [len(part) for part in parts] == [1] * 6


def test_the_reading_that_flips_the_verdict(answers: SimpleNamespace) -> None:
    article = 25
    assert [row["value"] for row in rows_of("facts") if row["fact"] == "article-station-share"] == [str(article)]
    share = {row["reading"]: float(row["percent"]) for row in rows_of("station_share")}
    told = dict(zip(answers.now["reading"], answers.now["verdict"], strict=True))
    assert len(told) > 10
    for reading, verdict in told.items():
        assert verdict == ("Supported" if abs(share[reading] - article) <= 5 else "Contradicted"), reading
    counts = [(told["modules-count-2025-zarya-russian"], told["modules-count-2025-zarya-us"])]
    assert counts == [("Contradicted", "Supported")]
    assert answers.flips.loc["number of modules", "sum"] == 2
    assert answers.flips.loc["mass of modules", "sum"] == 0


def test_a_poll_that_is_added_moves_the_data_and_not_the_verdict(answers: SimpleNamespace) -> None:
    added = set(answers.after["poll"]) - set(answers.before["poll"])
    assert added == {"made-up-2008"}
    assert not answers.after.set_index("poll").loc["made-up-2008", "joined"]
    assert answers.as_it_stands.verdict == "Contradicted"
    assert (answers.with_both.verdict, answers.with_both.confidence) == ("Supported", "low")


def test_the_joins_that_may_not_be_made(answers: SimpleNamespace) -> None:
    real = {(row["poll"], row["question"], float(row["percent"])) for row in rows_of("polls")}
    drawn = list(answers.wrong.data.itertuples())
    assert {(row.poll, row.question, float(row.percent)) for row in drawn} <= real
    changes = sum(drawn[at].question != drawn[at + 1].question for at in range(len(drawn) - 1))
    assert len(answers.across) == changes > len(drawn) / 2
    jumps = [abs(other.percent - one.percent) for one, other in answers.across]
    assert abs(answers.widest[1].percent - answers.widest[0].percent) == max(jumps)


def test_the_wrong_chart_says_so_wherever_it_is_seen(answers: SimpleNamespace) -> None:
    chart = answers.wrong
    assert all("wrong on purpose" in words.lower() for words in (chart.title, chart.takeaway, chart.alt))
    assert "WRONG ON PURPOSE" in [text.get_text() for text in chart.figure.axes[0].texts]


def test_a_budget_in_another_base_year(answers: SimpleNamespace) -> None:
    prices = {
        int(row["year"]): float(row["value"]) for row in rows_of("deflators") if row["series"] == "us-gdp-deflator"
    }
    nominal = {
        int(row["year"]): float(row["value"]) / 1000 for row in rows_of("budgets") if row["series"] == "nasa-outlays"
    }
    year, base = answers.peak, answers.OTHER
    assert answers.other[year] == pytest.approx(nominal[year] * prices[base] / prices[year])
    assert year == max(nominal.keys() & prices.keys(), key=lambda one: nominal[one] / prices[one])
    ratios = [money[year] / money[answers.recent] for money in (answers.ours, answers.other)]
    assert ratios[0] == pytest.approx(ratios[1])
    assert ratios[0] != pytest.approx(nominal[year] / nominal[answers.recent], rel=0.1)


def test_the_three_audited_facts_are_of_three_kinds(answers: SimpleNamespace) -> None:
    counted, strong, weak = (row for name in answers.AUDITED for row in rows_of("facts") if row["fact"] == name)
    sources = read_sources(ROOT)
    assert counted["checked"] == "dataset"
    assert answers.counted == 1
    assert "the only crewed launch" in counted["statement"]
    assert any(sources[key].primary for key in strong["sources"].split(";"))
    assert not sources[weak["sources"]].primary  # one key: the only source


@pytest.fixture
def with_own_claim(answers: SimpleNamespace, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A copy of the book in which ``make claim`` has made the page of the example, and the path of its notebook."""
    home = copy_project(tmp_path / "lost lead", "data", "_toc.yml", "CITATION.cff", "book/references.bib")
    add_row(
        home, "claims", claim=answers.number, paragraph=2, place="2.9", kind="fact", restated_en="An animal in 1958.",
        restated_fil="Hayop noong 1958.", page=f"book/claims/{answers.number.lower()}-first-animal-in-orbit.html",
    )  # fmt: skip
    (home / "book" / "claims").mkdir()
    yield home, add_claim_page(home, answers.number, "The first animal in orbit", answers.CHECK)


@pytest.mark.parametrize(
    ("day", "verdict"), [("1957-11-03", "Partly supported"), ("1958-11-03", "Supported")], ids=["as it was", "changed"]
)
def test_the_own_check_makes_a_page_and_follows_the_data(
    with_own_claim: tuple[Path, Path], day: str, verdict: str
) -> None:
    home, path = with_own_claim
    firsts = home / "data" / "firsts.csv"
    text = firsts.read_text(encoding="utf-8")
    assert ",1957-11-03,first animal in orbit," in text
    firsts.write_text(text.replace(",1957-11-03,first animal", f",{day},first animal"), encoding="utf-8")
    [notebook] = run_notebooks(home, [path], lambda line: None, 1, total=1).values()
    [record] = kept_in(notebook, "record")
    assert record["verdict"] == verdict


def test_the_answer_to_the_last_exercise_is_what_its_page_says(answers: SimpleNamespace) -> None:
    assert answers.record.verdict == "Partly supported"
    assert [part.wrong_about for part in answers.record.propositions if part.holds is False] == ["date"]


def test_a_scratch_copy_is_gone_afterwards_and_changes_nothing() -> None:
    before = digest_of_data()
    with scratch(ROOT) as home:
        assert {path.name for path in (home / "data").iterdir()} == {path.name for path in (ROOT / "data").iterdir()}
        add_source(home, "zz-a", "Made up")
        add_row(home, "rub_rates", period="1991-01", rub_per_usd_market=1, sources="zz-a", checked="read")
        assert "1991-01" in set(tables.read("rub_rates", home)["period"])
    assert not home.exists()
    assert digest_of_data() == before


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"perod": "1991"}, "there is no column 'perod'. Remedy: use: period, rub_per_usd_market"),
        ({"period": "1991", "rub_per_usd_market": "many", "sources": "gcat", "checked": "read"}, "column 'rub_per_usd"),
        (
            {"period": "1992", "rub_per_usd_market": "1", "sources": "gcat", "checked": "read"},
            "'1992' is used twice",
        ),
    ],
)
def test_a_wrong_row_is_told_and_not_kept(cells: dict[str, str], told: str) -> None:
    with scratch(ROOT) as home:
        path = home / "data" / "rub_rates.csv"
        before = path.read_bytes()
        with pytest.raises(DataError, match=told):
            add_row(home, "rub_rates", **cells)
        assert path.read_bytes() == before


@pytest.mark.parametrize(("key", "told"), [("gcat2", "taken for a real one"), ("zz-a", "zz-a")])
def test_a_made_up_source_cannot_pass_for_a_real_one(key: str, told: str) -> None:
    with scratch(ROOT) as home:
        add_source(home, "zz-a", "Made up")
        before = (home / "book" / "references.bib").read_bytes()
        with pytest.raises(DataError, match=told):
            add_source(home, key, "Made up as well")
        assert (home / "book" / "references.bib").read_bytes() == before


def test_the_answers_stay_folded_on_the_page(site: Path) -> None:
    soup = BeautifulSoup((site / "book" / "coursework.html").read_text(encoding="utf-8"), "lxml")
    folds = [mark.parent for mark in soup.find_all("summary") if mark.get_text() == "Show the worked answer"]
    assert len(folds) == len(ANSWERS) == 6
    for fold in folds:
        assert fold is not None
        assert not fold.has_attr("open")
        assert fold.find("pre") is not None
        assert len(fold.find_all(["p", "li", "td"])) > 2
    assert soup.select_one('article [lang="fil"]') is not None
