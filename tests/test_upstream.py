"""The live originals, served on loopback: fetched politely, derived again, compared, and taken over as a whole."""

from __future__ import annotations

import gzip
import itertools
import json
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import lostlead.__main__ as commands
from lostlead import swap
from lostlead.tables import DataError
from lostlead.upstream import drift, gcat, refresh, worldbank
from lostlead.upstream.fetching import Manners

from .conftest import ROOT
from .loopback import Answer, Server, serving

# A made-up catalogue of two years. Each launch is there for one rule of our table.
LAUNCHES = """\
#Launch_Tag\tLaunch_Date\tLV_Type\tVariant\tLaunch_Site\tAgency\tLaunchCode
# Updated 2002 Jan  3 0108:57
2000-001\t2000 Jan  5 1200:01\tRocket A\t-\tNIIP-5\tMVS\tOS
2000-002\t2000 Feb 11\tRocket A\t-\tCSG\tSALE\tOF40
2000-003\t2000 Mar  1 0300?\tZenit-3SL\t-\tKLA\tSEALC\tDS
2000-004\t2000 Apr  1 0300\tRocket B\t-\tKMR\tARMY/NRL\tOS75
2001-001\t2001 Jan  1 0300\tRocket C\t-\tMAHIA\tRLAB?\tOS
2001-002\t2001 Jan  2 0300\tRocket A\t-\tNIIP-5?\tMVS\tOF
2001-E01\t2001 Jan  3 0300\tRocket A\t-\tNIIP-5\tMVS\tOE
2001-S01\t2001 Jan  4 0300\tRocket X\t-\tNOWHERE\tNOBODY\tSS
2001-U01\t2001 Jan  5 0300\tRocket A\t-\tNIIP-5\tMVS\tOU
2002-001\t2002 Jan  1 0300\tRocket A\t-\tNIIP-5\tMVS\tOS
"""
VEHICLES = """\
#LV_Name\tLV_Family\tLV_Manufacturer\tLV_Variant
# Updated 2002 Jan  3 0108:57
Rocket A\tA  \tPROG/OKB1\t-
Zenit-3SL\tZenit\tYUZH\t-
Rocket B\tB\tLTV\t-
Rocket C\tC\tRLAB\t-
"""
ORGS = """\
#Code\tUCode\tStateCode\tName
# Updated 2002 Jan  3 0108:57
PROG\tPROG\tRU\tProgress
YUZH\tYUZH\tSU\tYuzhnoye
LTV\tLTV\tUS\tVought
RLAB\tRLAB\tNZ\tRocket Lab
MVS\tMVS\tRU\tMinistry
SALE\tSALE\tF\tSellers
SEALC\tSEALC\tUS\tSea Launch
ARMY\tARMY\tUS\tArmy
"""
SITES = """\
#Site\tCode\tStateCode\tName
# Updated 2002 Jan  3 0108:57
NIIP-5\t-\tSU\tBaykonur
CSG\t-\tGUF\tKourou
KLA\t-\tKI\tPlatform
KMR\t-\tTTPI\tKwajalein
MAHIA\t-\tNZ\tMahia
"""
GCAT = {"launch/launch.tsv": LAUNCHES, "tables/lv.tsv": VEHICLES, "tables/orgs.tsv": ORGS, "tables/sites.tsv": SITES}
# By indicator and economy: made-up values by year.
INDICATORS: dict[str, dict[str, dict[str, Any]]] = {
    "FP.CPI.TOTL.ZG": {"RUS": {"1999": 85.7, "2000": 20.12345, "2001": 21.5}},
    "PA.NUS.PPP": {"RUS": {"2000": 7.3014041, "2001": 8.3}},
    "PA.NUS.FCRF": {"RUS": {"2000": 28.1291675, "2001": None}},
    "NY.GDP.MKTP.CD": {"RUS": {"2000": 259712345678.9}, "USA": {"2000": 10250952000000}},
    "GB.XPD.RSDV.GD.ZS": {"RUS": {"2000": 1.04983}, "USA": {"2000": 2.62879}},
    "SP.POP.SCIE.RD.P6": {"RUS": {"2000": 3459.04}, "USA": {"2000": 3475.5}},
}

