"""The research crate: data, notebooks, figures and verdicts, and which was made from which (RO-Crate 1.2).

``ro-crate-metadata.json`` describes the files of the folder in which it lies. Every run of a notebook is a
``CreateAction``: the notebook is its instrument, the tables are its objects, figures and verdict are its results.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from lostlead import figures, tables
from lostlead.citations import Edition, read_edition
from lostlead.sources import BIBLIOGRAPHY

NAME = "ro-crate-metadata.json"
VERSION = "1.2"
VERDICTS = "data/verdicts.csv"
CONTRIBUTORS, PYTHON = "#contributors", "#python"
SPDX = "https://spdx.org/licenses/"
CODE_LICENCE = "MIT"
TYPES = {".csv": "text/csv", ".bib": "application/x-bibtex", ".ipynb": "application/x-ipynb+json"}


def write_crate(home: Path, target: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """Write the crate of the project at ``home`` for the folder ``target``, which has copies of its files; return it.

    ``target`` is a folder laid out like the project, or a built site; a file that it does not have is left out.
    ``records`` are the verdict records. The bytes depend on nothing but these files. Raises DataError for a fault of
    the data or the citation file.
    """
    path = target / NAME
    text = json.dumps(describe(home, target, records), ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def describe(home: Path, target: Path, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the crate as JSON-LD, entities in the order of their ids. See ``write_crate``."""
    return _Crate(home, target, records).as_json()


