"""Reads a plain CSV of counts: one row a point and hour, through a small mapping that says what its columns are.

Each row becomes a submission of the mission's hourly-count form. Its id follows from the mission, the form, the point,
the hour and the direction, and not from the file: when a corrected file is read again, what did not change is the same
submission once more, and what changed is other content under a known id, which intake refuses and reports.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import uuid
import zlib
from collections import abc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from saphan.collect.forms.concepts import DIRECTION, FormConcept
from saphan.collect.forms.model import Form, Submission
from saphan.collect.sources.instance import Template
from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, Problem, finding, problem
from saphan.mission.files import TomlFile, read_toml
from saphan.mission.model import Mission

_NAMESPACE = uuid.UUID("6f6d3f3c-6a42-5d0f-9d0e-1a6b3c0f5a77")  # ours, for ids of rows of counts; never to change
_LINE_LIMIT = 100_000  # bytes; what has longer lines is no table


class _Columns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's names for what a row must hold."""

    point: str
    date: str
    hour: str
    count: str
    direction: str | None = None


class _MappingTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping file, as written."""

    timezone: str  # of the dates and hours in the file
    columns: _Columns
    points: Annotated[dict[str, str], msgspec.Meta(min_length=1)]  # the file's name of a point -> its id
    directions: dict[str, str] = {}  # the file's word -> in, out, transit
    encoding: str = "utf-8"
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","
    date_format: str | None = None  # as in strptime; ISO 8601 without one
    missing: tuple[str, ...] = ("", "NA")  # what stands in the count's place where nothing was observed


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """A mapping that fits a mission and one of its forms."""

    name: str
    mission: Mission
    form: Form
    table: _MappingTable


def load_mapping(path: Path, mission: Mission, forms: abc.Mapping[str, Form]) -> Mapping:
    """The mapping in a TOML file; Problem with everything that does not fit the mission or its hourly-count form."""
    found: list[Finding] = []
    file = read_toml(path.parent, path.name, found)
    table = file.table(_MappingTable) if file else None
    form = next((form for form in forms.values() if form.concept == FormConcept.HOURLY_COUNT), None)
    if form is None:
        found.append(finding("source.form", At(file=path.name)))
    if file is not None and table is not None:
        _check(file, table, form, mission, found)
    if found or table is None or form is None:
        raise Problem(found)
    return Mapping(name=path.stem, mission=mission, form=form, table=table)


def _check(file: TomlFile, table: _MappingTable, form: Form | None, mission: Mission, found: list[Finding]) -> None:
    for name, point in table.points.items():
        if point not in mission.places.points:
            nearest = remedy(point, mission.places.points, what="points")
            found.append(finding("point.unknown", file.at(f"points.{name}"), point=point, nearest=nearest))
    for name, direction in table.directions.items():
        if direction not in DIRECTION:
            file.wrong(f"directions.{name}", f"{direction!r} is not one of {', '.join(DIRECTION)}.")
    if table.timezone not in available_timezones():
        file.wrong("timezone", f"{table.timezone!r} is not an IANA time zone, written Area/City or UTC.")
    try:
        codecs.lookup(table.encoding)
    except LookupError:
        file.wrong("encoding", f"{table.encoding!r} is no encoding known here, such as 'utf-8' or 'cp874'.")
    if table.columns.direction and form and not _has(form, "direction"):
        file.wrong("columns.direction", f"The form {form.id} has no question with the concept direction.")


def _has(form: Form, concept: str) -> bool:
    return any(question.concept == concept for question in form.root.questions)


class _BadCellError(Exception):
    """A cell that cannot be read, and what should stand there; caught where file and row are known."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(key, expected)
        self.key = key
        self.expected = expected


