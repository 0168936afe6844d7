"""Each format of answers read back by somebody else's reader: hostile cells neutral, reasons as they were."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saphan.collect.forms.model import Choice, State
from saphan.core.text import Text
from saphan.pipeline.exports import archive, dta, parquet, sav, xlsx
from saphan.pipeline.exports import csv as comma
from saphan.pipeline.exports.choices import Dialect
from saphan.pipeline.exports.model import Cell, Column, Kind, Options, Sheet
from saphan.pipeline.exports.statistics import ChangedError, Measured
from saphan.pipeline.exports.statistics import names as program_names

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '"=1"',
    "\0=1",
    "\ufeff=1",
    "\uff1d1",
    " =1",
]
HARMLESS = [
    "+66 81 234 5678",
    "+66812345678",
    "-5",
    "+3.5",
    "NA",
    "naïve",
    "มาเลเซีย",
    "\u200fشام",
    '"quoted"',
    "a,b;c\nd",
]
cells = st.one_of(
    st.sampled_from(HOSTILE + HARMLESS),
    st.text(st.characters(), max_size=40),
    st.text(st.sampled_from("=+-@|%\t\r\n\0 \"',;\ud800\udfff\u200f\u202e\ufeff\uff1d0a"), max_size=12),
)
ONE = Sheet(name="answers", columns=(Column(name="words", label="=Words"),))
CODED = Choice(name="yes", label=Text({"en": "Yes", "th": "ใช่"}))
ASKED = Sheet(
    name="answers",
    columns=(
        Column(name="site/age", label="Age in years", kind=Kind.INTEGER),
        Column(name="weight", label="Weight", kind=Kind.DECIMAL),
        Column(
            name="fled",
            label="ท่านหนีมาหรือไม่",
            choices=(CODED, Choice(name="dont-know", label=Text({"en": "No idea"}), state=State.DONT_KNOW)),
        ),
        Column(name="with", label="Words"),
    ),
)
ROWS: list[list[Cell]] = [
    [34, 61.5, "yes", "NA"],
    [State.NOT_ASKED, State.NOT_ASKED, State.NOT_ASKED, None],
    [None, None, State.DONT_KNOW, "มา" * 300],
    [State.REFUSED, -0.25, "elsewhere", "x" * 3000],
]


def zipped(folder: Path, members: Sequence[archive.Member]) -> Path:
    path = folder / "out.zip"
    with path.open("wb") as file:
        archive.write(file, members)
    for member in members:
        member.discard()
    return path


def as_csv(folder: Path, rows: list[list[Cell]], options: Options, sheet: Sheet = ONE) -> bytes:
    member = archive.Member("answers.csv", folder)
    writer = comma.Writer(sheet, member, options)
    for row in rows:
        writer.write(row)
    writer.close()
    with zipfile.ZipFile(zipped(folder, [member])) as made:
        assert made.testzip() is None
        return made.read("answers.csv")


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula: a sign first, behind whatever it does not show."""
    bare = cell.lstrip("\ufeff" + "".join(map(chr, range(33))) + "\x7f\x85\xa0")
    first = bare[:1]
    number = bare[1:].replace(" ", "").replace(".", "", 1).isdecimal()
    return first in ("=", "@", "\uff1d", "\uff20") or (first in ("+", "-") and not number)


@given(st.lists(cells, max_size=8), st.sampled_from(Dialect))
def test_no_cell_of_a_csv_is_run_and_none_is_lost(
    tmp_path_factory: pytest.TempPathFactory, told: list[str], dialect: Dialect
) -> None:
    text = as_csv(tmp_path_factory.mktemp("csv"), [[cell] for cell in told], Options(dialect=dialect)).decode()
    delimiter = ";" if dialect is Dialect.KOBO else ","
    read = [row[0] if row else "" for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)][1:]
    assert len(read) == len(told)
    for cell, sent in zip(read, told, strict=True):
        assert not runs(cell)
        clean = sent.encode("utf-8", "replace").decode()
        assert cell in (clean, "'" + clean)


@pytest.mark.parametrize("cell", HARMLESS)
def test_a_telephone_number_stays_what_it_is(tmp_path: Path, cell: str) -> None:
    assert comma.neutral(cell) == cell


def test_a_mark_and_a_row_of_labels_by_choice(tmp_path: Path) -> None:
    data = as_csv(tmp_path, [["a"]], Options(mark=True, label_row=True))
    assert data == "\ufeffwords\n'=Words\na\n".encode()


def book(folder: Path, rows: list[list[Cell]], limit: int = xlsx.ROWS, sheet: Sheet = ONE) -> openpyxl.Workbook:
    members: list[archive.Member] = []

    def member(name: str) -> archive.Member:
        members.append(archive.Member(name, folder))
        return members[-1]

    made = xlsx.Book([sheet], Options(), member, rows=limit)
    for row in rows:
        made.write(0, row)
    made.close()
    return openpyxl.load_workbook(io.BytesIO(zipped(folder, members).read_bytes()))


