"""The dataset: tidy, exact, safe to open, safe to publish, and read back cell by cell."""

from __future__ import annotations

import csv as standard_csv
import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.releases import OFFICIAL, make_figure

from saphan.core.problem import Problem
from saphan.core.text import Text
from saphan.mission.model import Mission
from saphan.publish.figures import Figure, Register, Release, Sum, propose
from saphan.publish.figures.agreement import Fault
from saphan.publish.formats import FIGURES, csv, dataset, disagreements, read_dataset
from saphan.publish.formats.table import _WORDS, _read, tabulate

LABELS = {
    ("mode", "mode-0"): Text({"en": '=HYPERLINK("http://example.org")', "th": "เรือ"}),
    ("answer:main_reason", "work"): Text({"en": "Work", "th": "ทำงาน", "my": "အလုပ်"}),
}
LANGUAGES = ("en", "th", "my")


@pytest.fixture
def register(year: tuple[list[Figure], list[Sum]], mission: Mission) -> Register:
    return propose(*year, mission=mission, frame="ab" * 32, facts={})


@pytest.fixture
def folder(register: Register, mission: Mission, tmp_path: Path) -> Path:
    dataset(register, mission, LABELS, tmp_path, LANGUAGES)
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(standard_csv.DictReader(file))


def test_one_row_a_figure_with_its_codes(folder: Path, register: Register) -> None:
    found = {row["figure"]: row for row in rows(folder / FIGURES)}
    for figure in register:
        if figure.release is Release.PUBLIC:
            row = found[figure.name]
            assert float(row["value"]) == figure.rounded
            assert row["key"] == figure.key[:8]
            assert int(row["rests_on"]) == figure.rests_on >= 10
    district = found["flow.movements/direction=in/district=TH6306/2023"]
    assert (district["adm1_pcode"], district["adm1_name"], district["adm2_pcode"]) == ("TH63", "Tak", "TH6306")
    assert (district["period_start"], district["period_end"]) == ("2023-01-01", "2023-12-31")
    point = found["flow.movements/direction=in/point=TAK-01/2023"]
    assert (point["point"], point["adm2_pcode"], point["direction"]) == ("TAK-01", "TH6306", "in")
    share = found["survey.share/answer=work/question=main_reason/2023"]
    assert (share["value"], share["unit"], share["rounded_to"]) == ("0.451", "share", "0.001")


def test_what_is_hidden_shows_only_that_it_is(folder: Path, register: Register) -> None:
    hidden = [row for row in rows(folder / FIGURES) if row["value"] == "*"]
    assert {row["figure"] for row in hidden} == {
        f"flow.movements/direction={way}/point=RAN-01/2023" for way in ("in", "out")
    }
    for row in hidden:
        assert row["suppressed"] == "protected"
        assert not [name for name in ("key", "low", "high", "rests_on", "effective_coverage") if row[name]]


def test_a_row_never_tells_that_somebody_was_met(mission: Mission) -> None:
    """A nationality met five times is not named; one public elsewhere is, if every such cell has a row."""
    many = [make_figure(900.0, nationality=code, direction=way) for code in ("mmr", "khm") for way in ("in", "out")]
    rare = make_figure(20.0, rests_on=5, nationality="prk", direction="in")
    few = replace(make_figure(20.0, rests_on=5, nationality="khm", direction="out"))
    figures = [*(one for one in many if one.name != few.name), few, rare]
    named = {
        row["figure"] for row in tabulate(propose(figures, [], mission=mission, frame="f", facts={}), mission).rows
    }
    assert few.name in named
    assert rare.name not in named
    incomplete = [one for one in figures if one.cell != {"nationality": "mmr", "direction": "out"}]
    named = {
        row["figure"] for row in tabulate(propose(incomplete, [], mission=mission, frame="f", facts={}), mission).rows
    }
    assert few.name not in named


def test_no_unofficial_point_in_any_file(folder: Path, mission: Mission) -> None:
    unofficial = [point for point in mission.places.points if point not in OFFICIAL]
    for path in folder.iterdir():
        parts = [path.read_bytes()]
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts = [book.read(name) for name in book.namelist()]
        for data in parts:
            assert not [point for point in unofficial if point.encode() in data], path.name


