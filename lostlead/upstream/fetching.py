"""Fetching originals over HTTP: with progress, retries, time limits, a cache and the hash of every file.

Pooch keeps the cache, checks hashes and tries again; what is here are the manners towards the other host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pooch
import requests
from tqdm import tqdm
from urllib3.exceptions import HTTPError

from lostlead import __version__
from lostlead.tables import DataError

USER_AGENT = f"LostLead/{__version__} (a book that checks its own data; automatic, polite)"
LEDGER = "fetched.json"
UNTOUCHED = "nothing was changed; try again later"


@dataclass(frozen=True)
class Original:
    """A file that somebody else keeps: the name it gets in the cache, its address, and what it is (tsv or json)."""

    name: str
    url: str
    kind: str


@dataclass(frozen=True)
class Manners:
    """How to ask: ``retries`` after a failure of the other side, ``silence`` and ``limit`` in seconds (the longest
    wait for a sign of life, and for a whole file), ``keep``: how long a fetched file is used again.
    """

    retries: int = 3
    silence: float = 30
    limit: float = 900
    keep: timedelta = timedelta(days=7)
    progress: bool | None = None  # None: only in a terminal


def fetch(original: Original, cache: Path, manners: Manners) -> tuple[Path, str]:
    """Return the path of an original in the cache and its SHA-256, fetching it unless a whole and fresh copy is there.

    Raises DataError when it cannot be had, redirects to another host, is a web page instead of data, or takes too
    long; the cache then has no file of that name.
    """
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / original.name
    known = _read_ledger(cache).get(original.name, {})
    fresh = known.get("url") == original.url and _age(known) < manners.keep
    if not (fresh and path.is_file() and pooch.file_hash(str(path)) == known["sha256"]):
        forget(original, cache)
        _download(original, cache, manners)
        known = {
            "url": original.url,
            "sha256": pooch.file_hash(str(path)),
            "fetched": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        _write_ledger(cache, _read_ledger(cache) | {original.name: known})
    return path, known["sha256"]


def forget(original: Original, cache: Path) -> None:
    """Take an original out of the cache, so that the next run fetches it again."""
    (cache / original.name).unlink(missing_ok=True)
    _write_ledger(cache, {name: entry for name, entry in _read_ledger(cache).items() if name != original.name})


def _download(original: Original, cache: Path, manners: Manners) -> None:
    if urlsplit(original.url).scheme not in {"http", "https"}:
        raise DataError(original.name, f"'{original.url}' is not an http address", "correct the base address")
    pool = pooch.create(
        path=cache,
        base_url="",
        registry={original.name: None},
        urls={original.name: original.url},
        retry_if_failed=manners.retries,
    )
    pooch.get_logger().setLevel("WARNING")
    try:
        pool.fetch(original.name, downloader=_downloader(original, manners))
    except requests.exceptions.RequestException as error:
        raise DataError(original.name, f"it could not be fetched whole ({_reason(error)})", UNTOUCHED) from error


def _downloader(original: Original, manners: Manners) -> Callable[..., None]:
    def download(url: str, target: Any, _pool: Any) -> None:
        started = time.monotonic()
        with requests.get(
            url,
            stream=True,
            timeout=manners.silence,
            headers={"User-Agent": USER_AGENT},
            hooks={"response": lambda answer, **_: _refuse(original, answer)},
        ) as answer:
            answer.raise_for_status()
            size = int(answer.headers.get("content-length") or 0) or None
            shown = tqdm(
                desc=original.name, total=size, unit="B", unit_scale=True,
                disable=None if manners.progress is None else not manners.progress,
            )  # fmt: skip
            with shown, Path(target).open("wb") as file:
                for part in _parts(answer):
                    if time.monotonic() - started > manners.limit:
                        raise DataError(
                            original.name, f"it was not here whole after {manners.limit:g} seconds", UNTOUCHED
                        )
                    file.write(part)
                    # What came over the wire, not what it unpacks to: that is what the total counts.
                    shown.update(answer.raw.tell() - shown.n)

    return download


def _parts(answer: requests.Response) -> Iterator[bytes]:
    """Yield what has come in so far, part by part: a trickle must not hide behind a buffer that never fills."""
    try:
        while part := answer.raw.read1(1 << 16, decode_content=True):
            yield part
    except HTTPError as error:
        raise requests.exceptions.ConnectionError(error) from error


def _refuse(original: Original, answer: requests.Response) -> None:
    """Raise DataError for an answer that no second try mends; requests calls this before it follows a redirect."""
    if answer.is_redirect:
        goal = urljoin(answer.url, answer.headers["location"])
        if _place(goal) != _place(original.url) and _place(goal) != _place(original.url.replace("http:", "https:", 1)):
            raise DataError(
                original.name,
                f"its address sends to another host ({urlsplit(goal).scheme}://{urlsplit(goal).netloc})",
                "look there yourself; when the original has moved, correct the base address",
            )
    elif 400 <= answer.status_code < 500:
        raise DataError(
            original.name, f"{answer.url} answers {answer.status_code} {answer.reason}", "correct the base address"
        )
    elif answer.ok and "html" in answer.headers.get("content-type", ""):
        raise DataError(original.name, f"{answer.url} is a web page, not data", UNTOUCHED)


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _reason(error: Exception) -> str:
    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"{error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error).lower():
        return "no sign of life in time"
    return str(error)[:200]


def _age(entry: dict[str, str]) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(entry["fetched"])


def _read_ledger(cache: Path) -> dict[str, dict[str, str]]:
    try:
        ledger: dict[str, dict[str, str]] = json.loads((cache / LEDGER).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return ledger


def _write_ledger(cache: Path, ledger: dict[str, dict[str, str]]) -> None:
    draft = cache / f"{LEDGER}.new"
    draft.write_text(json.dumps(ledger, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(cache / LEDGER)