OURS = {
    "launches": """\
year,state,basis,attempts,successes,sources,checked
2000,Sea Launch,hardware,1,1,gcat,dataset
2000,USA,hardware,1,1,gcat,dataset
2000,USSR/Russia,hardware,2,1,gcat,dataset
2001,USA,hardware,1,1,gcat,dataset
2001,USSR/Russia,hardware,1,0,gcat,dataset
2000,Europe,operator,1,0,gcat,dataset
2000,USA,operator,2,2,gcat,dataset
2000,USSR/Russia,operator,1,1,gcat,dataset
2001,USA,operator,1,1,gcat,dataset
2001,USSR/Russia,operator,1,0,gcat,dataset
2000,Europe,site,1,0,gcat,dataset
2000,Sea Launch,site,1,1,gcat,dataset
2000,USA,site,1,1,gcat,dataset
2000,USSR/Russia,site,1,1,gcat,dataset
2001,Other,site,1,1,gcat,dataset
2001,USSR/Russia,site,1,0,gcat,dataset
""",
    "new_families": """\
family,version,first_flight,last_flight,launch_attempts,launches_to_orbit,counted_to,era,family_first_flight,\
family_new_after_1991,novelty,novelty_checked,ukrainian_stages,note,sources,checked
A,Rocket A,2000-01-05,2001-01-02,3,1,2001-12-31,1992-2025,2000-01-05,true,new design,read,false,,gcat,dataset
Zenit,Zenit-3SL,2000-03-01,2000-03-01,1,1,2001-12-31,1992-2025,2000-03-01,true,new version,judged,true,,gcat,dataset
""",
    "deflators": """\
series,country,year,value,unit,base,sources,checked,note
gdp-usd-rus,Russia,2000,259.71,USD bn,nominal,datahub-gdp,read,
gdp-usd-usa,USA,2000,10250.95,USD bn,nominal,datahub-gdp,read,
nasa-new-start-index,USA,2000,7.5,"index, fiscal year",FY1959=1,tps-nnsi,read,
ppp-gdp-rus,Russia,2000,7.301404,RUB per international dollar,,datahub-ppp,read,
ppp-gdp-rus,Russia,2001,8.3,RUB per international dollar,,datahub-ppp,read,
ru-cpi-mean-change,Russia,2000,20.12345,"percent, annual mean on annual mean",previous year,datahub-cpi,read,
ru-cpi-mean-change,Russia,2001,21.5,"percent, annual mean on annual mean",previous year,rosstat-unread,unread,not found
rub-usd-mean,Russia,2000,28.12917,RUB (1998 denomination) per USD,annual mean,imf-codeforiati,read,
""",
    "rub_rates": """\
period,rub_per_usd_market,rub_per_international_dollar,sources,checked,note
2000,28.12,7.301404,ruxpert-fx;datahub-ppp,read,
2000-09,27.80,,ruxpert-fx,read,
2001,29.17,8.3,ruxpert-fx;datahub-ppp,read,
""",
    "rd_personnel": """\
country,series,year,basis,value,unit,sources,checked,note
Russia,rd_gdp_share,2000,World Bank and UNESCO,1.04983,percent of GDP,owid2025rdgdp,read,
Russia,rd_gdp_share,2000,lecture textbook,1.05,percent of GDP,gokhberg-textbook,read,
Russia,researchers_per_million,2000,World Bank and UNESCO,3459.0,FTE per million people,owid2024researchers,read,
United States,rd_gdp_share,2000,World Bank and UNESCO,2.62879,percent of GDP,owid2024rdgdp,read,
United States,researchers_per_million,2000,World Bank and UNESCO,3475.5,FTE per million people,wb2019researchers,read,
""",
}
QUICK = Manners(retries=1, silence=5, limit=20, progress=False)


