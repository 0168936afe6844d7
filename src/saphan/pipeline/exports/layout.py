"""From the published versions of a form to the columns of an export, and from a record to its rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from saphan.collect.forms.model import Choice, Datatype, Form, Question, State, Table, Value
from saphan.mission.model import Dissemination
from saphan.pipeline.exports.choices import Dialect, Format
from saphan.pipeline.exports.model import Cell, Column, Kind, Options, Row, Rows, Sheet
from saphan.register.intake.model import Record

_KINDS = {Datatype.INTEGER: Kind.INTEGER, Datatype.DECIMAL: Kind.DECIMAL}
_BINARY = {"image", "audio", "video", "file", "audit"}
_REASONS = {State.NOT_ASKED, State.DONT_KNOW, State.REFUSED}
_STANDINGS = {
    Dialect.CENTRAL: {"approved": "approved", "rejected": "rejected", "reopened": "hasIssues"},
    Dialect.KOBO: {"approved": "Approved", "rejected": "Not Approved", "reopened": "On Hold"},
}
_CENTRAL_PARTS = ("-Latitude", "-Longitude", "-Altitude", "-Accuracy")
_KOBO_PARTS = ("latitude", "longitude", "altitude", "precision")
_CENTRAL_SYSTEM = (
    "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status", "ReviewState",
    "DeviceID", "Edits", "FormVersion",
)  # fmt: skip
_KOBO_SYSTEM = (
    "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__",
    "_tags",
)  # fmt: skip
_KOBO_PARENT = ("_index", "_parent_table_name", "_parent_index")

Taker = Callable[[Sequence[Value], Sequence[int], Row], None]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One question of a table as all versions have it: its latest wording, the choices of every version."""

    question: Question
    kind: Kind
    choices: tuple[Choice, ...]


