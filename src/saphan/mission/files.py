"""Reads the folder's text files (TOML, CSV, PO) and finds what is wrong in them, each with its file, row and remedy.

Nothing here raises for what somebody typed: a reader gives what could be read and a list of findings, so that one
pass over a folder finds everything. Rows count from 1, as an editor and a spreadsheet show them.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import polib

from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, finding
from saphan.core.text import Text

Entry = TypeVar("Entry", bound=msgspec.Struct)
Word = TypeVar("Word", bound=Enum)

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def read_text(folder: Path, name: str, found: list[Finding]) -> str | None:
    """The text of one UTF-8 file (a byte order mark is taken off), or None with a finding."""
    try:
        data = (folder / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        found.append(finding("file.missing", At(file=name)))
        return None
    except OSError as error:
        found.append(finding("file.broken", At(file=name), detail=error.strerror or "it cannot be opened"))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02X} at position {error.start}"
        found.append(finding("file.encoding", At(file=name, row=row), byte=byte))
        return None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a CSV file: cells by column, stripped, `NA` kept as the two letters; `""` where a cell is absent."""

    file: str
    number: int
    cells: Mapping[str, str]

    def at(self, column: str | None = None) -> At:
        """Where this row, or one of its cells, stands."""
        return At(file=self.file, row=self.number, column=column)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def number_in(
        self, column: str, expected: str, low: float, high: float, found: list[Finding], *, whole: bool = False
    ) -> float | None:
        """The cell as a number in [low, high], or None with a finding that says what was expected."""
        value = self[column]
        try:
            number = float(int(value)) if whole else float(value)
        except ValueError:
            number = float("nan")
        if low <= number <= high:
            return number
        found.append(finding("csv.value", self.at(column), value=value, expected=expected))
        return None

    def identifier(self, column: str, found: list[Finding]) -> str | None:
        """The cell as an id, or None with a finding."""
        if _IDENTIFIER.fullmatch(self[column]):
            return self[column]
        expected = "letters, digits, - and _ without spaces"
        found.append(finding("csv.value", self.at(column), value=self[column], expected=expected))
        return None

    def day(self, column: str, found: list[Finding]) -> date | None:
        """The cell as a day, or None with a finding."""
        try:
            return date.fromisoformat(self[column])
        except ValueError:
            expected = "a day such as 2023-01-31"
            found.append(finding("csv.value", self.at(column), value=self[column], expected=expected))
            return None

    def word(self, column: str, kind: type[Word], found: list[Finding]) -> Word | None:
        """The cell as one of the words of `kind`, or None with a finding that lists them."""
        try:
            return kind(self[column])
        except ValueError:
            expected = f"one of {', '.join(str(member.value) for member in kind)}"
            found.append(finding("csv.value", self.at(column), value=self[column], expected=expected))
            return None

    def words(self, prefix: str, languages: Sequence[str]) -> dict[str, str]:
        """The cells of `prefix:<language>` that are filled, in the order of `languages`."""
        return {language: text for language in languages if (text := self[f"{prefix}:{language}"])}

    def name(self, languages: Sequence[str], found: list[Finding]) -> Text | None:
        """The cells of `name:<language>`, or None with a finding if the first language has none."""
        words = self.words("name", languages)
        if languages[0] in words:
            return Text(words)
        expected = "a name; a mission's first language is needed, the others fall back to it"
        found.append(finding("csv.value", self.at(f"name:{languages[0]}"), value="", expected=expected))
        return None


def read_csv(folder: Path, name: str, needed: Sequence[str], found: list[Finding]) -> list[Row]:
    """The rows of a CSV file with a header; none, with findings, if it cannot be read or a needed column is missing."""
    text = read_text(folder, name, found)
    if text is None:
        return []
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        found.append(finding("file.broken", At(file=name), detail=str(error)))
        return []
    header = [cell.strip() for cell in records[0]] if records else []
    missing = [column for column in needed if column not in header]
    if missing:
        found.extend(
            finding("csv.column", At(file=name, row=1), column=column, needed=", ".join(needed)) for column in missing
        )
        return []
    rows = []
    for number, record in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) > len(header):
            detail = f"the row has {len(record)} cells and the header {len(header)}; a comma may need quotes around it."
            found.append(finding("file.broken", At(file=name, row=number), detail=detail))
            continue
        cells = {column: cell.strip() for column, cell in zip(header, record, strict=False)}
        rows.append(Row(file=name, number=number, cells=cells))
    return rows


