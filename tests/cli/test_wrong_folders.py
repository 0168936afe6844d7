"""Measure 5: each kind of mistake in a mission folder gives one message with file, row and remedy; all in one pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from saphan.cli.main import app
from saphan.pipeline.starting import new

Spoil = Callable[[Path], None]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """How to make one mistake in the starting folder, and where it must be found."""

    name: str
    spoil: Spoil
    code: str
    file: str
    row: int | None = None
    sheet: str | None = None
    says: str = ""


def swap(name: str, before: str, after: str) -> Spoil:
    """Put one text in the place of another in a text file."""

    def spoil(folder: Path) -> None:
        path = folder / name
        text = path.read_text("utf-8")
        assert text.count(before) == 1, (name, before, text.count(before))
        path.write_text(text.replace(before, after), "utf-8")

    return spoil


def cell(name: str, sheet: str, column: str, row: int, value: str) -> Spoil:
    """Write one cell of a workbook; `column` is its heading."""

    def spoil(folder: Path) -> None:
        path = folder / "forms" / name
        book = openpyxl.load_workbook(path)
        head = [heading.value for heading in book[sheet][1]]
        book[sheet].cell(row=row, column=head.index(column) + 1, value=value)
        book.save(path)

    return spoil


def content(name: str, data: bytes) -> Spoil:
    """Write a file whole."""
    return lambda folder: (folder / name).write_bytes(data) and None


def recode(name: str, word: str, encoding: str) -> Spoil:
    """Put a word into a file's last cell and save the file in another encoding than UTF-8."""

    def spoil(folder: Path) -> None:
        path = folder / name
        path.write_bytes((path.read_text("utf-8").rstrip("\n") + word + "\n").encode(encoding))

    return spoil