class Layout:
    """The tables of an export of every published version of a form, oldest first, as options ask."""

    def __init__(self, forms: Sequence[Form], options: Options) -> None:
        self.options = options
        self._forms = {form.version: form for form in forms}
        self.language = options.labels or (forms[-1].languages[0] if forms[-1].languages else "")
        self._reasons = options.format in (Format.SAV, Format.DTA)
        self._kobo = options.dialect is Dialect.KOBO
        ceiling = (Dissemination.CONFIDENTIAL,) if options.confidential else ()
        self._seen = {Dissemination.PUBLIC, Dissemination.RESTRICTED, *ceiling}
        self._asked: dict[str, list[_Asked]] = {}  # by path of the table
        self._parents: dict[str, str] = {}  # path of a table -> of its parent
        self.left_out: tuple[str, ...] = ()
        self._gather(forms)
        self._paths = list(self._asked)
        self.sheets = tuple(self._sheet(path, forms[-1].id) for path in self._paths)
        names = [column.name for column in self.sheets[0].columns]
        self._instance_at = -1 if self._kobo else names.index("meta-instanceID")
        self._takers: dict[tuple[str, str], list[Taker]] = {}
        self._files = {
            form.version: [place for place, question in enumerate(form.root.questions) if question.type in _BINARY]
            for form in forms
        }
        self._indices = [0] * len(self._paths)

    def rows(self, record: Record) -> Rows:
        """The rows of one submission, with the number of their sheet, parents before children."""
        reading = record.reading
        form = self._forms[reading.version]
        number = {path: place for place, path in enumerate(self._paths)}
        keys: dict[str, list[tuple[str, int]]] = {}
        for table, filled in zip(form.tables, reading.tables, strict=True):
            place = number.get(table.path)
            if place is None:
                continue
            takers = self._takers_of(form, table)
            own: list[tuple[str, int]] = []
            keys[table.path] = own
            counted: dict[int, int] = {}
            above = keys.get(self._parents.get(table.path, ""), [])
            under = self._parents.get(table.path, "")
            step = table.path[len(under) :].lstrip("/")
            for index, (values, states) in enumerate(zip(filled.values, filled.states, strict=True)):
                self._indices[place] += 1
                row: Row = []
                if not table.path:
                    key = record.instance if self.options.all_versions else record.first
                    own.append((key, self._indices[0]))
                    if not self._kobo:
                        row.append(_moment(record.received))
                    for taker in takers:
                        taker(values, states, row)
                    row.extend(self._system(record, key, form, values))
                    if not self._kobo:
                        row[self._instance_at] = record.instance
                else:
                    parent = filled.parent[index]
                    counted[parent] = counted.get(parent, 0) + 1
                    parent_key, parent_index = above[parent]
                    key = f"{parent_key}/{step}[{counted[parent]}]"
                    own.append((key, self._indices[place]))
                    for taker in takers:
                        taker(values, states, row)
                    if self._kobo:
                        row.extend((self._indices[place], self.sheets[number[under]].name, parent_index))
                        row.extend((record.number, _bare(record.first), _seconds(record.received)))
                    else:
                        row.extend((parent_key, key))
                yield place, row

    # --- columns ------------------------------------------------------------------------------------------------

    def _gather(self, forms: Sequence[Form]) -> None:
        """Every question of every version: the order of the latest, older ones after what they stood behind."""
        classes: dict[str, Dissemination] = {}
        order = list(Dissemination)
        for form in forms:
            for table in form.tables:
                for question in table.questions:
                    # Whatever a version says of a question, answers of all versions are as closed as the most closed.
                    known = classes.get(question.path, question.dissemination)
                    classes[question.path] = max(known, question.dissemination, key=order.index)
        for form in reversed(forms):
            paths = {table.name: table.path for table in form.tables}
            for table in form.tables:
                if table.parent is not None:
                    self._parents.setdefault(table.path, paths[table.parent])
                merged = self._asked.setdefault(table.path, [])
                place = -1
                for question in table.questions:
                    at = next((i for i, each in enumerate(merged) if each.question.path == question.path), None)
                    choices = form.choices.get(question.choices, ()) if question.choices else ()
                    if at is None:
                        place += 1
                        asked = _Asked(question=question, kind=_kind(question), choices=tuple(choices))
                        merged.insert(place, asked)
                    else:
                        place = at
                        merged[at] = _both(merged[at], question, choices)
        closed = [path for path, written in classes.items() if written not in self._seen]
        self.left_out = tuple(sorted(closed))
        for asked_here in self._asked.values():
            asked_here[:] = [asked for asked in asked_here if asked.question.path not in closed]

    def _sheet(self, path: str, form: str) -> Sheet:
        columns: list[Column] = []
        for asked in self._asked[path]:
            columns.extend(self._columns(path, asked))
        named = [Column(name=name) for name in ("PARENT_KEY", "KEY")]
        if self._kobo:
            system = [Column(name=name) for name in _KOBO_SYSTEM] + [Column(name="_index", kind=Kind.INTEGER)]
            system[0] = replace(system[0], kind=Kind.INTEGER)
            parent = ("_submission__id", "_submission__uuid", "_submission__submission_time")
            whole = {"_index", "_parent_index", "_submission__id"}
            named = [
                Column(name=name, kind=Kind.INTEGER if name in whole else Kind.TEXT)
                for name in (*_KOBO_PARENT, *parent)
            ]
        else:
            whole = {"AttachmentsPresent", "AttachmentsExpected", "Edits"}
            system = [
                Column(name=name, kind=Kind.INTEGER if name in whole else Kind.TEXT)
                for name in ("meta-instanceID", *_CENTRAL_SYSTEM)
            ]
        if path:
            columns.extend(named)
        else:
            columns.extend(system)
            if not self._kobo:
                columns.insert(0, Column(name="SubmissionDate"))
                columns = _with_instance_id(columns)
        name = path.split("/")[-1] if self._kobo and path else "-".join((form, *filter(None, path.split("/"))))
        return Sheet(name=name, columns=_distinct(columns))

    def _columns(self, table: str, asked: _Asked) -> list[Column]:
        question, label = asked.question, asked.question.label.to(self.language)
        name = question.path if self._kobo else question.path[len(table) :].lstrip("/").replace("/", "-")
        if question.datatype is Datatype.NUMBERS and asked.kind is not Kind.TEXT:
            if self._kobo:
                stem, leaf = name.rpartition("/")[::2]
                inside = f"{stem}/" if stem else ""
                parts = [f"{inside}_{leaf}_{part}" for part in _KOBO_PARTS]
                return [
                    Column(name=name, label=label),
                    *(Column(name=part, label=label, kind=Kind.DECIMAL) for part in parts),
                ]
            return [Column(name=name + part, label=label, kind=Kind.DECIMAL) for part in _CENTRAL_PARTS]
        one = asked.choices if question.datatype is Datatype.TEXT else ()
        columns = [Column(name=name, label=label, kind=asked.kind, choices=one)]
        if self._splits(asked):
            columns.extend(
                Column(
                    name=f"{name}/{choice.name}",
                    label=f"{label}: {choice.label.to(self.language) or choice.name}",
                    kind=Kind.FLAG,
                )
                for choice in asked.choices
            )
        return columns

    def _splits(self, asked: _Asked) -> bool:
        return self.options.split and asked.question.type == "select_multiple" and asked.kind is Kind.TEXT

    # --- cells --------------------------------------------------------------------------------------------------

    def _takers_of(self, form: Form, table: Table) -> list[Taker]:
        known = self._takers.get((form.version, table.path))
        if known is None:
            places = {question.path: place for place, question in enumerate(table.questions)}
            known = []
            run: list[int] = []  # neighbours that stand in the row as they are
            stand_in = -1
            if not table.path and not self._kobo:
                stand_in = _instance_place([asked.question.path for asked in self._asked[""]])
            for number, asked in enumerate(self._asked[table.path]):
                place = places.get(asked.question.path)
                here = table.questions[place] if place is not None else None
                plain = here is not None and self._plain(asked, here)
                if run and (not plain or place != run[-1] + 1 or number == stand_in):
                    known.append(_slice(run[0], run[-1] + 1))
                    run = []
                if number == stand_in:
                    known.append(_stand_in)
                if plain and place is not None:
                    run.append(place)
                else:
                    known.append(self._taker(asked, place, here))
            if run:
                known.append(_slice(run[0], run[-1] + 1))
            if stand_in == len(self._asked[table.path]):
                known.append(_stand_in)
            self._takers[form.version, table.path] = known
        return known

    def _plain(self, asked: _Asked, here: Question) -> bool:
        """Whether the value of a question is its one cell."""
        scalar = here.datatype not in (Datatype.TEXTS, Datatype.NUMBERS) and asked.question.datatype is here.datatype
        return scalar and asked.kind is _kind(here) and not self._reasons and not self._words(asked)

    def _taker(self, asked: _Asked, place: int | None, here: Question | None) -> Taker:
        """What puts the cells of one question into a row; `place` is None where the version does not have it."""
        width = len(self._columns("", asked))
        gone: Cell = State.NOT_ASKED if self._reasons else None
        if place is None or here is None:
            return lambda _values, _states, row: row.extend([gone] * width)
        reasons = self._reasons
        if width > 1 and asked.question.datatype is Datatype.NUMBERS:
            whole = self._kobo
            return lambda values, states, row: _point(values[place], states[place], row, whole, reasons)
        words = self._words(asked)
        if here.datatype is Datatype.TEXTS:
            names = [choice.name for choice in asked.choices] if self._splits(asked) else None
            between = "; " if self.options.labels else " "
            return lambda values, states, row: _many(
                values[place], states[place], row, words, between, names, reasons, width
            )
        if reasons:
            return lambda values, states, row: row.append(_reasoned(values[place], states[place], words))
        if words:
            return lambda values, _states, row: row.append(_said(values[place], words))
        if asked.kind is Kind.TEXT and here.datatype is not Datatype.TEXT:
            return lambda values, _states, row: row.append(_as_text(values[place]))
        return lambda values, _states, row: row.append(values[place])  # type: ignore[arg-type]

    def _words(self, asked: _Asked) -> Mapping[str, str]:
        # SPSS and Stata hold labels beside the codes.
        if self.options.labels is None or (self._reasons and asked.question.datatype is Datatype.TEXT):
            return {}
        return {choice.name: choice.label.to(self.options.labels) or choice.name for choice in asked.choices}

    def _system(self, record: Record, key: str, form: Form, values: Sequence[Value]) -> Iterable[Cell]:
        standing = _STANDINGS[self.options.dialect].get(record.standing, "")
        submitter = record.submitter or ""
        if self._kobo:
            return (
                record.number, _bare(key), _seconds(record.received), standing, "", "submitted_via_web", submitter,
                record.reading.version, "", self._indices[0],
            )  # fmt: skip
        expected = sum(1 for place in self._files[form.version] if values[place] is not None)
        if not standing and record.edits:
            standing = "edited"
        return (
            key, submitter, submitter, record.attachments, expected, "", standing, "", record.edits,
            record.reading.version,
        )  # fmt: skip


