"""`saphan places import`: a download held against a mission's areas, and written over them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from saphan.mission import open as open_mission
from saphan.pipeline.checking import check
from tests.cli.conftest import Shell

WEST, EAST = (20.0, 20.5), (20.5, 21.0)


def square(longitudes: tuple[float, float], latitudes: tuple[float, float]) -> dict[str, object]:
    (west, east), (south, north) = longitudes, latitudes
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def download(path: Path, *, renamed: str = "Fordham", fordham: str = "XA0101") -> Path:
    """Districts of the starting mission's country in the form of a COD-AB, around its two points."""
    rows = [
        ("XA01", "Upper Aven", fordham, renamed, (10.15, 10.4)),
        ("XA02", "Lower Aven", "XA0201", "Millbridge", (9.9, 10.15)),
    ]
    features = [
        {
            "type": "Feature",
            "properties": {
                "ADM0_PCODE": "XA",
                "ADM0_EN": "Avenland",
                "ADM1_PCODE": province,
                "ADM1_EN": name,
                "ADM2_PCODE": district,
                "ADM2_EN": called,
            },
            "geometry": square(WEST, latitudes),
        }
        for province, name, district, called, latitudes in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_a_download_that_agrees_is_said_to(shell: Shell) -> None:
    shell.saphan("new", "demo")
    answer = shell.saphan("places", "import", "demo", download(shell.at / "areas.geojson"))
    assert answer.status == 0
    assert "5 areas" in answer.out
    assert "5 are alike" in answer.out


def test_what_differs_is_listed_and_nothing_written_unless_asked(shell: Shell) -> None:
    shell.saphan("new", "demo")
    areas = shell.at / "demo" / "places" / "areas.csv"
    before = areas.read_bytes()
    answer = shell.saphan("places", "import", "demo", download(shell.at / "a.geojson", renamed="Fordum"), "--json")
    assert answer.status == 1
    report = answer.json
    assert (report["areas"], report["matching"], report["written"]) == (5, 4, [])
    assert report["changes"] == [
        {"kind": "renamed", "pcode": "XA0101", "present": "Fordham (en)", "imported": "Fordum"}
    ]
    assert areas.read_bytes() == before


def test_written_areas_keep_what_a_download_does_not_know(shell: Shell) -> None:
    shell.saphan("new", "demo")
    answer = shell.saphan("places", "import", "demo", download(shell.at / "a.geojson", renamed="Fordum"), "--write")
    assert answer.status == 0, answer.err
    assert "places_version" in answer.out
    places = open_mission(shell.at / "demo").places
    assert places.areas["XA0101"].name.to("en") == "Fordum"
    assert places.areas["XA0101"].border
    assert "XB01" in places.areas
    assert places.outlines.keys() == {"XA0101", "XA0201"}
    assert check(shell.at / "demo")[1] == []


def test_a_written_download_that_leaves_the_folder_wrong_says_where(shell: Shell) -> None:
    shell.saphan("new", "demo")
    answer = shell.saphan("places", "import", "demo", download(shell.at / "a.geojson", fordham="XA0109"), "--write")
    assert answer.status == 1
    assert "places/points.csv, row 2" in answer.err
    assert "XA0101" in answer.err


def test_a_download_with_a_fault_is_not_written(shell: Shell) -> None:
    shell.saphan("new", "demo")
    areas = shell.at / "demo" / "places" / "areas.csv"
    before = areas.read_bytes()
    answer = shell.saphan("places", "import", "demo", download(shell.at / "a.geojson", fordham="XA0201"), "--write")
    assert answer.status == 1
    assert "a.geojson, row 2" in answer.err
    assert areas.read_bytes() == before


def test_rows_that_cannot_be_read_are_not_lost_by_writing(shell: Shell) -> None:
    shell.saphan("new", "demo")
    areas = shell.at / "demo" / "places" / "areas.csv"
    areas.write_text(areas.read_text("utf-8").replace("XB02,1,XB,no", "XB02,one,XB,no"), "utf-8")
    before = areas.read_bytes()
    answer = shell.saphan("places", "import", "demo", download(shell.at / "a.geojson"), "--write")
    assert answer.status == 1
    assert "places/areas.csv, row 9" in answer.err
    assert areas.read_bytes() == before


def test_areas_can_be_written_where_there_are_none(shell: Shell) -> None:
    shell.saphan("new", "demo")
    (shell.at / "demo" / "places" / "areas.csv").unlink()
    answer = shell.saphan("places", "import", "demo", download(shell.at / "a.geojson"), "--write")
    assert "Written: " in answer.out
    assert (shell.at / "demo" / "places" / "areas.csv").is_file()


def test_a_real_download_agrees_with_the_seed_mission_but_for_spelling(
    shell: Shell, shared_data: Path, thailand: Path
) -> None:
    folder = shell.at / "missions" / "seed"
    shutil.copytree(thailand, folder)
    answer = shell.saphan("places", "import", folder, shared_data / "geo" / "tha_adm2_p15.geojson", "--json")
    report = answer.json
    assert report["levels"] == {"0": 1, "1": 77, "2": 928}
    assert report["findings"] == []
    assert {change["kind"] for change in report["changes"]} == {"renamed"}
    assert len(report["changes"]) < 40