def row_of(name: str, words: str) -> int:
    """The line of a file of the starting folder that holds these words."""
    starter = Path(__file__).resolve().parents[2] / "src" / "saphan" / "pipeline" / "starter"
    lines = (starter / name).read_text("utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines, start=1) if words in line]
    return found


MISTAKES = (
    Mistake(
        name="no such time zone",
        spoil=swap("mission.toml", '"UTC"', '"Mars/Olympus"'),
        code="toml.value",
        file="mission.toml",
        row=row_of("mission.toml", "timezone ="),
        says="Mars/Olympus",
    ),
    Mistake(
        name="a P-code that does not exist",
        spoil=swap("places/points.csv", "official-border,XA0101,10.25", "official-border,XA0107,10.25"),
        code="place.unknown",
        file="places/points.csv",
        row=2,
        says="XA0107",
    ),
    Mistake(
        name="an area in another's parent",
        spoil=swap("places/areas.csv", "XB02,1,XB,", "XB02,1,XA,"),
        code="place.nesting",
        file="places/areas.csv",
        row=9,
        says="XB02",
    ),
    Mistake(
        name="a coordinate that is a word",
        spoil=swap("places/points.csv", "10.0500,20.1500", "10.0500,east"),
        code="csv.value",
        file="places/points.csv",
        row=3,
        says="east",
    ),
    Mistake(
        name="dates out of order",
        spoil=swap("rounds.toml", 'period = "2024"  ', 'period = "2024-12-31..2024-01-01"'),
        code="dates.order",
        file="rounds.toml",
        row=row_of("rounds.toml", "period ="),
        says="2024-01-01 comes before 2024-12-31",
    ),
    Mistake(
        name="a point that does not exist",
        spoil=swap("rounds.toml", '[[round.panel]]\npoint = "MIL-01"\n', '[[round.panel]]\npoint = "MIL-O1"\n'),
        code="point.unknown",
        file="rounds.toml",
        row=row_of("rounds.toml", 'point = "MIL-01"'),
        says="MIL-O1",
    ),
    Mistake(
        name="a key of checks that does not exist",
        spoil=swap("checks.toml", "late_hours", "late_hour"),
        code="toml.value",
        file="checks.toml",
        row=row_of("checks.toml", "late_hours"),
        says="late_hour",
    ),
    Mistake(
        name="an unknown concept",
        spoil=cell("counter.xlsx", "survey", "concept", 5, "pont"),
        code="form.concept",
        file="forms/counter.xlsx",
        sheet="survey",
        row=5,
        says="'point'",
    ),
    Mistake(
        name="a code that carries no meaning",
        spoil=cell("counter.xlsx", "choices", "name", 4, "inwards"),
        code="form.code",
        file="forms/counter.xlsx",
        sheet="choices",
        row=4,
        says="inwards",
    ),
    Mistake(
        name="a question that does not exist",
        spoil=cell("point_log.xlsx", "survey", "relevant", 9, "${status} != 'open'"),
        code="form.convert",
        file="forms/point_log.xlsx",
        sheet="survey",
        row=9,
        says="status",
    ),
    Mistake(
        name="a number typed into a text",
        spoil=swap("products/factsheet.toml", "At the points counted there were", "In 14 months there were"),
        code="template.naked",
        file="products/factsheet.toml",
        row=row_of("products/factsheet.toml", "At the points counted there were"),
        says="14",
    ),
    Mistake(
        name="a citation that does not exist",
        spoil=swap("products/factsheet.toml", "{cite:dtm-framework}", "{cite:dtm-frame}"),
        code="template.citation",
        file="products/factsheet.toml",
        row=row_of("products/factsheet.toml", "{cite:dtm-framework}"),
        says="dtm-framework",
    ),
    Mistake(
        name="an invented world with a place that does not exist",
        spoil=swap("world.toml", "abroad = { XB01 = 70,", "abroad = { XB07 = 70,"),
        code="place.unknown",
        file="world.toml",
        row=row_of("world.toml", "abroad = { XB01 = 70"),
        says="XB07",
    ),
)
# Mistakes that leave nothing of a file to look at, or are looked for once the forms are sound: each by itself.
ALONE = (
    Mistake(
        name="an invented world with a mode that no form offers",
        spoil=swap("world.toml", "mode = { boat = 80,", "mode = { raft = 80,"),
        code="world.code",
        file="world.toml",
        says="raft",
    ),
    Mistake(
        name="a week that was not drawn",
        spoil=swap("rounds.toml", "first = 2024-07-09\n", "first = 2024-07-08\n"),
        code="round.draw",
        file="rounds.toml",
        row=row_of("rounds.toml", "first = 2024-07-09") - 2,
        says="2024-07-09",
    ),
    Mistake(
        name="no mission.toml",
        spoil=lambda folder: (folder / "mission.toml").unlink(),
        code="mission.missing",
        file="demo",
        says="saphan new",
    ),
    Mistake(
        name="no TOML",
        spoil=swap("rounds.toml", "[round.cordon] ", "[round.cordon "),
        code="toml.syntax",
        file="rounds.toml",
        says="line",
    ),
    Mistake(
        name="a missing column",
        spoil=swap("places/areas.csv", "pcode,level,parent", "pcode,lvl,parent"),
        code="csv.column",
        file="places/areas.csv",
        row=1,
        says="level",
    ),
    Mistake(
        name="a wrong encoding",
        spoil=recode("places/points.csv", " ท่าข้าม", "cp874"),
        code="file.encoding",
        file="places/points.csv",
        row=3,
        says="UTF-8",
    ),
    Mistake(
        name="a workbook without the column concept",
        spoil=lambda folder: _without_column(folder / "forms" / "counter.xlsx", "survey", "concept"),
        code="form.lacks",
        file="forms/counter.xlsx",
        sheet="survey",
        row=1,
        says="observed_date",
    ),
    Mistake(
        name="a question that the figures need, unbound",
        spoil=cell("point_log.xlsx", "survey", "concept", 7, ""),
        code="form.lacks",
        file="forms/point_log.xlsx",
        sheet="survey",
        says="carries: from_date.",
        row=1,
    ),
    Mistake(
        name="a form of another kind",
        spoil=swap("rounds.toml", 'counter = "counter"', 'counter = "point_log"'),
        code="form.kind",
        file="forms/point_log.xlsx",
        sheet="settings",
        row=2,
        says="rounds.toml",
    ),
    Mistake(
        name="citations in a wrong encoding",
        spoil=recode("citations.csv", "\nx,y,z,Café", "latin-1"),
        code="file.encoding",
        file="citations.csv",
        says="UTF-8",
    ),
    Mistake(
        name="a hedge that does not exist",
        spoil=swap("products/factsheet.toml", "were {about:", "were {abuot:"),
        code="hedge.unknown",
        file="products/factsheet.toml",
        row=row_of("products/factsheet.toml", "At the points counted there were"),
        says="Did you mean 'about'?",
    ),
    Mistake(
        name="a block that does not exist",
        spoil=swap("products/factsheet.toml", 'blocks = ["modes"]', 'blocks = ["mode"]'),
        code="template.block",
        file="products/factsheet.toml",
        row=row_of("products/factsheet.toml", "[[pages]]"),
        says="Did you mean 'modes'?",
    ),
    Mistake(
        name="a template that is no TOML",
        spoil=swap("products/factsheet.toml", "[blocks.headline]", "[blocks.headline"),
        code="toml.syntax",
        file="products/factsheet.toml",
        row=row_of("products/factsheet.toml", "[blocks.headline]"),
    ),
    Mistake(
        name="a broken workbook",
        spoil=content("forms/point_log.xlsx", b"PK\x03\x04 cut short"),
        code="form.broken",
        file="forms/point_log.xlsx",
        says="XLSX",
    ),
    Mistake(
        name="a workbook without a survey",
        spoil=lambda folder: _without_sheet(folder / "forms" / "point_log.xlsx", "survey"),
        code="form.sheet",
        file="forms/point_log.xlsx",
        says="survey",
    ),
    Mistake(
        name="a file that is named and missing",
        spoil=lambda folder: (folder / "forms" / "point_log.xlsx").unlink(),
        code="toml.value",
        file="rounds.toml",
        row=row_of("rounds.toml", "point-log ="),
        says="forms/point_log.xlsx",
    ),
)


def _without_sheet(path: Path, sheet: str) -> None:
    book = openpyxl.load_workbook(path)
    del book[sheet]
    book.save(path)


def _without_column(path: Path, sheet: str, column: str) -> None:
    book = openpyxl.load_workbook(path)
    head = [heading.value for heading in book[sheet][1]]
    book[sheet].delete_cols(head.index(column) + 1)
    book.save(path)


def check(folder: Path) -> tuple[int, list[dict]]:
    """What `saphan check --json` ends with and finds."""
    answer = CliRunner().invoke(app, ["check", str(folder), "--json"])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer.exit_code, json.loads(answer.stdout)["findings"]


def matches(found: dict, mistake: Mistake) -> bool:
    at = found["at"]
    return (
        found["code"] == mistake.code
        and (at["file"] or "").endswith(mistake.file)
        and (mistake.row is None or at["row"] == mistake.row)
        and at["sheet"] == mistake.sheet
        and mistake.says in f"{found['what']} {found['remedy']}"
        and bool(found["remedy"])
    )


@pytest.mark.parametrize("mistake", [*MISTAKES, *ALONE], ids=lambda mistake: mistake.name)
def test_each_mistake_is_one_message_with_its_place_and_remedy(tmp_path: Path, mistake: Mistake) -> None:
    folder = tmp_path / "demo"
    new(folder)
    assert check(folder) == (0, [])
    mistake.spoil(folder)
    status, found = check(folder)
    assert status == 1
    assert len(found) == 1, found
    assert matches(found[0], mistake), found[0]


def test_all_mistakes_at_once_are_found_in_one_pass(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    new(folder)
    for mistake in MISTAKES:
        mistake.spoil(folder)
    _, found = check(folder)
    missed = [mistake.name for mistake in MISTAKES if not any(matches(each, mistake) for each in found)]
    assert missed == []
    assert len(found) == len(MISTAKES)


def test_people_read_where_what_and_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    new(folder)
    MISTAKES[1].spoil(folder)
    answer = CliRunner().invoke(app, ["check", str(folder)])
    assert answer.exit_code == 1
    lines = answer.stderr.splitlines()
    assert lines[:3] == [
        "places/points.csv, row 2, column pcode",
        "  There is no place with P-code XA0107.",
        "  Did you mean 'XA0101'?",
    ]
    assert "1 to put right" in lines[-1]
