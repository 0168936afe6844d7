"""From submissions as a phone sends them to published figures and back, with the commands of the README."""

from __future__ import annotations

import json
import re
import shutil
import time
import zipfile
from pathlib import Path

import duckdb
import pypdf
import pytest

from tests.e2e.conftest import Bridge


def register(bridge: Bridge) -> dict:
    return json.loads((bridge.var / "figures" / "register.json").read_bytes())


def test_the_folder_is_sound(bridge: Bridge) -> None:
    assert "Nothing wrong" in bridge.saphan("check", bridge.folder).stdout


def test_importing_again_takes_nothing_twice(bridge: Bridge) -> None:
    again = json.loads(bridge.saphan("import", bridge.folder, bridge.var / "simulated.zip", "--json").stdout)
    assert again["receipt"]["stored"] == 0
    assert again["receipt"]["duplicates"] > 20_000
    assert again["receipt"]["refused"] == []


def test_building_again_makes_nothing(bridge: Bridge) -> None:
    start = time.perf_counter()
    assert "Nothing has changed" in bridge.saphan("build", bridge.folder).stdout
    assert time.perf_counter() - start < 30  # a bound that a rebuild on a busy machine would break, not a measure


def test_the_truth_lies_where_the_interval_says(bridge: Bridge) -> None:
    figure = register(bridge)["figures"]["flow.movements/direction=in/2023"]
    truth = duckdb.sql(
        f"select sum(movements) from '{bridge.var}/truth/movements.parquet' "
        "where direction = 'in' and not (point like 'KAN%' and month < '2023-09')"
    ).fetchall()[0][0]
    assert figure["low"] <= truth <= figure["high"]
    assert (figure["high"] - figure["low"]) / 2 / truth < 0.06


def test_parts_add_up_exactly_before_rounding_and_as_printed(bridge: Bridge) -> None:
    made = register(bridge)
    for one in made["sums"]:
        if one["total"] in made["figures"]:
            total = made["figures"][one["total"]]
            parts = [made["figures"][name] for name in one["parts"]]
            assert sum(part["value"] for part in parts) == pytest.approx(total["value"], rel=1e-9)


def test_no_public_figure_rests_on_few(bridge: Bridge) -> None:
    figures = register(bridge)["figures"].values()
    people = {"movement", "person", "change", "group", "interview", "share"}
    assert not [f["name"] for f in figures if f["release"] == "public" and f["unit"] in people and f["rests_on"] < 10]
    assert [f for f in figures if f["release"] == "too-few"], "the demonstration has cells to hide"


def test_no_site_is_in_the_products(bridge: Bridge) -> None:
    rows = [line.split(",") for line in (bridge.folder / "places" / "sites.csv").read_text("utf-8").splitlines()[1:]]
    named = re.compile(
        r"TH\d{4}-S\d\d| site \d\d"
    )  # one pattern, since hundreds of names over thousands of pages take long
    assert all(named.fullmatch(row[0]) and named.search(row[8]) for row in rows)
    for path, text in texts(bridge.var / "products").items():
        found = named.search(text)
        assert found is None, (path, found)