def indicator(name: str, values: dict[str, dict[str, Any]]) -> Any:
    """An answer of the API, in the form that its documentation gives."""
    records = [
        {"indicator": {"id": name, "value": "x"}, "countryiso3code": economy, "date": year, "value": value, "unit": ""}
        for economy, years in values.items()
        for year, value in years.items()
    ]
    about = {"page": 1, "pages": 1, "per_page": 20000, "total": len(records), "lastupdated": "2002-02-01"}
    return [about, records]


def as_json(content: Any) -> Answer:
    return Answer(json.dumps(content).encode(), kind="application/json;charset=utf-8")


def path_of(name: str) -> str:
    return f"/v2/country/RUS;USA/indicator/{name}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The two originals, each under its base address."""
    with serving() as server:
        for path, text in GCAT.items():
            server.give(f"/gcat/{path}", Answer(text.encode()))
        for name, values in INDICATORS.items():
            server.give(path_of(name), as_json(indicator(name, values)))
        monkeypatch.setenv("LOSTLEAD_GCAT", f"{server.url}/gcat")
        monkeypatch.setenv("LOSTLEAD_WORLDBANK", f"{server.url}/v2/")
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project with five small tables that agree with the made-up originals, in a folder with a space in its name."""
    home = tmp_path / "lost lead"
    (home / "data").mkdir(parents=True)
    descriptor = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [entry for entry in descriptor["resources"] if entry["name"] in OURS]
    for entry in descriptor["resources"]:
        for field in entry["schema"]["fields"]:
            if entry["name"] == "launches" and field["name"] == "year":
                field["constraints"]["maximum"] = 2001
    (home / "data" / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    for name, text in OURS.items():
        (home / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
    return home


def run(home: Path, manners: Manners = QUICK, **options: bool) -> str:
    """Refresh and return what it said."""
    said: list[str] = []
    refresh(home, said.append, manners=manners, **options)
    return "\n".join(said)


def state(home: Path) -> dict[str, str]:
    """All files of ``data/``; what a failed or plain run must leave alone."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((home / "data").iterdir())}


def spoil(home: Path, table: str, old: str, new: str) -> None:
    path = home / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_each_launch_goes_to_the_state_that_each_basis_names(tmp_path: Path) -> None:
    tables = {}
    for path, text in GCAT.items():
        file = tmp_path / Path(path).name
        file.write_text(text, encoding="utf-8")
        edition, tables[file.name] = gcat.read_table(file)
        assert edition == "2002-01-03"
    found = {item.tag: (item.hardware, item.operator, item.site, item.success) for item in gcat.launches(tables)}
    assert found == {
        "2000-001": ("USSR/Russia", "USSR/Russia", "USSR/Russia", True),
        "2000-002": ("USSR/Russia", "Europe", "Europe", False),
        "2000-003": ("Sea Launch", "USA", "Sea Launch", True),
        "2000-004": ("USA", "USA", "USA", True),
        "2001-001": ("USA", "USA", "Other", True),
        "2001-002": ("USSR/Russia", "USSR/Russia", "USSR/Russia", False),
        "2002-001": ("USSR/Russia", "USSR/Russia", "USSR/Russia", True),
    }


def test_tables_that_agree_have_not_drifted(home: Path, server: Server) -> None:
    before = state(home)
    said = run(home)
    assert "drifted" not in said.replace("nothing drifted", "")
    assert said.count("nothing drifted") == 2 + len(worldbank.SERIES)
    assert state(home) == before
    agents = {headers["User-Agent"] for *_, headers in server.asked}
    assert len(agents) == 1
    assert agents.pop().startswith("LostLead/")


