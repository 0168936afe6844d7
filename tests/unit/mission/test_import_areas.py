"""Reading COD-AB downloads in their formats, and what is said of those that do not nest or match."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio import raw

from saphan import mission
from saphan.core.problem import Problem
from saphan.core.text import Text
from saphan.mission.import_areas import AreaImport, compare, read_areas, write_areas
from saphan.mission.model import AdminArea, Places
from saphan.mission.places import read_places

WEST, EAST = shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 2)
SOUTH_WEST, NORTH_WEST = shapely.box(0, 0, 1, 1), shapely.box(0, 1, 1, 2)


def layer(
    path: Path, layer_name: str, shapes: list[shapely.Geometry], crs: str = "EPSG:4326", **columns: list[str]
) -> None:
    """Write one layer as a download has it."""
    raw.write(
        path,
        shapely.to_wkb(np.array(shapes)),
        [np.array(values, dtype=object) for values in columns.values()],
        list(columns),
        layer=layer_name,
        crs=crs,
        geometry_type="Polygon",
        append=path.exists(),
        encoding="UTF-8",
    )


def new_style(path: Path) -> Path:
    """Two levels with the columns of downloads since 2024: names by number, languages beside them."""
    layer(
        path,
        "adm1",
        [WEST, EAST],
        adm1_name=["West", "East"],
        adm1_name1=["ตะวันตก", "ตะวันออก"],
        adm1_pcode=["XX1", "XX2"],
        adm0_name=["Country"] * 2,
        adm0_pcode=["XX"] * 2,
        lang=["en"] * 2,
        lang1=["th"] * 2,
    )
    layer(
        path,
        "adm2",
        [SOUTH_WEST, NORTH_WEST],
        adm2_name=["South-West", "North-West"],
        adm2_name1=["ตะวันตกเฉียงใต้", "ตะวันตกเฉียงเหนือ"],
        adm2_pcode=["XX11", "XX12"],
        adm1_pcode=["XX1"] * 2,
        adm0_pcode=["XX"] * 2,
        lang=["en"] * 2,
        lang1=["th"] * 2,
    )
    return path


def test_a_geopackage_with_the_new_columns(tmp_path: Path) -> None:
    read = read_areas([new_style(tmp_path / "xx.gpkg")])
    assert read.findings == ()
    assert read.levels == {0: 1, 1: 2, 2: 2}
    assert read.areas["XX12"] == AdminArea(
        pcode="XX12", level=2, parent="XX1", name=Text({"en": "North-West", "th": "ตะวันตกเฉียงเหนือ"})
    )
    assert read.areas["XX"].name == Text({"en": "Country"})
    assert read.outlines.keys() == {"XX1", "XX2", "XX11", "XX12"}


def test_a_shapefile_with_the_old_columns(tmp_path: Path) -> None:
    path = tmp_path / "xx_adm1.shp"
    layer(
        path,
        "xx_adm1",
        [WEST, EAST],
        ADM1_EN=["West", "East"],
        ADM1_TH=["ตะวันตก", "ตะวันออก"],
        ADM1_PCODE=["XX1", "XX2"],
    )
    read = read_areas([path])
    assert read.findings == ()
    assert read.areas["XX2"].name == Text({"en": "East", "th": "ตะวันออก"})
    assert read.areas["XX2"].parent == "XX", "a layer without its country's column says it in its P-codes"


def test_a_folder_of_files(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    new_style(tmp_path / "xx" / "xx.gpkg")
    (tmp_path / "xx" / "readme.txt").write_text("terms", encoding="utf-8")
    assert read_areas([tmp_path / "xx"]).levels == {0: 1, 1: 2, 2: 2}
    (tmp_path / "empty").mkdir()
    assert [finding.code for finding in read_areas([tmp_path / "empty"]).findings] == ["file.broken"]


def test_the_thai_download_matches_the_vendored_places(shared_data: Path, thailand: Path) -> None:
    read = read_areas([shared_data / "geo" / "tha_adm1_p15.geojson", shared_data / "geo" / "tha_adm2_p15.geojson"])
    assert read.findings == ()
    assert read.levels == {0: 1, 1: 77, 2: 928}
    changes = compare(read, mission.open(thailand).places)
    assert {change.kind for change in changes} == {"renamed"}, "the P-codes are the same; spellings are not"
    assert len({change.pcode for change in changes}) == 24


def test_the_border_districts_are_those_that_touch_a_neighbour(shared_data: Path, thailand: Path) -> None:
    """Every marked district but the sea border of Ranong lies on the outer boundary of the country."""
    read = read_areas([shared_data / "geo" / "tha_adm2_p15.geojson"])
    outer = shapely.union_all(list(read.outlines.values())).boundary
    marked = [area.pcode for area in mission.open(thailand).places.areas.values() if area.border]
    inland = [pcode for pcode in marked if read.outlines[pcode].distance(outer) > 0.02]
    assert inland == []


def test_sub_districts_are_extra(shared_data: Path, thailand: Path) -> None:
    read = read_areas([shared_data / "geo" / "tha_adm3_cod.csv"])
    assert read.levels[3] == 7425
    kinds = Counter(change.kind for change in compare(read, mission.open(thailand).places))
    assert kinds["extra"] == 7425
    assert kinds["missing"] == kinds["moved"] == 0


def test_what_differs_from_the_present_areas(tmp_path: Path) -> None:
    present = {
        "XX": AdminArea(pcode="XX", level=0, parent=None, name=Text({"en": "Country"})),
        "XX1": AdminArea(pcode="XX1", level=1, parent="XX", name=Text({"en": "Old West", "th": "ตะวันตก"})),
        "XX3": AdminArea(pcode="XX3", level=1, parent="XX", name=Text({"en": "North"})),
        "XX11": AdminArea(pcode="XX11", level=2, parent="XX3", name=Text({"en": "South-West"})),
        "YY": AdminArea(pcode="YY", level=0, parent=None, name=Text({"en": "Elsewhere"})),
    }
    read = read_areas([new_style(tmp_path / "xx.gpkg")])
    changes = compare(read, Places(version="", areas=present, points={}))
    assert [(change.kind, change.pcode) for change in changes] == [
        ("missing", "XX3"),
        ("renamed", "XX1"),
        ("moved", "XX11"),
        ("extra", "XX12"),
        ("extra", "XX2"),
    ]
    assert str(changes[1]) == "XX1 is renamed: Old West (en) is West"


def test_what_does_not_nest(tmp_path: Path) -> None:
    path = tmp_path / "xx.gpkg"
    layer(path, "adm1", [WEST, EAST], ADM1_EN=["West", "East"], ADM1_PCODE=["XX1", "XX2"])
    layer(
        path,
        "adm2",
        [SOUTH_WEST, NORTH_WEST, shapely.box(1, 0, 2, 1), SOUTH_WEST],
        ADM2_EN=["South-West", "North-West", "Astray", "Again"],
        ADM2_PCODE=["XX11", "YY12", "XX13", "XX11"],
        ADM1_PCODE=["XX1", "XX1", "XX1", "XX1"],
    )
    found = read_areas([path]).findings
    assert sorted((finding.code, finding.at.row) for finding in found) == [
        ("place.duplicate", 4),
        ("place.nesting", 2),
        ("place.shape", 3),
    ]
    assert "100% of the outline of XX13 lies outside XX1" in str(found)
    assert all(finding.at.file == "xx.gpkg" and finding.remedy for finding in found)


def test_files_that_are_no_boundaries(tmp_path: Path) -> None:
    (tmp_path / "words.gpkg").write_text("not a GeoPackage", encoding="utf-8")
    layer(tmp_path / "bare.gpkg", "adm1", [WEST], name=["West"])
    layer(tmp_path / "metres.gpkg", "adm1", [WEST], crs="EPSG:32647", ADM1_EN=["West"], ADM1_PCODE=["XX1"])
    files = ("words.gpkg", "bare.gpkg", "metres.gpkg", "absent.shp")
    found = read_areas([tmp_path / name for name in files]).findings
    assert [(finding.at.file, finding.code) for finding in found] == [
        ("words.gpkg", "file.broken"),
        ("bare.gpkg", "place.no-codes"),
        ("metres.gpkg", "file.broken"),
        ("absent.shp", "file.broken"),
    ]
    assert "EPSG:32647" in str(found[2])


def test_a_row_without_a_code_and_a_shape_that_is_no_polygon(tmp_path: Path) -> None:
    path = tmp_path / "xx.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","properties":{"ADM1_PCODE":null},"geometry":null},'
        '{"type":"Feature","properties":{"ADM1_PCODE":"XX1"},"geometry":{"type":"Point","coordinates":[0,0]}}]}',
        encoding="utf-8",
    )
    assert [(finding.code, finding.at.row) for finding in read_areas([path]).findings] == [
        ("csv.value", 1),
        ("file.broken", 2),
    ]


def test_writing_keeps_what_the_download_does_not_know(tmp_path: Path) -> None:
    read = read_areas([new_style(tmp_path / "xx.gpkg")])
    elsewhere: dict[str, object] = {"type": "Polygon", "coordinates": [[[5, 5], [6, 5], [6, 6], [5, 5]]]}
    present = Places(
        version="",
        areas={
            "XX12": AdminArea(
                pcode="XX12", level=2, parent="XX1", name=Text({"en": "Old name", "my": "အမည်"}), border=True
            ),
            "YY": AdminArea(pcode="YY", level=0, parent=None, name=Text({"en": "Elsewhere"})),
        },
        points={},
        outlines={"YY": elsewhere},
    )
    folder = tmp_path / "mission" / "places"
    write_areas(read, folder, present=present)
    (folder / "points.csv").write_text(
        "id,type,pcode,latitude,longitude,opens,closes,dissemination,name:en\nP,airport,XX12,1.5,0.5,0,24,,P\n",
        encoding="utf-8",
    )
    found: list[object] = []
    places = read_places(folder.parent, "1", ("en", "th", "my"), found)  # type: ignore[arg-type]
    assert found == []
    assert places.areas.keys() == {"XX", "XX1", "XX2", "XX11", "XX12", "YY"}
    assert places.areas["XX12"].border
    assert places.areas["XX12"].name == Text({"en": "North-West", "th": "ตะวันตกเฉียงเหนือ", "my": "အမည်"})
    assert places.outlines.keys() == {"XX1", "XX2", "XX11", "XX12", "YY"}
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_nothing_is_written_of_a_download_with_findings(tmp_path: Path) -> None:
    read = read_areas([tmp_path / "absent.gpkg"])
    with pytest.raises(Problem):
        write_areas(read, tmp_path / "places")
    assert not (tmp_path / "places").exists()


def test_simplified_neighbours_still_fit(shared_data: Path, tmp_path: Path) -> None:
    read = read_areas([shared_data / "geo" / "tha_adm1_p15.geojson"])
    _, whole = write_areas(read, tmp_path / "whole")
    _, simple = write_areas(read, tmp_path / "simple", simplify=0.05)
    assert simple.stat().st_size < whole.stat().st_size / 3
    shapes = {pcode: shapely.geometry.shape(dict(outline)) for pcode, outline in _outlines(tmp_path / "simple").items()}
    assert len(shapes) == 77
    gaps = sum(shape.area for shape in shapes.values()) - shapely.union_all(list(shapes.values())).area
    assert abs(gaps) < 0.001, "square degrees of overlap"


def _outlines(folder: Path) -> dict[str, dict[str, object]]:
    collection = json.loads((folder / "outlines.geojson").read_text(encoding="utf-8"))
    return {feature["properties"]["pcode"]: feature["geometry"] for feature in collection["features"]}


def test_nothing_in_nothing_out() -> None:
    assert read_areas([]) == AreaImport(areas={}, outlines={}, findings=())
