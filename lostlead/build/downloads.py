"""The PDF and the EPUB of a built site, and the line on its front page that offers those that are there."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import yaml

from lostlead.build import KEPT, LOCK, SITE, only_build
from lostlead.build.cache import files_digest
from lostlead.build.ebook import write_epub
from lostlead.build.notebooks import BuildError
from lostlead.build.paper import write_pdf

PDF, EPUB = "lost-lead.pdf", "lost-lead.epub"
WITH_CODE = "lost-lead-with-code.pdf"
LINE = re.compile(r'<p class="book-downloads">.*?</p>\n', re.DOTALL)
Say = Callable[[str], None]


def make_pdf(home: Path, say: Say = print, *, code: bool = False) -> Path:
    """Write the PDF of the built site to ``_build/`` and offer it on the site; return its path.

    With ``code`` the notebooks' code is in it; that one is for the bench, under its own name, and is not offered.
    Raises BuildError when there is no site, or WeasyPrint cannot run.
    """
    site = _site(home)
    target = site.parent / (WITH_CODE if code else PDF)
    with only_build(home / LOCK, say):
        pages = write_pdf(home, site, target, code=code)
        if not code:
            offer(home, site, target)
    say(f"{target.relative_to(home)}: {pages} pages, {_size(target)}")
    return target


def make_epub(home: Path, say: Say = print) -> Path:
    """Write the EPUB of the built site to ``_build/`` and offer it on the site; return its path.

    Raises BuildError when there is no site.
    """
    site = _site(home)
    target = site.parent / EPUB
    with only_build(home / LOCK, say):
        chapters = write_epub(home, site, target)
        offer(home, site, target)
    say(f"{target.relative_to(home)}: {chapters} chapters, {_size(target)}")
    return target


def offer(home: Path, site: Path, book: Path) -> None:
    """Put a book into the site and name it on the front page, beside any other that is there.

    A new build of the site starts without; so no page ever links to a book that is not there or is of another build.
    A site that was known to be up to date stays so, with its books.
    """
    done = home / KEPT / "done"
    made, _, known = done.read_text(encoding="utf-8").partition("\n") if done.is_file() else ("", "", "")
    up_to_date = known == f"{files_digest(site)}\n"
    draft = site / f"{book.name}.new"
    shutil.copyfile(book, draft)
    draft.replace(site / book.name)
    root = yaml.safe_load((home / "_toc.yml").read_text(encoding="utf-8"))["root"]
    front = site / f"{root}.html"
    text = LINE.sub("", front.read_text(encoding="utf-8"))
    links = [
        f'<a href="{os.path.relpath(site / name, front.parent)}">{kind}</a> ({_size(site / name)})'
        for kind, name in (("PDF", PDF), ("EPUB", EPUB))
        if (site / name).is_file()
    ]
    line = f'<p class="book-downloads">Download the whole book: {", ".join(links)}</p>\n'
    text, found = re.subn(
        r"(</h1>.*?)(<section)", lambda place: place[1] + line + place[2], text, count=1, flags=re.DOTALL
    )
    if not found:
        raise BuildError(f"{root}.html has no section below its heading to put the downloads before")
    page = front.with_name(front.name + ".new")
    page.write_text(text, encoding="utf-8")
    page.replace(front)
    if up_to_date:
        done.write_text(f"{made}\n{files_digest(site)}\n", encoding="utf-8")


def _site(home: Path) -> Path:
    site = home / SITE
    if not (site / "index.html").is_file():
        raise BuildError("there is no site yet. Remedy: run 'make book'")
    return site


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"