class _Crate:
    """A crate while it is put together. ``places`` has, by path in the project, the path in the folder described."""

    def __init__(self, home: Path, target: Path, records: Sequence[Mapping[str, Any]]) -> None:
        self.home, self.target, self.records = home, target, records
        self.register = figures.read_register(home)
        self.tables = {name: f"data/{tables.resource(name, home)['path']}" for name in tables.table_names(home)}
        self.pages = dict(tables.read("claims", home)[["claim", "page"]].itertuples(index=False))
        self.places = find_places(home, target, self._names())
        self.crate = ROCrate(version=VERSION)
        self.edition = read_edition(home)
        self._add_root(self.edition)
        self._add_data()
        self._add_figures()
        self._add_runs()

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = self.crate.metadata.generate()
        data["@graph"] = sorted((_in_order(entity) for entity in data["@graph"]), key=lambda entity: entity["@id"])
        return data

    def _names(self) -> list[str]:
        notebooks = sorted({row["notebook"] for row in self.register} | {self._notebook_of(r) for r in self.records})
        return [
            tables.DESCRIPTOR, BIBLIOGRAPHY, *self.tables.values(), *notebooks,
            *(f"{figures.FOLDER}/{row['name']}.{suffix}" for row in self.register for suffix in ("svg", "png", "csv")),
        ]  # fmt: skip

    def _notebook_of(self, record: Mapping[str, Any]) -> str:
        return str(self.pages[record["claim"]]).removesuffix(".html") + ".ipynb"

    def _add_root(self, edition: Edition) -> None:
        root = self.crate.root_dataset
        self._context(CONTRIBUTORS, "Organization", name=edition.by)
        self._context(PYTHON, "ComputerLanguage", name="Python", url="https://www.python.org/")
        for licence in (edition.licence, CODE_LICENCE):
            self._context(f"{SPDX}{licence}", "CreativeWork", name=licence)
        root["name"] = edition.title
        root["description"] = (
            "The claims of one article, each checked by a notebook against cited facts: tables, notebooks, figures and "
            "verdicts, and which was made from which."
        )
        root["datePublished"] = edition.released.isoformat()
        root["version"] = edition.version
        root["license"] = {"@id": f"{SPDX}{edition.licence}"}
        root["author"] = root["publisher"] = {"@id": CONTRIBUTORS}
        if edition.base:
            root["url"] = edition.base
        if edition.doi:
            root["identifier"] = f"https://doi.org/{edition.doi}"

    def _add_data(self) -> None:
        self._file(tables.DESCRIPTOR, "Descriptor of the data package: every table, column, unit and rule")
        self._file(BIBLIOGRAPHY, "Bibliography: every source, with what was read of it")
        for name, path in self.tables.items():
            entry = tables.resource(name, self.home)
            self._file(path, entry["title"], description=entry["description"])

    def _add_figures(self) -> None:
        for row in self.register:
            kinds = {"svg": "drawing", "png": "picture", "csv": "what is drawn"}
            for suffix, kind in kinds.items():
                name = f"{row['title']} ({kind})"
                self._file(f"{figures.FOLDER}/{row['name']}.{suffix}", name, description=row["alt"])

    def _add_runs(self) -> None:
        """Add a run for every notebook that draws a figure or gives a verdict."""
        results: dict[str, list[dict[str, str]]] = {}
        used: dict[str, set[str]] = {}
        for row in self.register:
            drawn = [f"{figures.FOLDER}/{row['name']}.{suffix}" for suffix in ("svg", "png", "csv")]
            results.setdefault(row["notebook"], []).extend(self._refs(drawn))
            used.setdefault(row["notebook"], set()).update(self.tables[name] for name in tables.split(row["tables"]))
        for record in self.records:
            notebook = self._notebook_of(record)
            results.setdefault(notebook, []).append(self._verdict(record))
            used.setdefault(notebook, set()).update({BIBLIOGRAPHY, self.tables["claims"], *self._rests_on(record)})
        for notebook in sorted(results):
            place = self.places.get(notebook)
            if place is None:
                continue
            self._file(
                notebook, f"Notebook {notebook}", ["File", "SoftwareSourceCode"], licence=CODE_LICENCE,
                programmingLanguage={"@id": PYTHON},
            )  # fmt: skip
            run = self._context(
                f"#run-{notebook}", "CreateAction", name=f"Run of {notebook}", agent={"@id": CONTRIBUTORS},
                instrument={"@id": place}, object=self._refs(sorted(used[notebook])), result=results[notebook],
                actionStatus={"@id": "http://schema.org/CompletedActionStatus"},
            )  # fmt: skip
            self.crate.root_dataset.append_to("mentions", run)

    def _verdict(self, record: Mapping[str, Any]) -> dict[str, str]:
        """Add the verdict on one claim, with no more said than the record says."""
        about = f"{record['claim']}: {record['verdict']}"
        kept = self._refs([VERDICTS])
        entity = self._context(
            f"#verdict-{record['claim']}", "CreativeWork", name=f"Verdict on {about}", description=record["finding_en"],
            **({"isPartOf": kept[0]} if kept else {}),
        )  # fmt: skip
        return {"@id": entity.id}

    def _rests_on(self, record: Mapping[str, Any]) -> set[str]:
        keys = [fact for part in record["propositions"] for fact in part["facts"]]
        keys += [fact for reading in record["readings"] for fact in reading["rests_on"]]
        return {self.tables[key.split(":", 1)[0] if ":" in key else "facts"] for key in keys}

    def _refs(self, names: Sequence[str]) -> list[dict[str, str]]:
        return [{"@id": self.places[name]} for name in names if name in self.places]

    def _file(
        self, name: str, title: str, kind: str | list[str] = "File", *, licence: str = "", **properties: Any
    ) -> None:
        place = self.places.get(name)
        if place is None:
            return
        content = (self.target / place).read_bytes()
        suffix = Path(name).suffix
        properties |= {
            "@type": kind, "name": title, "encodingFormat": TYPES.get(suffix) or mimetypes.types_map[suffix],
            "contentSize": str(len(content)), "sha256": tables.content_of(self.target / place),
            "license": {"@id": f"{SPDX}{licence or self.edition.licence}"},
        }  # fmt: skip
        self.crate.add_file(dest_path=place, properties=properties)

    def _context(self, name: str, kind: str, /, **properties: Any) -> ContextEntity:
        entity: ContextEntity = self.crate.add(ContextEntity(self.crate, name, {"@type": kind} | properties))
        return entity


def find_places(home: Path, target: Path, names: Sequence[str]) -> dict[str, str]:
    """Return where files of the project at ``home`` lie in ``target``, by their path in the project.

    That is the same path, or in a built site: a page's own notebook among its sources, a drawing among its images, and
    everything else among its downloads, known by its name and its bytes.
    """
    downloads: dict[tuple[str, str], str] = {}
    for path in sorted(target.glob("_downloads/*/*")):
        downloads[path.name, tables.content_of(path)] = path.relative_to(target).as_posix()
    found = {}
    for name in names:
        file = Path(name).name
        places = [name, f"_sources/{name}", f"_images/{file}" if file.endswith(".svg") else name]
        place = next((place for place in places if (target / place).is_file()), None)
        place = place or downloads.get((file, tables.content_of(home / name)))
        if place:
            found[name] = place
    return found


def _in_order(entity: dict[str, Any]) -> dict[str, Any]:
    """Return an entity whose lists of references are in the order of their ids: a set has no order of its own."""
    return {
        key: sorted(value, key=lambda one: str(one["@id"]))
        if isinstance(value, list) and all(isinstance(one, dict) for one in value)
        else value
        for key, value in entity.items()
    }
