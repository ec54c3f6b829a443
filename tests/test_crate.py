"""The research crate says of every file what it is, and of every figure and verdict what it was made from."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rocrate.rocrate import ROCrate

from lostlead import crate
from lostlead.figures import read_register

from .conftest import ROOT, copy_project

WRITE = """
import json, sys
from pathlib import Path
from lostlead import crate
crated = Path(sys.argv[1])
crate.write_crate(crated, crated, json.loads((crated / "records.json").read_text(encoding="utf-8")))
"""


def records() -> list[dict[str, Any]]:
    """Two records with what the crate reads of them."""
    proposition = {"facts": ["first-spacewalk-date", "launches:1965"]}
    reading = {"rests_on": ["station_share:*"]}
    told = {"finding_en": "So it was.", "verdict": "Supported"}
    return [
        {"claim": "C03", "propositions": [proposition], "readings": [], **told},
        {"claim": "C23", "propositions": [], "readings": [reading], **told},
    ]


@pytest.fixture(scope="module")
def crated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    crated = tmp_path_factory.mktemp("crate") / "lost lead"
    copy_project(crated, "data", "book", "figures", "CITATION.cff")
    (crated / "records.json").write_text(json.dumps(records()), encoding="utf-8")
    crate.write_crate(crated, crated, records())
    return crated


@pytest.fixture(scope="module")
def entities(crated: Path) -> dict[str, dict[str, Any]]:
    graph = json.loads((crated / crate.NAME).read_text(encoding="utf-8"))["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert len(found) == len(graph)
    return found


def ids(value: Any) -> set[str]:
    return {one["@id"] for one in (value if isinstance(value, list) else [value])}


def test_the_library_reads_it_back(crated: Path) -> None:
    read = ROCrate(crated)
    assert read.root_dataset["name"].startswith("Lost Lead")
    assert len(read.data_entities) > 200
    assert {entity["@id"] for entity in read.metadata.generate()["@graph"]} == {
        entity["@id"] for entity in json.loads((crated / crate.NAME).read_text(encoding="utf-8"))["@graph"]
    }


def test_the_root_has_what_the_specification_asks_for(entities: dict[str, dict[str, Any]]) -> None:
    descriptor, root = entities[crate.NAME], entities["./"]
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}
    assert descriptor["about"] == {"@id": "./"}
    assert root["@type"] == "Dataset"
    assert root["name"]
    assert root["description"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", root["datePublished"])
    assert ids(root["license"]) == {"https://spdx.org/licenses/CC-BY-4.0"}


def test_every_reference_leads_to_an_entity_and_every_file_is_a_part(entities: dict[str, dict[str, Any]]) -> None:
    outside = re.compile(r"https?://(schema\.org|w3id\.org)/")
    for entity in entities.values():
        for value in entity.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    assert one["@id"] in entities or outside.match(one["@id"]), (entity["@id"], one)
    files = {name for name, entity in entities.items() if "File" in entity["@type"]}
    assert ids(entities["./"]["hasPart"]) == files


def test_every_file_is_there_with_its_size_and_checksum(crated: Path, entities: dict[str, dict[str, Any]]) -> None:
    files = {name: entity for name, entity in entities.items() if "File" in entity["@type"]}
    assert {f"data/{path.name}" for path in (crated / "data").iterdir()} <= set(files)
    for name, entity in files.items():
        content = (crated / name).read_bytes()
        assert entity["sha256"] == hashlib.sha256(content).hexdigest(), name
        assert entity["contentSize"] == str(len(content)), name
        assert entity["encodingFormat"], name


def test_every_figure_comes_from_its_notebook_and_its_tables(entities: dict[str, dict[str, Any]]) -> None:
    runs = [entity for entity in entities.values() if entity["@type"] == "CreateAction"]
    assert {run["@id"] for run in runs} == ids(entities["./"]["mentions"])
    for row in read_register(ROOT):
        [run] = [run for run in runs if f"figures/{row['name']}.svg" in ids(run["result"])]
        assert ids(run["instrument"]) == {row["notebook"]}
        assert {f"data/{name}.csv" for name in row["tables"].split(";")} <= ids(run["object"])


def test_every_verdict_comes_from_its_notebook_and_what_it_rests_on(entities: dict[str, dict[str, Any]]) -> None:
    walk = entities["#run-book/claims/c03-first-spacewalk.ipynb"]
    assert ids(walk["result"]) == {"#verdict-C03"}
    assert ids(walk["object"]) == {"book/references.bib", "data/claims.csv", "data/facts.csv", "data/launches.csv"}
    assert "data/station_share.csv" in ids(entities["#run-book/claims/c23-share-of-the-station.ipynb"]["object"])
    assert entities["#verdict-C03"]["name"] == "Verdict on C03: Supported"
    assert entities["#verdict-C03"]["isPartOf"] == {"@id": "data/verdicts.csv"}


@pytest.mark.parametrize(("zone", "seed"), [("Asia/Manila", "1"), ("America/Caracas", "4242")])
def test_it_is_the_same_to_the_byte_elsewhere(crated: Path, tmp_path: Path, zone: str, seed: str) -> None:
    elsewhere = tmp_path / "else where"
    shutil.copytree(crated, elsewhere, ignore=shutil.ignore_patterns(crate.NAME))
    environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", WRITE, str(elsewhere)], env=environment, check=True)
    assert (elsewhere / crate.NAME).read_bytes() == (crated / crate.NAME).read_bytes()


def test_what_a_folder_does_not_have_is_not_in_its_crate(crated: Path, tmp_path: Path) -> None:
    shutil.copytree(crated / "data", tmp_path / "data")
    graph = crate.describe(crated, tmp_path, records())["@graph"]
    files = {entity["@id"] for entity in graph if "File" in entity["@type"]}
    assert files == {f"data/{path.name}" for path in (crated / "data").iterdir()}


def test_the_site_has_a_crate_of_its_own_files(site: Path) -> None:
    graph = json.loads((site / crate.NAME).read_text(encoding="utf-8"))["@graph"]
    files = {entity["@id"]: entity for entity in graph if "File" in entity["@type"]}
    for name, entity in files.items():
        assert entity["sha256"] == hashlib.sha256((site / name).read_bytes()).hexdigest(), name
    suffixes = [Path(name).suffix for name in files]
    register = read_register(ROOT)
    assert suffixes.count(".svg") == suffixes.count(".png") == len(register)
    assert suffixes.count(".csv") == len(register) + len(list((ROOT / "data").glob("*.csv")))
    assert suffixes.count(".ipynb") == len([entity for entity in graph if entity["@type"] == "CreateAction"])
