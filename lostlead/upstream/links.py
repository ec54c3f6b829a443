"""Asking whether addresses still answer: politely, slowly, and again from where it was left.

A host gets one request at a time with a pause after it; other hosts are asked meanwhile. First HEAD, then GET where a
server does not do HEAD. Nothing is downloaded and nothing in the project is changed but the notes of what was found.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from tqdm import tqdm

from lostlead.upstream.fetching import USER_AGENT

FINDINGS = ("works", "redirects", "gone", "refused", "timeout", "unreachable")
NOTES = "_build/links.jsonl"
HOPS = 5
GONE = {404, 410}
NO_HEAD = {400, 403, 404, 405, 406, 500, 501, 502, 503}
WAIT = {429, 503}
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Address:
    """An address of a source: its key, whether it is the ``page`` or the ``copy`` in the archive, and the address."""

    key: str
    what: str
    url: str


@dataclass(frozen=True)
class Finding:
    """What became of an address: one of FINDINGS, and in ``detail`` where it leads or what the server said."""

    key: str
    what: str
    url: str
    finding: str
    detail: str


@dataclass(frozen=True)
class Patience:
    """Seconds: ``pause`` between requests to one host, ``limit`` for an answer, ``wait`` the longest that a server may
    ask us to wait before we leave its addresses for another run; ``hosts`` is how many are asked at the same time.
    """

    pause: float = 5
    limit: float = 30
    wait: float = 120
    hosts: int = 8


class AskedToWait(Exception):
    """A server asks us to come back later than our patience allows."""


class Turns:
    """Lets requests to one host go one at a time, each a pause after the end of the one before, and none any more
    once the host was closed.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._ready: dict[str, float] = {}
        self._closed: dict[str, str] = {}
        self._guard = threading.Lock()

    def close(self, host: str, why: str) -> None:
        """Ask this host no more."""
        self._closed[host] = why

    def take(self, host: str, ask: Callable[[], Answer]) -> Answer:
        """Return what ``ask`` returns, called when it is this host's turn. Raises AskedToWait for a closed host."""
        with self._guard:
            lock = self._locks[host]
        with lock:
            if host in self._closed:
                raise AskedToWait(self._closed[host])
            time.sleep(max(0.0, self._ready.get(host, 0.0) - time.monotonic()))
            try:
                return ask()
            finally:
                self._ready[host] = time.monotonic() + self._pause


def check(
    addresses: Iterable[Address], notes: Path, patience: Patience, *, progress: bool | None = None
) -> list[Finding]:
    """Return what became of each address, in their order.

    Every finding is noted at once in the file ``notes``; addresses that it already has are not asked again, except
    those that gave no final answer (timeout, unreachable, or a server that asked to wait).
    """
    wanted = list(addresses)
    known = _read_notes(notes)
    left = list({place: item for item in wanted if (place := (item.what, item.url)) not in known}.values())
    notes.parent.mkdir(parents=True, exist_ok=True)
    if notes.is_file() and not notes.read_bytes().endswith(b"\n"):
        with notes.open("a", encoding="utf-8") as file:
            file.write("\n")
    by_host: dict[str, list[Address]] = defaultdict(list)
    for address in left:
        by_host[urlsplit(address.url).netloc].append(address)
    turns = Turns(patience.pause)
    writing = threading.Lock()
    stop = threading.Event()
    disable = None if progress is None else not progress
    with notes.open("a", encoding="utf-8") as file, tqdm(total=len(left), unit="address", disable=disable) as shown:

        def ask_all(addresses: list[Address]) -> None:
            for address in addresses:
                if stop.is_set():
                    return
                finding = ask(address, turns, patience)
                with writing:
                    noted = {**asdict(finding), "asked": datetime.now(UTC).isoformat(timespec="seconds")}
                    file.write(json.dumps(noted, ensure_ascii=False, sort_keys=True) + "\n")
                    file.flush()
                    known[(finding.what, finding.url)] = finding
                    shown.update()

        with ThreadPoolExecutor(patience.hosts) as pool:
            # The longest queues first: they decide when it ends.
            queues = sorted(by_host.values(), key=len, reverse=True)
            try:
                list(pool.map(ask_all, queues))
            except BaseException:
                stop.set()
                raise
    found = [known[(address.what, address.url)] for address in wanted]
    return [
        Finding(address.key, item.what, item.url, item.finding, item.detail)
        for address, item in zip(wanted, found, strict=True)
    ]


