"""The dataset of a release: figures, dictionary and codes as CSV, all in one XLSX, and the package's descriptor.

Where sites were tracked, the stocks of districts stand in it too under the names that others use (`dtm`, `hapi`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from csv import Error as CsvError
from dataclasses import dataclass
from pathlib import Path

from saphan.core.problem import At, problem
from saphan.mission.model import Mission
from saphan.publish.figures.agreement import Disagreement, Fault
from saphan.publish.figures.model import Register
from saphan.publish.formats import csv, datapackage, dtm, hapi, xlsx
from saphan.publish.formats.table import HIDDEN, PROTECTED, Column, Labels, Row, Table, codes, say, tabulate
from saphan.publish.formats.tracked import Rounds

FIGURES, DICTIONARY, CODES = "figures.csv", "dictionary.csv", "codes.csv"
WORKBOOK, DESCRIPTOR = "figures.xlsx", "datapackage.json"
NUMBERS = {"number", "integer"}
ABOUT = ("purpose", "rounding", "interval", "hidden", "status", "places", "cite")


@dataclass(frozen=True, kw_only=True)
class _Other:
    """A file under other names: the column that only it has, what its columns mean, and its rows."""

    mark: str
    columns: Mapping[str, str]
    rows: Callable[[Register, Mission, Rounds], tuple[Row, ...]]


_OTHERS = {
    dtm.NAME: _Other(mark=dtm.MARK, columns=dtm.COLUMNS, rows=dtm.rows),
    hapi.NAME: _Other(mark=hapi.MARK, columns=hapi.COLUMNS, rows=hapi.rows),
}
NAMES = (FIGURES, *_OTHERS)  # the files that can be verified


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset that was read back: which file it is, its rows, and the snapshot that they say they come from."""

    name: str
    frame: str
    rows: tuple[Row, ...]


