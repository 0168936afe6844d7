"""From typed answers to Arrow tables: one a form, one a repeat, columns named by concept.

Only questions classed public or restricted enter. Free text and calculations without a concept, locations, names of
instances and what phones say of themselves stay in the register.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from saphan.collect.forms.model import Form, Question, Reading, State, Table
from saphan.mission.model import Dissemination

_ARROW: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "range": pa.float64(),
    "select_multiple": pa.list_(pa.string()),
    "rank": pa.list_(pa.string()),
}
_NEVER = frozenset({"geopoint", "geotrace", "geoshape", "image", "audio", "video", "file", "note", "audit"})
# What phones add about themselves and their owners, under whatever name a form gives it.
_PHONE = frozenset({"deviceid", "phonenumber", "username", "email", "subscriberid", "simserial"})
# Written by hand or put together from other answers, and so as telling as the most telling of them.
_COMPOSED = frozenset({"text", "calculate", "barcode"})
_OPEN = frozenset({Dissemination.PUBLIC, Dissemination.RESTRICTED})


def name_of(form: Form, table: Table) -> str:
    """The frame's name of a table: the form's concept (or id), and for a repeat its concept (or name) after a dot."""
    root = form.concept or form.id
    return root if table.parent is None else f"{root}.{table.concept or table.name.rsplit('.', 1)[-1]}"


def enters(question: Question) -> bool:
    """Whether a question's answers may stand in a frame."""
    if question.dissemination not in _OPEN or question.type in _NEVER | _PHONE:
        return False
    if question.path.split("/")[0] == "meta":
        return False
    return question.type not in _COMPOSED or question.concept is not None


@dataclass(frozen=True, kw_only=True)
class _Column:
    name: str
    type: pa.DataType


def _schema(versions: Sequence[tuple[Form, Table]]) -> list[_Column]:
    """The union of the columns of a table over form versions; a change of type falls back to text."""
    found: dict[str, pa.DataType] = {}
    for _, table in versions:
        for question in table.questions:
            if enters(question):
                name = question.concept or question.column
                kind = _ARROW.get(question.type, pa.string())
                found[name] = kind if found.get(name, kind) == kind else pa.string()
    return [_Column(name=name, type=kind) for name, kind in found.items()]


@dataclass(frozen=True, kw_only=True)
class _Builder:
    """Gathers the rows of one table, by form version, in the order they come."""

    name: str
    columns: list[_Column]
    place: Mapping[tuple[str, str], list[int | None]]  # (form, version) -> index of each column's question, or None
    submission: list[str]
    row: list[int]
    parent: list[int]
    values: list[list[object]]
    states: list[list[int]]

    def take(
        self,
        pseudonym: str,
        version: tuple[str, str],
        rows: Sequence[Sequence[object]],
        states: Sequence[Sequence[int]],
        parent: Sequence[int],
    ) -> None:
        count = len(rows)
        self.submission.extend([pseudonym] * count)
        self.row.extend(range(count))
        self.parent.extend(parent if parent else [0] * count)
        by_question, states_by_question = list(zip(*rows, strict=True)), list(zip(*states, strict=True))
        for values, column_states, index in zip(self.values, self.states, self.place[version], strict=True):
            if index is None:
                values.extend([None] * count)
                column_states.extend([State.NOT_ASKED] * count)
            else:
                values.extend(by_question[index])
                column_states.extend(states_by_question[index])

    def table(self) -> pa.Table:
        arrays: dict[str, pa.Array] = {
            "submission": pa.array(self.submission, pa.string()),
            "row": pa.array(self.row, pa.int32()),
            "parent": pa.array(self.parent, pa.int32()),
        }
        for column, values, states in zip(self.columns, self.values, self.states, strict=True):
            arrays[column.name] = _array(values, column.type)
            arrays[f"{column.name}.state"] = pa.array(states, pa.uint8())
        return pa.table(arrays)


def _array(values: list[object], kind: pa.DataType) -> pa.Array:
    """A typed column; a text column takes what other form versions sent under other types as their text."""
    if kind == pa.string():
        return pa.array([value if value is None or isinstance(value, str) else str(value) for value in values], kind)
    return pa.array(values, kind)


def build(forms: Iterable[Form], readings: Iterable[tuple[str, Reading]]) -> dict[str, pa.Table]:
    """Arrow tables by frame name, rows sorted by pseudonym; `forms` are all versions that `readings` refer to.

    `readings` yields (pseudonym, reading). Every table of every form is there, if only with zero rows.
    """
    versions: dict[str, list[tuple[Form, Table]]] = {}
    by_version = {(form.id, form.version): form for form in forms}
    for form in by_version.values():
        for table in form.tables:
            versions.setdefault(name_of(form, table), []).append((form, table))
    builders = {name: _builder(name, found) for name, found in versions.items()}
    target = {
        (form.id, form.version, table.name): builders[name] for name, found in versions.items() for form, table in found
    }
    for pseudonym, reading in readings:
        version = (reading.form, reading.version)
        for rows in reading.tables:
            if rows.values:
                target[(*version, rows.table)].take(pseudonym, version, rows.values, rows.states, rows.parent)
    return {name: _sorted(builder.table()) for name, builder in sorted(builders.items())}


def _builder(name: str, versions: list[tuple[Form, Table]]) -> _Builder:
    columns = _schema(versions)
    place: dict[tuple[str, str], list[int | None]] = {}
    for form, table in versions:
        index = {(question.concept or question.column): at for at, question in enumerate(table.questions)}
        place[form.id, form.version] = [index.get(column.name) for column in columns]
    return _Builder(
        name=name,
        columns=columns,
        place=place,
        submission=[],
        row=[],
        parent=[],
        values=[[] for _ in columns],
        states=[[] for _ in columns],
    )


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([("submission", "ascending"), ("row", "ascending")])