@given(st.lists(cells, min_size=1, max_size=8))
def test_every_cell_of_a_workbook_is_the_text_it_was(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> None:
    page = book(tmp_path_factory.mktemp("xlsx"), [[cell] for cell in told])["answers"]
    for number, sent in enumerate(told, start=2):
        cell = page.cell(number, 1)
        assert cell.data_type in ("s", "inlineStr", "n")
        assert (cell.data_type == "n") == (sent == "")
        if sent:
            assert str(cell.value) == xlsx._NOT_XML.sub("\ufffd", sent)


def test_a_workbook_goes_on_where_excel_s_rows_end(tmp_path: Path) -> None:
    long = Sheet(name="a [very] long: name of a table, longer than 31", columns=ONE.columns)
    made = book(tmp_path, [[str(n)] for n in range(7)], limit=4, sheet=long)
    assert [page.max_row for page in made] == [4, 4, 2]
    assert all(len(name) <= 31 for name in made.sheetnames)
    assert [page.cell(1, 1).value for page in made] == ["words"] * 3
    assert made.worksheets[2].cell(2, 1).value == "6"


def test_parquet_keeps_types_and_what_is_missing(tmp_path: Path) -> None:
    member = archive.Member("answers.parquet", tmp_path, deflate=False)
    writer = parquet.Writer(ASKED, member)
    for row in [[34, 61.5, "yes", "NA"], [None, None, None, "\ud800"]]:
        writer.write(list(row))
    writer.close()
    with zipfile.ZipFile(zipped(tmp_path, [member])) as made:
        read = pq.read_table(io.BytesIO(made.read("answers.parquet")))
    assert read.schema.field("site/age").metadata == {b"label": b"Age in years"}
    assert read.to_pylist()[0] == {"site/age": 34, "weight": 61.5, "fled": "yes", "with": "NA"}
    assert read.to_pylist()[1] == {"site/age": None, "weight": None, "fled": None, "with": "?"}


def measured(rows: list[list[Cell]]) -> Measured:
    found = Measured(ASKED)
    for row in rows:
        found.add(row)
    return found


def test_spss_reads_values_labels_and_reasons(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    member = archive.Member("answers.sav", tmp_path)
    writer = sav.Writer(ASKED, member, measured(ROWS), "en")
    for row in ROWS:
        writer.write(row)
    writer.close()
    with zipfile.ZipFile(zipped(tmp_path, [member])) as made:
        path = Path(made.extract("answers.sav", tmp_path))
    read, meta = pyreadstat.read_sav(str(path), user_missing=True, output_format="dict")
    gone, unknown, refused = -9999997.0, -9999998.0, -9999999.0
    assert [None if value != value else value for value in read["site_age"]] == [34.0, gone, None, refused]
    assert [None if value != value else value for value in read["weight"]] == [61.5, gone, None, -0.25]
    assert list(read["fled"]) == [1.0, gone, unknown, 2.0]
    assert list(read["v_with"]) == ["NA", "", "มา" * 300, "x" * 3000]
    assert meta.column_names_to_labels["fled"] == "ท่านหนีมาหรือไม่"
    assert meta.variable_value_labels["fled"] == {
        1.0: "Yes", 2.0: "elsewhere", gone: "not asked", unknown: "No idea", refused: "refused",
    }  # fmt: skip
    ranges = {each["lo"] for each in meta.missing_ranges["site_age"]}
    assert ranges == {gone, unknown, refused}
    plain, _ = pyreadstat.read_sav(str(path), output_format="dict")
    assert [value is None for value in plain["fled"]] == [False, True, True, False]


def test_stata_reads_values_labels_and_reasons(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    member = archive.Member("answers.dta", tmp_path)
    writer = dta.Writer(ASKED, member, measured(ROWS), "th")
    for row in ROWS:
        writer.write(row)
    writer.close()
    with zipfile.ZipFile(zipped(tmp_path, [member])) as made:
        path = Path(made.extract("answers.dta", tmp_path))
    read, meta = pyreadstat.read_dta(str(path), user_missing=True, output_format="dict")
    assert [None if value != value else value for value in read["site_age"]] == [34.0, "a", None, "c"]
    assert [None if value != value else value for value in read["weight"]] == [61.5, "a", None, -0.25]
    assert list(read["fled"]) == [1, "a", "b", 2]
    assert list(read["v_with"]) == ["NA", "", "มา" * 300, "x" * 3000]
    assert meta.column_names_to_labels["site_age"] == "Age in years"
    assert meta.variable_value_labels["fled"][1] == "ใช่"
    assert meta.variable_value_labels["fled"]["b"] == "No idea"


@pytest.mark.parametrize("kind", [sav.Writer, dta.Writer])
def test_answers_that_came_in_between_are_noticed(tmp_path: Path, kind: type[sav.Writer] | type[dta.Writer]) -> None:
    writer = kind(ASKED, archive.Member("x", tmp_path), measured(ROWS[:1]), "en")
    with pytest.raises(ChangedError):
        writer.write([1, 1.0, "a word never measured", "x"])
    late = kind(ASKED, archive.Member("x", tmp_path), measured(ROWS), "en")
    with pytest.raises(ChangedError):
        late.close()


@given(st.lists(st.text(max_size=80), max_size=12), st.sampled_from((32, 64)))
def test_names_are_what_the_programs_take(written: list[str], longest: int) -> None:
    given_ = program_names([Column(name=name) for name in written], longest)
    assert len({name.casefold() for name in given_}) == len(written)
    assert all(name.isascii() and name.isidentifier() and name[0] != "_" and len(name) <= longest for name in given_)


def test_a_zip_of_equal_answers_has_equal_bytes(tmp_path: Path) -> None:
    both = []
    for _ in range(2):
        as_csv(tmp_path, [["a"], ["b"]], Options())
        both.append((tmp_path / "out.zip").read_bytes())
    assert both[0] == both[1]


def test_a_zip_beyond_four_gigabytes_is_read_by_others(tmp_path: Path) -> None:
    """The member is all zeros and packs to 20 MB; its size needs the 64-bit record."""
    member = archive.Member("zeros.csv", tmp_path)
    block = bytes(1 << 26)
    for _ in range(65):
        member.write(block)
    path = zipped(tmp_path, [member, archive.Member("after.csv", tmp_path)])
    with zipfile.ZipFile(path) as made:
        assert made.getinfo("zeros.csv").file_size == 65 << 26
        assert made.namelist() == ["zeros.csv", "after.csv"]
        assert made.testzip() is None
