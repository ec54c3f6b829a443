"""The audit asks about every package of a lock, here a database on loopback, and never calls silence a clean bill."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lostlead.build.audit import audit, flaws

from .loopback import Answer, serving


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project whose lock has two packages that nobody can install."""
    lines = [f"{name} \\\n    --hash=sha256:{'0' * 64}\n" for name in ("alpha==1.0", "beta==2.0")]
    (tmp_path / "requirements.lock").write_text("".join(lines), encoding="utf-8")
    return tmp_path


def test_a_known_vulnerability_is_told_with_where_it_is_mended() -> None:
    found: list[dict[str, object]] = [
        {"id": "EX-1", "fix_versions": ["1.1", "2.0"]},
        {"id": "EX-2", "fix_versions": []},
    ]
    packages: list[dict[str, object]] = [
        {"name": "alpha", "version": "1.0", "vulns": found},
        {"name": "beta", "version": "2.0", "vulns": []},
    ]
    assert flaws(packages) == [
        "alpha 1.0: EX-1; mended in 1.1, 2.0",
        "alpha 1.0: EX-2; mended in no version yet",
    ]


def test_every_package_of_the_lock_is_asked_about(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flaw = Answer(json.dumps({"vulns": [{"id": "EX-2026-1", "affected": []}]}).encode(), kind="application/json")
    with serving() as database:
        database.give("/", Answer(b"{}", kind="application/json"), flaw)
        assert audit(home, options=("--osv-url", database.url)) == 1
        assert database.paths() == ["/", "/"]
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "beta 2.0: EX-2026-1; mended in no version yet",
        "2 packages asked about, 1 known vulnerabilities",
    ]
    assert told.err == ""


def test_an_answer_that_knows_nothing_is_clean(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as database:
        database.give("/", Answer(b"{}", kind="application/json"))
        assert audit(home, options=("--osv-url", database.url)) == 0
    assert capsys.readouterr().out == "2 packages asked about, 0 known vulnerabilities\n"


@pytest.mark.parametrize("there", [True, False])
def test_a_database_that_refuses_or_is_not_there_is_one_message(
    home: Path, capsys: pytest.CaptureFixture[str], there: bool
) -> None:
    with serving() as database:
        options = ("--osv-url", database.url)
        if there:  # it has no page to answer with
            assert audit(home, options=options) == 1
    if not there:
        assert audit(home, options=options) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert told.err.startswith("error: the packages could not be asked about")