def ask(address: Address, turns: Turns, patience: Patience) -> Finding:
    """Return what became of one address, following at most five redirects."""

    def finding(name: str, detail: str = "") -> Finding:
        return Finding(address.key, address.what, address.url, name, detail)

    url = address.url
    try:
        for _ in range(HOPS + 1):
            status, onward = _request(url, turns, patience)
            if not onward:
                break
            url = urljoin(url, onward)
            if urlsplit(url).scheme not in {"http", "https"}:
                return finding("refused", f"redirects to {url}")
        else:
            return finding("refused", f"more than {HOPS} redirects, the last to {url}")
    except AskedToWait as error:
        return finding("timeout", str(error))
    except requests.exceptions.Timeout:
        return finding("timeout", f"no answer in {patience.limit:g} s")
    except requests.exceptions.RequestException as error:
        return finding("unreachable", _cause(error))
    moved = "" if url == address.url else f"after a redirect to {url}"
    if status in GONE:
        return finding("gone", " ".join(filter(None, [str(status), moved])))
    if status in WAIT:
        return finding("timeout", f"{status}, busy")
    if status >= 400:
        return finding("refused", " ".join(filter(None, [str(status), moved])))
    # An archive always sends on to the copy nearest to the date asked for.
    if moved and not (address.what == "copy" and urlsplit(url).netloc == urlsplit(address.url).netloc):
        return finding("redirects", url)
    return finding("works", url if moved else "")


def _request(url: str, turns: Turns, patience: Patience) -> tuple[int, str]:
    """Return the status of an address and where it redirects to (empty when it does not)."""
    status, onward, later = _once("HEAD", url, turns, patience)
    if status in NO_HEAD and not later:
        status, onward, later = _once("GET", url, turns, patience)
    if status in WAIT and later:
        if later > patience.wait:
            why = f"{status}, the host asks to wait {later:.0f} s"
            turns.close(urlsplit(url).netloc, why)
            raise AskedToWait(why)
        status, onward, later = _once("GET", url, turns, patience, later)
    return status, onward


def _once(method: str, url: str, turns: Turns, patience: Patience, after: float = 0) -> tuple[int, str, float]:
    def ask() -> tuple[int, str, float]:
        time.sleep(after)
        with requests.request(
            method,
            url,
            headers={"User-Agent": USER_AGENT},
            timeout=patience.limit,
            allow_redirects=False,
            stream=True,  # the body is never read
        ) as answer:
            onward = answer.headers.get("location", "") if answer.is_redirect else ""
            return answer.status_code, onward, _seconds(answer.headers.get("retry-after", ""))

    return turns.take(urlsplit(url).netloc, ask)


def _seconds(header: str) -> float:
    """Return how many seconds a Retry-After header asks for (a number or a date; 0 when it is neither)."""
    if header.strip().isdigit():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _cause(error: Exception) -> str:
    text = str(error)
    for sign, told in (
        ("NameResolution", "the host is not known"),
        ("Name or service not known", "the host is not known"),
        ("refused", "the connection is refused"),
        ("SSL", "no secure connection"),
    ):
        if sign in text:
            return told
    return text[:200]


def _read_notes(notes: Path) -> dict[tuple[str, str], Finding]:
    """Return the final findings of earlier runs; a line that was cut off counts as not asked."""
    known = {}
    for line in notes.read_text(encoding="utf-8").splitlines() if notes.is_file() else []:
        try:
            noted = json.loads(line)
            item = Finding(*(noted[name] for name in ("key", "what", "url", "finding", "detail")))
        except (ValueError, KeyError):
            continue
        known[(item.what, item.url)] = item
    return {place: item for place, item in known.items() if item.finding not in {"timeout", "unreachable"}}


def report(findings: Iterable[Finding], say: Callable[[str], None]) -> None:
    """Tell by source what does not simply work, then how many of each."""
    findings = list(findings)
    for item in findings:
        if item.finding != "works":
            detail = f" ({item.detail})" if item.detail else ""
            say(f"{item.key}: {item.what} {item.finding}{detail}: {item.url}")
    for what, several in (("page", "pages"), ("copy", "copies")):
        asked = [item.finding for item in findings if item.what == what]
        counts = ", ".join(f"{asked.count(name)} {name}" for name in FINDINGS if name in asked)
        say(f"{several}: {counts or 'none'}")