def _slice(start: int, stop: int) -> Taker:
    return lambda values, _states, row: row.extend(values[start:stop])  # type: ignore[arg-type]


def _stand_in(_values: Sequence[Value], _states: Sequence[int], row: Row) -> None:
    row.append(None)  # the id of the version, put in by whoever knows the record


def _instance_place(paths: Sequence[str]) -> int:
    """Where meta/instanceID stands among the questions: before the instance's name, after everything else."""
    return next((place for place, path in enumerate(paths) if path == "meta/instanceName"), len(paths))


def _with_instance_id(columns: list[Column]) -> list[Column]:
    names = [column.name for column in columns]
    column = columns.pop(names.index("meta-instanceID"))
    names.remove("meta-instanceID")
    at = names.index("meta-instanceName") if "meta-instanceName" in names else names.index("KEY")
    columns.insert(at, column)
    return columns


def _kind(question: Question) -> Kind:
    if question.datatype is Datatype.NUMBERS:
        return Kind.DECIMAL
    return _KINDS.get(question.datatype, Kind.TEXT)


def _both(known: _Asked, older: Question, choices: Iterable[Choice]) -> _Asked:
    """A question as an older version has it too: numbers stay numbers, anything else that differs becomes text."""
    kind, other = known.kind, _kind(older)
    if _point_in_one(known.question, older):
        kind = Kind.TEXT
    elif {kind, other} == {Kind.INTEGER, Kind.DECIMAL}:
        kind = Kind.DECIMAL
    elif kind is not other:
        kind = Kind.TEXT
    have = {choice.name for choice in known.choices}
    more = tuple(choice for choice in choices if choice.name not in have)
    return replace(known, kind=kind, choices=(*known.choices, *more))


