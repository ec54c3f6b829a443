"""Asking source addresses whether they answer: politely, going on where it was left, on loopback only."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import lostlead.__main__ as commands
from lostlead.sources import Source
from lostlead.upstream import links
from lostlead.upstream.links import Address, Finding, Patience, check

from .conftest import copy_project
from .loopback import Answer, Server, serving

find_addresses = socket.getaddrinfo
QUICK = Patience(pause=0.05, limit=2, wait=2, hosts=4)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "lost lead" / "links.jsonl"


def page(server: Server, path: str, *answers: Answer, what: str = "page") -> Address:
    """An address of the server that gives these answers."""
    server.give(path, *answers)
    return Address(path.strip("/"), what, f"{server.url}{path}")


def ask(notes: Path, *addresses: Address, patience: Patience = QUICK) -> dict[str, tuple[str, str]]:
    """Return finding and detail by key."""
    return {item.key: (item.finding, item.detail) for item in check(addresses, notes, patience, progress=False)}


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def only_known_hosts(host: str, *arguments: Any, **options: Any) -> Any:
    """Find the addresses of hosts without asking the network about one that does not exist."""
    if host.endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return find_addresses(host, *arguments, **options)


def test_each_kind_of_answer_has_its_finding(server: Server, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", only_known_hosts)
    moved = Answer(status=301, headers={"Location": "/new"})
    found = ask(
        notes,
        page(server, "/here", Answer(b"text")),
        page(server, "/moved", moved),
        page(server, "/new", Answer(b"text")),
        page(server, "/gone", Answer(status=410)),
        page(server, "/missing", Answer(status=404)),
        page(server, "/forbidden", Answer(status=403)),
        page(server, "/broken", Answer(status=500)),
        page(server, "/moved-away", Answer(status=302, headers={"Location": "/missing"})),
        page(server, "/round", Answer(status=302, headers={"Location": "/round"})),
        page(server, "/odd", Answer(status=302, headers={"Location": "ftp://127.0.0.1/x"})),
        Address("closed", "page", f"http://127.0.0.1:{closed_port()}/"),
        Address("nowhere", "page", "http://no-such-host.invalid/"),
    )
    assert found == {
        "here": ("works", ""),
        "moved": ("redirects", f"{server.url}/new"),
        "new": ("works", ""),
        "gone": ("gone", "410"),
        "missing": ("gone", "404"),
        "forbidden": ("refused", "403"),
        "broken": ("refused", "500"),
        "moved-away": ("gone", f"404 after a redirect to {server.url}/missing"),
        "round": ("refused", f"more than 5 redirects, the last to {server.url}/round"),
        "odd": ("refused", "redirects to ftp://127.0.0.1/x"),
        "closed": ("unreachable", "the connection is refused"),
        "nowhere": ("unreachable", "the host is not known"),
    }


def test_a_silent_server_is_given_up(server: Server, notes: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = Address("silent", "page", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert ask(notes, address, patience=replace(QUICK, limit=0.3)) == {"silent": ("timeout", "no answer in 0.3 s")}


def test_a_copy_in_an_archive_works_when_the_archive_sends_on_to_its_nearest_one(server: Server, notes: Path) -> None:
    copy = page(
        server, "/web/2008/x", Answer(status=302, headers={"Location": "/web/20080411093000/x"}), what="copy"
    )  # fmt: skip
    server.give("/web/20080411093000/x", Answer(b"text"))
    assert ask(notes, copy) == {"web/2008/x": ("works", f"{server.url}/web/20080411093000/x")}


def test_head_is_asked_first_and_get_only_where_it_is_needed(server: Server, notes: Path) -> None:
    first = page(server, "/plain", Answer(b"text"))
    second = page(server, "/no-head", Answer(status=405), Answer(b"text"))
    assert ask(notes, first, second) == {"plain": ("works", ""), "no-head": ("works", "")}
    assert [(method, path) for method, path, *_ in server.asked] == [
        ("HEAD", "/plain"), ("HEAD", "/no-head"), ("GET", "/no-head"),
    ]  # fmt: skip
    assert all(headers["User-Agent"].startswith("LostLead/") for *_, headers in server.asked)


def test_a_host_is_asked_one_at_a_time_with_a_pause(server: Server, notes: Path) -> None:
    with serving("127.0.0.2") as other:
        addresses = [page(server, f"/{number}", Answer(b"text")) for number in range(4)]
        # A redirect to the first host from the other one waits for its turn as well.
        addresses.append(page(other, "/other", Answer(status=302, headers={"Location": f"{server.url}/0"})))
        ask(notes, *addresses, patience=replace(QUICK, pause=0.3))
        times = sorted(moment for *_, moment, _ in server.asked)
        assert len(times) == 5
        assert min(after - before for before, after in pairwise(times)) >= 0.28
        # The other host did not wait for the queue of the first.
        assert other.asked[0][2] < times[2]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_wait_is_asked_again_after_that_time(server: Server, notes: Path, status: int) -> None:
    busy = Answer(status=status, headers={"Retry-After": "1"})
    assert ask(notes, page(server, "/busy", busy, Answer(b"text"))) == {"busy": ("works", "")}
    (_, _, first, _), (_, _, second, _) = server.asked
    assert second - first >= 1


def test_a_host_that_asks_for_too_much_patience_is_left_for_another_run(server: Server, notes: Path) -> None:
    busy = page(server, "/busy", Answer(status=429, headers={"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}))
    other = page(server, "/other", Answer(b"text"))
    for finding, detail in ask(notes, busy, other).values():
        assert finding == "timeout"
        assert detail.startswith("429, the host asks to wait ")
    assert server.paths() == ["/busy"]
    server.give("/busy", Answer(b"text"))
    assert ask(notes, busy, other) == {"busy": ("works", ""), "other": ("works", "")}


def test_a_stopped_run_goes_on_where_it_was_left(server: Server, notes: Path) -> None:
    first = page(server, "/first", Answer(b"text"))
    second = page(server, "/second", Answer(status=404))
    assert ask(notes, first) == {"first": ("works", "")}
    # As after a kill in the middle of a line.
    with notes.open("a", encoding="utf-8") as file:
        file.write('{"key": "second", "wh')
    asked = len(server.asked)
    wanted = {"first": ("works", ""), "second": ("gone", "404")}
    assert ask(notes, first, second) == wanted
    assert {path for path in server.paths()[asked:]} == {"/second"}
    assert ask(notes, first, second) == wanted


def test_two_sources_with_one_address_ask_it_once(server: Server, notes: Path) -> None:
    address = page(server, "/shared", Answer(b"text"))
    found = check([address, replace(address, key="second")], notes, QUICK, progress=False)
    assert [item.key for item in found] == ["shared", "second"]
    assert len(server.asked) == 1


def test_the_report_goes_by_source_and_counts() -> None:
    said: list[str] = []
    links.report(
        [
            Finding("ap1998", "page", "http://a/1", "gone", "404"),
            Finding("ap1998", "copy", "http://b/1", "works", "http://b/2"),
            Finding("fom2008", "page", "http://a/2", "works", ""),
            Finding("fom2008", "copy", "http://b/3", "timeout", ""),
        ],
        said.append,
    )
    assert said == [
        "ap1998: page gone (404): http://a/1",
        "fom2008: copy timeout: http://b/3",
        "pages: 1 works, 1 gone",
        "copies: 1 works, 1 timeout",
    ]


def test_the_command_asks_for_page_and_copy_and_changes_no_data(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = copy_project(tmp_path / "lost lead", "data/datapackage.json")
    (home / "book").mkdir()
    entry = "title = {T}, publisher = {P}, language = {en}, kind = {web}, primary = {no}, access = {a}"
    (home / "book" / "references.bib").write_text(
        f"@online{{one, {entry}, url = {{{server.url}/page}}}}\n@book{{two, {entry}}}\n", encoding="utf-8"
    )
    server.give("/page", Answer(b"text"))
    monkeypatch.setattr(Source, "archived", property(lambda source: source.url and f"{server.url}/web/2026/x"))
    monkeypatch.setattr(commands, "ROOT", home)
    monkeypatch.setattr(links, "Patience", lambda: QUICK)
    before = sorted(path for path in home.rglob("*") if path.is_file())
    assert commands.main(["links"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"one: copy gone (404): {server.url}/web/2026/x",
        "pages: 1 works",
        "copies: 1 gone",
    ]
    noted = home / "_build" / "links.jsonl"
    assert sorted(path for path in home.rglob("*") if path.is_file()) == sorted([*before, noted])
    assert {json.loads(line)["key"] for line in noted.read_text(encoding="utf-8").splitlines()} == {"one"}
    asked = len(server.asked)
    assert commands.main(["links", "one"]) == 0
    assert len(server.asked) == asked
    assert commands.main(["links", "one", "--again"]) == 0
    assert len(server.asked) > asked
    with pytest.raises(SystemExit):
        commands.main(["links", "three"])
    assert "no such source: three" in capsys.readouterr().err
