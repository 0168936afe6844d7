"""Opening a country folder: what is read, and that every mistake in it gives one message with file, row and remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from saphan import mission
from saphan.core.period import Period
from saphan.core.problem import Problem
from saphan.mission import Dissemination, PointType


@pytest.fixture
def folder(thailand: Path, tmp_path: Path) -> Path:
    """A copy of the seed mission to spoil."""
    copy = tmp_path / "spoilt"
    shutil.copytree(thailand, copy, ignore=shutil.ignore_patterns("products", "indicators", "forms", "series"))
    return copy


def replace(name: str, old: str, new: str, count: int = 1) -> Callable[[Path], None]:
    """An edit of one file; it fails if there is nothing to replace."""

    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, count), encoding="utf-8")

    return edit


def write(name: str, data: bytes) -> Callable[[Path], None]:
    """An edit that puts other bytes in a file's place."""

    def edit(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return edit


def remove(name: str) -> Callable[[Path], None]:
    """An edit that takes a file away."""
    return lambda folder: (folder / name).unlink()


def latin_1(name: str) -> Callable[[Path], None]:
    """An edit that saves a file in another encoding, as a spreadsheet does."""

    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_bytes(text.replace("Mae Sot", "Mae Sôt", 1).encode("cp874", errors="replace"))

    return edit


def test_a_site_belongs_to_the_list_from_the_day_it_is_listed_until_it_is_closed(thailand: Path) -> None:
    sites = mission.open(thailand).places.sites
    late = next(site for site in sites.values() if site.listed_from == date(2023, 5, 1))
    early = next(site for site in sites.values() if site.closed_on == date(2023, 6, 1))
    assert [late.listed(Period(start=date(2023, month, 1), end=date(2023, month + 1, 1))) for month in (4, 5)] == [
        False,
        True,
    ]
    assert [early.listed(Period(start=date(2023, month, 1), end=date(2023, month + 1, 1))) for month in (5, 6)] == [
        True,
        False,
    ]
    assert {site.dissemination for site in sites.values()} == {Dissemination.RESTRICTED}


def test_a_mission_needs_no_sites(folder: Path) -> None:
    (folder / "places" / "sites.csv").unlink()
    assert mission.open(folder).places.sites == {}


def test_the_seed_mission_opens_whole(thailand: Path) -> None:
    opened = mission.open(thailand)
    assert opened.id == "thailand-2023"
    assert opened.languages == ("en", "th", "my")
    assert opened.simulated
    assert len(opened.places.at_level(1, "TH")) == 77
    assert len(opened.places.at_level(2, "TH")) == 928
    assert len(opened.places.at_level(1, "MM")) == 18
    assert opened.say("admin-1", "th") == "จังหวัด"
    assert opened.say("not a message", "th") == "not a message"
    assert opened.var == thailand.parent.parent / "var" / "thailand-2023"
    assert date(2023, 4, 13) in {holiday.day for holiday in opened.holidays}


def test_border_districts_are_marked(thailand: Path) -> None:
    areas = mission.open(thailand).places.areas
    listed = (
        "TH6304 TH6305 TH6306 TH6307 TH6308 TH8501 TH8502 TH8503 TH8504 TH8505 TH7102 TH7107 TH7108"  # DTM's thirteen
    )
    assert all(areas[pcode].border for pcode in listed.split())
    assert not areas["TH6301"].border
    assert not any(area.border for area in areas.values() if area.level != 2)


def test_every_province_has_an_outline(thailand: Path) -> None:
    places = mission.open(thailand).places
    assert {area.pcode for area in places.at_level(1, "TH")} <= places.outlines.keys()
    assert {"MM", "LA", "KH", "MY"} <= places.outlines.keys()


def test_only_official_points_may_be_named_outside(thailand: Path) -> None:
    points = mission.open(thailand).places.points.values()
    assert {point.id for point in points if point.official} == {"TAK-01", "TAK-02", "RAN-01"}
    assert all(point.type is PointType.OFFICIAL_BORDER for point in points if point.official)


def test_an_unofficial_point_never_stands_alone_in_its_district(thailand: Path) -> None:
    hidden = [point.pcode for point in mission.open(thailand).places.points.values() if not point.official]
    assert all(hidden.count(pcode) > 1 for pcode in hidden), "its district's total would be its own"


def test_ancestors(thailand: Path) -> None:
    places = mission.open(thailand).places
    above = places.ancestor("TH6306", 1)
    assert above is not None
    assert above.name.to("en") == "Tak"
    assert places.ancestor("TH63", 2) is None
    assert places.ancestor("TH9999", 1) is None


MISTAKES: dict[str, tuple[Callable[[Path], None], str, str, int | None, str]] = {
    # what was done: (the edit, code, file, row, words in the message)
    "missing key": (
        replace("mission.toml", 'currency = "THB"\n', ""),
        "toml.value", "mission.toml", 1, "'currency' is missing",
    ),
    "misspelt key": (
        replace("mission.toml", 'licence = "CC-BY-4.0"', 'licence = "CC-BY-4.0"\nlicense = "MIT"'),
        "toml.value", "mission.toml", 9, "Did you mean 'licence'?",
    ),
    "wrong type": (
        replace("mission.toml", "simulated = true", 'simulated = "yes"'),
        "toml.value", "mission.toml", 7, "simulated",
    ),
    "TOML syntax": (replace("mission.toml", 'id = "thailand-2023"', "id = "), "toml.syntax", "mission.toml", 2, "TOML"),
    "id that would leave its folder": (
        replace("mission.toml", 'id = "thailand-2023"', 'id = "../../x"'),
        "toml.value", "mission.toml", 2, "id",
    ),
    "unknown time zone": (
        replace("mission.toml", "Asia/Bangkok", "Asia/Bankok"),
        "toml.value", "mission.toml", 4, "Asia/Bankok",
    ),
    "language forgotten": (
        replace("mission.toml", 'my = "ရုံး၏ အချက်အလက်ဌာန data@mission.example"\n', ""),
        "toml.value", "mission.toml", 17, "no words in my",
    ),
    "holiday twice": (
        replace("mission.toml", "day = 2023-01-02", "day = 2023-01-01"),
        "name.duplicate", "mission.toml", 33, "2023-01-01",
    ),
    "missing column": (
        replace("places/points.csv", "latitude,longitude", "lat,longitude"),
        "csv.column", "places/points.csv", 1, "latitude",
    ),
    "P-code that does not exist": (
        replace("places/points.csv", "TH6304", "TH6340"),
        "place.unknown", "places/points.csv", 6, "Did you mean 'TH63",
    ),
    "parent that does not exist": (
        replace("places/areas.csv", "TH6306,2,TH63", "TH6306,2,TH6"),
        "place.unknown", "places/areas.csv", None, "TH6",
    ),
    "bad nesting": (
        replace("places/areas.csv", "TH6306,2,TH63", "TH6306,2,TH64"),
        "place.nesting", "places/areas.csv", None, "TH6306 does not lie in TH64",
    ),
    "level that jumps": (
        replace("places/areas.csv", "TH6306,2,TH63", "TH6306,2,TH"),
        "place.nesting", "places/areas.csv", None, "TH6306",
    ),
    "P-code twice": (
        replace("places/areas.csv", "TH6309,2,TH63", "TH6308,2,TH63"),
        "place.duplicate", "places/areas.csv", None, "TH6308",
    ),
    "point twice": (
        replace("places/points.csv", "TAK-02,", "TAK-01,"),
        "place.duplicate", "places/points.csv", 3, "TAK-01",
    ),
    "coordinates swapped": (
        replace("places/points.csv", "9.9510,98.6020", "98.6020,9.9510"),
        "csv.value", "places/points.csv", 12, "latitude",
    ),
    "point in another province": (
        replace("places/points.csv", "16.6895,98.5205", "18.6895,98.5205"),
        "place.outside", "places/points.csv", 2, "outside TH63",
    ),
    "unknown type": (
        replace("places/points.csv", "boat-landing", "pier"),
        "csv.value", "places/points.csv", 13, "boat-landing",
    ),
    "hour that is none": (
        replace("places/points.csv", "98.5205,6,20", "98.5205,6,25"),
        "csv.value", "places/points.csv", 2, "'25'",
    ),
    "comma without quotes": (
        replace("places/points.csv", "Mae Sot Friendship Bridge 1,", "Mae Sot, Friendship Bridge 1,"),
        "file.broken", "places/points.csv", 2, "quotes",
    ),
    "no name": (
        replace("places/points.csv", "Mae Sot Friendship Bridge 1", ""),
        "csv.value", "places/points.csv", 2, "name",
    ),
    "another encoding": (latin_1("places/points.csv"), "file.encoding", "places/points.csv", 2, "0x"),
    "site in no known district": (
        replace("places/sites.csv", "farm,TH2304", "farm,TH2340"),
        "place.unknown", "places/sites.csv", None, "TH2340. Did you mean",
    ),
    "site of a whole province": (
        replace("places/sites.csv", "farm,TH2304", "farm,TH23"),
        "csv.value", "places/sites.csv", None, "admin level 2",
    ),
    "site in another province": (
        replace("places/sites.csv", "fishing-port,TH2301,12.1592", "fishing-port,TH2301,16.1592"),
        "place.outside", "places/sites.csv", 2, "outside TH23",
    ),
    "site twice": (
        replace("places/sites.csv", "TH2301-S02", "TH2301-S01"),
        "name.duplicate", "places/sites.csv", 3, "TH2301-S01",
    ),
    "site of no kind": (
        replace("places/sites.csv", "fishing-port", "pier"),
        "csv.value", "places/sites.csv", 2, "workplace-housing",
    ),
    "site closed before it was listed": (
        replace("places/sites.csv", "2023-01-01,,restricted", "2023-01-01,2022-12-01,restricted"),
        "dates.order", "places/sites.csv", 2, "2022-12-01",
    ),
    "a day that is none": (
        replace("places/sites.csv", "2023-01-01,,restricted", "1 January,,restricted"),
        "csv.value", "places/sites.csv", 2, "2023-01-31",
    ),
    "a file gone": (remove("places/points.csv"), "file.missing", "places/points.csv", None, "missing"),
    "words gone": (remove("words/th.po"), "file.missing", "words/th.po", None, "missing"),
    "words broken": (
        replace("words/my.po", 'msgid "admin-1"', 'mgid "admin-1"'),
        "file.broken", "words/my.po", None, "line",
    ),
    "outlines broken": (
        write("places/outlines.geojson", b'{"type": "FeatureCollection"'),
        "file.broken", "places/outlines.geojson", None, "GeoJSON",
    ),
    "outline of an unknown area": (
        replace("places/outlines.geojson", '"pcode":"TH10"', '"pcode":"TH0"'),
        "place.unknown", "places/outlines.geojson", None, "TH0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gives_one_message_with_file_row_and_remedy(folder: Path, mistake: str) -> None:
    edit, code, file, row, words = MISTAKES[mistake]
    edit(folder)
    _, found = mission.find(folder)
    assert [finding.code for finding in found] == [code], [str(finding) for finding in found]
    assert found[0].at.file == file
    assert found[0].remedy
    assert words in str(found[0])
    if row is not None:
        assert found[0].at.row == row
    if code.startswith(("csv.", "place.")) and file.endswith(".csv"):
        assert found[0].at.row is not None
    with pytest.raises(Problem) as raised:
        mission.open(folder)
    assert raised.value.findings == tuple(found)


def test_one_pass_finds_mistakes_in_every_file(folder: Path) -> None:
    together = ("unknown time zone", "holiday twice", "bad nesting", "P-code that does not exist", "words gone")
    for mistake in together:
        MISTAKES[mistake][0](folder)
    opened, found = mission.find(folder)
    assert sorted(finding.code for finding in found) == sorted(MISTAKES[mistake][1] for mistake in together)
    assert opened is not None, "what could be read is handed on, so that later parts are looked through too"


def test_several_wrong_keys_of_one_table_are_all_found(folder: Path) -> None:
    replace("mission.toml", 'currency = "THB"', 'currency = "baht"')(folder)
    replace("mission.toml", "retention_days = 1826", "retention_days = 0")(folder)
    opened, found = mission.find(folder)
    assert opened is None
    assert [finding.at.row for finding in found] == [6, 9]


def test_no_mission_here(tmp_path: Path) -> None:
    opened, found = mission.find(tmp_path)
    assert opened is None
    assert [finding.code for finding in found] == ["mission.missing"]


def test_na_is_a_name_and_an_empty_dissemination_is_restricted(folder: Path) -> None:
    replace("places/points.csv", "public,Mae Sot Friendship Bridge 1", ",NA")(folder)
    point = mission.open(folder).places.points["TAK-01"]
    assert point.name.to("en") == "NA"
    assert point.dissemination is Dissemination.RESTRICTED


def test_a_byte_order_mark_is_no_mistake(folder: Path) -> None:
    path = folder / "places" / "points.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "TAK-01" in mission.open(folder).places.points
