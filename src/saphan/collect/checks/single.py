"""Checks of one submission, as it is read on import: cheap, and never a refusal."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from saphan.collect.checks.design import fielded
from saphan.collect.checks.model import CATALOGUE, Context, Issue
from saphan.collect.checks.settings import OFF
from saphan.collect.forms.model import Datatype, Form, Reading, Rows, Table, Value

_EARTH = 6_371_000.0  # metres
_ROW = re.compile(r"\[(\d+)\]")
# Whole numbers that take the values of missing codes as a matter of course.
_ORDINARY_NUMBERS = {"age", "observed_hour", "minutes_observed", "total"}

Raise = Callable[..., None]  # (check, table, row, column)


class Checker:
    """Checks readings one by one against what a mission set; make one a process and keep it."""

    def __init__(self, forms: Iterable[Form], context: Context) -> None:
        """`forms` are all versions that may come, as they were given to the reader."""
        self._context = context
        self._severity = {
            code: context.settings.severity.get(code, check.severity.value) for code, check in CATALOGUE.items()
        }
        self._forms = {(form.id, form.version): _FormChecks(form, context) for form in forms}

    def check(self, reading: Reading, received: datetime) -> list[Issue]:
        """Everything the checks notice in one reading; `received` is when it arrived, with its time zone.

        KeyError if the reading is of none of the forms given.
        """
        found: list[Issue] = []

        def note(check: str, table: str = reading.tables[0].table, row: int = 0, column: str = "") -> None:
            severity = self._severity[check]
            if severity != OFF:
                found.append(
                    Issue(
                        instance=reading.instance, check=check, severity=severity, table=table, row=row, column=column
                    )
                )

        self._forms[reading.form, reading.version].run(reading, received, note)
        return found


class _FormChecks:
    """The checks that one form version's concepts make possible, bound to its columns."""

    def __init__(self, form: Form, context: Context) -> None:
        self.form, self.context, self.settings = form, context, context.settings
        self.root = {question.concept: at for at, question in enumerate(form.root.questions) if question.concept}
        self.fielded = fielded(form.id, context.rounds)
        self.outdated = context.versions.get(form.id, form.version) != form.version
        self.duration = context.settings.duration.get(form.concept or "")
        self.codes = frozenset(context.settings.missing_codes)
        self.numbers = [_number_columns(table) for table in form.tables]
        self.series = [_series(form, table, context.settings.same_answers) for table in form.tables]
        self.repeats = [index for index, table in enumerate(form.tables) if table.parent is not None]
        # An issue's row is 0 in the form's own table, which has one, and counts from 1 in a repeat.
        self.first_row = [0 if table.parent is None else 1 for table in form.tables]
        self.groups = [_Groups(index, table) for index, table in enumerate(form.tables) if table.concept == "group"]

    def run(self, reading: Reading, received: datetime, note: Raise) -> None:
        if reading.faults:
            self._faults(reading, note)
        if self.outdated:
            note("old-version")
        self._time(reading, received, note)
        self._place(reading, note)
        self._age(reading, note)
        self._numbers(reading, note)
        self._monotony(reading, note)
        for groups in self.groups:
            groups.check(reading, self.settings.largest_group, self.settings.largest_hour, note)

    def _get(self, reading: Reading, concept: str) -> Value:
        column = self.root.get(concept)
        return reading.tables[0].values[0][column] if column is not None else None

    def _column(self, concept: str) -> str:
        return self.form.root.questions[self.root[concept]].column

    def _faults(self, reading: Reading, note: Raise) -> None:
        for path, fault in reading.faults:
            note(fault, *locate(self.form, reading, path))

    def _time(self, reading: Reading, received: datetime, note: Raise) -> None:
        started, ended = _moment(self._get(reading, "started_at")), _moment(self._get(reading, "ended_at"))
        if started is not None and ended is not None:
            minutes = (ended - started).total_seconds() / 60
            if minutes < 0:
                note("ends-before-start", column=self._column("ended_at"))
            elif self.duration is not None and minutes < self.duration[0]:
                note("too-short", column=self._column("ended_at"))
            elif self.duration is not None and minutes > self.duration[1]:
                note("too-long", column=self._column("ended_at"))
        day, hour = self._get(reading, "observed_date"), self._get(reading, "observed_hour")
        if isinstance(hour, str):  # chosen from a list of hours
            hour = int(hour) if hour.isdigit() else None
        if started is not None and started > received + timedelta(minutes=15):
            note("future", column=self._column("started_at"))
        if not isinstance(day, str):
            return
        # The day at the place: by the phone's own offset, or by the farthest east there is.
        here = received.astimezone(started.tzinfo) if started is not None else received + timedelta(hours=14)
        if day > here.date().isoformat():
            note("future", column=self._column("observed_date"))
        elif started is not None and not self._timely(started, day, hour):
            note("other-day", column=self._column("observed_date"))
        self._design(reading, day, hour, note)

    def _timely(self, started: datetime, day: str, hour: object) -> bool:
        """Whether a form was opened on the day it is about, or so soon after its hour that midnight does not matter."""
        if started.date().isoformat() == day:
            return True
        if not isinstance(hour, int) or not 0 <= hour <= 23:
            return False
        observed = datetime.fromisoformat(day).replace(hour=hour, tzinfo=started.tzinfo)
        return timedelta(0) <= started - observed <= timedelta(hours=self.settings.late_hours)

    def _design(self, reading: Reading, day: str, hour: object, note: Raise) -> None:
        point = self._get(reading, "point")
        if self.fielded is not None and isinstance(point, str) and point in self.context.points:
            if (point, day) not in self.fielded.days:
                note("off-round", column=self._column("observed_date"))
            elif isinstance(hour, int) and (day, hour) not in self.fielded.hours:
                note("off-shift", column=self._column("observed_hour"))
        known = self.context.points.get(point) if isinstance(point, str) else None
        if known is not None and isinstance(hour, int) and not _within(hour, known.hours):
            note("point-closed", column=self._column("observed_hour"))

    def _place(self, reading: Reading, note: Raise) -> None:
        point = self._get(reading, "point")
        if not isinstance(point, str) or not self.context.points:
            return
        known = self.context.points.get(point)
        if known is None:
            note("unknown-point", column=self._column("point"))
            return
        location = self._get(reading, "location")
        if isinstance(location, list) and isinstance(location[0], float) and isinstance(location[1], float):
            away = metres(location[0], location[1], known.latitude, known.longitude)
            if away > self.settings.far_metres:
                note("far-from-point", column=self._column("location"))

    def _age(self, reading: Reading, note: Raise) -> None:
        least = self.fielded.minimum_age if self.fielded is not None else None
        if least is None:
            return
        age = self._get(reading, "age")
        if isinstance(age, int) and age < least and reading.consented is not False:
            note("under-age", column=self._column("age"))
        band = self._get(reading, "observed_age_band")
        if isinstance(band, str) and self._get(reading, "outcome") == "interviewed" and _oldest(band) < least:
            note("under-age", column=self._column("observed_age_band"))

    def _numbers(self, reading: Reading, note: Raise) -> None:
        codes = self.codes
        for rows, columns, first in zip(reading.tables, self.numbers, self.first_row, strict=True):
            for number, values in enumerate(rows.values, start=first):
                for column, name in columns:
                    if values[column] in codes:
                        note("code-as-number", rows.table, number, name)

    def _monotony(self, reading: Reading, note: Raise) -> None:
        for index in self.repeats:
            rows = reading.tables[index].values
            if len(rows) >= self.settings.same_rows and all(row == rows[0] for row in rows):
                note("same-rows", reading.tables[index].table)
        for rows_of, series, first in zip(reading.tables, self.series, self.first_row, strict=True):
            for columns, name in series:
                for number, values in enumerate(rows_of.values, start=first):
                    answer = values[columns[0]]
                    if answer is not None and all(values[column] == answer for column in columns):
                        note("same-answers", rows_of.table, number, name)