def texts(folder: Path) -> dict[str, str]:
    """Everything a reader can get out of the products, as text."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".html", ".json", ".csv"}:
            found[str(path)] = path.read_text("utf-8")
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found[str(path)] = "".join(book.read(name).decode("utf-8") for name in book.namelist())
        elif path.suffix == ".pdf":
            document = pypdf.PdfReader(path)
            drawn = "".join(page.extract_text() for page in document.pages)
            found[str(path)] = drawn + "".join(
                content.decode("utf-8") for contents in document.attachments.values() for content in contents
            )
    return found


def test_unofficial_points_are_nowhere_in_the_products(bridge: Bridge) -> None:
    rows = [line.split(",") for line in (bridge.folder / "places" / "points.csv").read_text("utf-8").splitlines()[1:]]
    secret = [row for row in rows if row[7] != "public"]
    assert len(secret) > 5
    found = texts(bridge.var / "products")
    assert len(found) > 300
    for path, text in found.items():
        for row in secret:
            assert not re.search(rf"(?<![\w-]){re.escape(row[0])}(?![\w-])", text), (path, row[0])
            for name in row[8:]:
                assert name not in text, (path, name)
            latitude = rf"(?<![\d.]){re.escape(row[3])}(?!\d)"  # not the same digits inside a longer number
            assert not re.search(latitude, text), (path, row[3])


def test_a_figure_says_what_it_was_made_from(bridge: Bridge) -> None:
    said = bridge.saphan("figure", "why", "flow.movements/direction=in/2023", "--mission", bridge.folder).stdout
    for words in ("95% interval", "flow.counted/2023", "submissions received", "counter", "XForm", "snapshot"):
        assert words in said


def test_a_figure_that_is_not_there_is_answered_with_the_nearest(bridge: Bridge) -> None:
    said = bridge.saphan("figure", "why", "flow.movement/2023", "--mission", bridge.folder, check=False)
    assert said.returncode == 1
    assert "flow.movements/2023" in said.stderr


def test_every_figure_verifies(bridge: Bridge) -> None:
    verdict = json.loads(bridge.saphan("verify", bridge.var / "products", "--json").stdout)
    names = {file["file"] for file in verdict["files"]}
    assert {"factsheet.en.pdf", "factsheet.th.pdf", "factsheet.my.pdf", "factsheet.en.html"} <= names
    assert not [file for file in verdict["files"] if file["disagreements"]]
    assert all(file["prints"] > 20 for file in verdict["files"])


def test_a_pdf_alone_and_its_snapshot_are_enough(bridge: Bridge, tmp_path: Path) -> None:
    frame = register(bridge)["frame"]
    shutil.copy(bridge.var / "products" / "factsheet.th.pdf", tmp_path)
    shutil.copytree(bridge.var / "frames" / frame, tmp_path / "elsewhere" / frame)
    said = bridge.saphan("verify", tmp_path / "factsheet.th.pdf", "--snapshot", tmp_path / "elsewhere").stdout
    assert "Every figure agrees" in said


def test_an_altered_cell_of_the_snapshot_is_caught(bridge: Bridge, tmp_path: Path) -> None:
    frame = register(bridge)["frame"]
    copy = tmp_path / frame
    shutil.copytree(bridge.var / "frames" / frame, copy)
    table = copy / "data" / "counter.group.parquet"
    altered = duckdb.sql(f"select * replace (coalesce(men, 0) + 1 as men) from '{table}'")
    altered.write_parquet(str(tmp_path / "altered.parquet"))
    shutil.move(tmp_path / "altered.parquet", table)
    said = bridge.saphan("verify", bridge.var / "products" / "factsheet.en.pdf", "--snapshot", tmp_path, check=False)
    assert said.returncode == 1
    assert "not the one that was frozen" in said.stderr


def test_an_altered_cell_of_the_dataset_is_caught(bridge: Bridge, tmp_path: Path) -> None:
    dataset = bridge.var / "products" / "dataset" / "figures.csv"
    text = dataset.read_text("utf-8-sig")
    printed = re.search(r"flow\.movements/direction=in/2023\b.*?(\d{7})", text)
    assert printed
    copy = tmp_path / dataset.name
    place = printed.start(1)
    digit = str((int(text[place]) + 1) % 10)
    copy.write_text(text[:place] + digit + text[place + 1 :], "utf-8")
    said = bridge.saphan("verify", copy, "--snapshot", bridge.var / "frames", check=False)
    assert said.returncode == 1
    assert "flow.movements/direction=in/2023" in said.stderr


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("In all 1,300,000 movements.", "typed into the text"),
        ("{more-than 1,500,000:flow.movements/direction=in/2023} movements.", "flow.movements/direction=in/2023"),
        ("{about:flow.movements/direction=sideways/2023} movements.", "sideways"),
    ],
    ids=["a naked number", "a false hedge", "a figure that is not there"],
)
def test_a_template_that_says_too_much_does_not_build(
    bridge: Bridge, tmp_path: Path, sentence: str, message: str
) -> None:
    folder = tmp_path / "missions" / "thailand-2023"
    shutil.copytree(bridge.folder, folder)
    shutil.copytree(bridge.var, tmp_path / "var" / "thailand-2023", ignore=shutil.ignore_patterns("simulated.zip"))
    template = folder / "products" / "factsheet.toml"
    text = template.read_text("utf-8")
    before = "At the points counted there were "
    assert before in text
    template.write_text(text.replace(before, f"{sentence} {before}"), "utf-8")
    products = tmp_path / "var" / "thailand-2023" / "products"
    stamp = {path: path.stat().st_mtime_ns for path in products.rglob("*")}
    said = bridge.saphan("build", folder, check=False)
    assert said.returncode == 1
    assert message in said.stderr
    assert stamp == {path: path.stat().st_mtime_ns for path in products.rglob("*")}, "nothing was half-published"