def _point_in_one(one: Question, other: Question) -> bool:
    return (one.datatype is Datatype.NUMBERS) != (other.datatype is Datatype.NUMBERS)


def _distinct(columns: Iterable[Column]) -> tuple[Column, ...]:
    """No name twice: a second one gets a number."""
    taken: set[str] = set()
    kept = []
    for column in columns:
        name, count = column.name, 1
        while name in taken:
            count += 1
            name = f"{column.name}_{count}"
        taken.add(name)
        kept.append(replace(column, name=name))
    return tuple(kept)


def _point(value: Value, state: int, row: Row, whole: bool, reasons: bool) -> None:
    if not isinstance(value, list):
        gone = _missing(state) if reasons else None
        row.extend([gone] * (5 if whole else 4))
        return
    numbers = [float(part) for part in value] + [math.nan] * (4 - len(value))
    parts: list[Cell] = [None if math.isnan(part) else part for part in numbers]
    if whole:
        row.append(" ".join(str(part) for part in parts if part is not None))
    row.extend(parts)


def _many(
    value: Value,
    state: int,
    row: Row,
    words: Mapping[str, str],
    between: str,
    names: Sequence[str] | None,
    reasons: bool,
    width: int,
) -> None:
    if not value or not isinstance(value, list):
        gone = _missing(state) if reasons else None
        row.extend([gone] * width)
        return
    chosen = [str(part) for part in value]
    row.append(between.join(words.get(part, part) for part in chosen) if words else between.join(chosen))
    if names is not None:
        among = set(chosen)
        row.extend(1 if name in among else 0 for name in names)


def _reasoned(value: Value, state: int, words: Mapping[str, str]) -> Cell:
    missing = _missing(state)
    if missing is not None:
        return missing
    if isinstance(value, str) and words:
        return words.get(value, value)
    return _as_text(value) if isinstance(value, list) else value


def _missing(state: int) -> State | None:
    found = State(state)
    return found if found in _REASONS else None


def _said(value: Value, words: Mapping[str, str]) -> Cell:
    if isinstance(value, str):
        return words.get(value, value)
    return _as_text(value)


def _as_text(value: Value) -> str | None:
    if isinstance(value, list):
        return " ".join(str(part) for part in value)
    return None if value is None else str(value)


def _bare(instance: str) -> str:
    return instance.removeprefix("uuid:")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
