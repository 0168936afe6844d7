"""A new mission folder: sound as it stands, and every later command works on it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from saphan.core.problem import Problem
from saphan.mission import open as open_mission
from saphan.pipeline.checking import check
from saphan.pipeline.starting import STARTER, new
from tests.cli.conftest import Shell


def test_a_new_folder_is_sound_and_carries_its_own_name(tmp_path: Path) -> None:
    written = new(tmp_path / "demo")
    mission, found = check(tmp_path / "demo")
    assert found == []
    assert mission is not None
    assert mission.id == "demo"
    assert {path.relative_to(tmp_path / "demo").as_posix() for path in written} >= {
        "mission.toml",
        "places/areas.csv",
        "forms/counter.xlsx",
        "products/factsheet.toml",
        "words/en.po",
    }


@pytest.mark.parametrize(("name", "id"), [("Süd 2024", "s-d-2024"), ("A_b", "a-b"), ("สะพาน", "mission")])
def test_any_name_of_a_folder_gives_an_id(tmp_path: Path, name: str, id: str) -> None:  # noqa: A002
    new(tmp_path / name)
    assert open_mission(tmp_path / name).id == id


def test_the_folder_one_stands_in_gives_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "border-2024"
    here.mkdir()
    monkeypatch.chdir(here)
    new(Path())
    assert open_mission(Path()).id == "border-2024"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_exists_is_not_written_over(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "demo"
    if kind == "file":
        target.write_text("mine", "utf-8")
    else:
        target.mkdir()
        (target / "notes.txt").write_text("mine", "utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(Problem, match="already exists"):
        new(target)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_new_mission_goes_all_the_way_to_verified_figures(built: Shell) -> None:
    products = built.at / "var" / "demo" / "products"
    made = {path.name for path in products.glob("factsheet.*")}
    assert made == {"factsheet.en.html", "factsheet.en.pdf", "factsheet.en.xlsx"}
    assert built.saphan("verify", products).status == 0
    assert "form counter" in built.saphan("figure", "why", "flow.movements/direction=in/2024", "--mission", "demo").out


def test_an_installed_package_holds_all_that_is_read_at_run_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hatchling.build import build_wheel

    root = Path(__file__).resolve().parents[2]
    monkeypatch.chdir(root)
    with zipfile.ZipFile(tmp_path / build_wheel(str(tmp_path))) as wheel:
        packed = set(wheel.namelist())
    source = root / "src"
    needed = {
        path.relative_to(source).as_posix()
        for path in (source / "saphan").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert len([name for name in needed if f"/{STARTER}/" in name]) > 8
    assert needed <= packed
