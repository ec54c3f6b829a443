"""The bench times what it says, in copies, and tells honestly what is not met."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from lostlead.build import bench
from lostlead.build.bench import CASES, FACT, PAGE, compare_with_plain_build, one_fact, one_page

from .conftest import ROOT


@pytest.mark.parametrize(("seconds", "told"), [(10.0, "1/6.0"), (10.1, "1/5.9")])
def test_a_line_has_the_ratio_and_whether_the_target_is_met(seconds: float, told: str) -> None:
    line = bench._line(CASES[0], seconds, 60.0)
    assert told in line
    assert line.endswith(" met")
    assert line.endswith(" not met") == (seconds > 10)


@pytest.mark.parametrize("change", [one_fact, one_page])
def test_a_change_is_made_and_taken_back(tmp_path: Path, change: bench.Change) -> None:
    name = (FACT if change is one_fact else PAGE)[0]
    (tmp_path / name).parent.mkdir()
    shutil.copy2(ROOT / name, tmp_path / name)
    before = (tmp_path / name).read_bytes()
    change(tmp_path, 0)
    assert (tmp_path / name).read_bytes() != before
    change(tmp_path, 1)
    assert (tmp_path / name).read_bytes() == before


def test_a_place_that_is_gone_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / FACT[0]).write_text("fact\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"data/facts\.csv has no .* any more"):
        one_fact(tmp_path, 0)


def test_every_case_is_timed_in_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (FACT[0], PAGE[0]):
        (tmp_path / name).parent.mkdir()
        shutil.copy2(ROOT / name, tmp_path / name)
    before = {name: (tmp_path / name).read_bytes() for name in (FACT[0], PAGE[0])}
    monkeypatch.setattr(bench, "PLAIN", [sys.executable, "-c", "import time; time.sleep(0.5)"])
    monkeypatch.setattr(bench, "OURS", [sys.executable, "-c", "pass"])
    assert compare_with_plain_build(tmp_path) == 0
    told = capsys.readouterr().out
    assert [line.split("  ")[0] for line in told.splitlines()[1:-1]] == [case.name for case in CASES]
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_a_build_that_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "PLAIN", [sys.executable, "-c", "raise SystemExit('no such book')"])
    assert compare_with_plain_build(tmp_path) == 1
    assert "no such book" in capsys.readouterr().err