def test_drift_is_told_row_by_row_with_both_values_and_since_when(home: Path, server: Server) -> None:
    spoil(home, "launches", "2000,USA,site,1,1", "2000,USA,site,4,3")
    spoil(home, "new_families", "2001-01-02,3,1", "2001-01-01,3,2")
    spoil(home, "rd_personnel", "2.62879", "2.6")
    before = state(home)
    said = run(home)
    assert (
        "  year 2000, state USA, basis site: differs; attempts: ours 4, theirs 1; successes: ours 3, theirs 1; "
        "since the edition of 2002-01-03"
    ) in said
    assert "last_flight: ours 2001-01-01, theirs 2001-01-02; launches_to_orbit: ours 2, theirs 1" in said
    # Our table of shares then gives one decimal at most, and in one decimal there is no difference.
    assert (
        "rd_gdp_share, World Bank and UNESCO) and World Bank GB.XPD.RSDV.GD.ZS of 2002-02-01: nothing drifted" in said
    )
    assert state(home) == before
    server.give("/gcat/launch/launch.tsv", Answer(LAUNCHES.replace("2002 Jan  3", "2002 Feb  3").encode()))
    later = run(home, replace(QUICK, keep=timedelta(0)))
    assert "theirs 1; since the edition of 2002-01-03" in later
    assert "GCAT launch list of 2002-02-03: rows drifted: 1" in later


def test_a_row_that_only_one_side_has_is_told(home: Path, server: Server) -> None:
    spoil(home, "launches", "2001,Other,site,1,1,gcat,dataset\n", "")
    spoil(home, "launches", "2000,Europe,site", "2000,Japan,hardware,1,0,gcat,dataset\n2000,Europe,site")
    said = run(home)
    assert "year 2001, state Other, basis site: ours has no such row; attempts: ours none, theirs 1" in said
    assert "year 2000, state Japan, basis hardware: theirs has no such row; attempts: ours 1, theirs none" in said


def test_a_second_run_asks_nobody(home: Path, server: Server) -> None:
    first = run(home)
    asked = len(server.asked)
    assert asked == 4 + len(INDICATORS)
    assert run(home) == first
    assert len(server.asked) == asked
    (home / "_build" / "upstream" / "lv.tsv").write_text("spoilt", encoding="utf-8")
    assert run(home) == first
    assert server.paths()[asked:] == ["/gcat/tables/lv.tsv"]
    run(home, replace(QUICK, keep=timedelta(0)))
    assert len(server.asked) == 2 * asked + 1


def test_what_drifted_is_taken_over_and_nothing_else(home: Path, server: Server) -> None:
    wanted = state(home)
    spoil(home, "launches", "2000,USA,site,1,1", "2000,USA,site,4,3")
    spoil(home, "launches", "2001,Other,site,1,1,gcat,dataset\n", "")
    spoil(home, "launches", "2000,Europe,site", "2000,Japan,hardware,1,0,gcat,dataset\n2000,Europe,site")
    said = run(home, write=True)
    assert "written: data/launches" in said
    assert state(home) == wanted
    assert "nothing to write" in run(home, write=True)
    assert sorted(path.name for path in home.iterdir()) == ["_build", "data"]


def test_a_changed_value_names_the_original_as_its_source(home: Path, server: Server) -> None:
    spoil(home, "deflators", "2001,21.5,", "2001,13.7512,")
    spoil(home, "rub_rates", "29.17,8.3,", "29.17,8.4,")
    run(home, write=True)
    after = state(home)
    assert (
        'ru-cpi-mean-change,Russia,2001,21.5,"percent, annual mean on annual mean",previous year,worldbank-indicators,'
        'dataset,"World Bank FP.CPI.TOTL.ZG, edition of 2002-02-01"\n'
    ) in after["deflators.csv"]
    assert "2001,29.17,8.3,ruxpert-fx;worldbank-indicators,read,\n" in after["rub_rates.csv"]


def test_later_rows_are_told_and_wait_to_be_asked_for(home: Path, server: Server) -> None:
    spoil(home, "deflators", OURS["deflators"].splitlines()[7] + "\n", "")
    spoil(home, "rub_rates", OURS["rub_rates"].splitlines()[3] + "\n", "")
    before = state(home)
    said = run(home, write=True)
    assert "World Bank FP.CPI.TOTL.ZG of 2002-02-01: nothing drifted, later than ours: 1" in said
    assert state(home) == before
    run(home, write=True, newer=True)
    assert "rub_rates" not in said.replace("rub_rates and World Bank PA.NUS.PPP of 2002-02-01: nothing drifted\n", "")
    lines = state(home)["deflators.csv"].splitlines()
    assert lines[7].startswith(
        'ru-cpi-mean-change,Russia,2001,21.5,"percent, annual mean on annual mean",previous year,w'
    )