def dataset(
    register: Register,
    mission: Mission,
    labels: Labels,
    folder: Path,
    languages: Sequence[str],
    rounds: Rounds | None = None,
) -> list[Path]:
    """Write the public figures of a register into `folder`, made if it is not there; equal input gives equal bytes.

    `labels` name the codes of forms, `rounds` number the rounds of mobility tracking. Give the full register: figures
    that are protected get a row with `*` where that is safe (see `table.tabulate`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = tabulate(register, mission)
    named = codes(table, labels, mission)
    dictionary = [
        [column.name, column.type, column.hxl, *(column.meaning(language) for language in languages)]
        for column in table.columns
    ]
    others = {name: one.rows(register, mission, rounds or {}) for name, one in _OTHERS.items()}
    others = {name: rows for name, rows in others.items() if rows}
    for name in others:
        for column, meaning in _OTHERS[name].columns.items():
            dictionary.append([f"{name}: {column}", "string", "", *([meaning] * len(languages))])
    names = [[column, question, code, *(words.to(one) for one in languages)] for column, question, code, words in named]
    sheets = (
        xlsx.Sheet(
            name="figures",
            header=[column.name for column in table.columns],
            rows=[[row[column.name] for column in table.columns] for row in table.rows],
            numbers=frozenset(column.name for column in table.columns if column.type in NUMBERS),
        ),
        xlsx.Sheet(
            name="dictionary",
            header=["column", "type", "hxl", *(f"meaning_{language}" for language in languages)],
            rows=dictionary,
        ),
        xlsx.Sheet(
            name="codes",
            header=["column", "question", "code", *(f"label_{language}" for language in languages)],
            rows=names,
        ),
    )
    paths = [folder / name for name in (FIGURES, DICTIONARY, CODES)]
    for path, sheet in zip(paths, sheets, strict=True):
        numbers = [name in sheet.numbers for name in sheet.header]
        path.write_bytes(csv.write(sheet.header, sheet.rows, numbers=numbers).encode())
    beside = [folder / name for name in others]
    for path in beside:
        columns = [*_OTHERS[path.name].columns]
        cells = [[row[column] for column in columns] for row in others[path.name]]
        path.write_bytes(csv.write(columns, cells).encode())
    about = {language: _about(register, mission, language) for language in languages}
    workbook = folder / WORKBOOK
    workbook.write_bytes(xlsx.write(list(about.values()), sheets, register, mission.name.to(languages[0])))
    plain = [[_text_field(name) for name in sheet.header] for sheet in sheets[1:]]
    fields = [[_field(column, table) for column in table.columns], *plain]
    keys = (("figure",), ("column",), ("column", "question", "code"))
    missing = [{"value": "", "label": "not applicable"}, {"value": HIDDEN, "label": "protected"}]
    descriptor = folder / DESCRIPTOR
    descriptor.write_bytes(
        datapackage.write(
            register,
            mission,
            [
                *(
                    datapackage.Resource(
                        path=path,
                        title=say(f"title-{path.stem}", "en"),
                        fields=described,
                        key=key,
                        missing=missing if path.name == FIGURES else (),
                    )
                    for path, described, key in zip(paths, fields, keys, strict=True)
                ),
                *(
                    datapackage.Resource(
                        path=path,
                        title=say(f"title-{path.stem}", "en"),
                        fields=[
                            {**_text_field(name), "description": meaning}
                            for name, meaning in _OTHERS[path.name].columns.items()
                        ],
                        key=("figure",),
                    )
                    for path in beside
                ),
                datapackage.Resource(path=workbook, title=say("title-workbook", "en")),
            ],
            about["en"] if "en" in about else next(iter(about.values())),
        )
    )
    return [*paths, *beside, workbook, descriptor]


def read_dataset(path: Path) -> Dataset:
    """Read `figures.csv`, or one of other names, back; Problem `dataset.broken` if it is none, or mixes snapshots."""
    at = At(file=str(path))
    try:
        return decode_dataset(path.read_bytes(), at)
    except OSError as error:
        raise problem("dataset.broken", at, detail=str(error)) from error


def decode_dataset(data: bytes, at: At) -> Dataset:
    """The dataset that bytes are, wherever they were found; Problem as for `read_dataset`."""
    try:
        rows = csv.read(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, CsvError) as error:
        raise problem("dataset.broken", at, detail=str(error)) from error
    name = next((name for name, one in _OTHERS.items() if rows and one.mark in rows[0]), FIGURES)
    needed = {"figure", "snapshot"} | ({"value"} if name == FIGURES else set())
    if not rows or not needed <= rows[0].keys():
        raise problem("dataset.broken", at, detail="it has no rows, or not the columns figure, value and snapshot")
    frames = sorted({row["snapshot"] for row in rows})
    if len(frames) > 1:
        raise problem("dataset.broken", at, detail=f"its rows name {len(frames)} snapshots")
    return Dataset(name=name, frame=frames[0], rows=tuple(rows))


def disagreements(
    found: Dataset, register: Register, mission: Mission, rounds: Rounds | None = None
) -> tuple[Disagreement, ...]:
    """Hold a dataset against the figures computed again, cell by cell; empty if every cell agrees."""
    other = _OTHERS.get(found.name)
    rows = tabulate(register, mission).rows if other is None else other.rows(register, mission, rounds or {})
    expected = {row["figure"]: row for row in rows}
    wrong: list[Disagreement] = []
    seen: set[str] = set()
    for number, row in enumerate(found.rows, start=2):
        name, where = row["figure"], f"row {number}"
        if name not in expected or name in seen:
            fault = Fault.LINK if name in seen else Fault.UNKNOWN
            wrong.append(Disagreement(fault=fault, figure=name, where=where, expected="no such row", found=name))
        else:
            wrong += _cells(expected[name], row, where)
        seen.add(name)
    for name in expected.keys() - seen:
        wrong.append(Disagreement(fault=Fault.LINK, figure=name, where="", expected="a row", found="none"))
    return tuple(sorted(wrong, key=lambda one: (one.where, one.figure)))


def _cells(expected: Row, found: Row, where: str) -> list[Disagreement]:
    return [
        Disagreement(
            fault=Fault.KEY if column == "key" else Fault.TEXT,
            figure=expected["figure"],
            where=f"{where}, {column}",
            expected=expected.get(column, "no such column"),
            found=found.get(column, "no such column"),
        )
        for column in dict.fromkeys([*expected, *found])
        if expected.get(column) != found.get(column)
    ]


def _about(register: Register, mission: Mission, language: str) -> list[str]:
    lines = [mission.name.to(language)]
    if register.simulated:
        lines.append(say("about-simulated", language))
    facts = {
        "threshold": mission.disclosure.threshold,
        "frame": register.frame,
        "contact": mission.contact.to(language),
        "licence": mission.licence,
        "version": mission.places.version,
    }
    return lines + [say(f"about-{part}", language, **facts) for part in ABOUT]


def _text_field(name: str) -> Mapping[str, object]:
    return {"name": name, "type": "string"}


def _field(column: Column, table: Table) -> Mapping[str, object]:
    """A field as the descriptor has it: name, type, meaning, HXL tag, and its codes where they are few."""
    field: dict[str, object] = {
        "name": column.name,
        "type": column.type,
        "description": column.meaning("en"),
        "hxl": column.hxl,
    }
    if column.name in ("unit", "kind", "basis", "direction", "who", "mode"):
        present = sorted({row[column.name] for row in table.rows} - {""})
        field["categories"] = [{"value": code, "label": code} for code in present]
    if column.name == "status":
        field["categories"] = [{"value": "P", "label": "provisional"}]
    if column.name == "suppressed":
        field["categories"] = [{"value": PROTECTED, "label": "protected"}]
    if column.name == "figure":
        field["constraints"] = {"required": True, "unique": True}
    return field
