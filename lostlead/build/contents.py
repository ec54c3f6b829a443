"""A Sphinx extension: which pages must be read and written again is known by content, never by time stamps.

A page is read again when its source, or a file that it shows or offers for download, has other bytes than when it was
last read. Every page is written again when anything changes that pages show of each other: titles, headings, labels,
numbers, the order of the book.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

SILENT = "sphinx_multitoc_numbering"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.connect("builder-inited", allow_several_processes)
    app.connect("env-get-outdated", changed_pages)
    # After Sphinx's own listeners, which number the figures.
    app.connect("env-get-updated", pages_to_write, priority=900)
    app.connect("html-collect-pages", forget_lost_words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def allow_several_processes(app: Sphinx) -> None:
    """Say of an extension of Jupyter Book what it forgets to say: pages can be read side by side.

    It works only when all pages have been read.
    """
    if SILENT in app.extensions:
        app.extensions[SILENT].parallel_read_safe = True


def changed_pages(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    """Return the pages whose content is not what it was when they were last read."""
    before: dict[str, str] = getattr(env, "lostlead_contents", {})
    return [name for name in env.found_docs if before.get(name) != page_content(env, name)]


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Note what was read; return every page when what they show of each other has changed, else none."""
    now, before = shared_content(env), getattr(env, "lostlead_shared", None)
    env.lostlead_contents = {name: page_content(env, name) for name in env.found_docs}  # type: ignore[attr-defined]
    env.lostlead_shared = now  # type: ignore[attr-defined]
    return env.found_docs if now != before else []


def forget_lost_words(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """Take words that no page has any more out of the index of the search; return no further pages."""
    index = getattr(app.builder, "indexer", None)
    for words in (index._mapping, index._title_mapping) if index else ():
        for word in [word for word, pages in words.items() if not pages]:
            del words[word]
    return []


def page_content(env: BuildEnvironment, name: str) -> str:
    """Return the digest of a page's source and of the files that it was found to depend on."""
    digest = hashlib.sha256()
    for path in [Path(env.doc2path(name)), *(Path(env.srcdir, other) for other in sorted(env.dependencies[name]))]:
        digest.update(f"\0{path.name}\0".encode())
        digest.update(path.read_bytes() if path.is_file() else b"absent")
    return digest.hexdigest()


def shared_content(env: BuildEnvironment) -> str:
    """Return the digest of all that a page may show of another one."""
    std = env.get_domain("std").data
    metadata = sorted(env.metadata.items())  # the number of words of a page stands on no other one
    shown = [
        sorted(std["labels"].items()),
        sorted(std["anonlabels"].items()),
        sorted(std["objects"].items()),
        [(name, env.titles[name].astext(), env.longtitles[name].astext()) for name in sorted(env.titles)],
        [(name, env.tocs[name].pformat()) for name in sorted(env.tocs)],
        [(name, {key: value for key, value in kept.items() if key != "wordcount"}) for name, kept in metadata],
        sorted(env.toctree_includes.items()),
        sorted(env.toc_secnumbers.items()),
        sorted(env.toc_fignumbers.items()),
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()