class Counts:
    """The rows of one CSV of counts (or .csv.gz) as submissions."""

    total = None

    def __init__(self, path: Path, mapping: Mapping, *, received: datetime, report: Callable[[Finding], None]) -> None:
        self.path = path
        self._mapping = mapping
        self._received = received
        self._report = report
        self._template = Template(mapping.form)
        self._zone, self._home = ZoneInfo(mapping.table.timezone), ZoneInfo(mapping.mission.timezone)
        self._first_rows: dict[uuid.UUID, int] = {}
        self._date = lru_cache(maxsize=4096)(self._parse_date)
        with self._open() as file:  # the header is looked at now, so that a wrong mapping stops before anything is read
            self._header(csv.reader(self._lines(file), delimiter=mapping.table.delimiter, strict=True))

    def __iter__(self) -> Iterator[Submission]:
        self._first_rows.clear()
        source = f"counts:{self._mapping.name}:{self.path.name}"
        with self._open() as file:
            reader = csv.reader(self._lines(file), delimiter=self._mapping.table.delimiter, strict=True)
            places = self._header(reader)
            while True:
                try:
                    record = next(reader)
                    row = reader.line_num
                except StopIteration:
                    return
                except csv.Error as error:
                    self._report(
                        finding("file.broken", At(file=self.path.name, row=reader.line_num), detail=f"{error}.")
                    )
                    continue
                except (EOFError, OSError, zlib.error) as error:
                    detail = f"it breaks off here ({error}); the rows before were read."
                    self._report(finding("file.broken", At(file=self.path.name, row=reader.line_num), detail=detail))
                    return
                xml = self._instance(record, places, row) if any(record) else None
                if xml is not None:
                    yield Submission(xml=xml, source=source, received=self._received)

    def _open(self) -> BinaryIO:
        is_gzip = self.path.name.lower().endswith(".gz")
        return cast(BinaryIO, gzip.open(self.path) if is_gzip else self.path.open("rb"))

    def _lines(self, file: BinaryIO) -> Iterator[str]:
        """The file's lines as text; a line that is not in the encoding is reported, and comes as an empty one."""
        encoding = self._mapping.table.encoding
        if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
            yield from io.TextIOWrapper(file, encoding=encoding, newline="", errors="replace")
            return
        for number, line in enumerate(iter(lambda: file.readline(_LINE_LIMIT), b""), start=1):
            data = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            try:
                yield data.decode(encoding)
            except UnicodeDecodeError as error:
                at = At(file=self.path.name, row=number)
                byte = f"0x{data[error.start]:02X} at position {error.start}"
                self._report(finding("source.encoding", at, encoding=encoding, byte=byte))
                yield "\n"

    def _header(self, reader: Any) -> dict[str, int]:
        """Where each needed column stands; Problem with all that are missing."""
        try:
            header = [cell.strip() for cell in next(reader, [])]
        except (csv.Error, EOFError, OSError, zlib.error) as error:
            raise problem("file.broken", At(file=self.path.name, row=1), detail=f"{error}.") from error
        columns = self._mapping.table.columns
        needed = {key: name for key in columns.__struct_fields__ if (name := getattr(columns, key)) is not None}
        missing = [name for name in needed.values() if name not in header]
        if missing:
            names = ", ".join(needed.values())
            at = At(file=self.path.name, row=1)
            raise Problem([finding("csv.column", at, column=name, needed=names) for name in missing])
        return {key: header.index(name) for key, name in needed.items()}

    def _instance(self, record: list[str], places: dict[str, int], row: int) -> bytes | None:
        """The instance XML of one row, or None where the row was reported."""
        cells = {key: record[place].strip() if place < len(record) else "" for key, place in places.items()}
        try:
            facts, fold = self._facts(cells)
        except _BadCellError as bad:
            at = At(file=self.path.name, row=row, column=getattr(self._mapping.table.columns, bad.key))
            self._report(finding("csv.value", at, value=cells[bad.key], expected=bad.expected))
            return None
        form = self._mapping.form
        hour = (facts["point"], facts["observed_date"], facts["observed_hour"], facts["direction"], fold)
        identifier = uuid.uuid5(_NAMESPACE, "\x1f".join((self._mapping.mission.id, form.id, *hour)))
        first = self._first_rows.setdefault(identifier, row)
        if first != row:
            self._report(finding("source.twice", At(file=self.path.name, row=row), first=first))
            return None
        values = [escape(facts.get(question.concept or "", "")) for question in form.root.questions]
        return self._template.instance(f"uuid:{identifier}", values)

    def _facts(self, cells: dict[str, str]) -> tuple[dict[str, str], str]:
        """What a row says, by concept, and which of two equal hours it is when the clocks are put back."""
        table = self._mapping.table
        point = table.points.get(cells["point"])
        if point is None:
            raise _BadCellError("point", f"a point that [points] in {self._mapping.name}.toml names")
        day = self._date(cells["date"])
        if day is None:
            like = f"of the form {table.date_format}" if table.date_format else "such as 2023-05-31"
            raise _BadCellError("date", f"a date {like}")
        hour = _whole(cells["hour"].removesuffix(":00"))
        if hour is None or hour > 23:
            raise _BadCellError("hour", "an hour from 0 to 23")
        count = None if cells["count"] in table.missing else _whole(cells["count"])
        if count is None and cells["count"] not in table.missing:
            raise _BadCellError("count", "a whole number of travellers, 0 or more")
        direction = cells.get("direction", "")
        if "direction" in cells:
            direction = table.directions.get(direction, direction)
            if direction not in DIRECTION:
                raise _BadCellError("direction", f"one of {', '.join((*table.directions, *DIRECTION))}")
        local = self._local(day, hour)
        if local is None:
            skipped = f"an hour that this day has in {table.timezone}: the clocks were put forward over it"
            raise _BadCellError("hour", skipped)
        if local.minute:
            raise _BadCellError("hour", f"a whole hour on the clocks of {self._home.key}")
        facts = {
            "point": point,
            "observed_date": local.date().isoformat(),
            "observed_hour": str(local.hour),
            "minutes_observed": "60",
            "total": "" if count is None else str(count),
            "direction": direction,
        }
        return facts, "second" if local.fold else ""

    def _parse_date(self, text: str) -> date | None:
        shape = self._mapping.table.date_format
        try:
            return datetime.strptime(text, shape).date() if shape else date.fromisoformat(text)  # noqa: DTZ007
        except ValueError:
            return None

    def _local(self, day: date, hour: int) -> datetime | None:
        """The start of an hour on the mission's clocks; None for an hour that the file's clocks skipped."""
        told = datetime(day.year, day.month, day.day, hour, tzinfo=self._zone)
        if told.astimezone(UTC).astimezone(self._zone).hour != hour:
            return None
        if self._zone is self._home:
            return told
        return told.astimezone(self._home)


def _whole(text: str) -> int | None:
    """A whole number of 0 or more (`12`, or `12.0` as spreadsheets write it), or None."""
    plain = text.removesuffix(".0")
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 10 else None