def test_equal_figures_give_equal_bytes(register: Register, mission: Mission, tmp_path: Path) -> None:
    first, second = (dataset(register, mission, LABELS, tmp_path / name, LANGUAGES) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_descriptor_tells_hash_size_and_meaning(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["simulated"] is True
    assert {resource["path"] for resource in package["resources"]} == {
        path.name for path in folder.iterdir() if path.name != "datapackage.json"
    }
    for resource in package["resources"]:
        data = (folder / resource["path"]).read_bytes()
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
        assert resource["bytes"] == len(data)
    schema = next(one["schema"] for one in package["resources"] if one["path"] == FIGURES)
    assert [field["name"] for field in schema["fields"]] == list(rows(folder / FIGURES)[0])
    assert all(field["hxl"].startswith("#") and field["description"] for field in schema["fields"])
    assert {"value": "*", "label": "protected"} in schema["missingValues"]


def test_the_dictionary_speaks_every_language(folder: Path) -> None:
    for row in rows(folder / "dictionary.csv"):
        if row["column"] != "district":
            assert len({row["meaning_en"], row["meaning_th"], row["meaning_my"]}) == 3, row["column"]
    work = next(row for row in rows(folder / "codes.csv") if row["code"] == "work")
    assert (work["column"], work["question"], work["label_th"]) == ("answer", "main_reason", "ทำงาน")
    for path in _WORDS.glob("*.po"):
        assert set(_read(path.stem)) == set(_read("en"))


def test_the_workbook_holds_numbers_text_and_a_native_chart(folder: Path, register: Register) -> None:
    book = openpyxl.load_workbook(folder / "figures.xlsx")
    assert book.sheetnames == ["read me", "figures", "dictionary", "codes", "trend"]
    assert "SIMULATED DATA" in str(book["read me"]["A2"].value)
    header, first, *_ = book["figures"].iter_rows(values_only=True)
    row = dict(zip(header, first, strict=True))
    assert row["value"] == register.figures[str(row["figure"])].rounded
    trend = book["trend"]
    assert [trend.cell(row=line, column=1).value for line in range(2, 14)] == [
        f"2023-{month:02}" for month in range(1, 13)
    ]
    assert trend["B2"].value == register.figures["flow.movements/direction=in/2023-01"].rounded
    with zipfile.ZipFile(folder / "figures.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name)
    assert chart.count("<c:ser>") == 2
    assert "errBars" in chart
    assert b"<f>" not in sheets  # no formula anywhere, although a label looks like one


def test_a_label_that_looks_like_a_formula_is_guarded(folder: Path) -> None:
    text = (folder / "codes.csv").read_text("utf-8")
    assert "'=HYPERLINK" in text
    assert not (folder / FIGURES).read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+66 81", "-2", "@x", "\ufeff=cmd", "  =cmd", "\t=cmd", "\r\n+1", "＝1", "|calc", "%0", "'=1"]
)
def test_what_a_spreadsheet_would_run_is_guarded(cell: str) -> None:
    guarded = csv.guard(cell)
    assert guarded.startswith("'")
    assert csv.unguard(guarded) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_csv_gives_back_what_it_was_given(cells: list[list[str]]) -> None:
    text = csv.write(["a", "b"], cells)
    assert [[row["a"], row["b"]] for row in csv.read(text)] == cells


def test_namibia_is_a_country() -> None:
    assert csv.read(csv.write(["country"], [["NA"]])) == [{"country": "NA"}]


def test_a_dataset_agrees_with_the_figures_it_was_made_from(folder: Path, register: Register, mission: Mission) -> None:
    found = read_dataset(folder / FIGURES)
    assert found.frame == register.frame
    assert disagreements(found, register, mission) == ()


def test_one_altered_cell_is_found(folder: Path, register: Register, mission: Mission) -> None:
    path = folder / FIGURES
    value = f"{register.figures['flow.movements/2023'].rounded:.0f}"
    text = path.read_text("utf-8")
    altered = str(int(value) + 1000)
    path.write_bytes(text.replace(f",{value},", f",{altered},", 1).encode())
    wrong = disagreements(read_dataset(path), register, mission)
    assert [(one.fault, one.figure, one.expected, one.found) for one in wrong] == [
        (Fault.TEXT, "flow.movements/2023", value, altered)
    ]


def test_rows_added_doubled_or_taken_out_are_found(folder: Path, register: Register, mission: Mission) -> None:
    found = read_dataset(folder / FIGURES)
    first, second, *others = found.rows
    doubled = replace(found, rows=(first, first, *others, {**second, "figure": "flow.movements/2099"}))
    assert {one.fault for one in disagreements(doubled, register, mission)} == {Fault.LINK, Fault.UNKNOWN}
    assert len(disagreements(doubled, register, mission)) == 3


@pytest.mark.parametrize("data", [b"", b"a,b\r\n1,2\r\n", b"\xff\xfe", b"figure,value,snapshot\r\na,1,x\r\nb,2,y\r\n"])
def test_what_is_no_dataset_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / FIGURES).write_bytes(data)
    with pytest.raises(Problem) as caught:
        read_dataset(tmp_path / FIGURES)
    assert caught.value.findings[0].code == "dataset.broken"