class _Groups:
    """Checks of the groups of travellers seen in an hour: one row each."""

    def __init__(self, index: int, table: Table) -> None:
        self.index = index
        self.names = table.columns
        at = {question.concept: column for column, question in enumerate(table.questions) if question.concept}
        self.parts = [at[name] for name in ("men", "women", "boys", "girls") if name in at]
        self.total, self.alone, self.referral = at.get("total"), at.get("unaccompanied_child"), at.get("referral")

    def check(self, reading: Reading, largest_group: int, largest_hour: int, note: Raise) -> None:
        """Note what is wrong with each group, and with their sum."""
        rows = reading.tables[self.index]
        hour = 0
        for number, values in enumerate(rows.values, start=1):
            size = self._size(values, rows, number, note)
            hour += size
            if size > largest_group:
                note("large-group", rows.table, number)
            if (
                self.alone is not None
                and self.referral is not None
                and values[self.alone] == "yes"
                and values[self.referral] != "yes"
            ):
                note("no-referral", rows.table, number, self.names[self.referral])
        if hour > largest_hour:
            note("large-hour", rows.table)

    def _size(self, values: list[Value], rows: Rows, number: int, note: Raise) -> int:
        counted = [value for column in self.parts if isinstance(value := values[column], int)]
        total = values[self.total] if self.total is not None else None
        if not isinstance(total, int):
            return sum(counted)
        if self.parts and len(counted) == len(self.parts) and sum(counted) != total and self.total is not None:
            note("total-differs", rows.table, number, self.names[self.total])
        return total