def read_words(folder: Path, name: str, found: list[Finding]) -> dict[str, str]:
    """The translated messages of one PO file by message id; empty, with a finding, if it cannot be read."""
    if read_text(folder, name, found) is None:
        return {}
    try:
        entries = polib.pofile(str(folder / name), encoding="utf-8")
    except (OSError, ValueError) as error:
        found.append(finding("file.broken", At(file=name), detail=str(error).replace(str(folder / name), name)))
        return {}
    return {entry.msgid: entry.msgstr for entry in entries if entry.msgstr and not entry.obsolete}


class TomlFile:
    """A parsed TOML file whose tables are decoded one by one, so that each mistake gives its own finding and row."""

    def __init__(self, name: str, text: str, found: list[Finding]) -> None:
        self.name = name
        self._found = found
        self._rows = _rows_by_path(text)
        try:
            self.raw: dict[str, Any] | None = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.raw = None
            at_line = re.search(r"line (\d+)", str(error))
            row = int(at_line[1]) if at_line else text.count("\n") + 1
            found.append(finding("toml.syntax", At(file=name, row=row), detail=str(error)))

    def at(self, path: str) -> At:
        """Where a key path such as `round[0].week[3].night` stands, or the nearest table around it."""
        around = path
        while around and around not in self._rows:
            around = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", around)
        return At(file=self.name, row=self._rows.get(around, 1))

    def wrong(self, path: str, detail: str) -> None:
        """Add the finding that the value at a key path is not right."""
        self._found.append(finding("toml.value", self.at(path), detail=detail))

    def table(self, kind: type[Entry], path: str = "", raw: object = None) -> Entry | None:
        """One table decoded into a structure, key by key; None, with a finding for every wrong key, if any is wrong."""
        source = self.raw if raw is None else raw
        if not isinstance(source, dict):
            self.wrong(path, f"{path} is not a table of keys and values.")
            return None
        before = len(self._found)
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        prefix = f"{path}." if path else ""
        for key in source.keys() - fields.keys():
            self.wrong(prefix + key, f"There is no key {key!r} here. {remedy(key, fields, what='keys')}")
        values: dict[str, Any] = {}
        for key, field in fields.items():
            if key not in source:
                if field.required:
                    self.wrong(prefix + key, f"The key {key!r} is missing.")
                continue
            try:
                values[field.name] = msgspec.convert(source[key], field.type)
            except msgspec.ValidationError as error:
                self.wrong(prefix + key, f"{key}: {_say(error, field.type)}")
        return kind(**values) if len(self._found) == before else None

    def tables(self, kind: type[Entry], key: str, path: str = "", raw: object = None) -> Iterator[tuple[str, Entry]]:
        """Each table of the list at `key`, with its path; the wrong ones are left out, with findings."""
        source = self.raw if raw is None else raw
        items = source.get(key, []) if isinstance(source, dict) else []
        place = f"{path}.{key}" if path else key
        if not isinstance(items, list):
            self.wrong(place, f"{key} is not a list of tables; write [[{place}]].")
            return
        for index, item in enumerate(items):
            here = f"{place}[{index}]"
            entry = self.table(kind, here, item)
            if entry is not None:
                yield here, entry


def read_toml(folder: Path, name: str, found: list[Finding]) -> TomlFile | None:
    """A TOML file of the folder, or None with a finding if it cannot be read at all."""
    text = read_text(folder, name, found)
    if text is None:
        return None
    file = TomlFile(name, text, found)
    return file if file.raw is not None else None


def _say(error: msgspec.ValidationError, kind: Any) -> str:
    detail, _, place = str(error).partition(" - at ")
    inside = place.strip("`").removeprefix("$").removeprefix(".")
    if isinstance(kind, type) and issubclass(kind, Enum):
        detail += f"; it is one of {', '.join(repr(str(member.value)) for member in kind)}"
    return f"{inside}: {detail}." if inside else f"{detail}."


_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\" ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)*)\s*=")


def _rows_by_path(text: str) -> dict[str, int]:
    """The line of every table header and key; lines inside multi-line strings are passed over."""
    rows: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix, in_string = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        if in_string:
            in_string = "" if in_string in line else in_string
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            prefix = ""
            *outer, last = (part.strip('" ') for part in header[2].split("."))
            for part in outer:
                prefix = f"{prefix}.{part}".lstrip(".")
                prefix += f"[{counts[prefix] - 1}]" if prefix in counts else ""
            prefix = f"{prefix}.{last}".lstrip(".")
            if header[1] == "[[":
                counts[prefix] = counts.get(prefix, 0) + 1
                prefix += f"[{counts[prefix] - 1}]"
            rows[prefix] = number
        elif key:
            rows.setdefault(f"{prefix}.{key[1]}".lstrip("."), number)
            for quotes in ('"""', "'''"):
                if line.count(quotes) == 1:
                    in_string = quotes
    return rows
