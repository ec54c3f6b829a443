"""Finishing the rendered pages and checking the site that comes out."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from lostlead import theme
from lostlead.build.cache import Texts
from lostlead.build.lighten import lighten_page, lighten_picture
from lostlead.build.notebooks import BuildError
from lostlead.tables import content_of

NOT_ALT = re.compile(r"\.(svg|png|jpe?g)$|^[0-9a-f]{16,}|^_?images?/|^figure$", re.IGNORECASE)


def finish_pages(site: Path, texts: Texts) -> None:
    """Do to the rendered pages what neither MyST nor the settings can, the same to the byte each time.

    Pages and pictures lose what only weighs, languages are marked, a notebook that is there twice is kept once, and
    files that no page loads go. ``texts`` has what earlier builds made of them.
    """
    _keep_notebooks_once(site)
    _name_the_door(site / "index.html")
    pictures: dict[str, str] = {}
    for path in sorted((site / "_images").glob("*")):
        if path.suffix == ".svg":
            drawn = path.read_text(encoding="utf-8")
            path.write_text(texts.made(partial(lighten_picture, drawn), drawn), encoding="utf-8")
        pictures[path.name] = content_of(path)
    for path in sorted(site.rglob("*.html")):
        text, folder = path.read_text(encoding="utf-8"), path.parent
        shown = sorted({pictures.get(name, "") for name in re.findall(r"_images/([^\"?#]+)", text)})
        where = folder.relative_to(site).as_posix()
        light = texts.made(partial(lighten_page, text, folder), where, text, *shown)
        path.write_text(light, encoding="utf-8")
    texts.forget_rest()
    _sweep(site)


def _name_the_door(door: Path) -> None:
    """Give the page that leads from the root of the site to the book a language, a title and a link."""
    found = re.search(r"url=([^\"]+)", door.read_text(encoding="utf-8"))
    if found is None:
        raise BuildError("index.html does not say where the book starts; look at what Jupyter Book writes there")
    start = found[1]
    title = re.search(r"<title>(.*?)</title>", (door.parent / start).read_text(encoding="utf-8"))
    name = title[1] if title else start
    door.write_text(
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{theme.POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title>'
        f'<meta http-equiv="refresh" content="0; url={start}"></head>'
        f'<body><main><h1><a href="{start}">{name}</a></h1></main></body></html>\n',
        encoding="utf-8",
    )


def _keep_notebooks_once(site: Path) -> None:
    """Lead every download of a notebook to the copy that its own page offers, and delete the other."""
    pages = {path.relative_to(site / "_sources").as_posix(): path for path in (site / "_sources").rglob("*.ipynb")}
    by_bytes = {path.read_bytes(): name for name, path in sorted(pages.items())}
    moved = {}
    for path in sorted((site / "_downloads").glob("*/*.ipynb")):
        if name := by_bytes.get(path.read_bytes()):
            moved[path.relative_to(site).as_posix()] = f"_sources/{name}"
            path.unlink()
            path.parent.rmdir()
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        done = re.sub(r"_downloads/[0-9a-f]{32}/[\w.-]+\.ipynb", lambda found: moved.get(found[0], found[0]), text)
        if done != text:
            page.write_text(done, encoding="utf-8")


def _sweep(site: Path) -> None:
    """Delete the files in ``_static`` that no page loads: those of themes and extensions."""
    loaded = {
        (page.parent / urlsplit(unquote(address)).path).resolve()
        for page in site.rglob("*.html")
        for address in re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8"))
    }
    for path in sorted((site / "_static").rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.resolve() not in loaded:
            path.unlink()


def check_site(site: Path) -> list[str]:
    """Return the faults of a built site, each with its page: broken links and anchors, images without a described
    alt text, empty links or citations, anything a page would fetch from another host, and script or style in a page.
    """
    pages = {path: BeautifulSoup(path.read_text(encoding="utf-8"), "lxml") for path in sorted(site.rglob("*.html"))}
    anchors = {path: _anchors(soup) for path, soup in pages.items()}
    faults: list[str] = []
    for path, soup in pages.items():
        where = path.relative_to(site).as_posix()
        faults += [f"{where}: {fault}" for fault in _policy_faults(soup)]
        for tag in soup.find_all(True):
            for attribute in ("href", "src"):
                target = tag.get(attribute)
                if isinstance(target, str):
                    faults += [f"{where}: {fault}" for fault in _link_faults(tag, target, path, site, anchors)]
            if tag.name == "img":
                alt = str(tag.get("alt", ""))
                if "logo" not in " ".join(tag.get("class") or []) and (len(alt) < 20 or NOT_ALT.search(alt)):
                    faults.append(f"{where}: image {tag.get('src')} has no described alt text ('{alt}')")
        for link in soup.select("article a[href]"):
            if not link.get_text(strip=True) and not link.find("img") and not link.get("aria-label"):
                faults.append(f"{where}: a link to {link.get('href')} has no words")
        article = soup.find("article")
        prose = article.find_all(string=re.compile(r"\[\?*\]")) if article else []
        if any(text.find_parent(["pre", "code", "script"]) is None for text in prose):
            faults.append(f"{where}: an empty citation")
    return faults


def _anchors(soup: BeautifulSoup) -> set[str]:
    return {str(tag[key]) for key in ("id", "name") for tag in soup.select(f"[{key}]")}


def _policy_faults(soup: BeautifulSoup) -> list[str]:
    """Return what a browser would refuse under the policy of the theme, and whether the page lacks that policy."""
    told = soup.select_one('head > meta[http-equiv="Content-Security-Policy"]')
    faults = [] if told and told.get("content") == theme.POLICY else ["the page has not the policy of the theme"]
    for script in soup.select("script:not([src])"):
        if not str(script.get("type", "")).startswith("application/"):
            faults.append(f"a script inside the page: {script.get_text()[:40]}")
    faults += [f"a style inside the page: {style.get_text()[:40]}" for style in soup.select("style")]
    for tag in soup.find_all(True):
        faults += [f"<{tag.name}> has {name}=" for name in tag.attrs if name == "style" or name.startswith("on")]
    return faults


def _link_faults(tag: Tag, target: str, page: Path, site: Path, anchors: dict[Path, set[str]]) -> list[str]:
    parts = urlsplit(target)
    if parts.scheme in {"http", "https"} or target.startswith("//"):
        fetched = tag.name not in {"a"} and not (tag.name == "link" and "canonical" in (tag.get("rel") or []))
        return [f"fetches {target} from another host"] if fetched else []
    if parts.scheme:
        embedded = tag.name == "img" and target.startswith("data:image/")
        return [] if embedded else [f"a {parts.scheme} link: {target}"]
    goal = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
    if goal.is_dir():
        goal = goal / "index.html"
    if not goal.exists():
        return [f"broken link to {target}"]
    if site.resolve() not in goal.resolve().parents:
        return [f"a link out of the site: {target}"]
    fragment = unquote(parts.fragment)
    known = anchors.get(site / goal.resolve().relative_to(site.resolve())) if goal.suffix == ".html" else None
    if fragment and known is not None and fragment not in known:
        return [f"broken anchor {target}"]
    return []