def test_a_year_that_the_descriptor_does_not_allow_changes_nothing(home: Path, server: Server) -> None:
    spoil(home, "deflators", "2001,21.5,", "2001,13.7,")
    server.give("/gcat/launch/launch.tsv", Answer(LAUNCHES.replace("Updated 2002", "Updated 2003").encode()))
    before = state(home)
    with pytest.raises(DataError, match=r"data/launches\.csv, row \d+, column 'year': '2002' breaks a rule"):
        run(home, write=True, newer=True)
    assert state(home) == before
    assert sorted(path.name for path in home.iterdir()) == ["_build", "data"]


def test_a_catalogue_that_does_not_reach_our_last_year_is_refused(home: Path, server: Server) -> None:
    short = "\n".join(line for line in LAUNCHES.splitlines() if not line.startswith(("2001", "2002"))) + "\n"
    server.give("/gcat/launch/launch.tsv", Answer(short.encode()))
    with pytest.raises(DataError, match=r"launch\.tsv: .* no whole year after 2000, our tables go to 2001"):
        run(home)


def test_a_server_that_fails_once_is_asked_again(home: Path, server: Server) -> None:
    path = "/gcat/tables/orgs.tsv"
    server.give(path, Answer(status=500), Answer(ORGS.encode()))
    assert "nothing drifted" in run(home)
    assert server.paths().count(path) == 2


@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        ("/gcat/tables/orgs.tsv", Answer(status=500), r"orgs\.tsv: it could not be fetched whole \(500"),
        ("/gcat/tables/orgs.tsv", Answer(status=404), r"orgs\.tsv: http\S+ answers 404"),
        (
            "/gcat/launch/launch.tsv",
            Answer(LAUNCHES[:300].encode(), promised=len(LAUNCHES)),
            r"launch\.tsv: it could not be fetched whole",
        ),
        ("/gcat/launch/launch.tsv", Answer(LAUNCHES[:300].encode(), no_length=True), r"launch\.tsv: it is cut off"),
        (path_of("PA.NUS.PPP"), Answer(b'[{"page": 1', no_length=True), r"PA\.NUS\.PPP\.json: it is not whole JSON"),
        ("/gcat/tables/lv.tsv", Answer(b"<html>busy</html>", kind="text/html"), r"lv\.tsv: \S+ is a web page, not data"),
        ("/gcat/tables/lv.tsv", Answer(b"<html>busy</html>\n"), r"lv\.tsv, row 1, column 'LV_Name': this column is not"),
        (
            "/gcat/launch/launch.tsv",
            Answer(LAUNCHES.replace("\tLV_Type", "\tVehicle").encode()),
            r"launch\.tsv, row 1, column 'LV_Type': this column is not there; the columns are Launch_Tag, Launch_Date, V",
        ),
        (
            "/gcat/tables/sites.tsv",
            Answer(SITES.replace("Name", "StateCode").encode()),
            r"sites\.tsv, row 1, column 'StateCode': this column is there twice",
        ),
        (
            "/gcat/tables/sites.tsv",
            Answer(SITES.replace("KLA\t", "KLA\t\t").encode()),
            r"sites\.tsv, row 5: the row has 5 cells, the header 4",
        ),
        (
            "/gcat/tables/orgs.tsv",
            Answer(ORGS.replace("SEALC", "SEA").encode()),
            r"launch\.tsv, column 'Agency': launch 2000-003: no table of the catalogue explains 'SEALC'",
        ),
        (
            "/gcat/launch/launch.tsv",
            Answer(LAUNCHES.replace("2000 Feb 11", "2000 Feb 31").encode()),
            r"column 'Launch_Date': launch 2000-002: '2000 Feb 31' is not a day",
        ),
        ("/gcat/tables/orgs.tsv", Answer(ORGS.replace("# Updated", "# Of").encode()), "no line tells when"),
        ("/gcat/tables/orgs.tsv", Answer(ORGS.replace("Sellers", "S\xe9").encode("latin-1")), "it is not UTF-8 text"),
        (
            path_of("PA.NUS.PPP"),
            as_json([{"message": [{"id": "120", "key": "Invalid value", "value": "not valid"}]}]),
            r"PA\.NUS\.PPP\.json: there is no data in the answer: .*Invalid value",
        ),
        (
            path_of("PA.NUS.PPP"),
            as_json(
                json.loads(json.dumps(indicator("PA.NUS.PPP", INDICATORS["PA.NUS.PPP"])).replace("iso3code", "iso3"))
            ),
            r"PA\.NUS\.PPP\.json, row 1, column 'countryiso3code': this field is not there",
        ),
        (
            path_of("PA.NUS.PPP"),
            as_json(indicator("PA.NUS.FCRF", INDICATORS["PA.NUS.PPP"])),
            r"PA\.NUS\.PPP\.json, row 1, column 'indicator': the record is of another indicator",
        ),
        (
            path_of("PA.NUS.PPP"),
            as_json(indicator("PA.NUS.PPP", {"RUS": {"2000": "many"}})),
            r"PA\.NUS\.PPP\.json, row 1, column 'value': 'many' is not a number",
        ),
        (
            path_of("PA.NUS.PPP"),
            as_json([{**indicator("x", {})[0], "pages": 2}, indicator("PA.NUS.PPP", INDICATORS["PA.NUS.PPP"])[1]]),
            r"PA\.NUS\.PPP\.json, column 'total': the answer does not hold all records",
        ),
        (
            path_of("NY.GDP.MKTP.CD"),
            as_json(indicator("NY.GDP.MKTP.CD", {"RUS": {"2000": 1.5}})),
            r"NY\.GDP\.MKTP\.CD\.json: it has nothing for USA",
        ),
    ],
)  # fmt: skip
def test_an_original_that_is_not_right_stops_with_one_error_and_changes_nothing(
    home: Path, server: Server, path: str, answer: Answer, told: str
) -> None:
    good = server.answers[path]
    spoil(home, "launches", "2000,USA,site,1,1", "2000,USA,site,4,3")
    before = state(home)
    server.give(path, answer)
    with pytest.raises(DataError, match=told) as caught:
        run(home, write=True)
    assert "Remedy:" in str(caught.value)
    assert state(home) == before
    # The bad file is not kept: the next run gets the mended one.
    server.answers[path] = good
    assert "written: data/launches" in run(home, write=True)