def locate(form: Form, reading: Reading, path: str) -> tuple[str, int, str]:
    """The table, row (from 1) and column of a fault's path such as `group[2]/men`; row 0 for the form's own table.

    A path that is no question's (an unknown element) gives the table it stands in and an empty column.
    """
    plain = _ROW.sub("", path)
    inside = [table for table in form.tables if table.path and plain.startswith(f"{table.path}/")]
    table = max(inside, key=lambda each: len(each.path), default=form.root)
    column = next((question.column for question in table.questions if question.path == plain), "")
    row = 0
    by_name = {rows.table: rows for rows in reading.tables}
    chain = sorted(inside, key=lambda each: len(each.path))
    parent = 0
    for each, place in zip(chain, _ROW.findall(path), strict=False):
        under = [index for index, above in enumerate(by_name[each.name].parent) if above == parent]
        parent = under[int(place) - 1]
        row = parent + 1
    return table.name, row, column


def metres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The great-circle distance in metres between two places in degrees (haversine formula)."""
    south, north = math.radians(latitude), math.radians(other_latitude)
    across = math.radians(other_longitude - longitude)
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(across / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(half))


def _moment(value: Value) -> datetime | None:
    """A moment as sent; without an offset it is taken for UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _within(hour: int, hours: tuple[int, int]) -> bool:
    opens, closes = hours
    return opens <= hour < closes if closes > opens else hour >= opens or hour < closes


def _oldest(band: str) -> float:
    """The greatest age of an age band's code."""
    numbers = [int(part) for part in re.findall(r"\d+", band)]
    if band.startswith("under-") and numbers:
        return numbers[0] - 1
    return numbers[1] if len(numbers) == 2 else math.inf


def _number_columns(table: Table) -> list[tuple[int, str]]:
    return [
        (column, question.column)
        for column, question in enumerate(table.questions)
        if question.type == "integer" and question.concept not in _ORDINARY_NUMBERS
    ]


def _series(form: Form, table: Table, least: int) -> list[tuple[list[int], str]]:
    """Questions that stand together and take the same answers, at least `least` of them; with their first column.

    Lists of yes and no are left out: a row of noes is what screening questions are expected to give.
    """
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for column, question in enumerate(table.questions):
        if question.type == "select_one" or (question.datatype is Datatype.INTEGER and question.constraint):
            place = question.path.rpartition("/")[0]
            found[place, question.type, question.choices, question.constraint].append(column)
    return [
        (columns, table.questions[columns[0]].column)
        for (_, _, choices, _), columns in found.items()
        if len(columns) >= least and not any(choice.name == "yes" for choice in form.choices.get(str(choices), ()))
    ]
