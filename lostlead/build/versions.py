"""The sites of all releases side by side: ``1.0.0/``, ``2.0.0/``, ``latest/``, and the switcher between them.

Every page of such a site loads one small script from the folder above it, ``versions.js``. It is written anew with each
release, so that the pages of old releases, which never change, know the newer ones too.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from lostlead.releases import parse

SCRIPT, LATEST = "versions.js", "latest"
SWITCHER = Path(__file__).with_name(SCRIPT)
DOOR = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    '<meta http-equiv="refresh" content="0; url={to}"></head>'
    '<body><main><h1><a href="{to}">{title}</a></h1></main></body></html>\n'
)


def add_site(sites: Path, site: Path, version: str, dates: Mapping[str, str]) -> None:
    """Add the site of a version to the folder of all sites, lead ``latest/`` to the newest, and renew the switcher.

    ``dates`` has the date of every version in words. A page that the newest version no longer has stays in ``latest/``
    as a door to the last version that had it. No file of another version is touched.
    """
    shutil.copytree(site, sites / version)
    for page in pages_of(sites / version):
        path = sites / version / page
        path.write_text(with_switcher(path.read_text(encoding="utf-8"), page), encoding="utf-8")
    listed = {name: pages_of(sites / name) for name in versions_in(sites)}
    newest = next(iter(listed))
    shutil.rmtree(sites / LATEST, ignore_errors=True)
    shutil.copytree(sites / newest, sites / LATEST)
    for name, pages in listed.items():
        for page in pages:
            path = sites / LATEST / page
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                to = os.path.relpath(sites / name / page, path.parent)
                path.write_text(DOOR.format(to=to, title=f"This page is in version {name}"), encoding="utf-8")
    _write_new(sites / "index.html", DOOR.format(to=f"{LATEST}/index.html", title="The newest version"))
    told = [{"name": name, "date": dates[name], "pages": pages} for name, pages in listed.items()]
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    _write_new(sites / SCRIPT, SWITCHER.read_text(encoding="utf-8").replace("[/* the versions */]", data))


def _write_new(path: Path, text: str) -> None:
    """Write a file under its name without touching what another name of the earlier file leads to."""
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


def versions_in(sites: Path) -> list[str]:
    """Return the versions that have a site, the newest first."""
    names = [path.name for path in sites.iterdir() if path.is_dir() and path.name != LATEST]
    return sorted(names, key=parse, reverse=True)


def pages_of(site: Path) -> list[str]:
    """Return the addresses of all pages of a site, seen from its root."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def with_switcher(text: str, page: str) -> str:
    """Return a page that loads the switcher; ``page`` is its address seen from the root of its version."""
    return text.replace("</head>", f"{switcher_line(page)}</head>", 1)


def switcher_line(page: str) -> str:
    """Return the line that a page gets in its head when its version is put beside others."""
    return f'<script defer src="{"../" * (page.count("/") + 1)}{SCRIPT}"></script>\n'