def test_another_host_is_never_asked(home: Path, server: Server) -> None:
    before = state(home)
    with serving("127.0.0.2") as other:
        other.give("/orgs.tsv", Answer(ORGS.encode()))
        server.give("/gcat/tables/orgs.tsv", Answer(status=302, headers={"Location": f"{other.url}/orgs.tsv"}))
        with pytest.raises(DataError, match=r"orgs\.tsv: its address sends to another host \(http://127\.0\.0\.2:"):
            run(home, write=True)
        assert other.asked == []
    assert state(home) == before


def test_a_redirect_on_the_same_host_is_followed(home: Path, server: Server) -> None:
    server.give("/gcat/tables/orgs.tsv", Answer(status=301, headers={"Location": "/moved/orgs.tsv"}))
    server.give("/moved/orgs.tsv", Answer(ORGS.encode()))
    assert "nothing drifted" in run(home)


def test_an_address_that_is_not_http_is_refused(home: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOSTLEAD_GCAT", (ROOT / "data").as_uri())
    with pytest.raises(DataError, match="is not an http address"):
        run(home)


def test_packed_answers_are_unpacked(home: Path, server: Server) -> None:
    packed = Answer(gzip.compress(LAUNCHES.encode()), headers={"Content-Encoding": "gzip"}, parts=5)
    server.give("/gcat/launch/launch.tsv", packed)
    assert "nothing drifted" in run(home)


def test_a_slow_server_is_waited_for_and_progress_is_shown(
    home: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.give("/gcat/launch/launch.tsv", Answer(LAUNCHES.encode(), parts=6, pause=0.15))
    assert "nothing drifted" in run(home, replace(QUICK, progress=True))
    shown = capsys.readouterr().err
    lines = [line for line in shown.split("\r") if line.startswith("launch.tsv:")]
    assert any("50%" in line or "33%" in line or "67%" in line for line in lines), lines
    assert "100%" in lines[-1]


@pytest.mark.parametrize(
    ("manners", "answer", "told"),
    [
        (
            replace(QUICK, limit=0.5),
            Answer(LAUNCHES.encode(), parts=200, pause=0.05),
            "not here whole after 0.5 seconds",
        ),
        (replace(QUICK, silence=0.4), Answer(LAUNCHES.encode(), parts=2, pause=1.5), "no sign of life in time"),
    ],
)
def test_a_server_that_is_too_slow_is_given_up(
    home: Path, server: Server, manners: Manners, answer: Answer, told: str
) -> None:
    before = state(home)
    server.give("/gcat/launch/launch.tsv", answer)
    started = time.monotonic()
    with pytest.raises(DataError, match=told):
        run(home, replace(manners, retries=0), write=True)
    assert time.monotonic() - started < 5
    assert state(home) == before


def write_and_die(home: Path, place: Any, name: str, turn: int) -> None:
    """Write two changed tables, and be killed as soon as the named function is called for the given time."""
    rows = {table: drift.read_rows(home, table) for table in ("launches", "rub_rates")}
    rows["launches"][0]["attempts"] = "7"
    rows["rub_rates"][0]["note"] = "changed"
    real, calls = getattr(place, name), itertools.count(1)

    def die(*arguments: Any, **options: Any) -> Any:
        if next(calls) == turn:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)

    setattr(place, name, die)
    drift.write(home, rows)


@pytest.mark.parametrize(
    ("place", "name", "turn", "written"),
    [
        (Path, "write_text", 1, False), (Path, "write_text", 2, False), (drift, "check_all", 1, False),
        (swap, "exchange", 1, False), (shutil, "rmtree", 2, True), (shutil, "rmtree", 3, True),
    ],
)  # fmt: skip
def test_a_write_that_is_killed_leaves_data_old_or_new_as_a_whole(
    home: Path, place: Any, name: str, turn: int, written: bool
) -> None:
    before = state(home)
    child = multiprocessing.get_context("fork").Process(target=write_and_die, args=(home, place, name, turn))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert (state(home) != before) is written
    drift.recover(home)
    after = state(home)
    assert (after["launches.csv"] != before["launches.csv"]) is written
    assert (after["rub_rates.csv"] != before["rub_rates.csv"]) is written
    assert sorted(path.name for path in home.iterdir()) == ["data"]


def test_tables_are_written_back_to_the_byte() -> None:
    for name in OURS:
        text = (ROOT / "data" / f"{name}.csv").read_text(encoding="utf-8")
        assert drift.to_csv(drift.read_rows(ROOT, name)) == text


def test_every_series_speaks_of_rows_that_we_have() -> None:
    """The names in the code are those of the tables: a series that speaks of nothing would never drift."""
    derived = worldbank.derive(
        {name: ("2002-02-01", {"RUS": {"2000": "1"}, "USA": {"2000": "1"}}) for name in INDICATORS}
    )
    for entry in derived:
        assert sum(entry.speaks_of(row) for row in drift.read_rows(ROOT, entry.table)) >= 15, entry.select


def test_the_commands_tell_and_fail_clearly(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", home)
    assert commands.main(["refresh"]) == 0
    assert "nothing drifted" in capsys.readouterr().out
    server.give("/gcat/tables/orgs.tsv", Answer(status=404))
    (home / "_build" / "upstream" / "fetched.json").unlink()
    assert commands.main(["refresh", "--write"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: orgs.tsv: ")
    assert told.endswith("data/ is as it was.\n")


def test_the_source_of_written_rows_is_in_the_bibliography() -> None:
    from lostlead.sources import read_sources

    assert {worldbank.SOURCE, "gcat"} | worldbank.COPIES <= read_sources(ROOT).keys()
